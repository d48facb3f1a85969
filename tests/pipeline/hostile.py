"""Files that are small, and want to become huge."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import Image

MOST_ZEROS_BYTES = 600 << 20  # what is larger is refused before the rest is looked for


def _deflated_zeros(size_bytes: int) -> bytes:
    size_bytes = min(size_bytes, MOST_ZEROS_BYTES)
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _ in range(size_bytes >> 20)]
    return b"".join([*parts, packer.compress(bytes(size_bytes % (1 << 20))), packer.flush()])


def png(side_px: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    rows = _deflated_zeros(side_px * (side_px * 3 + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def tiff(side_px: int, *, bits: int = 8, sample_format: int = 1) -> bytes:
    """One strip of grey, deflated."""
    strip = _deflated_zeros(side_px * side_px * bits // 8)
    entries = {
        256: (4, side_px),
        257: (4, side_px),
        258: (3, bits),
        259: (3, 8),
        262: (3, 1),
        273: (4, 8),
        277: (3, 1),
        278: (4, side_px),
        279: (4, len(strip)),
        339: (3, sample_format),
    }
    directory = b"".join(struct.pack("<HHII", tag, *kind_and_value(*one)) for tag, one in entries.items())
    start = struct.pack("<2sHI", b"II", 42, 8 + len(strip))
    return start + strip + struct.pack("<H", len(entries)) + directory + bytes(4)


def kind_and_value(kind: int, value: int) -> tuple[int, int, int]:
    return kind, 1, value


def gif(side_px: int) -> bytes:
    size = struct.pack("<HH", side_px, side_px)
    return b"GIF89a" + size + b"\x80\0\0" + bytes(6) + b"," + bytes(4) + size + b"\0\x02\x02\x44\x01\0;"


def webp(side_px: int) -> bytes:
    """Lossless; every pixel has a code of no bits at all."""
    bits = (side_px - 1) | (side_px - 1) << 14
    position = 32 + 3
    for _ in range(5):
        bits |= 1 << position  # a simple code: one symbol, of one bit, zero
        position += 4
    stream = b"\x2f" + bits.to_bytes(8, "little")
    chunk = b"VP8L" + struct.pack("<I", len(stream)) + stream + b"\0" * (len(stream) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def bmp(side_px: int) -> bytes:
    """Run lengths, and none of them there."""
    info = struct.pack("<IiiHHIIiiII", 40, side_px, side_px, 1, 8, 1, 2, 0, 0, 256, 0)
    palette = bytes(1024)
    start = 14 + len(info) + len(palette)
    return struct.pack("<2sIHHI", b"BM", start + 2, 0, 0, start) + info + palette + b"\0\x01"


def jpeg(side_px: int) -> bytes:
    """Progressive, so that all coefficients are kept; one scan, and nearly nothing in it."""
    return _patched_jpeg(side_px)


def _patched_jpeg(side_px: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "JPEG", progressive=True)
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", side_px, side_px)
    return bytes(data)


def jp2(side_px: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "JPEG2000")
    data = bytearray(buffer.getvalue())
    size = struct.pack(">II", side_px, side_px)
    header = data.index(b"ihdr")
    data[header + 4 : header + 12] = size
    at = data.index(b"\xff\x51")
    data[at + 6 : at + 14] = size
    data[at + 22 : at + 30] = size
    return bytes(data)


def heic(side_px: int) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (side_px, side_px))).save(buffer, quality=10)
    return buffer.getvalue()


def avif(side_px: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side_px, side_px)).save(buffer, "AVIF", speed=10, quality=10)
    return buffer.getvalue()


BOMBS: dict[str, Callable[[int], bytes]] = {
    "image/avif": avif,
    "image/bmp": bmp,
    "image/gif": gif,
    "image/heic": heic,
    "image/jp2": jp2,
    "image/jpeg": jpeg,
    "image/png": png,
    "image/tiff": tiff,
    "image/webp": webp,
}
