import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.sidecars import takeout
from media_catalog.pipeline.sidecars.facts import Facts, Position, Unreadable

PHOTO = {
    "title": "IMG_20210304_111112.jpg",
    "description": "Fish &amp; chips\non the pier",
    "creationTime": {"timestamp": "1614999783", "formatted": "Mar 6, 2021, 3:03:03 AM UTC"},
    "photoTakenTime": {"timestamp": "1614740583", "formatted": "Mar 3, 2021, 3:03:03 AM UTC"},
    "geoData": {"latitude": 1.0, "longitude": 2.0, "altitude": 0.0},
    "geoDataExif": {"latitude": 48.8583736, "longitude": 2.291901, "altitude": 35.5},
    "people": [{"name": "Oma"}, {"name": "Ben"}, {"name": "Oma"}],
    "favorited": True,
    "archived": True,
    "trashed": True,
}


def tags_of(**changes: object) -> dict[str, object]:
    return takeout.parse(json.dumps({**PHOTO, **changes}).encode())


def taken(value: object):
    """The claim that a `photoTakenTime` makes."""
    claims = takeout.facts(tags_of(photoTakenTime=value)).claims
    return claims[0] if claims else None


def test_reads_everything_about_a_photo():
    photo = takeout.photo(tags_of())

    assert photo.title == "IMG_20210304_111112.jpg"
    assert photo.taken_at == datetime(2021, 3, 3, 3, 3, 3, tzinfo=UTC)
    assert photo.created_at == datetime(2021, 3, 6, 3, 3, 3, tzinfo=UTC)
    assert photo.position == Position(48.8583736, 2.291901, 35.5)  # that of the file before that of a person
    assert photo.description == "Fish & chips\non the pier"
    assert photo.people == ("Oma", "Ben")
    assert (photo.is_favourite, photo.is_archived, photo.is_trashed) == (True, True, True)


def test_the_time_taken_is_an_instant_without_a_wall_clock():
    claim = taken({"timestamp": "1614740583"})

    assert (claim.source, claim.raw, claim.weight) == ("takeout:photoTakenTime", "1614740583", 8)
    assert (claim.local, claim.offset_minutes) == (None, None)
    assert claim.instant == datetime(2021, 3, 3, 3, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ({"timestamp": 1609556645}, "2021-01-02T03:04:05"),
        ({"timestamp": 1609556645.0}, "2021-01-02T03:04:05"),
        ({"timestamp": "-200221200"}, "1963-08-28T15:00:00"),
        ({"timestamp": "-5000000000"}, "1811-07-23T15:06:40"),  # refused later, with a reason
    ],
)
def test_reads_times_in_all_their_forms(value, instant):
    assert taken(value).instant == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        {"timestamp": "0"},  # Google's word for unknown
        {"timestamp": "1e9"},
        {"timestamp": "12:30"},
        {"timestamp": "9" * 40},
        {"timestamp": "١٢٣"},
        {"timestamp": 1609556645.5},
        {"timestamp": 10**14},
    ],
)
def test_what_is_no_time_is_shown_and_never_believed(value):
    claim = taken(value)

    assert (claim.local, claim.instant) == (None, None)
    assert claim.raw


@pytest.mark.parametrize("value", [None, "1614740583", [], {}, {"timestamp": None}, {"timestamp": True}, 5])
def test_without_a_time_there_is_no_claim(value):
    assert taken(value) is None


def test_a_time_that_is_only_that_of_the_upload_is_weak():
    tags = tags_of(photoTakenTime=PHOTO["creationTime"])

    assert [claim.weight for claim in takeout.facts(tags).claims] == [3]


