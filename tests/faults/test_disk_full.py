"""Disks that run full while whole installations work, and go on once there is room."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from tests.cluster.chaos import processes
from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import catalogue, done_count, error_of, has_ended, running, values, wait_until
from tests.faults.disks import fill, remount, small_disk


def data_of(product) -> Path:
    return Path(product.environment["MEDIAPARSER_DATA_DIR"])


@pytest.mark.any_database
def test_a_full_disk_of_thumbnails_halts_the_import_which_then_continues(product, photos, undisturbed):
    with small_disk(data_of(product) / "thumbnails", "size=100k") as thumbnails:
        assert product.run("import_path", photos).returncode == 1
        assert has_ended(product) == "halted"
        assert "make room on its disk" in error_of(product)
        assert not list(thumbnails.rglob("*.tmp"))
        remount(thumbnails, "size=100m")
        product.json("job", "1", "continue")
        product.json("import_path", photos)
        assert has_ended(product) == "completed"
        assert_alike(catalogue(product), undisturbed)


@pytest.mark.soak
def test_an_import_goes_on_when_the_full_disk_of_its_database_has_room_again(
    product, photos, undisturbed, tmp_path
):
    with disk_of_database(product, tmp_path / "disk") as disk, contextlib.ExitStack() as stack:
        import_path = product.start("import_path", photos, "--json")
        stack.callback(import_path.communicate, timeout=120)
        wait_until(lambda: done_count(product) >= 5)
        filler = fill(disk)
        with pytest.raises(AssertionError, match="too long"):
            wait_until(lambda: import_path.poll() is not None, seconds=8)
        filler.unlink()
        wait_until(lambda: has_ended(product), seconds=120)
        stack.close()
        assert has_ended(product) == "completed"
        assert_alike(catalogue(product), undisturbed)


@contextlib.contextmanager
def disk_of_database(product, folder):
    """Put the database on a disk of its own."""
    if "DATABASE_URL" in product.environment:
        pytest.skip("the pages that a server has already hold all that these few photos need")
    with small_disk(folder, "size=100m") as disk:
        for path in data_of(product).glob("mediaparser.sqlite3*"):
            (disk / path.name).write_bytes(path.read_bytes())
        product.environment["DATABASE_URL"] = f"sqlite:///{disk}/mediaparser.sqlite3"
        yield disk


@pytest.mark.soak
def test_an_export_to_a_full_disk_halts_and_continues(product, photos, tmp_path):
    product.json("import_path", photos)
    archive = tmp_path / "archive"
    with small_disk(archive, "size=100m"):
        export = product.start("export", "--output", archive, "--force", "--json")
        wait_until(lambda: len(list(archive.rglob("*.jpg"))) >= 3)
        filler = fill(archive)
        export.communicate(timeout=60)
        assert (export.returncode, has_ended(product, 2)) == (1, "halted")
        assert "its disk is full" in error_of(product, 2)
        assert not list(archive.rglob(".mp-*"))
        filler.unlink()
        product.json("job", "2", "continue")
        assert product.json("export", "--output", archive, "--force")["state"] == "completed"
        assert has_ended(product, 2) == "completed"
        assert product.run("verify_archive", archive).returncode == 0
        assert "waiting" not in values(product, "fate")
        catalogue(product)


@pytest.mark.soak
def test_a_full_folder_for_temporary_files_halts_the_import_which_then_continues(
    product, photos, undisturbed, tmp_path
):
    if "DATABASE_URL" in product.environment:
        pytest.skip(
            "SQLite alone needs that folder; elsewhere ExifTool does without, as its process lives on"
        )
    product.environment["MEDIAPARSER_WORKERS"] = "1"
    others = photos.rename(tmp_path / "others")
    photos.mkdir()
    (others / "0").rename(photos / "0")
    with small_disk(tmp_path / "tmp", "size=1m,nr_inodes=20") as temporary, running(product, "worker"):
        product.json("import_path", photos)
        for one in processes(product):
            if one.role == "exiftool":
                os.kill(one.pid, signal.SIGKILL)
        takes = [temporary / f"taken{number}" for number in range(20)]
        with contextlib.suppress(OSError):
            for path in takes:
                path.touch()
        for path in others.iterdir():
            path.rename(photos / path.name)
        assert product.run("import_path", photos).returncode == 1
        assert has_ended(product, 2) == "halted"
        assert "What is done stays done." in error_of(
            product, 2
        )  # SQLite needs that folder as well as ExifTool
        for path in takes:
            path.unlink(missing_ok=True)
        product.json("job", "2", "continue")
        wait_until(lambda: has_ended(product, 2))
        assert has_ended(product, 2) == "completed"
        assert_alike(catalogue(product), undisturbed)
