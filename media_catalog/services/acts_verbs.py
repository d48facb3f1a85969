"""The verbs of acts: for each, how its values are read and what it then does."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from media_catalog.models import Decision, DecisionBatch, Disposition, FileTag, MediaFile, Tag
from media_catalog.pipeline import typed_names
from media_catalog.services import acts_dates, acts_tags, resolutions, tag_decisions, tags
from media_catalog.services.acts_plans import BadAct, Both, Doing, Plan, fields, same, together

Params = Mapping[str, Any]
Verb = DecisionBatch.Verb
ALL = Q(pk__gt=0)
MOST_TAGS = 50
RATINGS = range(-1, 6)  # as XMP has them: -1 is rejected, 0 is unrated
LONGEST_DESCRIPTION = 10_000


def plan(verb: str, params: Params) -> Plan:
    """Understand an act.

    :raises BadAct: when there is no such verb, or its values make no sense.
    """
    known = VERBS.get(verb) or acts_tags.VERBS.get(verb)
    if known is None:
        raise BadAct(_("Nothing of the kind “%(verb)s” can be done with files.") % {"verb": verb[:40]})
    return known(params)


def _tag(params: Params) -> Plan:
    names, kind = _names(params), _tag_kind(params)
    applies = Q()
    for name in names:
        applies |= ~Q(Exists(_carried([name], kind)))

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        done = tag_decisions.put_on(ids, names, actor=doing.actor, at=doing.at, batch=doing.batch, kind=kind)
        return set(ids).difference(done.left_ids)

    return _tagging(applies, lambda carried: [*carried, *_lacking(names, carried)], do)


def _untag(params: Params) -> Plan:
    names, kind = _names(params), _tag_kind(params)
    unwanted = {tags.name_key(name) for name in names}

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        done = tag_decisions.take_off(
            ids, names, actor=doing.actor, at=doing.at, batch=doing.batch, kind=kind
        )
        return set(ids).difference(done.left_ids)

    def left(carried: Sequence[str]) -> list[str]:
        return [name for name in carried if tags.name_key(name) not in unwanted]

    return _tagging(Q(Exists(_carried(names, kind))), left, do)


def _tagging(
    applies: Q,
    change: Callable[[Sequence[str]], list[str]],
    do: Callable[[Collection[int], Doing], set[int]],
) -> Plan:
    def look(files: Sequence[MediaFile], _doing: Doing) -> Mapping[int, Both]:
        rows = FileTag.objects.filter(file__in=[file.pk for file in files]).order_by("tag__name", "pk")
        carried: dict[int, list[str]] = {file.pk: [] for file in files}
        for file_id, name in rows.values_list("file_id", "tag__name"):
            carried[file_id].append(name)
        return {pk: ({"tags": names}, {"tags": change(names)}) for pk, names in carried.items()}

    return Plan(kinds=frozenset([Decision.Kind.TAG]), applies=applies, look=look, do=do)


def _carried(names: Sequence[str], kind: str) -> Any:
    keys = [tags.name_key(name) for name in names]
    return FileTag.objects.filter(file=OuterRef("pk"), tag__kind=kind, tag__name_key__in=keys)


def _lacking(names: Sequence[str], carried: Sequence[str]) -> list[str]:
    known = {tags.name_key(name) for name in carried}
    return [name for name in names if tags.name_key(name) not in known]


def _names(params: Params) -> list[str]:
    given = params.get("names") or ()
    given = typed_names.split(given) if isinstance(given, str) else given
    names = list(dict.fromkeys(tags.tidy(str(name)) for name in given))
    names = [name for name in names if name]
    if not names or len(names) > MOST_TAGS or any(len(name) > tags.NAME_LENGTH for name in names):
        raise BadAct(
            _("Give between one and %(most)s tags, each of %(length)s characters at most.")
            % {"most": MOST_TAGS, "length": tags.NAME_LENGTH}
        )
    try:
        return [tags.checked(name) for name in names]
    except tags.BadName as refusal:
        raise BadAct(str(refusal)) from refusal


def _tag_kind(params: Params) -> str:
    kind = str(params.get("kind", Tag.Kind.TAG))
    if kind not in Tag.Kind.values:
        raise BadAct(_("There are no tags of this kind."))
    return kind


def _disposing(applies: Q, act: Callable[..., Any], disposition: Disposition) -> Plan:
    def look(files: Sequence[MediaFile], _doing: Doing) -> Mapping[int, Both]:
        after = {"disposition": disposition.value}
        return {file.pk: ({"disposition": file.disposition}, after) for file in files}

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        files = MediaFile.objects.filter(pk__in=ids)
        act(files, actor=doing.actor, at=doing.at, batch=doing.batch)
        return set(ids)

    kinds = frozenset([Decision.Kind.DISPOSITION])
    return Plan(kinds=kinds, applies=applies, look=look, do=do, reaches_others=True)


def _keep(_params: Params) -> Plan:
    return _disposing(~Q(disposition=Disposition.KEEP), resolutions.restore, Disposition.KEEP)


def _restore(_params: Params) -> Plan:
    return _disposing(Q(disposition=Disposition.DISCARD), resolutions.restore, Disposition.KEEP)


def _discard(_params: Params) -> Plan:
    return _disposing(~Q(disposition=Disposition.DISCARD), resolutions.discard, Disposition.DISCARD)


def _flag(_params: Params, *, is_flagged: bool) -> Plan:
    changes = same(lambda _doing: {"is_flagged": is_flagged})
    return fields(kind=Decision.Kind.FLAG, applies=Q(is_flagged=not is_flagged), prepare=changes)


def _snooze(params: Params) -> Plan:
    try:
        until = datetime.fromisoformat(str(params.get("until")))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise BadAct(_("Say until when these files shall wait."))
    changes = same(lambda _doing: {"snoozed_until": until})
    return fields(kind=Decision.Kind.SNOOZE, applies=ALL, prepare=changes)


def _unsnooze(_params: Params) -> Plan:
    changes = same(lambda _doing: {"snoozed_until": None})
    return fields(kind=Decision.Kind.SNOOZE, applies=Q(snoozed_until__isnull=False), prepare=changes)


def _describe(params: Params) -> Plan:
    text = params.get("description")
    if not isinstance(text, str) or len(text) > LONGEST_DESCRIPTION:
        raise BadAct(_("A description has %(most)s characters at most.") % {"most": LONGEST_DESCRIPTION})
    text = text.replace("\0", "").strip()
    changes = same(lambda _doing: {"description": text})
    return fields(kind=Decision.Kind.ABOUT, applies=~Q(description=text), prepare=changes)


def _rate(params: Params) -> Plan:
    rating = params.get("rating")
    if rating is not None and (not isinstance(rating, int) or rating not in RATINGS):
        raise BadAct(_("A rating is a number from 0 to 5."))
    changes = same(lambda _doing: {"rating": rating})
    return fields(kind=Decision.Kind.ABOUT, applies=~Q(rating=rating), prepare=changes)


def _edit(params: Params) -> Plan:
    given = params.get("acts") or ()
    if any(len(one) != 2 or one[0] == Verb.EDIT for one in given):
        raise BadAct(_("These changes cannot be made together."))
    return together([plan(verb, values) for verb, values in given])


VERBS: Mapping[str, Callable[[Params], Plan]] = {
    Verb.CONFIRM: acts_dates.confirm,
    Verb.SET_DATE: acts_dates.set_date,
    Verb.SHIFT: acts_dates.shift,
    Verb.SET_ZONE: acts_dates.set_zone,
    Verb.CANDIDATE: acts_dates.candidate,
    Verb.SPREAD: acts_dates.spread,
    Verb.TAG: _tag,
    Verb.UNTAG: _untag,
    Verb.KEEP: _keep,
    Verb.DISCARD: _discard,
    Verb.RESTORE: _restore,
    Verb.FLAG: partial(_flag, is_flagged=True),
    Verb.UNFLAG: partial(_flag, is_flagged=False),
    Verb.SNOOZE: _snooze,
    Verb.UNSNOOZE: _unsnooze,
    Verb.DESCRIBE: _describe,
    Verb.RATE: _rate,
    Verb.EDIT: _edit,
}
