import pytest

from media_catalog.pipeline.duplicates import names


@pytest.mark.parametrize(
    "name",
    [
        "IMG_0726.JPG",
        "IMG_0726 - Kopie.JPG",
        "IMG_0726 (1).JPG",
        "IMG_0726(2).jpg",
        "Kopie von IMG_0726.JPG",
        "Copy of IMG_0726.jpg",
        "IMG_0726~2.jpg",
        "IMG_0726-edited.jpg",
        "IMG_0726_edited.jpg",
        "IMG_0726 (bearbeitet).jpg",
        "IMG_0726-edited(1).jpg",
        "IMG_E0726.HEIC",
    ],
)
def test_finds_the_stem_of_copies_and_edits(name):
    assert names.stem(name) == "img_0726"


@pytest.mark.parametrize(
    "name", ["IMG_0726.JPG", "edited.jpg", "Oma & Opa 63.jpg", "IMG_EDITOR.jpg", "credited.jpg"]
)
def test_takes_no_plain_name_for_an_edit(name):
    assert not names.is_edited(name)


@pytest.mark.parametrize(
    "name", ["IMG_1-edited.jpg", "IMG_1 (bearbeitet).jpg", "IMG_E1234.JPG", "a_edited(1).jpg"]
)
def test_knows_an_edit_by_its_name(name):
    assert names.is_edited(name)


@pytest.mark.parametrize(
    "name",
    [
        "IMG-20190504-WA0012.jpg",
        "WhatsApp Image 2019-05-04 at 12.30.00.jpeg",
        "signal-2019-05-04-123000.jpg",
        "photo_2019-05-04_12-30-00.jpg",
        "received_10203040506070.jpeg",
        "FB_IMG_1556965800000.jpg",
        "12345678_1234567890123456_1234567890_n.jpg",
    ],
)
def test_knows_names_that_messengers_give(name):
    assert names.is_messenger(name)
    assert not names.is_messenger("IMG_0726.JPG")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("00000IMG_00000_BURST20190504123000123_COVER.jpg", "00001IMG_00001_BURST20190504123000123.jpg"),
        ("IMG_20190504_123000_BURST1.jpg", "IMG_20190504_123000_BURST2.jpg"),
        ("IMG_20190504_123000_BURST001_COVER.jpg", "IMG_20190504_123000_BURST002.jpg"),
        ("20190504_123000_001.jpg", "20190504_123000_002.jpg"),
    ],
)
def test_knows_two_shots_of_one_series(one, other):
    assert names.are_of_one_series(one, other)
    assert not names.are_of_one_series(one, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IMG_20190504_123000_BURST1.jpg", "IMG_20190504_124500_BURST2.jpg"),
        ("IMG_0726.JPG", "IMG_0727.JPG"),
        ("20190504_123000.jpg", "20190504_123000(1).jpg"),
    ],
)
def test_takes_other_names_for_no_series(one, other):
    assert not names.are_of_one_series(one, other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("IMG_0726.JPG", "IMG_0727.JPG", True),
        ("IMG_0726.JPG", "IMG_0727 - Kopie.JPG", True),
        ("IMG_0726.JPG", "IMG_0726 (1).JPG", False),
        ("IMG_0726.JPG", "DSC_0727.JPG", False),
        ("Oma 1.jpg", "Oma 2.jpg", False),
    ],
)
def test_tells_the_numbers_of_a_camera_apart(one, other, expected):
    assert names.have_other_counters(one, other) is expected
