import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from media_catalog.models import FileTraits, MediaFile
from media_catalog.pipeline import image_data, thumbnail
from media_catalog.pipeline.look import frames, signature
from media_catalog.pipeline.look import traits as looks
from media_catalog.services import counts, grouping, traits
from tests.pipeline import pictures

pytestmark = pytest.mark.django_db
TAGS = {
    "Make": "Apple",
    "Model": "iPhone 6",
    "ExposureTime": "1/100",
    "DateTimeOriginal": "2015:01:31 14:20:30",
    "SubSecTimeOriginal": "25",
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def traits_of(name: str) -> FileTraits:
    return FileTraits.objects.get(file__name=name)


def everything() -> list[dict[str, Any]]:
    return [dict(row) for row in FileTraits.objects.order_by("pk").values()]


def age(**versions: int) -> None:
    """Make it look as though another version had looked, or nobody."""
    nothing = {"look": b"", "sharpness": None, "shot_local": None, "facts_count": 0, "has_camera_tags": False}
    FileTraits.objects.update(**versions, **nothing)


def test_an_import_stores_how_a_picture_looks(photos, import_folder):
    pictures.save(photos / "a.jpg", pictures.scene())
    pictures.edit(photos / "a.jpg", *(f"-{name}={value}" for name, value in TAGS.items()))

    import_folder(photos)

    found, file = traits_of("a.jpg"), MediaFile.objects.get(name="a.jpg")
    assert signature.from_bytes(bytes(found.look)).steadiness > 0.1
    assert (found.look_version, found.shot_version) == (looks.LOOK_VERSION, 1)
    assert found.sharpness and found.sharpness > 0
    assert found.shot_local == datetime(2015, 1, 31, 14, 20, 30, 250_000)
    assert (found.has_subseconds, found.has_camera_tags, found.frames) == (True, True, b"")
    content = memoryview((photos / "a.jpg").read_bytes())
    assert file.image_data_hash == image_data.content_mark(content, mime_type="image/jpeg")


def test_an_import_stores_the_frames_of_a_video(photos, import_folder):
    pictures.save_video(photos / "a.mp4", [pictures.scene(seed) for seed in range(20)])

    import_folder(photos)

    found = traits_of("a.mp4")
    seen = frames.from_bytes(bytes(found.frames))
    assert len(seen) == 6
    assert all(one.is_telling for one in seen)
    assert (found.look, found.frames_version) == (b"", looks.FRAMES_VERSION)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.heic", "a.mp4", "a.webp", "a.tif"])
def test_a_copy_with_other_metadata_has_the_same_picture_data(photos, import_folder, name):
    pictures.save(photos / name, pictures.scene())
    pictures.edit(Path(shutil.copy(photos / name, photos / f"b{name}")), "-XMP-dc:Description=another")

    import_folder(photos)

    hashes = MediaFile.objects.values_list("sha256", "image_data_hash")
    assert len({sha256 for sha256, _ in hashes}) == 2
    assert len({data for _, data in hashes}) == 1
    assert all(data for _, data in hashes)


def test_the_preview_of_a_raw_file_is_not_its_picture_data(photos, import_folder):
    preview = pictures.save(photos / "a.jpg", pictures.noise())
    pictures.save_raw(photos / "a.rw2", preview.read_bytes())

    import_folder(photos)

    raw = MediaFile.objects.select_related("traits").get(name="a.rw2")
    assert (raw.kind, raw.image_data_hash) == ("raw", "")
    assert raw.traits.look


def test_what_cannot_be_read_has_no_traits(photos, import_folder):
    (photos / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture at all")
    pictures.save(photos / "b.jpg", pictures.scene())

    import_folder(photos)
    (photos / "b.jpg").write_bytes(b"\xff\xd8\xff\xe0 no longer a picture")
    import_folder(photos)

    assert not FileTraits.objects.exists()


def test_nothing_is_stale_after_an_import(photos, import_folder):
    pictures.save(photos / "a.jpg", pictures.scene())
    pictures.save_video(photos / "a.mp4", [pictures.scene()] * 3)
    import_folder(photos)

    assert not traits.stale().exists()


def test_finds_from_thumbnails_and_tags_what_another_version_found(photos, import_folder, now):
    pictures.save(photos / "a.jpg", pictures.scene())
    pictures.edit(photos / "a.jpg", *(f"-{name}={value}" for name, value in TAGS.items()))
    import_folder(photos)
    before = everything()
    age(look_version=0, shot_version=0)
    shutil.rmtree(photos)

    assert traits.refresh([file.pk for file in traits.stale()], at=now) == 1

    (old,), (new,) = before, everything()
    same = (signature.from_bytes(bytes(one["look"])).detail for one in (old, new))
    assert (next(same) ^ next(same)).sum() <= 2
    assert new.pop("sharpness") == pytest.approx(old.pop("sharpness"), rel=0.1)
    assert new.pop("clipped_share") == pytest.approx(old.pop("clipped_share"), abs=0.02)
    assert {**new, "look": b""} == {**old, "look": b""}
    assert not traits.stale().exists()


def test_finds_what_was_catalogued_before_there_were_traits(photos, import_folder, now):
    pictures.save(photos / "a.jpg", pictures.scene())
    pictures.save_video(photos / "a.mp4", [pictures.scene()] * 3)
    import_folder(photos)
    FileTraits.objects.all().delete()

    assert traits.refresh([file.pk for file in traits.stale()], at=now) == 2

    assert traits_of("a.jpg").look
    assert traits_of("a.mp4").shot_version == 1


def test_only_what_is_stale_is_found_anew(photos, import_folder, now):
    pictures.save(photos / "a.jpg", pictures.scene())
    import_folder(photos)
    before = everything()
    age(shot_version=0)
    thumbnail.path_of(MediaFile.objects.get().sha256, folder=settings.DATA_DIR / "thumbnails").unlink()

    traits.refresh([MediaFile.objects.get().pk], at=now)

    (found,) = everything()
    assert found["look"] == b""
    assert found["facts_count"] == before[0]["facts_count"]


def test_a_thumbnail_that_is_gone_is_waited_for(photos, import_folder, now):
    pictures.save(photos / "a.jpg", pictures.scene())
    import_folder(photos)
    age(look_version=0)
    thumbnail.path_of(MediaFile.objects.get().sha256, folder=settings.DATA_DIR / "thumbnails").unlink()

    traits.refresh([MediaFile.objects.get().pk], at=now)

    assert traits.stale().count() == 1


def test_the_sums_hold_afterwards(photos, import_folder, now):
    pictures.save(photos / "a.jpg", pictures.scene())
    import_folder(photos)
    before = counts.numbers("fate")
    age(look_version=0)

    traits.refresh([MediaFile.objects.get().pk], at=now)

    assert counts.numbers("fate") == before


def test_a_search_for_copies_brings_all_up_to_date_first(photos, import_folder, run_job, now):
    for number in range(3):
        pictures.save(photos / f"{number}.jpg", pictures.scene(number))
    import_folder(photos)
    FileTraits.objects.filter(file__name="0.jpg").delete()
    age(look_version=0, shot_version=0)

    job = run_job(grouping.start(created_at=now))

    assert job.state == "completed"
    assert not traits.stale().exists()
    assert all(one.look for one in FileTraits.objects.all())
