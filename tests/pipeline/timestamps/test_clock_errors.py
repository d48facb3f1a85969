from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import clock_errors, clock_witnesses
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clock_witnesses import Kind, Span

START = datetime(2012, 3, 1, 9, 17, 5)
DAYS, HOURS, SECONDS = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NEW_YORK = ZoneInfo("America/New_York")


def claim(source, local=None, *, instant=None, precision=Precision.SECOND, weight=6):
    return Candidate(
        source=source,
        raw=str(local or instant),
        local=local,
        instant=instant,
        precision=precision,
        offset_minutes=None,
        offset_source=None,
        weight=weight,
    )


class Camera:
    """Takes a picture every few hours of a trip each month, by a clock that is wrong by `error`."""

    def __init__(self):
        self.readings: list[clock_errors.Reading] = []
        self.silent: list[datetime] = []

    def take(self, moments: Sequence[datetime], *others, error=timedelta(0), place=None, peers=None):
        """`others` are functions that make a claim of the true moment."""
        for moment in moments:
            clock = claim("EXIF:DateTimeOriginal", moment - error)
            claims = [other(moment) for other in others]
            witnesses = clock_witnesses.witnesses(claims, clock=clock, place=place, peers=peers)
            reading = clock_errors.reading(
                len(self.readings), folder=hash(moment.date()), clock=clock.local, witnesses=witnesses
            )
            if reading:
                self.readings.append(reading)
            else:
                self.silent.append(clock.local)
        return self

    def find(self):
        return clock_errors.find(self.readings, silent=self.silent)


def trips(count=3, *, start=START, pictures=4):
    """Moments of `count` days, 40 days from each other, at different times of day."""
    return [
        start + day * 40 * DAYS + picture * timedelta(hours=2, minutes=37, seconds=11)
        for day in range(count)
        for picture in range(pictures)
    ]


def day_folder(moment):
    return claim("folder:day", datetime(*moment.timetuple()[:3]), precision=Precision.DAY, weight=2)


def month_folder(moment):
    return claim("folder:month", datetime(moment.year, moment.month, 1), precision=Precision.MONTH, weight=1)


def year_folder(moment):
    return claim("folder:year", datetime(moment.year, 1, 1), precision=Precision.YEAR, weight=1)


def name(moment):
    return claim("name:android", moment)


def gps_in_new_york(moment):
    return claim("GPS:GPSDateTime", instant=moment.replace(tzinfo=NEW_YORK).astimezone(UTC))


@pytest.mark.parametrize(
    ("witness", "error"),
    [
        (day_folder, 365 * DAYS),
        (day_folder, -780 * DAYS),
        (day_folder, 12 * DAYS),
        (name, 365 * DAYS),
        (name, 4321 * DAYS + 5 * HOURS + 77 * SECONDS),
        (name, 7 * HOURS + 420 * SECONDS),
        (name, -20 * 60 * SECONDS),
    ],
)
def test_finds_a_constant_error(witness, error):
    [found] = Camera().take(trips(), witness, error=error).find()
    assert abs(found.shift_seconds - error.total_seconds()) <= 120
    assert (found.files_for, found.files_against, found.files_silent) == (12, 0, 0)


def test_the_plainest_error_is_proposed():
    [found] = Camera().take(trips(), name, error=365 * DAYS + 40 * SECONDS).find()
    assert found.shift_seconds == 365 * 86400


def test_a_clock_left_on_the_time_at_home_is_found_by_gps():
    camera = Camera().take(trips(1, pictures=6), gps_in_new_york, error=-6 * HOURS, place=NEW_YORK)
    [found] = camera.find()
    assert found.shift_seconds == -6 * 3600
    assert found.kinds == (("GPS time", 6),)


def test_names_a_zone_apart_may_be_on_utc_themselves():
    assert Camera().take(trips(), name, error=2 * HOURS).find() == []


def test_an_error_is_bounded_by_the_days_in_which_it_was_seen():
    camera = Camera().take(trips(3), day_folder)
    camera.take(trips(3, start=START + 400 * DAYS), day_folder, error=100 * DAYS)
    [found] = camera.find()
    assert found.from_local == datetime(2012, 12, 26)
    assert found.until_local == datetime(2013, 3, 16, 23, 59, 59)
    assert found.files_for == 12


def test_the_bounds_leave_out_the_next_file_that_was_right():
    moment = datetime(2012, 5, 5, 10)
    camera = Camera().take(trips(3), name, error=400 * DAYS)
    first = min(one.clock for one in camera.readings)
    camera.take([first - HOURS, first - 2 * HOURS], name).take([moment], name)
    [found] = camera.find()
    assert found.from_local == first - HOURS + SECONDS


