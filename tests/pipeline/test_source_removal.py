import hashlib
import os

import pytest

from media_catalog.pipeline import source_removal
from media_catalog.pipeline.source_removal import NotRemoved

SHA = hashlib.sha256(b"picture").hexdigest()


@pytest.fixture
def original(tmp_path):
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(b"picture")
    return path


@pytest.fixture
def copy(tmp_path):
    path = tmp_path / "copy.jpg"
    path.write_bytes(b"picture")
    return path


def remove(path, copy):
    source_removal.remove(os.fsencode(path), sha256=SHA, copies=[copy])


def test_deletes_a_file_that_is_what_it_was(original, copy):
    beside = original.with_name("b.jpg")
    beside.write_bytes(b"picture")
    remove(original, copy)
    assert (original.exists(), beside.exists(), copy.exists()) == (False, True, True)


def test_keeps_a_file_with_other_bytes(original, copy):
    original.write_bytes(b"Picture")
    with pytest.raises(NotRemoved) as refused:
        remove(original, copy)
    assert (refused.value.code, original.exists()) == ("changed", True)


def test_keeps_a_file_that_is_its_own_copy(original):
    linked = original.with_name("copy.jpg")
    os.link(original, linked)
    with pytest.raises(NotRemoved) as refused:
        remove(original, linked)
    assert (refused.value.code, original.exists()) == ("is_the_copy", True)


def test_never_follows_a_link_in_place_of_the_file(original, copy):
    elsewhere = original.parent.parent / "elsewhere.jpg"
    original.rename(elsewhere)
    original.symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        remove(original, copy)
    assert elsewhere.exists()


def test_never_follows_a_link_in_place_of_its_folder(original, copy):
    moved = original.parent.rename(original.parent.with_name("moved"))
    original.parent.symlink_to(moved)
    with pytest.raises(NotRemoved) as refused:
        remove(original, copy)
    assert (refused.value.code, (moved / "a.jpg").exists()) == ("moved", True)


def test_says_that_it_is_not_there(original, copy):
    original.unlink()
    with pytest.raises(NotRemoved) as refused:
        remove(original, copy)
    assert refused.value.code == "missing"


def test_keeps_what_another_file_took_the_place_of_meanwhile(original, copy, monkeypatch):
    def replaced_after_reading(seen, path):
        other = original.with_name("new.jpg")
        other.write_bytes(b"picture")
        other.replace(original)
        return False

    monkeypatch.setattr(source_removal, "_is_same", replaced_after_reading)
    with pytest.raises(NotRemoved) as refused:
        remove(original, copy)
    assert (refused.value.code, original.exists()) == ("changed", True)