@pytest.mark.parametrize(
    ("own", "given", "position"),
    [
        ({"latitude": 0.0, "longitude": 0.0}, {"latitude": 1.5, "longitude": -2.5}, (1.5, -2.5, None)),
        (None, {"latitude": 1.5, "longitude": -2.5, "altitude": 0.0}, (1.5, -2.5, None)),
        ({"latitude": 91, "longitude": 0}, {"latitude": 0, "longitude": 181}, None),
        ({"latitude": float("nan"), "longitude": 1}, {"latitude": "x", "longitude": 1}, None),
        ({"latitude": 10**400, "longitude": 1}, [], None),
    ],
)
def test_takes_the_first_real_position(own, given, position):
    assert takeout.photo(tags_of(geoDataExif=own, geoData=given)).position == position


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no valid JSON"),
        (b'{"title": "broken_json.jpg", "photoTakenTime": {"timest', "no valid JSON"),
        (b"[1, 2]", "no JSON object"),
        (b"null", "no JSON object"),
        (b"\xff\xfe\x00", "no valid JSON"),
        (b'{"a":' * 100_000, "no valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no valid JSON"),
        (b"{}" + b" " * takeout.SIZE_LIMIT, "larger than"),
    ],
)
def test_says_why_a_json_cannot_be_read(data, problem):
    with pytest.raises(Unreadable, match=problem):
        takeout.parse(data)


def test_reads_a_json_with_a_byte_order_mark():
    assert takeout.parse(b'\xef\xbb\xbf{"title": "bom.jpg"}') == {"Takeout:title": "bom.jpg"}


def test_what_no_database_can_hold_is_gone():
    tags = takeout.parse(b'{"title": "a\\u0000\\ud800b.jpg", "x": NaN, "y": [-Infinity], "z\\u0001": 1e999}')

    assert tags == {"Takeout:title": "ab.jpg", "Takeout:x": None, "Takeout:y": [None], "Takeout:z": None}


@pytest.mark.parametrize(
    ("content", "stem", "kind"),
    [
        (PHOTO, "a.jpg", "photo"),
        ({"title": "a.jpg", "creationTime": {"timestamp": "1"}}, "a.jpg", "photo"),
        ({"title": "Summer"}, "metadata", "album"),
        ({"title": "Été"}, "me\u0301tadonne\u0301es(1)", "album"),
        ({"title": "Summer", "date": {"timestamp": "0"}}, "anything", "album"),
        ({"albumData": {"title": "Summer"}}, "metadata", "album"),
        ({"title": "Summer"}, "package", None),
        ({"comments": []}, "shared_album_comments", None),
        ({}, "metadata", None),
    ],
)
def test_tells_photos_and_albums_from_the_rest(content, stem, kind):
    tags = takeout.parse(json.dumps(content).encode())

    is_album = takeout.is_album(tags, stem=stem)
    assert (takeout.is_photo(tags), is_album) == (kind == "photo", kind == "album")


def test_an_album_has_its_title_where_old_exports_keep_it_too():
    assert takeout.album_title({"Takeout:title": "Sommer 2021"}) == "Sommer 2021"
    assert takeout.album_title({"Takeout:albumData": {"title": "Sommer &amp; See"}}) == "Sommer & See"
    assert takeout.album_title({"Takeout:title": ""}) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
moments = st.one_of(anything, st.fixed_dictionaries({"timestamp": anything}))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PHOTO, moments | anything)))
def test_understands_any_object_and_never_raises(content):
    tags = takeout.parse(json.dumps(content).encode())

    assert isinstance(takeout.facts(tags), Facts)
    takeout.is_album(tags, stem="metadata")
    takeout.album_title(tags)


@given(st.binary(max_size=300))
def test_reads_any_bytes_or_says_why_not(data):
    try:
        tags = takeout.parse(data)
    except Unreadable as error:
        assert str(error)
    else:
        takeout.facts(tags)


@given(st.integers(-(2**70), 2**70))
def test_never_invents_a_time(seconds):
    claim = taken({"timestamp": str(seconds)})

    if claim.instant:
        assert claim.instant.timestamp() == seconds != 0
