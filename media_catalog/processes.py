"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
from django.conf import settings

PR_SET_PDEATHSIG = 1
QUICK_DEATH_S = 5
FORGIVEN_DEATHS = 3
LONGEST_WAIT_S = {True: 10, False: 60}  # for a program that was killed; for one that ended by itself
IDLE_S = 3
BURIED_WITHIN_S = 2


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel to end this process when its parent dies, however it dies (Linux only)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it was dead before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def let_forks_die_with_parents() -> None:
    """Make all processes that are forked from this one, and from those, die with the one that forked them."""
    forking: list[int] = []
    os.register_at_fork(
        before=lambda: forking.append(os.getpid()),
        after_in_parent=forking.clear,
        after_in_child=lambda: die_with_parent(forking[-1]),
    )


class Child:
    """A program of ours that is restarted when it dies and ended when we end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        inherited: Sequence[int] = (),
    ) -> None:
        self.command = list(command)
        self.environment = {**os.environ, **(environment or {})}
        self.inherited = tuple(inherited)
        self.quick_deaths = 0
        self.died_s: float | None = None
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.started_s = time.monotonic()
        self.died_s = None
        parent_pid = os.getpid()
        # Its own session: Ctrl-C reaches us alone, and we end it in order.
        return subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent_pid),
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherited,
        )

    def revive(self) -> bool:
        """Start the program again if it has died; tell whether it was started.

        One that dies at once again and again has to wait: it would only fill the log.
        """
        if self.process.poll() is None:
            return False
        if self.died_s is None:
            self.died_s = time.monotonic()
            self._kill_group()
            is_quick = self.died_s - self.started_s < QUICK_DEATH_S
            self.quick_deaths = self.quick_deaths + 1 if is_quick else 0
        if time.monotonic() < self.died_s + self._wait_s():
            return False
        self.process = self._start()
        return True

    def _wait_s(self) -> float:
        if self.quick_deaths <= FORGIVEN_DEATHS:
            return 0
        longest = LONGEST_WAIT_S[self.process.returncode < 0]
        return float(min(2 ** (self.quick_deaths - FORGIVEN_DEATHS), longest))

    def restart(self) -> None:
        """Kill the program with all that belongs to it, and start it again."""
        self.stop(grace_s=0)
        self.process = self._start()

    def stop(self, *, grace_s: float, is_idle: Callable[[], bool] = lambda: False) -> None:
        """End the program with SIGTERM, and after the grace with SIGKILL it and all that belongs to it.

        :param is_idle: there is nothing to wait for, though it has not ended.
        """
        family = descendants(self.process.pid)
        if self.process.poll() is None and grace_s:
            self.process.terminate()
            self._await_end(grace_s, is_idle)
        family += descendants(self.process.pid)
        self._kill_group()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        psutil.wait_procs(family, timeout=BURIED_WITHIN_S)

    def _await_end(self, grace_s: float, is_idle: Callable[[], bool]) -> None:
        busy_s = time.monotonic()
        deadline = busy_s + grace_s
        while time.monotonic() < min(deadline, busy_s + IDLE_S):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)
                return
            if not is_idle():
                busy_s = time.monotonic()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def descendants(pid: int) -> list[psutil.Process]:
    """List what a process has started, and those in turn; nothing where it has gone."""
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def manage(*arguments: str) -> list[str]:
    """Return the command line of one of our management commands."""
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]


def stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set from now on, instead of ending this process."""
    event = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: event.set())
    return event
