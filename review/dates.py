"""The queue of dates as its page shows it: one file, what is claimed about it, and what is around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from media_catalog.models import (
    Decision,
    DecisionBatch,
    FileTag,
    MediaFile,
    MediaFileQuerySet,
    State,
    TimestampCandidate,
)
from media_catalog.pipeline.spoken_dates import printing
from media_catalog.pipeline.timestamps.candidates import EXACT, Precision
from media_catalog.services import date_choices
from media_catalog.templatetags.capture import period_text
from review import date_words
from review.date_queue import Left, Place, Queue

END = "end"
TURNS = (DecisionBatch.Verb.UNDO, DecisionBatch.Verb.REDO)
KEYS = 9
PRELOADED = 3
SIDE = 4  # neighbours on each side
NEIGHBOUR_FACTS = (
    "name",
    "sha256",
    "has_thumbnail",
    "kind",
    "captured_local",
    "captured_until_local",
    "captured_precision",
    "offset_minutes",
    "offset_source",
    "confidence",
)
MAP_DEGREES = 40  # from the top of the small map to its bottom
TENTHS = 10  # of a degree: the unit of the map
ROUND = 360 * TENTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One dated claim; `key` chooses it, and is `None` where there is no date to choose."""

    row: TimestampCandidate
    key: int | None
    distance: str

    @property
    def is_date(self) -> bool:
        return self.row.local is not None or self.row.instant is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A place on the map of the world, and the part of it that is shown, in tenths of degrees."""

    box: str
    point: str
    shifts: Sequence[int] = (0,)

    @classmethod
    def of(cls, file: MediaFile) -> Self | None:
        """Return the surroundings of where a file was taken, if that is known."""
        if file.gps_lat is None or file.gps_lon is None:
            return None
        x, y = file.gps_lon * TENTHS, -file.gps_lat * TENTHS
        height = MAP_DEGREES * TENTHS
        # A degree of longitude is shorter far from the equator.
        width = 2 * height / max(0.2, cos(radians(file.gps_lat)))
        box = f"{x - width / 2:.0f} {y - height / 2:.0f} {width:.0f} {height}"
        # Beyond the edge of the map the other side of the world goes on.
        edges = [turn for turn in (-ROUND, ROUND) if abs(x - turn / 2) < width / 2]
        return cls(box=box, point=f"M{x:.0f} {y:.0f}h0", shifts=(0, *edges))


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A file beside another; at `address` its day, in the words `say`, is offered to the other."""

    file: MediaFile
    say: str
    when: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The files around one, in an order; `before` ends with the nearest."""

    before: Sequence[Neighbour]
    after: Sequence[Neighbour]

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The file to decide about, `None` at the end of the queue, and all that its page shows."""

    queue: Queue
    left: Left
    put_off: int
    file: MediaFile | None = None
    claims: Sequence[Claim] = ()
    tags: Sequence[FileTag] = ()
    in_time: Strip | None = None
    in_folder: Strip | None = None
    ahead: Sequence[MediaFile] = ()

    @property
    def is_nothing_imported(self) -> bool:
        """Tell whether the library has no files at all; looked up only at an end where nothing is left."""
        return not self.file and not self.left.number and not self.put_off and not MediaFile.objects.exists()

    @property
    def address(self) -> str:
        """Where this page is found again."""
        return address(self.queue, Place.of(self.file) if self.file else None)

    @property
    def suffix(self) -> str:
        """What every address that a form posts to ends with: the filters."""
        return f"?{self.queue.query}" if self.queue.query else ""

    @property
    def start_address(self) -> str:
        return start_address(self.queue)

    @property
    def next_address(self) -> str:
        return address(self.queue, Place.of(self.ahead[0]) if self.ahead else None)

    @property
    def previous_address(self) -> str:
        """What came before; looked up only when somebody asks."""
        place = Place.of(self.file) if self.file else END
        return f"{reverse('dates')}?{urlencode({**self.queue.filters, 'before': str(place)})}"

    @property
    def put_off_address(self) -> str:
        return f"{reverse('dates')}?{urlencode({**self.queue.filters, 'snoozed': 'yes'})}"

    @property
    def is_put_off(self) -> bool:
        return "snoozed" in self.queue.filters

    @property
    def stamp(self) -> str:
        return date_choices.stamp_of(self.file) if self.file else ""

    @property
    def question(self) -> str:
        return date_words.question(self.file) if self.file else ""

    @property
    def camera(self) -> str:
        """Make and model, the make once: many cameras repeat it in their model."""
        make, model = (self.file.camera_make, self.file.camera_model) if self.file else ("", "")
        return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()

    @property
    def folder(self) -> str:
        return self.file.path_text.rpartition("/")[0] if self.file else ""

    @property
    def map(self) -> Map | None:
        return Map.of(self.file) if self.file else None


