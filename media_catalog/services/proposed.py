"""Tags that the names of folders and files propose: which files each is about, and what people say to it.

Nothing of this reaches a file, or the archive, before a person takes it. What was decided holds for the files
that there were; those that come later are offered again, unless the word was refused for ever.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from media_catalog.models import (
    DecisionBatch,
    MediaFile,
    ProposedFile,
    ProposedFolder,
    Source,
    State,
    TagProposal,
)
from media_catalog.pipeline import tag_words
from media_catalog.services import decisions, tag_records
from media_catalog.services.decision_log import Actor
from media_catalog.services.tags import name_key

MOST = 60  # proposals that are decided at once
LONGEST_KEY = 18  # digits
Origin = TagProposal.Origin
Found = dict[tuple[str, str], str]  # words by origin and key


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A proposal about the files that came after one."""

    key: int
    after: int

    def __str__(self) -> str:
        return f"{self.key}-{self.after}"


class BadMark(ValueError):
    """This stands for no proposal."""


def marks(text: str) -> list[Mark]:
    """Read proposals as an address names them: "12-0,14-3400".

    :raises BadMark: when it cannot be read.
    """
    found = []
    for part in text.split(","):
        numbers = part.split("-")
        if len(numbers) != 2 or not all(
            one.isascii() and one.isdigit() and len(one) <= LONGEST_KEY for one in numbers
        ):
            raise BadMark(text)
        found.append(Mark(key=int(numbers[0]), after=int(numbers[1])))
    if len(found) > MOST:
        raise BadMark(text)
    return found


def files(wanted: Iterable[Mark]) -> Q:
    """Match the files that were read and that proposals are about."""
    found = Q(pk__in=[])
    for mark in wanted:
        found |= Q(pk__gt=mark.after) & _about(mark.key)
    return Q(state=State.ANALYSED) & found


def _about(key: int) -> Q:
    named = ProposedFile.objects.filter(proposal=key)
    found = Q(pk__in=named.values("file"))
    folders = ProposedFolder.objects.filter(proposal=key)
    for source in folders.values_list("source", flat=True).distinct():
        # One source after the other, and as a list: by these an index leads to the files.
        found |= Q(source=source, folder_key__in=folders.filter(source=source).values("folder_key"))
    return found


@transaction.atomic
def note(source: Source, found: Sequence[MediaFile], *, at: datetime) -> None:
    """Note the words in the names of files that an import saw, and in those of their folders; once each."""
    folders = {file.folder_key: file.path_text.rpartition("/")[0] for file in found}
    known = ProposedFolder.objects.filter(source=source, folder_key__in=folders)
    seen = set(known.values_list("folder_key", flat=True))
    in_folders = {
        key: tag_words.folder_words(path) for key, path in folders.items() if path and key not in seen
    }
    in_names = {file.pk: tag_words.name_words(file.name) for file in found if "{" in file.name}
    words: Found = {}
    for origin, lists in ((Origin.FOLDER, in_folders.values()), (Origin.NAME, in_names.values())):
        for some in lists:
            words |= {(origin.value, name_key(word)): word for word in reversed(some)}
    if not words:
        return
    ids = _proposals(words, at=at)
    ProposedFolder.objects.bulk_create(
        [
            ProposedFolder(proposal_id=ids[Origin.FOLDER, name_key(word)], source=source, folder_key=key)
            for key, some in in_folders.items()
            for word in some
        ],
        ignore_conflicts=True,
    )
    ProposedFile.objects.bulk_create(
        [
            ProposedFile(proposal_id=ids[Origin.NAME, name_key(word)], file_id=file_id)
            for file_id, some in in_names.items()
            for word in some
        ],
        ignore_conflicts=True,
    )


def _proposals(words: Mapping[tuple[str, str], str], *, at: datetime) -> dict[tuple[str, str], int]:
    TagProposal.objects.bulk_create(
        [
            TagProposal(origin=origin, name=word, name_key=key, created_at=at)
            for (origin, key), word in sorted(words.items())
        ],
        ignore_conflicts=True,
    )
    rows = TagProposal.objects.filter(name_key__in={key for _origin, key in words})
    return {(origin, key): pk for pk, origin, key in rows.values_list("pk", "origin", "name_key")}


def pass_by(wanted: Collection[Mark], *, last: int | None, act: uuid.UUID, at: datetime) -> None:
    """Offer proposals no more for the files up to one, or for all that there are; a part of an act."""
    newest = MediaFile.objects.aggregate(last=Max("pk"))["last"] or 0
    until = min(last or newest, newest)
    for row in _locked(mark.key for mark in wanted):
        tag_records.change(row, act=act, at=at, until_file=max(until, row.until_file))


@transaction.atomic
def decline(keys: Collection[int], *, is_for_ever: bool, actor: Actor, at: datetime) -> uuid.UUID:
    """Put proposals aside: for the files that there are, or for ever. Returns the batch for undo.

    :raises tag_records.Refused: when there are none of them.
    """
    rows = _locked(keys)
    if not rows:
        raise tag_records.Refused(_("Choose some of the proposals."))
    act = _open(rows, "never" if is_for_ever else "not_these", actor=actor, at=at)
    if is_for_ever:
        for row in rows:
            tag_records.change(row, act=act, at=at, is_refused=True)
    else:
        pass_by([Mark(key=row.pk, after=0) for row in rows], last=None, act=act, at=at)
    return act


@transaction.atomic
def offer_again(keys: Collection[int], *, actor: Actor, at: datetime) -> uuid.UUID:
    """Offer proposals again, for all their files. Returns the batch for undo.

    :raises tag_records.Refused: when there are none of them.
    """
    rows = _locked(keys)
    if not rows:
        raise tag_records.Refused(_("Choose some of the proposals."))
    act = _open(rows, "again", actor=actor, at=at)
    for row in rows:
        tag_records.change(row, act=act, at=at, is_refused=False, until_file=0)
    return act


def _open(rows: Sequence[TagProposal], how: str, *, actor: Actor, at: datetime) -> uuid.UUID:
    params = {"how": how, "names": [row.name for row in rows]}
    return decisions.open_batch(DecisionBatch.Verb.DECLINE_TAGS, actor=actor, at=at, params=params)


def _locked(keys: Iterable[int]) -> list[TagProposal]:
    return list(TagProposal.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
