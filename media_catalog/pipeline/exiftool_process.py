"""A resident ExifTool (`-stay_open`) whose hanging, dying or babbling never takes its caller along."""

import contextlib
import mmap
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import exiftool

OUTPUT_LIMIT_BYTES = 256 << 20
TAGS_LIMIT_BYTES = 32 << 20  # a real file has some thousand; as Python objects they take ten times as much
STDERR_KEPT_BYTES = 64 << 10
CHUNK_BYTES = 256 << 10
SLOWEST_BYTES_PER_S = 10_000_000  # of a network disk: a long video gets time in proportion to its size
LIVENESS_CHECK_S = 0.5
STARTS = 3  # of which one has to succeed: whoever kills a process may hit it while it starts

# Without LargeFileSupport ExifTool 12 stops reading a video at the first part that lies beyond 2 GB.
COMMON_ARGUMENTS = ("-G0:1", "-n", "-api", "LargeFileSupport=1")

FOLDER_PREFIX = "mp-exiftool-"  # then the process id, so that anybody can tell whose they are

# Runs between fork and ExifTool, in an interpreter of its own: a preexec_fn may deadlock where there
# are threads. 1 is PR_SET_PDEATHSIG, 9 is SIGKILL; asking for the parent covers its death before that call.
LAUNCHER = (
    "import ctypes, os, resource, sys; ctypes.CDLL(None).prctl(1, 9);"
    "resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2);"
    "os.getppid() == int(sys.argv[1]) and os.execv(sys.argv[3], sys.argv[3:])"
)


class ExifToolError(Exception):
    """ExifTool could not do what was asked."""


class ExifToolTimeout(ExifToolError):
    """ExifTool did not answer before the deadline."""


class ExifToolDied(ExifToolError):
    """The process ended, or can no longer be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Lines of ExifTool's argument file, and the size of the file in question: it lengthens the deadline."""

    arguments: tuple[bytes, ...]
    size_bytes: int = 0
    answer_limit_bytes: int = TAGS_LIMIT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    stdout: bytes
    stderr: str
    status: int


