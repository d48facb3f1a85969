import os
from pathlib import Path

import pytest

from media_catalog.pipeline.sidecars import reading
from media_catalog.pipeline.sidecars.facts import Facts
from tests.pipeline.pictures import corners

PHOTO = b'{"title": "a.jpg", "photoTakenTime": {"timestamp": "1"}, "people": [{"name": "Oma"}]}'


def read(folder: Path, name: str, content: bytes) -> reading.Content:
    (folder / name).write_bytes(content)
    return reading.read(os.fsencode(folder / name))


def test_tells_what_a_json_is_about(tmp_path):
    assert read(tmp_path, "a.jpg.json", PHOTO).tags["Sidecar:Kind"] == "photo"
    assert read(tmp_path, "metadata.json", b'{"title": "x"}').tags["Sidecar:Kind"] == "album"
    assert read(tmp_path, "package.json", b'{"title": "x"}').problem


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.aae", b"no plist"),
        ("a.xmp", b"\x00\x01binary"),
        ("picasa.ini", bytes((4 << 20) + 1)),
        ("b.json", b" " * (2 << 20)),
    ],
)
def test_says_why_a_sidecar_says_nothing(tmp_path, name, content):
    found = read(tmp_path, name, content)

    assert found.problem
    assert not found.is_for_exiftool


@pytest.mark.parametrize("start", [b"<?xpacket", b"\n <x:xmpmeta", "\ufeff<".encode("utf-16-le")])
def test_leaves_xmp_to_exiftool(tmp_path, start):
    assert read(tmp_path, "a.xmp", start).is_for_exiftool


def test_leaves_the_small_picture_of_a_video_to_exiftool(tmp_path):
    corners().save(tmp_path / "a.thm", "JPEG")

    assert reading.read(os.fsencode(tmp_path / "a.thm")).is_for_exiftool
    assert not read(tmp_path, "b.thm", b"no picture").is_for_exiftool


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        reading.read(os.fsencode(tmp_path / "a.json"))


def test_gives_facts_by_the_kind_of_sidecar(tmp_path):
    json = read(tmp_path, "a.jpg.json", PHOTO).tags
    album = read(tmp_path, "metadata.json", b'{"title": "Sommer"}').tags
    ini = read(tmp_path, "picasa.ini", b"[A.JPG]\nstar=yes\n[b.jpg]\ncaption=x\n").tags

    assert reading.facts(b"a.jpg.json", json, medium=b"a.jpg").people == ("Oma",)
    assert reading.facts(b"metadata.json", album, medium=b"a.jpg").albums == ("Sommer",)
    assert reading.facts(b"picasa.ini", ini, medium=b"a.jpg").is_favourite
    assert reading.facts(b"a.aae", {}, medium=b"a.jpg") == Facts()
    assert reading.facts(b"a.json", reading.broken("x").tags, medium=b"a.jpg") == Facts()


def test_what_a_person_wrote_goes_before_what_google_keeps():
    names = [b"a.json", b"a.lrv", b"picasa.ini", b"a.aae", b"a.thm", b"a.jpg.xmp"]

    assert sorted(names, key=reading.trust)[:3] == [b"a.jpg.xmp", b"picasa.ini", b"a.json"]
