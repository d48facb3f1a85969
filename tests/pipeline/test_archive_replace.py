import hashlib
from pathlib import Path

import pytest

from media_catalog.pipeline import archive_replace
from media_catalog.pipeline.archive import DestinationTaken, ExportedCopy
from media_catalog.pipeline.archive_replace import Placed

OLD, NEW = b"the old copy", b"the new copy"
OLD_FACTS, NEW_FACTS = b"<old/>", b"<new/>"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def writer(facts: bytes | None = None):
    """Write a new copy, and a sidecar if there are facts for one, as an export does."""

    def write(target: Path) -> ExportedCopy:
        target.write_bytes(NEW)
        sidecar = target.with_name(target.name + ".xmp") if facts else None
        if sidecar:
            sidecar.write_bytes(facts or b"")
        return ExportedCopy(
            source_sha256=sha256(b"source"),
            copy_sha256=sha256(NEW),
            image_data_hash=None,
            size_bytes=len(NEW),
            edits=(),
            sidecar=sidecar,
            sidecar_sha256=sha256(facts) if facts else None,
            tags_error=None,
        )

    return write


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(OLD)
    return path


def placed(facts: bytes | None = None) -> Placed:
    return Placed(sha256=sha256(OLD), sidecar_sha256=sha256(facts) if facts else None)


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_puts_the_new_copy_in_the_place_of_the_old_one(target):
    copy = archive_replace.replace_copy(target, old=placed(), write=writer())
    assert (copy.copy_sha256, copy.sidecar) == (sha256(NEW), None)
    assert held(target.parent) == {"a.jpg": NEW}


def test_exchanges_the_sidecar_too(target):
    sidecar = target.with_name("a.jpg.xmp")
    sidecar.write_bytes(OLD_FACTS)
    copy = archive_replace.replace_copy(target, old=placed(OLD_FACTS), write=writer(NEW_FACTS))
    assert copy.sidecar == sidecar
    assert held(target.parent) == {"a.jpg": NEW, "a.jpg.xmp": NEW_FACTS}


def test_removes_a_sidecar_that_is_not_needed_any_more(target):
    target.with_name("a.jpg.xmp").write_bytes(OLD_FACTS)
    archive_replace.replace_copy(target, old=placed(OLD_FACTS), write=writer())
    assert held(target.parent) == {"a.jpg": NEW}


def test_writes_a_copy_that_has_gone(target):
    target.unlink()
    archive_replace.replace_copy(target, old=placed(), write=writer())
    assert held(target.parent) == {"a.jpg": NEW}


def test_accepts_the_new_copy_of_a_killed_run(target):
    target.write_bytes(NEW)
    archive_replace.replace_copy(target, old=placed(), write=writer())
    assert held(target.parent) == {"a.jpg": NEW}


@pytest.mark.parametrize("name", ["a.jpg", "a.jpg.xmp"])
def test_leaves_alone_what_somebody_else_wrote(target, name):
    target.with_name(name).write_bytes(b"mine")
    before = held(target.parent)
    with pytest.raises(DestinationTaken, match="changed since it was exported"):
        archive_replace.replace_copy(target, old=placed(), write=writer(NEW_FACTS))
    assert held(target.parent) == before


def test_leaves_alone_the_sidecar_of_another_program(target):
    target.with_name("a.jpg.xmp").write_bytes(b"mine")
    archive_replace.replace_copy(target, old=placed(), write=writer())
    assert held(target.parent) == {"a.jpg": NEW, "a.jpg.xmp": b"mine"}


def test_leaves_a_link_in_the_place_of_the_copy_alone(target):
    target.rename(target.with_name("moved.jpg"))
    target.symlink_to("moved.jpg")
    with pytest.raises(DestinationTaken):
        archive_replace.replace_copy(target, old=placed(), write=writer())
    assert target.is_symlink()


def test_a_copy_that_cannot_be_written_changes_nothing(target):
    def write(path: Path) -> ExportedCopy:
        path.write_bytes(NEW[:3])
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        archive_replace.replace_copy(target, old=placed(), write=write)
    assert held(target.parent) == {"a.jpg": OLD}


def test_removes_a_copy_with_its_sidecar(target):
    target.with_name("a.jpg.xmp").write_bytes(OLD_FACTS)
    assert archive_replace.remove_copy(target, old=placed(OLD_FACTS))
    assert held(target.parent) == {}
    assert archive_replace.remove_copy(target, old=placed(OLD_FACTS))


@pytest.mark.parametrize("name", ["a.jpg", "a.jpg.xmp"])
def test_does_not_remove_what_was_changed(target, name):
    target.with_name("a.jpg.xmp").write_bytes(OLD_FACTS)
    target.with_name(name).write_bytes(b"mine")
    assert not archive_replace.remove_copy(target, old=placed(OLD_FACTS))
    assert target.with_name(name).read_bytes() == b"mine"
