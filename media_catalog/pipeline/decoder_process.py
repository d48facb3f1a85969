"""A resident decoder in a process of its own: what crashes, hangs or eats memory costs one file, at once.

The alternative is to decode in the worker and let its supervisor end it. By `python -m
benchmarks.decoder_isolation`, a 12-megapixel JPEG costs 0.7 ms of CPU more in a decoder (39.6 instead of
38.9), a small one 0.4 ms (3.5 instead of 3.1). A file that kills its decoder costs 0.3 s of CPU for a new
one, twice; one that kills its worker 3.6 s until it is set apart, and each time the work of its batch anew.
One such file in 5,000 pays for the decoder of them all, and touches nobody else's lease, memory or ExifTool.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator

from media_catalog.pipeline import decoder_lifetime, decoder_protocol, fingerprint
from media_catalog.pipeline.decoder_lifetime import Child, DecoderFailed, DecoderUnavailable, Limits
from media_catalog.pipeline.decoder_protocol import Garbled, Message, Outcome, Picture, Request
from media_catalog.pipeline.decoders.base import DecodePolicy, Undecodable
from media_catalog.pipeline.fingerprint import Contents
from media_catalog.pipeline.shared_buffer import SharedBuffer

__all__ = ["Decoder", "DecoderFailed", "DecoderUnavailable", "Limits"]

SLOWEST_BYTES_PER_S = 10_000_000  # of a network disk: a long video gets time in proportion to its size
STARTS = 3  # of which one has to succeed: whoever kills a process may hit it while it starts


class Decoder:
    """A decoder that starts by itself and restarts when it must; calls may come from any thread.

    In a forked process the first call starts a decoder of that process.
    """

    def __init__(self, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._begin()

    def _begin(self) -> None:
        self._owner_pid = os.getpid()
        self._lock = threading.RLock()
        self._buffer: SharedBuffer | None = None
        self._child: Child | None = None

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_child"):
            self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the decoder, `None` while none runs."""
        return self._child.pid if self._child and self._owner_pid == os.getpid() else None

    def close(self) -> None:
        """End the process; a later call starts it again."""
        with self._home():
            self._end_child()
            if self._buffer is not None:
                self._buffer.close()
                self._buffer = None

    @contextlib.contextmanager
    def opened(self, path: bytes) -> Iterator[Contents]:
        """Open, read and hash a file, and keep it open, and to this thread, while it may be decoded.

        :raises OSError: when it cannot be read; `NotARegularFile` when it is a link, pipe or the like.
        """
        with self._home() as buffer:
            contents = fingerprint.read_and_hash(path, buffer=buffer)
            with contents.file:
                yield contents

    def decode(
        self, content: Contents | bytes, *, mime_type: str, orientation: int, policy: DecodePolicy
    ) -> Picture:
        """Decode what is open, or bytes that come from elsewhere, such as the preview in a RAW file.

        :raises Undecodable: when there is no picture; damage that leaves a part of it is reported instead.
        :raises OSError: when the file cannot be read.
        :raises DecoderFailed: when the decoder crashed twice, hung or lacked memory; it is replaced.
        :raises DecoderUnavailable:
        """
        with self._home() as buffer:
            if isinstance(content, bytes):
                buffer.write(content)
            request = Request(
                mime_type=mime_type,
                orientation=orientation,
                size_bytes=len(content) if isinstance(content, bytes) else content.size_bytes,
                is_shared=isinstance(content, bytes) or content.is_in_buffer,
                is_original=not isinstance(content, bytes),
                policy=policy,
            )
            files = () if isinstance(content, bytes) or request.is_shared else (content.file.fileno(),)
            try:
                return self._ask(request, files, buffer)
            except DecoderFailed as error:
                if error.code != decoder_lifetime.CRASHED:
                    raise
            return self._ask(request, files, buffer)  # it may have been killed for reasons of its own

    def _ask(self, request: Request, files: tuple[int, ...], buffer: SharedBuffer) -> Picture:
        child = self._ready_child(buffer)
        message = decoder_protocol.request_message(request, descriptors=files)
        patience_s = self._limits.deadline_s + request.size_bytes / SLOWEST_BYTES_PER_S
        try:
            return _picture(child.ask(message, deadline=time.monotonic() + patience_s))
        except (Garbled, KeyError, TypeError, ValueError) as error:
            self._end_child()
            text = "the decoder broke off: what it answered cannot be understood"
            raise DecoderFailed(decoder_lifetime.CRASHED, text) from error
        except DecoderFailed:
            self._end_child()
            raise

    @contextlib.contextmanager
    def _home(self) -> Iterator[SharedBuffer]:
        """Hold the lock of this process, and give its buffer; those of a parent are not ours."""
        if self._owner_pid != os.getpid():
            self._leave_to_parent()
        with self._lock:
            if self._buffer is None:
                self._buffer = SharedBuffer()
            yield self._buffer

    def _leave_to_parent(self) -> None:
        child, buffer = self._child, self._buffer
        self._begin()
        if child is not None:
            child.disown()
        if buffer is not None:
            buffer.close()

    def _ready_child(self, buffer: SharedBuffer) -> Child:
        if self._child is not None and self._child.is_worn_out():
            self._end_child()
        if self._child is None:
            self._child = self._new_child(buffer)
        return self._child

    def _new_child(self, buffer: SharedBuffer) -> Child:
        for _ in range(STARTS - 1):
            with contextlib.suppress(DecoderUnavailable):
                return Child(buffer, self._limits)
        return Child(buffer, self._limits)

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def _picture(answer: Message) -> Picture:
    outcome = Outcome(answer.facts["outcome"])
    if outcome is Outcome.UNDECODABLE:
        raise Undecodable(str(answer.facts["text"])[:500])
    if outcome is Outcome.UNREADABLE:
        raise OSError(int(answer.facts["errno"]), str(answer.facts["text"])[:500])
    return decoder_protocol.picture_of(answer)
