"""What is known of files as a table for spreadsheets, line by line and in constant memory."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from media_catalog.models import FileTag, MediaFile
from media_catalog.services import tools
from media_catalog.services.selections import Selection

SLICE, KEYS = 500, 10_000
MARK = "\ufeff"  # without it spreadsheets take the text for one of their own country's encoding
# How a text begins that a spreadsheet takes for a formula, and would compute.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def _clock(value: datetime | None) -> str:
    return value.isoformat(sep=" ") if value else ""


COLUMNS: Mapping[str, Callable[[MediaFile], Any]] = {
    "id": lambda file: file.pk,
    "source": lambda file: file.source.label,
    "path": lambda file: file.path_text,
    "name": lambda file: file.name,
    "state": lambda file: file.state,
    "fate": lambda file: file.fate,
    "reason": lambda file: file.reason_text,
    "kind": lambda file: file.kind,
    "type": lambda file: file.mime_type,
    "bytes": lambda file: file.size_bytes,
    "width": lambda file: file.width_px,
    "height": lambda file: file.height_px,
    "seconds": lambda file: file.duration_s,
    "captured": lambda file: _clock(file.captured_local),
    "captured until": lambda file: _clock(file.captured_until_local),
    "precision": lambda file: file.captured_precision,
    "UTC offset in minutes": lambda file: file.offset_minutes,
    "confidence": lambda file: file.confidence,
    "date from": lambda file: file.captured_from,
    "camera make": lambda file: file.camera_make,
    "camera model": lambda file: file.camera_model,
    "latitude": lambda file: file.gps_lat,
    "longitude": lambda file: file.gps_lon,
    "decision": lambda file: file.disposition,
    "flagged": lambda file: "yes" if file.is_flagged else "no",
    "confirmed": lambda file: _clock(file.reviewed_at),
    "rating": lambda file: file.rating,
    "description": lambda file: file.description,
    "SHA-256": lambda file: file.sha256,
}
TAGS = "tags"
# Where lists are parted by semicolons, so are the cells of a table: what follows one begins a cell there.
WITHIN = re.compile(r"([;\t\r\n][ \u00a0]*)(?=[=+\-@|%])")


class _Line:
    """Takes what the writer of CSV writes, and gives it back."""

    def write(self, text: str) -> str:
        return text


def lines(selection: Selection) -> Iterator[str]:
    """Yield the lines of a table of files in the order of their keys, the headings first.

    A text that a spreadsheet would compute gets an apostrophe in front; numbers stay numbers.
    """
    writer = csv.writer(_Line())
    yield MARK + str(writer.writerow([*COLUMNS, TAGS]))
    for files in _slices(selection):
        tags = _tags(files)
        for file in files:
            cells = [write(file) for write in COLUMNS.values()]
            yield str(writer.writerow([defused(cell) for cell in [*cells, tags.get(file.pk, "")]]))


def defused(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return cell
    text = WITHIN.sub(r"\1'", cell.replace("\0", ""))
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) or text.startswith(FORMULA) else text


def _slices(selection: Selection) -> Iterator[list[MediaFile]]:
    keys = selection.files().order_by("pk").values_list("pk", flat=True)
    files = MediaFile.objects.select_related("source").defer("path_bytes", "date_reasons").order_by("pk")
    last = 0
    # Keys for many slices at once: whatever the filters are, the database may have to sort all that match.
    while ids := list(keys.filter(pk__gt=last)[:KEYS]):
        yield from (list(files.filter(pk__in=part)) for part in tools.slices(ids, SLICE))
        last = ids[-1]


def _tags(files: Sequence[MediaFile]) -> dict[int, str]:
    rows = FileTag.objects.filter(file__in=[file.pk for file in files]).order_by("tag__name", "pk")
    found: dict[int, list[str]] = {}
    for file_id, name in rows.values_list("file_id", "tag__name"):
        found.setdefault(file_id, []).append(name)
    return {file_id: "; ".join(names) for file_id, names in found.items()}
