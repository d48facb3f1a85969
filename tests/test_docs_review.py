"""docs/review.md names what users of the predecessor know, and for each of it the tests of what is here."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
TEXT = (ROOT.parent / "docs/review.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", TEXT)))
ROWS = [
    line for line in TEXT.partition("\n## What there was before")[2].splitlines() if line.startswith("| ")
]
BEFORE = {
    "X1",
    *(f"UX-{number}" for number in range(1, 16)),
    *(f"MP-{number}" for number in (15, 16, 17, 24, 25, 26, 27)),
    *(f"2.10-{number}" for number in range(1, 7)),
    *(f"2.11-{number}" for number in range(1, 8)),
}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=str)
def test_names_only_tests_that_exist(file, name):
    tree = ast.parse((ROOT / file).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_misses_nothing_that_was_there_before():
    assert {row.split("|")[1].strip() for row in ROWS if not row.startswith("| No.")} == BEFORE


def test_every_row_tells_what_was_and_what_is_and_names_a_test():
    for row in ROWS:
        if not row.startswith("| No."):
            _number, was, now, tests = (cell.strip() for cell in row.strip("|").split("|"))
            assert was, row
            assert now, row
            assert "::test_" in tests, row


def test_lists_the_keys_of_the_pages_as_they_are():
    templates = " ".join(path.read_text() for path in (ROOT.parent / "templates").rglob("*.html"))
    keys = {key.lower() for part in re.findall(r'data-key="([^"{]+)"', templates) for key in part.split()}
    told = set(re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE))
    assert sorted(key for key in told if key.lower() not in keys and key != "1–9") == []  # noqa: RUF001  a range
