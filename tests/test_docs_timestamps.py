"""docs/timestamps.md says what the code does: its tables are compared row by row."""

import re
from pathlib import Path

import pytest

from media_catalog.pipeline.filename_dates.folder_rules import RULES
from media_catalog.pipeline.filename_dates.folders import candidate_from_folders
from media_catalog.pipeline.filename_dates.patterns import NUMBERS
from media_catalog.pipeline.timestamps import (
    agreement,
    confidence,
    copies,
    neighbours,
    phrases,
    plausibility,
    suggestions,
    trust,
    witnesses,
)
from media_catalog.pipeline.timestamps.candidates import Precision
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS

TEXT = (Path(__file__).parent.parent / "docs/timestamps.md").read_text()
REPLACES = "A day or period of it replaces"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line[:1] == "|"
]


def rows_below(*heading):
    start = ROWS.index(list(heading)) + 2
    ends = [number for number, row in enumerate(ROWS) if set("".join(row)) <= {"-"} and number > start]
    return ROWS[start : ends[0] - 1 if ends else None]


def test_lists_every_tag_in_the_order_of_trust():
    listed = [(name.strip("`"), int(weight)) for name, weight, _ in rows_below("Tag", "Weight", "What it is")]

    assert listed == [(tag.source, tag.weight) for tag in DATE_TAGS]


def test_lists_who_makes_a_date_how_sure_and_what_lowers_it():
    for heading, rules in (("Confidence", confidence.LEVELS), ("At most", confidence.DOUBTS)):
        assert rows_below(heading, "Because") == [[level, phrases.reason(code)] for level, code, _ in rules]


def test_lists_every_reason_for_distrust():
    assert all(f"   - {words}\n" in TEXT for words in phrases.DISTRUSTS.values())


def test_lists_what_the_days_and_periods_of_neighbours_replace():
    listed = {row[0].strip("`"): row[3] for row in rows_below("Neighbour", "Says", "Day right", REPLACES)}

    assert set(listed) == set(neighbours.ORDER) - witnesses.SUSPICIONS | {copies.LOOK}
    for source, replaced in listed.items():
        precisions = suggestions.REPLACEABLE.get(source, frozenset())
        coarse = [precision for precision in suggestions.FINEST_FIRST if precision in precisions]
        whole = {0: "nothing", len(Precision): "anything less exact"}
        assert replaced == whole.get(len(coarse), ", ".join(coarse))


def test_lists_every_form_of_folder_with_what_it_says():
    listed = {
        folder.strip("`"): (says, precision)
        for folder, says, precision in rows_below("Folder", "Says", "Precision")
    }

    assert list(listed) == [rule.example for rule in RULES]
    for folder, (says, precision) in listed.items():
        claim = candidate_from_folders(f"{folder}/x.jpg")
        until = f" to {claim.until:%Y-%m-%d}" if claim.until else ""
        assert (f"{claim.local:%Y-%m-%d}{until}", claim.precision) == (says, precision)


@pytest.mark.parametrize(
    "said",
    [
        f"dates before\n   {plausibility.FIRST_PHOTOGRAPH}",
        f"more than {trust.FAR_FROM_FOLDER.days} days away",
        f"{agreement.FOLDER_SLACK[Precision.YEAR][0].days} days around a month or year",
    ],
)
def test_names_the_limits_that_the_code_has(said):
    assert said in TEXT


def test_names_every_part_of_a_users_pattern():
    assert set(re.findall(r"`%(.)`", TEXT)) == set(NUMBERS) - {"B"}
