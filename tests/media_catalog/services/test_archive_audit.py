import os
import shutil

import pytest

from media_catalog.models import ExportedFile
from media_catalog.services import archive_audit, archives

pytestmark = pytest.mark.django_db


def audit(library):
    progress = []
    root = os.fsencode(library.archive)
    findings = archive_audit.verify(root, on_progress=lambda *numbers: progress.append(numbers))
    assert [done for done, _ in progress] == list(range(1, findings.checked + 1))
    return findings


def faults(library):
    return {fault.path: fault.text for fault in audit(library).faults}


@pytest.fixture
def exported(library):
    library.add()
    library.add_video("b.avi")
    library.scan()
    library.tag("b.avi", "beach")
    library.export()
    return library


def test_a_whole_archive_has_no_faults(exported):
    findings = audit(exported)
    assert (findings.checked, findings.faults, findings.extra) == (2, [], [])
    assert findings.read_bytes == sum(ExportedFile.objects.values_list("size_bytes", flat=True))


def test_finds_one_changed_bit(exported):
    copy = exported.archive / "2015/20150131_142030.jpg"
    status = copy.stat()
    data = bytearray(copy.read_bytes())
    data[-3] ^= 1
    copy.write_bytes(data)
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert faults(exported) == {"2015/20150131_142030.jpg": "changed"}


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(b"cut"), "wrong size"),
        (lambda path: (path.unlink(), path.mkdir()), "not a regular file"),
        (lambda path: (path.rename(path.with_name("x")), path.symlink_to("x")), "a symbolic link"),
    ],
)
def test_finds_what_is_missing_cut_or_something_else(exported, harm, words):
    harm(exported.archive / "2015/20150131_142030.jpg")
    assert words in faults(exported)["2015/20150131_142030.jpg"]


def test_checks_sidecars_too(exported):
    sidecar = ExportedFile.objects.exclude(sidecar="").get().sidecar
    (exported.archive / sidecar).write_bytes(b"edited")
    assert faults(exported) == {sidecar: "changed"}
    (exported.archive / sidecar).unlink()
    assert faults(exported) == {sidecar: "missing"}


def test_lists_what_nobody_exported_without_calling_it_a_fault(exported):
    shutil.copy(exported.archive / "2015/20150131_142030.jpg", exported.archive / "2015/mine.jpg")
    os.rename(exported.archive / "2015/mine.jpg", os.path.join(os.fsencode(exported.archive), b"caf\xe9.jpg"))
    (exported.archive / "2015/20150131_142030.jpg.xmp").touch()
    (exported.archive / "readme.txt").touch()
    findings = audit(exported)
    assert findings.faults == []
    assert findings.extra == ["caf\ufffd.jpg", "readme.txt", "2015/20150131_142030.jpg.xmp"]


def test_the_copy_of_an_earlier_version_belongs_to_the_archive(exported):
    exported.add(seed=4)
    exported.scan()
    exported.export()
    findings = audit(exported)
    assert (findings.checked, findings.faults, findings.extra) == (3, [], [])


def test_knows_the_archives_to_choose_from(exported):
    with pytest.raises(archives.ArchiveRefused, match=f"the archives are {exported.archive}"):
        archive_audit.verify(os.fsencode(exported.folder), on_progress=lambda *_: None)


def test_an_unmounted_archive_is_not_called_damaged(exported):
    (exported.archive / archives.MARKER).unlink()
    with pytest.raises(archives.ArchiveRefused, match="connect its disk"):
        audit(exported)
