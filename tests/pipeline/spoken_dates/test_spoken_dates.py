from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from media_catalog.pipeline import spoken_dates
from media_catalog.pipeline.spoken_dates import NotADate, Why, rules
from media_catalog.pipeline.spoken_dates.periods import WORDS
from media_catalog.pipeline.timestamps import zones
from media_catalog.pipeline.timestamps.candidates import Precision, period_end

TODAY = date(2026, 11, 20)
thorough = settings(deadline=None)


def read(text: str, *, day_first: bool = True) -> spoken_dates.Spoken:
    return spoken_dates.read(text, today=TODAY, day_first=day_first)


def whole(text: str) -> tuple[str, str, str]:
    """The period of a text: its first day, its last day, its precision."""
    found = read(text)
    assert (found.until + timedelta(seconds=1)).time() == found.local.time() == datetime.min.time()
    return f"{found.local:%Y-%m-%d}", f"{found.until:%Y-%m-%d}", found.precision


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2019-08-15", "2019-08-15", "2019-08-15", "day"),
        ("2019/8/5", "2019-08-05", "2019-08-05", "day"),
        ("20190815", "2019-08-15", "2019-08-15", "day"),
        ("2019:08:15", "2019-08-15", "2019-08-15", "day"),
        ("15/08/2019", "2019-08-15", "2019-08-15", "day"),
        ("08/15/2019", "2019-08-15", "2019-08-15", "day"),
        ("31.12.2015", "2015-12-31", "2015-12-31", "day"),
        ("3. 4. 2019", "2019-04-03", "2019-04-03", "day"),
        ("3rd of March, 1999", "1999-03-03", "1999-03-03", "day"),
        ("March 3 1999", "1999-03-03", "1999-03-03", "day"),
        ("Wednesday, 3 March 1999", "1999-03-03", "1999-03-03", "day"),
        ("am 3. März 1999", "1999-03-03", "1999-03-03", "day"),
        ("2015年1月31日", "2015-01-31", "2015-01-31", "day"),
        ("29 February 2000", "2000-02-29", "2000-02-29", "day"),
        ("today", "2026-11-20", "2026-11-20", "day"),
        ("yesterday", "2026-11-19", "2026-11-19", "day"),
        ("Christmas Eve 1999", "1999-12-24", "1999-12-24", "day"),
        ("Easter Sunday 1985", "1985-04-07", "1985-04-07", "day"),
        ("Christmas 1999", "1999-12-24", "1999-12-26", "range"),
        ("Easter 1985", "1985-04-05", "1985-04-08", "range"),
        ("May 2003", "2003-05-01", "2003-05-31", "month"),
        ("2003-05", "2003-05-01", "2003-05-31", "month"),
        ("05/2003", "2003-05-01", "2003-05-31", "month"),
        ("summer 1978", "1978-06-01", "1978-08-31", "season"),
        ("in the summer of 1978", "1978-06-01", "1978-08-31", "season"),
        ("été 1985", "1985-06-01", "1985-08-31", "season"),
        ("winter 1978/79", "1978-12-01", "1979-02-28", "season"),
        ("1998", "1998-01-01", "1998-12-31", "year"),
        ("last year", "2025-01-01", "2025-12-31", "year"),
        ("1970s", "1970-01-01", "1979-12-31", "decade"),
        ("the 70s", "1970-01-01", "1979-12-31", "decade"),
        ("the seventies", "1970-01-01", "1979-12-31", "decade"),
        ("early 1970s", "1970-01-01", "1973-12-31", "range"),
        ("mid-1980s", "1984-01-01", "1986-12-31", "range"),
        ("late May 2003", "2003-05-21", "2003-05-31", "range"),
        ("end of 1985", "1985-09-01", "1985-12-31", "range"),
        ("about 1985", "1984-01-01", "1986-12-31", "range"),
        ("c. 1985", "1984-01-01", "1986-12-31", "range"),
        ("1985?", "1984-01-01", "1986-12-31", "range"),
        ("around May 1985", "1985-04-01", "1985-06-30", "range"),
        ("about 3 March 1999", "1999-02-28", "1999-03-06", "range"),
        ("1974 to 1976", "1974-01-01", "1976-12-31", "range"),
        ("1974-76", "1974-01-01", "1976-12-31", "range"),
        ("between 1970 and 1975", "1970-01-01", "1975-12-31", "range"),
        ("3-5 March 1999", "1999-03-03", "1999-03-05", "range"),
        ("May to July 1987", "1987-05-01", "1987-07-31", "range"),
        ("from 30 April 1987 until 2 May 1987", "1987-04-30", "1987-05-02", "range"),
    ],
)
def test_understands_what_people_write_and_no_more_exactly(text, first, last, precision):
    assert whole(text) == (first, last, precision)


