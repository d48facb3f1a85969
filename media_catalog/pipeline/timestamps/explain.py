"""Says in plain words which date is believed, why, and what each source claims.

Every phrase keeps its words and its values apart, so that whoever shows it can translate the words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from media_catalog.pipeline.timestamps import phrases as phrases_by_code
from media_catalog.pipeline.timestamps import witnesses, zones
from media_catalog.pipeline.timestamps.candidates import Precision, period_end
from media_catalog.pipeline.timestamps.confidence import Confidence
from media_catalog.pipeline.timestamps.decide import ASSUMED, Inference

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
# Who speaks, by what stands before the colon of a source; any other source is a tag and keeps its name.
SPEAKERS = {
    "name": "the file's name",
    "folder": "its folder's name",
    "GPS": "the GPS receiver",
    "sidecar": "a sidecar file",
    "takeout": "Google Takeout",
    "neighbour": "the files beside it",
    "person": "a person",
    "file": "the file's own time",
}
SUPPORTING = frozenset(("agrees",))
OPPOSING = frozenset(("differs", "distrusted", "apart"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words with places for values, as `%(name)s`, and what ends them."""

    words: str
    values: Mapping[str, str] = field(default_factory=dict)
    end: str = ""

    def __str__(self) -> str:
        return (self.words % self.values if self.values else self.words) + self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One claim for a list: who speaks, what was read, what was made of it."""

    speaker: str
    source: str
    raw: str
    verdict: str
    is_chosen: bool


def sentence(inference: Inference) -> str:
    """Explain a decision in one or two sentences of English."""
    return " ".join(str(phrase) for phrase in phrases(inference))


def lines(inference: Inference) -> list[Line]:
    """List all claims with their verdicts, the believed one first."""
    ordered = sorted(inference.verdicts, key=lambda verdict: not verdict.is_chosen)
    return [
        Line(
            speaker=speaker(verdict.candidate.source),
            source=verdict.candidate.source,
            raw=verdict.candidate.raw,
            verdict=verdict.text,
            is_chosen=verdict.is_chosen,
        )
        for verdict in ordered
    ]


def phrases(inference: Inference) -> list[Phrase]:
    """Explain a decision in phrases, which can be translated one by one."""
    return list(_phrases(inference))


def speaker(source: str) -> str:
    """Name who makes a claim."""
    return SPEAKERS.get(source.partition(":")[0], source.removeprefix(f"{witnesses.OTHER}:"))


def date_text(
    local: datetime, *, precision: Precision, until: datetime | None = None, offset_minutes: int | None = None
) -> str:
    """Write a date as exactly as it is known: "1970s", "summer 1987", "4 July 2015", with time and offset."""
    zone = f" ({zones.offset_text(offset_minutes)})" if offset_minutes is not None else ""
    day = f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    if precision is Precision.RANGE:
        last = until or period_end(local, precision)
        return f"between {day} and {last.day} {MONTHS[last.month - 1]} {last.year}"
    texts = {
        Precision.SECOND: f"{day}, {local:%H:%M:%S}{zone}",
        Precision.MINUTE: f"{day}, {local:%H:%M}{zone}",
        Precision.DAY: day,
        Precision.MONTH: f"{MONTHS[local.month - 1]} {local.year}",
        Precision.SEASON: f"{SEASONS.get(local.month, 'season of')} {local.year}",
        Precision.DECADE: f"{local.year}s",
    }
    return texts.get(precision, str(local.year))


def _phrases(inference: Inference) -> Iterator[Phrase]:
    if inference.local is None or inference.precision is None or inference.source is None:
        yield Phrase(words="No date:")
        yield from _because(inference.reasons)
        return
    date = date_text(
        inference.local,
        precision=inference.precision,
        until=inference.until,
        offset_minutes=inference.offset_minutes,
    )
    yield Phrase(
        words="%(date)s, by %(speaker)s:", values={"date": date, "speaker": speaker(inference.source)}
    )
    yield from _because(inference.reasons[:1])
    if inference.offset_source == ASSUMED:
        yield Phrase(words="The time zone is assumed.")
    if supporting := _speakers(inference, SUPPORTING):
        yield Phrase(words="Agreeing: %(speakers)s.", values={"speakers": supporting})
    if opposing := _speakers(inference, OPPOSING):
        yield Phrase(words="Otherwise: %(speakers)s.", values={"speakers": opposing})
    if inference.confidence is not Confidence.HIGH and inference.reasons[1:]:
        yield Phrase(words="Not certain:")
        yield from _because(inference.reasons[1:])


def _because(reasons: Sequence[str]) -> Iterator[Phrase]:
    for position, reason in enumerate(reasons, start=1):
        yield Phrase(words=phrases_by_code.reason(reason), end="." if position == len(reasons) else ";")


def _speakers(inference: Inference, codes: frozenset[str]) -> str:
    """Name who agrees or not, each once and never the one who is believed."""
    names = (
        speaker(one.candidate.source)
        for one in inference.verdicts
        if one.code in codes and not witnesses.is_late(one.candidate)
    )
    believed = speaker(inference.source or "")
    return ", ".join(dict.fromkeys(name for name in names if name != believed))
