"""An ExifTool that hangs, dies or babbles over some files: they alone are concerned, and read again later."""

import pytest

from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import catalogue, has_ended, misbehaving_exiftool, values

pytestmark = pytest.mark.any_database

FAULTS = {"hang": "IMG_0003.jpg", "die": "IMG_0005.jpg", "babble": "IMG_0007.jpg"}


@pytest.fixture
def faulty(product, tmp_path):
    """Give the product an ExifTool that misbehaves as long as this file is there."""
    return misbehaving_exiftool(product, tmp_path, *(f"{fault} {name}" for fault, name in FAULTS.items()))


def test_files_over_which_exiftool_fails_are_marked_and_read_again_by_the_next_import(
    product, photos, faulty, undisturbed
):
    imported = product.json("import_path", photos)
    assert imported["state"] == "completed"
    marked = product.query(
        "SELECT name, state, confidence FROM media_catalog_mediafile"
        " WHERE reason_code = 'metadata_unread' ORDER BY name"
    )
    assert [(name, state) for name, state, _ in marked] == [
        (name, "analysed") for name in sorted(FAULTS.values())
    ]
    assert "high" not in {confidence for *_, confidence in marked}
    faulty.unlink()
    again = product.json("import_path", photos)
    assert (again["state"], again["new_or_changed"]) == ("completed", len(FAULTS))
    assert_alike(catalogue(product), undisturbed)


@pytest.mark.soak
def test_an_export_writes_again_what_exiftool_failed_to_write(product, photos, faulty, tmp_path):
    faulty.rename(tmp_path / "later")
    product.json("import_path", photos, "--tag", "beach")
    faulty.write_text("die .tmp")
    halted = product.run("export", "--output", tmp_path / "archive", "--force")
    assert has_ended(product, 2) in ("halted", "completed"), halted.stderr
    faulty.unlink()
    product.json("export", "--output", tmp_path / "archive", "--force")
    assert "waiting" not in values(product, "fate")
    assert product.run("verify_archive", tmp_path / "archive").returncode == 0
