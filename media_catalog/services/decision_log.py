"""The history as it is written: acts, and the decisions of each."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from media_catalog.models import Decision, DecisionBatch, Job

Actor = User | None


def open_batch(
    verb: str,
    *,
    actor: Actor,
    at: datetime,
    params: Mapping[str, Any] | None = None,
    batch: uuid.UUID | None = None,
    job: Job | None = None,
) -> uuid.UUID:
    """Begin an act, so that the history knows it; return the key that all its decisions carry.

    :param verb: one of `DecisionBatch.Verb`.
    :param params: what the sentence about it is made of, as JSON keeps it.
    :param batch: a key that was given out before; an act that has begun under it goes on as it is.
    """
    key = batch or uuid.uuid4()
    DecisionBatch.objects.get_or_create(
        pk=key,
        defaults={
            "verb": DecisionBatch.Verb(verb),
            "actor": actor,
            "params": dict(params or {}),
            "created_at": at,
            "job": job,
        },
    )
    return key


@transaction.atomic
def record(decisions: Sequence[Decision]) -> None:
    """Store decisions of acts that have begun, and count the files that these had not changed before.

    :raises ValueError: when an act was not begun by `open_batch`.
    """
    files: dict[uuid.UUID, set[int]] = defaultdict(set)
    for decision in decisions:
        files[decision.batch].add(decision.file_id)
    for batch, ids in files.items():
        new = len(ids - _changed_by(batch, ids))
        if not DecisionBatch.objects.filter(pk=batch).update(number=F("number") + new):
            raise ValueError(f"No act has begun under the key {batch}.")
    Decision.objects.bulk_create(decisions)


def _changed_by(batch: uuid.UUID, file_ids: Collection[int]) -> set[int]:
    """Find which files an act has changed already; read by file, for an act may be about a whole library."""
    rows = Decision.objects.filter(file__in=file_ids).values_list("file_id", "batch")
    return {file_id for file_id, of in rows if of == batch}
