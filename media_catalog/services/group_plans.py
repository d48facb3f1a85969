"""What would become of the files of a group if some of its members were kept."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from media_catalog.models import Disposition, DuplicateGroup, DuplicateMember, MediaFile, State
from media_catalog.services import belongings

Files = Mapping[int, MediaFile]
FACTS = (
    "id",
    "sha256",
    "size_bytes",
    "state",
    "disposition",
    "path_bytes",
    "path_text",
    "width_px",
    "height_px",
    "source",
    "source__root_bytes",
    "source__root_text",
    "source__keeper_preference",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A group, the members that are kept, the best first, and those that are set aside, by their files.

    `discarded` are all files that a discarded member stands for and that are not discarded yet; `restored`
    those of kept members that were. `left_because` says what keeps a rule from touching the group.
    """

    group: DuplicateGroup
    members: tuple[DuplicateMember, ...]
    kept: tuple[int, ...]
    dropped: tuple[int, ...]
    discarded: tuple[int, ...]
    restored: tuple[int, ...]
    files: Files
    left_because: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of the contents that are set aside, identical copies counted once."""
        sizes = {self.files[file].sha256: self.files[file].size_bytes for file in self.discarded}
        return sum(sizes.values())

    @property
    def touched(self) -> set[int]:
        return {member.file_id for member in self.members} | {*self.discarded, *self.restored}

    @property
    def stamp(self) -> str:
        """What has to be the same for the plan to be the one that somebody saw."""
        members = [[one.file_id, self.files[one.file_id].sha256] for one in self.members]
        facts = [self.group.kind, members, self.kept, self.discarded, self.restored, self.left_because]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def plans(group_ids: Sequence[int], *, kept: Mapping[int, Collection[int]] | None = None) -> list[Plan]:
    """Plan for groups, in the order of their ids; those that are gone are left out.

    :param kept: by group, the members to keep; without it, the recommended one of each.
    """
    groups = DuplicateGroup.objects.filter(pk__in=group_ids).order_by("pk")
    members = _members(group_ids)
    of = belongings.of({one.file_id for some in members.values() for one in some})
    files = _files(of)
    found = []
    for group in groups:
        known = [one for one in members[group.pk] if one.file_id in of]
        chosen = _recommended(known) if kept is None else set(kept.get(group.pk, ()))
        found.append(plan(group, known, chosen=chosen, of=of, files=files))
    return found


def _members(group_ids: Sequence[int]) -> Mapping[int, list[DuplicateMember]]:
    found: dict[int, list[DuplicateMember]] = defaultdict(list)
    for member in DuplicateMember.objects.filter(group__in=group_ids).order_by("group_id", "rank", "pk"):
        found[member.group_id].append(member)
    return found


def _files(of: Mapping[int, frozenset[int]]) -> Files:
    ids = {*of, *(file for some in of.values() for file in some)}  # what has vanished is of nothing
    return {
        file.pk: file for file in MediaFile.objects.select_related("source").only(*FACTS).filter(pk__in=ids)
    }


def _recommended(members: Sequence[DuplicateMember]) -> set[int]:
    return {member.file_id for member in members if member.is_keeper}


def plan(
    group: DuplicateGroup,
    members: Sequence[DuplicateMember],
    *,
    chosen: set[int],
    of: Mapping[int, frozenset[int]],
    files: Files,
) -> Plan:
    """Plan for one group of which everything is known.

    :param of: what goes with each member, itself included; `files` holds all of these.
    """
    kept = [one.file_id for one in members if one.file_id in chosen]
    dropped = [one.file_id for one in members if one.file_id not in chosen]
    staying = {file for one in kept for file in of[one]}
    going = {file for one in dropped for file in of[one]} - staying
    discard = Disposition.DISCARD
    return Plan(
        group=group,
        members=tuple(members),
        kept=tuple(kept),
        dropped=tuple(dropped),
        discarded=tuple(sorted(file for file in going if files[file].disposition != discard)),
        restored=tuple(sorted(file for file in staying if files[file].disposition == discard)),
        files=files,
        left_because=next(_obstacles([files[one] for one in kept], [files[one] for one in going]), ""),
    )


def _obstacles(kept: Sequence[MediaFile], going: Sequence[MediaFile]) -> Iterator[str]:
    if not kept:
        yield "nothing_kept"
    if any(file.disposition == Disposition.DISCARD for file in kept):
        yield "keeper_discarded"
    if any(file.state != State.ANALYSED for file in kept):
        yield "keeper_unreadable"
    if any(file.disposition == Disposition.KEEP for file in going):
        yield "kept_by_person"
