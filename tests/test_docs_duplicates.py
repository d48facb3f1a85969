"""docs/duplicates.md says what the code does: its tables are compared row by row."""

import re
from pathlib import Path

import pytest

from media_catalog.management.commands import find_duplicates
from media_catalog.models import DuplicateGroup
from media_catalog.pipeline.duplicates import decide, keeper, moments, words
from media_catalog.pipeline.look import frames, signature
from media_catalog.pipeline.look.likeness import SAME_DETAIL_BITS
from media_catalog.services import copy_rules
from media_catalog.services.copy_rules import Keep, Rule

TEXT = (Path(__file__).parent.parent / "docs/duplicates.md").read_text()
KEEPS = {Keep.BEST: "the recommended file", Keep.ALL: "all files"}


def rows_below(heading):
    table = TEXT.partition(f"\n{heading}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_lists_the_classes_in_their_order_with_what_a_rule_keeps():
    rows = rows_below("| Class | What it is | Asks a person | A rule keeps |")
    assert [row[0].strip("`") for row in rows] == list(DuplicateGroup.Kind)
    assert [row[3] for row in rows[1:]] == [KEEPS[Rule(kind=kind).keeps] for kind in copy_rules.KINDS]


def test_lists_the_steps_of_the_keeper_in_their_order_and_words():
    rows = [(row[0].strip("`"), row[1]) for row in rows_below("| Step | It is kept because |")]
    codes = [*(step.code for step in keeper.STEPS), "path_first"]
    assert rows == [(code, words.KEEPERS[code]) for code in codes]


def test_lists_the_thresholds():
    rows = [float(row[1]) for row in rows_below("| What | At most |")]
    assert rows == [
        decide.NEAR_HASH_BITS,
        decide.TURNED_HASH_BITS,
        decide.NEAR_DETAIL_BITS,
        decide.NEAR_LUMA_PERMILLE,
        decide.NEAR_COLOUR_STEPS,
        decide.ASPECT_TOLERANCE * 100,
        decide.SURE_DETAIL_BITS,
        decide.SURE_LUMA_PERMILLE,
        decide.EDITED_HASH_BITS,
        SAME_DETAIL_BITS,
        decide.EDITED_LUMA_PERMILLE,
        moments.BURST_S,
        decide.SAME_LENGTH_S,
    ]


def test_lists_the_conditions_of_a_rule_that_the_command_has():
    rows = rows_below("| Option | Only groups |")
    listed = {re.sub(r"^`--([a-z-]+).*", r"\1", row[0]).replace("-", "_") for row in rows}
    assert listed == set(find_duplicates.CONDITIONS) - {"keep"}


@pytest.mark.parametrize(
    "said",
    [
        f"| `high` | differs in at most {copy_rules.SURE_BITS} bits",
        f"| `medium` | differs in at most {copy_rules.LIKELY_BITS} bits",
        f"a second signature of {signature.STORED.itemsize} bytes",
        f"may ask for less than {decide.MOST_BITS} bits",
        f"shorter than {decide.SHORT_VIDEO_S} s",
    ],
)
def test_names_the_limits_that_the_code_has(said):
    assert said in TEXT


def test_names_how_many_frames_of_a_video_are_compared():
    assert len(frames.moments_s(60.0)) == 6
    assert "by six frames" in TEXT
