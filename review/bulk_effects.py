"""What the changes that were filled in would do to the selected files."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from media_catalog import changes, sentences
from media_catalog.models import Decision, MediaFile
from media_catalog.services import acts, reversals
from media_catalog.services.acts import Act, BadAct, Preview, Sample
from media_catalog.services.selections import Selection
from media_catalog.templatetags.capture import captured
from review.clock_effects import LEFT
from review.forms.bulk import EditForm

SAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file, and its facts before and after; `is_left` where it stays as it is."""

    file: MediaFile
    lines: Sequence[changes.Line]
    is_left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What was filled in, what it would do, and `problem`, why that cannot be said."""

    act: Act | None = None
    preview: Preview | None = None
    rows: Sequence[Row] = ()
    problem: str = ""

    @property
    def shown(self) -> str:
        """What has to be the same for the changes to be those that somebody saw."""
        said = json.dumps([self.act.verb, dict(self.act.params)], sort_keys=True) if self.act else ""
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def why_left(self) -> str:
        """Why some files would stay as they are."""
        return (
            str(LEFT.get(self.act.verb, _("they are like that already, or were not read")))
            if self.act
            else ""
        )


def look(selection: Selection, form: EditForm) -> Effect:
    """Say what would change, changing nothing."""
    if not form.is_bound or not form.is_valid():
        return Effect()
    act = form.act()
    if act is None:
        return Effect(problem=_("Fill in what is to be changed."))
    try:
        preview = acts.preview(selection, act, number=SAMPLES)
    except BadAct as refusal:
        return Effect(act=act, problem=str(refusal))
    return Effect(act=act, preview=preview, rows=rows_of(preview.samples))


def rows_of(samples: Sequence[Sample]) -> list[Row]:
    """Tell samples as the pages show them."""
    return [Row(file=one.file, lines=list(_lines(one)), is_left=one.then is None) for one in samples]


def _lines(sample: Sample) -> Iterator[changes.Line]:
    """Say what would change of a file: its fields as the history tells them, its tags by their names."""
    before, after = reversals.plain(sample.before), reversals.plain(sample.after)
    was, now = (one.pop(reversals.TAGS, None) for one in (before, after))
    yield from changes.lines(Decision(before=before, after=after), {})
    if now is not None:
        yield changes.Line(label=_("tags"), before=_listed(was), after=_listed(now))
    elif not after and sample.then is not None:
        date = captured(sample.file)
        yield changes.Line(label=_("date"), before=date, after=_("%(date)s, confirmed") % {"date": date})


def _listed(names: Sequence[str] | None) -> str:
    return sentences.listed(names, most=changes.MOST_TAGS) if names else _("none")
