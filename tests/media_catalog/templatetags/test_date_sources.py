import pytest

from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS, TRACK_DATES
from media_catalog.templatetags.date_sources import source_words


@pytest.mark.parametrize("tag", [*DATE_TAGS, *TRACK_DATES.values()], ids=lambda tag: tag.source)
def test_every_tag_that_dates_are_read_from_has_words(tag):
    assert source_words(tag.source) != "a tag of the file"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("name:whatsapp", "the file's name"),
        ("name:forced", "the file's name, marked [FORCE] by a person"),
        ("folder:season", "the name of its folder"),
        ("neighbour:look", "a picture that looks the same"),
        ("neighbour:unheard-of", "the files beside it"),
        ("sidecar:XMP", "the file beside it"),
        ("other:EXIF:Whatever", "a tag of unknown meaning"),
        ("<b>", "a tag of the file"),
        ("", "a tag of the file"),
    ],
)
def test_says_where_a_date_comes_from(source, words):
    assert source_words(source) == words