def test_a_camera_that_was_never_right_has_no_bounds():
    [found] = Camera().take(trips(4), day_folder, error=365 * DAYS).find()
    assert (found.from_local, found.until_local) == (None, None)


def test_a_camera_of_which_most_is_unknown_has_bounds():
    camera = Camera().take(trips(4), day_folder, error=365 * DAYS).take(trips(30, start=START - 356 * DAYS))
    [found] = camera.find()
    assert found.from_local is not None
    assert found.files_silent > 0


def test_two_errors_of_one_camera_are_found_apart():
    camera = Camera().take(trips(3), name, error=100 * DAYS)
    camera.take(trips(3, start=START + 500 * DAYS), name, error=-300 * DAYS - 420 * SECONDS)
    first, second = camera.find()
    assert [first.shift_seconds, second.shift_seconds] == [100 * 86400, -300 * 86400 - 420]


def test_pictures_of_other_devices_tell_when_an_event_was():
    camera = Camera()
    for trip in (START, START + 90 * DAYS, START + 200 * DAYS):
        peers = Span(earliest=trip, latest=trip + 8 * HOURS)
        camera.take(trips(1, start=trip), error=730 * DAYS, peers=peers)
    [found] = camera.find()
    assert found.shift_seconds == 730 * 86400
    assert found.kinds == ((Kind.PEERS.value, 12),)


def test_a_few_files_against_an_error_are_counted_and_shown():
    camera = Camera().take(trips(8), day_folder, error=365 * DAYS)
    camera.take([START - 300 * DAYS], day_folder)
    [found] = camera.find()
    assert (found.files_for, found.files_against) == (32, 1)
    assert [example.is_for for example in found.examples] == [True] * 5 + [False]
    assert found.examples[-1].text == "folder:day 2011-05-06 00:00:00"


@pytest.mark.parametrize(
    "camera",
    [
        Camera(),
        Camera().take(trips(), name),
        Camera().take(trips(), day_folder),
        Camera().take(trips(1, pictures=3), name, error=365 * DAYS),
        Camera().take([START + second * SECONDS for second in range(9)], name, error=365 * DAYS),
        Camera().take(trips(1), day_folder, error=365 * DAYS),
        Camera().take(trips(), month_folder, error=365 * DAYS),
        Camera().take(trips(), year_folder, error=365 * DAYS),
        Camera().take(trips(), day_folder, error=365 * DAYS + 12 * HOURS),
    ],
    ids=[
        "of nothing",
        "of a clock that is right to the second",
        "of a clock that is right to the day",
        "of too few files",
        "of one moment only",
        "of one folder only",
        "where only the month is known",
        "where only the year is known",
        "where the hour cannot be known",
    ],
)
def test_proposes_nothing(camera):
    assert camera.find() == []


def test_proposes_nothing_where_the_errors_differ():
    camera = Camera()
    for number, moment in enumerate(trips(6)):
        camera.take([moment], day_folder, error=(50 + 31 * number) * DAYS)
    assert camera.find() == []


def test_proposes_nothing_where_right_and_wrong_pictures_mix_on_the_clock():
    camera = Camera()
    for moment in trips(6):
        camera.take([moment], day_folder).take([moment + 365 * DAYS + HOURS], day_folder, error=365 * DAYS)
    assert camera.find() == []


def test_a_trip_of_many_days_under_its_first_is_no_error():
    camera = Camera()
    for trip in (START, START + 90 * DAYS, START + 200 * DAYS):
        moments = [trip + day * DAYS + hour * HOURS for day in range(10) for hour in (0, 3, 7)]
        camera.take(moments, lambda _, trip=trip: day_folder(trip))
    assert camera.find() == []


def test_files_that_contradict_themselves_say_nothing():
    moment = START
    clock = claim("EXIF:DateTimeOriginal", moment)
    claims = [name(moment + 5 * DAYS), name(moment + 9 * DAYS)]
    witnesses = clock_witnesses.witnesses(claims, clock=clock, place=None, peers=None)
    assert clock_errors.reading(1, folder=1, clock=moment, witnesses=witnesses) is None


@given(
    error_days=st.integers(-3000, 3000),
    right=st.integers(0, 6),
    wrong=st.integers(0, 6),
    pictures=st.integers(1, 5),
)
def test_an_error_is_never_other_than_the_real_one(error_days, right, wrong, pictures):
    camera = Camera().take(trips(right, pictures=pictures), day_folder, year_folder)
    later = trips(wrong, start=START + 1000 * DAYS, pictures=pictures)
    camera.take(later, day_folder, year_folder, error=error_days * DAYS)
    assert {found.shift_seconds for found in camera.find()} <= {error_days * 86400}
