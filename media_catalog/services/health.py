"""Whether work gets done: who works, what waits, and what a person should look into."""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min

from media_catalog.models import JobBatch, WorkerBeat
from media_catalog.services import clock as shared_clock
from media_catalog.services import jobs, owners, preferences, reconciler, ringing

PATIENCE = timedelta(seconds=60)  # before it is odd that nothing happens
CLOCK_TOLERANCE_S = 2
LITTLE_SPACE_BYTES = 1 << 30


class Code(StrEnum):
    NO_WORKER = "no_worker"
    IDLE_WORKERS = "idle_workers"
    UNHEARD_DOORBELLS = "unheard_doorbells"
    QUEUE_UNREACHABLE = "queue_unreachable"
    STRANDED = "stranded"
    CLOCK = "clock"
    LITTLE_SPACE = "little_space"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What a person should look into, and what helps; neither gives away names or paths."""

    code: Code
    text: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The workers of one host; a host whose workers all died stays in the list for a day."""

    name: str
    commands: int  # that live
    processes: int
    last_beat_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The room on the disk of a folder; `None` where it cannot be asked."""

    name: str
    folder: str
    free_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was seen at a moment."""

    hosts: list[Host]
    waiting_batches: int
    oldest_waiting_s: float | None
    running_batches: int
    stranded_batches: int
    doorbells: int | None  # that nobody has taken; `None` where the queue does not answer
    clock_ahead_s: float  # of this host, compared with the database server
    disks: list[Disk]
    warnings: list[Concern] = field(default_factory=list)

    @property
    def workers(self) -> int:
        return sum(host.processes for host in self.hosts if host.is_alive)

    def as_dict(self, *, names_hosts: bool = True) -> dict[str, Any]:
        """Return everything as plain values; without names of hosts and folders for who has not logged in."""
        found = asdict(self) | {"workers": self.workers}
        if not names_hosts:
            for part in [*found["hosts"], *found["disks"]]:
                part.pop("folder", None)
            for host in found["hosts"]:
                host.pop("name")
        return found


def look(*, clock: Callable[[], datetime]) -> Health:
    """Look at the workers, the queue, the clock and the disks.

    :param clock: of this host; all else goes by the clock that leases go by.
    :raises DatabaseError: when the database does not answer.
    """
    ahead_s = _clock_ahead_s(clock)
    at = shared_clock.now()
    waiting, oldest_waiting_s = _waiting(at=at)
    running = list(JobBatch.objects.filter(state=JobBatch.State.RUNNING))
    seen = Health(
        hosts=_hosts(at=at),
        waiting_batches=waiting,
        oldest_waiting_s=oldest_waiting_s,
        running_batches=len(running),
        stranded_batches=sum(reconciler.is_stranded(batch, at=at) for batch in running),
        doorbells=_doorbells(),
        clock_ahead_s=ahead_s,
        disks=[_disk("data", settings.DATA_DIR), _disk("archive", preferences.archive_dir())],
    )
    seen.warnings.extend([*_queue_warnings(seen, at=at), *_surroundings_warnings(seen)])
    return seen


def _clock_ahead_s(clock: Callable[[], datetime]) -> float:
    """How far this host's clock is ahead of the database server's; SQLite has none of its own."""
    if connection.vendor != "postgresql":
        return 0.0
    return round((clock() - shared_clock.now()).total_seconds(), 1)


def _waiting(*, at: datetime) -> tuple[int, float | None]:
    """Count what waits, and say since when. It is rung for again now and then, and how often is known."""
    waiting = jobs.claimable().aggregate(number=Count("pk"), rung_at=Min("rung_at"), rings=Max("rings"))
    if not waiting["number"]:
        return 0, None
    since = waiting["rung_at"] - waiting["rings"] * reconciler.DOORBELL_PATIENCE
    return waiting["number"], max(0.0, round((at - since).total_seconds(), 1))


def _hosts(*, at: datetime) -> list[Host]:
    beats: dict[str, list[WorkerBeat]] = defaultdict(list)
    for beat in WorkerBeat.objects.order_by("host", "pk"):
        beats[beat.host].append(beat)
    return [_host(name, of_host, at=at) for name, of_host in beats.items()]


