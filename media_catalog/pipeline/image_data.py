"""A hash of the image or stream data alone, which edits of metadata do not change."""

import hashlib
import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, TypeAlias

import av
import pillow_heif
from PIL import ExifTags, ImageFile, ImageSequence

from media_catalog.pipeline import jpeg_data, media_types
from media_catalog.pipeline.decoders import base, raster, video
from media_catalog.pipeline.decoders.base import BROKEN_FILE_ERRORS, DecodePolicy, Undecodable

VERSION = 1
BLOCK_BYTES = 1 << 20
PAGES_MAX = 10_000  # of a TIFF; of one with more, nothing is said

# Whatever a hostile file says of its parts, no more than this is hashed.
MOST_TIMES_ITS_SIZE = 8
MOST_BYTES_AT_LEAST = 1 << 30
MOST_PACKETS = 1_000_000
CHECKSUM_FROM_BYTES = 4096

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_PICTURE = frozenset([b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"IDAT", b"fdAT"])

WEBP_PICTURE = frozenset([b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"])

GIF_SIGNATURES = (b"GIF87a", b"GIF89a")  # a comment makes the one the other
GIF_EXTENSION, GIF_IMAGE, GIF_END = 0x21, 0x2C, 0x3B
GIF_GRAPHIC_CONTROL = 0xF9

TIFF_PICTURE = (
    ExifTags.Base.ImageWidth,
    ExifTags.Base.ImageLength,
    ExifTags.Base.BitsPerSample,
    ExifTags.Base.Compression,
    ExifTags.Base.PhotometricInterpretation,
    ExifTags.Base.SamplesPerPixel,
    ExifTags.Base.Predictor,
    ExifTags.Base.JPEGTables,
)
TIFF_DATA = (
    (ExifTags.Base.StripOffsets, ExifTags.Base.StripByteCounts),
    (ExifTags.Base.TileOffsets, ExifTags.Base.TileByteCounts),
)

Part: TypeAlias = bytes | memoryview
Parts = Iterator[Part]


class UnknownStructure(Exception):
    """The file holds no picture of the structure that its type demands."""


def image_data_hash(path: bytes, *, mime_type: str) -> str | None:
    """Hash (SHA-256, 64 hex digits) what is seen and heard of a file, whatever its metadata says.

    JPEG, PNG, WebP, GIF and TIFF: the encoded picture; videos, HEIF and AVIF: the packets of every stream;
    other pictures: the pixels. What follows the end of a JPEG (video of a motion photo) is not part of it.
    `None` where it cannot be known: RAW files, unsupported types, no picture in the file.

    :raises OSError: when the file cannot be read.
    """
    with open(path, "rb") as source:
        return _digest(source, mime_type, told=memoryview)


def content_mark(source: IO[bytes] | memoryview, *, mime_type: str) -> str | None:
    """Give 64 hex digits that are the same for files that differ in metadata only, by which copies are found.

    Like `image_data_hash`, of an open file or its content, and three times as fast: of what is large, the
    CRC-32 of each part counts. Whoever wants to could make two pictures with one mark; chance will not.

    :raises OSError: when the file cannot be read.
    """
    return _digest(source, mime_type, told=_checksum)


def _checksum(part: Part) -> bytes:
    if len(part) < CHECKSUM_FROM_BYTES:
        return bytes(part)
    return struct.pack(">QI", len(part), zlib.crc32(part))


def _digest(source: IO[bytes] | memoryview, mime_type: str, *, told: Callable[[Part], Part]) -> str | None:
    method = _method(mime_type)
    if method is None:
        return None
    digest = hashlib.sha256(method.__name__.encode())  # hashes of two methods must not agree
    left = max(MOST_BYTES_AT_LEAST, MOST_TIMES_ITS_SIZE * _size_bytes(source))
    content = io.BytesIO(source) if isinstance(source, memoryview) and method is not _jpeg else source
    try:
        for part in method(content):
            left -= len(part)
            if left < 0:
                return None
            digest.update(told(part))
    except (UnknownStructure, Undecodable, av.FFmpegError):
        return None
    return digest.hexdigest()


def _size_bytes(source: IO[bytes] | memoryview) -> int:
    if isinstance(source, memoryview):
        return len(source)
    size_bytes = source.seek(0, os.SEEK_END)
    source.seek(0)
    return size_bytes


def _method(mime_type: str) -> Callable[[Any], Parts] | None:
    if mime_type in media_types.VIDEO_TYPES:
        return _packets
    if mime_type in media_types.HEIF_TYPES:
        return _heif
    return METHODS.get(mime_type)


def _jpeg(source: IO[bytes] | memoryview) -> Parts:
    data = source if isinstance(source, memoryview) else memoryview(source.read())
    try:
        yield from jpeg_data.parts(data)
    except jpeg_data.NoScan as error:
        raise UnknownStructure from error


def _png(source: IO[bytes]) -> Parts:
    if source.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        raise UnknownStructure
    has_data = False
    while len(header := source.read(8)) == 8 and (kind := header[4:]) != b"IEND":
        length = int.from_bytes(header[:4], "big")
        if kind in PNG_PICTURE:
            yield from _blocks(source, length)
            has_data = has_data or kind == b"IDAT"
            length = 0
        source.seek(length + 4, 1)  # the checksum as well
    if not has_data:
        raise UnknownStructure


def _webp(source: IO[bytes]) -> Parts:
    header = source.read(12)
    if header[:4] != b"RIFF" or header[8:] != b"WEBP":
        raise UnknownStructure
    has_data = False
    while len(header := source.read(8)) == 8:
        length = int.from_bytes(header[4:], "little")
        padding = length % 2
        if header[:4] in WEBP_PICTURE:
            yield header[:4]
            yield from _blocks(source, length)
            has_data, length = True, 0
        source.seek(length + padding, 1)
    if not has_data:
        raise UnknownStructure


def _gif(source: IO[bytes]) -> Parts:
    if source.read(6) not in GIF_SIGNATURES:
        raise UnknownStructure
    yield from _gif_table(source, source.read(7), flags_at=4)
    has_image = False
    while (block := source.read(1)) and block[0] != GIF_END:
        if block[0] == GIF_IMAGE:
            yield from _gif_table(source, source.read(9), flags_at=8)
            yield source.read(1)  # code size
            yield from _gif_sub_blocks(source)
            has_image = True
        elif block[0] == GIF_EXTENSION:
            is_picture = source.read(1) == bytes([GIF_GRAPHIC_CONTROL])
            content = list(_gif_sub_blocks(source))
            yield from content if is_picture else ()
    if not has_image:
        raise UnknownStructure


def _gif_table(source: IO[bytes], descriptor: bytes, *, flags_at: int) -> Parts:
    """A descriptor and the colour table that may follow it."""
    if len(descriptor) <= flags_at:
        raise UnknownStructure
    yield descriptor
    flags = descriptor[flags_at]
    if flags & 0x80:
        yield source.read(3 << ((flags & 7) + 1))


def _gif_sub_blocks(source: IO[bytes]) -> Parts:
    while (length := source.read(1)) and length[0]:
        yield source.read(length[0])


def _tiff(source: IO[bytes]) -> Parts:
    picture = raster.opened(source, file_format="TIFF")
    try:
        for number in range(min(getattr(picture, "n_frames", 1), PAGES_MAX + 1)):
            if number == PAGES_MAX:
                raise UnknownStructure
            picture.seek(number)
            yield from _tiff_page(source, picture)
    except BROKEN_FILE_ERRORS as error:
        raise UnknownStructure from error


def _tiff_page(source: IO[bytes], picture: ImageFile.ImageFile) -> Parts:
    tags = getattr(picture, "tag_v2", {})
    yield repr([tags.get(tag) for tag in TIFF_PICTURE]).encode()
    for offsets, lengths in TIFF_DATA:
        for offset, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=True):
            source.seek(offset)
            yield from _blocks(source, length)


def _packets(source: IO[bytes]) -> Parts:
    """One digest for each stream: the order of packets between streams means nothing."""
    with video.open_container(source, is_header_enough=True) as container:
        streams = [stream for stream in container.streams if not video.is_cover(stream)]
        digests = {stream.index: hashlib.sha256(_setup(stream)) for stream in streams}
        has_data = False
        left = MOST_TIMES_ITS_SIZE * container.size
        for number, packet in enumerate(container.demux()):
            left -= packet.size
            if number == MOST_PACKETS or left < 0:
                raise UnknownStructure
            if packet.size and packet.stream.index in digests:
                digests[packet.stream.index].update(memoryview(packet))
                has_data = True
    if not has_data:
        raise UnknownStructure
    for index in sorted(digests):
        yield digests[index].digest()


def _setup(stream: av.stream.Stream) -> bytes:
    """What a decoder is told before the first packet."""
    context = getattr(stream, "codec_context", None)
    return bytes(context.extradata or b"") if context is not None else b""


def _heif(source: IO[bytes]) -> Parts:
    try:
        yield from list(_packets(source))
    except av.FFmpegError:  # some phones write boxes that only libheif knows
        source.seek(0)
        yield from _heif_pixels(source)


def _heif_pixels(source: IO[bytes]) -> Parts:
    try:
        for image in pillow_heif.open_heif(source):
            base.check_size(*image.size, policy=DecodePolicy(), pixel_bytes=base.PIXEL_BYTES["HEIF"])
            yield f"{image.mode} {image.size}".encode()
            yield image.data
    except BROKEN_FILE_ERRORS as error:
        raise UnknownStructure from error


def _pixels(source: IO[bytes], *, file_format: str) -> Parts:
    picture = raster.opened(source, file_format=file_format)
    base.check_picture(picture, file_format=file_format, policy=DecodePolicy())
    try:
        for frame in ImageSequence.Iterator(picture):
            yield f"{frame.mode} {frame.size}".encode()
            yield frame.tobytes()
    except BROKEN_FILE_ERRORS as error:
        raise UnknownStructure from error


def _bmp(source: IO[bytes]) -> Parts:
    return _pixels(source, file_format="BMP")


def _jp2(source: IO[bytes]) -> Parts:
    return _pixels(source, file_format="JPEG2000")


def _blocks(source: IO[bytes], length: int) -> Parts:
    while length > 0 and (block := source.read(min(length, BLOCK_BYTES))):
        yield block
        length -= len(block)


METHODS: dict[str, Callable[[Any], Parts]] = {
    "image/avif": _packets,
    "image/bmp": _bmp,
    "image/gif": _gif,
    "image/jp2": _jp2,
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/tiff": _tiff,
    "image/webp": _webp,
}
