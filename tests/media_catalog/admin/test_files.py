import csv
import io
import json
from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from media_catalog.admin import deeds, file_filters
from media_catalog.models import Decision, DecisionBatch, FileTag, Job, MediaFile, Tag
from media_catalog.services import acts, counts, import_retry, selection_filters, undoing, walks
from media_catalog.services.selections import Selection
from tests.review.rows import NOW, add_file, add_source

LIST = "/admin/media_catalog/mediafile/"
NOON = datetime(2015, 1, 31, 12)
HOSTILE = "<script>alert(1)</script>"
pytestmark = pytest.mark.django_db


def shown(answer) -> set[str]:
    return {file.name for file in answer.context["cl"].result_list}


def begin(office, name, files=(), *, query="", **more):
    """Choose an action in the list: for some files, or for all that match."""
    chosen = {"_selected_action": [file.pk for file in files]} if files else {"select_across": "1"}
    return office.post(f"{LIST}{query}", {"action": name, "index": "0", **chosen, **more})


def send(office, name, answer, step="look", **values):
    """Send what the page of an action holds, with what is filled in."""
    context = answer.context
    held = {"selection": context["selection"], "next": context["next"], "step": step, **values}
    if effect := context["effect"]:
        held |= {"expected": effect.number, "stamp": effect.stamp, "shown": context["shown"]}
    return office.post(f"{LIST}act/{name}/", held)


def carry_out(office, name, files=(), *, query="", **values):
    """Choose an action, look at what it would do, and let it be done."""
    page = begin(office, name, files, query=query)
    if values:
        page = send(office, name, page, **values)
    assert page.context["effect"].changed, page.context["problem"] or page.context["form"].errors
    assert not DecisionBatch.objects.exists()
    return send(office, name, page, step="apply", **values)


CAMERA = {"camera_make": "Canon", "camera_model": "EOS"}
DEEDS = {
    "confirm": ({}, lambda file: file.reviewed_at is not None),
    "set_date": (
        {"date": "15/08/2019 14:20"},
        lambda file: file.captured_local == datetime(2019, 8, 15, 14, 20),
    ),
    "shift": ({"by": "+1 h"}, lambda file: file.captured_local == datetime(2015, 1, 31, 13)),
    "set_zone": ({"zone": "Tokyo", "keeping": "wall"}, lambda file: file.offset_minutes == 540),
    "candidate": ({"source": "name"}, lambda file: file.captured_local.year == 2012),
    "tag": ({"names": 'ski, "snow, ice"'}, lambda file: file.file_tags.count() == 3),
    "untag": ({"names": "Old"}, lambda file: not file.file_tags.exists()),
    "keep": ({}, lambda file: file.disposition == "keep"),
    "discard": ({}, lambda file: file.disposition == "discard"),
    "restore": ({}, lambda file: file.disposition == "keep"),
    "flag": ({}, lambda file: file.is_flagged),
    "unflag": ({}, lambda file: not file.is_flagged),
}
BEFORE: dict[str, dict[str, object]] = {"restore": {"disposition": "discard"}, "unflag": {"is_flagged": True}}


@pytest.fixture
def library():
    """Three pictures of a camera that anything can be done to, and one of another that is never meant."""
    files = [add_file(f"2012-0{number}-02 {number}.jpg", captured=NOON, **CAMERA) for number in range(1, 4)]
    other = add_file("other.jpg", captured=NOON)
    old = Tag.objects.create(name="old", name_key="old", created_at=NOW)
    for file in [*files, other]:
        FileTag.objects.create(file=file, tag=old, origin="person")
        file.candidates.create(
            rank=0,
            source="name:day",
            raw_text=file.name,
            local=datetime(2012, 1, 2),
            precision="day",
            weight=40,
            verdict="lost",
        )
    return files


def before_and_after(file) -> dict[str, object]:
    row = MediaFile.objects.filter(pk=file.pk).values().get()
    return {**row, "tags": sorted(file.file_tags.values_list("tag__name", flat=True))}


