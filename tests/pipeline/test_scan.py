import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_catalog.pipeline import scan
from media_catalog.pipeline.scan import EntryKind, RefusedEntry, SourceFile

NOBODY = 65534


def put(root: Path, name: bytes | str, content: bytes = b"content") -> Path:
    path = root / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def seen(root: Path, **options) -> list[SourceFile | RefusedEntry]:
    return list(scan.scan(os.fsencode(root), **options))


def only(root: Path, **options) -> RefusedEntry:
    (entry,) = seen(root, **options)
    assert isinstance(entry, RefusedEntry)
    return entry


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may read everything, so that permissions say nothing to it."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A folder that another user can reach, unlike tmp_path."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    yield root
    for path in root.iterdir():
        path.chmod(0o755)
    shutil.rmtree(root)


def test_gives_path_size_time_device_and_inode_of_a_file(tmp_path):
    path = put(tmp_path, "2019/summer/IMG_1.jpg", b"12345")
    os.utime(path, ns=(1, 1_500_000_000_123_456_789))
    status = path.stat()

    assert seen(tmp_path) == [
        SourceFile(
            path=b"2019/summer/IMG_1.jpg",
            size_bytes=5,
            mtime_ns=1_500_000_000_123_456_789,
            device=status.st_dev,
            inode=status.st_ino,
        )
    ]


def test_is_sorted_by_bytes_within_a_folder_and_files_come_before_sub_folders(tmp_path):
    for name in ["b.jpg", "a/2.jpg", "a/1.jpg", "Z.jpg", "ä.jpg", "c/0.jpg"]:
        put(tmp_path, name)

    assert [entry.path for entry in seen(tmp_path)] == [
        b"Z.jpg",
        b"b.jpg",
        "ä.jpg".encode(),
        b"a/1.jpg",
        b"a/2.jpg",
        b"c/0.jpg",
    ]


def test_keeps_names_that_are_not_utf8_byte_for_byte(tmp_path):
    put(tmp_path, b"caf\xe9/bild\xff.jpg")
    put(tmp_path, b"two\nlines.jpg")

    assert [entry.path for entry in seen(tmp_path)] == [b"two\nlines.jpg", b"caf\xe9/bild\xff.jpg"]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("._IMG_1.JPG", "system_file", "AppleDouble"),
        (".DS_Store", "system_file", "macOS"),
        ("Thumbs.db", "system_file", "Windows"),
        ("THUMBS.DB", "system_file", "Windows"),
        ("ehthumbs.db", "system_file", "Windows"),
        ("desktop.ini", "system_file", "Windows"),
        ("Icon\r", "system_file", "macOS"),
        (".nomedia", "hidden", "hidden file"),
        (".photo.jpg", "hidden", "hidden file"),
        ("@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_M.jpg", "system_file", "Synology"),
        (".photostructure/library.db", "system_file", "PhotoStructure"),
        ("#recycle/IMG_1.jpg", "system_file", "recycle bin"),
        ("$RECYCLE.BIN/S-1-5/$R1.jpg", "system_file", "recycle bin of Windows"),
        ("System Volume Information/x.jpg", "system_file", "Windows"),
        (".thumbnails/12.jpg", "hidden", ".thumbnails"),
        (".git/objects/ab/cdef", "hidden", ".git"),
    ],
)
def test_refuses_with_a_code_and_a_reason(tmp_path, name, code, words):
    put(tmp_path, name)

    entry = only(tmp_path)

    assert (entry.path, entry.code, entry.kind) == (name.encode(), code, EntryKind.SKIPPED)
    assert words in entry.text
    assert entry.size_bytes == len(b"content")


def test_names_the_outermost_system_folder_as_the_reason(tmp_path):
    put(tmp_path, "@eaDir/.hidden/x.jpg")

    assert only(tmp_path).text == "inside @eaDir, thumbnails made by a Synology NAS"


def test_takes_a_root_that_is_hidden_itself(tmp_path):
    put(tmp_path, ".photos/IMG_1.jpg")

    assert [entry.kind for entry in seen(tmp_path / ".photos")] == [EntryKind.FILE]


