"""Reads and writes tags through a resident ExifTool; the rest of the program knows nothing of its process."""

import contextlib
import json
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from media_catalog.pipeline import exiftool_process
from media_catalog.pipeline.exiftool_process import (
    Answer,
    Command,
    ExifToolDied,
    ExifToolError,
    ExifToolTimeout,
)

__all__ = [
    "ExifTool",
    "ExifToolDied",
    "ExifToolError",
    "ExifToolRefused",
    "ExifToolTimeout",
    "TagEdit",
    "TagReading",
]

COMMANDS_PER_PROCESS = 5000  # a new one costs as much as reading twenty files
MOST_RESIDENT_BYTES = 200 << 20  # that it may hold between two windows of files; 25 MB are usual
TEMPORARY_SUFFIX = b"_exiftool_tmp"
TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*(:[A-Za-z0-9-]+){0,2}")
LINE_BREAK = re.compile(rb"[\r\n]")
PLAIN_SUFFIX = re.compile(rb"\.[A-Za-z0-9]{1,10}")
WRITTEN = re.compile(rb"^ +1 image files (updated|created)", re.MULTILINE)
UNCHANGED = re.compile(rb"^ +1 image files unchanged", re.MULTILINE)
BAD_EDIT = re.compile(
    r"^Warning: (?!.* - /)", re.MULTILINE
)  # about a value; one about the file ends with its path
DESCRIPTIVE_GROUPS = ("File:", "ExifTool:")  # what ExifTool says of any file, however broken

P = ParamSpec("P")
T = TypeVar("T")


