"""What a change of a setting does to the files that are here: how many it concerns, and the doing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from media_catalog.models import MediaFile, Source, State
from media_catalog.pipeline import filename_dates
from media_catalog.pipeline.filename_dates import patterns
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.services import counts, evidence, preferences
from media_catalog.services.preferences import Name

MOST_COUNTED = 100_000
MOST_NAMES = 500  # that patterns are tried on before they are stored
SAMPLES = 5


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
    return _in_doubt() if name == Name.NAME_PATTERNS else _of_nowhere()


def number(name: Name) -> Number:
    """Count these files, as far as that takes no time."""
    if name == Name.NAME_PATTERNS:
        return Number(number=counts.numbers("needs_date").get("True", 0))
    found = _of_nowhere()[: MOST_COUNTED + 1].count()
    return Number(number=min(found, MOST_COUNTED), is_more=found > MOST_COUNTED)


def _of_nowhere() -> QuerySet[MediaFile]:
    """Find the files that are shown in the zone of the library, for neither they nor their source has one."""
    without = list(Source.objects.filter(time_zone="").values_list("pk", flat=True))
    return MediaFile.objects.of_assumed_zone().filter(source__in=without)


def _in_doubt() -> QuerySet[MediaFile]:
    """Find the files without a sure date, and those that were dated by a pattern of the user."""
    own = Q(captured_from=f"name:{patterns.SOURCE}")
    return MediaFile.objects.filter(Q(needs_date=True) | own, state=State.ANALYSED)


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
