"""Looks after a cluster of workers: starts it again when it dies or freezes, and ends it in order."""

import socket
import threading
import time
from collections.abc import Callable, Sequence

from django.db import DatabaseError, InterfaceError, close_old_connections

from media_catalog import lines, processes
from media_catalog.management.stalls import Look, StallWatch
from media_catalog.models import JobBatch
from media_catalog.services import clock, jobs, owners, reconciler, ringing

LOOK_EVERY_S = 2
SLOW_LOOK_S = 3
DATABASE_ERRORS = (DatabaseError, InterfaceError)
Say = Callable[[str], object]


class Supervisor:
    """One cluster, the watchers of folders beside it, and the signs of life of both."""

    def __init__(self, *, workers: int, watched: Sequence[str] = (), say: Say) -> None:
        self.workers = workers
        self.say = say
        self.line = lines.Line()
        self.started_at = clock.now()
        self.cluster = self._start_cluster()
        self.stalls = StallWatch(at_s=time.monotonic())
        self.watchers = [
            processes.Child(processes.manage("watch", "--supervised", "--", folder)) for folder in watched
        ]
        self._trouble = ""

    def _start_cluster(self) -> processes.Child:
        return processes.Child(
            processes.manage("worker", "--cluster", str(self.line.number)),
            environment={"MEDIAPARSER_WORKERS": str(self.workers)},
            inherited=[self.line.number],
        )

    def run(self, stop: threading.Event) -> None:
        """Look after all until the event is set."""
        self._guarded(lambda: reconciler.ring_anew(at=clock.now()))
        while True:
            if self._guarded(self._look):
                self.cluster.restart()
                self._has_restarted("was frozen")
            elif self.cluster.revive():
                self._has_restarted("had died")
            for watcher in self.watchers:
                if watcher.revive():
                    self.say(f"The watch of {watcher.command[-1]} had ended and was started again.")
            if stop.wait(LOOK_EVERY_S):
                return

    def _has_restarted(self, reason: str) -> None:
        self.say(f"The cluster {reason} and was started again.")
        self.stalls.restarted(at_s=time.monotonic())

    def stop(self, *, grace_s: float) -> None:
        """End the cluster in order, after the grace by force, and hand out again what it held then."""
        for watcher in self.watchers:
            watcher.process.terminate()
        self.line.order_to_end()
        self.cluster.stop(grace_s=grace_s, is_idle=self._is_idle)
        for watcher in self.watchers:
            watcher.stop(grace_s=1)
        self.line.close()
        self._guarded(self._say_goodbye)

    def _is_idle(self) -> bool:
        return self._guarded(lambda: not self._is_working())

    def _say_goodbye(self) -> bool:
        reconciler.stop_beating()
        reconciler.reconcile(at=clock.now())
        return True

    def _look(self) -> bool:
        """Give a sign of life, hand out what the dead held, and tell whether the cluster is frozen."""
        begun_s = time.monotonic()
        reconciler.beat(workers=self.workers, started_at=self.started_at, at=clock.now())
        reconciler.reconcile(at=clock.now())
        look = self._see()
        at_s = time.monotonic()
        if at_s - begun_s > SLOW_LOOK_S:
            self.stalls.uncertain(at_s=at_s)
        return self.stalls.is_stalled(look, at_s=at_s)

    def _see(self) -> Look:
        """Look at the cluster; what it says of itself, in files, and what the database says.

        A cluster of which nothing is known has lost the process that guards it, or its lock. Where there is
        nothing to hear, another host has simply taken it all.
        """
        has_signs = self.line.has_signs()
        ours = [stat for stat in ringing.clusters() if (stat.host, stat.pid) == self._place()]
        is_full = not ours or any(stat.task_q_size for stat in ours)
        has_waiting = not has_signs and jobs.claimable().exists()
        is_clogged = not has_signs and any(stat.done_q_size for stat in ours)
        return Look(
            has_signs=has_signs,
            has_waiting=has_waiting,
            is_working=(has_waiting or is_clogged) and self._is_working(),
            is_jammed=has_waiting and (is_full or bool(ringing.waiting())),
            is_clogged=is_clogged,
        )

    def _place(self) -> tuple[str, int]:
        return socket.gethostname(), self.cluster.process.pid

    def _is_working(self) -> bool:
        ours = {process.pid for process in processes.descendants(self.cluster.process.pid)}
        running = JobBatch.objects.filter(state=JobBatch.State.RUNNING).values_list("owner", flat=True)
        return any(owners.pid_here(owner) in ours for owner in running)

    def _guarded(self, step: Callable[[], bool | None]) -> bool:
        """Take a step that the database, or the queue, may not allow just now; say so once."""
        try:
            close_old_connections()
            result = bool(step())
        except DATABASE_ERRORS as error:
            self._note(f"The database does not answer, trying again: {str(error).strip()}")
        except ringing.QueueUnreachable as error:
            self._note(f"The queue in Redis does not answer, trying again: {error}")
        else:
            if self._trouble:
                self.say("All is well again.")
            self._trouble = ""
            return result
        self.stalls.uncertain(at_s=time.monotonic())
        return False

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            self.say(trouble)
        self._trouble = trouble
