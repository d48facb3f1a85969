"""Dates in folder names: what they say, what they must not be taken for."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.filename_dates.folder_rules import RULES
from media_catalog.pipeline.filename_dates.folders import candidate_from_folders, is_bare

# folders, and what they say: a period's start with as many parts as are known, or start/end of a range
WORLD = [
    ("2015/2015-07-04 Name", "2015-07-04"),
    ("2015/2015-07 Summer", "2015-07"),
    ("2015/07/04", "2015-07-04"),
    ("2015/07 Juli/04", "2015-07-04"),
    ("2015/07", "2015-07"),
    ("2015/7", "2015-07"),
    ("2017/02 Februar", "2017-02"),
    ("2017/Februar", "2017-02"),
    ("2017/2. Februar", "2017-02"),
    ("2017/2月", "2017-02"),
    ("Fotos 2017/2017-02", "2017-02"),
    ("2009/2009-10", "2009-10"),
    ("Photos from 2015", "2015"),
    ("Takeout/Google Fotos/Fotos von 2015", "2015"),
    ("Photos de 2015", "2015"),
    ("Foto del 2015", "2015"),
    ("Foto's uit 2015", "2015"),
    ("Zdjęcia z 2015", "2015"),
    ("2015 年の写真", "2015"),
    ("2015년의 사진", "2015"),
    ("Fotos/2016", "2016"),
    ("Fotos/New York 2012", "2012"),
    ("🎉 Taufe Ben 2014 ❤️", "2014"),
    ("Urlaub2015", "2015"),
    ("1970s", "1970s"),
    ("1970er Jahre", "1970s"),
    ("die 80er", "1980s"),
    ("années 80", "1980s"),
    ("anni '70", "1970s"),
    ("Summer 1987", "1987-06 season"),
    ("Sommer '87", "1987-06 season"),
    ("1987 Herbst", "1987-09 season"),
    ("1987/Frühling", "1987-03 season"),
    ("Winter 1987-88", "1987-12 season"),
    ("Winter 1987", "1987-01-01/1988-02-29"),
    ("20150704 Hochzeit", "2015-07-04"),
    ("04.07.2015 Hochzeit", "2015-07-04"),
    ("4. Juli 2015", "2015-07-04"),
    ("July 4, 2015", "2015-07-04"),
    ("2015/4. Juli", "2015-07-04"),
    ("2015/07-24 Hochzeit", "2015-07-24"),
    ("Juli 2015", "2015-07"),
    ("07-2015 Kreta", "2015-07"),
    ("DCIM/202107__", "2021-07"),
    ("2015-07-04 - 2015-07-18 Kreta", "2015-07-04/2015-07-18"),
    ("12.-14.5.2012 Kurztrip", "2012-05-12/2012-05-14"),
    ("30.4. bis 2.5.2012", "2012-04-30/2012-05-02"),
    ("2004-2006 Berlin", "2004-01-01/2006-12-31"),
    ("2009-10 Handball", "2009-01-01/2010-12-31"),
    ("2015-07-04 Hochzeit/Best of 2015", "2015-07-04"),
    ("2015/2015-07-04 Hochzeit/Fotos von Anna", "2015-07-04"),
    ("2013/2015-07-04 Hochzeit", "2015-07-04"),
    ("Sicherung 2021/2015", "2015"),
    ("2015/Backup", "2015"),
    ("04-07-2015", "2015"),  # either order of day and month: the year is sure
    ("2015/07 Kreta", "2015"),  # July, or the seventh event
    ("2015/Jan und Anna", "2015"),  # a friend
    ("2015/2. Julia", "2015"),
    ("Kreta 2015/02", "2015"),  # the second part
    ("1890", "1890"),
]
NOTHING = [
    "",
    "DCIM/100APPLE",
    "Neuer Ordner (2)",
    "Backup 2021",
    "Sicherung 2021-03-04",
    "Backups/2021-03-04",
    "iPhone Import 2019-05-05",
    "Scans 2010",
    "takeout-20240101T120000Z-001",
    "2000 km",
    "1920x1080",
    "Abitur 1987 Treffen 2012",
    "DSCN2015",
    "Nikon D2000",
    "Canon EOS 2000D",
    "Tel 030-20120512",
    "70er Feier",
    "2006-2004",
    "3012",
]


def shown(claim):
    if claim.precision == "range":
        return f"{claim.local:%Y-%m-%d}/{claim.until:%Y-%m-%d}"
    if claim.precision == "season":
        return f"{claim.local:%Y-%m} season"
    form = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y", "decade": "%Ys"}[claim.precision]
    return claim.local.strftime(form)


@pytest.mark.parametrize(("folders", "says"), WORLD)
def test_reads_how_the_world_names_its_folders(folders, says):
    claim = candidate_from_folders(f"{folders}/IMG_0001.JPG")

    assert claim is not None
    assert shown(claim) == says
    assert (claim.source, claim.instant) == (f"folder:{claim.precision}", None)


@pytest.mark.parametrize("folders", NOTHING)
def test_sees_no_date_where_there_is_none(folders):
    assert candidate_from_folders(f"{folders}/IMG_0001.JPG") is None


def test_does_not_look_at_the_name_of_the_file():
    assert candidate_from_folders("2015-07-04.jpg") is None
    assert candidate_from_folders("Fotos/2015-07-04.jpg") is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_reads_its_example_and_not_its_counter_example(rule):
    read, misread = (candidate_from_folders(f"{text}/x") for text in (rule.example, rule.counter_example))

    assert read is not None
    assert misread is None or (misread.precision, misread.local) != (read.precision, read.local)


def test_a_day_weighs_more_than_a_period():
    weights = {
        says: candidate_from_folders(f"{says}/x").weight
        for says in ("2015-07-04", "2015-07", "2015", "1970s")
    }

    assert weights == {"2015-07-04": 2, "2015-07": 1, "2015": 1, "1970s": 1}
    assert candidate_from_folders("12.-14.5.2012/x").weight == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("2015-07", True), ("02 Februar", True), ("2015-07-04 Hochzeit", False), ("Summer 1987", True)],
)
def test_tells_a_mere_date_from_a_name(name, expected):
    assert is_bare(name) is expected


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.from_regex(r"[0-9]{1,4}([-./ _][0-9]{1,4}){0,3}( \w{1,8})?", fullmatch=True),
        ),
        max_size=4,
    )
)
def test_no_path_raises_and_every_year_stands_in_it(folders):
    claim = candidate_from_folders("/".join([*folders, "x.jpg"]))

    if claim:
        digits = "".join(re.findall(r"\d", "/".join(folders)))
        decimal = "".join(str(int(digit)) for digit in digits)
        assert f"{claim.local.year % 100:02}"[: 1 if claim.precision == "decade" else 2] in decimal
        assert claim.local == datetime(claim.local.year, claim.local.month, claim.local.day)
