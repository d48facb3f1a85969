from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media_catalog.pipeline.decoders import playback, video
from media_catalog.pipeline.decoders.base import DecodePolicy
from media_catalog.pipeline.decoders.playback import Playback
from media_catalog.pipeline.look import frames
from tests.pipeline.pictures import save_video, scene

RATE = 10
BITS = 8


def numbered(number: int) -> Image.Image:
    """Draw a number as eight bars below a scene, so that encoders do not take each for a new one."""
    bars = np.array([[255 * (number >> bit & 1) for bit in range(BITS)]], dtype=np.uint8)
    picture = scene(1, (160, 120))
    picture.paste(Image.fromarray(bars).resize((160, 16), Image.Resampling.NEAREST), (0, 104))
    return picture


def number_of(picture: Image.Image) -> int:
    strip = picture.convert("L").crop((0, 106, 160, 118))
    bars = strip.resize((BITS, 1), Image.Resampling.BOX).tobytes()
    return sum((bar > 127) << bit for bit, bar in enumerate(bars))


def shown(path: Path, times_s: list[float]) -> list[int | None]:
    with path.open("rb") as source, video.open_container(source) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        film = Playback(container, stream)
        found = [film.shown_at(time_s) for time_s in times_s]
        return [number_of(frame.to_image()) if frame else None for frame in found]


@pytest.mark.parametrize(
    ("name", "codec", "key_every"),
    [
        ("a.mp4", "libx264", 250),
        ("a.mp4", "libx264", 7),
        ("a.mov", "libx265", 25),
        ("a.mov", "mjpeg", 1),
        ("a.avi", "mpeg4", 12),
        ("a.mkv", "libx264", 30),
        ("a.webm", "libvpx-vp9", 40),
        ("a.mts", "libx264", 12),
        ("a.mpg", "mpeg2video", 12),
    ],
)
def test_shows_the_frame_of_the_moment_in_every_container(tmp_path, name, codec, key_every):
    rate = 25 if name == "a.mpg" else RATE
    path = save_video(
        tmp_path / name, [numbered(one) for one in range(100)], codec=codec, rate=rate, key_every=key_every
    )

    assert shown(path, [0.01, 0.55, 0.75, 2.07, 3.91]) == [
        int(one * rate) for one in (0.01, 0.55, 0.75, 2.07, 3.91)
    ]


def test_goes_on_from_frame_to_frame_where_no_key_frame_is_nearer(tmp_path, monkeypatch):
    path = save_video(
        tmp_path / "a.mp4", [numbered(one) for one in range(60)], codec="libx264", key_every=250
    )
    begun: list[float] = []
    begin = Playback._begin

    def begin_and_note(film: Playback, time_s: float) -> None:
        begun.append(time_s)
        begin(film, time_s)

    monkeypatch.setattr(Playback, "_begin", begin_and_note)

    assert shown(path, [0.95, 2.65, 3.45, 5.15]) == [9, 26, 34, 51]
    assert len(begun) == 1


def test_decodes_nothing_that_is_too_far_from_its_key_frame(tmp_path, monkeypatch):
    path = save_video(
        tmp_path / "a.mp4", [numbered(one) for one in range(100)], codec="libx264", key_every=40
    )
    monkeypatch.setattr(playback, "MOST_PIXELS", 20 * 160 * 120)

    assert shown(path, [0.55, 3.55, 4.05, 7.15, 8.05]) == [5, None, 40, None, 80]


def test_decodes_no_more_than_the_limit_in_all(tmp_path, monkeypatch):
    path = save_video(tmp_path / "a.mp4", [numbered(one) for one in range(100)], codec="mpeg4", key_every=40)
    monkeypatch.setattr(playback, "MOST_PIXELS_IN_ALL", 30 * 160 * 120)

    assert shown(path, [0.55, 1.55, 3.05, 3.55, 4.05]) == [5, 15, None, None, None]


def test_shows_the_first_frame_before_there_is_one(tmp_path):
    path = save_video(tmp_path / "a.mp4", [numbered(7)], codec="libx264")

    assert shown(path, [0.0, 0.05, 5.0]) == [7, 7, 7]


def test_what_is_broken_is_left_out(tmp_path):
    path = save_video(tmp_path / "a.avi", [numbered(one) for one in range(100)], codec="mjpeg", key_every=1)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) * 3 // 4] = bytes(len(content) * 3 // 4 - len(content) // 2)
    path.write_bytes(content)

    found = shown(path, [0.05, 2.05, 4.05])

    assert found == [0, 20, 40]


def test_a_copy_with_other_key_frames_shows_the_same(tmp_path):
    pictures = [numbered(one) for one in range(100)]
    one = save_video(tmp_path / "a.mp4", pictures, codec="libx264", key_every=13)
    other = save_video(tmp_path / "b.mkv", pictures, codec="libvpx-vp9", key_every=90)

    times = frames.moments_s(10.0)

    assert shown(one, times) == shown(other, times)


def test_the_frames_of_a_film_come_with_its_picture(tmp_path):
    path = save_video(
        tmp_path / "a.mp4", [numbered(one) for one in range(100)], codec="libx264", key_every=20
    )
    with path.open("rb") as source:
        decoded = video.decode_video(source, policy=DecodePolicy(), moments=frames.moments_s)

    assert decoded.is_video
    assert number_of(decoded.picture) == 0
    found = [number_of(one) for one in decoded.frames if one]
    assert found == [int(time_s * RATE) for time_s in frames.moments_s(10.0)]


@pytest.mark.parametrize(("key_every", "begun_anew"), [(250, 0), (10, 5)])
def test_goes_on_from_the_picture_of_the_film_where_that_is_the_key_frame(
    tmp_path, monkeypatch, key_every, begun_anew
):
    path = save_video(
        tmp_path / "a.mp4", [numbered(one) for one in range(100)], codec="libx264", key_every=key_every
    )
    begun: list[float] = []
    begin = Playback._begin

    def begin_and_note(film: Playback, time_s: float) -> None:
        begun.append(time_s)
        begin(film, time_s)

    monkeypatch.setattr(Playback, "_begin", begin_and_note)
    with path.open("rb") as source:
        decoded = video.decode_video(source, policy=DecodePolicy(), moments=frames.moments_s)

    assert len(begun) == begun_anew
    assert number_of(decoded.picture) == (0 if key_every == 250 else 10)
    found = [number_of(one) for one in decoded.frames if one]
    assert found == [int(time_s * RATE) for time_s in frames.moments_s(10.0)]
