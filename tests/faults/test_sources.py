"""Sources that go away, change or refuse while they are read."""

import dataclasses
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from django.conf import settings

from media_catalog.services import faults
from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import (
    catalogue,
    done_count,
    error_of,
    has_ended,
    misbehaving_exiftool,
    values,
    wait_until,
)
from tests.faults.disks import mount, mounted, unmount

pytestmark = pytest.mark.any_database


@pytest.fixture
def held(product, tmp_path):
    """Something that holds up the import at a file that is not among the first, as long as it is there."""
    held = misbehaving_exiftool(product, tmp_path, "wait IMG_0014.jpg")
    product.environment["MEDIAPARSER_EXIFTOOL_SECONDS"] = "60"
    return held


def test_a_source_that_is_unmounted_in_mid_import_halts_it_and_loses_nothing(
    product, held, worker, photos, undisturbed, tmp_path
):
    """The mount point is then an empty folder, which must not mean that all files have vanished."""
    elsewhere = Path(shutil.move(photos, tmp_path / "disk"))
    with mounted(photos, "--bind", elsewhere):
        product.json("import_path", photos, "--no-wait")
        wait_until(lambda: done_count(product) >= 3)
        unmount(photos)
        assert not list(photos.iterdir())
        held.unlink()
        wait_until(lambda: has_ended(product))
        kept = done_count(product)
        assert has_ended(product) == "halted"
        assert "is its disk connected?" in error_of(product)
        assert kept >= 3
        assert not values(product, "reason_code") & {*faults.CODES, faults.AT_SEARCH}
        mount(photos, "--bind", elsewhere)
        product.json("job", "1", "continue")
        wait_until(lambda: has_ended(product))
        assert has_ended(product) == "completed"
        assert_alike(catalogue(product), undisturbed)


def read(product):
    return product.query("SELECT count(*) FROM media_catalog_mediafile WHERE sha256 != ''")[0][0]


@pytest.mark.soak
def test_a_file_that_changes_while_it_is_read_is_read_again(product, photos, undisturbed):
    before = (photos / "0/IMG_0000.jpg").read_bytes()
    times = [(path, path.stat().st_mtime_ns) for path in photos.rglob("*.jpg") if not path.is_symlink()]
    is_over = threading.Event()
    changing = threading.Thread(target=_keep_changing, args=(photos / "0/IMG_0000.jpg", is_over))
    changing.start()
    try:
        imported = product.run("import_path", photos)
    finally:
        is_over.set()
        changing.join()
    assert imported.returncode == 0
    assert failures(product) == {("0/IMG_0000.jpg", "changed_while_reading")}
    (photos / "0/IMG_0000.jpg").write_bytes(before)
    for path, mtime_ns in times:
        os.utime(path, ns=(mtime_ns, mtime_ns))
    assert product.run("import_path", photos).returncode == 0
    assert_alike(catalogue(product), undisturbed)


def _keep_changing(path: Path, is_over: threading.Event) -> None:
    while not is_over.wait(0.001):
        with path.open("ab") as file:
            file.write(b"x")


@pytest.mark.soak
def test_files_without_permission_halt_the_import_and_are_had_when_it_is_given(product, photos, undisturbed):
    """The way out of a halt: what was read stays, the rest is read as well, what failed is tried again."""
    product = as_any_user(product)
    closed = sorted(str(path.relative_to(photos)) for path in photos.glob("[0-2]/*"))
    for path in closed:
        (photos / path).chmod(0)
    assert product.run("import_path", photos).returncode == 1
    assert has_ended(product) == "halted"
    assert "could not be reached, the last: " in error_of(product)
    kept = read(product)
    product.json("job", "1", "continue")
    product.json("import_path", photos)
    assert has_ended(product) == "completed"
    assert {path for path, _ in failures(product)} == set(closed)
    assert read(product) > kept
    for path in closed:
        (photos / path).chmod(0o644)
    product.json("job", "1", "retry-failed")
    product.json("import_path", photos)
    assert_alike(catalogue(product), undisturbed)


def failures(product):
    """Which files failed for a reason that may pass, and why."""
    rows = product.query("SELECT path_text, reason_code FROM media_catalog_mediafile WHERE state = 'failed'")
    return {(path, code) for path, code in rows if not path.startswith("damaged/")}


def as_any_user(product):
    """Root reads whatever it likes: run the product without that right."""
    if os.geteuid() != 0:
        return product
    without = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("there is no setpriv, which takes rights from root")
    socket = Path(str(settings.DATABASES["default"].get("HOST") or ""))
    if socket.is_absolute():  # of a server in a private folder, which root without that right may not enter
        socket.chmod(0o755)
    return dataclasses.replace(product, prefix=without)