@pytest.mark.parametrize("target", ["x/real.jpg", "nowhere.jpg", "..", "link.jpg"])
def test_skips_symbolic_links_and_tells_their_target(tmp_path, target):
    (tmp_path / "link.jpg").symlink_to(target)

    entry = only(tmp_path)

    assert (entry.code, entry.is_failure) == ("symlink", False)
    assert entry.text == f"symbolic link to {target}"


def test_does_not_enter_a_folder_through_a_link(tmp_path):
    put(tmp_path, "outside/secret.jpg")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/album").symlink_to(tmp_path / "outside", target_is_directory=True)

    assert [entry.path for entry in seen(tmp_path / "root")] == [b"album"]


def test_shows_a_link_target_that_is_not_utf8(tmp_path):
    (tmp_path / "link.jpg").symlink_to(os.fsdecode(b"caf\xe9.jpg"))

    assert only(tmp_path).text == "symbolic link to caf\ufffd.jpg"


def test_skips_a_fifo_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "x.jpg")

    assert only(tmp_path).code == "fifo"


def test_skips_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.jpg")

        assert only(tmp_path).code == "socket"


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="no devices here")
def test_skips_devices():
    (null,) = [entry for entry in scan.scan(b"/dev", is_recursive=False) if entry.path == b"null"]

    assert isinstance(null, RefusedEntry)
    assert null.code == "device"


def test_an_empty_photo_is_a_failure_and_another_empty_file_is_skipped(tmp_path):
    put(tmp_path, "IMG_1.JPG", b"")
    put(tmp_path, "notes.txt", b"")

    photo, notes = seen(tmp_path)

    assert isinstance(photo, RefusedEntry)
    assert isinstance(notes, RefusedEntry)
    assert (photo.code, photo.is_failure) == ("empty", True)
    assert (notes.code, notes.is_failure) == ("empty", False)


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path):
    put(tmp_path, "x.jpg/y.jpg")

    assert [entry.path for entry in seen(tmp_path)] == [b"x.jpg/y.jpg"]


def test_an_unreadable_folder_is_one_failed_entry_and_the_rest_goes_on(open_root):
    put(open_root, "private/a.jpg")
    put(open_root, "public/b.jpg")
    (open_root / "private").chmod(0)
    (open_root / "public").chmod(0o755)

    with ordinary_user():
        private, public = seen(open_root)

    assert isinstance(private, RefusedEntry)
    assert (private.path, private.code, private.is_failure) == (b"private", "unreadable", True)
    assert private.text == "folder cannot be read: Permission denied"
    assert public.path == b"public/b.jpg"


def test_an_unreadable_file_is_a_failure(open_root):
    put(open_root, "a.jpg").chmod(0)

    with ordinary_user():
        entry = only(open_root)

    assert (entry.code, entry.is_failure) == ("unreadable", True)


def test_an_unreadable_system_folder_is_skipped_on_purpose(open_root):
    (open_root / "lost+found").mkdir(mode=0)

    with ordinary_user():
        entry = only(open_root)

    assert (entry.code, entry.is_failure) == ("system_file", False)


def test_a_root_that_cannot_be_listed_raises_instead_of_looking_empty(tmp_path):
    with pytest.raises(scan.UnreadableRoot, match="No such file"):
        seen(tmp_path / "gone")


def test_a_folder_that_vanishes_meanwhile_is_a_failed_entry(tmp_path):
    put(tmp_path, "1.jpg")
    put(tmp_path, "album/2.jpg")
    entries = scan.scan(os.fsencode(tmp_path))
    next(entries)
    shutil.rmtree(tmp_path / "album")

    (gone,) = entries

    assert isinstance(gone, RefusedEntry)
    assert (gone.path, gone.is_failure) == (b"album", True)


def test_a_folder_exchanged_for_a_link_meanwhile_is_not_followed(tmp_path):
    put(tmp_path, "outside/secret.jpg")
    put(tmp_path, "root/a/1.jpg")
    put(tmp_path, "root/album/2.jpg")
    entries = scan.scan(os.fsencode(tmp_path / "root"))
    next(entries)
    shutil.rmtree(tmp_path / "root/album")
    (tmp_path / "root/album").symlink_to(tmp_path / "outside")

    assert [(entry.path, entry.kind) for entry in entries] == [(b"album", EntryKind.FAILED)]


