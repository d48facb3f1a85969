import os
from functools import partial
from pathlib import Path

import pytest

from media_catalog.pipeline import triage
from media_catalog.pipeline.triage import LeftOut
from media_catalog.pipeline.zip_members import OpenArchives
from tests.pipeline.pictures import corners


def sorted_out(root: Path, name: str) -> str | LeftOut:
    folder, path = os.fsencode(root), os.fsencode(root / name)
    media_in = partial(triage.media_in, folder, archives=OpenArchives())
    return triage.sort_out(name.encode(), content_at=path, media_in=media_in)


def left_out(root: Path, name: str) -> LeftOut:
    found = sorted_out(root, name)
    assert isinstance(found, LeftOut)
    return found


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a", "a.txt", "._weird name"])
def test_goes_by_the_content_not_by_the_name(tmp_path, name):
    corners().save(tmp_path / name, "PNG")

    assert sorted_out(tmp_path, name) == "image/png"


@pytest.mark.parametrize(
    ("name", "content", "code", "is_failure", "words"),
    [
        ("notes.txt", b"Gr\xc3\xbc\xc3\x9fe\n", "not_media", False, "text/plain"),
        ("bill.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj", "not_media", False, "application/pdf"),
        ("readme.md", b"# x\n", "not_media", False, "text/plain"),
        ("art.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported", False, "image/svg+xml"),
        ("IMG_1.jpg", b"This is not an image.\n<html>error 404</html>\n", "unreadable", True, "text/"),
        ("IMG_2.jpg", bytes(5000), "unreadable", True, "application/octet-stream"),
        ("MVI_3.mov", b"\x01\x02\x03garbage" * 100, "unreadable", True, "something else"),
    ],
)
def test_says_why_a_file_is_left_out(tmp_path, name, content, code, is_failure, words):
    (tmp_path / name).write_bytes(content)

    found = left_out(tmp_path, name)

    assert (found.code, found.is_failure) == (code, is_failure)
    assert words in found.text


@pytest.mark.parametrize(
    ("name", "content", "code", "is_for_exiftool"),
    [
        ("a.jpg.xmp", b"<x:xmpmeta/>", "sidecar", True),
        ("lonely.xmp", b"\xef\xbb\xbf<?xpacket?>", "sidecar", True),
        ("a.jpg.xmp", b"AT&TFORM\0\0\0\0DJVU", "sidecar", False),  # never handed to ExifTool
        ("a.aae", b"<plist><dict></dict></plist>", "sidecar", False),
        ("lonely.aae", b"no plist", "sidecar", False),
        (".picasa.ini", b"[a.jpg]\nstar=yes\n", "sidecar", False),
        ("b.jpg.json", b'{"title": "b.jpg", "photoTakenTime": {"timestamp": "1"}}', "sidecar", False),
        ("metadata.json", b'{"title": "Summer"}', "sidecar", False),
        ("a.jpg.json", b"{broken", "sidecar", False),  # beside its photo
        ("a.jpg.json", b"[1, 2]", "sidecar", False),
        ("a.jpg(1).json", b"{broken", "not_media", False),  # there is no a(1).jpg
        ("package.json", b'{"title": "x"}', "not_media", False),
    ],
)
def test_tells_sidecars_by_name_and_content(tmp_path, name, content, code, is_for_exiftool):
    corners().save(tmp_path / "a.jpg")
    (tmp_path / name).write_bytes(content)

    found = left_out(tmp_path, name)

    assert (found.code, found.is_failure, found.is_for_exiftool) == (code, False, is_for_exiftool)


def test_a_broken_json_of_an_export_is_a_sidecar_though_its_photo_lies_elsewhere(tmp_path):
    (tmp_path / "Takeout/Google Photos/Trip").mkdir(parents=True)
    (tmp_path / "Takeout/Google Photos/Trip/b.jpg.json").write_bytes(b"{broken")

    found = left_out(tmp_path, "Takeout/Google Photos/Trip/b.jpg.json")

    assert (found.code, "cannot be read" in found.text) == ("sidecar", True)


@pytest.mark.parametrize(("name", "is_sidecar"), [("a.thm", True), ("b.thm", False), ("a.lrv", True)])
def test_what_was_made_for_a_video_is_a_medium_when_that_is_gone(tmp_path, name, is_sidecar):
    (tmp_path / "a.mp4").write_bytes(b"x")
    corners().save(tmp_path / name, "JPEG")

    found = sorted_out(tmp_path, name)

    assert isinstance(found, LeftOut) is is_sidecar


def test_what_has_vanished_is_a_failure(tmp_path):
    assert (left_out(tmp_path, "gone.jpg").code, left_out(tmp_path, "no/gone.jpg").code) == ("vanished",) * 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(13, "Permission denied"), "unreadable_permission"),
        (FileNotFoundError(2, "No such file or directory"), "vanished"),
        (OSError(5, "Input/output error"), "unreadable_io"),
    ],
)
def test_puts_errors_of_the_disk_in_words(error, code):
    found = triage.unreadable(error)

    assert (found.code, found.is_failure) == (code, True)


def test_a_fifo_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")

    assert left_out(tmp_path, "a.jpg").code == "changed_while_reading"