def start_address(queue: Queue) -> str:
    """Return the address of the queue as a whole."""
    return f"{reverse('dates')}?{queue.query}".rstrip("?")


def address(queue: Queue, place: Place | None) -> str:
    """Return the address of a place in the queue; without one, of its end."""
    return f"{reverse('dates')}?{urlencode({**queue.filters, 'at': str(place or END)})}"


def page(queue: Queue, place: Place | None, *, is_after: bool = False) -> Page:
    """Return the page of the first file from a place on, or after it."""
    found = queue.next(place, PRELOADED + 1, is_after=is_after)
    if not found:
        return ending(queue)
    file = found[0]
    here = address(queue, Place.of(file))
    put_off = queue.put_off()
    return Page(
        queue=queue,
        left=queue.left(put_off=put_off),
        put_off=put_off,
        file=file,
        claims=claims(file),
        tags=list(file.file_tags.select_related("tag").order_by("tag__name", "pk")),
        in_time=_in_time(file, here),
        in_folder=_in_folder(file, here),
        ahead=found[1:],
    )


def ending(queue: Queue) -> Page:
    """Return the page that stands at the end of the queue."""
    put_off = queue.put_off()
    return Page(queue=queue, left=queue.left(put_off=put_off), put_off=put_off)


def claims(file: MediaFile) -> list[Claim]:
    """Return what is claimed about the date of a file: what is believed first, what is no date last."""
    rows = sorted(
        file.candidates.all(),
        key=lambda row: (not row.is_chosen, row.local is None and row.instant is None, -row.weight, row.rank),
    )
    return [_claim(row, number, file) for number, row in enumerate(rows, 1)]


def _claim(row: TimestampCandidate, number: int, file: MediaFile) -> Claim:
    is_date = row.local is not None or row.instant is not None
    key = number if is_date and number <= KEYS else None
    return Claim(row=row, key=key, distance=date_words.distance(row, file))


def _known(files: MediaFileQuerySet) -> MediaFileQuerySet:
    return files.filter(state=State.ANALYSED).only(*NEIGHBOUR_FACTS)


def _in_time(file: MediaFile, here: str) -> Strip | None:
    local = file.captured_local
    if local is None:
        return None
    others = _known(MediaFile.objects.exclude(pk=file.pk))
    before = others.filter(captured_local__lte=local).order_by("-captured_local", "-pk")
    after = others.filter(captured_local__gt=local).order_by("captured_local", "pk")
    return _strip(before, after, here)


def _in_folder(file: MediaFile, here: str) -> Strip:
    others = MediaFile.objects.filter(source=file.source_id, folder_key=file.folder_key)
    known = _known(others.exclude(pk=file.pk))
    before = known.filter(name__lte=file.name).order_by("-name", "-pk")
    after = known.filter(name__gt=file.name).order_by("name", "pk")
    return _strip(before, after, here)


def _strip(before: MediaFileQuerySet, after: MediaFileQuerySet, here: str) -> Strip:
    return Strip(
        before=[_neighbour(file, here) for file in before[:SIDE]][::-1],
        after=[_neighbour(file, here) for file in after[:SIDE]],
    )


def _neighbour(file: MediaFile, here: str) -> Neighbour:
    local = file.captured_local
    if local is None:
        return Neighbour(file=file, say="", when="", address="")
    precision = Precision(file.captured_precision)
    if precision in EXACT:
        local, precision = local.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY
    say = printing.text(local, file.captured_until_local or local, precision, None)
    when = period_text(local, file.captured_until_local, precision)
    return Neighbour(file=file, say=say, when=when, address=f"{here}&{urlencode({'say': say})}")


def last_turned(actor_id: int | None) -> MediaFile | None:
    """Return a file of what a person took back, or did again, last."""
    acts = DecisionBatch.objects.filter(actor=actor_id, number__gt=0, verb__in=TURNS)
    last = acts.order_by("-created_at", "-id").values("pk")[:1]
    decision = Decision.objects.filter(batch__in=list(last.values_list("pk", flat=True)))
    return next((one.file for one in decision.select_related("file").order_by("pk")[:1]), None)
