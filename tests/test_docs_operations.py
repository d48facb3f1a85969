"""The units and the pages about running it name things that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from media_catalog.services import health

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/operations.md").read_text()
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def test_names_only_commands_that_exist():
    named = set(re.findall(r"manage\.py ([a-z_]+)", TEXT))
    assert named
    assert named <= {name for name, app in get_commands().items() if app == "media_catalog"}


def test_names_only_settings_that_exist():
    settings = (ROOT / "mediaparser/settings.py").read_text()
    for name in set(re.findall(r"MEDIAPARSER_[A-Z_]+", TEXT)):
        assert f'"{name}"' in settings


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:deploy|docs)/[\w.-]+", TEXT))))
def test_names_only_files_that_exist(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "concern",
    [health.NO_WORKER, health.STRANDED, health.IDLE_WORKERS, health.QUEUE_UNREACHABLE],
    ids=lambda concern: concern.code,
)
def test_explains_every_warning(concern):
    assert concern.text.rstrip(".").split(", so ")[0] in TEXT


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_end_in_order_and_start_again(unit):
    lines = unit.read_text().splitlines()
    assert {"Type=exec", "KillMode=mixed", "Restart=always", "ProtectSystem=strict"} <= set(lines)
    (command,) = [line for line in lines if line.startswith("ExecStart=")]
    grace = int(re.search(r"--(?:graceful-timeout=|grace )(\d+)", command)[1])
    (patience,) = [int(line.partition("=")[2]) for line in lines if line.startswith("TimeoutStopSec=")]
    assert patience > grace + 10


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit, tmp_path):
    for original in UNITS:
        text = original.read_text().replace("/opt/mediaparser/.venv/bin/python", shutil.which("true"))
        (tmp_path / original.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
