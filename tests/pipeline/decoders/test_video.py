import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageStat

from media_catalog.pipeline.decoders import video
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy, Undecodable
from tests.pipeline.pictures import corner_names, corners, edit, noise, save_video, scene

BLACK = Image.new("RGB", (320, 240), "black")


def decode(path: Path) -> Decoded:
    with path.open("rb") as source:
        return video.decode_video(source, policy=DecodePolicy())


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "mpeg4"),
        ("a.mp4", "libx264"),
        ("a.mov", "mjpeg"),
        ("a.m4v", "mpeg4"),
        ("a.3gp", "mpeg4"),
        ("a.avi", "mjpeg"),
        ("a.mkv", "libx264"),
        ("a.webm", "libvpx-vp9"),
        ("a.mts", "libx264"),
        ("a.mpg", "mpeg1video"),
        ("a.wmv", "wmv2"),
        ("a.flv", "flv"),
    ],
)
def test_decodes_every_container(tmp_path, name, codec):
    path = tmp_path / name
    save_video(path, [corners((320, 240))] * 50, codec=codec, rate=25)

    decoded = decode(path)

    assert (decoded.width_px, decoded.height_px) == (320, 240)
    assert corner_names(decoded.picture) == "RGBY"
    assert decoded.duration_s == pytest.approx(2.0, abs=0.15)
    assert decoded.damage is None


def test_opens_a_file_of_boxes_without_decoding_anything(tmp_path):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * 5, codec="libx264")
    with (
        path.open("rb") as source,
        video.open_container(source, is_header_enough=True) as by_header,
        path.open("rb") as again,
        video.open_container(again) as by_decoder,
    ):
        assert by_header.streams.video[0].codec_context.pix_fmt is None
        assert by_decoder.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_asks_the_decoder_for_a_size_that_the_header_does_not_tell(tmp_path):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * 50, codec="libx264", rate=25)
    content = bytearray(path.read_bytes())
    size_at = content.index(b"avc1", content.index(b"stsd")) + 28
    assert content[size_at : size_at + 4] == (320).to_bytes(2) + (240).to_bytes(2)
    content[size_at : size_at + 4] = bytes(4)
    path.write_bytes(content)

    decoded = decode(path)

    assert (decoded.width_px, decoded.height_px) == (320, 240)
    assert corner_names(decoded.picture) == "RGBY"


def test_takes_the_key_frame_before_one_second(tmp_path):
    frames = [scene(number, (320, 240)) for number in range(3)]
    path = save_video(tmp_path / "a.mp4", [frames[0]] * 8 + [frames[1]] * 8 + [frames[2]] * 8, key_every=8)

    decoded = decode(path)

    assert _likeness(decoded.picture, frames[1]) > _likeness(decoded.picture, frames[0])


@pytest.mark.parametrize("frames", [1, 2, 10])
def test_a_clip_of_a_second_or_less_shows_a_frame(tmp_path, frames):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * frames)

    assert corner_names(decode(path).picture) == "RGBY"


def test_a_black_beginning_is_passed_over(tmp_path):
    path = save_video(tmp_path / "a.mp4", [BLACK] * 30 + [corners((320, 240))] * 30)

    assert corner_names(decode(path).picture) == "RGBY"


def test_a_black_video_is_shown_black(tmp_path):
    decoded = decode(save_video(tmp_path / "a.mp4", [BLACK] * 20))

    assert ImageStat.Stat(decoded.picture).mean[0] < 5


@pytest.mark.parametrize(("rotation", "seen"), [(0, "RGBY"), (90, "BRYG"), (180, "YBGR"), (270, "GYRB")])
def test_is_turned_once_as_the_display_matrix_says(tmp_path, rotation, seen):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * 20)
    if rotation:
        edit(path, f"-Rotation={rotation}")

    decoded = decode(path)

    assert corner_names(decoded.picture) == seen
    assert (decoded.width_px, decoded.height_px) == ((240, 320) if rotation in {90, 270} else (320, 240))


def test_pixels_that_are_not_square_are_shown_in_shape(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 288, 216, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        container.mux(stream.encode(av.VideoFrame.from_image(corners((288, 216)))))
        container.mux(stream.encode(None))

    decoded = decode(path)

    assert (decoded.width_px, decoded.height_px) == (288, 216)
    assert decoded.picture.size == (384, 216)


def test_large_frames_are_shrunk_to_the_grid(tmp_path):
    path = save_video(tmp_path / "a.mp4", [corners((1280, 720))] * 3)

    assert decode(path).picture.size == (400, 225)


def test_a_truncated_video_is_reported(tmp_path):
    path = tmp_path / "a.mp4"
    save_video(path, [noise(number, (320, 240)) for number in range(20)])
    faststart = tmp_path / "b.mp4"
    with (
        av.open(str(path)) as source,
        av.open(str(faststart), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    data = faststart.read_bytes()
    faststart.write_bytes(data[: len(data) * 8 // 10])

    decoded = decode(faststart)

    assert decoded.damage == "picture data is cut off"
    assert decoded.picture.size == (320, 240)


def test_a_video_that_lost_its_index_is_undecodable(tmp_path):
    path = save_video(tmp_path / "a.mp4", [noise(number, (320, 240)) for number in range(10)])
    path.write_bytes(path.read_bytes()[:-2000])

    with pytest.raises(Undecodable, match="video cannot be decoded"):
        decode(path)


def test_sound_alone_is_undecodable(tmp_path):
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        assert isinstance(stream, av.AudioStream)
        silence = np.zeros((1, 800), dtype=np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))

    with pytest.raises(Undecodable, match="no video stream"):
        decode(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no video",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_playlists_and_other_content_are_not_opened(content):
    with pytest.raises(Undecodable):
        video.decode_video(io.BytesIO(content), policy=DecodePolicy())


def test_refuses_what_is_larger_than_the_limit(tmp_path):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))])

    with path.open("rb") as source, pytest.raises(Undecodable, match="limit"):
        video.decode_video(source, policy=DecodePolicy(max_pixels=1000))


def _likeness(picture: Image.Image, other: Image.Image) -> float:
    """0 for opposite, 1 for equal pictures."""
    pairs = zip(picture.convert("L").tobytes(), other.convert("L").tobytes(), strict=True)
    return 1 - sum(abs(a - b) for a, b in pairs) / (255 * picture.width * picture.height)
