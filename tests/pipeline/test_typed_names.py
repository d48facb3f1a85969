import pytest

from media_catalog.pipeline import typed_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" ,, ", []),
        ("Ski  trip, Alps,", ["Ski trip", "Alps"]),
        ("Alps, Alps", ["Alps"]),
        ('"Paris, Texas", beach', ["Paris, Texas", "beach"]),
        ('beach,"Paris,  Texas" ', ["beach", "Paris, Texas"]),
        ("“Paris, Texas”, beach", ["Paris, Texas", "beach"]),
        ('beach, "Paris, Texas', ["beach", "Paris, Texas"]),  # the last quote was forgotten
        ('12" vinyl, 7" single', ['12" vinyl', '7" single']),
        ('"the ""Gang"", again"', ['the "Gang", again']),
        ('"" , a', ["a"]),
        ('"Anna" and "Ben", a', ['"Anna" and "Ben"', "a"]),
    ],
)
def test_commas_part_names_but_not_within_quotes(text, names):
    assert typed_names.split(text) == names


@pytest.mark.parametrize(
    "names",
    [["Paris, Texas", "beach"], ['"Anna"'], ['12" vinyl'], ["“so, so”"], ['"', ","], ['a, "b"'], ["“"], []],
)
def test_names_that_are_written_are_read_again(names):
    assert typed_names.split(typed_names.join(names)) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("", "")),
        ("a, b", ("a,", "b")),
        ("a,", ("a,", "")),
        ('a, "Paris, T', ("a,", "Paris, T")),
        ('"Paris, Texas", b', ('"Paris, Texas",', "b")),
        ('"Paris, Texas"', ("", "Paris, Texas")),
    ],
)
def test_tells_the_name_that_is_being_typed_from_those_before(text, found):
    assert typed_names.unfinished(text) == found