@pytest.mark.parametrize("meant", ["a selection", "all that match"])
@pytest.mark.parametrize("name", DEEDS)
def test_an_action_is_done_to_what_was_chosen_and_taken_back(office, library, name, meant):
    values, is_done = DEEDS[name]
    MediaFile.objects.update(**BEFORE.get(name, {"rating": None}))
    counts.rebuild()
    states = {file.pk: before_and_after(file) for file in MediaFile.objects.all()}
    chosen = library[:2] if meant == "a selection" else library
    picked = {"files": chosen} if meant == "a selection" else {"query": "?camera=EOS"}
    answer = carry_out(office, name, **picked, **values)
    assert answer.status_code == 302, answer.context["problem"]
    changed = [file.pk for file in MediaFile.objects.order_by("pk") if is_done(file)]
    assert changed == [file.pk for file in chosen]
    batch = DecisionBatch.objects.get()
    assert (batch.verb, batch.number, batch.actor.username) == (name, len(chosen), "admin")
    undoing.undo(batch.pk, actor=None, at=NOW)
    assert {file.pk: before_and_after(file) for file in MediaFile.objects.all()} == states


def test_no_action_is_missing_above():
    assert {*DEEDS, *JOBS} == set(deeds.DEEDS)


JOBS = {
    "read_again": ({}, "import", import_retry.CHOSEN),
    "export": ({"is_forced": "on"}, "export", "selection"),
}


@pytest.mark.parametrize("meant", ["a selection", "all that match"])
@pytest.mark.parametrize("name", JOBS)
def test_what_is_the_work_of_a_job_is_about_what_was_chosen(office, library, settings, tmp_path, name, meant):
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path
    values, kind, option = JOBS[name]
    picked = {"files": library[:2]} if meant == "a selection" else {"query": "?camera=EOS"}
    answer = carry_out(office, name, **picked, **values)
    job = Job.objects.get()
    assert (job.kind, job.created_by.username, answer.url) == (kind, "admin", f"/jobs/{job.pk}/")
    chosen = Selection.of_json(job.options[option]).files()
    assert set(chosen) == set(library[:2] if meant == "a selection" else library)
    assert not DecisionBatch.objects.exists()
    # A second one at the same time is refused, and says so.
    again = send(office, name, send(office, name, begin(office, name, **picked), **values), "apply", **values)
    assert (again.status_code, Job.objects.count()) == (200, 1)


def test_the_page_of_an_action_shows_what_would_change_and_changes_nothing(office, library):
    MediaFile.objects.filter(pk=library[0].pk).update(name=HOSTILE)
    page = send(office, "shift", begin(office, "shift", library), by="+1 h")
    for expected in ("31 Jan 2015 12:00:00", "31 Jan 2015 13:00:00", "&lt;script&gt;", "about 3 files"):
        assert expected in page.text
    assert "<script>alert" not in page.text
    assert set(MediaFile.objects.values_list("captured_local", flat=True)) == {NOON}
    assert not Decision.objects.exists()


def test_nothing_is_done_that_differs_from_what_was_shown(office, library):
    page = send(office, "shift", begin(office, "shift", library), by="+1 h")
    answer = send(office, "shift", page, step="apply", by="+2 h")
    assert answer.status_code == 200
    assert answer.context["effect"].rows[0].lines[0].after == "31 Jan 2015 14:00:00"
    assert not Decision.objects.exists()


def test_nothing_is_done_to_a_selection_that_has_changed(office, library):
    page = begin(office, "discard", query="?camera=EOS")
    MediaFile.objects.filter(pk=library[0].pk).update(camera_model="")
    answer = send(office, "discard", page, step="apply")
    assert "now it is 2. Nothing" in answer.text
    assert not Decision.objects.exists()


def test_of_two_people_the_later_is_told(office, library):
    mine, theirs = begin(office, "discard", library), begin(office, "keep", library)
    send(office, "keep", theirs, step="apply")
    assert "Meanwhile something was decided about 3" in send(office, "discard", mine, step="apply").text
    assert set(MediaFile.objects.filter(camera_model="EOS").values_list("disposition", flat=True)) == {"keep"}


GARBAGE = ["", "x", "[]", "{}", '{"ids": 5}', '{"ids": [true]}', '{"ids": ["1"]}', '{"filters": ["a"]}']
GARBAGE += ['{"ids": [1], "filters": {"all": "yes"}}', '{"filters": {"password": "x"}}', '{"ids": [-1]}']


@pytest.mark.parametrize("stored", GARBAGE)
def test_a_form_that_was_tampered_with_does_nothing(office, library, stored):
    held = {"selection": stored, "next": "//evil.example/", "step": "apply", "expected": "9" * 40}
    answer = office.post(f"{LIST}act/discard/", held)
    assert (answer.status_code, answer.url) == (302, LIST)
    assert not Decision.objects.exists()