class ExifToolRefused(ExifToolError):
    """ExifTool works, but says no to this file or to these values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagReading:
    """What one file said.

    `tags` has keys as by `-G0:1` (`EXIF:ExifIFD:DateTimeOriginal`) and values as by `-n`; it is empty where
    there is an `error`. A complaint about a file that was read in part is the tag `ExifTool:Error`.
    `is_fault`: that is ExifTool's own, as it hung, died or babbled; another time the file may say more.
    """

    path: bytes
    tags: dict[str, Any]
    error: str | None
    is_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEdit:
    """One tag with its group (`EXIF:DateTimeOriginal`); `op` is `=` to set it, `+=` to add to a list."""

    tag: str
    value: str
    op: str = "="


class ExifTool(exiftool_process.ResidentExifTool):
    """ExifTool as the pipeline uses it: starts by itself, restarts when it must, costs at most one file.

    One thread does all the talking, so calls may come from any thread. In a forked process the first call
    starts an ExifTool of that process.
    """

    def __init__(
        self, executable: str = "exiftool", *, deadline_s: float = 30.0, memory_bytes: int = 1 << 30
    ) -> None:
        super().__init__(executable, deadline_s=deadline_s, memory_bytes=memory_bytes)
        self._keeper: ThreadPoolExecutor | None = None
        self._keeper_pid = os.getpid()

    def __enter__(self) -> "ExifTool":
        self._submit(self.run).result()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def version(self) -> str:
        self._submit(self.run).result()
        return str(self._ver)

    def close(self) -> None:
        """End the process after the commands under way; a later call starts it again."""
        if self._keeper is not None:
            self._submit(self.terminate).result()
            self._keeper.shutdown()
            self._keeper = None

    def read(self, paths: Sequence[bytes]) -> list[TagReading]:
        """Return all tags of the files at these absolute paths, in their order.

        :raises ExifToolError: When ExifTool does not start. What concerns one file is in its `error`.
        """
        return self.read_in_background(paths).result()

    def read_in_background(self, paths: Sequence[bytes]) -> "Future[list[TagReading]]":
        """Do the same as `read`, while the caller goes on."""
        return self._submit(self._read, tuple(paths))

    def extract(self, path: bytes, tag: str) -> bytes | None:
        """Return the binary value of a tag (`PreviewImage`, `JpgFromRaw`), `None` where the file has none.

        :raises ExifToolError: When the file cannot be read.
        """
        return self._submit(self._extract, path, tag).result()

    def write(self, path: bytes, edits: Sequence[TagEdit], *, create_sidecar: bool = False) -> None:
        """Write tags into the file at `path`, which has to be a copy of ours.

        With `create_sidecar` the path names an `.xmp` file that does not exist yet. Nothing is tried twice.

        :raises ExifToolRefused: :raises ExifToolTimeout: :raises ExifToolDied:
        """
        self._submit(self._write, path, tuple(edits), create_sidecar).result()

    def _submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        if self._keeper is None or self._keeper_pid != os.getpid():
            self._keeper = ThreadPoolExecutor(1, thread_name_prefix="exiftool")
            self._keeper_pid = os.getpid()
        return self._keeper.submit(function, *args, **kwargs)

    def _read(self, paths: Sequence[bytes]) -> list[TagReading]:
        with contextlib.ExitStack() as stack:
            commands = [_reading_command(path, stack) for path in paths]
            answers = self._ask_each([command for command in commands if isinstance(command, Command)])
            replies = [next(answers) if isinstance(command, Command) else command for command in commands]
        return [_reading(path, reply) for path, reply in zip(paths, replies, strict=True)]

    def _extract(self, path: bytes, tag: str) -> bytes | None:
        if not TAG_NAME.fullmatch(tag):
            raise ValueError(f"not the name of a tag: {tag!r}")
        with contextlib.ExitStack() as stack:
            arguments = (b"-b", b"-" + tag.encode(), _path_argument(path, stack))
            size_bytes, limit = _regular_size_bytes(path), exiftool_process.OUTPUT_LIMIT_BYTES
            command = Command(arguments=arguments, size_bytes=size_bytes, answer_limit_bytes=limit)
            [answer] = self._ask_each([command])
        if isinstance(answer, ExifToolError):
            raise answer
        return answer.stdout or None

    def _write(self, path: bytes, edits: Sequence[TagEdit], create_sidecar: bool) -> None:
        size_bytes = _size_of_absent(path) if create_sidecar else _regular_size_bytes(path)
        with contextlib.ExitStack() as stack:
            values = [_edit_argument(edit, stack) for edit in edits]
            arguments = (b"-overwrite_original", *values, _path_argument(path, stack, is_written=True))
            try:
                self._make_ready(1)
                [answer] = self.converse([Command(arguments=arguments, size_bytes=size_bytes)])
            except ExifToolError:
                self.terminate()
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path + TEMPORARY_SUFFIX)
                raise
        if not _is_written(answer):
            raise ExifToolRefused(_reason(answer.stderr))

    def _ask_each(self, commands: Sequence[Command]) -> Iterator[Answer | ExifToolError]:
        """Yield an answer for each command; one that ExifTool hangs or dies of is tried once more, alone."""
        done = 0
        while done < len(commands):
            self._make_ready(len(commands) - done)
            try:
                for answer in self.converse(commands[done:]):
                    done += 1
                    yield answer
            except (ExifToolTimeout, ExifToolDied):
                self.terminate()
                yield self._ask_again(commands[done])
                done += 1

    def _ask_again(self, command: Command) -> Answer | ExifToolError:
        self._make_ready(1)
        try:
            [answer] = self.converse([command])
        except (ExifToolTimeout, ExifToolDied) as error:
            self.terminate()
            return error
        return answer

    def _make_ready(self, count: int) -> None:
        is_old = self.commands_run() + count > COMMANDS_PER_PROCESS
        if is_old or self.resident_bytes() > MOST_RESIDENT_BYTES:
            self.terminate()
        self.run()


def _reading_command(path: bytes, stack: contextlib.ExitStack) -> Command | ExifToolError:
    try:
        return Command(arguments=(b"-j", _path_argument(path, stack)), size_bytes=_regular_size_bytes(path))
    except ExifToolRefused as refusal:
        return refusal


def _reading(path: bytes, reply: Answer | ExifToolError) -> TagReading:
    if isinstance(reply, ExifToolError):
        is_fault = isinstance(reply, ExifToolTimeout | ExifToolDied)
        return TagReading(path=path, tags={}, error=str(reply), is_fault=is_fault)
    try:
        [tags] = json.loads(reply.stdout.decode("utf-8", "replace"), strict=False)
        tags.pop("SourceFile")
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        is_rubbish = bool(reply.stdout.strip()) or not reply.stderr.strip()
        return TagReading(path=path, tags={}, error=_reason(reply.stderr), is_fault=is_rubbish)
    complaint = tags.get("ExifTool:Error")
    if complaint and all(key.startswith(DESCRIPTIVE_GROUPS) for key in tags):
        return TagReading(path=path, tags={}, error=f"ExifTool: {complaint}")
    return TagReading(path=path, tags=tags, error=None)


def _is_written(answer: Answer) -> bool:
    """ExifTool leaves out a value that it does not like, and writes the others with a mere warning."""
    if BAD_EDIT.search(answer.stderr):
        return False
    is_as_wanted = UNCHANGED.search(answer.stdout) and not answer.stderr
    return bool(is_as_wanted or WRITTEN.search(answer.stdout))


def _reason(stderr: str) -> str:
    """Give the first error, else the first warning, without the path behind it."""
    lines = sorted(stderr.strip().splitlines(), key=lambda line: not line.startswith("Error"))
    return "ExifTool: " + lines[0].partition(" - /")[0] if lines else "ExifTool's answer cannot be understood"


def _size_of_absent(path: bytes) -> int:
    if os.path.lexists(path):
        raise ExifToolRefused("there is a file of this name already")
    return 0


def _regular_size_bytes(path: bytes) -> int:
    """Open the file ourselves first: ExifTool would wait for ever on a FIFO, and follow a link."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ExifToolRefused("it is not a regular file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ExifToolRefused(f"it cannot be read: {error.strerror}") from error
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def _path_argument(path: bytes, stack: contextlib.ExitStack, *, is_written: bool = False) -> bytes:
    """Return the path as one line that is never an option; a link stands in for a path with line breaks."""
    if not path.startswith(b"/"):
        raise ValueError(f"not an absolute path: {path!r}")
    if not LINE_BREAK.search(path):
        return path
    folder, name = os.path.split(path)
    links = os.fsencode(stack.enter_context(_temporary_folder()))
    if not LINE_BREAK.search(name):
        os.symlink(folder, links + b"/folder")
        return links + b"/folder/" + name
    if is_written:
        raise ExifToolRefused("its name has a line break")  # writing replaces a link by a file
    suffix = os.path.splitext(name)[1]
    alias = links + b"/file" + (suffix if PLAIN_SUFFIX.fullmatch(suffix) else b"")
    os.symlink(path, alias)
    return alias


def _temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix=f"{exiftool_process.FOLDER_PREFIX}{os.getpid()}-")


def _edit_argument(edit: TagEdit, stack: contextlib.ExitStack) -> bytes:
    """Return the edit as one line; a value that does not fit on a line is handed over in a file.

    :raises ExifToolRefused: For control characters but LF, and for nothing, which would delete the tag.
    """
    if not TAG_NAME.fullmatch(edit.tag) or edit.op not in ("=", "+="):
        raise ValueError(f"not an edit: {edit.tag!r} {edit.op!r}")
    if not edit.value or any(
        char != "\n" and unicodedata.category(char) in ("Cc", "Cs") for char in edit.value
    ):
        raise ExifToolRefused(f"the value of {edit.tag} cannot be written: {edit.value[:60]!r}")
    head, value = f"-{edit.tag}{edit.op}".encode(), edit.value.encode()
    if b"\n" not in value and value == value.strip():
        return head + value
    folder = stack.enter_context(_temporary_folder())
    file = os.path.join(folder, "value")
    with open(file, "wb") as stream:
        stream.write(value)
    return head[:-1] + b"<=" + os.fsencode(file)
