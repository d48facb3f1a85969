"""The pieces that patterns of names are made of. They see lower-case text without extension."""

YEAR = r"(?P<y>18[2-9][0-9]|19[0-9]{2}|20[0-9]{2}|2100)"
MONTH = r"(?P<mo>0[1-9]|1[0-2])"
DAY = r"(?P<d>0[1-9]|[12][0-9]|3[01])"
HOUR = r"(?P<h>[01][0-9]|2[0-3])"
MINUTE = r"(?P<mi>[0-5][0-9])"
SECOND = r"(?P<s>[0-5][0-9])"
NO_DIGIT_BEFORE = r"(?=[0-9])(?<![0-9])"  # before a digit; the cheaper test stands first
NO_DIGIT_AFTER = r"(?![0-9])"
NO_WORD_BEFORE = r"(?<![a-z0-9])"

# 20150131, 2015-01-31, 2015_01_31 …: the same separator twice
DATE = rf"{YEAR}(?P<sep>[-_.: ]?){MONTH}(?P=sep){DAY}"
SEPARATED_DATE = rf"{YEAR}(?P<sep>[-_.: ]){MONTH}(?P=sep){DAY}"
COMPACT_DATE = rf"{YEAR}{MONTH}{DAY}"
# 142030, 14.20.30, 14-20-30, 14h20m30s, 2.20.30; milliseconds follow at once, _001 is a counter
CLOCK = rf"(?P<h>[01][0-9]|2[0-3]|[0-9](?=[.:h]))(?P<ts>[-_.:; h]?){MINUTE}(?:(?P=ts)|m){SECOND}"
TIME = rf"{CLOCK}(?P<ms>[0-9]{{3}})?{NO_DIGIT_AFTER}"
# of programs that are known to write milliseconds apart
TIME_AND_MS = rf"{CLOCK}(?:[-_.,]?(?P<ms>[0-9]{{3}}))?{NO_DIGIT_AFTER}"
COMPACT_TIME = rf"{HOUR}{MINUTE}{SECOND}(?P<ms>[0-9]{{3}})?{NO_DIGIT_AFTER}"
STAMP = rf"{COMPACT_DATE}[-_ t]?{COMPACT_TIME}"
EPOCH_MS = rf"(?P<epoch_ms>1[0-9]{{12}}){NO_DIGIT_AFTER}"

# half of the day, before the time (上午2.13.01) or after it (2.13.01 PM, 2.13.01 p. m., 2.13.01 μ.μ.)
HALF_FIRST = (
    r"(?:(?P<half_first>上午|凌晨|清晨|早上|午前|오전|öö|(?<![a-z])am|"
    r"下午|中午|傍晚|晚上|午後|오후|ös|(?<![a-z])pm)[ .]?)?"
)
HALF = r"(?:[ _]?(?P<half>[ap]\.? ?m(?![a-z])|[πμ]\.? ?μ(?!\w)|[صم](?!\w)))?"
FORENOON = frozenset({"上午", "凌晨", "清晨", "早上", "午前", "오전", "öö", "am", "πμ", "ص"})

# between date and time: punctuation, ISO's T, or a short word ("at", "um", "kl.", "à")
JOIN = r"(?:[-_., @()]{1,3}|t|[-_ ,]{1,3}(?:at|um|om|kl|on|à|a|alle|ore|o|la|às|v|u|в|о|klo)[-_. ]{1,2})"  # noqa: RUF001 (Cyrillic words)
# with any few words between, as screenshots and messengers write it in every language
SPOKEN = rf"{NO_DIGIT_BEFORE}{DATE}[^0-9]{{0,20}}?{HALF_FIRST}{TIME_AND_MS}{HALF}"

OFFSET_DIGITS = r"[01][0-9][:_.]?[0-5][0-9](?![0-9])"
PLUS_OFFSET = rf"(?P<offset>\+{OFFSET_DIGITS})"

EPOCH_S = r"(?P<epoch_s>1[0-9]{9})(?![0-9])"
# 27.01.2015 is day first wherever dates have dots; with other signs only where the day can be no month
ANY_MONTH = r"(?P<mo>0?[1-9]|1[0-2])"
ANY_DAY = r"(?P<d>0?[1-9]|[12][0-9]|3[01])"
SURE_DAY = r"(?P<d>1[3-9]|2[0-9]|3[01])"
# 12.-14.5.2012 begins on another day
NO_RANGE_BEFORE = rf"{NO_DIGIT_BEFORE}(?<!(?<![0-9])[0-9][-.])(?<!(?<![0-9])[0-9]{{2}}[-.])(?<!\.-)"
DOTTED_DATE = rf"(?<![a-z]){NO_RANGE_BEFORE}{ANY_DAY}\.{ANY_MONTH}\.{YEAR}"
DAY_FIRST_DATE = rf"{NO_RANGE_BEFORE}{SURE_DAY}(?P<sep>[-_ ]){ANY_MONTH}(?P=sep){YEAR}"
MONTH_FIRST_DATE = rf"{NO_RANGE_BEFORE}{ANY_MONTH}(?P<sep>[-_ ]){SURE_DAY}(?P=sep){YEAR}"
TWIN_DATE = rf"{NO_RANGE_BEFORE}{DAY}(?P<sep>[-_ ])(?P<mo>(?P=d))(?P=sep){YEAR}"
CJK_MONTH = rf"{NO_DIGIT_BEFORE}{YEAR}[年년] ?{ANY_MONTH}[月월]"
CJK_DATE = rf"{CJK_MONTH} ?{ANY_DAY}[日일]"
# 5 March 2016, 3. Oktober 2010, 15 de agosto de 2012, 05-Jul-2013; Jun 25, 1999; 2013 January 27
MONTH_WORD = r"(?P<mon>[^\W\d_]{3,12})"
GAP = r"[-_., ]{0,2}"
DAY_WORD_YEAR = (
    rf"{NO_DIGIT_BEFORE}{ANY_DAY}(?:st|nd|rd|th|er|º)?{GAP}(?:de |of )?{MONTH_WORD}{GAP}(?:de |del )?{YEAR}"
    rf"{NO_DIGIT_AFTER}"
)
WORD_DAY_YEAR = (
    rf"(?<![^\W\d_]){MONTH_WORD}{GAP}{ANY_DAY}(?:st|nd|rd|th)?[-_., ]{{1,2}}{YEAR}{NO_DIGIT_AFTER}"
)
YEAR_WORD_DAY = rf"{NO_DIGIT_BEFORE}{YEAR}{GAP}{MONTH_WORD}{GAP}{ANY_DAY}{NO_DIGIT_AFTER}"
# year first leaves one order; alone it may be a chapter, so that a clock has to follow
SHORT_DATE = rf"{NO_DIGIT_BEFORE}{YEAR}(?P<sep>[-_]){ANY_MONTH}(?P=sep){ANY_DAY}"
# the clock beside such dates: also 9_11_12 and 10 11 12
WIDE_TIME = rf"(?P<h>[01]?[0-9]|2[0-3])(?P<ts>[-_.:; h]?){MINUTE}(?:(?P=ts)|m){SECOND}{NO_DIGIT_AFTER}{HALF}"
