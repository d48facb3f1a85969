"""What sets copies apart: the facts that differ, and which of them is the better one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import FileTraits, MediaFile
from media_catalog.services import copied_claims
from media_catalog.templatetags.capture import captured, modified, offset_text
from media_catalog.templatetags.plain import playing_time, visible

MEGAPIXEL = 1_000_000
SHARP_SHARE = 0.9  # of the sharpest: what is as sharp is equally good


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A file with what else is asked about it."""

    file: MediaFile
    tags: Sequence[str]
    sharpest: float

    @property
    def traits(self) -> FileTraits | None:
        return getattr(self.file, "traits", None)

    @property
    def sharpness_percent(self) -> int | None:
        """How sharp it is, the sharpest of its group being 100."""
        if self.traits is None or self.traits.sharpness is None or not self.sharpest:
            return None
        return round(100 * self.traits.sharpness / self.sharpest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fact of one file; `better` says in what it is better than that of others, if it is."""

    label: str
    text: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """How a fact is written, and what makes one better: the greatest worth."""

    label: str | Promise
    text: Callable[[Subject], str]
    worth: Callable[[Subject], Any] = lambda subject: None
    better: str | Promise = ""


def differing(subjects: Sequence[Subject]) -> list[list[Cell]]:
    """Return for each file the facts in which the files differ, the same ones in the same order."""
    found: list[list[Cell]] = [[] for _subject in subjects]
    for fact in FACTS:
        texts = [fact.text(subject) for subject in subjects]
        if len(set(texts)) < 2:
            continue
        worths = [fact.worth(subject) for subject in subjects]
        best = _best(worths)
        for cells, text, worth in zip(found, texts, worths, strict=True):
            better = str(fact.better) if best is not None and worth == best else ""
            cells.append(Cell(label=str(fact.label), text=text or _("none"), better=better))
    return found


def subjects(files: Sequence[MediaFile], tags: Mapping[int, Sequence[str]]) -> list[Subject]:
    """Put files together with their tags, to be compared with each other."""
    known = [getattr(file, "traits", None) for file in files]
    sharpest = max((one.sharpness or 0.0 for one in known if one is not None), default=0.0)
    return [Subject(file=file, tags=tags.get(file.pk, ()), sharpest=sharpest) for file in files]


def _best(worths: Collection[Any]) -> Any:
    """Return the greatest worth, `None` where none is greater than the others."""
    known = [worth for worth in worths if worth is not None]
    if not known or (min(known) == max(known) and len(known) == len(worths)):
        return None
    return max(known)


def _date(subject: Subject) -> str:
    file = subject.file
    if file.captured_local is None:
        return ""
    how = _("given by a person") if file.is_dated_by_person else _sureness(file)
    return f"{captured(file)} ({how})"


def _sureness(file: MediaFile) -> str:
    return _("confidence: %(level)s") % {"level": file.get_confidence_display()}


def _date_worth(subject: Subject) -> Any:
    file = subject.file
    if file.captured_local is None:
        return None
    sureness = copied_claims.CONFIDENCES.index(file.confidence)
    exactness = copied_claims.PRECISIONS.index(file.captured_precision)
    return file.is_dated_by_person, sureness, exactness, file.offset_minutes is not None


def _pixels(subject: Subject) -> str:
    file = subject.file
    if not file.width_px or not file.height_px:
        return ""
    megapixels = file.width_px * file.height_px / MEGAPIXEL
    return f"{file.width_px} × {file.height_px} ({megapixels:.1f} MP)"  # noqa: RUF001  a size


def _pixels_worth(subject: Subject) -> Any:
    return (subject.file.width_px or 0) * (subject.file.height_px or 0) or None


def _real_share(subject: Subject) -> str:
    share = subject.traits.resolved_share if subject.traits else None
    return "" if share is None else f"{min(1.0, share):.0%}"


def _sharpness(subject: Subject) -> str:
    percent = subject.sharpness_percent
    return "" if percent is None else _("%(percent)d %% of the sharpest") % {"percent": percent}


def _sharpness_worth(subject: Subject) -> Any:
    percent = subject.sharpness_percent
    return None if percent is None else min(percent, round(100 * SHARP_SHARE))


def _type(subject: Subject) -> str:
    return subject.file.mime_type or subject.file.extension


def _folder(subject: Subject) -> str:
    return visible(subject.file.path_text.rpartition("/")[0] or "/")


def _camera(subject: Subject) -> str:
    make, model = subject.file.camera_make, subject.file.camera_model
    return visible(model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip())


def _position(subject: Subject) -> str:
    file = subject.file
    return "" if file.gps_lat is None else f"{file.gps_lat:.5f}, {file.gps_lon or 0:.5f}"


def _zone(subject: Subject) -> str:
    minutes = subject.file.taken_offset_minutes
    return "" if minutes is None else offset_text(minutes)


def _facts_number(subject: Subject) -> str:
    number = subject.traits.facts_count if subject.traits else 0
    return _("%(number)d facts") % {"number": number} if number else ""


def _length(subject: Subject) -> str:
    return playing_time(subject.file.duration_s) if subject.file.duration_s else ""


def _modified(subject: Subject) -> str:
    return "" if subject.file.mtime_ns is None else modified(subject.file.mtime_ns)


def _earlier(subject: Subject) -> Any:
    return None if subject.file.mtime_ns is None else -subject.file.mtime_ns


def _rating(subject: Subject) -> str:
    stars = "" if subject.file.rating is None else str(subject.file.rating)
    return f"{stars} ♥".strip() if subject.file.is_favourite else stars


def _decided(subject: Subject) -> str:
    file = subject.file
    return "" if file.disposition == "undecided" else file.get_disposition_display()


def _known(text: Callable[[Subject], str]) -> Callable[[Subject], Any]:
    """Rate a fact that is known above one that is not."""
    return lambda subject: 1 if text(subject) else None


KNOWN, MORE = gettext_lazy("known"), gettext_lazy("more")
FACTS = (
    Fact(label=gettext_lazy("Pixels"), text=_pixels, worth=_pixels_worth, better=gettext_lazy("larger")),
    Fact(label=gettext_lazy("Of them real"), text=_real_share),
    Fact(
        label=gettext_lazy("Sharpness"),
        text=_sharpness,
        worth=_sharpness_worth,
        better=gettext_lazy("sharp"),
    ),
    Fact(label=gettext_lazy("Date"), text=_date, worth=_date_worth, better=gettext_lazy("surer")),
    Fact(
        label=gettext_lazy("Size"),
        text=lambda subject: filesizeformat(subject.file.size_bytes),
        worth=lambda subject: subject.file.size_bytes,
        better=gettext_lazy("larger"),
    ),
    Fact(label=gettext_lazy("Type"), text=_type),
    Fact(
        label=gettext_lazy("Length"),
        text=_length,
        worth=lambda subject: subject.file.duration_s,
        better=gettext_lazy("longer"),
    ),
    Fact(
        label=gettext_lazy("Damage"),
        text=lambda subject: visible(subject.file.damage),
        worth=lambda subject: None if subject.file.damage else 1,
        better=gettext_lazy("whole"),
    ),
    Fact(
        label=gettext_lazy("Source"),
        text=lambda subject: visible(subject.file.source.label),
        worth=lambda subject: subject.file.source.keeper_preference,
        better=gettext_lazy("preferred"),
    ),
    Fact(label=gettext_lazy("Folder"), text=_folder),
    Fact(label=gettext_lazy("Camera"), text=_camera, worth=_known(_camera), better=KNOWN),
    Fact(label=gettext_lazy("Position"), text=_position, worth=_known(_position), better=KNOWN),
    Fact(label=gettext_lazy("Time zone"), text=_zone, worth=_known(_zone), better=KNOWN),
    Fact(
        label=gettext_lazy("Tags"),
        text=lambda subject: visible(", ".join(subject.tags)),
        worth=lambda subject: len(subject.tags) or None,
        better=MORE,
    ),
    Fact(
        label=gettext_lazy("Description"),
        text=lambda subject: visible(subject.file.description),
        worth=lambda subject: 1 if subject.file.description else None,
        better=KNOWN,
    ),
    Fact(label=gettext_lazy("Rating"), text=_rating, worth=_known(_rating), better=KNOWN),
    Fact(
        label=gettext_lazy("Metadata"),
        text=_facts_number,
        worth=lambda subject: (subject.traits.facts_count if subject.traits else 0) or None,
        better=MORE,
    ),
    Fact(label=gettext_lazy("Modified"), text=_modified, worth=_earlier, better=gettext_lazy("earlier")),
    Fact(label=gettext_lazy("Decided before"), text=_decided),
)
