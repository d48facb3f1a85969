"""A user's own patterns for names."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from media_catalog import checks
from media_catalog.pipeline.filename_dates import candidate_from_name, patterns
from media_catalog.pipeline.timestamps.candidates import Precision


@pytest.mark.parametrize(
    ("pattern", "name", "local", "precision"),
    [
        ("Scan_%d%m%Y_*", "Scan_04072015_2.jpg", datetime(2015, 7, 4), Precision.DAY),
        ("Kreta %Y|* vom %d.%m.%y", "Oma vom 4.7.98.jpg", datetime(1998, 7, 4), Precision.DAY),
        ("Bild %B %Y", "BILD März 1999.png", datetime(1999, 3, 1), Precision.MONTH),
        ("Album %Y *", "Album 1987 003.tif", datetime(1987, 1, 1), Precision.YEAR),
        ("c%Y%m%d-%H%M", "C20150131-1420.mp4", datetime(2015, 1, 31, 14, 20), Precision.MINUTE),
        (
            "%m-%d-%Y %I.%M.%S %p*",
            "1-31-2015 2.20.30 PM.jpg",
            datetime(2015, 1, 31, 14, 20, 30),
            Precision.SECOND,
        ),
        (
            "%Y%m%d%H%M%S%f",
            "20150131142030123.jpg",
            datetime(2015, 1, 31, 14, 20, 30, 123_000),
            Precision.SECOND,
        ),
        ("100%% %Y", "100% 1987.jpg", datetime(1987, 1, 1), Precision.YEAR),
    ],
)
def test_a_pattern_reads_the_whole_name(pattern, name, local, precision):
    claim = candidate_from_name(name, patterns=patterns.compiled(pattern))

    assert claim is not None
    assert (claim.source, claim.local, claim.precision) == ("name:own", local, precision)


def test_a_zone_in_a_name_makes_an_instant():
    claim = candidate_from_name("d 20150131 142030+0900.jpg", patterns=patterns.compiled("d %Y%m%d %H%M%S%z"))

    assert (claim.offset_minutes, claim.instant) == (540, datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC))


@pytest.mark.parametrize("name", ["Scan_44072015_2.jpg", "Scan_04072015.jpg", "My Scan_04072015_2.jpg"])
def test_what_does_not_match_is_left_to_our_own_rules(name):
    rules = patterns.compiled("Scan_%d%m%Y_*")

    assert candidate_from_name(name, patterns=rules) == candidate_from_name(name)


def test_a_pattern_goes_before_our_own_rules():
    claim = candidate_from_name("IMG_20150131_142030.jpg", patterns=patterns.compiled("IMG_%Y%m%d_*"))

    assert (claim.source, claim.precision) == ("name:own", Precision.DAY)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("%d.%m", "'%d.%m' has no year"),
        ("%Y%Y", "'%Y%Y' has a part twice"),
        ("%Y %Q", "unknown part %Q"),
        ("%Y %", "unknown part %"),
        ("%Y %d", "leaves out a part"),
        ("%Y-%m-%d %H", "leaves out a part"),
    ],
)
def test_a_wrong_pattern_stops_the_start_and_is_named(pattern, complaint, settings):
    settings.MEDIAPARSER_NAME_PATTERNS = pattern

    with pytest.raises(ImproperlyConfigured, match="MEDIAPARSER_NAME_PATTERNS") as error:
        checks.require_name_patterns()

    assert complaint in str(error.value)


def test_no_patterns_are_no_rules():
    assert patterns.compiled("") == patterns.compiled(" | ") == ()


def test_many_stars_take_no_time():
    rules = patterns.compiled("*a*a*a*a*a*a*a*a*%Y*b")

    assert candidate_from_name("a" * 250 + ".jpg", patterns=rules) is None  # did not end in an hour


@given(st.text(alphabet="%YmdHMSbyfzpI*|^ab1.-_([", max_size=12), st.text(max_size=20))
def test_any_text_is_a_pattern_or_is_refused(text, name):
    try:
        rules = patterns.compiled(text)
    except patterns.PatternError:
        return
    candidate_from_name(name, patterns=rules)
