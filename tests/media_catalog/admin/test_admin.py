from datetime import datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from media_catalog.admin import read_only
from media_catalog.models import (
    Archive,
    CameraHabit,
    CameraRule,
    Decision,
    DecisionBatch,
    Deletion,
    Export,
    FileMetadata,
    FileTag,
    FileTraits,
    Job,
    MediaFile,
    PairVerdict,
    SidecarLink,
    SidecarValues,
    Source,
    Stack,
    Tag,
    Upload,
    WorkerBeat,
)
from tests.review.rows import NOW, add_file, add_group, add_thumbnail

NOON = datetime(2015, 1, 31, 12)
HOSTILE = "<script>alert(1)</script>"
MODELS = list(apps.get_app_config("media_catalog").get_models())
pytestmark = pytest.mark.django_db


@pytest.fixture
def library(django_user_model):
    """One row of everything, with markup in every text."""
    file = add_file(f"{HOSTILE}.jpg", captured=NOON, date_reasons=[HOSTILE], description=HOSTILE, phash=-1)
    FileMetadata.objects.create(file=file, tags={f"EXIF:{HOSTILE}": HOSTILE, "XMP:Subject": [HOSTILE, "b"]})
    file.candidates.create(
        rank=0, source=HOSTILE, raw_text=HOSTILE, local=NOON, precision="second", weight=1, verdict=HOSTILE
    )
    Stack.objects.create(kind="live_photo", created_at=NOW)
    example = {"path": HOSTILE, "clock": HOSTILE, "says": HOSTILE, "is_for": False}
    evidence = {"text": HOSTILE, "examples": [example]}
    CameraRule.objects.create(
        camera_model=HOSTILE, shift_seconds=-3600, evidence=evidence, from_local=NOON, created_at=NOW
    )
    CameraHabit.objects.create(camera_model=HOSTILE, local_count=3)
    SidecarLink.objects.create(file=file, sidecar=file, rule=HOSTILE)
    FileTraits.objects.create(file=file, burst_id=HOSTILE, content_ids=[HOSTILE], look=b"\1<script>alert(1)")
    PairVerdict.objects.create(first_sha256="0" * 64, second_sha256="1" * 64, batch="0" * 32, created_at=NOW)
    SidecarValues.objects.create(file=file, values={"description": HOSTILE})
    add_group(file, add_file("copy.jpg", captured=NOON))
    tag = Tag.objects.create(name=HOSTILE, name_key=HOSTILE, created_at=NOW)
    FileTag.objects.create(file=file, tag=tag, origin="folder")
    job = Job.objects.create(
        kind="import", state="running", source=file.source, created_at=NOW, total_count=4, done_count=1
    )
    batch = job.batches.create(stage="files", rung_at=NOW)
    job.job_files.create(file=file, batch=batch, change="new")
    job.failures.create(file=file, code="unreadable", message=HOSTILE, created_at=NOW)
    WorkerBeat.objects.create(owner=HOSTILE, host=HOSTILE, workers=2, started_at=NOW, beat_at=NOW)
    archive = Archive.objects.create(root_bytes=b"/a", root_key="k", root_text=HOSTILE, created_at=NOW)
    export = Export.objects.create(job=job, archive=archive)
    archive.exported_files.create(file=file, export=export, destination=HOSTILE, destination_key="k")
    Deletion.objects.create(
        job=job, file=file, state="kept", original_text=HOSTILE, reason_text=HOSTILE, created_at=NOW
    )
    upload = Upload.objects.create(label=HOSTILE, created_at=NOW, touched_at=NOW)
    upload.files.create(path_text=HOSTILE, size_bytes=3, reason_text=HOSTILE)
    DecisionBatch.objects.create(pk="0" * 32, verb="tag", params={"names": [HOSTILE]}, created_at=NOW)
    Decision.objects.create(
        batch="0" * 32, kind="date", file=file, before={"a": HOSTILE}, after={"a": HOSTILE}, created_at=NOW
    )
    return file


def address(model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def is_sound(answer) -> bool:
    return answer.status_code == 200 and "<script>alert" not in answer.text


@pytest.mark.parametrize("model", MODELS)
def test_every_list_shows_its_rows_and_hostile_text_as_text(office, library, model):
    assert model._default_manager.exists()
    assert is_sound(office.get(address(model, "changelist")))


@pytest.mark.parametrize("model", MODELS)
def test_every_row_has_a_page(office, library, model):
    assert is_sound(office.get(address(model, "change", model._default_manager.first().pk)))


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_or_deleted_by_hand(office, library, model):
    row = model._default_manager.first()
    assert office.get(address(model, "add")).status_code == 403
    assert office.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [model for model in MODELS if model not in (Source, Tag)])