def test_without_recursion_files_of_sub_folders_are_not_seen(tmp_path):
    put(tmp_path, "1.jpg")
    put(tmp_path, "album/2.jpg")
    put(tmp_path, ".hidden/3.jpg")

    assert [entry.path for entry in seen(tmp_path, is_recursive=False)] == [b"1.jpg"]


def test_an_excluded_folder_is_one_entry_even_through_another_path(tmp_path):
    put(tmp_path, "1.jpg")
    put(tmp_path, "storage/thumbnails/2.jpg")
    (tmp_path / "alias").symlink_to("storage")
    excluded = [os.fsencode(tmp_path / "alias"), b"/does/not/exist"]

    by_path = {entry.path: entry for entry in seen(tmp_path, excluded=excluded)}

    assert set(by_path) == {b"1.jpg", b"alias", b"storage"}
    refused = by_path[b"storage"]
    assert isinstance(refused, RefusedEntry)
    assert (refused.code, refused.is_failure) == ("own_data", False)


def test_walks_deeper_than_the_recursion_limit(tmp_path):
    depth = sys.getrecursionlimit() + 50
    deep = "/".join(["d"] * depth)
    subprocess.run(["mkdir", "-p", deep], cwd=tmp_path, check=True)
    put(tmp_path, f"{deep}/x.jpg")

    found = seen(tmp_path)
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # too deep for pytest to remove

    assert [len(entry.path) for entry in found] == [2 * depth + len("x.jpg")]


def test_hard_links_share_device_and_inode(tmp_path):
    path = put(tmp_path, "a.jpg")
    (tmp_path / "b.jpg").hardlink_to(path)

    first, second = seen(tmp_path)

    assert isinstance(first, SourceFile)
    assert isinstance(second, SourceFile)
    assert (first.device, first.inode) == (second.device, second.inode)


@pytest.mark.parametrize(
    ("value", "stored"),
    [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, -(2**63)), (2**64 - 1, -1)],
)
def test_wraps_inodes_into_signed_64_bits(value, stored):
    assert scan.signed_64(value) == stored


def test_clamps_a_modification_time_that_no_database_integer_holds(tmp_path):
    os.utime(put(tmp_path, "a.jpg"), ns=(0, 2**63 + 10**9))

    (entry,) = seen(tmp_path)

    assert entry.mtime_ns == 2**63 - 1


def test_lists_the_files_of_a_takeout_archive_as_if_it_were_a_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as archive:
        for name in ("Takeout/a.jpg", "Takeout/.hidden.jpg", "__MACOSX/._a.jpg", "Takeout/empty.jpg"):
            archive.writestr(name, b"" if "empty" in name else b"x")

    found = {os.fsdecode(entry.path): getattr(entry, "code", "") for entry in seen(tmp_path)}

    assert found == {
        "part.zip": "archive",
        "part.zip/Takeout/a.jpg": "",
        "part.zip/Takeout/.hidden.jpg": "hidden",
        "part.zip/__MACOSX/._a.jpg": "system_file",
        "part.zip/Takeout/empty.jpg": "empty",
    }


def test_other_archives_are_files_like_all_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as archive:
        archive.writestr("a.jpg", b"x")
    (tmp_path / "broken.zip").write_bytes(b"PK rubbish")
    (tmp_path / "takeout-20250114T081500Z-001.zip").write_bytes(b"PK rubbish")

    found = {os.fsdecode(entry.path): getattr(entry, "code", "") for entry in seen(tmp_path)}

    assert found == {
        "holiday.zip": "",
        "broken.zip": "",
        "takeout-20250114T081500Z-001.zip": "archive_broken",
    }


def test_members_of_an_archive_are_no_copies_of_each_other(tmp_path):
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as archive:
        archive.writestr("Takeout/a.jpg", b"x")
        archive.writestr("Takeout/b.jpg", b"x")

    files = [entry for entry in seen(tmp_path) if isinstance(entry, SourceFile)]

    assert len({(file.device, file.inode) for file in files}) == 2


def test_lets_the_notes_of_picasa_through_though_they_are_hidden(tmp_path):
    (tmp_path / ".picasa.ini").write_text("[a.jpg]")

    [entry] = seen(tmp_path)

    assert isinstance(entry, SourceFile)
