from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from media_catalog.models import Archive, Decision, DuplicateGroup, Job, JobFailure, JobFile, MediaFile
from media_catalog.services import decisions, resolutions
from review import stories
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW, SHOT

pytestmark = pytest.mark.django_db


def told(file):
    file.refresh_from_db()
    return [event.text for event in stories.story(MediaFile.objects.select_related("source").get(pk=file.pk))]


@pytest.fixture
def file():
    found = copies.file("trip/a.jpg", discovered_at=NOW, analysed_at=NOW + timedelta(minutes=1))
    copies.claim(found)
    return found


def test_begins_with_where_it_was_found_and_what_dated_it(file):
    assert told(file) == [
        "Found in “photos”: trip/a.jpg",
        "Read and dated 4 May 2019 12:30:00, from EXIF:DateTimeOriginal",
    ]


def test_a_person_s_date_does_not_hide_what_had_dated_it_first(file):
    at = NOW + timedelta(hours=1)
    date = decisions.GivenDate(
        local=SHOT.replace(year=1999), until=SHOT, precision="year", offset_minutes=None
    )
    anna = get_user_model().objects.create_user("anna", first_name="Anna", last_name="Berg")
    batch = decisions.set_date(MediaFile.objects.filter(pk=file.pk), date=date, actor=anna, at=at)
    assert told(file)[1:] == [
        "Read and dated 4 May 2019 12:30:00, from EXIF:DateTimeOriginal",
        "Dated 1 file: 1999",
    ]
    event = stories.story(MediaFile.objects.get(pk=file.pk))[-1]
    assert (event.who, event.batch, event.is_undone) == ("Anna Berg", batch, False)
    assert [(line.before, line.after) for line in event.lines] == [("4 May 2019 12:30:00", "1999")]


def test_what_was_taken_back_says_so_and_the_undo_is_told_as_well(file):
    files, at = MediaFile.objects.filter(pk=file.pk), NOW + timedelta(hours=1)
    batch = decisions.set_flag(files, is_flagged=True, actor=None, at=at)
    decisions.undo(batch, actor=None, at=at + timedelta(hours=1))
    events = stories.story(files.get())[2:]
    assert [(event.text, event.is_undone) for event in events] == [
        ("Flagged 1 file", True),
        ("Took back: Flagged 1 file", False),
    ]


def test_tells_of_groups_and_of_the_copy_that_facts_came_from(file):
    other = copies.file("b.jpg", content="b", description="At sea")
    group = copies.group(DuplicateGroup.Kind.NEAR, file, other)
    resolutions.resolve(
        group.pk, kept=[file.pk], shown=[file.pk, other.pk], actor=None, at=NOW + timedelta(hours=1)
    )
    assert told(file)[-1] == "Chose what to keep of 1 group of near copies (b.jpg)"
    assert "Put into a group of near copies with 1 other file" in told(file)
    event = stories.story(MediaFile.objects.get(pk=file.pk))[-1]
    assert ("description", "none", "At sea") in [
        (line.label, line.before, line.after) for line in event.lines
    ]


def test_identical_copies_a_failure_and_a_later_import_are_told(file):
    copies.identical(file, copies.file("c.jpg", content="trip/a.jpg"))
    job = Job.objects.create(kind="import", created_at=NOW + timedelta(days=1), finished_at=NOW)
    JobFailure.objects.create(job=job, file=file, code="cut", message="cut off", created_at=job.created_at)
    JobFile.objects.create(job=job, file=file, change=JobFile.Change.CHANGED)
    text = told(file)
    assert "1 file with the same bytes was found" in text
    assert "It failed: cut off" in text
    assert "Another import found it changed, and it was read again" in text


def test_ends_in_the_archive(file):
    archive = Archive.objects.create(
        root_bytes=b"/archive", root_key="k", root_text="/archive", created_at=NOW
    )
    at = NOW + timedelta(days=2)
    facts = {"archive": archive, "copy_sha256": "c" * 64, "destination_key": "d", "stem_key": "s"}
    place = "2019/2019-05-04_12-30-00.jpg"
    file.exported_copies.create(state="verified", destination=place, verified_at=at, **facts)
    assert told(file)[-1] == f"Copied to the archive, read back and found the same: /archive/{place}"


def test_a_story_takes_as_many_queries_for_many_decisions_as_for_few(file, django_assert_max_num_queries):
    files = MediaFile.objects.filter(pk=file.pk)
    for number in range(6):
        decisions.set_flag(files, is_flagged=not number % 2, actor=None, at=NOW + timedelta(hours=number))
    shown = MediaFile.objects.select_related("source").get(pk=file.pk)
    with django_assert_max_num_queries(7):
        assert len(stories.story(shown)) == 8
    assert Decision.objects.filter(file=file).count() == 6