def test_nothing_with_a_history_is_changed_by_hand(office, library, model):
    row = model._default_manager.first()
    assert office.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_no_list_offers_to_delete_many(office, library, model):
    assert "delete_selected" not in office.get(address(model, "changelist")).text


def test_pickles_of_the_queue_are_not_shown():
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_q"]


def test_the_index_names_what_stands_on_its_own(office, library):
    text = office.get("/admin/").text
    assert "Files</a>" in text
    assert "Batches</a>" not in text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("state=analysed", 3),
        ("confidence=high", 2),
        ("open=yes", 1),
        ("flagged=yes", 0),
        ("kind=image&fate=waiting", 3),
        ("camera=iPhone+6", 1),
        ("from=2015-01-01&until=2015-01-31", 2),
        ("q=iphone", 1),
        ("q=copy", 1),
    ],
)
def test_files_are_found_by_filter_and_search(office, library, query, number):
    add_file("third.jpg", camera_model="iPhone 6")
    answer = office.get(f"/admin/media_catalog/mediafile/?{query}")
    assert len(answer.context["cl"].result_list) == number


def test_the_list_of_files_shows_picture_and_date_in_its_precision(office):
    add_thumbnail("ef" * 32)
    file = add_file(
        captured=datetime(2015, 1, 1),
        captured_until_local=datetime(2015, 1, 31, 23, 59, 59),
        captured_precision="month",
        sha256="ef" * 32,
        has_thumbnail=True,
    )
    text = office.get("/admin/media_catalog/mediafile/").text
    assert "January 2015" in text
    assert f"/files/{file.pk}/thumbnail.jpg?v=efefefef" in text


def test_the_page_of_a_file_shows_all_that_speaks_for_its_date(office, library):
    text = office.get(address(MediaFile, "change", library.pk)).text
    for expected in (
        "31 Jan 2015 12:00:00",
        "identical group",
        "XMP:Subject",
        "&quot;b&quot;",
        "ffffffffffffffff",
    ):
        assert expected in text


def test_a_list_counts_no_further_than_its_pages(monkeypatch):
    monkeypatch.setattr(read_only.BoundedPaginator, "most_pages", 2)
    for _ in range(5):
        add_file()
    cut = read_only.BoundedPaginator(MediaFile.objects.filter(state="analysed").order_by("pk"), 2)
    assert (cut.count, cut.num_pages, cut.count_text) == (5, 2, "more than 4")
    whole = read_only.BoundedPaginator(MediaFile.objects.filter(pk=0).order_by("pk"), 2)
    assert (whole.count, whole.num_pages, whole.count_text) == (0, 1, "0")


def test_the_page_of_a_rule_shows_its_evidence(office, library):
    text = office.get(address(CameraRule, "change", CameraRule.objects.get().pk)).text
    for expected in ("-1 hour", "Jan. 31, 2015", "against", "&lt;script&gt;"):
        assert expected in text


def test_the_page_of_a_job_shows_progress_and_failures(office, library):
    job = Job.objects.get()
    text = office.get(address(Job, "change", job.pk)).text
    assert '<progress value="1" max="4"></progress> 1 of 4' in text
    assert "&lt;script&gt;" in text
    assert office.get(f"/admin/media_catalog/jobfailure/?job__id__exact={job.pk}").status_code == 200


def test_a_source_is_renamed_and_gets_a_time_zone(office, library):
    source = library.source
    changes = {"label": "Attic", "time_zone": "Europe/Berlin", "keeper_preference": "5", "root_text": "/etc"}
    office.post(address(Source, "change", source.pk), changes)
    source.refresh_from_db()
    assert (source.label, source.time_zone, source.keeper_preference) == ("Attic", "Europe/Berlin", 5)
    assert source.root_text != "/etc"


def test_a_source_refuses_a_time_zone_that_is_none(office, library):
    changes = {"label": "Attic", "time_zone": "Europe/Nowhere", "keeper_preference": "0"}
    answer = office.post(address(Source, "change", library.source.pk), changes)
    assert "This is not a time zone" in answer.text


def test_a_tag_is_renamed_so_that_it_is_found_again(office, library):
    tag = Tag.objects.get()
    office.post(address(Tag, "change", tag.pk), {"name": "Ski TRIP"})
    tag.refresh_from_db()
    assert (tag.name, tag.name_key) == ("Ski TRIP", "ski trip")


def test_two_tags_never_get_the_same_name(office, library):
    Tag.objects.create(name="Ski", name_key="ski", created_at=NOW)
    tag = Tag.objects.get(name=HOSTILE)
    answer = office.post(address(Tag, "change", tag.pk), {"name": "SKI"})
    assert "Another tag has this name." in answer.text
