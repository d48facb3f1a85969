"""What somebody chooses about a group that they see: done only while it is still what they saw."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile
from media_catalog.services import resolutions, separations
from media_catalog.services.decisions import Actor
from media_catalog.services.resolutions import GroupChanged, Resolved
from media_catalog.services.separations import Separated


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A group with all its members, the recommended one first; of their files only what matters is read."""

    group: DuplicateGroup
    members: tuple[DuplicateMember, ...]

    @property
    def files(self) -> list[int]:
        return [member.file_id for member in self.members]

    @property
    def stamp(self) -> str:
        """What has to be the same for the group to be the one that somebody saw."""
        members = [[one.file_id, one.is_keeper, *_marks(one.file)] for one in self.members]
        facts = [self.group.kind, str(self.group.resolved_batch), members]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _marks(file: MediaFile) -> tuple[str, ...]:
    return file.sha256, file.disposition, file.state


def standing(group_id: int) -> Standing:
    """Read a group as it is.

    :raises DoesNotExist: when there is none, or nothing is left of it.
    """
    rows = DuplicateMember.objects.filter(group=group_id).select_related("group", "file")
    rows = rows.order_by("rank", "pk").only(*_fields())
    members = tuple(rows)
    if not members:
        raise DuplicateGroup.DoesNotExist
    return Standing(group=members[0].group, members=members)


def _fields() -> list[str]:
    of_group = [f"group__{field.name}" for field in DuplicateGroup._meta.concrete_fields]
    of_member = [field.name for field in DuplicateMember._meta.concrete_fields]
    return [*of_group, *of_member, "file__sha256", "file__disposition", "file__state"]


@transaction.atomic
def keep(group_id: int, *, kept: Collection[int], stamp: str, actor: Actor, at: datetime) -> Resolved:
    """Keep some members of a group and discard the others.

    :raises GroupChanged: when it is no longer what was shown, or was decided by somebody meanwhile.
    :raises NothingKept: when none of its members is kept.
    """
    files = _unchanged(group_id, stamp).files
    return resolutions.resolve(
        group_id, kept=[one for one in files if one in kept], shown=files, actor=actor, at=at
    )


@transaction.atomic
def discard_all(group_id: int, *, stamp: str, actor: Actor, at: datetime) -> Resolved:
    """Discard all members of a group; the group is resolved as if the best had been kept at first.

    :raises GroupChanged: when it is no longer what was shown, or was decided by somebody meanwhile.
    """
    files = _unchanged(group_id, stamp).files
    done = resolutions.resolve(group_id, kept=files[:1], shown=files, actor=actor, at=at)
    best = MediaFile.objects.filter(pk=files[0])
    resolutions.discard(best, actor=actor, at=at, batch=done.batch)
    return Resolved(batch=done.batch, discarded=done.discarded + 1, merged=done.merged)


@transaction.atomic
def separate(group_id: int, *, apart: Collection[int], stamp: str, actor: Actor, at: datetime) -> Separated:
    """Call some members no copies of the rest; all of them, no copies of each other.

    :raises GroupChanged: when the group is no longer what was shown, or was decided by somebody meanwhile.
    """
    files = _unchanged(group_id, stamp).files
    return separations.separate(group_id, apart=apart, shown=files, actor=actor, at=at)


def is_open(group_id: int) -> bool:
    """Tell whether there is still something to choose about a group."""
    return DuplicateGroup.objects.filter(pk=group_id, resolved_at=None).exists()


def _unchanged(group_id: int, stamp: str) -> Standing:
    resolutions.lock([group_id])
    try:
        found = standing(group_id)
    except DuplicateGroup.DoesNotExist:
        raise GroupChanged("This group is gone: its files were grouped anew.") from None
    if found.stamp != stamp:
        raise GroupChanged("This group has changed since it was shown: look at it again.")
    return found
