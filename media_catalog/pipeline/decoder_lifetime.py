"""One decoder process: how it is started, asked and ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from media_catalog.pipeline import decoder_protocol
from media_catalog.pipeline.decoder_protocol import Garbled, Message, Outcome
from media_catalog.pipeline.shared_buffer import SharedBuffer

PROGRAM_DIR = Path(__file__).resolve().parents[2]
START_DEADLINE_S = 120.0  # it has to load its libraries, perhaps from a slow disk
REQUESTS_PER_PROCESS = 5000
MOST_RESIDENT_BYTES = 400 << 20  # that a decoder may hold between two files
DEATH_S = 5.0
CRASHED = "decoder_crashed"
# One heap, which large pictures are taken from and which is kept: several, or fresh pages for every picture,
# cost memory and time. Numerical libraries would start a thread for every core.
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class DecoderFailed(Exception):
    """The decoder did not survive a file. `code` is the reason, the message tells it to a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class DecoderUnavailable(Exception):
    """No decoder can be started, so that no file would fare better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost. Memory comes on top of what the program itself needs (about 100 MB)."""

    memory_bytes: int = 1 << 30
    deadline_s: float = 60.0


class Child:
    """One decoder process and the channel to it."""

    def __init__(self, buffer: SharedBuffer, limits: Limits) -> None:
        self._limits = limits
        self._requests = 0
        self._resident_bytes = 0
        # The kernel ends the process with the thread that started it, so that thread has to stay.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="decoder")
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = self._keeper.submit(_spawn, theirs, buffer, limits).result()
        try:
            self._wait_until_ready()
        except DecoderUnavailable:
            self.end()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_worn_out(self) -> bool:
        """Tell whether a new process should take its place: it died, grew, or has decoded a lot."""
        is_large = self._resident_bytes > MOST_RESIDENT_BYTES
        return is_large or self._requests >= REQUESTS_PER_PROCESS or self._process.poll() is not None

    def ask(self, message: Message, *, deadline: float) -> Message:
        """Send a request and wait for its answer.

        :raises DecoderFailed: :raises Garbled:
        """
        self._requests += 1
        try:
            decoder_protocol.send(self._channel, message)
            answer = decoder_protocol.receive(self._channel, deadline=deadline)
        except TimeoutError:
            raise DecoderFailed("decoder_timeout", self._patience_text()) from None
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        if answer is None:
            raise DecoderFailed(CRASHED, self._death_text())
        if answer.facts.get("outcome") == Outcome.MEMORY:
            text = f"decoding it takes more than {self._limits.memory_bytes >> 20} MB of memory"
            raise DecoderFailed("decoder_memory", text)
        self._resident_bytes = int(answer.facts.get("resident_bytes", 0))
        return answer

    def end(self) -> None:
        """Kill the process and let go of everything that belongs to it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(DEATH_S)
        self._channel.close()
        self._keeper.shutdown()

    def disown(self) -> None:
        """Forget a process that is our parent's."""
        self._channel.close()
        self._process.returncode = 0  # else Popen complains of a lost child

    def _wait_until_ready(self) -> None:
        try:
            answer = decoder_protocol.receive(self._channel, deadline=time.monotonic() + START_DEADLINE_S)
        except (TimeoutError, ConnectionResetError, Garbled) as error:
            raise DecoderUnavailable(f"The decoder of pictures does not start: {error!r}") from error
        if answer is None or answer.facts.get("outcome") != Outcome.READY:
            raise DecoderUnavailable(f"The decoder of pictures does not start: {self._death_text()}")

    def _patience_text(self) -> str:
        return f"decoding it did not end in {self._limits.deadline_s:g} seconds"

    def _death_text(self) -> str:
        try:
            status = self._process.wait(DEATH_S)
        except subprocess.TimeoutExpired:
            return "the decoder broke off"
        if status == -signal.SIGKILL:
            return "the decoder was killed while it read this file; perhaps the machine ran out of memory"
        return f"the decoder crashed ({_signal_name(status)})"


def _spawn(channel: socket.socket, buffer: SharedBuffer, limits: Limits) -> "subprocess.Popen[bytes]":
    descriptors = (channel.fileno(), buffer.descriptor)
    numbers = (*descriptors, os.getpid(), limits.memory_bytes)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "media_catalog.pipeline.decoder_child", *map(str, numbers)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=PROGRAM_DIR,
            env={**os.environ, **ENVIRONMENT},
            start_new_session=True,  # Ctrl-C is meant for the program, not for its helper
        )
    except OSError as error:
        raise DecoderUnavailable(f"The decoder of pictures cannot be started: {error}") from error


def _signal_name(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"exit status {status}"
