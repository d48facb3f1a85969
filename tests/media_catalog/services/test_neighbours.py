import shutil
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from media_catalog.models import Job, JobBatch, MediaFile, TimestampCandidate
from media_catalog.services import decisions, jobs, look_alikes, neighbours
from tests.pipeline import pictures

pytestmark = pytest.mark.django_db

TAGS = {"Make": "Canon", "Model": "Canon EOS 7D", "DateTimeOriginal": "2019:05:04 12:00:00"}
NOON = datetime(2019, 5, 4, 12)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path):
    """Take a picture of its own scene, at a wall clock or with none."""

    def make(path, scene, local=None, *, size=(640, 480)):
        target = tmp_path / "photos" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        pictures.scene(scene, (640, 480)).resize(size).save(target)
        if local:
            tags = {**TAGS, "DateTimeOriginal": local.strftime("%Y:%m:%d %H:%M:%S")}
            pictures.edit(target, *(f"-{tag}={value}" for tag, value in tags.items()))
        return target

    return make


@pytest.fixture
def run_again(now):
    """Run the pass over a finished import once more."""

    def run(job: Job) -> None:
        token = uuid.uuid4()
        batches = JobBatch.objects.filter(job=job, stage=Job.Stage.FINISH)
        batches.update(state=JobBatch.State.RUNNING, token=token, lease_expires_at=now)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
        neighbours.run(jobs.Claim(batch=batches.select_related("job").get(), token=token), clock=lambda: now)
        Job.objects.filter(pk=job.pk).update(state=Job.State.COMPLETED)
        batches.update(state=JobBatch.State.DONE, token=None)

    return run


def by_name(name: str) -> MediaFile:
    return MediaFile.objects.get(name=name)


def claims() -> list[tuple[str, str, datetime | None]]:
    rows = TimestampCandidate.objects.filter(origin="neighbour").order_by("file__name", "rank")
    return list(rows.values_list("file__name", "source", "local"))


def everything() -> list[object]:
    return [list(table.objects.order_by("pk").values()) for table in (MediaFile, TimestampCandidate)]


def test_dates_a_small_copy_without_metadata_by_its_original_in_another_folder(take, photos, import_folder):
    take("2019/IMG_0411.JPG", 1, NOON)
    take("WhatsApp Images/x.jpg", 1, size=(320, 240))
    take("WhatsApp Images/stranger.jpg", 2)
    import_folder(photos)
    copy = by_name("x.jpg")
    assert claims() == [("x.jpg", "neighbour:look", NOON)]
    assert (copy.captured_local, copy.captured_from) == (NOON, "neighbour:look")
    assert copy.confidence in ("medium", "low")
    assert by_name("stranger.jpg").captured_local is None


def test_dates_a_turned_copy_that_lost_its_metadata(take, photos, import_folder):
    original = take("a/IMG_0411.JPG", 1, NOON)
    with Image.open(original) as picture:
        picture.transpose(Image.Transpose.ROTATE_90).save(photos / "turned.png")
    import_folder(photos)
    assert claims() == [("turned.png", "neighbour:look", NOON)]


def test_shares_what_names_say_among_equal_bytes(take, photos, import_folder):
    take("IMG_20190504_120000.jpg", 1)
    shutil.copyfile(photos / "IMG_20190504_120000.jpg", photos / "final.jpg")
    import_folder(photos)
    assert claims() == [("final.jpg", "neighbour:copy", NOON)]


def test_bounds_an_undated_picture_by_its_counter(take, photos, import_folder):
    take("IMG_0411.JPG", 1, NOON)
    take("IMG_0412.JPG", 2)
    take("IMG_0413.JPG", 3, NOON + timedelta(hours=2))
    import_folder(photos)
    file = by_name("IMG_0412.JPG")
    assert (file.captured_from, file.captured_precision) == ("neighbour:counter", "range")
    assert (file.captured_local, file.captured_until_local) == (NOON, NOON + timedelta(hours=2))
    assert (file.offset_minutes, file.captured_at) == (None, None)


def test_run_again_it_changes_no_row(take, photos, import_folder, run_again):
    take("IMG_0411.JPG", 1, NOON)
    take("IMG_0412.JPG", 2)
    take("IMG_0413.JPG", 3, NOON + timedelta(hours=2))
    take("IMG_0413-edited.JPG", 3, size=(320, 240))
    take("IMG-20190504-WA0001.jpg", 1, size=(320, 240))
    take("else/final.jpg", 1, size=(160, 120))
    shutil.copyfile(photos / "IMG_0412.JPG", photos / "else/copy.jpg")
    job = import_folder(photos)
    before = everything()
    assert {name for name, _, _ in claims()} >= {"IMG_0412.JPG", "IMG_0413-edited.JPG", "final.jpg"}
    run_again(job)
    assert everything() == before
    import_folder(photos)
    assert everything() == before


