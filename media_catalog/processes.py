"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, however it dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A program of ours that is restarted when it dies and ended when we end."""

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        self.command = list(command)
        self.environment = {**os.environ, **(environment or {})}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own session: Ctrl-C reaches us alone, and we end it in order.
        return subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=die_with_parent,
            stdin=subprocess.DEVNULL,
        )

    def revive(self) -> bool:
        """Start the program again if it has died; tell whether it had."""
        if self.process.poll() is None:
            return False
        self.process = self._start()
        return True

    def stop(self, *, grace_s: float) -> None:
        """End the program with SIGTERM, and after the grace its whole group with SIGKILL."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(grace_s)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


def manage(*arguments: str) -> list[str]:
    """Return the command line of one of our management commands."""
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]


def stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set from now on, instead of ending this process."""
    event = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: event.set())
    return event
