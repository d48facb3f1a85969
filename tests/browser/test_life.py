"""A whole life, from the first drop to originals that are deleted, with the real server and real workers."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image, UnidentifiedImageError

from tests.browser import conftest, family, life
from tests.browser.server import Server


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_photos_of_a_family_go_all_the_way_and_none_is_lost(browser, tmp_path):
    photos = tmp_path / "photos"
    family.make(photos, files=life.FILES)
    with life.installation(tmp_path) as server:
        page = browser.new_context(base_url=server.address, **conftest.DESKTOP).new_page()
        found = life.live(page, server, photos, shoot=lambda name: None)
        ledger = dict(found.ledger)
        total = ledger.pop("all together")
        assert sum(ledger.values()) == total
        exported = ledger["in an archive, read back and verified"]
        for checked in (found.checked, found.checked_again):
            assert (checked["checked"], checked["faults"], checked["extra"]) == (exported, [], [])
        gone = total - len(server.arrived())
        assert 0 < gone <= exported + ledger["identical to one that is there"]
        assert lost(photos, server) == []


def lost(photos: Path, server: Server) -> list[str]:
    """List the pictures of the library that are neither among what was sent any more, nor in the archive."""
    here = pixels(*server.data.glob("uploads/*/files"), server.data / "archive")
    kept = set(here.values())
    return [name for name, found in pixels(photos).items() if found not in kept and "encoding" not in name]


def pixels(*folders: Path) -> dict[str, str]:
    """Return what the pictures below show, whatever is written into their files about them."""
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        try:
            with Image.open(path) as picture:
                found[str(path)] = hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()
        except (UnidentifiedImageError, OSError):
            continue  # a video, or nothing at all
    return found
