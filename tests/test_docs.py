import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
VARIABLES = set(
    re.findall(r'"(MEDIAPARSER_\w+|DATABASE_URL)"', (ROOT / "mediaparser/settings.py").read_text())
)


def test_the_readme_names_every_make_target_and_no_other():
    assert set(re.findall(r"make ([a-z]+)", README)) == TARGETS


def test_the_readme_lists_every_command_of_ours_and_no_other():
    ours = {name for name, app in get_commands().items() if app == "media_catalog"}
    assert set(re.findall(r"^\| `([a-z_]+)[^`]*` \|", README, re.MULTILINE)) == ours


def test_the_readme_lists_every_variable_and_no_other():
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)) == VARIABLES


def test_the_example_environment_lists_every_variable_and_no_other():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#(MEDIAPARSER_\w+|DATABASE_URL)=", example, re.MULTILINE)) == VARIABLES


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_the_readme_points_to_files_that_exist(link):
    assert (ROOT / link).exists()


def test_continuous_integration_runs_what_the_readme_says():
    script = (ROOT / ".ci/run").read_text()
    assert re.findall(r"^make .*", script, re.MULTILINE) == ["make check", "make test"]
