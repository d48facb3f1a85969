"""What people decide about tags themselves: written, recorded for ever, taken back by a further decision.

Decisions about files stand beside them under the same act. What these need is written before them, and a tag
that has no files any more is deleted after them.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from media_catalog.models import DecisionBatch, FileTag, Tag, TagAlias, TagDecision, TagProposal

About = TagDecision.About
State = Mapping[str, Any]
TABLES: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {
    About.TAG: (Tag, ("kind", "name", "name_key", "parent_id", "colour", "created_at")),
    About.ALIAS: (TagAlias, ("kind", "name_key", "tag_id")),
    About.PROPOSAL: (TagProposal, ("is_refused", "until_file")),
}
TOLD = Q(number__gt=0) | Q(Exists(TagDecision.objects.filter(batch=OuterRef("pk"))))


class Refused(ValueError):
    """What is asked for about a tag cannot be done; the message is for a person."""


def change(row: models.Model, *, act: uuid.UUID, at: datetime, **values: Any) -> None:
    """Give a tag, an alias or a proposal other values, as a part of an act; where these differ."""
    about = _about(row)
    before = {name: getattr(row, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in values])
    _record(
        TagDecision(
            batch=act, about=about, key=row.pk, before=_plain(before), after=_plain(values), created_at=at
        )
    )


def create(row: models.Model, *, act: uuid.UUID, at: datetime) -> None:
    """Store a new tag or alias, as a part of an act."""
    row.save(force_insert=True)
    _record(TagDecision(batch=act, about=_about(row), key=row.pk, after=_state(row), created_at=at))


def delete(row: models.Model, *, act: uuid.UUID, at: datetime) -> None:
    """Delete a tag or an alias, as a part of an act."""
    key, before = row.pk, _state(row)
    row.delete()
    _record(TagDecision(batch=act, about=_about(row), key=key, before=before, created_at=at))


def begin_turn(batch: uuid.UUID, act: uuid.UUID, *, is_redo: bool, at: datetime) -> list[TagDecision]:
    """Take back what an act decided about tags themselves, but delete none; return the decisions.

    :param act: the key of the undo, or of the redo.
    :raises Refused: when something else has changed them since.
    """
    standing = _standing(_of(batch, is_redo=is_redo))
    for one in standing:
        if one.before is not None or one.about != About.TAG:
            _take_back(one, act=act, at=at)
    return standing


def end_turn(batch: uuid.UUID, act: uuid.UUID, *, is_redo: bool, at: datetime) -> None:
    """Delete the tags that an act has made, once no file carries them; the others stay."""
    for one in _standing(_of(batch, is_redo=is_redo)):
        if one.before is None and one.about == About.TAG and not carried(one.key):
            _take_back(one, act=act, at=at)


def carried(tag_id: int) -> bool:
    """Tell whether any file carries a tag."""
    return FileTag.objects.filter(tag=tag_id).exists()


def names(tag_ids: Iterable[int]) -> dict[int, str]:
    """Return how tags were called that are gone."""
    rows = TagDecision.objects.filter(about=About.TAG, key__in=list(tag_ids), after=None).order_by("pk")
    return {key: before["name"] for key, before in rows.values_list("key", "before") if before}


def _of(batch: uuid.UUID, *, is_redo: bool) -> list[TagDecision]:
    rows = (
        TagDecision.objects.filter(undoes__batch=batch)
        if is_redo
        else TagDecision.objects.filter(batch=batch)
    )
    return list(rows.order_by("-pk"))


def _standing(decisions: Sequence[TagDecision]) -> list[TagDecision]:
    """Leave out what was taken back, unless that was taken back in turn."""
    if not decisions:
        return []
    undos = _standing(list(TagDecision.objects.filter(undoes__in=decisions).order_by("pk")))
    gone = {undo.undoes_id for undo in undos}
    return [one for one in decisions if one.pk not in gone]


def _take_back(one: TagDecision, *, act: uuid.UUID, at: datetime) -> None:
    model, _fields = TABLES[one.about]
    row = model._default_manager.filter(pk=one.key).first()
    if one.before is None:
        if row is not None:
            row.delete()
    elif one.after is None:
        _bring_back(model, one.key, one.before)
    else:
        _write(row, _values(one.before), left=_values(one.after))
    _record(
        TagDecision(
            batch=act,
            about=one.about,
            key=one.key,
            before=one.after,
            after=one.before,
            created_at=at,
            undoes=one,
        )
    )


def _bring_back(model: type[models.Model], key: int, state: State) -> None:
    values = _values(state)
    _refuse_taken(model, values)
    for name in ("parent_id", "tag_id"):
        if values.get(name) and not Tag.objects.filter(pk=values[name]).exists():
            values[name] = None
    model(pk=key, **values).save(force_insert=True)


def _write(row: models.Model | None, values: State, *, left: State) -> None:
    if row is None or any(getattr(row, name) != value for name, value in left.items()):
        raise Refused(_("Something else has changed this tag since: take that back first."))
    for name, value in values.items():
        setattr(row, name, value)
    if "name_key" in values:
        _refuse_taken(type(row), {**_state(row), **values}, but=row.pk)
    if values.get("parent_id") and not Tag.objects.filter(pk=values["parent_id"]).exists():
        raise Refused(_("The tag that this was below is gone: take that back first."))
    row.save(update_fields=[name.removesuffix("_id") for name in values])


def _refuse_taken(model: type[models.Model], values: State, *, but: int | None = None) -> None:
    rows = model._default_manager.filter(kind=values["kind"], name_key=values["name_key"]).exclude(pk=but)
    if rows.exists():
        name = values.get("name", values["name_key"])
        raise Refused(_("There is a tag “%(name)s” again by now: rename that one first.") % {"name": name})


def _about(row: models.Model) -> About:
    return next(About(about) for about, (model, _fields) in TABLES.items() if isinstance(row, model))


def _state(row: models.Model) -> dict[str, Any]:
    return _plain({name: getattr(row, name) for name in TABLES[_about(row)][1]})


def _plain(values: State) -> dict[str, Any]:
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in values.items()}


def _values(state: State) -> dict[str, Any]:
    return {name: parse_datetime(one) if name == "created_at" else one for name, one in state.items()}


def _record(new: TagDecision) -> None:
    if not DecisionBatch.objects.filter(pk=new.batch).exists():
        raise ValueError(f"No act has begun under the key {new.batch}.")
    new.save(force_insert=True)
