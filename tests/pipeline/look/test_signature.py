import numpy as np
import pytest

from media_catalog.pipeline.look import signature
from tests.pipeline.look import shots


@pytest.fixture(scope="module")
def look():
    return signature.look_of(shots.grid(shots.photograph()))


def test_comes_back_from_its_stored_form(look):
    again = signature.from_bytes(look.to_bytes())
    assert again.windows == look.windows
    assert again.steadiness == pytest.approx(look.steadiness, rel=0.01)
    for name in ("detail", "luma", "colour"):
        assert np.array_equal(getattr(again, name), getattr(look, name))


def test_takes_few_bytes_that_begin_with_the_version(look):
    stored = look.to_bytes()
    assert len(stored) == 107
    assert stored[0] == signature.VERSION
    own = ("detail", "luma", "colour")
    assert sum(signature.STORED[name].itemsize for name in own) == 64


@pytest.mark.parametrize("stored", [b"", b"\x02" + bytes(106), bytes([signature.VERSION])])
def test_refuses_what_another_version_wrote(stored):
    with pytest.raises(signature.UnknownVersion):
        signature.from_bytes(stored)


def test_reads_many_as_it_reads_one(look):
    other = signature.look_of(shots.grid(shots.photograph(2)))
    rows = signature.table([look.to_bytes(), other.to_bytes()])
    assert np.array_equal(signature.luma_steps(rows["luma"])[1], other.luma)
    assert np.array_equal(signature.detail_signs(rows["detail"])[0], look.detail)


def test_is_the_same_on_every_run(look):
    assert signature.look_of(shots.grid(shots.photograph())).to_bytes() == look.to_bytes()


@pytest.mark.parametrize("kind", ["black", "grey", "white", "gradient"])
def test_knows_pictures_in_which_noise_decides(kind):
    assert signature.look_of(shots.nearly_nothing(kind, 1)).steadiness < 0.1


@pytest.mark.parametrize("picture", [shots.photograph(3), shots.document(1)], ids=["photograph", "document"])
def test_knows_pictures_that_show_something(picture):
    assert signature.look_of(shots.grid(picture)).steadiness > 0.3


def test_takes_the_look_of_the_smallest_picture():
    assert signature.look_of(shots.photograph().resize((1, 1))).steadiness < 0.01
