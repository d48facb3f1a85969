"""Files that arrive again after their content was discarded: they stay so, and say why."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from media_catalog.models import Decision, DecisionBatch, Disposition, MediaFile, State
from media_catalog.services import counts, decision_log, tools

SLICE = 500


def discard_again(new: QuerySet[MediaFile], *, at: datetime) -> int:
    """Discard new files all of whose known copies are discarded; return how many there are.

    Each is a decision by nobody, that names the copy whose fate the file shares and can be undone. A file
    about which somebody decided once is left alone.

    :param new: files that an import saw for the first time, or with another content than before.
    """
    gone = MediaFile.objects.filter(sha256=OuterRef("sha256"), disposition=Disposition.DISCARD)
    undecided = new.filter(state=State.ANALYSED, disposition=Disposition.UNDECIDED).exclude(sha256="")
    decided = Decision.objects.filter(kind=Decision.Kind.DISPOSITION, file=OuterRef("pk"))
    found = undecided.filter(Exists(gone)).exclude(Exists(decided)).order_by("sha256", "pk")
    ids = list(found.values_list("pk", flat=True).distinct())
    if not ids:
        return 0
    batch = decision_log.open_batch(DecisionBatch.Verb.DISCARD_AGAIN, actor=None, at=at)
    return sum(_discard(part, new, batch=batch, at=at) for part in tools.slices(ids, SLICE))


@transaction.atomic
def ask_again(replaced: Collection[int], *, at: datetime) -> int:
    """Keep files undecided whose bytes are others than those that were discarded; return how many there are.

    Nobody has seen what lies there now. It is a decision by nobody, so that it can be found and undone.
    """
    gone = MediaFile.objects.filter(pk__in=replaced, disposition=Disposition.DISCARD)
    ids = list(gone.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    batch = decision_log.open_batch(DecisionBatch.Verb.ASK_AGAIN, actor=None, at=at)
    with counts.tracking(ids):
        _decide(dict.fromkeys(ids), Disposition.UNDECIDED, batch=batch, at=at)
    return len(ids)


@transaction.atomic
def _discard(ids: Collection[int], new: QuerySet[MediaFile], *, batch: uuid.UUID, at: datetime) -> int:
    found = _sharing_a_fate(ids, new)
    with counts.tracking(found):
        _decide(found, Disposition.DISCARD, batch=batch, at=at)
    return len(found)


def _decide(
    files: Mapping[int, int | None], disposition: Disposition, *, batch: uuid.UUID, at: datetime
) -> None:
    """Record and write what becomes of files, each with the copy whose fate it shares, if there is one."""
    before = MediaFile.objects.filter(pk__in=files).order_by("pk").values_list("pk", "disposition")
    decision_log.record(
        [
            Decision(
                batch=batch,
                kind=Decision.Kind.DISPOSITION,
                file_id=file,
                before={"disposition": was},
                after={"disposition": disposition.value},
                taken_from_id=files[file],
                created_at=at,
            )
            for file, was in before
        ]
    )
    MediaFile.objects.filter(pk__in=files).update(disposition=disposition)


def _sharing_a_fate(ids: Collection[int], new: QuerySet[MediaFile]) -> Mapping[int, int]:
    """Find files whose copies that were known before are all discarded, each with the first of these."""
    hashes = dict(MediaFile.objects.filter(pk__in=ids).values_list("pk", "sha256"))
    known: dict[str, list[tuple[int, str]]] = defaultdict(list)
    copies = MediaFile.objects.filter(sha256__in=set(hashes.values())).exclude(pk__in=ids)
    # What arrives together knows nothing of each other, wherever a slice ends.
    old = copies.exclude(pk__in=new.filter(disposition=Disposition.UNDECIDED).values("pk"))
    for file, sha256, disposition in old.order_by("pk").values_list("pk", "sha256", "disposition"):
        known[sha256].append((file, disposition))
    return {
        file: known[sha256][0][0]
        for file, sha256 in hashes.items()
        if known[sha256] and all(one == Disposition.DISCARD for _, one in known[sha256])
    }
