import fcntl
import io
import os
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from media_catalog.models import MediaFile
from media_catalog.pipeline import thumbnail
from media_catalog.services import previews, tools
from tests.pipeline.pictures import corner_names, corners, edit, save_heic, save_raw, save_video

pytestmark = pytest.mark.django_db
LARGE = (2400, 1800)


@pytest.fixture
def photos(tmp_path, settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    folder: Path = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def jpeg(photos) -> Path:
    path: Path = photos / "IMG_1.jpg"
    corners(LARGE).save(path)
    return path


@pytest.fixture
def imported(photos, import_folder):
    def run() -> MediaFile:
        import_folder(photos)
        return MediaFile.objects.select_related("source", "metadata").get(kind__in=["image", "raw", "video"])

    return run


def kept() -> list[Path]:
    return sorted(tools.preview_dir().glob("??/??/*"))


def shown(jpeg: bytes | None) -> tuple[tuple[int, int], str]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return picture.size, corner_names(picture)


def put_turned(path: Path) -> None:
    corners(LARGE).transpose(Image.Transpose.ROTATE_90).save(path)
    edit(path, "-Orientation#=6")


def put_raw(path: Path) -> None:
    small, large = path.with_name("small.jpg"), path.with_name("large.jpg")
    corners(LARGE).save(large, quality=100, subsampling=0)
    save_raw(path, large.read_bytes())
    large.unlink()
    small.unlink(missing_ok=True)


def put_in_archive(path: Path) -> None:
    buffer = io.BytesIO()
    corners(LARGE).save(buffer, "JPEG")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/Google Photos/2015/IMG_1.jpg", buffer.getvalue())


@pytest.mark.parametrize(
    ("name", "put"),
    [
        ("turned.jpg", put_turned),
        ("a.png", lambda path: corners(LARGE).save(path)),
        ("a.tif", lambda path: corners(LARGE).save(path)),
        ("a.heic", lambda path: save_heic(path, corners(LARGE), thumbnail_px=320)),
        ("a.mp4", lambda path: save_video(path, [corners(LARGE)] * 2)),
        ("P1000001.RW2", put_raw),
        ("takeout-1.zip", put_in_archive),
    ],
)
def test_makes_a_large_upright_picture_of_everything(photos, imported, now, name, put):
    put(photos / name)
    before = {path: path.stat().st_mtime_ns for path in photos.iterdir()}

    assert shown(previews.jpeg_of(imported(), at=now)) == ((1600, 1200), "RGBY")
    assert {path: path.stat().st_mtime_ns for path in photos.iterdir()} == before


def test_makes_it_once(jpeg, imported, now):
    file = imported()
    first = previews.jpeg_of(file, at=now)
    jpeg.unlink()

    assert previews.jpeg_of(file, at=now) == first
    assert [path.read_bytes() for path in kept()] == [first]


@pytest.mark.parametrize(("name", "put"), [("a.jpg", put_turned), ("P1000001.RW2", put_raw)])
def test_a_picture_with_all_its_pixels_is_kept_beside_the_preview(photos, imported, now, name, put):
    put(photos / name)
    file = imported()
    sizes = [shown(previews.jpeg_of(file, at=now, longest_px=px))[0] for px in (1600, previews.FULL_PX)]
    assert sizes == [(1600, 1200), LARGE]
    assert len(kept()) == 2
    (photos / name).unlink()
    assert shown(previews.jpeg_of(file, at=now, longest_px=previews.FULL_PX))[0] == LARGE


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"something else"), os.utime])
def test_an_original_that_is_gone_or_another_has_no_preview(jpeg, imported, now, harm):
    file = imported()
    harm(jpeg)

    with pytest.raises(previews.OriginalMissing):
        previews.jpeg_of(file, at=now)
    assert kept() == []


def test_a_file_that_was_never_read_has_no_preview(jpeg, imported, now):
    file = imported()
    file.sha256 = ""

    with pytest.raises(previews.OriginalMissing):
        previews.jpeg_of(file, at=now)


def test_what_cannot_be_decoded_is_tried_again_after_an_hour(photos, imported, now, settings):
    corners(LARGE).save(photos / "a.png")
    file = imported()
    settings.MEDIAPARSER_MAX_PIXELS = 1_000_000
    made_at = now.fromtimestamp(time.time(), tz=now.tzinfo)
    assert previews.jpeg_of(file, at=made_at) is None
    settings.MEDIAPARSER_MAX_PIXELS = 300_000_000

    assert previews.jpeg_of(file, at=made_at + timedelta(minutes=59)) is None
    assert shown(previews.jpeg_of(file, at=made_at + timedelta(minutes=61))) == ((1600, 1200), "RGBY")


def test_whoever_comes_second_waits_for_the_first(jpeg, imported, now):
    file = imported()
    target = thumbnail.path_of(file.sha256, folder=tools.preview_dir())
    lock = tools.preview_dir() / "locks" / file.sha256[:2]
    lock.parent.mkdir(parents=True)
    answers: list[bytes | None] = []
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: answers.append(previews.jpeg_of(file, at=now)))
        second.start()
        second.join(0.5)
        assert second.is_alive()
        thumbnail.save(b"made by the first", target)
    second.join()

    assert answers == [b"made by the first"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(jpeg, imported, now):
    file = imported()
    tools.preview_dir().write_text("a file where a folder should be")

    assert shown(previews.jpeg_of(file, at=now)) == ((1600, 1200), "RGBY")


def fill(folder: Path, ages_s: dict[str, int], *, size_bytes: int = 100_000) -> None:
    for sha256, age_s in ages_s.items():
        path = thumbnail.path_of(sha256 * 32, folder=folder)
        thumbnail.save(os.urandom(size_bytes), path)
        os.utime(path, (1_700_000_000 - age_s,) * 2)


def test_makes_room_by_what_was_not_used_for_longest(tmp_path):
    fill(tmp_path, {"aa": 50, "bb": 400, "cc": 10, "dd": 300, "ee": 20})

    assert previews.make_room(tmp_path, limit_bytes=600_000) == 0
    assert previews.make_room(tmp_path, limit_bytes=350_000) == 2

    assert sorted(path.name[:2] for path in tmp_path.glob("??/??/*")) == ["aa", "cc", "ee"]


def test_makes_some_more_room_than_it_must(tmp_path):
    fill(tmp_path, {f"{number:02x}": number for number in range(50)}, size_bytes=20_480)

    removed = previews.make_room(tmp_path, limit_bytes=49 * 20_480)

    assert 5 <= removed <= 7


def test_a_use_counts(jpeg, imported, now):
    file = imported()
    previews.jpeg_of(file, at=now)
    [path] = kept()
    os.utime(path, (1_600_000_000,) * 2)
    fill(tools.preview_dir(), {"aa": 0})

    previews.jpeg_of(file, at=now)
    previews.make_room(tools.preview_dir(), limit_bytes=path.stat().st_blocks * 512 * 10 // 9 + 4096)

    assert kept() == [path]


def test_the_cache_stays_within_its_limit(photos, import_folder, now, settings):
    settings.MEDIAPARSER_PREVIEW_CACHE_MB = 1
    for number in range(40):
        Image.effect_noise((700, 700 + number), 90).save(photos / f"{number}.jpg", quality=95)
    import_folder(photos)
    for file in MediaFile.objects.select_related("source", "metadata"):
        previews.jpeg_of(file, at=now)

    sizes = [path.stat().st_size for path in kept()]
    assert sum(sizes) < (1 << 20) + previews.WRITES_BETWEEN_LOOKS * max(sizes)
    assert len(sizes) < 40
