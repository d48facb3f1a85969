import os
import signal
import time
from pathlib import Path

import pytest


@pytest.fixture
def many_photos(make_picture, tmp_path):
    for number in range(30):
        make_picture(f"photos/{number:02}.jpg", seed=number, size=(1600, 1200))
    return tmp_path / "photos"


def copies(archive: Path) -> list[str]:
    return sorted(os.path.relpath(path, archive) for path in archive.rglob("*.jpg"))


def wait_for(number: int, archive: Path) -> None:
    for _ in range(1000):
        if len(copies(archive)) >= number:
            return
        time.sleep(0.02)
    raise AssertionError("the export does not get on")


@pytest.mark.soak
def test_a_killed_export_goes_on_where_it_was(installed, many_photos, tmp_path):
    archive = tmp_path / "archive"
    installed.json("import_path", many_photos, "--tag", "beach")
    for number in (5, 15):
        export = installed.start("export", "--output", archive, "--force")
        wait_for(number, archive)
        os.killpg(export.pid, signal.SIGKILL)
        assert "Going on" in str(export.communicate()[0]) or number == 5
        assert len(copies(archive)) < 30
    done = installed.json("export", "--output", archive, "--force")
    assert (done["state"], done["exported"], done["failed"]) == ("completed", 30, 0)
    assert copies(archive) == [f"unknown/{number:02}.jpg" for number in range(30)]
    assert not list(archive.rglob(".mp-*"))
    assert installed.run("verify_archive", archive).returncode == 0
    assert {line["fate"] for line in installed.report()} == {"exported"}
