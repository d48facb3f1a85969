"""docs/imports-and-exports.md tells limits as they are, what there was before, and tests of what is here."""

import re

import pytest
from django.conf import settings

from tests import test_docs_review as review

TEXT = (review.ROOT.parent / "docs/imports-and-exports.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("\n## What there was before")[2].splitlines()
    if line.startswith("| ") and not line.startswith("| No.")
]
BEFORE = {
    *(f"MP-{number}" for number in (*range(1, 10), *range(40, 44))),
    *(f"L{number}" for number in (2, 3, 4)),
    *(f"BUG-{number}" for number in (14, 27, 32)),
    *("X2", "X4"),
    *(f"UX-{number}" for number in (7, 8, 12, 13, 14)),
}
LIMITS = {
    "64 GB for one file (`MEDIAPARSER_UPLOAD_FILE_GB`)": 64,
    "2,000 GB (`MEDIAPARSER_UPLOAD_GB`)": 2000,
    "200,000 files (`MEDIAPARSER_UPLOAD_FILES`)": 200_000,
    "seven days\n(`MEDIAPARSER_UPLOAD_DAYS`)": 7,
}


@pytest.mark.parametrize(
    ("file", "name"), sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", TEXT))), ids=str
)
def test_names_only_tests_that_exist(file, name):
    review.test_names_only_tests_that_exist(file, name)


def test_misses_nothing_that_was_there_before():
    assert {row[0] for row in ROWS} == BEFORE


def test_every_row_tells_what_was_and_what_is_and_names_a_test():
    for _number, was, now, tests in ROWS:
        assert was
        assert now
        assert "::test_" in tests


@pytest.mark.parametrize("words", LIMITS)
def test_tells_the_limits_of_uploads_as_they_are(words):
    variable = re.search(r"MEDIAPARSER_\w+", words)
    assert words in TEXT
    assert variable is not None
    assert getattr(settings, variable[0]) == LIMITS[words]
