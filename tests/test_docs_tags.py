"""docs/tags.md names what users of the predecessor know of tags, and for each of it tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent
TEXT = (ROOT.parent / "docs/tags.md").read_text()


def test_names_only_tests_that_exist():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TEXT)
    assert [one for one in named if f"def {one[1]}(" not in (ROOT / one[0]).read_text()] == []
    assert {"MP-30", "MP-31", "MP-32", "BUG-14"} <= set(
        re.findall(r"^\| ([A-Z]+-\d+) \|", TEXT, re.MULTILINE)
    )
