import re
from datetime import datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from media_catalog.admin import read_only
from media_catalog.admin.deeds import DEEDS
from media_catalog.models import (
    Archive,
    CameraHabit,
    CameraRule,
    Decision,
    DecisionBatch,
    Deletion,
    Export,
    ExportedFile,
    FileMetadata,
    FileTag,
    FileTraits,
    Job,
    MediaFile,
    PairVerdict,
    Setting,
    SettingChange,
    SidecarLink,
    SidecarValues,
    Source,
    Stack,
    Tag,
    TagAlias,
    TagDecision,
    TagProposal,
    Upload,
    WorkerBeat,
)
from media_catalog.services import export_targets
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
    TagAlias.objects.create(kind="tag", name_key=HOSTILE, tag=tag)
    proposal = TagProposal.objects.create(origin="name", name=HOSTILE, name_key=HOSTILE, created_at=NOW)
    proposal.files.create(file=file)
    proposal.folders.create(source=file.source, folder_key="0" * 64)
    change = {"about": "tag", "key": tag.pk, "after": {"name": HOSTILE}, "created_at": NOW}
    TagDecision.objects.create(batch="0" * 32, **change)
    Setting.objects.create(key=HOSTILE[:40], value=HOSTILE, changed_at=NOW)
    SettingChange.objects.create(key=HOSTILE[:40], after=HOSTILE, changed_at=NOW)
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
        batch="0" * 32,
        kind="date",
        file=file,
        before={"description": "-"},
        after={"description": HOSTILE},
        created_at=NOW,
    )
    return file


def address(model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def is_sound(answer) -> bool:
    return answer.status_code == 200 and "<script>alert" not in answer.text


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_show_hostile_text_as_text_and_nothing_is_added_or_deleted(office, library, model):
    row = model._default_manager.first()
    answer = office.get(address(model, "changelist"))
    assert is_sound(answer)
    assert "delete_selected" not in answer.text
    assert is_sound(office.get(address(model, "change", row.pk)))
    assert office.get(address(model, "add")).status_code == 403
    assert office.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    if model not in (Source, Tag):
        assert office.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


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
        ": identical",
        "XMP:Subject",
        "&quot;b&quot;",
        "ffffffffffffffff",
    ):
        assert expected in text


def test_says_in_plain_words_what_became_of_a_file_and_what_its_dates_are_worth(office, library):
    library.candidates.create(rank=5, source="XMP:Date", precision="second", weight=90)
    text = office.get(address(MediaFile, "change", library.pk)).text
    assert "What became of it:" in text
    assert "trusted 10 of 10" in text
    assert "By what became of it" in office.get("/admin/media_catalog/mediafile/").text


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
    for expected in ("-1 hour", "31 Jan 2015 12:00", "against", "&lt;script&gt;"):
        assert expected in text


def test_the_page_of_a_job_shows_progress_and_failures(office, library):
    job = Job.objects.get()
    text = office.get(address(Job, "change", job.pk)).text
    assert '<progress value="1" max="4"></progress> 1 of 4' in text
    assert "&lt;script&gt;" in text
    assert office.get(f"/admin/media_catalog/jobfailure/?job__id__exact={job.pk}").status_code == 200


def test_a_source_is_renamed_gets_a_time_zone_and_a_preference_that_is_recorded(office, library):
    source = library.source
    changes = {
        "label": " Attic ",
        "time_zone": "Europe/Berlin",
        "keeper_preference": "5",
        "root_text": "/etc",
    }
    office.post(address(Source, "change", source.pk), changes)
    source.refresh_from_db()
    assert (source.label, source.time_zone, source.keeper_preference) == ("Attic", "Europe/Berlin", 5)
    assert source.root_text != "/etc"
    change = SettingChange.objects.get(key=f"source:{source.pk}")
    assert (change.before, change.after, change.changed_by.username) == (0, 5, "admin")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"time_zone": "Europe/Nowhere"}, "This is not a time zone"),
        ({"keeper_preference": "1001"}, "Give a number from -1000 to 1000."),
        ({"label": " "}, "This field is required."),
    ],
)
def test_a_source_refuses_what_makes_no_sense(office, library, changes, text):
    usual = {"label": "Attic", "time_zone": "", "keeper_preference": "0"}
    assert text in office.post(address(Source, "change", library.source.pk), usual | changes).text
    assert Source.objects.get().label != "Attic"


# Characters that turn text around, and a bell.
TRICKS = "photo\u202egpj.exe\u2066\x07"


def test_no_name_turns_the_text_of_a_page_around(office, library):
    MediaFile.objects.filter(pk=library.pk).update(name=TRICKS, path_text=TRICKS, camera_model=TRICKS)
    Source.objects.update(label=TRICKS)
    for page in (
        address(MediaFile, "changelist"),
        address(MediaFile, "changelist") + "?camera=x%E2%80%AEy",
        address(MediaFile, "change", library.pk),
        address(FileTag, "changelist"),
        address(Decision, "changelist"),
        address(Source, "changelist"),
    ):
        text = office.get(page).text
        assert not {"\u202e", "\u2066", "\x07"} & set(re.sub(' value="[^"]*"', "", text)), page
    form = office.get(address(Source, "change", library.source.pk)).text
    assert f'value="{TRICKS}"' in form  # what is sent back stays as it is


@pytest.mark.parametrize(
    "query", ["p=-1", "p=x", "p=99999", "o=1.-2", "o=zzz", "all=", "e=1", "_popup=1", "_to_field=id"]
)
@pytest.mark.parametrize("model", [MediaFile, Tag, Decision])
def test_addresses_that_nobody_offers_do_no_harm(office, library, model, query):
    answer = office.get(f"{address(model, 'changelist')}?{query}", follow=True)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    ("model", "query"),
    [(FileTag, "origin__in=x"), (TagDecision, "before__icontains=x"), (Job, "error_text=x")],
)
def test_lists_are_narrowed_by_nothing_but_what_is_offered(office, library, model, query):
    assert office.get(f"{address(model, 'changelist')}?{query}").status_code == 400


def test_a_copy_is_found_by_its_whole_path_in_the_archive(office, library):
    key = export_targets.key("2015/20150131_142030.jpg")
    ExportedFile.objects.update(destination="2015/20150131_142030.jpg", destination_key=key)
    for text, number in (("2015/20150131_142030.JPG", 1), ("20150131", 0)):
        answer = office.get(f"{address(ExportedFile, 'changelist')}?q={text}")
        assert len(answer.context["cl"].result_list) == number


def test_staff_without_permissions_see_nothing(client, django_user_model, library):
    user = django_user_model.objects.create_user("guest", password="a-long-password", is_staff=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "permission to view or edit anything" in client.get("/admin/").text
    for model in MODELS:
        assert client.get(address(model, "changelist")).status_code == 403
    files = address(MediaFile, "changelist")
    for name in (*DEEDS, "table"):
        chosen = {"action": name, "index": "0", "_selected_action": [library.pk]}
        assert client.post(files, chosen).status_code == 403
        assert client.post(f"{files}act/{name}/", {"selection": "{}"}).status_code in (403, 404)
