"""Dates that a file shares with another one: its companion, its original, its copy by bytes or by look."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from media_catalog.pipeline.timestamps import resemblance, siblings
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.siblings import DAY, LIKELY, SURE, VAGUE, VIDEO, Dated, Sibling

STEM = "neighbour:stem"
COPY = "neighbour:copy"
LOOK = "neighbour:look"
SAME_SHOT = timedelta(minutes=1)  # pictures of a burst differ by less, and look the same
SAME_TIME = timedelta(seconds=2)


class Original(NamedTuple):
    """A file whose date says more than that of the file in question."""

    file: Sibling
    dated: Dated


def by_stem(file: Sibling, others: Iterable[Sibling]) -> Candidate | None:
    """Date the half of a Live Photo, of RAW and JPEG, or a conversion, by the other half in its folder."""
    halves = [
        one
        for one in _originals(file, others)
        if resemblance.is_companion(file, *one) and not siblings.was_written_before(file, one.dated.local)
    ]
    if not halves:
        return None
    half = min(halves, key=_by_trust)
    return _claim(file, half, source=STEM, because=f"belongs to {half.file.name}")


def by_name(file: Sibling, family: Iterable[tuple[Sibling, bool]]) -> Candidate | None:
    """Date an edited or copied file by the original in its folder, or the other way round.

    `family` are the files whose names come from one original's, each with whether the names are sure.
    """
    found = []
    for other, is_sure in family:
        weight = _named_weight(file, other, is_sure_name=is_sure)
        if weight:
            found += [
                (-_bounded(weight, file, one), _by_trust(one), one) for one in _originals(file, [other])
            ]
    if not found:
        return None
    weight, _, original = min(found, key=lambda one: one[:2])
    because = f"by its name a copy of {original.file.name}"
    return _claim(file, original, source=COPY, because=because, limit=-weight)


def by_bytes(file: Sibling, same: Iterable[Sibling]) -> Candidate | None:
    """Date a file by the best evidence of the files with its very bytes, whose names and folders differ."""
    better = _originals(file, same)
    if not better:
        return None
    original = min(better, key=_by_trust)
    limit = SURE if _agree(better, original, within=SAME_TIME) else LIKELY
    return _claim(file, original, source=COPY, because=f"same bytes as {original.file.name}", limit=limit)


def by_look(file: Sibling, near: Iterable[Sibling]) -> Candidate | None:
    """Date a picture by those that look the same.

    Where these are of different times it may be any of them, and gets no date.
    """
    alike = [
        (bits, one)
        for one in _originals(file, near)
        if (bits := resemblance.same_picture_bits(file, one.file)) is not None
    ]
    if not alike:
        return None
    bits, original = min(alike, key=lambda pair: (not pair[1].dated.is_settled, pair[0], _by_trust(pair[1])))
    if not _agree([one for _, one in alike], original, within=SAME_SHOT):
        return None
    limit = _bounded(SURE if bits <= resemblance.SURE_LOOK_BITS else LIKELY, file, original)
    because = f"looks like {original.file.name}, {bits} of 64 bits apart"
    return _claim(file, original, source=LOOK, because=because, limit=limit)


def _originals(file: Sibling, others: Iterable[Sibling]) -> list[Original]:
    return [
        Original(other, other.own)
        for other in others
        if other.own and other.id != file.id and _is_better(other.own, file.own)
    ]


def _is_better(dated: Dated, own: Dated | None) -> bool:
    """Tell whether a date says more than a file's own, and is worth passing on."""
    if _is_edit_date(dated):
        return False
    if own is None:
        return True
    if own.is_settled or (own.is_exact and abs(own.local - dated.local) <= SAME_TIME):
        return False
    return dated.is_settled or dated.length < own.length


def _is_edit_date(dated: Dated) -> bool:
    """Tell whether a date belongs to one copy alone: when a program saved it."""
    return dated.is_exact and dated.weight <= SURE and not dated.source.startswith("name:")


def _claim(
    file: Sibling, original: Original, *, source: str, because: str, limit: int = SURE
) -> Candidate | None:
    dated = original.dated
    if dated.is_exact and dated.is_late:
        dated = _mere_day(dated)
    weight = min(limit, _trust(dated))
    if file.own and _contradicts(file.own, dated):
        if siblings.is_afterwards(file.own) or weight < SURE:
            return None
        weight = LIKELY
    return siblings.same_date(dated, source=source, because=f"{because}: {dated.source}", weight=weight)


def _bounded(weight: int, file: Sibling, original: Original) -> int:
    """Lower a weight where the file is older than the date of its original."""
    return min(weight, LIKELY) if siblings.was_written_before(file, original.dated.local) else weight


def _trust(dated: Dated) -> int:
    if dated.is_settled:
        return SURE
    return LIKELY if dated.length <= DAY and not dated.is_late else VAGUE


def _mere_day(dated: Dated) -> Dated:
    """Make a day of the time when one copy was sent or saved: of the others it says no more."""
    start = siblings.midnight(dated.local)
    return replace(
        dated,
        local=start,
        until=period_end(start, Precision.DAY),
        precision=Precision.DAY,
        offset_minutes=None,
        offset_source=None,
        instant=None,
        is_zone_assumed=False,
    )


def _contradicts(own: Dated, dated: Dated) -> bool:
    """Tell whether what a file itself says does not allow a date.

    Its folder bounds it, and a doubtful date of its own still speaks. What was sent, saved or edited at some
    time had been taken before, if not long before where a name says when.
    """
    if dated.local > own.until + DAY:
        return True
    is_earlier = dated.until < own.local - DAY
    return is_earlier and (own.source.startswith("name:") or not siblings.is_afterwards(own))


def _by_trust(original: Original) -> tuple[bool, timedelta, datetime, str, int]:
    """Rank who may give a date: a time of capture first, then the narrowest and the earliest."""
    file, dated = original
    return not dated.is_settled, dated.length, dated.local, file.name, file.id


def _agree(originals: Iterable[Original], chosen: Original, *, within: timedelta) -> bool:
    """Tell whether all that are as good as the chosen one are of its time."""
    return all(
        abs(dated.local - chosen.dated.local) <= within
        for _, dated in originals
        if dated.is_settled == chosen.dated.is_settled
    )


def _named_weight(file: Sibling, other: Sibling, *, is_sure_name: bool) -> int | None:
    if (file.kind == VIDEO) != (other.kind == VIDEO):
        return None
    is_alike = resemblance.is_alike(file, other)
    if is_sure_name:
        return SURE if is_alike else LIKELY
    # Strangers with one name are given such names too; a video's length says less than a look.
    return (LIKELY if file.kind == VIDEO else SURE) if is_alike else None
