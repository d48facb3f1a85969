"""The encoded picture in a JPEG, apart from its metadata (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator

import numpy as np

START = b"\xff\xd8"
MARKER = re.compile(rb"\xff")
MARK, END = 0xFF, 0xD9
ALONE = frozenset([0x01, *range(0xD0, 0xD9)])  # markers without a length
SCAN = 0xDA
METADATA = frozenset([*range(0xE0, 0xF0), 0xFE])  # APPn and comments
BLOCK_BYTES = 256 << 10  # what is searched, and hashed, while it is at hand


class NoScan(Exception):
    """It is no JPEG, or holds no picture."""


def parts(data: memoryview) -> Iterator[memoryview]:
    """Give what decoders need: tables, frame and scans, up to the end of the first picture.

    :raises NoScan:
    """
    if bytes(data[: len(START)]) != START:
        raise NoScan
    at = len(START)
    while (found := MARKER.search(data, at)) and (at := found.start()) + 4 <= len(data):
        marker = data[at + 1]
        if marker == SCAN:
            yield from _scans(data, at)
            return
        if marker == END:
            break
        if marker == MARK or marker in ALONE:
            at += 1 if marker == MARK else 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker not in METADATA:
            yield data[at:end]
        at = end
    raise NoScan


def _scans(data: memoryview, scan_at: int) -> Iterator[memoryview]:
    """Give all up to the mark that ends the picture; within a scan, zero follows each byte of ones."""
    for start in range(scan_at, len(data), BLOCK_BYTES):
        block = np.frombuffer(data[start : start + BLOCK_BYTES + 1], dtype=np.uint8)
        is_end = (block[:-1] == MARK) & (block[1:] == END)
        if is_end.any():
            yield data[start : start + int(is_end.argmax())]
            return
        yield data[start : start + BLOCK_BYTES]
