from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import counters
from media_catalog.pipeline.timestamps.candidates import Precision
from media_catalog.pipeline.timestamps.siblings import Sibling
from tests.pipeline.timestamps.neighbourhood import (
    CANON,
    IPHONE,
    bounds,
    edit_date,
    file,
    minutes,
    named_day,
)

NOON = datetime(2019, 5, 4, 12)
ZONE = timedelta(hours=2)


def said(*files):
    """What the counter says, by name: start, end and weight."""
    names = {one.id: one.name for one in files}
    return {
        names[file_id]: (*(str(end)[:19] for end in bounds(claim)), claim.weight)
        for file_id, claim in counters.intervals(files)
    }


def doubted(*files):
    names = {one.id: one.name for one in files}
    return [names[file_id] for file_id, _ in counters.outliers(files)]


def test_a_picture_lies_between_those_counted_before_and_after_it():
    assert said(
        file("IMG_0411.JPG", "2019-05-04 12:00:00", camera=CANON),
        file("IMG_0412.JPG", camera=CANON),
        file("IMG_0413.JPG", "2019-05-04 15:30:00", camera=CANON),
    ) == {"IMG_0412.JPG": ("2019-05-04 12:00:00", "2019-05-04 15:30:00", 3)}


def test_says_in_words_where_the_bounds_are_from():
    files = [file("DSC_0001.JPG", NOON), file("DSC_0002.JPG"), file("DSC_0003.JPG", NOON + minutes(60))]
    [(file_id, claim)] = counters.intervals(files)
    assert file_id == files[1].id
    assert (claim.source, claim.precision) == ("neighbour:counter", Precision.RANGE)
    assert claim.raw == "counted between DSC_0001.JPG and DSC_0003.JPG"
    assert claim.offset_minutes is None


@pytest.mark.parametrize(
    ("names", "undated"),
    [
        (("DSCN1263.JPG", "DSCN1274.JPG", "DSCN1310.JPG"), "DSCN1274.JPG"),
        (("P1002322.JPG", "P1002323.JPG", "P1002330.JPG"), "P1002323.JPG"),
        (("IMG_0830.JPG", "MVI_0831.AVI", "IMG_0832.JPG"), "MVI_0831.AVI"),  # Canon's videos
        (("scan0001.jpg", "scan0002.jpg", "scan0003.jpg"), "scan0002.jpg"),
        (("img_0001.jpg", "IMG_0002.JPG", "IMG_0003.jpeg"), "IMG_0002.JPG"),
    ],
)
def test_knows_the_counters_of_cameras(names, undated):
    times = {names[0]: "2019-05-04 12:00:00", names[2]: "2019-05-04 13:00:00"}
    assert list(said(*(file(name, times.get(name)) for name in names))) == [undated]


@pytest.mark.parametrize(
    "files",
    [
        [file("IMG_0411.JPG", "2019-05-04"), file("IMG_0412.JPG")],  # bounded on one side
        [  # around
            file("IMG_0411.JPG", "2021-05-04"),
            file("IMG_0412.JPG"),
            file("IMG_0413.JPG", "2019-05-04"),
        ],
        [  # two cameras that count alike
            file("IMG_0411.JPG", "2019-05-04 12:00:00", camera=CANON),
            file("IMG_0412.JPG"),
            file("IMG_0413.JPG", "2019-05-04 13:00:00", camera=IPHONE),
        ],
        [  # the camera of none of them
            file("IMG_0411.JPG", "2019-05-04 12:00:00", camera=IPHONE),
            file("IMG_0412.JPG", camera=CANON),
            file("IMG_0413.JPG", "2019-05-04 13:00:00", camera=IPHONE),
        ],
        [  # years apart
            file("IMG_0411.JPG", "2017-05-04"),
            file("IMG_0412.JPG"),
            file("IMG_0413.JPG", "2019-05-04"),
        ],
        [  # thousands of numbers apart
            file("IMG_0411.JPG", "2019-05-04"),
            file("IMG_0412.JPG"),
            file("IMG_5413.JPG", "2019-05-05"),
        ],
        [file("IMG_1.JPG", "2019-05-04"), file("IMG_2.JPG"), file("IMG_3.JPG", "2019-05-05")],
        [  # a shuffled folder
            file("IMG_0409.JPG", "2019-05-04 18:00:00"),
            file("IMG_0410.JPG", "2019-05-04 11:00:00"),
            file("IMG_0411.JPG", "2019-05-04 12:00:00"),
            file("IMG_0412.JPG"),
            file("IMG_0413.JPG", "2019-05-04 13:00:00"),
            file("IMG_0414.JPG", "2019-05-04 09:00:00"),
        ],
        [  # older than what was counted before it
            file("IMG_0411.JPG", "2019-05-04 12:00:00"),
            file("IMG_0412.JPG", file_time=datetime(2015, 1, 1)),
            file("IMG_0413.JPG", "2019-05-04 13:00:00"),
        ],
        [  # its number is another one's
            file("IMG_0411.JPG", "2019-05-04 12:00:00"),
            file("IMG_0412.JPG"),
            file("IMG_0412.MOV", "2019-05-04 12:30:00"),
            file("IMG_0413.JPG", "2019-05-04 13:00:00"),
        ],
    ],
)
def test_says_nothing_where_the_counter_does_not_tell(files):
    assert said(*files) == {}


