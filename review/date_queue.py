"""The queue of dates, and which file comes next: the dated by their time, then the undated by folders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from django.db.models import BooleanField, F, Func, Q, Value

from media_catalog.models import MediaFile, MediaFileQuerySet
from media_catalog.models.fields import WallClockField
from media_catalog.services import counts
from media_catalog.services.selections import FILTERS, Selection

MOST_ID = 1 << 63
MOST_COUNTED = 1000
# What a page of the queue never needs of its files.
HEAVY = ("path_bytes", "description")
SNOOZED, SOURCE, CONFIDENCE = "snoozed", "source", "confidence"
NEEDED = {"date": "yes"}
DATED, UNDATED = ("captured_local", "pk"), ("source_id", "folder_key", "pk")
FROM, AFTER, BEFORE = " >= ", " > ", " < "


class BadPlace(ValueError):
    """The place in the address is none that a page gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file stands in the queue; the undated, without `local`, by source and folder."""

    local: datetime | None
    source_id: int
    folder_key: str
    file_id: int

    def __str__(self) -> str:
        start = self.local.isoformat() if self.local else f"{self.source_id}.{self.folder_key}"
        return f"{start}_{self.file_id}"

    @property
    def dated_key(self) -> list[Value]:
        return [Value(self.local, WallClockField()), Value(self.file_id)]

    @property
    def undated_key(self) -> list[Value]:
        return [Value(self.source_id), Value(self.folder_key), Value(self.file_id)]

    @classmethod
    def of(cls, file: MediaFile) -> Self:
        """Return the place of a file."""
        folder = "" if file.captured_local else file.folder_key
        source = 0 if file.captured_local else file.source_id
        return cls(local=file.captured_local, source_id=source, folder_key=folder, file_id=file.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a place back from an address.

        :raises BadPlace: when it is none.
        """
        start, _separator, file_id = text.rpartition("_")
        source, dot, folder = start.partition(".")
        is_undated = dot == "." and source.isdigit()
        try:
            place = cls(
                local=None if is_undated else datetime.fromisoformat(start),
                source_id=int(source) if is_undated else 0,
                folder_key=folder if is_undated else "",
                file_id=int(file_id),
            )
        except ValueError as error:
            raise BadPlace(text) from error
        if str(place) != text or (place.local and place.local.tzinfo):
            raise BadPlace(text)
        if max(place.file_id, place.source_id) >= MOST_ID or len(folder) > 64:
            raise BadPlace(text)
        return place


NOWHERE = Place(local=None, source_id=0, folder_key="", file_id=0)  # before all undated files


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many files are left; `is_all` unless it was not counted to the end."""

    number: int
    is_all: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The files that need a date, narrowed by filters as the address names them.

    What was put off is left out until its time comes; with the filter `snoozed` it is all there is.
    """

    filters: Mapping[str, str]
    at: datetime

    @classmethod
    def of(cls, values: Mapping[str, str], *, at: datetime) -> Self:
        """Return the queue that an address means.

        :raises BadSelection: when one of its filters is malformed.
        """
        known = {name: values[name].strip() for name in FILTERS if values.get(name, "").strip()}
        Selection(filters=known | NEEDED)
        return cls(filters={name: value for name, value in known.items() if name != "date"}, at=at)

    @property
    def query(self) -> str:
        """The filters as they stand in the address."""
        return urlencode(self.filters)

    def files(self) -> MediaFileQuerySet:
        """Return the files of the queue, in no order."""
        files = Selection(filters={**self.filters, **NEEDED}).files()
        if SNOOZED in self.filters:
            return files
        return files.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=self.at))

    def next(self, place: Place | None, number: int, *, is_after: bool = False) -> list[MediaFile]:
        """Return files from a place on, or after it, in the order of the queue."""
        found: list[MediaFile] = []
        for part in self._parts(place, AFTER if is_after else FROM):
            found += part[: number - len(found)]
            if len(found) == number:
                break
        return found

    def before(self, place: Place) -> MediaFile | None:
        """Return the file that comes before a place."""
        if place.local is not None:
            return _last_of([self._dated(BEFORE, place)])
        return _last_of([self._undated(BEFORE, place), self._dated()])

    def last(self) -> MediaFile | None:
        """Return the file at the end of the queue."""
        return _last_of([self._undated(), self._dated()])

    def left(self, *, put_off: int) -> Left:
        """Return how many files wait, apart from those that were put off; by the kept counts if these do."""
        if self.filters.keys() <= {SOURCE, CONFIDENCE}:
            source = self.filters.get(SOURCE)
            known = counts.numbers(counts.DOUBT, source_id=int(source) if source else None)
            wanted = self.filters.get(CONFIDENCE)
            number = known.get(wanted, 0) if wanted else sum(known.values())
            return Left(number=max(0, number - put_off))
        number = self.files()[: MOST_COUNTED + 1].count()
        return Left(number=min(number, MOST_COUNTED), is_all=number <= MOST_COUNTED)

    def put_off(self) -> int:
        """Return how many files of the queue were put off, of which no more than a thousand are counted."""
        files = Selection(filters={**self.filters, **NEEDED}).files()
        return files.filter(snoozed_until__gt=self.at)[:MOST_COUNTED].count()

    def _dated(self, sign: str = "", place: Place | None = None) -> MediaFileQuerySet:
        # What has no date is neither before nor after one, so nothing else has to leave it out.
        where = _compared(DATED, sign, place.dated_key) if place else Q(captured_local__isnull=False)
        return self.files().filter(where).order_by(*DATED).defer(*HEAVY)

    def _undated(self, sign: str = FROM, place: Place = NOWHERE) -> MediaFileQuerySet:
        # What has no date has no precision either, and the index is about that.
        undated = self.files().filter(_compared(UNDATED, sign, place.undated_key), captured_precision="")
        return undated.order_by(*UNDATED).defer(*HEAVY)

    def _parts(self, place: Place | None, sign: str) -> Iterator[MediaFileQuerySet]:
        if place is None:
            yield from (self._dated(), self._undated())
        elif place.local is not None:
            yield from (self._dated(sign, place), self._undated())
        else:
            yield self._undated(sign, place)


def _compared(fields: Sequence[str], sign: str, values: Sequence[Value]) -> Func:
    """Compare whole rows, as (a, b) >= (1, 2); unlike the same spelled out, this enters an index on all."""
    rows = (Func(*parts, template="(%(expressions)s)") for parts in (map(F, fields), values))
    return Func(*rows, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


def _last_of(parts: Sequence[MediaFileQuerySet]) -> MediaFile | None:
    return next((file for part in parts for file in part.reverse()[:1]), None)
