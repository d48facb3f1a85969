"""The bytes of one file at a time, in memory shared with a decoder: read once, hashed here, decoded there."""

import mmap
import os
import tempfile
from typing import IO

GRAIN_BYTES = 4 << 20
KEPT_BYTES = 32 << 20  # after a larger file the rest is given back


class SharedBuffer:
    """Memory without a name, which whoever inherits its descriptor can map as well."""

    def __init__(self) -> None:
        self._descriptor = _nameless_file()
        self._memory: mmap.mmap | None = None

    @property
    def descriptor(self) -> int:
        return self._descriptor

    def read_from(self, file: IO[bytes], size_bytes: int) -> memoryview:
        """Fill the buffer with at most this many bytes, and return those that there were.

        What is returned has to be released before the buffer is filled again.
        """
        room = memoryview(self._of_size(size_bytes))
        at = 0
        while at < size_bytes and (count := os.readv(file.fileno(), [room[at:size_bytes]])):
            at += count
        return room[:at]

    def write(self, content: bytes) -> None:
        """Fill the buffer with bytes that come from elsewhere."""
        self._of_size(len(content))[: len(content)] = content

    def close(self) -> None:
        self._memory = None
        os.close(self._descriptor)

    def _of_size(self, size_bytes: int) -> mmap.mmap:
        memory = self._memory
        if memory is not None and size_bytes <= len(memory) <= max(KEPT_BYTES, size_bytes):
            return memory
        self._memory = memory = None  # unmapped when nobody looks at it any more
        capacity = max(GRAIN_BYTES, -(-size_bytes // GRAIN_BYTES) * GRAIN_BYTES)
        os.ftruncate(self._descriptor, capacity)
        self._memory = mmap.mmap(self._descriptor, capacity)
        return self._memory


class Inherited:
    """The same memory in the process that inherited its descriptor, for reading only."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._memory: mmap.mmap | None = None

    def content(self, size_bytes: int) -> memoryview:
        """Return the bytes that the buffer was filled with."""
        if self._memory is None or len(self._memory) != os.fstat(self._descriptor).st_size:
            self._memory = mmap.mmap(self._descriptor, 0, prot=mmap.PROT_READ)
        return memoryview(self._memory)[:size_bytes]


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("mediaparser-decoder", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:  # other systems than Linux
        return os.dup(file.fileno())