def test_more_than_are_done_at_once_are_done_by_a_job(office, library, monkeypatch, run_job):
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    answer = carry_out(office, "discard", query="?camera=EOS")
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    run_job(job)
    assert MediaFile.objects.filter(disposition="discard").count() == 3
    assert DecisionBatch.objects.get().number == 3


def test_what_is_typed_wrong_is_said_and_does_nothing(office, library):
    page = begin(office, "shift", library)
    assert page.context["effect"] is None
    page = send(office, "shift", page, by="much")
    assert "Give a length of time" in page.text
    assert page.context["effect"] is None


def test_nothing_chosen_is_nothing_done(office, library):
    answer = office.post(LIST, {"action": "discard", "index": "0"}, follow=True)
    assert "Select some files first." in answer.text
    assert not Decision.objects.exists()


def test_who_may_only_look_is_offered_the_table_alone(client: Client, django_user_model, library):
    user = django_user_model.objects.create_user("guest", password="a-long-password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_mediafile"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(LIST)
    offered = [value for value, _label in answer.context["action_form"].fields["action"].choices]
    assert offered == ["", "table"]
    data = {"selection": json.dumps({"ids": [library[0].pk]}), "step": "apply", "expected": 1}
    assert client.post(f"{LIST}act/discard/", data).status_code == 403
    assert not Decision.objects.exists()


FILTERS = [
    "",
    "?state=failed",
    "?confidence=none",
    "?camera=EOS",
    "?camera=EOS&confidence=high",
    "?q=deep",
    "?q=canon&kind=image",
    "?from=2015-01-01&until=2015-12-31",
    "?open=yes",
    "?flagged=no&tag=old",
    "?origin=tag",
    "?group=near",
]


@pytest.mark.parametrize("query", FILTERS)
def test_all_that_match_are_those_that_the_list_shows(office, library, query):
    add_file("deep.jpg", is_flagged=True)
    add_file("broken.jpg", state="failed", reason_code="unreadable", confidence="none")
    changelist = office.get(f"{LIST}{query}").context["cl"]
    keys = {file.pk for file in changelist.result_list}
    assert set(changelist.selection.files().values_list("pk", flat=True)) == keys
    assert set(changelist.queryset.values_list("pk", flat=True)) == keys
    assert keys or query in ("?group=near",)


def test_every_filter_of_files_can_stand_in_the_address():
    known = {name for one in file_filters.FILTERS for name in [getattr(one, "parameter_name", None)] if name}
    assert known | {"from", "until", "all", "text"} == set(selection_filters.FILTERS)


@pytest.mark.parametrize("query", ["?job_files__job=1", "?name__startswith=x", "?sha256=0", "?bogus=1"])
def test_the_list_is_narrowed_by_nothing_but_its_filters(office, library, query):
    assert office.get(f"{LIST}{query}").status_code == 400
    assert begin(office, "discard", query=query).status_code == 400


@pytest.mark.parametrize(
    "query", ["?state=bogus", "?source=x", "?from=2015-02-30", "?after=nowhere", "?open=perhaps"]
)
def test_a_wrong_filter_leads_back_to_all_files(office, library, query):
    assert office.get(f"{LIST}{query}").url == f"{LIST}?e=1"
    assert begin(office, "discard", query=query).status_code == 302
    assert not Decision.objects.exists()


def test_pages_follow_each_other_by_key_and_keep_the_filters(office, library, monkeypatch):
    monkeypatch.setattr("media_catalog.admin.files.MediaFileAdmin.list_per_page", 2)
    first = office.get(f"{LIST}?camera=EOS")
    second = office.get(LIST + first.context["cl"].next_query)
    assert len(shown(first)) == 2
    assert shown(first) | shown(second) == {file.name for file in library}
    assert second.context["cl"].next_query == ""
    assert 'href="?camera=EOS">First page' in second.text
    assert "after=" not in second.context["cl"].get_query_string({"state": "analysed"})


def test_a_page_that_was_not_filled_leads_on(office, library, monkeypatch):
    monkeypatch.setattr(walks, "SPANS", (2,))
    answer = office.get(f"{LIST}?type=never")
    assert "Look further" in answer.text
    assert "not counted" in answer.text


def test_dates_are_found_year_by_year_month_by_month_day_by_day(office):
    for captured in (NOON, datetime(2015, 3, 1), datetime(1999, 12, 31, 23, 59, 59)):
        add_file(captured=captured)
    add_file("undated.jpg")
    links = [("", ["1999", "2015"])]
    links += [("?from=2015-01-01&until=2015-12-31", ["January 2015", "March 2015"])]
    links += [("?from=2015-01-01&until=2015-01-31", ["31 January 2015"])]
    for query, titles in links:
        found = office.get(f"{LIST}{query}").context["cl"].hierarchy()
        assert [choice["title"] for choice in found["choices"]] == titles
    day = office.get(LIST + found["choices"][0]["link"])
    assert len(shown(day)) == 1
    assert office.get(LIST + found["back"]["link"]).context["cl"].result_count == 2


def test_the_list_takes_no_more_queries_for_more_rows_and_counts_none(office, django_assert_num_queries):
    add_file(captured=NOON)
    office.get(LIST)
    with django_assert_num_queries(12) as few:
        office.get(LIST)
    for _ in range(20):
        add_file(captured=NOON, source=add_source("another"))
    with django_assert_num_queries(len(few)) as many:
        office.get(LIST)
    assert not [query for query in many if "COUNT(" in query["sql"]]


def test_the_number_of_all_files_is_the_one_that_is_kept(office):
    add_file().source.counts.update(number=1_234_567)
    assert "1,234,567 files" in office.get(LIST).text


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_table_holds_what_was_chosen_and_no_formula(office, library):
    MediaFile.objects.filter(pk=library[0].pk).update(
        name='=HYPERLINK("http://x")', description='+1\n"two"', gps_lat=-33.5, gps_lon=-0.5, path_text=" @x"
    )
    MediaFile.objects.filter(pk=library[0].pk).update(camera_make="a; =1+1\t-2")
    rows = table(begin(office, "table", query="?camera=EOS"))
    assert len(rows) == 4
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["name"] == '\'=HYPERLINK("http://x")'
    assert first["camera make"] == "a; '=1+1\t'-2"
    assert (first["path"], first["description"]) == ("' @x", '\'+1\n"two"')
    assert (first["latitude"], first["captured"], first["tags"]) == ("-33.5", "2015-01-31 12:00:00", "old")
    picked = table(begin(office, "table", library[1:2]))
    assert [row[0] for row in picked[1:]] == [str(library[1].pk)]


def test_the_table_is_read_in_slices(office, library, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("media_catalog.services.file_table.KEYS", 2)
    monkeypatch.setattr("media_catalog.services.file_table.SLICE", 1)
    assert len(table(begin(office, "table"))) == 5


def test_files_are_read_again_and_keep_what_people_decided(
    office, make_picture, import_folder, run_job, tmp_path
):
    for number in range(3):
        make_picture(f"a/{number}.jpg", seed=number, tags={"DateTimeOriginal": "2015:01:31 14:20:30"})
    import_folder(tmp_path / "a")
    chosen = MediaFile.objects.get(name="0.jpg")
    gone = MediaFile.objects.get(name="1.jpg")
    (tmp_path / "a" / "1.jpg").unlink()
    MediaFile.objects.update(width_px=1, is_flagged=True)
    answer = carry_out(office, "read_again", [chosen, gone])
    job = Job.objects.order_by("-pk").first()
    assert answer.url == f"/jobs/{job.pk}/"
    run_job(job)
    assert (job.state, job.done_count, job.failed_count) == ("completed", 1, 1)
    assert job.failures.get().code == "missing"
    assert dict(MediaFile.objects.values_list("name", "width_px")) == {"0.jpg": 160, "1.jpg": 1, "2.jpg": 1}
    assert MediaFile.objects.get(name="0.jpg").is_flagged


def test_a_selection_is_exported(office, make_picture, import_folder, run_job, tmp_path, settings):
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path / "archive"
    for number in range(2):
        make_picture(f"a/{number}.jpg", seed=number, tags={"DateTimeOriginal": f"201{number}:01:31 14:20:30"})
    import_folder(tmp_path / "a")
    carry_out(office, "export", MediaFile.objects.filter(name="0.jpg"), is_forced="on")
    run_job(Job.objects.get(kind="export"))
    copies = [path.name for path in (tmp_path / "archive").rglob("*.jpg")]
    assert copies == ["20100131_142030.jpg"]


def test_the_whole_library_is_chosen_as_such(office, library):
    page = begin(office, "flag")
    assert Selection.of_json(json.loads(page.context["selection"])).filters == {"all": "yes"}
    assert page.context["effect"].changed == 4