@pytest.mark.parametrize(
    ("text", "local", "precision", "offset"),
    [
        ("15/08/2019 14:20", datetime(2019, 8, 15, 14, 20), "minute", None),
        ("2019:08:15 14:20:33", datetime(2019, 8, 15, 14, 20, 33), "second", None),
        ("15.08.2019, 14.20 Uhr", datetime(2019, 8, 15, 14, 20), "minute", None),
        ("2019-08-15T14:20:30Z", datetime(2019, 8, 15, 14, 20, 30), "second", 0),
        ("3 March 1999 2pm +02:00", datetime(1999, 3, 3, 14), "minute", 120),
        ("at 2:30 p.m. on 3 March 1999", datetime(1999, 3, 3, 14, 30), "minute", None),
        ("3 March 1999 12 am", datetime(1999, 3, 3), "minute", None),
        ("3 March 1999 noon", datetime(1999, 3, 3, 12), "minute", None),
        ("3 March 1999 14:20:30 UTC-3:30", datetime(1999, 3, 3, 14, 20, 30), "second", -210),
    ],
)
def test_understands_times_of_day_with_and_without_a_zone(text, local, precision, offset):
    found = read(text)
    assert (found.local, found.precision, found.offset_minutes) == (local, precision, offset)
    assert found.until == period_end(local, found.precision)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.UNREADABLE),
        ("summer", Why.UNREADABLE),
        ("Märchen 1999", Why.UNREADABLE),
        ("5", Why.UNREADABLE),
        ("1" * 101, Why.UNREADABLE),
        ("30 February 1999", Why.NO_SUCH_DAY),
        ("29/02/1900", Why.NO_SUCH_DAY),
        ("13/13/2019", Why.NO_SUCH_DAY),
        ("3 March 1999 25:00", Why.NO_SUCH_TIME),
        ("3 March 1999 14:60", Why.NO_SUCH_TIME),
        ("3 March 1999 13 pm", Why.NO_SUCH_TIME),
        ("3 March 1999 14:00 +05:37", Why.NO_SUCH_ZONE),
        ("05/06/07", Why.SHORT_YEAR),
        ("Saturday 3 March 1999", Why.WRONG_WEEKDAY),
        ("before 1950", Why.NO_END),
        ("1999 to 1998", Why.BACKWARDS),
        ("1825", Why.TOO_EARLY),
        ("2027", Why.FUTURE),
        ("22 November 2026", Why.FUTURE),
    ],
)
def test_refuses_what_is_no_date_and_says_why(text, why):
    with pytest.raises(NotADate) as refused:
        read(text)
    assert refused.value.why is why
    assert str(refused.value) == WORDS[why]
    assert spoken_dates.understand(text, today=TODAY) is None


def test_takes_the_years_of_photographs_until_tomorrow():
    assert read("1826").local.year == 1826
    assert read("21 November 2026").precision == "day"
    assert read("2026").until == datetime(2026, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    ("text", "first", "other", "doubt"),
    [
        ("03/04/2019", "3 April 2019", "4 March 2019", "day_or_month"),
        ("3-4-2019 14:20", "3 April 2019 14:20", "4 March 2019 14:20", "day_or_month"),
        ("winter 1978", "winter 1978/79", "winter 1977/78", "which_winter"),
        ("the 20s", "2020s", "1920s", "which_century"),
    ],
)
def test_says_what_could_also_be_meant(text, first, other, doubt):
    found = read(text)
    assert (found.text, found.other.text, found.doubt) == (first, other, doubt)