class Pipes:
    """The three pipes of one child, written and read together, so that neither side waits for the other."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._input, self._output, self._errors = (
            pipe.fileno() for pipe in (process.stdin, process.stdout, process.stderr) if pipe
        )
        for descriptor in (self._input, self._output, self._errors):
            os.set_blocking(descriptor, False)
        self._unsent = bytearray()
        self._limit_bytes = TAGS_LIMIT_BYTES
        self._received = {self._output: bytearray(), self._errors: bytearray()}

    def send(self, text: bytes) -> None:
        """Queue bytes for the child; they leave while answers are awaited."""
        self._unsent += text

    def take_answer(self, number: int, deadline: float, *, limit_bytes: int = TAGS_LIMIT_BYTES) -> Answer:
        """Wait until both pipes show the end of the numbered command, and return what came before it.

        :raises ExifToolTimeout: :raises ExifToolDied:
        """
        self._limit_bytes = min(limit_bytes, OUTPUT_LIMIT_BYTES)
        stdout = self._take(self._output, b"{ready%d}\n" % number, deadline)
        errors = self._take(self._errors, b"{done%d}\n" % number, deadline)
        text, _, status = errors[-STDERR_KEPT_BYTES:].rpartition(b"=")
        if not status.isdigit():
            raise ExifToolDied(f"ExifTool's answer has no status: {status[-60:]!r}")
        return Answer(stdout=stdout, stderr=text.decode("utf-8", "replace"), status=int(status))

    def _take(self, descriptor: int, marker: bytes, deadline: float) -> bytes:
        buffer = self._received[descriptor]
        searched = 0
        while (end := buffer.find(marker, searched)) < 0:
            searched = max(0, len(buffer) - len(marker))
            self._pump(deadline)
        text = bytes(buffer[:end])
        del buffer[: end + len(marker)]
        return text

    def _pump(self, deadline: float) -> None:
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise ExifToolTimeout("ExifTool gave no answer in time")
        poll = select.poll()
        for descriptor in self._received:
            poll.register(descriptor, select.POLLIN)
        if self._unsent:
            poll.register(self._input, select.POLLOUT)
        ready = {descriptor for descriptor, _ in poll.poll(min(remaining_s, LIVENESS_CHECK_S) * 1000)}
        if not ready and self._process.poll() is not None:
            raise self._death()  # its own child may still hold the pipes open
        for descriptor in ready:
            self._transfer(descriptor)

    def _transfer(self, descriptor: int) -> None:
        if descriptor == self._input:
            self._feed()
            return
        chunk = os.read(descriptor, CHUNK_BYTES)
        if not chunk:
            raise self._death()
        buffer = self._received[descriptor]
        buffer += chunk
        if len(buffer) > self._limit_bytes:
            raise ExifToolDied(f"ExifTool's answer is longer than {self._limit_bytes >> 20} MB")

    def _feed(self) -> None:
        try:
            del self._unsent[: os.write(self._input, self._unsent[:CHUNK_BYTES])]
        except BrokenPipeError:
            raise self._death() from None

    def _death(self) -> ExifToolDied:
        last_words = bytes(self._received[self._errors])[-300:].decode("utf-8", "replace").strip()
        return ExifToolDied("ExifTool ended unexpectedly" + (f": {last_words}" if last_words else ""))


class ResidentExifTool(exiftool.ExifTool):  # type: ignore[misc]  # PyExifTool carries no types
    """PyExifTool with deadlines, a sense for the death of its process, and a place of its own to live in.

    `run`, `execute` and `terminate` keep PyExifTool's meaning. The kernel kills the child when the *thread*
    that called `run` ends, so that thread has to live as long as the process is wanted.
    """

    _process: "subprocess.Popen[bytes] | None"

    def __init__(self, executable: str, *, deadline_s: float, memory_bytes: int) -> None:
        self._owner_pid = os.getpid()
        self._memory_bytes = memory_bytes
        self._deadline_s = deadline_s
        self._number = self._number_at_start = 0
        try:
            super().__init__(executable, list(COMMON_ARGUMENTS), config_file="", encoding="utf-8")
        except FileNotFoundError as error:
            raise ExifToolError(f"ExifTool is not installed: {executable} is not found") from error

    def run(self) -> None:
        """Start the process, unless it runs, and make sure that it is ExifTool.

        :raises ExifToolError: When it cannot be started, does not answer, or is another program.
        """
        for start in range(1, STARTS + 1):
            if self.running:
                return
            try:
                self._start()
            except ExifToolDied:
                if start == STARTS:
                    raise

    def _start(self) -> None:
        self.terminate()
        # The marker that ends an answer is a number that no file can know.
        self._number = self._number_at_start = int.from_bytes(os.urandom(4))
        self._process = self._spawn()
        self._pipes = Pipes(self._process)
        self._running = True
        try:
            self._ver = self._ask_version()
        except ExifToolError:
            self.terminate()
            raise

    @property
    def running(self) -> bool:
        """Whether this very process of ours, not the one it was forked from, has a living ExifTool."""
        return self._owner_pid == os.getpid() and self._process is not None and self._process.poll() is None

    def _spawn(self) -> "subprocess.Popen[bytes]":
        arguments = [self._executable, "-config", "", "-stay_open", "True", "-@", "-", "-common_args"]
        folder = tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-")
        try:
            return subprocess.Popen(
                [*_launcher(self._memory_bytes), *arguments, *COMMON_ARGUMENTS],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=folder,
                # TZ: a few maker notes count seconds, and the machine's zone must not get into their dates
                env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C is meant for the program, not for its helper
            )
        except OSError as error:
            raise ExifToolError(f"ExifTool cannot be started: {error}") from error
        finally:
            os.rmdir(
                folder
            )  # the child stays in it: a folder that is gone stays empty, and is not left behind

    def _ask_version(self) -> str:
        version = str(self.execute("-ver")).strip()
        if not re.fullmatch(r"\d+\.\d+", version):
            raise ExifToolError(f"{self._executable} is not ExifTool: it calls its version {version[:60]!r}")
        return version

    @property
    def pid(self) -> int:
        """The process id of the running ExifTool.

        :raises ExifToolDied: While none runs.
        """
        if self._process is None:
            raise ExifToolDied("ExifTool is not running")
        return self._process.pid

    def commands_run(self) -> int:
        """Return how many commands the present process was given."""
        return int(self._number - self._number_at_start)

    def resident_bytes(self) -> int:
        """Return how much memory the process holds; 0 while none runs, and where the system does not tell."""
        if not self.running or self._process is None:
            return 0
        try:
            with open(f"/proc/{self._process.pid}/statm", "rb") as file:
                return int(file.read().split()[1]) * mmap.PAGESIZE
        except (OSError, IndexError):  # it ended just now, or this is no Linux
            return 0

    def converse(self, commands: Sequence[Command]) -> Iterator[Answer]:
        """Send all commands at once and yield their answers in order, each with a deadline of its own.

        :raises ExifToolTimeout: :raises ExifToolDied: In place of the first answer that does not come.
        """
        first = self._number + 1
        for command in commands:
            self._number += 1
            self._pipes.send(_encode(command, self._number))
        for number, command in enumerate(commands, first):
            patience_s = self._deadline_s + command.size_bytes / SLOWEST_BYTES_PER_S
            deadline = time.monotonic() + patience_s
            yield self._pipes.take_answer(number, deadline, limit_bytes=command.answer_limit_bytes)

    def execute(self, *params: str | bytes, raw_bytes: bool = False) -> str | bytes:
        """Run one command and return its standard output.

        :raises ExifToolTimeout: :raises ExifToolDied: The process is then useless: call `terminate`.
        """
        arguments = tuple(param.encode() if isinstance(param, str) else param for param in params)
        [answer] = self.converse([Command(arguments=arguments)])
        self._last_status, self._last_stderr = answer.status, answer.stderr
        self._last_stdout = answer.stdout if raw_bytes else answer.stdout.decode("utf-8", "replace")
        return self._last_stdout

    def terminate(self, timeout: int = 5, _del: bool = False) -> None:
        """Kill the process; nothing is lost by it, because every answer has been read or given up."""
        process, self._process, self._running = self._process, None, False
        is_inherited, self._owner_pid = self._owner_pid != os.getpid(), os.getpid()
        if process is not None and is_inherited:
            process.returncode = 0  # it is our parent's, and Popen would complain of a lost child
        elif process is not None:
            _kill(process, timeout)

    def __del__(self) -> None:
        if getattr(self, "_process", None) is not None:
            self.terminate(_del=True)


def _launcher(memory_bytes: int) -> list[str]:
    if sys.platform != "linux" or not sys.executable:
        return []  # ExifTool outlives a killed parent there
    return [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid()), str(memory_bytes)]


def _encode(command: Command, number: int) -> bytes:
    ending = (b"-echo4", b"=${status}{done%d}" % number, b"-execute%d" % number)
    return b"".join(argument + b"\n" for argument in (*command.arguments, *ending))


def _kill(process: "subprocess.Popen[bytes]", timeout_s: float) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its session is its own: see start_new_session
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout_s)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