def test_follows_the_counter_around_its_end():
    files = [
        file("DSC_0001.JPG", "2019-05-04 12:20:00"),
        file("DSC_0002.JPG", "2019-05-04 12:30:00"),
        file("DSC_9998.JPG", "2019-05-04 12:00:00"),
        file("DSC_9999.JPG"),
    ]
    # In the order of numbers the last is first, so the folder as a whole has to be long enough.
    files += [file(f"DSC_{n:04}.JPG", NOON + minutes(n * 10)) for n in range(4, 10)]
    assert said(*files) == {"DSC_9999.JPG": ("2019-05-04 12:00:00", "2019-05-04 12:20:00", 3)}


def test_is_less_sure_where_few_pictures_far_apart_are_in_order():
    around = [file("IMG_0400.JPG", NOON), file("IMG_0440.JPG", NOON + minutes(60))]
    assert said(*around, file("IMG_0412.JPG"))["IMG_0412.JPG"][2] == 2
    around += [file("IMG_0390.JPG", NOON - minutes(9)), file("IMG_0450.JPG", NOON + minutes(90))]
    assert said(*around, file("IMG_0412.JPG"))["IMG_0412.JPG"][2] == 3


def test_is_vague_beyond_a_day():
    files = [file("IMG_0411.JPG", "2019-05-04"), file("IMG_0412.JPG"), file("IMG_0413.JPG", "2019-06-04")]
    assert said(*files) == {"IMG_0412.JPG": ("2019-05-04 00:00:00", "2019-06-04 00:00:00", 1)}


def test_is_to_the_second_within_one_burst():
    later = NOON + timedelta(seconds=1)
    files = [file("IMG_0411.JPG", NOON), file("IMG_0412.JPG"), file("IMG_0413.JPG", later)]
    [(_, claim)] = counters.intervals(files)
    assert (claim.precision, claim.local, claim.until) == (Precision.SECOND, NOON, None)


def test_leaves_alone_what_has_a_narrower_date_and_weighs_a_contradiction():
    around = [file("IMG_0411.JPG", "2019-05-04 12:00:00"), file("IMG_0419.JPG", "2019-05-06 12:00:00")]
    assert said(*around, file("IMG_0412.JPG", named_day("2019-05-05", "folder:day", 2))) == {}
    around[1] = file("IMG_0419.JPG", "2019-05-04 13:00:00")
    assert (
        said(*around, file("IMG_0412.JPG", named_day("2010-05-05", "folder:day", 2)))["IMG_0412.JPG"][2] == 1
    )
    assert said(*around, file("IMG_0413.JPG", edit_date("2021-01-01")))["IMG_0413.JPG"][2] == 3


def test_reads_the_files_own_time_where_that_of_the_others_is_true():
    files = [
        file("IMG_0411.JPG", "2019-05-04 12:00:00", file_time=NOON - ZONE),
        file("IMG_0412.JPG", file_time=NOON - ZONE + minutes(7)),
        file("IMG_0413.JPG"),
        file("IMG_0414.JPG", "2019-05-04 12:30:00", file_time=NOON - ZONE + minutes(30)),
    ]
    assert said(*files) == {
        "IMG_0412.JPG": ("2019-05-04 12:07:00", "2019-05-04 12:07:00", 3),
        "IMG_0413.JPG": ("2019-05-04 12:07:00", "2019-05-04 12:30:00", 3),
    }


