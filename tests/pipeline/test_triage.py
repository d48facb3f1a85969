import os
from functools import partial
from pathlib import Path

import pytest

from media_catalog.pipeline import triage
from media_catalog.pipeline.triage import LeftOut
from tests.pipeline.pictures import corners


def sorted_out(root: Path, name: str) -> str | LeftOut:
    folder = os.fsencode(root)
    return triage.sort_out(name.encode(), root=folder, media_in=partial(triage.media_in, folder))


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


def test_a_sidecar_knows_its_owner_in_the_same_folder(tmp_path):
    (tmp_path / "2019").mkdir()
    (tmp_path / "2019/a.jpg").write_bytes(b"x")
    (tmp_path / "2019/a.jpg.xmp").write_bytes(b"<x:xmpmeta/>")

    found = left_out(tmp_path, "2019/a.jpg.xmp")

    assert (found.code, found.text, found.is_failure) == ("sidecar", "sidecar of a.jpg", False)
    assert found.belongs_to == b"2019/a.jpg"


def test_a_sidecar_without_an_owner_is_a_sidecar(tmp_path):
    (tmp_path / "a.aae").write_bytes(b"<plist/>")

    found = left_out(tmp_path, "a.aae")

    assert (found.code, found.text, found.belongs_to) == ("sidecar", "sidecar of nothing in its folder", None)


def test_what_has_vanished_is_a_failure(tmp_path):
    assert (left_out(tmp_path, "gone.jpg").code, left_out(tmp_path, "no/gone.jpg").code) == ("vanished",) * 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(13, "Permission denied"), "unreadable_permission"),
        (FileNotFoundError(2, "No such file or directory"), "vanished"),
        (OSError(5, "Input/output error"), "unreadable"),
    ],
)
def test_puts_errors_of_the_disk_in_words(error, code):
    found = triage.unreadable(error)

    assert (found.code, found.is_failure) == (code, True)


def test_a_fifo_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")

    assert left_out(tmp_path, "a.jpg").code == "changed_while_reading"
