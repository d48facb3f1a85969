"""How large a picture or a video is on the screen."""

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from media_catalog.pipeline import frame_size, probe
from media_catalog.pipeline.probe import Kind
from tests import tagging

pillow_heif.register_heif_opener()

ORIENTATION = 0x112


def see(path: Path) -> probe.Probe:
    tags: dict[str, Any] = json.loads(tagging.run("-j", "-G0:1", "-n", path))[0]
    return probe.probe(tags, sniffed_mime=None)


def write_tags(path: Path, *tags: str) -> None:
    tagging.run("-q", "-overwrite_original", *tags, path)


def save_picture(path, *, orientation=1):
    picture = Image.new("RGB", (331, 496), "teal")
    exif = picture.getexif()
    exif[ORIENTATION] = orientation
    picture.save(path, exif=exif.tobytes())


def save_video(path, *, rotation=0):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), dtype=np.uint8), format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    if rotation:
        write_tags(path, f"-Rotation={rotation}")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.gif", "a.bmp", "a.heic", "a.avif"])
def test_the_size_is_what_the_container_holds(tmp_path, name):
    path = tmp_path / name
    save_picture(path)

    facts = see(path)

    assert facts.kind is Kind.IMAGE
    assert (facts.width_px, facts.height_px, facts.orientation) == (331, 496, 1)
    assert facts.extension == path.suffix[1:]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_exif_size_tags_are_never_believed(tmp_path, name):
    path = tmp_path / name
    save_picture(path)
    write_tags(path, "-EXIF:ImageWidth#=1829", "-EXIF:ExifImageWidth=1829", "-EXIF:ExifImageHeight=2743")

    facts = see(path)

    assert (facts.width_px, facts.height_px) == (331, 496)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_the_displayed_size(tmp_path, name, orientation):
    path = tmp_path / name
    save_picture(path, orientation=orientation)

    facts = see(path)

    expected = (496, 331) if orientation >= 5 else (331, 496)
    assert (facts.width_px, facts.height_px, facts.orientation) == (*expected, orientation)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_turned_by_its_container_and_needs_no_more(tmp_path, orientation):
    path = tmp_path / "a.heic"
    save_picture(path, orientation=orientation)

    facts = see(path)

    with Image.open(path) as decoded:
        assert (facts.width_px, facts.height_px) == decoded.size
    assert facts.orientation == 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_avif_still_needs_the_turn_of_its_container(tmp_path, orientation):
    path = tmp_path / "a.avif"
    save_picture(path, orientation=orientation)

    facts = see(path)

    assert facts.orientation == orientation
    assert (facts.width_px, facts.height_px) == ((496, 331) if orientation >= 5 else (331, 496))


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.avi"])
def test_videos_have_a_size_and_a_duration(tmp_path, name):
    path = tmp_path / name
    save_video(path)

    facts = see(path)

    assert facts.kind is Kind.VIDEO
    assert (facts.width_px, facts.height_px) == (64, 48)
    assert facts.duration_s == pytest.approx(1.0, abs=0.15)
    assert facts.extension == path.suffix[1:]


@pytest.mark.parametrize(("rotation", "expected"), [(90, (48, 64)), (180, (64, 48)), (270, (48, 64))])
def test_a_turned_video_is_displayed_upright(tmp_path, rotation, expected):
    path = tmp_path / "a.mp4"
    save_video(path, rotation=rotation)

    facts = see(path)

    assert (facts.width_px, facts.height_px, facts.orientation) == (*expected, 1)


def test_a_raw_file_has_the_size_of_its_developed_picture():
    tags = {
        "File:MIMEType": "image/x-adobe-dng",
        "EXIF:IFD0:ImageWidth": 256,
        "EXIF:IFD0:ImageHeight": 171,
        "EXIF:SubIFD:ImageWidth": 5568,
        "EXIF:SubIFD:ImageHeight": 3708,
        "EXIF:IFD0:Orientation": 8,
    }

    assert frame_size.displayed_size(tags, mime_type="image/x-adobe-dng") == (3708, 5568)
    composed = tags | {"Composite:ImageSize": "5472 3648"}
    assert frame_size.displayed_size(composed, mime_type="image/x-adobe-dng") == (3648, 5472)


def test_a_size_of_zero_is_unknown():
    tags = {"File:MIMEType": "image/jpeg", "File:ImageWidth": 200, "File:ImageHeight": 0}

    facts = probe.probe(tags, sniffed_mime=None)

    assert (facts.width_px, facts.height_px) == (200, None)