@pytest.mark.parametrize(
    "times",
    [
        [datetime(2023, 3, 11, 18, n) for n in (2, 3, 4)],  # copied in this order
        [datetime(2023, 3, 11, 18)] * 3,
        [NOON - ZONE, NOON + timedelta(days=3), NOON - ZONE + minutes(30)],  # edited since
        [NOON - ZONE, None, NOON - ZONE + minutes(30)],
        [None, NOON - ZONE + minutes(7), None],
    ],
)
def test_does_not_read_times_of_copying(times):
    own = ["2019-05-04 12:00:00", None, "2019-05-04 12:30:00"]
    files = [file(f"IMG_041{n}.JPG", own[n], file_time=times[n]) for n in range(3)]
    assert said(*files) == {"IMG_0411.JPG": ("2019-05-04 12:00:00", "2019-05-04 12:30:00", 3)}


def test_keeps_the_order_of_the_counter():
    files = [file(f"IMG_{n:04}.JPG", camera=CANON) for n in range(1, 50)]
    files += [file("IMG_0000.JPG", NOON, camera=CANON), file("IMG_0050.JPG", NOON + minutes(9), camera=CANON)]
    starts = {file_id: claim.local for file_id, claim in counters.intervals(files)}
    in_order = [starts[one.id] for one in files[:-2]]
    assert len(in_order) == 49
    assert in_order == sorted(set(in_order))


def test_doubts_a_picture_far_from_those_around_it_in_the_counter():
    files = [file(f"IMG_04{n}.JPG", NOON + minutes(n), camera=CANON) for n in range(10, 16)]
    files[3] = file("IMG_0413.JPG", "2015-01-01 03:00:00", camera=CANON)
    assert doubted(*files) == ["IMG_0413.JPG"]
    [(_, claim)] = counters.outliers(files)
    assert (claim.source, bounds(claim)) == ("neighbour:outlier", (NOON + minutes(10), NOON + minutes(15)))


@pytest.mark.parametrize(
    "odd",
    [
        file("IMG_0413.JPG", "2019-05-20 03:00:00", camera=CANON),  # not far enough
        file("IMG_0413.JPG", "2015-01-01 03:00:00", camera=IPHONE),  # another camera
        file("IMG_0413.JPG", "2015-01-01 03:00:00"),
        file("IMG_0499.JPG", "2015-01-01 03:00:00", camera=CANON),  # at the end
    ],
)
def test_does_not_doubt_what_another_camera_or_another_day_explains(odd):
    files = [file(f"IMG_04{n}.JPG", NOON + minutes(n), camera=CANON) for n in (10, 11, 12, 14, 15)]
    assert doubted(*files, odd) == []


@st.composite
def cameras_rolls(draw):
    """A folder of one camera, whose counter may wrap, some files of which lost their dates."""
    number = draw(st.integers(0, 9_999))
    time = datetime(2005, 1, 1) + timedelta(seconds=draw(st.integers(0, 10**8)))
    files: list[Sibling] = []
    truth: dict[int, tuple[int, datetime]] = {}
    for _ in range(draw(st.integers(3, 30))):
        number = (number + draw(st.integers(1, 3))) % 10_000
        time += timedelta(seconds=draw(st.integers(0, 20_000)))
        is_dated = draw(st.booleans())
        kept = draw(st.sampled_from((None, time - ZONE, datetime(2023, 1, 1, 12))))
        one = file(f"IMG_{number:04}.JPG", time if is_dated else None, camera=CANON, file_time=kept)
        files.append(one)
        truth[one.id] = (len(truth), time)
    return files, truth


@given(cameras_rolls())
def test_bounds_hold_the_truth_and_keep_its_order(roll):
    files, truth = roll
    claims = dict(counters.intervals(files))
    for file_id, claim in claims.items():
        start, end = bounds(claim)
        assert start - timedelta(seconds=3) <= truth[file_id][1] <= end + timedelta(seconds=3)
    by_counter = sorted(claims, key=lambda file_id: truth[file_id][0])
    assert by_counter == sorted(claims, key=lambda file_id: claims[file_id].local)


@given(cameras_rolls(), st.randoms())
def test_the_order_of_the_files_does_not_matter(roll, dice):
    files, _ = roll
    shuffled = dice.sample(files, len(files))
    assert dict(counters.intervals(files)) == dict(counters.intervals(shuffled))
