import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from media_catalog.pipeline.decoders import base, raster
from media_catalog.pipeline.decoders.base import DecodePolicy, Undecodable
from tests.pipeline.pictures import STORED_FOR, corner_names, corners, noise, scene, stored_for

POLICY = DecodePolicy()


def encoded(picture: Image.Image, file_format: str, **options) -> io.BytesIO:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer


def decode(picture: Image.Image, file_format: str, **options):
    return raster.decode_raster(
        encoded(picture, file_format, **options), file_format=file_format, policy=POLICY
    )


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000"])
def test_decodes_every_format(file_format):
    decoded = decode(corners((800, 600)), file_format)

    assert (decoded.width_px, decoded.height_px) == (800, 600)
    assert (decoded.picture.size, decoded.picture.mode) == ((400, 300), "RGB")
    assert corner_names(decoded.picture) == "RGBY"
    assert decoded.damage is None


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA"])
def test_decodes_every_mode_of_png(mode):
    assert decode(scene().convert(mode), "PNG").picture.mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_decodes_every_mode_of_tiff(mode, compression):
    assert decode(scene().convert(mode), "TIFF", compression=compression).picture.mode == "RGB"


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bits_keep_their_brightness(file_format):
    steps = np.tile(np.linspace(0, 65535, 256, dtype=np.uint16), (256, 1))

    decoded = decode(Image.fromarray(steps), file_format)

    row = [decoded.picture.getpixel((x, 100)) for x in (0, 64, 128, 255)]
    assert row == [(0, 0, 0), (64, 64, 64), (128, 128, 128), (255, 255, 255)]


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_numbers_without_a_range_are_stretched(kind):
    steps = np.tile(np.linspace(-1000, 1000, 256).astype(kind), (256, 1))

    decoded = decode(Image.fromarray(steps), "TIFF")

    assert decoded.picture.getpixel((0, 9)) == (0, 0, 0)
    assert decoded.picture.getpixel((255, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("file_format", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA"), ("AVIF", "RGBA")]
)
def test_transparency_is_white(file_format, mode):
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)

    decoded = (
        decode(picture, file_format, lossless=True) if file_format == "WEBP" else decode(picture, file_format)
    )

    assert decoded.picture.getpixel((20, 20)) == (255, 255, 255)


def test_a_transparent_colour_of_a_palette_is_white():
    picture = Image.new("P", (40, 40), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.paste(1, (0, 0, 20, 40))

    decoded = decode(picture, "GIF", transparency=0)

    assert decoded.picture.getpixel((5, 5)) == (255, 0, 0)
    assert decoded.picture.getpixel((35, 5)) == (255, 255, 255)


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_shows_the_first_of_several_frames_or_pages(file_format):
    decoded = decode(
        corners(), file_format, save_all=True, append_images=[Image.new("RGB", (80, 60), "black")]
    )

    assert corner_names(decoded.picture) == "RGBY"


@pytest.mark.parametrize("orientation", STORED_FOR)
@pytest.mark.parametrize("file_format", ["TIFF", "AVIF"])
def test_formats_that_turn_themselves_come_out_upright(file_format, orientation):
    exif = Image.Exif()
    exif[0x112] = orientation

    decoded = decode(stored_for(corners(), orientation), file_format, exif=exif)

    assert corner_names(decoded.picture) == "RGBY"
    assert (decoded.width_px, decoded.height_px) == (80, 60)


@pytest.mark.parametrize(
    ("file_format", "beginning"), [("PNG", "RG.."), ("TIFF", "RG.."), ("GIF", "RG.."), ("BMP", "..BY")]
)
def test_a_truncated_picture_is_reported_and_its_beginning_is_shown(file_format, beginning):
    data = encoded(corners((800, 600)), file_format).getvalue()

    decoded = raster.decode_raster(
        io.BytesIO(data[: len(data) * 7 // 10]), file_format=file_format, policy=POLICY
    )

    assert decoded.damage is not None
    assert decoded.damage.startswith("picture data is")
    assert re.fullmatch(beginning, corner_names(decoded.picture))


@pytest.mark.parametrize("file_format", ["WEBP", "AVIF"])
def test_a_truncated_picture_of_other_formats_is_undecodable(file_format):
    data = encoded(noise(), file_format).getvalue()

    with pytest.raises(Undecodable):
        raster.decode_raster(io.BytesIO(data[: len(data) // 2]), file_format=file_format, policy=POLICY)


def test_a_flipped_bit_of_a_png_is_reported():
    data = bytearray(encoded(noise(), "PNG").getvalue())
    data[len(data) // 2] ^= 1

    decoded = raster.decode_raster(io.BytesIO(data), file_format="PNG", policy=POLICY)

    assert decoded.damage is not None
    assert decoded.damage.startswith("picture data is damaged")


def test_a_png_without_its_end_is_cut_off():
    data = encoded(corners(), "PNG").getvalue()

    decoded = raster.decode_raster(io.BytesIO(data[:-12]), file_format="PNG", policy=POLICY)

    assert decoded.damage == "picture data is cut off"


def test_a_bomb_is_refused_before_it_is_decoded():
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(2501 * 20_000)))

    with pytest.raises(Undecodable, match="20000 x 20000 pixels is larger than the limit"):
        raster.decode_raster(io.BytesIO(bomb), file_format="PNG", policy=POLICY)


def test_the_policy_decides_not_pillow(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)

    assert decode(corners(), "PNG").width_px == 80


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000", "JPEG"])
@pytest.mark.parametrize("content", [b"", b"no picture", bytes(1000)])
def test_what_is_no_picture_is_undecodable(file_format, content):
    with pytest.raises(Undecodable):
        raster.decode_raster(io.BytesIO(content), file_format=file_format, policy=POLICY)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("size", [(2400, 1801), (1203, 3000), (5000, 130)])
def test_a_large_picture_is_shrunk_as_well_as_a_small_one(mode, size):
    picture = corners(size).convert("L" if mode == "I;16" else mode)
    expected = base.grid_picture(picture.convert("RGB").resize(base.grid_size(*size)))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)

    shrunk = base.grid_picture(picture)

    difference = np.abs(np.asarray(shrunk).astype(int) - np.asarray(expected).astype(int))
    assert shrunk.size == expected.size
    assert difference.mean() < 3
