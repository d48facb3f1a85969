from datetime import UTC, datetime
from typing import Any

import pytest

from media_catalog.pipeline.duplicates import stacks
from media_catalog.pipeline.duplicates.stacks import StackKind
from media_catalog.pipeline.look import frames
from tests.pipeline.duplicates.units import taken, unit
from tests.pipeline.look import shots

APPLE: dict[str, Any] = {"camera": ("Apple", "iPhone 7")}
VIDEO: dict[str, Any] = {"kind": "video", "mime_type": "video/quicktime", "duration_s": 2.8}


def found(*files):
    return [(stack.kind, [one.name for one in stack.members]) for stack in stacks.stacks_of(files)]


def still(**facts):
    return unit(1, **{"name": "IMG_0001.HEIC", **taken(**APPLE), **facts})


def clip(**facts):
    return unit(2, **{"name": "IMG_0001.MOV", **VIDEO, **taken(**APPLE), **facts})


LIVE = [(StackKind.LIVE_PHOTO, ["IMG_0001.HEIC", "IMG_0001.MOV"])]


def test_joins_a_live_photo_by_its_identifier_whatever_the_names():
    files = still(live_id="A"), clip(live_id="A", name="clip.mov", shot_local=None)
    assert found(*files) == [(StackKind.LIVE_PHOTO, ["IMG_0001.HEIC", "clip.mov"])]
    assert stacks.stacks_of(files)[0].reasons == ("same_identifier",)


def test_joins_a_live_photo_by_name_and_time():
    assert found(still(), clip()) == LIVE
    assert found(still(), clip(live_id="A", **taken(1.5, **APPLE))) == LIVE


def test_joins_a_live_photo_by_instants_where_clocks_differ():
    at = datetime(2019, 5, 4, 10, 30, tzinfo=UTC)
    assert found(still(shot_at=at), clip(shot_at=at, **taken(-7200, **APPLE))) == LIVE


@pytest.mark.parametrize(
    "facts",
    [
        taken(86400, **APPLE),
        taken(5, **APPLE),
        {"duration_s": 30.0},
        {"shot_local": None},
        taken(camera=("Canon", "PowerShot")),
        {"name": "IMG_0002.MOV"},
        {"folder": "other"},
    ],
    ids=[
        "another day",
        "five seconds later",
        "long",
        "no time",
        "another camera",
        "another name",
        "another folder",
    ],
)
def test_joins_no_video_by_its_name_alone(facts):
    assert found(still(), clip(**facts)) == []


def test_joins_no_two_identifiers():
    assert found(still(live_id="A"), clip(live_id="B")) == []


def test_joins_a_video_without_a_time_by_what_it_shows():
    picture = shots.photograph(1)
    like = clip(shot_local=None, frames=frames.frames_of([shots.scaled(picture, 0.5)]))
    unlike = clip(shot_local=None, frames=frames.frames_of([shots.photograph(2)]))
    shown = unit(1, picture, name="IMG_0001.HEIC", **APPLE)
    assert found(shown, like) == LIVE
    assert found(shown, unlike) == []


def test_joins_raw_and_jpeg():
    raw = unit(1, name="DSC_0001.NEF", kind="raw", **taken())
    jpeg = unit(2, name="DSC_0001.JPG", **taken(1))
    assert found(raw, jpeg) == [(StackKind.RAW_JPEG, ["DSC_0001.JPG", "DSC_0001.NEF"])]


@pytest.mark.parametrize(
    ("after_s", "facts", "expected"),
    [
        (30, {}, 1),  # of one camera: the end of a long exposure
        (30, {"camera": ("", "")}, 0),
        (90, {}, 0),
        (365 * 86400, {}, 0),  # the counter has started again
        (0, {"camera": ("NIKON", "Z 6")}, 0),
        (0, {"shot_local": None}, 0),
    ],
)
def test_joins_raw_and_jpeg_by_time_and_camera_only(after_s, facts, expected):
    raw = unit(1, name="DSC_0001.NEF", kind="raw", **taken())
    assert len(found(raw, unit(2, name="DSC_0001.JPG", **taken(after_s) | facts))) == expected


def test_joins_the_two_files_of_a_motion_photo():
    picture = unit(1, name="PXL_20231006_083029.MP.jpg", has_motion=True, **taken())
    video = unit(2, name="PXL_20231006_083029.MP", **VIDEO | taken(1))
    assert found(picture, video) == [(StackKind.MOTION_PHOTO, [picture.name, video.name])]


@pytest.mark.parametrize("name", ["IMG_0001-edited.jpg", "IMG_E0001.JPG", "IMG_0001 (bearbeitet).jpg"])
def test_joins_an_edit_and_its_original(name):
    original, edit = unit(1, name="IMG_0001.JPG", **taken()), unit(2, name=name, **taken())
    assert found(edit, original) == [(StackKind.EDITED, ["IMG_0001.JPG", name])]


def test_joins_an_edit_without_a_time_by_its_look():
    shot = shots.photograph(3)
    original = unit(1, shot, name="IMG_0001.JPG", **taken())
    edit = unit(2, shots.EDITS["lighter"](shot), name="IMG_0001-edited.jpg")
    assert len(found(original, edit)) == 1
    assert found(original, unit(2, shots.photograph(4), name="IMG_0001-edited.jpg")) == []


def test_joins_an_edit_by_the_identifier_that_editors_pass_on():
    original = unit(1, name="IMG_0001.JPG", content_ids=frozenset("A"))
    assert len(found(original, unit(2, name="IMG_0001-edited.jpg", content_ids=frozenset("AB")))) == 1
    assert found(original, unit(2, name="IMG_0001-edited.jpg", content_ids=frozenset("C"))) == []


def test_joins_all_files_of_one_shot_into_one_stack():
    files = [
        unit(1, name="IMG_0001.DNG", kind="raw", **taken(**APPLE)),
        unit(2, name="IMG_0001.HEIC", **taken(**APPLE)),
        unit(3, name="IMG_0001.MOV", **VIDEO, **taken(**APPLE)),
        unit(4, name="IMG_E0001.HEIC", **taken(**APPLE)),
    ]
    (stack,) = stacks.stacks_of(files)
    assert stack.kind is StackKind.LIVE_PHOTO
    assert [one.name for one in stack.members] == [
        "IMG_0001.HEIC",
        "IMG_0001.DNG",
        "IMG_E0001.HEIC",
        "IMG_0001.MOV",
    ]


def test_makes_no_stack_of_a_folder_of_copies():
    copies = [unit(n, name=f"IMG_0001 ({n}).JPG", **taken()) for n in range(20)]
    edits = [unit(100 + n, name=f"IMG_0001-edited({n}).JPG", **taken()) for n in range(20)]
    assert found(*copies, *edits) == []


def test_does_not_depend_on_the_order_of_files():
    files = [still(), clip(), unit(3, name="IMG_E0001.HEIC", **taken(**APPLE)), unit(4)]
    assert found(*files) == found(*reversed(files))
