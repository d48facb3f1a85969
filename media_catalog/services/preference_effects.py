"""What a change of a setting does to the files that are here: how many it concerns, and the doing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_catalog.models import FileMetadata, MediaFile, Source, State, TimestampCandidate
from media_catalog.models.files import DATED_BY_PERSON
from media_catalog.pipeline import filename_dates
from media_catalog.pipeline.filename_dates import patterns
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.timestamps import plausibility, taken
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.services import bulk, counts, evidence, preferences
from media_catalog.services.preferences import Name

MOST_COUNTED = 100_000
MOST_NAMES = 500  # that patterns are tried on before they are stored
SAMPLES = 5
FORCED = "name:forced"  # a person's word


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many there are; `is_more` where nobody counted on."""

    number: int
    is_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What patterns make of the names of files that need a date."""

    tried: int
    matched: int
    samples: Sequence[tuple[str, Candidate]]


def files(name: Name) -> QuerySet[MediaFile]:
    """Find the files whose dates may be others by another value of a setting."""
    return FILES[name]()


def number(name: Name) -> Number:
    """Count these files, as far as that takes no time; by the earliest year those that have an older date."""
    if name == Name.NAME_PATTERNS:
        return Number(number=counts.numbers("needs_date").get("True", 0))
    files = _dated_too_early() if name == Name.EARLIEST_YEAR else _of_nowhere()
    found = files[: MOST_COUNTED + 1].count()
    return Number(number=min(found, MOST_COUNTED), is_more=found > MOST_COUNTED)


def _of_nowhere() -> QuerySet[MediaFile]:
    """Find the files that are shown in the zone of the library, for neither they nor their source has one."""
    without = list(Source.objects.filter(time_zone="").values_list("pk", flat=True))
    return MediaFile.objects.of_assumed_zone().filter(source__in=without)


def _in_doubt() -> QuerySet[MediaFile]:
    """Find the files without a sure date, and those that were dated by a pattern of the user."""
    own = Q(captured_from=f"name:{patterns.SOURCE}")
    return MediaFile.objects.filter(Q(needs_date=True) | own, state=State.ANALYSED)


def _dated_too_early() -> QuerySet[MediaFile]:
    """Find the files that have a date before the earliest year, by no person's word."""
    first = _start(preferences.earliest_year())
    early = MediaFile.objects.filter(state=State.ANALYSED, captured_local__lt=first)
    return early.filter(captured_until_local__lt=first).exclude(DATED_BY_PERSON | Q(captured_from=FORCED))


def _of_early_claims() -> QuerySet[MediaFile]:
    """Find the files of which something is said that is before the earliest year, or was by another one."""
    claims = TimestampCandidate.objects.filter(file=OuterRef("pk"))
    possible = claims.filter(_since(plausibility.FIRST_PHOTOGRAPH))
    early = possible.filter(_before(preferences.earliest_year()) | Q(verdict="refused_too_early"))
    return MediaFile.objects.filter(Exists(early) | Q(pk__in=_dated_too_early()), state=State.ANALYSED)


def _before(year: int) -> Q:
    first = _start(year)
    return Q(local__lt=first) | Q(local=None, instant__lt=first.replace(tzinfo=UTC))


def _since(year: int) -> Q:
    first = _start(year)
    return Q(local__gte=first) | Q(local=None, instant__gte=first.replace(tzinfo=UTC))


def _start(year: int) -> datetime:
    return datetime(year, 1, 1)  # noqa: DTZ001  a wall clock


def rejudge_years(file_ids: Collection[int], *, at: datetime) -> int:
    """Decide the dates of files anew by the earliest year that holds; return how many files there are.

    What metadata alone say of them follows.
    """
    rows = FileMetadata.objects.filter(file__in=file_ids).values_list("file_id", "tags")
    with preferences.held():
        earliest = preferences.earliest_year()
        read = [(pk, taken.taken(tags, now=at, earliest_year=earliest)) for pk, tags in rows if tags]
        values = [(one.local, one.offset_minutes, one.instant, pk) for pk, one in read]
        bulk.update(MediaFile, ("taken_local", "taken_offset_minutes", "taken_at"), values)
        return evidence.redecide(file_ids, at=at)


def reread_names(file_ids: Collection[int], *, at: datetime) -> int:
    """Read the names of files anew by the patterns that hold; return how many say something else now."""
    rules = patterns.compiled(preferences.value(Name.NAME_PATTERNS))
    names = MediaFile.objects.filter(pk__in=file_ids).values_list("pk", "name")
    return evidence.rename({pk: _read(name, rules) for pk, name in names}, at=at)


def _read(name: str, rules: Sequence[Rule]) -> Candidate | None:
    return filename_dates.candidate_from_name(name, patterns=rules)


def try_patterns(text: str) -> Trial:
    """Try patterns on the names of some files that need a date, changing nothing.

    :raises PatternError: when they cannot be understood.
    """
    rules = patterns.compiled(text)
    rows = MediaFile.objects.filter(needs_date=True).order_by("captured_local", "pk")[:MOST_NAMES]
    names = list(rows.values_list("name", flat=True))
    found = [(name, claim) for name in names if (claim := _own(name, rules))]
    return Trial(tried=len(names), matched=len(found), samples=found[:SAMPLES])


def _own(name: str, rules: Sequence[Rule]) -> Candidate | None:
    claim = _read(name, rules)
    return claim if claim and claim.source == f"name:{patterns.SOURCE}" else None


FILES: Mapping[Name, Callable[[], QuerySet[MediaFile]]] = {
    Name.TIME_ZONE: _of_nowhere,
    Name.NAME_PATTERNS: _in_doubt,
    Name.EARLIEST_YEAR: _of_early_claims,
}
DECIDE: Mapping[Name, Callable[..., int]] = {
    Name.TIME_ZONE: evidence.redecide,
    Name.NAME_PATTERNS: reread_names,
    Name.EARLIEST_YEAR: rejudge_years,
}
