from datetime import datetime, timedelta

import pytest

from media_catalog.pipeline.timestamps import surroundings
from media_catalog.pipeline.timestamps.candidates import Precision
from tests.pipeline.timestamps.neighbourhood import CANON, bounds, dated, edit_date, file, minutes, named_day

NOON = datetime(2019, 5, 4, 12)
HOLIDAY = [NOON + timedelta(hours=20 * number) for number in range(8)]  # 4 to 10 May
LAST = datetime(2019, 5, 10, 23, 59, 59)


def taken(times):
    return [file(f"a{number}.jpg", time) for number, time in enumerate(times)]


def suggested(*files):
    names = {one.id: one.name for one in files}
    return {names[file_id]: bounds(claim) for file_id, claim in surroundings.suggestions(files)}


def doubted(rule, *files):
    names = {one.id: one.name for one in files}
    return [names[file_id] for file_id, _ in rule(files)]


def test_suggests_the_days_that_a_folder_agrees_on():
    files = [*taken(HOLIDAY), file("scan.jpg")]
    assert suggested(*files) == {"scan.jpg": (datetime(2019, 5, 4), LAST)}
    [(_, claim)] = surroundings.suggestions(files)
    assert (claim.source, claim.precision, claim.weight) == ("neighbour:folder", Precision.RANGE, 1)
    assert claim.raw == "8 of 8 dated files in its folder are from then"


def test_puts_up_with_one_stranger_in_five():
    files = [*taken([*HOLIDAY[:4], datetime(2012, 1, 1)]), file("scan.jpg")]
    assert suggested(*files) == {"scan.jpg": (datetime(2019, 5, 4), datetime(2019, 5, 7, 23, 59, 59))}


@pytest.mark.parametrize(
    "files",
    [
        taken(HOLIDAY[:2]),  # too few
        taken([NOON, NOON, datetime(2012, 1, 1), datetime(2014, 1, 1)]),  # no agreement
        [*taken(HOLIDAY[:3]), *(file(f"w{number}.jpg") for number in range(20))],  # not their folder
        [file(f"w{number}.jpg", named_day("2019-05-04")) for number in range(5)],  # received, not taken
    ],
)
def test_suggests_nothing_where_a_folder_does_not_agree(files):
    assert "x.jpg" not in suggested(*files, file("x.jpg"))


@pytest.mark.parametrize(
    ("own", "is_suggested"),
    [
        (None, True),
        (dated("2019-01-01", "folder:year", weight=1, precision=Precision.YEAR), True),
        (edit_date("2021-03-01 10:00:00"), True),
        (edit_date("2017-03-01 10:00:00"), False),  # edited before
        (named_day("2019-05-05", "folder:day", 2), False),  # says more
        (dated("2014-01-01", "folder:year", weight=1, precision=Precision.YEAR), False),  # contradicts
    ],
)
def test_suggests_only_what_is_news_and_no_contradiction(own, is_suggested):
    assert ("x.jpg" in suggested(*taken(HOLIDAY), file("x.jpg", own))) is is_suggested


def test_suggests_nothing_to_files_that_are_older():
    assert suggested(*taken(HOLIDAY), file("x.jpg", file_time=datetime(2010, 1, 1))) == {}
    assert suggested(*taken(HOLIDAY), file("x.jpg", file_time=datetime(1980, 1, 1)))  # an unset clock


def test_doubts_a_date_that_stands_alone_far_from_its_folder():
    odd = file("odd.jpg", "2000-01-01 00:12:00", camera=CANON)
    files = [*taken(HOLIDAY), file("b.jpg", NOON), odd]
    assert doubted(surroundings.outliers, *files) == ["odd.jpg"]
    [(_, claim)] = surroundings.outliers(files)
    assert (claim.source, bounds(claim)) == ("neighbour:outlier", (datetime(2019, 5, 4), LAST))


@pytest.mark.parametrize(
    "others",
    [
        [file("b.jpg", "2019-07-01", camera=CANON)],  # the next event
        [file(f"{name}.jpg", "2012-07-01 10:00:00", camera=CANON) for name in "bc"],  # another event
        [file("b.jpg", named_day("2012-07-01"))],  # says itself that it is weak
        [file("b.jpg", "2012-07-01")],  # no camera's
        [file("b.jpg", dated("2012-07-01", "name:phone_camera", weight=6), camera=CANON)],
    ],
)
def test_does_not_doubt_what_another_event_explains(others):
    assert doubted(surroundings.outliers, *taken(HOLIDAY), *taken([NOON] * 12), *others) == []


@pytest.mark.parametrize("times", [HOLIDAY[:5], [*HOLIDAY, datetime(2018, 1, 1), datetime(2017, 1, 1)]])
def test_does_not_doubt_by_a_few_files_or_by_half_of_them(times):
    odd = file("odd.jpg", "2000-01-01", camera=CANON)
    assert doubted(surroundings.outliers, *taken(times), odd) == []


def test_doubts_a_whole_folder_at_one_second():
    files = [*taken([NOON] * 10), file("b.jpg", NOON + minutes(1)), file("c.jpg")]
    assert doubted(surroundings.same_second, *files) == [f"a{number}.jpg" for number in range(10)]


@pytest.mark.parametrize(
    "times",
    [
        [NOON] * 9,  # a burst
        [NOON + timedelta(microseconds=40_000 * number) for number in range(20)],  # with fractions
        [NOON] * 10 + HOLIDAY[1:],
    ],
)
def test_does_not_doubt_bursts_of_a_camera(times):
    assert doubted(surroundings.same_second, *taken(times)) == []
