import io
import os
import zipfile
from datetime import datetime

import pytest
from django.urls import reverse

from media_catalog.models import Export, ExportedFile, Job
from media_catalog.services import job_control
from tests.media_catalog import dated
from tests.media_catalog.services.test_exports import break_exif

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def usual(settings, tmp_path):
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path / "archive"


@pytest.fixture
def two(library):
    dated.add(library, "a.jpg")
    dated.add(library, "b.jpg", seed=1)
    library.scan()
    return library


@pytest.fixture
def exported(two):
    two.export()
    return two


def send(page, step: str, **values):
    return page.post(reverse("exports"), {"step": step, "folder": "", **values}, follow=True)


def export_page(page, job: Job, name: str = "export", **query):
    return page.get(reverse(name, args=[job.pk]), query).text


def last(kind: str = "export") -> Job:
    return Job.objects.filter(kind=kind).latest("pk")


def test_an_empty_library_says_that_nothing_is_ready(page):
    text = page.get("/exports/").text
    assert "Nothing is ready yet." in text
    assert "Nothing was exported yet." in text


def test_says_what_goes_and_what_does_not_with_links(two, page, django_assert_max_num_queries):
    two.discard("b.jpg")
    two.add_undated("c.jpg", seed=3)
    (two.photos / "x.txt").write_text("no picture")
    two.scan()
    with django_assert_max_num_queries(15):
        text = page.get("/exports/").text
    going, staying = text.split("What does not, and why")
    assert "<b>1</b> ready for the archive" in going
    for words in ("<b>1</b> to be decided", "<b>1</b> discarded", "<b>1</b> skipped"):
        assert words in staying
    assert "/files/?fate=discarded" in staying
    assert "/trouble/" in staying
    assert str(two.archive) in text
    assert "free" in text


def test_the_archive_that_was_exported_to_last_is_offered_first(exported, page, settings):
    settings.MEDIAPARSER_ARCHIVE_DIR = exported.folder / "other"
    text = page.get("/exports/").text
    assert f'name="folder" value="{exported.archive}"' in text
    assert str(exported.folder / "other") in text


def test_the_time_zone_of_dates_without_one_is_shown(page, settings):
    settings.MEDIAPARSER_TIME_ZONE = "Europe/Berlin"
    assert "Europe/Berlin" in page.get("/exports/").text


def test_a_plan_is_made_shown_and_exported_and_nothing_is_written_before(two, page, person):
    answer = send(page, "plan")
    job = last("plan")
    assert job.created_by == person
    assert "The plan appears here." in answer.text
    two.run_job(job)
    assert not two.archive.exists()
    text = export_page(page, job, "export_plan", year="2015", month="01")
    assert "2 copies would be written" in text
    assert "20150131_142030_001.jpg" in text
    assert "the plain name is taken" in text
    send(page, "start", folder=str(two.archive), undecided="False", selection="")
    two.run_job(last())
    assert len(two.copies()) == 2
    assert last().created_by == person


def test_a_plan_is_shown_to_htmx_as_the_part_that_it_is(two, page, htmx):
    send(page, "plan")
    found = page.get(reverse("export_plan", args=[last("plan").pk]), headers=htmx).text
    assert found.lstrip().startswith('<div id="plan"')


@pytest.mark.parametrize(
    "query", [{"year": "../.."}, {"year": "1815", "month": "01"}, {"year": "2015", "at": "7"}]
)
def test_a_month_that_no_plan_has_is_not_found(two, page, query):
    send(page, "plan")
    two.run_job(last("plan"))
    assert page.get(reverse("export_plan", args=[last("plan").pk]), query).status_code == 404


def test_exports_paused_resumed_and_cancelled_are_so_by_the_buttons_of_the_page(two, page):
    send(page, "start")
    job = last()
    assert "Pause" in export_page(page, job)
    for action, state in (("pause", "paused"), ("resume", "pending"), ("cancel", "cancelled")):
        back = reverse("export", args=[job.pk])
        answer = page.post(reverse("job_action", args=[job.pk, action]), {"next": back})
        assert answer.headers["Location"] == back
        job.refresh_from_db()
        assert job.state == state
    assert "The next export goes on with the rest." in export_page(page, job)


def test_a_cancelled_plan_says_so_and_is_made_anew_by_a_button(two, page):
    send(page, "plan")
    page.post(reverse("job_action", args=[last("plan").pk, "cancel"]))
    text = export_page(page, last("plan"), "export_plan")
    assert "This plan was not finished. Nothing was written." in text
    assert "Plan anew" in text


