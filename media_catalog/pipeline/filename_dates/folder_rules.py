"""Dates in folder names: a table of the ways in which people and programs name folders after a time."""

import re
from dataclasses import dataclass

from media_catalog.pipeline.filename_dates import days
from media_catalog.pipeline.filename_dates.seasons import SEASONS
from media_catalog.pipeline.filename_dates.shapes import (
    ANY_DAY,
    ANY_MONTH,
    CJK_MONTH,
    DAY,
    MONTH,
    MONTH_WORD,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    YEAR,
)
from media_catalog.pipeline.timestamps.candidates import Precision

NO_LETTER_BEFORE = r"(?<![^\W\d_])"
NO_LETTER_AFTER = r"(?![^\W\d_])"
SEASON = rf"(?P<season>{'|'.join(SEASONS)}){NO_LETTER_AFTER}"
SHORT_YEAR = rf"(?:{YEAR}|'(?P<yy>[0-9]{{2}}))(?![0-9])"
UNTIL = r" ?(?:-|_|bis|to|till|until|a|au|al|t/m|do|и|по) ?"
IN_YEAR = rf"(?:^|/){YEAR}(?:年|년| ?г\.?)?/"  # noqa: RUF001  a parent that is a year and nothing else (Russian)
OF_YEAR = rf"(?:^|/)(?:[^/]*[^0-9a-z/])?{YEAR}(?![0-9a-z])[^/]*/"  # or one with a year in its name
NUMBERED = r"(?:(?P<number>0?[1-9]|1[0-2])[-_. ]{1,3})"
# "Urlaub2015" is a year, "DSCN2015" is a counter
WORD_BEFORE = r"(?:(?<![0-9a-z])|(?<=[^\W\d_]{4})(?<!dscn)(?<!dscf)(?<!imgp)(?<!pict)(?<!cimg))"
NO_UNIT = r"(?! ?(?:[x×*] ?[0-9]|(?:euro?|km|m|px|dpi|mb|gb|kg|mah|watt)(?![^\W\d_])|[€$]))"  # noqa: RUF001 (times)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """One way to name a folder. The pattern sees its plain name or, if `is_tree`, the path that ends with it.

    The groups are y (or yy with an apostrophe) mo (or mon, a month's name) d, and y2 yy2 mo2 d2 for the end
    of a range; number stands before the name of the month with this number; season; decade.
    """

    name: str
    pattern: re.Pattern[str]
    precision: Precision
    example: str
    counter_example: str
    is_tree: bool = False


def _of_file_names(*wanted: str) -> tuple[FolderRule, ...]:
    """Take over rows of the table for file names, whose patterns say the same of a folder."""
    return tuple(
        FolderRule(
            name=rule.name,
            pattern=rule.pattern,
            precision=rule.precision,
            example=rule.example.rpartition(".")[0],
            counter_example=rule.counter_example.rpartition(".")[0],
        )
        for rule in days.RULES
        if rule.name in wanted
    )


RULES = (
    FolderRule(
        name="days_until",
        pattern=re.compile(
            rf"(?<![0-9.]){ANY_DAY}\.(?:{ANY_MONTH}\.)?{UNTIL}(?P<d2>[0-3]?[0-9])\.(?P<mo2>[01]?[0-9])\."
            rf" ?{YEAR}{NO_DIGIT_AFTER}"
        ),
        precision=Precision.RANGE,
        example="12.-14.5.2012 Kurztrip",
        counter_example="12.-14.5. Kurztrip",
    ),
    *_of_file_names(
        "iso_day",
        "compact_day",
        "cjk_day",
        "short_day",
        "dotted_day",
        "day_first",
        "month_first",
        "twin_day",
        "worded_day",
        "worded_day_us",
        "worded_day_year_first",
    ),
    FolderRule(
        name="tree_day",
        pattern=re.compile(rf"{IN_YEAR}{MONTH}[^0-9/]*/{DAY}(?![0-9])[^/]*\Z"),
        precision=Precision.DAY,
        example="2015/07/04",
        counter_example="2015/13/04",
        is_tree=True,
    ),
    FolderRule(
        name="tree_day_of_month",
        pattern=re.compile(rf"(?:^|/){YEAR}[-_.]?{MONTH}/{DAY}(?![0-9])[^/]*\Z"),
        precision=Precision.DAY,
        example="2015-07/04 Hochzeit",
        counter_example="2015-07/Hochzeit",
        is_tree=True,
    ),
    FolderRule(  # 07-24 can be read in one order only
        name="tree_month_day",
        pattern=re.compile(rf"{IN_YEAR}{MONTH}[-_.](?P<d>1[3-9]|2[0-9]|3[01])(?![-_.]?[0-9])[^/]*\Z"),
        precision=Precision.DAY,
        example="2015/07-24 Hochzeit",
        counter_example="2015/07-04 Hochzeit",
        is_tree=True,
    ),
    FolderRule(
        name="tree_dotted_day",
        pattern=re.compile(rf"{IN_YEAR}{ANY_DAY}\.{ANY_MONTH}\.(?![0-9])[^/]*\Z"),
        precision=Precision.DAY,
        example="2015/4.7. Hochzeit",
        counter_example="2015/4.7 GB",
        is_tree=True,
    ),
    FolderRule(  # before days: "2. Februar" is rather the second month
        name="tree_numbered_month",
        pattern=re.compile(rf"{OF_YEAR}{NUMBERED}{MONTH_WORD}{NO_LETTER_AFTER}[^/]*\Z"),
        precision=Precision.MONTH,
        example="2017/02 Februar",
        counter_example="2017/02 Felder",
        is_tree=True,
    ),
    FolderRule(
        name="tree_worded_day",
        pattern=re.compile(rf"{OF_YEAR}{ANY_DAY}\.? {MONTH_WORD}{NO_LETTER_AFTER}[^/]*\Z"),
        precision=Precision.DAY,
        example="2015/4. Juli Hochzeit",
        counter_example="2015/4. Julia",
        is_tree=True,
    ),
    FolderRule(
        name="tree_worded_month",
        pattern=re.compile(rf"{OF_YEAR}{MONTH_WORD}[-_. ]*\Z"),
        precision=Precision.MONTH,
        example="Fotos 2017/Februar",
        counter_example="Fotos 2017/Jan und Anna",
        is_tree=True,
    ),
    FolderRule(
        name="tree_month",
        pattern=re.compile(rf"{IN_YEAR}(?P<mo>0?[1-9]|1[0-2])\Z"),
        precision=Precision.MONTH,
        example="2015/07",
        counter_example="2015/13",
        is_tree=True,
    ),
    FolderRule(
        name="tree_cjk_month",
        pattern=re.compile(rf"{IN_YEAR}{ANY_MONTH} ?[月월][^/]*\Z"),
        precision=Precision.MONTH,
        example="2015年/7月",
        counter_example="2015年/13月",
        is_tree=True,
    ),
    FolderRule(
        name="tree_year_month",
        pattern=re.compile(rf"{IN_YEAR}(?P=y)[-_. ]?{MONTH}(?![0-9a-z])(?![-_.][0-9])[^/]*\Z"),
        precision=Precision.MONTH,
        example="2009/2009-10 Handball",
        counter_example="2009/2009-13 Handball",
        is_tree=True,
    ),
    FolderRule(
        name="season",
        pattern=re.compile(
            rf"{NO_LETTER_BEFORE}{SEASON}[-_., ]{{0,2}}{SHORT_YEAR}"
            r"(?:[-_+&](?P<yy2>(?:[12][0-9])?[0-9]{2})(?![0-9]))?"
        ),
        precision=Precision.SEASON,
        example="Summer 1987",
        counter_example="Summers 1987",
    ),
    FolderRule(
        name="year_season",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{YEAR}[-_., ]{{1,3}}{SEASON}"),
        precision=Precision.SEASON,
        example="1987 Sommer",
        counter_example="1987 Sommerfest",
    ),
    FolderRule(
        name="tree_season",
        pattern=re.compile(rf"{OF_YEAR}(?:[0-9]{{1,2}}[-_. ]{{1,3}})?{SEASON}\Z"),
        precision=Precision.SEASON,
        example="1987/Sommer",
        counter_example="1987/Sommerfest",
        is_tree=True,
    ),
    FolderRule(  # October, or the season that began in 2009; anything but the next year is no range
        name="turn_of_years",
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{YEAR}[-_](?P<yy2>[0-9]{{2}}(?:[0-9]{{2}})?)(?![0-9a-z])(?![-_.][0-9])"
        ),
        precision=Precision.RANGE,
        example="2009-10 Handball",
        counter_example="2015-07 Handball",
    ),
    FolderRule(
        name="year_month",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}{YEAR}[-_.]{MONTH}(?![0-9a-z])(?![-_.][0-9])"),
        precision=Precision.MONTH,
        example="2015-07 Sommer",
        counter_example="2015-13 Sommer",
    ),
    FolderRule(
        name="month_year",
        pattern=re.compile(rf"{NO_DIGIT_BEFORE}(?<![0-9][-_.]){MONTH}[-_.]{YEAR}(?![0-9a-z])"),
        precision=Precision.MONTH,
        example="07-2015 Kreta",
        counter_example="04-07-2015 Kreta",
    ),
    FolderRule(  # iOS names the folders of its camera like this
        name="compact_month",
        pattern=re.compile(rf"^{YEAR}{MONTH}(?:__|_a|\Z|[-_ ]+[^\W\d_])"),
        precision=Precision.MONTH,
        example="202107__",
        counter_example="202113__",
    ),
    FolderRule(
        name="cjk_month",
        pattern=re.compile(CJK_MONTH),
        precision=Precision.MONTH,
        example="2015年7月 旅行",
        counter_example="2015年 旅行",
    ),
    FolderRule(
        name="worded_month",
        pattern=re.compile(rf"{NO_LETTER_BEFORE}{MONTH_WORD}(?:[-_., ]{{0,2}}| de ){SHORT_YEAR}"),
        precision=Precision.MONTH,
        example="Juli '98 Kreta",
        counter_example="Julia 1998",
    ),
    FolderRule(
        name="year_worded_month",
        pattern=re.compile(
            rf"{NO_DIGIT_BEFORE}{YEAR}[-_., ]{{1,3}}{NUMBERED}?{MONTH_WORD}{NO_LETTER_AFTER}(?!['0-9])"
        ),
        precision=Precision.MONTH,
        example="2017 02 Februar",
        counter_example="2017 02 Felder",
    ),
    FolderRule(
        name="decade",
        pattern=re.compile(
            r"(?<![0-9a-z])(?P<decade>(?:18|19|20)[0-9]0)(?:'?(?:s|er)|-?е|년대|年代)(?![^\W\d_])"  # noqa: RUF001
        ),
        precision=Precision.DECADE,
        example="1970s",
        counter_example="1975s",
    ),
    FolderRule(  # "Papas 50er" is a birthday
        name="short_decade",
        pattern=re.compile(r"^(?:the |die )?'?(?P<decade>[2-9]0)(?:'?s|er)(?: jahre)?\Z"),
        precision=Precision.DECADE,
        example="70er Jahre",
        counter_example="70er Feier",
    ),
    FolderRule(
        name="romance_decade",
        pattern=re.compile(
            r"^(?:les |gli |los |de )?(?:années|annees|anni|años|anos|jaren) '?"
            r"(?P<decade>(?:19|20)[0-9]0|[2-9]0)(?![0-9])"
        ),
        precision=Precision.DECADE,
        example="années 80",
        counter_example="années 85",
    ),
    FolderRule(
        name="years_until",
        pattern=re.compile(
            rf"{WORD_BEFORE}{YEAR}{UNTIL}(?P<y2>18[2-9][0-9]|19[0-9]{{2}}|20[0-9]{{2}})(?![0-9a-z])"
        ),
        precision=Precision.RANGE,
        example="2004-2006 Berlin",
        counter_example="2006-2004 Berlin",
    ),
    FolderRule(
        name="year",
        pattern=re.compile(rf"{WORD_BEFORE}{YEAR}(?![0-9a-z]){NO_UNIT}"),
        precision=Precision.YEAR,
        example="Photos from 2015",
        counter_example="2000 km",
    ),
)

# Folders named after the day on which files were copied, scanned or sent somewhere, not after their photos.
STORAGE = re.compile(
    r"(?<![^\W\d_])(?:backups?|back-up|(?:daten)?sicherung|sicherungskopie|sauvegarde|respaldo|archiviert|"
    r"import(?:s|ed|iert)?|importé|export(?:s|ed|iert)?|downloads?|downloaded|heruntergeladen|uploads?|hochgeladen|"
    r"scan(?:s|ned)?|(?:ein)?gescannt|digitalisiert|digiti[sz]ed|numérisé|numérisations|escaneado|escaneos|scansioni|"
    r"restored?|recovered|wiederhergestellt|takeout|sync|synced)(?![^\W\d_])"
)