def _host(name: str, beats: list[WorkerBeat], *, at: datetime) -> Host:
    is_recent = {beat.pk: beat.beat_at >= at - reconciler.BEAT_PATIENCE for beat in beats}
    alive = [beat for beat in beats if is_recent[beat.pk] and not owners.is_dead(beat.owner)]
    return Host(
        name=name,
        commands=len(alive),
        processes=sum(beat.workers for beat in alive),
        last_beat_at=max(beat.beat_at for beat in beats),
        is_alive=bool(alive),
    )


def _doorbells() -> int | None:
    try:
        return ringing.waiting()
    except ringing.QueueUnreachable:
        return None


def _disk(name: str, folder: Path) -> Disk:
    nearest = next(parent for parent in [folder, *folder.parents] if parent.exists())
    try:
        free = shutil.disk_usage(nearest).free
    except OSError:
        free = None
    return Disk(name=name, folder=os.fspath(folder), free_bytes=free)


def _queue_warnings(seen: Health, *, at: datetime) -> Iterator[Concern]:
    if seen.doorbells is None:
        yield QUEUE_UNREACHABLE
    if seen.stranded_batches and not seen.workers:
        yield STRANDED
    has_waited = (seen.oldest_waiting_s or 0) > reconciler.DOORBELL_PATIENCE.total_seconds()
    if has_waited and not seen.workers:
        yield NO_WORKER
    elif has_waited and _nothing_happens(seen, at=at):
        yield UNHEARD_DOORBELLS if seen.doorbells else IDLE_WORKERS


def _nothing_happens(seen: Health, *, at: datetime) -> bool:
    """Tell whether work has been waiting for a while and none was done; between two batches is no while."""
    if seen.running_batches or (seen.oldest_waiting_s or 0) <= PATIENCE.total_seconds():
        return False
    return not JobBatch.objects.filter(finished_at__gt=at - PATIENCE).exists()


def _surroundings_warnings(seen: Health) -> Iterator[Concern]:
    if abs(seen.clock_ahead_s) > CLOCK_TOLERANCE_S:
        direction = "ahead of" if seen.clock_ahead_s > 0 else "behind"
        text = (
            f"This host's clock is {abs(seen.clock_ahead_s):.0f} seconds {direction} the database server's."
        )
        yield Concern(code=Code.CLOCK, text=text, advice="Let both hosts set their clocks by NTP.")
    for disk in seen.disks:
        if disk.free_bytes is not None and disk.free_bytes < LITTLE_SPACE_BYTES:
            text = (
                f"The disk of the {disk.name} folder is almost full: {disk.free_bytes / 1e6:.0f} MB are free."
            )
            yield Concern(code=Code.LITTLE_SPACE, text=text, advice="Make room on it.")


NO_WORKER = Concern(
    code=Code.NO_WORKER,
    text="Work is waiting, and no worker is alive.",
    advice="Run `make run` or `manage.py worker`.",
)
IDLE_WORKERS = Concern(
    code=Code.IDLE_WORKERS,
    text="Work is waiting, and the workers take none of it.",
    advice="Look into the workers' log, and start them again.",
)
UNHEARD_DOORBELLS = Concern(
    code=Code.UNHEARD_DOORBELLS,
    text="Work is waiting, and the workers do not look into the queue.",
    advice="Look into the workers' log, and start them again; all of them need the same DATABASE_URL, "
    "MEDIAPARSER_REDIS_URL and MEDIAPARSER_SECRET_KEY.",
)
QUEUE_UNREACHABLE = Concern(
    code=Code.QUEUE_UNREACHABLE,
    text="The queue in Redis does not answer, so no new work begins.",
    advice="Start Redis again, or correct MEDIAPARSER_REDIS_URL; nothing is lost meanwhile.",
)
STRANDED = Concern(
    code=Code.STRANDED,
    text="Work was begun by workers that have died, and no worker is alive.",
    advice="Run `make run` or `manage.py worker`, which goes on with it.",
)
