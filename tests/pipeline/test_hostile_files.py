import io
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from media_catalog.pipeline import media_types
from media_catalog.pipeline.decoder_process import Decoder, DecoderFailed, Limits
from media_catalog.pipeline.decoder_protocol import Picture
from media_catalog.pipeline.decoders.base import DecodePolicy, Undecodable
from tests.pipeline import hostile
from tests.pipeline.pictures import save, scene

MUTATIONS = 40  # of each type
TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tif": "image/tiff",
    "bmp": "image/bmp",
    "avif": "image/avif",
    "heic": "image/heic",
    "jp2": "image/jp2",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
WITHOUT_LIMITS = DecodePolicy(max_pixels=1 << 40, max_decode_bytes=1 << 50)
SIDES = {"image/avif": 3000, "image/heic": 3000}  # those that have to be encoded in earnest
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(limits=Limits(deadline_s=20)) as resident:
        yield resident


def decode(decoder: Decoder, content: bytes, mime_type: str, policy: DecodePolicy) -> Picture:
    return decoder.decode(content, mime_type=mime_type, orientation=1, policy=policy)


def bomb(mime_type: str, side_px: int = 13_000) -> bytes:
    return hostile.BOMBS[mime_type](SIDES.get(mime_type, side_px))


def assert_works(decoder: Decoder) -> None:
    buffer = io.BytesIO()
    scene(size=(800, 600)).save(buffer, "JPEG")
    assert decode(decoder, buffer.getvalue(), "image/jpeg", DecodePolicy()).traits.phash is not None


@linux_only
@pytest.mark.parametrize("mime_type", hostile.BOMBS)
def test_a_bomb_never_takes_more_memory_than_it_may(mime_type):
    with Decoder(limits=Limits(memory_bytes=50 << 20)) as decoder:
        with pytest.raises((DecoderFailed, Undecodable), match=r"memory|could not create"):
            decode(decoder, bomb(mime_type), mime_type, WITHOUT_LIMITS)
        if decoder.pid:
            assert peak_bytes(decoder.pid) < 260 << 20
        assert_works(decoder)


def peak_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


@linux_only
def test_a_png_of_13000_pixels_leaves_the_worker_small(decoder):
    content = bomb("image/png")
    assert len(content) < 500_000
    before = psutil.Process().memory_info().rss

    picture = decode(decoder, content, "image/png", DecodePolicy())

    assert (picture.width_px, picture.traits.phash) == (13_000, None)
    assert psutil.Process().memory_info().rss < before + (20 << 20)
    assert peak_bytes(decoder.pid) < 1 << 30


@pytest.mark.parametrize("mime_type", sorted(set(hostile.BOMBS) - SIDES.keys() - {"image/webp"}))
def test_a_bomb_beyond_the_pixels_that_are_allowed_is_not_decoded(decoder, mime_type):
    with pytest.raises(Undecodable, match="pixels is larger than the limit"):
        decode(decoder, bomb(mime_type, 30_000), mime_type, DecodePolicy())


@pytest.mark.parametrize("mime_type", ["image/jp2", "image/webp", "image/heic", "image/avif", "image/jpeg"])
def test_formats_that_take_more_memory_have_fewer_pixels(decoder, mime_type):
    policy = DecodePolicy(max_decode_bytes=3000 * 3000 * 5)

    with pytest.raises(Undecodable, match="larger than the limit"):
        decode(decoder, bomb(mime_type, 3000), mime_type, policy)
    assert decode(decoder, hostile.png(3000), "image/png", policy).width_px == 3000


def test_numbers_without_a_range_take_more_memory(decoder):
    content = hostile.tiff(3000, bits=32, sample_format=3)

    assert decode(decoder, content, "image/tiff", DecodePolicy()).width_px == 3000
    with pytest.raises(Undecodable, match="larger than the limit"):
        decode(decoder, content, "image/tiff", DecodePolicy(max_decode_bytes=300_000_000))


def mutations(content: bytes, *, seed: str) -> Iterator[bytes]:
    """Give damaged copies of a file, always the same: bytes changed, parts cut out, doubled and swapped."""
    rng = random.Random(seed)
    for number in range(MUTATIONS):
        copy = bytearray(content)
        area = 400 if number % 2 else len(copy)  # headers are where it hurts
        for _ in range(rng.choice((1, 3, 30))):
            at = rng.randrange(min(area, len(copy)))
            copy[at : at + 4] = rng.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", rng.randbytes(4), rng.randbytes(1))
            )
        start, length = rng.randrange(len(copy)), rng.randrange(1, 2000)
        part = copy[start : start + length]
        if number % 5 == 1:
            del copy[start:]
        elif number % 5 == 2:
            copy[start:start] = part * rng.randrange(1, 50)
        elif number % 5 == 3:
            del copy[start : start + length]
        yield bytes(copy)


@pytest.mark.parametrize("extension", TYPES)
def test_damaged_files_cost_themselves_alone(decoder, tmp_path, extension):
    original = save(tmp_path / f"a.{extension}", scene(size=(640, 480))).read_bytes()
    outcomes: Counter[str] = Counter()
    for content in mutations(original, seed=extension):
        try:
            picture = decode(decoder, content, TYPES[extension], DecodePolicy())
        except (Undecodable, DecoderFailed) as error:
            outcomes[getattr(error, "code", "undecodable")] += 1
        else:
            outcomes["whole" if picture.damage is None else "damaged"] += 1
            with Image.open(io.BytesIO(picture.jpeg)) as small:
                assert max(small.size) <= 400

    assert outcomes.total() == MUTATIONS
    assert outcomes["undecodable"]
    assert outcomes["whole"] + outcomes["damaged"] or extension == "webp"  # which checks every length
    assert not outcomes["decoder_timeout"]
    assert_works(decoder)


@pytest.mark.parametrize("mime_type", sorted(media_types.MEDIA_TYPES))
@pytest.mark.parametrize("content", [b"", b"\0", bytes(5000), random.Random(1).randbytes(5000)])
def test_what_is_no_picture_is_refused_under_every_name(decoder, mime_type, content):
    with pytest.raises(Undecodable):
        decode(decoder, content, mime_type, DecodePolicy())
