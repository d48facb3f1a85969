from dataclasses import replace

import pytest
from PIL import Image

from media_catalog.pipeline import decoder_protocol
from media_catalog.pipeline.decoder_protocol import Garbled, Picture
from media_catalog.pipeline.decoders.base import Decoded
from media_catalog.pipeline.look import frames, traits
from tests.pipeline.pictures import scene

PHOTO = Decoded(picture=scene(), width_px=320, height_px=240)
FILM = replace(
    PHOTO, is_video=True, frames=(scene(1), scene(2), None, scene(4), scene(5), Image.new("RGB", (9, 9)))
)


def picture(decoded: Decoded) -> Picture:
    return Picture(
        jpeg=b"\xff\xd8",
        width_px=320,
        height_px=240,
        duration_s=None,
        damage=None,
        traits=traits.traits_of(decoded, image_data_hash="0" * 64),
    )


@pytest.mark.parametrize("decoded", [PHOTO, FILM])
def test_traits_arrive_as_they_were_sent(decoded):
    sent = picture(decoded)

    message = decoder_protocol.picture_message(sent, resident_bytes=1)

    assert decoder_protocol.picture_of(message) == sent


def test_a_film_has_six_frames_and_no_look():
    found = traits.traits_of(FILM)

    assert (found.look, found.sharpness) == (b"", None)
    seen = frames.from_bytes(found.frames)
    assert [one.is_telling for one in seen] == [True, True, False, True, True, False]


def test_a_picture_of_one_colour_has_no_look():
    plain = traits.traits_of(replace(PHOTO, picture=Image.new("RGB", (400, 300), "red")))

    assert (plain.phash, plain.look, plain.sharpness, plain.clipped_share) == (None, b"", 0.0, 0.0)


@pytest.mark.parametrize(
    "lie",
    [
        {"look": "00" * 106},
        {"look": "no digits"},
        {"look": None},
        {"frames": "00" * 713},
        {"sharpness": "much"},
        {"sharpness": float("nan")},
        {"clipped_share": float("inf")},
        {"phash": 1.5},
        {"image_data_hash": "../../etc"},
        {"more": 1},
    ],
)
def test_traits_that_cannot_be_are_not_believed(lie):
    message = decoder_protocol.picture_message(picture(PHOTO), resident_bytes=1)
    message.facts["facts"]["traits"].update(lie)

    with pytest.raises(Garbled):
        decoder_protocol.picture_of(message)


@pytest.mark.parametrize("nothing", [[], {}, 7, "x"])
def test_something_else_than_traits_is_not_believed(nothing):
    message = decoder_protocol.picture_message(picture(PHOTO), resident_bytes=1)
    message.facts["facts"]["traits"] = nothing

    with pytest.raises(Garbled):
        decoder_protocol.picture_of(message)
