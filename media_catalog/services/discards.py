"""Why files are discarded, in words."""

from collections.abc import Collection, Mapping

from media_catalog.models import Decision, Disposition

DISCARDED = {"disposition": Disposition.DISCARD.value}
IN_PLACE_OF = "discarded, kept instead: {path}"
AS_BEFORE = "its bytes were discarded before, as {path}"
ALONE = "discarded by a person"


def reasons(file_ids: Collection[int]) -> Mapping[int, str]:
    """Say of discarded files why they are, by the last decision that did it."""
    rows = Decision.objects.filter(file__in=file_ids, after=DISCARDED).select_related("taken_from", "file")
    return {row.file_id: _reason(row) for row in rows.order_by("pk")}


def _reason(decision: Decision) -> str:
    other = decision.taken_from
    if other is None:
        return ALONE
    has_same_bytes = other.sha256 == decision.file.sha256
    return (AS_BEFORE if has_same_bytes else IN_PLACE_OF).format(path=other.path_text)
