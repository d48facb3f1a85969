"""Taking back that a date was accepted, where somebody finds it wrong afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Decision, DecisionBatch, MediaFile
from media_catalog.services import decisions
from media_catalog.services.decisions import Actor, Changed


@transaction.atomic
def doubt(files: QuerySet[MediaFile], *, actor: Actor, at: datetime) -> Changed:
    """Ask again about dates that were accepted as they stood; those that nobody has accepted are left."""
    batch = decisions.open_batch(DecisionBatch.Verb.DOUBT, actor=actor, at=at)
    kind = Decision.Kind.DATE
    return decisions.change_each(files, kind=kind, change=_unaccepted, actor=actor, at=at, batch=batch)


def _unaccepted(file: MediaFile) -> Mapping[str, Any] | None:
    return {"reviewed_at": None, "reviewed_by_id": None} if file.reviewed_at else None
