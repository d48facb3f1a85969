import pytest

from media_catalog.pipeline.timestamps import copy_names


@pytest.mark.parametrize(
    ("stem", "original"),
    [
        ("img_1234-edited", "img_1234"),  # Google Photos
        ("img_1234-bearbeitet", "img_1234"),
        ("img_1234-modifié", "img_1234"),
        ("img_1234-ha editado", "img_1234"),
        ("img_1234-編集済み", "img_1234"),
        ("img_1234-effects", "img_1234"),
        ("img_1234 (bearbeitet)", "img_1234"),
        ("img_1234_edited", "img_1234"),
        ("img_1234_edit", "img_1234"),
        ("img_e1234", "img_1234"),  # Apple
        ("img_1234 - kopie", "img_1234"),  # Windows
        ("img_1234 - kopie (2)", "img_1234"),
        ("img_1234 - copy", "img_1234"),
        ("img_1234 copy", "img_1234"),  # macOS
        ("img_1234 copy 3", "img_1234"),
        ("kopie von img_1234", "img_1234"),
        ("copy of img_1234", "img_1234"),
        ("copy (2) of img_1234", "img_1234"),  # Windows XP
        ("copie de img_1234", "img_1234"),
        ("copia di img_1234", "img_1234"),
        ("kopie von img_1234 (bearbeitet)", "img_1234"),
        ("20190512_141530-edited", "20190512_141530"),
    ],
)
def test_knows_the_original_of_a_copy_for_sure(stem, original):
    assert copy_names.original_of(stem) == (original, True)


@pytest.mark.parametrize(
    ("stem", "original"),
    [
        ("img_1234(1)", "img_1234"),
        ("img_1234 (1)", "img_1234"),
        ("img_1234~2", "img_1234"),
        ("img_1234-1", "img_1234"),
        ("img_1234_2", "img_1234"),
        ("img_1234 2", "img_1234"),
        ("img_1234-edited(1)", "img_1234"),
        ("img_1234 - kopie(1)", "img_1234"),
    ],
)
def test_is_not_sure_of_names_that_are_given_to_strangers_too(stem, original):
    assert copy_names.original_of(stem) == (original, False)


@pytest.mark.parametrize(
    "stem",
    ["img_1234", "dsc_0001", "pxl_20230518_141530123", "copy", "edited", "(1)", "", "meditation", "x-ray"],
)
def test_takes_other_names_as_they_are(stem):
    assert copy_names.original_of(stem) == (stem, True)
