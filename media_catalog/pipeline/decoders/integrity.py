"""Damage that decoders do not report: wrong checksums, and files that end before their last box does."""

import zlib
from typing import IO

from media_catalog.pipeline.decoders import base

PNG_SIGNATURE_BYTES = 8
PNG_CHECKED = frozenset([b"IHDR", b"PLTE", b"IDAT", b"fdAT", b"fcTL", b"tRNS"])
PNG_MAX_CHUNK_BYTES = 1 << 28  # a longer one is not held in memory for its checksum
BOXED_FORMATS = frozenset(["AVIF", "HEIF", "MP4"])
BOX_HEADER_BYTES = 8
MAX_BOXES = 10_000  # a fragmented video has thousands
ESSENTIAL_BOXES = frozenset([b"mdat", b"meta", b"moof", b"moov"])  # anything else may be a vendor's trailer


def find_damage(source: IO[bytes], *, file_format: str) -> str | None:
    """Look for damage of the container in words; `None` when nothing is found or nothing is known of it."""
    if file_format == "PNG":
        return _png_damage(source)
    return base.TRUNCATED if file_format in BOXED_FORMATS and _is_cut_off(source) else None


def _png_damage(source: IO[bytes]) -> str | None:
    """Compare the checksums of the chunks that make the picture (https://www.w3.org/TR/png-3/)."""
    source.seek(PNG_SIGNATURE_BYTES)
    while True:
        header = source.read(8)
        if len(header) < 8:
            return base.TRUNCATED
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind == b"IEND":
            return None
        if kind not in PNG_CHECKED or length > PNG_MAX_CHUNK_BYTES:
            source.seek(length + 4, 1)
            continue
        data = source.read(length)
        if zlib.crc32(kind + data).to_bytes(4, "big") != source.read(4):
            return f"{base.DAMAGED}: wrong checksum of the {kind.decode('ascii')} chunk"


def _is_cut_off(source: IO[bytes]) -> bool:
    """Compare the lengths of the top-level boxes with the file's (ISO/IEC 14496-12, 4.2)."""
    size_bytes = source.seek(0, 2)
    at = 0
    for _ in range(MAX_BOXES):
        source.seek(at)
        kind, length = _box(source.read(2 * BOX_HEADER_BYTES))
        if length < BOX_HEADER_BYTES:  # 0: up to the end of the file; or no box at all
            return False
        at += length
        if at > size_bytes:
            return kind in ESSENTIAL_BOXES
    return False


def _box(header: bytes) -> tuple[bytes, int]:
    kind, length = header[4:8], int.from_bytes(header[:4], "big")
    if length == 1:  # the real length follows as 64 bits
        length = int.from_bytes(header[8:16], "big")
    return kind, length
