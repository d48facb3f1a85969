import io

import pytest
from PIL import Image

from media_catalog.pipeline.decoders import jpeg
from media_catalog.pipeline.decoders.base import DecodePolicy, Undecodable
from tests.pipeline.pictures import corner_names, corners, scene

POLICY = DecodePolicy()


def encoded(picture: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **{"quality": 85} | options)
    return buffer.getvalue()


def end_of_header(data: bytes) -> int:
    """Where the entropy-coded data of a baseline JPEG begins."""
    at = data.index(b"\xff\xda")
    return at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


@pytest.mark.parametrize(
    ("size", "grid"),
    [
        ((4000, 3000), (400, 300)),
        ((3000, 4000), (300, 400)),
        ((401, 400), (400, 399)),
        ((400, 20), (400, 20)),
        ((5000, 3), (400, 1)),
        ((8, 8), (8, 8)),
        ((1, 1), (1, 1)),
    ],
)
def test_gives_the_true_size_and_a_grid_picture_that_is_never_enlarged(size, grid):
    decoded = jpeg.decode_jpeg(encoded(Image.new("RGB", size, "red")), policy=POLICY)

    assert (decoded.width_px, decoded.height_px) == size
    assert (decoded.picture.size, decoded.picture.mode) == (grid, "RGB")
    assert decoded.damage is None


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}]
)
def test_decodes_every_kind_of_jpeg(mode, options):
    picture = scene(size=(800, 600)).convert(mode)

    decoded = jpeg.decode_jpeg(encoded(picture, **options), policy=POLICY)

    assert (decoded.width_px, decoded.height_px, decoded.picture.mode) == (800, 600, "RGB")
    assert decoded.damage is None


def test_keeps_the_colours_of_cmyk():
    decoded = jpeg.decode_jpeg(encoded(corners((800, 600)).convert("CMYK")), policy=POLICY)

    assert corner_names(decoded.picture) == "RGBY"


@pytest.mark.parametrize(("mode", "options"), [("RGB", {}), ("RGB", {"progressive": True}), ("CMYK", {})])
def test_a_truncated_jpeg_is_reported_and_its_beginning_is_shown(mode, options):
    data = encoded(corners((800, 600)).convert(mode), **options)
    start = end_of_header(data)

    decoded = jpeg.decode_jpeg(data[: start + (len(data) - start) * 7 // 10], policy=POLICY)

    assert decoded.damage == "picture data is cut off"
    assert (decoded.width_px, decoded.height_px) == (800, 600)
    assert corner_names(decoded.picture).startswith("RG")


def test_rotten_bytes_are_reported_and_the_rest_is_shown():
    data = bytearray(encoded(scene(size=(800, 600))))
    middle = (end_of_header(bytes(data)) + len(data)) // 2
    data[middle : middle + 300] = bytes(range(1, 251)) + bytes(range(1, 51))

    decoded = jpeg.decode_jpeg(bytes(data), policy=POLICY)

    assert decoded.damage is not None
    assert decoded.damage.startswith("picture data is damaged")
    assert decoded.picture.size == (400, 300)


@pytest.mark.parametrize(
    ("message", "damage"),
    [
        ("Premature end of JPEG file", "picture data is cut off"),
        ("Corrupt JPEG data: 14 extraneous bytes before marker 0xdb", None),
        ("Corrupt JPEG data: 2 extraneous bytes before marker 0xd9", None),
        (
            "Corrupt JPEG data: 2110 extraneous bytes before marker 0xd9",
            "picture data is damaged: Corrupt JPEG data: 2110 extraneous bytes before marker 0xd9",
        ),
        (
            "Corrupt JPEG data: 3 extraneous bytes before marker 0xd4",
            "picture data is damaged: Corrupt JPEG data: 3 extraneous bytes before marker 0xd4",
        ),
        (
            "Corrupt JPEG data: bad Huffman code",
            "picture data is damaged: Corrupt JPEG data: bad Huffman code",
        ),
    ],
)
def test_tells_damage_from_the_padding_that_cameras_write(message, damage):
    assert jpeg.describe(message) == damage


def test_padding_in_the_header_is_no_damage():
    data = encoded(scene())
    quantisation = data.index(b"\xff\xdb")

    decoded = jpeg.decode_jpeg(data[:quantisation] + b"padding" + data[quantisation:], policy=POLICY)

    assert decoded.damage is None


def test_what_follows_the_picture_is_no_damage():
    decoded = jpeg.decode_jpeg(encoded(scene()) + b"video of a motion photo" * 100, policy=POLICY)

    assert decoded.damage is None


@pytest.mark.parametrize("length", [0, 2, 20, 200])
def test_a_header_alone_is_undecodable(length):
    with pytest.raises(Undecodable):
        jpeg.decode_jpeg(encoded(scene())[:length], policy=POLICY)


@pytest.mark.parametrize(
    "policy", [DecodePolicy(max_pixels=800 * 600 - 1), DecodePolicy(max_decode_bytes=800 * 600 - 1)]
)
def test_refuses_before_decoding_what_is_larger_than_the_limit(policy):
    with pytest.raises(Undecodable, match="800 x 600 pixels is larger than the limit"):
        jpeg.decode_jpeg(encoded(scene(size=(800, 600))), policy=policy)


def test_counts_the_memory_that_a_progressive_jpeg_needs():
    policy = DecodePolicy(max_decode_bytes=800 * 600 * 5)
    jpeg.decode_jpeg(encoded(scene(size=(800, 600))), policy=policy)

    with pytest.raises(Undecodable, match="limit"):
        jpeg.decode_jpeg(encoded(scene(size=(800, 600)), progressive=True), policy=policy)
