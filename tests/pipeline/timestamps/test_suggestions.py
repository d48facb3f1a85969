"""When a date by neighbours is believed, and when it is only offered."""

from datetime import UTC, datetime, timedelta

import pytest

from media_catalog.pipeline.timestamps import decide
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.decide import Confidence, DatePolicy

POLICY = DatePolicy(default_zone="UTC", now=datetime(2026, 11, 20, tzinfo=UTC))
DAY, NOON = datetime(2019, 5, 4), datetime(2019, 5, 4, 12)
SECOND, WHOLE_DAY = Precision.SECOND, Precision.DAY
NIGHT = timedelta(hours=23, minutes=59, seconds=59)


def claim(source, local, precision=SECOND, *, until=None, weight=2):
    return Candidate(
        source=source,
        raw="",
        local=local,
        instant=None,
        precision=precision,
        offset_minutes=None,
        offset_source=None,
        weight=weight,
        until=until,
    )


YEAR = claim("folder:year", datetime(2019, 1, 1), Precision.YEAR, weight=1)
MONTH = claim("folder:month", datetime(2019, 5, 1), Precision.MONTH, weight=1)
FOLDER_DAY = claim("folder:day", DAY, WHOLE_DAY)
LOOK_DAY = claim("neighbour:look", DAY, WHOLE_DAY)
LOOK = claim("neighbour:look", NOON)
COPY_DAY = claim("neighbour:copy", DAY, WHOLE_DAY)
COUNTER = claim("neighbour:counter", NOON, Precision.RANGE, until=NOON + timedelta(hours=3))
FOLDER = claim("neighbour:folder", DAY, Precision.RANGE, until=DAY + NIGHT, weight=1)


@pytest.mark.parametrize(
    ("own", "suggestion", "is_believed"),
    [
        (YEAR, LOOK, True),  # the time of the very picture
        (MONTH, LOOK, True),
        (FOLDER_DAY, LOOK, True),
        (YEAR, LOOK_DAY, False),  # of the day on which a look-alike was sent
        (MONTH, LOOK_DAY, False),
        (YEAR, COPY_DAY, True),  # of the same bytes
        (MONTH, COPY_DAY, True),
        (YEAR, COUNTER, True),
        (MONTH, COUNTER, True),
        (FOLDER_DAY, COUNTER, False),
        (MONTH, FOLDER, True),
        (YEAR, FOLDER, False),
        (claim("name:whatsapp", DAY, WHOLE_DAY, weight=3), FOLDER, False),
    ],
)
def test_a_neighbour_replaces_what_the_file_says_only_where_its_day_is_mostly_right(
    own, suggestion, is_believed
):
    date = decide.decide([own, suggestion], policy=POLICY)

    chosen, other = (suggestion, own) if is_believed else (own, suggestion)
    assert (date.source, date.precision) == (chosen.source, chosen.precision)
    codes = {verdict.candidate.source: verdict.code for verdict in date.verdicts}
    assert codes[chosen.source] == "chosen"
    assert is_believed or codes[other.source] == "offered"


def test_a_month_stays_a_month_with_its_bounds():
    date = decide.decide([YEAR, MONTH, LOOK_DAY], policy=POLICY)

    assert (date.local, date.until) == (MONTH.local, period_end(MONTH.local, Precision.MONTH))
    assert (date.precision, date.confidence) == (Precision.MONTH, Confidence.LOW)


@pytest.mark.parametrize("suggestion", [LOOK_DAY, COUNTER, FOLDER])
def test_a_suggestion_is_believed_where_the_file_says_nothing(suggestion):
    date = decide.decide([claim("file:mtime", NOON, weight=1), suggestion], policy=POLICY)

    assert (date.source, date.confidence) == (suggestion.source, Confidence.LOW)


def test_a_suggestion_goes_before_a_date_that_is_not_trusted():
    never_set = claim("EXIF:DateTimeOriginal", datetime(2011, 1, 1, 0, 3, 7), weight=10)
    date = decide.decide([never_set, COUNTER], policy=POLICY, camera=("Canon", "Canon EOS 7D"))

    assert (date.source, date.local) == (COUNTER.source, NOON)


def test_a_merely_offered_suggestion_neither_raises_nor_lowers_a_confidence():
    taken = claim("EXIF:DateTimeOriginal", NOON + timedelta(days=40), weight=10)
    camera = ("Canon", "Canon EOS 7D")
    alone = decide.decide([taken], policy=POLICY, camera=camera)
    beside = decide.decide([taken, FOLDER, COUNTER], policy=POLICY, camera=camera)

    assert (beside.confidence, beside.reasons) == (alone.confidence, alone.reasons)
    assert beside.confidence is Confidence.HIGH
