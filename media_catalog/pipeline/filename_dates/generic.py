"""Dates with a time in names of no known program."""

import re

from media_catalog.pipeline.filename_dates.rules import CAMERA, DOUBTFUL, GENERIC, Rule
from media_catalog.pipeline.filename_dates.shapes import (
    CJK_DATE,
    COMPACT_DATE,
    DATE,
    DAY_FIRST_DATE,
    DAY_WORD_YEAR,
    DOTTED_DATE,
    HALF,
    HALF_FIRST,
    HOUR,
    JOIN,
    MINUTE,
    MONTH_FIRST_DATE,
    NO_DIGIT_BEFORE,
    SECOND,
    SHORT_DATE,
    STAMP,
    TIME,
    TWIN_DATE,
    WIDE_TIME,
    WORD_DAY_YEAR,
)
from media_catalog.pipeline.timestamps.candidates import Precision

RULES = (
    Rule(
        name="date_and_time",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE}{JOIN}{HALF_FIRST}{TIME}{HALF}"),
        weight=GENERIC,
        example="Garden 2012-05-31 08-48-29.mkv",
        counter_example="Garden 2012-05-31 08-68-29.mkv",
    ),
    Rule(
        name="stamp",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{STAMP}"),
        weight=GENERIC,
        example="20060528164019.jpg",
        counter_example="20190512345678.jpg",
    ),
    Rule(  # four more digits are a part of it in this one form; else they make an id of it
        name="stamp_1000",
        pattern=re.compile(rf"^{COMPACT_DATE}{HOUR}{MINUTE}{SECOND}1000\Z"),
        weight=DOUBTFUL,
        example="201801261147521000.jpg",
        counter_example="201801261147521234.jpg",
    ),
    Rule(
        name="cjk_time",
        pattern=re.compile(
            rf"{CJK_DATE}[^0-9]{{0,8}}?{HALF_FIRST}(?P<h>[01]?[0-9]|2[0-3])"
            rf"[時时시点:] ?{MINUTE}[分분:] ?{SECOND}"
        ),
        weight=GENERIC,
        example="2015年1月31日 14時20分30秒.jpg",
        counter_example="2015年1月31日.jpg",
    ),
    Rule(
        name="dotted_time",
        pattern=re.compile(rf"{DOTTED_DATE}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="22.06.2001_03.40.39.jpg",
        counter_example="22.06.2001_03.jpg",
    ),
    Rule(
        name="day_first_time",
        pattern=re.compile(rf"{DAY_FIRST_DATE}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="22-06-2001_03-40-39.jpg",
        counter_example="04-05-2000_03-40-39.jpg",
    ),
    Rule(
        name="month_first_time",
        pattern=re.compile(rf"{MONTH_FIRST_DATE}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="02-23-2001_204451.jpg",
        counter_example="02-11-2001_204451.jpg",
    ),
    Rule(
        name="twin_time",  # day and month are the same number
        pattern=re.compile(rf"{TWIN_DATE}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="05-05-2012 10-11-12.jpg",
        counter_example="05-06-2012 10-11-12.jpg",
    ),
    Rule(
        name="worded_time",
        pattern=re.compile(rf"{DAY_WORD_YEAR}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="Photo 12 May 2019, 10 11 12.jpg",
        counter_example="Photo 12 Mango 2019, 10 11 12.jpg",
    ),
    Rule(
        name="worded_time_us",
        pattern=re.compile(rf"{WORD_DAY_YEAR}{JOIN}{WIDE_TIME}"),
        weight=GENERIC,
        example="Photo May 12, 2019, 10 11 12 AM.jpg",
        counter_example="Photo May 32, 2019, 10 11 12 AM.jpg",
    ),
    Rule(
        name="short_time",
        pattern=re.compile(rf"{SHORT_DATE}(?:{JOIN}| kello ){HALF_FIRST}{WIDE_TIME}"),
        weight=GENERIC,
        example="Näyttökuva 2019-1-17 kello 10.16.04.png",
        counter_example="2019-1-17.png",
    ),
    Rule(  # 2021_05_12 10_11 CEST: the letters are no zone that is the same everywhere
        name="google_meet",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE} {HOUR}[_:]{MINUTE} [a-z]{{2,5}} - "),
        precision=Precision.MINUTE,
        weight=CAMERA,
        example="Family call - 2021_05_12 10_11 CEST - Recording.mp4",
        counter_example="Family call - 2021_05_12 10_11.mp4",
    ),
    Rule(
        name="iso_minute",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{DATE}t{HOUR}[-_:.h]?{MINUTE}(?![-_:.]?[0-9])"),
        precision=Precision.MINUTE,
        weight=GENERIC,
        example="20150630T2003.jpg",
        counter_example="20150630_2003.jpg",
    ),
    Rule(  # four digits alone are a counter; 07-11 after a blank may be a day
        name="minute",
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{DATE}{JOIN}{HALF_FIRST}(?P<h>[01]?[0-9]|2[0-3])(?:[.:h]|(?<=_[0-9]{{2}})-){MINUTE}"
            rf"(?![-_:.]?[0-9]){HALF}"
        ),
        precision=Precision.MINUTE,
        weight=GENERIC,
        example="Photo on 2013-05-04 at 14.30.jpg",
        counter_example="2013-05-04 14-30.jpg",
    ),
    Rule(
        name="dotted_minute",
        pattern=re.compile(rf"{DOTTED_DATE}{JOIN}{HOUR}[.:h]{MINUTE}(?![-_:.]?[0-9]){HALF}"),
        precision=Precision.MINUTE,
        weight=GENERIC,
        example="Foto am 27.05.2019 um 10.11.jpg",
        counter_example="Foto am 27.05.2019 um 10.jpg",
    ),
)