def test_a_suggestion_is_no_evidence_for_another_file(take, photos, import_folder, run_again):
    take("IMG_0411.JPG", 1, NOON)
    take("IMG_0412.JPG", 2)
    take("IMG_0413.JPG", 3, NOON + timedelta(hours=2))
    take("else/like 0412.jpg", 2, size=(320, 240))
    job = import_folder(photos)
    run_again(job)
    assert [name for name, _, _ in claims()] == ["IMG_0412.JPG"]


@pytest.mark.parametrize("is_same_file", [True, False])
def test_an_original_that_comes_later_dates_the_older_copy(
    take, tmp_path, photos, import_folder, is_same_file
):
    (tmp_path / "other").mkdir()
    original = take("IMG_20190504_120000.jpg", 1)
    if is_same_file:
        shutil.copyfile(original, tmp_path / "other/x.jpg")
    else:
        pictures.scene(1, (640, 480)).resize((320, 240)).save(tmp_path / "other/x.jpg")
    import_folder(tmp_path / "other")
    assert claims() == []
    import_folder(photos)
    assert claims() == [("x.jpg", "neighbour:copy" if is_same_file else "neighbour:look", NOON)]


def test_takes_back_what_a_vanished_neighbour_said(take, photos, import_folder):
    take("IMG_0411.JPG", 1, NOON)
    take("IMG_0412.JPG", 2)
    take("IMG_0413.JPG", 3, NOON + timedelta(hours=2))
    import_folder(photos)
    (photos / "IMG_0413.JPG").unlink()
    import_folder(photos)
    assert claims() == []
    assert by_name("IMG_0412.JPG").captured_local is None


def test_leaves_alone_what_a_person_dated(take, photos, import_folder, now, run_again):
    take("IMG_0411.JPG", 1, NOON)
    take("x.jpg", 1, size=(320, 240))
    job = import_folder(photos)
    given = datetime(1999, 1, 1)
    date = decisions.GivenDate(local=given, until=given, precision="second", offset_minutes=None)
    decisions.set_date(MediaFile.objects.filter(name="x.jpg"), date=date, actor=None, at=now)
    (photos / "IMG_0411.JPG").unlink()
    import_folder(photos)
    run_again(job)
    assert by_name("x.jpg").captured_local == given


def test_believes_the_date_that_a_person_gave_an_original(take, photos, import_folder, now, run_again):
    take("IMG_0411.JPG", 1)
    take("x.jpg", 1, size=(320, 240))
    job = import_folder(photos)
    date = decisions.GivenDate(local=NOON, until=NOON, precision="second", offset_minutes=None)
    decisions.set_date(MediaFile.objects.filter(name="IMG_0411.JPG"), date=date, actor=None, at=now)
    run_again(job)
    assert claims() == [("x.jpg", "neighbour:look", NOON)]


def test_looks_at_great_folders_in_windows_that_overlap(take, photos, import_folder, run_again, monkeypatch):
    for number in range(20):
        take(f"IMG_{number:04}.JPG", number, None if number % 3 else NOON + timedelta(minutes=number))
    job = import_folder(photos)
    before = claims()
    assert len(before) == 13
    monkeypatch.setattr(neighbours, "WINDOW", 9)
    monkeypatch.setattr(neighbours, "MARGIN", 4)
    run_again(job)
    assert claims() == before


def test_searches_the_catalogue_in_parts(take, photos, import_folder, run_again, monkeypatch):
    for number in range(5):
        take(f"{number}.jpg", number, NOON + timedelta(days=40 * number))
        take(f"small/like {number}.jpg", number, size=(320, 240))
    job = import_folder(photos)
    assert len(claims()) == 5
    before = everything()
    monkeypatch.setattr(look_alikes, "PART", 2)
    monkeypatch.setattr(neighbours, "BLOCK", 2)
    monkeypatch.setattr(neighbours, "PAGE", 3)
    run_again(job)
    assert everything() == before


def test_writes_nothing_once_its_lease_is_lost(take, photos, import_folder, now):
    take("IMG_0411.JPG", 1, NOON)
    take("x.jpg", 1, size=(320, 240))
    job = import_folder(photos)
    TimestampCandidate.objects.filter(origin="neighbour").delete()
    batch = JobBatch.objects.select_related("job").get(job=job, stage=Job.Stage.FINISH)
    with pytest.raises(jobs.LeaseLost):
        neighbours.run(jobs.Claim(batch=batch, token=uuid.uuid4()), clock=lambda: now)
    assert claims() == []


def test_asks_no_more_questions_for_more_folders(take, photos, import_folder, run_again):
    def questions(folders: int) -> int:
        for number in range(folders):
            take(f"{number}/a.jpg", number, NOON)
            take(f"{number}/b.jpg", number, size=(320, 240))
        job = import_folder(photos)
        with CaptureQueriesContext(connection) as queries:
            run_again(job)
        return len(queries)

    assert questions(3) == questions(8)
