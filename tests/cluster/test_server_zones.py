"""What is found out and exported does not depend on the zone or the language of the server."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.pipeline import pictures

pytestmark = pytest.mark.any_database

NIGHT = datetime(2015, 7, 4, 23, 30, tzinfo=UTC).timestamp()
NOKIA = {"Make": "Nokia", "Model": "N8"}
WALL_CLOCK = {**NOKIA, "DateTimeOriginal": "2015:07:04 23:30:00"}
TAGS = {
    "Kreta/wall clock.jpg": WALL_CLOCK,
    "Kreta/zone.jpg": {**WALL_CLOCK, "OffsetTimeOriginal": "+09:00"},
    "Kreta/Größe 家族.jpg": {"XMP-photoshop:DateCreated": "2015-07-04T23:30:00+02:00"},
    "Kreta/PXL_20210415_094539123.jpg": None,
    "Kreta/IMG-20150131-WA0007.jpg": None,
    "Kreta/file time alone.jpg": None,
    "Kreta/takeout.jpg": None,
    "2015/2015-07 Juli/a.jpg": None,
}
SERVERS = [
    {"TZ": "America/New_York", "LC_ALL": "C"},
    {"TZ": "Pacific/Auckland", "LC_ALL": "de_DE.ISO-8859-1", "LANGUAGE": "de"},
]
ANY_KEY = ("exact_group", "near_group")  # of a row


@pytest.fixture
def photos(tmp_path, make_picture):
    """Make files with a wall clock, a zone, an instant, a day, a month, and with nothing but a file time."""
    for seed, (name, tags) in enumerate(TAGS.items()):
        make_picture(f"photos/{name}", seed=seed, tags=tags)
    folder = tmp_path / "photos"
    movie = pictures.save_video(folder / "Kreta/movie.mp4", [pictures.scene(seed) for seed in range(3)])
    pictures.edit(movie, "-QuickTime:CreateDate=2015:07:04 23:30:00")
    taken = {"title": "takeout.jpg", "photoTakenTime": {"timestamp": str(int(NIGHT))}}
    (folder / "Kreta/takeout.jpg.json").write_text(json.dumps(taken))
    for path in folder.rglob("*.*"):
        os.utime(path, (NIGHT, NIGHT))
    return folder


@pytest.mark.soak
def test_every_server_finds_and_exports_the_same(make_installed, photos, tmp_path):
    found = []
    for number, server in enumerate(SERVERS):
        made = make_installed(f"data{number}")
        installation = replace(made, environment=made.environment | server)
        archive = tmp_path / f"archive{number}"
        assert installation.run("import_path", photos).returncode == 0
        assert installation.run("export", "--output", archive, "--force").returncode == 0
        report = [
            {key: value for key, value in line.items() if key not in ANY_KEY}
            for line in installation.report()
        ]
        copies = {
            os.fsdecode(path.relative_to(archive)): path.read_bytes()
            for path in archive.rglob("*.*")
            if path.suffix in (".jpg", ".mp4")
        }
        found.append((report, copies))

    assert found[0][0] == found[1][0]
    assert len(found[0][1]) == len(TAGS) + 1
    assert found[0][1] == found[1][1]
    assert {"2015/20150704_233000.jpg", "2021/20210415_094539.jpg"} <= found[0][1].keys()
