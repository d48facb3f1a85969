"""Commands at the same moment: two imports of one folder, an import while an export runs."""

import pytest

from tests.cluster.library import make_library
from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import catalogue, has_ended, values, wait_until


def test_imports_of_one_folder_that_start_at_once_are_one(product, photos, undisturbed, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(photos)
    commands = [product.start("import_path", folder) for folder in (photos, link, photos / ".." / "photos")]
    outputs = [command.communicate(timeout=120)[0] for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], outputs
    assert product.query("SELECT count(*) FROM media_catalog_source") == [(1,)]
    read = "SELECT count(*) FROM media_catalog_job WHERE kind = 'import' AND done_count > 0"
    assert product.query(read) == [(1,)]
    assert_alike(catalogue(product), undisturbed)


@pytest.mark.soak
def test_an_import_beside_an_export_leaves_both_whole(product, worker, photos, tmp_path):
    product.json("import_path", photos)
    others = make_library(tmp_path / "others" / "photos", 20)
    (others / "0" / "IMG_0000.jpg").unlink()
    archive = tmp_path / "archive"
    export = product.start("export", "--output", archive, "--force", "--json")
    imported = product.start("import_path", others, "--json")
    outputs = [command.communicate(timeout=120)[0] for command in (export, imported)]
    assert [export.returncode, imported.returncode] == [0, 0], outputs
    catalogue(product)
    wait_until(lambda: has_ended(product, 3))
    assert product.json("export", "--output", archive, "--force")["state"] == "completed"
    assert product.run("verify_archive", archive).returncode == 0
    assert "waiting" not in values(product, "fate")
    copies = [path.read_bytes() for path in archive.rglob("*.jpg")]
    assert len(copies) == len(set(copies))
