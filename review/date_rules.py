"""Accepting many dates: which they are, some of them at random, and whether they were right after all."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from media_catalog.models import Confidence, MediaFile
from media_catalog.services import acts, counts
from media_catalog.services.acts import Act, Preview
from media_catalog.services.selections import BadSelection, Selection
from review import cameras
from review.date_queue import Place
from review.forms.date_rules import LEVELS, ORIGINS, RuleForm

SAMPLES = 20
WINDOW = 600  # files that are looked at; more are counted only on request
SEEDS = 1 << 32
LEVEL = ("confidence", "date")  # the filters that an index serves
ACCEPT = Act(verb="confirm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How many files wait with a date of one level of confidence."""

    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file whose date is shown, to be judged."""

    file: MediaFile

    @property
    def mending(self) -> str:
        """Where its date can be mended: its place in the queue of dates."""
        return f"{reverse('dates')}?{urlencode({'at': str(Place.of(self.file))})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What was asked for, what it is about, and some of it; without a level that is nothing yet.

    `about` is how many files it is, going by those that were looked at; `effect`, if there, has counted them.
    """

    form: RuleForm
    levels: Sequence[Level]
    seed: int
    about: int = 0
    effect: Preview | None = None
    sentence: str = ""
    samples: Sequence[Sample] = ()
    problem: str = ""
    folder: str = ""

    @property
    def has_more(self) -> bool:
        return self.effect is None or self.effect.number > len(self.samples)

    @property
    def has_enough(self) -> bool:
        """Tell whether counting them all would bring no more samples."""
        return len(self.samples) == SAMPLES

    @property
    def address(self) -> str:
        """What was asked for, as an address to which more can be added."""
        return f"{reverse('date_rules')}?{urlencode(self.form.values)}"

    @property
    def next_seed(self) -> int:
        return (self.seed + SEEDS // 7) % SEEDS


def seed_of(text: str) -> int:
    """Read where the samples begin, or choose a place."""
    if text.isascii() and text.isdigit() and len(text) < 11:
        return int(text) % SEEDS
    return random.randrange(SEEDS)  # noqa: S311  samples, no secrets


def look(data: QueryDict) -> Rule:
    """Look at a rule as it stands in an address; many files are counted only when that is asked for."""
    form, seed = RuleForm(data, known=cameras.names()), seed_of(str(data.get("seed", "")))
    level = form.cleaned_data["confidence"] if form.is_valid() else ""
    rule = Rule(form=form, levels=list(_levels(level)), seed=seed)
    if not level:
        return rule
    try:
        selection = form.selection()
    except BadSelection as reason:
        return replace(rule, problem=str(reason))
    waiting = sum(one.number for one in rule.levels if one.is_chosen)
    effect = None
    if waiting <= WINDOW or "count" in data:
        effect = acts.preview(selection, ACCEPT, number=0)
    found = _mixed(selection, seed, is_all=effect is not None and effect.number <= WINDOW)
    shown = [Sample(file=file) for file in _files(found[:SAMPLES])]
    folder = _folder(shown) if form.cleaned_data["folder"] else ""
    return replace(
        rule,
        about=_roughly(waiting * len(found) // WINDOW),
        effect=effect,
        sentence=_sentence(form, folder),
        samples=shown,
        folder=folder,
    )


def _mixed(selection: Selection, seed: int, *, is_all: bool) -> list[int]:
    """Return files in a random order: all of a few, or those of many that lie in a window of their level.

    The window is one in the order of the keys of paths. These are hashes, so what lies in it is a random part
    of the level, whatever its files have in common; and no more is ever read.
    """
    if is_all:
        ids = sorted(selection.files().values_list("pk", flat=True)[:WINDOW])
        random.Random(seed).shuffle(ids)  # noqa: S311  no secrets
        return ids
    level = {name: selection.filters[name] for name in LEVEL}
    files, start = Selection(filters=level).files().order_by("path_key"), f"{seed:08x}"
    window = list(files.filter(path_key__gte=start).values_list("pk", flat=True)[:WINDOW])
    if len(window) < WINDOW:
        window += files.filter(path_key__lt=start).values_list("pk", flat=True)[: WINDOW - len(window)]
    rest = {name: value for name, value in selection.filters.items() if name not in LEVEL}
    meant = set(Selection(filters=rest).files().filter(pk__in=window).values_list("pk", flat=True))
    return [pk for pk in window if pk in meant]


def _files(ids: Sequence[int]) -> list[MediaFile]:
    files = MediaFile.objects.select_related("source").defer("path_bytes", "description").in_bulk(ids)
    return [files[pk] for pk in ids if pk in files]


def _roughly(number: int) -> int:
    """Round to two digits: an estimate is no better than that."""
    unit = int(10 ** max(0, len(str(number)) - 2))
    return number // unit * unit


def _levels(chosen: str) -> Sequence[Level]:
    waiting = counts.numbers(counts.DOUBT)
    return [
        Level(
            value=level.value,
            label=str(level.label),
            number=waiting.get(level.value, 0),
            is_chosen=level.value == chosen,
        )
        for level in LEVELS
    ]


def _folder(samples: Sequence[Sample]) -> str:
    return samples[0].file.path_text.rpartition("/")[0] if samples else ""


def _sentence(form: RuleForm, folder: str) -> str:
    """Say which dates are meant, as it goes on after "accept the dates of 812 files"."""
    wanted = form.cleaned_data
    parts = [_("of %(level)s confidence") % {"level": Confidence(wanted["confidence"]).label}]
    if wanted["source"]:
        parts.append(_("from “%(source)s”") % {"source": dict(_choices(form, "source"))[wanted["source"]]})
    if wanted["camera"]:
        parts.append(
            _("taken with %(camera)s") % {"camera": dict(_choices(form, "camera"))[wanted["camera"]]}
        )
    if wanted["origin"]:
        parts.append(_("with a date found %(where)s") % {"where": dict(ORIGINS)[wanted["origin"]]})
    if wanted["folder"]:
        parts.append(_("in the folder “%(folder)s”") % {"folder": folder or "/"})
    return ", ".join(parts)


def _choices(form: RuleForm, name: str) -> list[tuple[str, str]]:
    return list(form.fields[name].choices)  # type: ignore[attr-defined]  # both are fields of choices
