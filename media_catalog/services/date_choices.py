"""What somebody decides about the one file that stands before them, as they saw it.

Each decision carries a stamp of what was seen. Where somebody else, or an import, has changed the file since,
the later one is told and nothing is overwritten. A date holds for all of a stack that needs one.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import (
    Decision,
    DecisionBatch,
    Job,
    MediaFile,
    MediaFileQuerySet,
    TimestampCandidate,
)
from media_catalog.pipeline.timestamps.decide import Inference
from media_catalog.services import acts, acts_dates, camera_clocks, decisions, evidence, reversals
from media_catalog.services.acts import Act
from media_catalog.services.decisions import Actor, GivenDate
from media_catalog.services.selections import Selection

Verb = DecisionBatch.Verb
SEEN = (
    "state",
    "sha256",
    "captured_local",
    "captured_until_local",
    "captured_precision",
    "offset_minutes",
    "captured_from",
    "confidence",
    "reviewed_at",
    "disposition",
)
ONE_SHOT = timedelta(minutes=1)  # the parts of a Live Photo begin within


class Changed(Exception):
    """The file is no longer what was shown; the message is for a person."""


class NoDate(ValueError):
    """There is no date to take; the message is for a person."""


def stamp_of(file: MediaFile) -> str:
    """Return what has to be the same for a decision to be about what somebody saw."""
    facts = reversals.plain({name: getattr(file, name) for name in SEEN})
    return hashlib.sha256(json.dumps([file.pk, facts]).encode()).hexdigest()[:16]


def confirm(file_id: int, *, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Accept the date of a file as it stands; here as below, returns the batch for undo.

    :raises Changed: here as below, when it is no longer what was shown.
    :raises NoDate: when there is none.
    """
    with _as_seen(file_id, stamp) as file:
        return _confirm(file, actor=actor, at=at)


def choose_candidate(file_id: int, candidate_id: int, *, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Take the date that one of the claims about a file makes; that which is believed is confirmed.

    :raises NoDate: when the claim holds none that could be.
    """
    with _as_seen(file_id, stamp) as file:
        claims = list(file.candidates.order_by("rank"))
        place = next((at for at, claim in enumerate(claims) if claim.pk == candidate_id), None)
        if place is None:
            raise Changed(str(CHANGED))
        if claims[place].is_chosen and file.captured_from == claims[place].source:
            return _confirm(file, actor=actor, at=at)
        changes = _fields(_date_of(file, claims, place), actor=actor, at=at)
        params = {"source": claims[place].source}
        batch = decisions.open_batch(Verb.CANDIDATE, actor=actor, at=at, params=params)
        return _write(_with_stack(file), changes, actor=actor, at=at, batch=batch)


def give_date(file_id: int, date: GivenDate, *, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Give a file a date that somebody knows."""
    with _as_seen(file_id, stamp) as file:
        return decisions.set_date(_with_stack(file), date=date, actor=actor, at=at)


def skip(file_id: int, *, until: datetime, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Leave a file out of the queue until a moment."""
    with _as_seen(file_id, stamp) as file:
        batch = decisions.open_batch(Verb.SNOOZE, actor=actor, at=at, params={"until": until.isoformat()})
        return decisions.change_each(
            MediaFile.objects.filter(pk=file.pk),
            kind=Decision.Kind.SNOOZE,
            change=lambda _file: {"snoozed_until": until},
            actor=actor,
            at=at,
            batch=batch,
        ).batch


def flag(file_id: int, *, is_flagged: bool = True, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Flag a file for another look, or take its flag away."""
    with _as_seen(file_id, stamp) as file:
        files = MediaFile.objects.filter(pk=file.pk)
        return decisions.set_flag(files, is_flagged=is_flagged, actor=actor, at=at)


def tag(file_id: int, names: Sequence[str], *, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Put tags on a file.

    :raises BadAct: when there is no name among them.
    """
    with _as_seen(file_id, stamp) as file:
        return _act(file, Act(verb="tag", params={"names": list(names)}), actor=actor, at=at)


def discard(file_id: int, *, stamp: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Leave a file, and what goes with it, out of the archive; the file itself stays where it is."""
    with _as_seen(file_id, stamp) as file:
        return _act(file, Act(verb="discard"), actor=actor, at=at)


CHANGED = gettext_lazy("Somebody else, or an import, has changed this file meanwhile. Look at it once more.")


@contextmanager
def _as_seen(file_id: int, stamp: str) -> Iterator[MediaFile]:
    """Hold a file as it was shown until the end of the block."""
    with transaction.atomic():
        locked = MediaFile.objects.select_for_update(of=("self",)).select_related("source")
        file = locked.filter(pk=file_id).first()
        if file is None or stamp_of(file) != stamp:
            raise Changed(str(CHANGED))
        yield file


def _confirm(file: MediaFile, *, actor: Actor, at: datetime) -> uuid.UUID:
    local = file.captured_local
    if local is None:
        raise NoDate(_("This file has no date yet."))
    same = Q(
        captured_precision=file.captured_precision,
        captured_local__range=(local - ONE_SHOT, local + ONE_SHOT),
    )
    return decisions.confirm_dates(_with_stack(file, like=same), actor=actor, at=at)


def _with_stack(file: MediaFile, *, like: Q | None = None) -> MediaFileQuerySet:
    """Find the file, and those of its stack that need a date as well, if they are like it."""
    if file.stack_id is None:
        return MediaFile.objects.filter(pk=file.pk)
    others = Q(stack=file.stack_id, needs_date=True) & (like or Q())
    return MediaFile.objects.filter(Q(pk=file.pk) | others)


def _date_of(file: MediaFile, claims: Sequence[TimestampCandidate], place: int) -> Inference:
    said = [evidence.candidate(claim) for claim in claims]
    seen_at = max(file.discovered_at, file.analysed_at or file.discovered_at)
    date = evidence.infer_alone(file, said, place, at=seen_at, book=camera_clocks.load())
    if date is None or date.local is None:
        raise NoDate(_("Nothing was taken then: this is no date that can be."))
    return date


def _fields(date: Inference, *, actor: Actor, at: datetime) -> Mapping[str, Any]:
    return {
        **acts_dates.taken(date),
        "reviewed_at": at,
        "reviewed_by_id": actor.pk if actor else None,
    }


def _write(
    files: MediaFileQuerySet, changes: Mapping[str, Any], *, actor: Actor, at: datetime, batch: uuid.UUID
) -> uuid.UUID:
    return decisions.change_each(
        files, kind=Decision.Kind.DATE, change=lambda _file: changes, actor=actor, at=at, batch=batch
    ).batch


def _act(file: MediaFile, act: Act, *, actor: Actor, at: datetime) -> uuid.UUID:
    done = acts.apply(Selection(ids=(file.pk,)), act, expected=1, actor=actor, at=at)
    if isinstance(done, Job):
        raise TypeError("one file is no work for a job")
    return done.batch
