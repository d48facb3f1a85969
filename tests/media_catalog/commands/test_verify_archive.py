import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def run(*arguments):
    output = io.StringIO()
    code = 0
    try:
        call_command("verify_archive", *map(str, arguments), stdout=output)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, output.getvalue()


@pytest.fixture
def exported(library):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    library.export()
    return library


def test_a_whole_archive_ends_with_zero(exported):
    code, text = run(exported.archive)
    assert code == 0
    assert text.startswith("2 files read again")
    assert "none at fault" in text


def test_damage_ends_with_one_and_is_listed(exported):
    (exported.archive / "2015/20150131_142030.jpg").unlink()
    (exported.archive / "mine.txt").touch()
    code, text = run(exported.archive)
    assert code == 1
    assert "20150131_142030.jpg: missing" in text
    assert "1 file there that nobody exported, which is no fault:\n  mine.txt" in text


def test_gives_one_json_object(exported):
    (exported.archive / "2015/20150131_142030.jpg").unlink()
    code, text = run(exported.archive, "--json")
    found = json.loads(text)
    assert code == 1
    assert found["faults"] == [{"path": "2015/20150131_142030.jpg", "text": "missing"}]
    assert (found["checked"], found["extra"]) == (2, [])


def test_the_default_is_the_archive_of_the_settings(exported, settings):
    settings.MEDIAPARSER_ARCHIVE_DIR = exported.archive
    assert run()[0] == 0


@pytest.mark.parametrize("folder", ["photos", "no/such/folder"])
def test_a_folder_that_is_no_archive_ends_with_two(exported, folder):
    with pytest.raises(CommandError, match="the archives are") as error:
        run(exported.folder / folder)
    assert error.value.returncode == 2


def test_an_archive_whose_disk_is_not_there_ends_with_two(exported):
    (exported.archive / ".mediaparser-archive").unlink()
    with pytest.raises(CommandError, match="connect its disk") as error:
        run(exported.archive)
    assert error.value.returncode == 2