def test_undecided_files_keep_an_export_from_starting_unless_they_are_let_in(two, page):
    two.flag("a.jpg")
    answer = send(page, "start")
    assert "Some files still need a decision." in answer.text
    assert not Job.objects.filter(kind="export").exists()
    send(page, "start", undecided="on")
    assert two.run_job(last()).done_count == 2


@pytest.mark.parametrize("folder", ["/etc/archive", "relative", "/a\0b"])
def test_a_folder_that_is_not_allowed_is_refused_and_stays_in_the_field(two, page, folder):
    answer = send(page, "start", folder=folder)
    assert "errorlist" in answer.text
    assert not Job.objects.filter(kind="export").exists()


def test_a_folder_of_originals_is_no_archive(two, page, settings):
    settings.MEDIAPARSER_EXPORT_ROOTS = [str(two.folder)]
    answer = send(page, "start", folder=f"{two.photos}/archive")
    assert "overlaps the source" in answer.text


def test_a_second_export_leads_to_the_one_under_way(two, page):
    send(page, "start")
    answer = send(page, "start")
    assert answer.redirect_chain == [(reverse("export", args=[last().pk]), 302)]
    assert "This is under way already." in answer.text


def test_the_result_has_sums_that_match(exported, page):
    exported.discard("b.jpg")
    job = exported.export()
    text = export_page(page, job)
    fates = job.summary["fates"]
    assert sum(fates.values()) == 2
    assert "all together</th><td>2</td>" in text
    assert "Copies that were right already" in text


def test_copies_that_could_not_take_their_tags_are_listed_with_the_reason(library, page):
    break_exif(library.add_undated("<b>.jpg"))
    library.scan()
    library.date("<b>.jpg", datetime(2015, 1, 31, 14, 20, 30))
    library.tag("<b>.jpg", "beach")
    job = library.export()
    assert f'<a href="{reverse("export_tags", args=[job.pk])}">1</a>' in export_page(page, job)
    text = export_page(page, job, "export_tags")
    assert "&lt;b&gt;.jpg" in text
    assert "<b>.jpg" not in text


def test_downloads_what_was_written_or_the_whole_archive(exported, page):
    dated.add(exported, "late.jpg", seed=5)
    exported.scan()
    job = exported.export()
    for query, number in (({}, 1), ({"all": "1"}, 3)):
        answer = page.get(reverse("export_zip", args=[job.pk]), query)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert packed.testzip() is None
        assert len(packed.namelist()) == number + 1


def test_downloads_the_copies_of_selected_files(exported, page):
    ids = [str(exported.file("a.jpg").pk)]
    answer = page.post(reverse("selection_zip"), {"id": ids})
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    assert names == [ExportedFile.objects.get(file__name="a.jpg").destination, "SHA256SUMS"]


def test_downloading_what_is_in_no_archive_says_so(two, page):
    answer = page.post(reverse("selection_zip"), {"all": "yes", "filters": ""}, follow=True)
    assert "Export them first." in answer.text
    assert "Select some files first." in page.post(reverse("selection_zip"), follow=True).text


def test_exports_what_was_selected_in_the_grid_alone(two, page):
    pk = two.file("b.jpg").pk
    text = page.post(reverse("exports"), {"id": [str(pk)]}).text
    assert "Export what is selected" in text
    selection = f'{{"ids": [{pk}]}}'
    send(page, "start", selection=selection)
    two.run_job(last())
    assert list(ExportedFile.objects.values_list("file__name", flat=True)) == ["b.jpg"]


@pytest.mark.parametrize("selection", ["nonsense", "{}", '{"filters": {"shoe": "1"}}'])
def test_a_selection_that_cannot_be_read_is_refused(two, page, selection):
    send(page, "start", selection=selection)
    assert not Job.objects.filter(kind="export").exists()


def test_a_retry_takes_only_what_failed_and_stays_narrowed(two, page, now):
    job = two.start()
    (two.photos / "b.jpg").write_bytes(b"other")
    two.run_job(job)
    again = job_control.act(job.pk, job_control.Action.RETRY_FAILED, at=now)
    assert again.options["retry_of"] == job.pk
    assert Export.objects.get(job=again).archive == job.export.archive


def test_a_job_of_another_kind_is_no_export(two, page):
    job = Job.objects.get(kind="import")
    for name in ("export", "export_plan", "export_zip", "export_tags", "finalize"):
        assert page.get(reverse(name, args=[job.pk])).status_code == 404


def test_an_archive_whose_disk_has_gone_cannot_be_downloaded(exported, page):
    os.rename(exported.archive, f"{exported.archive}-gone")
    assert page.get(reverse("export_zip", args=[last().pk])).status_code == 404
