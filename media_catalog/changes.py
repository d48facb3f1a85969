"""What a decision changed, before and after, in words."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_catalog.models import Decision, Disposition, Tag
from media_catalog.sentences import KINDS, clock, listed
from media_catalog.services import reversals, tag_records, tags
from media_catalog.services.import_results import DATE_FIELDS
from media_catalog.templatetags.capture import clock_text, offset_text

State = Mapping[str, Any]
Names = Mapping[int, str]
MOST_TAGS = 8
# What goes with a date and is told with it, or not at all.
OF_A_DATE = frozenset([*DATE_FIELDS, "reviewed_by_id"]) - {"captured_local"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact before and after."""

    label: str
    before: str
    after: str


def lines(decision: Decision, names: Names) -> list[Line]:
    """Say what a decision changed; `names` are those of the tags that `tags_of` finds."""
    before, after = decision.before, decision.after
    return [line for line in _lines(before, after, names) if line.before != line.after]


def tags_of(decisions: Iterable[Decision]) -> Names:
    """Read the names of the tags that are in decisions."""
    ids: set[int] = set()
    for decision in decisions:
        for state in (decision.before, decision.after):
            ids.update(_tag_ids(state))
    known = dict(Tag.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return known | (tag_records.names(ids.difference(known)) if len(known) < len(ids) else {})


def _lines(before: State, after: State, names: Names) -> Iterator[Line]:
    if "captured_local" in after or "offset_minutes" in after:
        yield Line(label=_("date"), before=date_of(before), after=date_of(after))
        if date_of(before) == date_of(after):
            yield _line("captured_from", _("date from"), before, after)
    if "reviewed_at" in after and (date_of(before) == date_of(after) or "captured_local" not in after):
        yield Line(label=_("date"), before=_reviewed(before), after=_reviewed(after))
    if "gps_lat" in after:
        yield Line(label=_("position"), before=_position(before), after=_position(after))
    for key, (label, write) in FACTS.items():
        if key in after:
            yield Line(label=str(label), before=write(before.get(key)), after=write(after[key]))
    if reversals.TAGS in after or tags.LABELS in after:
        yield _tags(before, after, names)
    yield from _others(before, after)


def _line(key: str, label: str, before: State, after: State) -> Line:
    return Line(label=label, before=str(before.get(key) or "–"), after=str(after.get(key) or "–"))  # noqa: RUF001


def date_of(state: State) -> str:
    """Write the date in a state, or the offset where it holds nothing else."""
    local = clock(state.get("captured_local"))
    offset = state.get("offset_minutes")
    if local is None:
        if "captured_local" not in state and offset is not None:
            return offset_text(offset)
        return _("no date")
    until = clock(state.get("captured_until_local"))
    return clock_text(local, until, state.get("captured_precision") or "second", offset)


def _reviewed(state: State) -> str:
    return _("confirmed") if state.get("reviewed_at") else _("not confirmed")


def _position(state: State) -> str:
    lat, lon = state.get("gps_lat"), state.get("gps_lon")
    return _("none") if lat is None or lon is None else f"{lat:.5f}, {lon:.5f}"


def _disposition(value: Any) -> str:
    return str(dict(Disposition.choices).get(value, value))


def _yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


def _text(value: Any) -> str:
    return str(value) if value not in (None, "") else _("none")


def _moment(value: Any) -> str:
    at = clock(value)
    return f"{date_format(at, 'j M Y H:i')} UTC" if at else _("not put off")


FACTS: Mapping[str, tuple[Any, Callable[[Any], str]]] = {
    "disposition": (gettext_lazy("decision"), _disposition),
    "is_flagged": (gettext_lazy("flagged"), _yes_or_no),
    "snoozed_until": (gettext_lazy("put off until"), _moment),
    "description": (gettext_lazy("description"), _text),
    "rating": (gettext_lazy("rating"), _text),
    "is_favourite": (gettext_lazy("favourite"), _yes_or_no),
}


def _tags(before: State, after: State, names: Names) -> Line:
    was, now = (_tag_names(_tag_ids(state), names) for state in (before, after))
    return Line(label=_("tags"), before=was, after=now)


def _tag_ids(state: State) -> list[int]:
    """Read the keys of tags, which may stand with where each comes from."""
    return [*(state.get(reversals.TAGS) or ()), *(tag for tag, _origin in state.get(tags.LABELS) or ())]


def _tag_names(ids: Collection[int], names: Names) -> str:
    known = [names.get(one, _("a tag that is gone")) for one in ids]
    return listed(known, most=MOST_TAGS) if known else _("none")


def _others(before: State, after: State) -> Iterator[Line]:
    if group := after.get(reversals.GROUP):
        label = _("group of %(kind)s") % {"kind": KINDS.get(group.get("kind"), _("copies"))}
        yield Line(label=label, before=_resolved(before.get(reversals.GROUP)), after=_resolved(group))
    if pairs := after.get(reversals.PAIRS):
        yield Line(label=_("pairs"), before=_apart(before.get(reversals.PAIRS)), after=_apart(pairs))
    if reversals.CLAIMS in after:
        was, now = (_claims(state.get(reversals.CLAIMS)) for state in (before, after))
        yield Line(label=_("claims about the date"), before=was, after=now)


def _resolved(group: Any) -> str:
    return _("decided") if group and group.get("at") else _("open")


def _apart(pairs: Any) -> str:
    return _("maybe copies") if not pairs or pairs.get("is_undone") else _("no copies of each other")


def _claims(claims: Any) -> str:
    number = len(claims or ())
    return ngettext("%(number)d of a copy", "%(number)d of copies", number) % {"number": number}
