"""Names that carry a day or a month and no time."""

import re

from media_catalog.pipeline.filename_dates.rules import DOUBTFUL, GENERIC, SENT, Rule
from media_catalog.pipeline.filename_dates.shapes import (
    ANY_DAY,
    ANY_MONTH,
    CJK_DATE,
    CJK_MONTH,
    COMPACT_DATE,
    DATE,
    DAY_FIRST_DATE,
    DAY_WORD_YEAR,
    DOTTED_DATE,
    MONTH,
    MONTH_FIRST_DATE,
    MONTH_WORD,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    NO_WORD_BEFORE,
    SEPARATED_DATE,
    SURE_DAY,
    TWIN_DATE,
    WORD_DAY_YEAR,
    YEAR,
    YEAR_WORD_DAY,
)
from media_catalog.pipeline.timestamps.candidates import Precision

# glued to a word of letters (Urlaub20110815), but not inside an id (a20190512f3b4)
NO_ID_BEFORE = r"(?<![0-9a-z])(?P<word>[a-z]{3,20})?(?<![0-9]\.)"
NO_ID_AFTER = r"(?![0-9])(?![a-z]+[0-9])"
NO_WORD_AT_BOTH_ENDS = r"(?(word)(?![a-z]))"

RULES = (
    Rule(
        name="whatsapp",
        pattern=re.compile(rf"{NO_WORD_BEFORE}(?:img|vid|aud|ptt|stk|doc|gif|ptv)-{COMPACT_DATE}-wa[0-9]"),
        precision=Precision.DAY,
        weight=GENERIC,
        example="IMG-20150131-WA0007.jpg",
        counter_example="IMG-20150231-WA0007.jpg",
    ),
    Rule(
        name="blackberry",
        pattern=re.compile(rf"^(?:img|vid)-{COMPACT_DATE}-[0-9]{{4,5}}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=SENT,
        example="IMG-20110617-00012.jpg",
        counter_example="IMG-00012-20110617.jpg",
    ),
    Rule(
        name="windows_phone_day",
        pattern=re.compile(rf"^wp_{COMPACT_DATE}_[0-9]{{3}}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=SENT,
        example="WP_20130409_017.mp4",
        counter_example="WP_000061.mp4",
    ),
    Rule(
        name="scan_day",
        pattern=re.compile(rf"{NO_WORD_BEFORE}(?:scan|scn|office lens|cci)[^0-9]{{0,10}}{DATE}{NO_ID_AFTER}"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Scan_20080511 (2).jpg",
        counter_example="Scan_2009.jpg",
    ),
    Rule(
        name="iso_day",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{SEPARATED_DATE}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=GENERIC,
        example="2005-08-06_002.jpg",
        counter_example="2004-07-05 - 2004-07-11.jpg",
    ),
    Rule(
        name="compact_day",
        pattern=re.compile(rf"{NO_ID_BEFORE}{COMPACT_DATE}{NO_ID_AFTER}{NO_WORD_AT_BOTH_ENDS}"),
        precision=Precision.DAY,
        weight=GENERIC,
        example="Einschulung_20120823.jpg",
        counter_example="a20190512f3b4c5d6.jpg",
    ),
    Rule(
        name="cjk_day",
        pattern=re.compile(CJK_DATE),
        precision=Precision.DAY,
        weight=GENERIC,
        example="2015年1月31日.jpg",
        counter_example="2015年13月31日.jpg",
    ),
    Rule(
        name="short_day",  # year first leaves one order, but 2015-1-2 may be a chapter
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{YEAR}(?P<sep>[-_])(?=[0-9][-_][0-9]{{2}}|[0-9]{{2}}[-_][0-9](?![0-9])){ANY_MONTH}(?P=sep){ANY_DAY}(?![-_.]?[0-9])"
        ),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="2015-1-31 Ski.jpg",
        counter_example="2015-1-2 Ski.jpg",
    ),
    Rule(
        name="dotted_day",
        pattern=re.compile(rf"{DOTTED_DATE}(?!\.?[0-9])"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Garten 28.08.1995.jpg",
        counter_example="v2.10.1905.7.jpg",
    ),
    Rule(
        name="day_first",
        pattern=re.compile(rf"{DAY_FIRST_DATE}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Picnic 27-06-2012.jpg",
        counter_example="Picnic 07-06-2012.jpg",
    ),
    Rule(
        name="month_first",
        pattern=re.compile(rf"{MONTH_FIRST_DATE}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Picnic 06_28_2011.jpg",
        counter_example="Picnic 06_08_2011.jpg",
    ),
    Rule(
        name="twin_day",  # day and month are the same number
        pattern=re.compile(rf"{TWIN_DATE}{NO_DIGIT_AFTER}"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Picnic 06-06-2012.jpg",
        counter_example="Picnic 06-07-2012.jpg",
    ),
    Rule(
        name="worded_day",
        pattern=re.compile(DAY_WORD_YEAR),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="3. Oktober 2010 Wandern.jpg",
        counter_example="3 Musketiere 2010.jpg",
    ),
    Rule(
        name="worded_day_us",
        pattern=re.compile(WORD_DAY_YEAR),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="Jul 24, 1998.jpg",
        counter_example="Juniper 24, 1998.jpg",
    ),
    Rule(
        name="worded_day_year_first",
        pattern=re.compile(YEAR_WORD_DAY),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="2014 February 26.jpg",
        counter_example="2014 Febrile 26.jpg",
    ),
    Rule(
        name="nokia",  # Symbian wrote day, month, year; days up to 12 might be months
        pattern=re.compile(rf"^{SURE_DAY}{MONTH}(?P<y>20[01][0-9])(?:\([0-9]{{1,3}}\))?\Z"),
        precision=Precision.DAY,
        weight=DOUBTFUL,
        example="18062009(002).jpg",
        counter_example="08062009(002).jpg",
    ),
    Rule(
        name="year_month",
        pattern=re.compile(rf"^{YEAR}[-.]{MONTH}(?![0-9a-z])(?![-.][0-9])"),
        precision=Precision.MONTH,
        weight=DOUBTFUL,
        example="2011-08 Kreta 007.jpg",
        counter_example="2011-13 Kreta 007.jpg",
    ),
    Rule(
        name="cjk_month",
        pattern=re.compile(CJK_MONTH),
        precision=Precision.MONTH,
        weight=DOUBTFUL,
        example="2015年1月 旅行.jpg",
        counter_example="2015年.jpg",
    ),
    Rule(
        name="worded_month",
        pattern=re.compile(rf"(?<![^\W\d_]){MONTH_WORD}(?:[-_., ]{{0,2}}| de ){YEAR}{NO_DIGIT_AFTER}"),
        precision=Precision.MONTH,
        weight=DOUBTFUL,
        example="Oma, März 1987.jpg",
        counter_example="Oma, Märchen 1987.jpg",
    ),
)