def test_reads_the_month_first_where_that_is_the_custom():
    found = read("03/04/2019", day_first=False)
    assert (found.text, found.other.text) == ("4 March 2019", "3 April 2019")


@pytest.mark.parametrize("text", ["13/04/2019", "04/04/2019", "3.4.2019", "2019-04-03", "the 70s"])
def test_does_not_doubt_what_can_be_read_in_one_way_only(text):
    assert read(text).doubt is None


def test_of_two_readings_takes_the_one_that_is_not_in_the_future():
    found = read("05/12/2026")
    assert (found.text, found.doubt) == ("12 May 2026", None)


@pytest.mark.parametrize(
    "rule", [rule for rule in rules.RULES if rule.example], ids=lambda rule: rule.example
)
def test_every_rule_reads_its_own_example(rule):
    text = rule.example.lower().removeprefix("the ")
    assert next(one for one in rules.RULES if one.pattern.fullmatch(text)) is rule
    assert read(rule.example)


WORDS_OF_DATES = (
    "about early late the of from to and - / . : , ? ~ 3 03 31 1978 2019 70s May summer winter Christmas "
    "14:20 2pm +02:00 Z today März Monday before"
)
words = st.sampled_from(WORDS_OF_DATES.split())
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789-/.: +apmtzÄ", max_size=40),
    st.lists(words).map(" ".join),
)


@thorough
@given(texts)
@example("the " * 24 + "1999")
@example("1-" * 49)
@example("0001-01-01 to 9999-12-31")
@example("9990s")
@example("\u0662\u0660\u0661\u0669-08-15")
def test_never_raises_and_whatever_it_understands_is_a_possible_period(text):
    for day_first in (True, False):
        found = spoken_dates.understand(text, today=TODAY, day_first=day_first)
        if found:
            assert datetime(1826, 1, 1) <= found.local <= found.until
            assert found.local.date() <= TODAY + timedelta(days=1)
            assert (found.doubt is None) == (found.other is None)
            assert read(found.text).text == found.text


moments = st.datetimes(datetime(1826, 1, 1), datetime(2026, 11, 20)).map(
    lambda one: one.replace(microsecond=0)
)
OFFSETS = st.one_of(st.none(), st.sampled_from(sorted(zones.REAL_OFFSETS)))


def start_of(moment: datetime, precision: Precision) -> datetime:
    """The start of the period of this precision that holds a moment; of a winter, its December."""
    day = datetime(moment.year, moment.month, moment.day)
    if precision is Precision.SEASON:
        return day.replace(month=[12, 3, 6, 9][moment.month // 3 % 4], day=1, year=max(1827, moment.year) - 1)
    return {
        Precision.SECOND: moment,
        Precision.MINUTE: moment.replace(second=0),
        Precision.DAY: day,
        Precision.MONTH: day.replace(day=1),
        Precision.YEAR: day.replace(month=1, day=1),
        Precision.DECADE: day.replace(year=max(1830, day.year // 10 * 10), month=1, day=1),
    }[precision]


@thorough
@given(moments, st.sampled_from([one for one in Precision if one is not Precision.RANGE]), OFFSETS)
def test_reads_back_what_it_prints_with_precision_and_zone(moment, precision, offset):
    local = start_of(moment, precision)
    is_exact = precision in (Precision.SECOND, Precision.MINUTE)
    said = spoken_dates.Spoken(
        local=local,
        until=period_end(local, precision),
        precision=precision,
        offset_minutes=offset if is_exact else None,
    )
    assert read(said.text) == said


@thorough
@given(moments, moments, st.sampled_from([Precision.SECOND, Precision.DAY, Precision.MONTH, Precision.YEAR]))
def test_reads_back_ranges_that_it_prints(one, another, ends):
    first, last = sorted([one, another])
    said = spoken_dates.Spoken(
        local=start_of(first, ends), until=period_end(start_of(last, ends), ends), precision=Precision.RANGE
    )
    assert read(said.text) == said
