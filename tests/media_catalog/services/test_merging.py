from datetime import timedelta
from typing import Any

import pytest

from media_catalog.models import Decision, FileTag, MediaFile
from media_catalog.services import counts, decisions, resolutions, tags
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
PLACE: dict[str, Any] = {"gps_lat": 48.1, "gps_lon": 11.5, "gps_altitude_m": 520.0}


def keep_first(*files, now, kind="near"):
    group = copies.group(kind, *files)
    ids = [one.pk for one in files]
    return resolutions.resolve(group.pk, kept=ids[:1], shown=ids, actor=None, at=now)


def names_of(file):
    return sorted(FileTag.objects.filter(file=file).values_list("tag__name", flat=True))


def test_gaps_are_filled_from_the_best_copy_that_can_and_each_says_from_where(now):
    kept = copies.file("kept.jpg")
    first = copies.file("first.jpg", description="Grandma", **PLACE)
    second = copies.file("second.jpg", description="other", rating=4, is_favourite=True, gps_lat=1, gps_lon=2)
    done = keep_first(kept, first, second, now=now)
    kept.refresh_from_db()
    assert (kept.gps_lat, kept.gps_altitude_m, kept.description) == (48.1, 520.0, "Grandma")
    assert (kept.rating, kept.is_favourite) == (4, True)
    rows = Decision.objects.filter(kind="merge", file=kept)
    assert {tuple(sorted(row.after)): row.taken_from for row in rows} == {
        ("gps_altitude_m", "gps_lat", "gps_lon"): first,
        ("description",): first,
        ("rating",): second,
        ("is_favourite",): second,
    }
    assert done.merged == 4


def test_what_the_kept_file_says_itself_stays(now):
    kept = copies.file("kept.jpg", description="mine", rating=2, gps_lat=0.5, gps_lon=0.5)
    keep_first(kept, copies.file("copy.jpg", description="theirs", rating=5, **PLACE), now=now)
    kept.refresh_from_db()
    assert (kept.description, kept.rating, kept.gps_lat) == ("mine", 2, 0.5)


def test_tags_and_albums_are_joined_and_a_later_reading_does_not_take_them_away(now):
    kept, copy = copies.file("kept.jpg"), copies.file("copy.jpg")
    tags.add({kept.pk: ["sea"], copy.pk: ["sea", "boat"]}, origin="metadata", created_at=now)
    tags.replace({copy.pk: [tags.Word("album", "Greece", "folder")]}, created_at=now)
    tags.add({copy.pk: ["boat"]}, origin="person", created_at=now)
    batch = keep_first(kept, copy, now=now).batch
    assert names_of(kept) == ["Greece", "boat", "sea"]
    tags.replace({kept.pk: [tags.Word("tag", "sea", "metadata")]}, created_at=now)
    assert names_of(kept) == ["Greece", "boat", "sea"]
    decisions.undo(batch, actor=None, at=now)
    assert names_of(kept) == ["sea"]
    assert names_of(copy) == ["Greece", "boat"]
    decisions.redo(batch, actor=None, at=now)
    assert names_of(kept) == ["Greece", "boat", "sea"]


def test_the_evidence_of_a_date_goes_to_a_file_without_one_and_leaves_it_by_undo(now):
    kept, copy = copies.file("IMG-WA0001.jpg"), copies.file("copy.jpg")
    copies.claim(copy)
    batch = keep_first(kept, copy, now=now).batch
    kept.refresh_from_db()
    assert kept.captured_local == copies.SHOT
    assert kept.captured_from == copies.EXIF
    assert [(row.source, row.origin) for row in kept.candidates.all()] == [(copies.EXIF, "copy")]
    decisions.undo(batch, actor=None, at=now)
    kept.refresh_from_db()
    assert (kept.captured_local, kept.candidates.count()) == (None, 0)
    decisions.redo(batch, actor=None, at=now)
    kept.refresh_from_db()
    assert kept.captured_local == copies.SHOT


def test_a_known_zone_goes_to_the_same_wall_clock_without_one(now):
    kept, copy = copies.file("kept.jpg"), copies.file("copy.jpg")
    copies.claim(kept)
    zone: dict[str, Any] = {"offset_minutes": 120, "offset_source": "EXIF:OffsetTimeOriginal"}
    copies.claim(copy, instant=copies.NOW.replace(2019, 5, 4, 10, 30), **zone)
    keep_first(kept, copy, now=now)
    kept.refresh_from_db()
    assert (kept.captured_local, kept.offset_minutes) == (copies.SHOT, 120)


def test_a_worse_date_changes_nothing(now):
    kept, copy = copies.file("kept.jpg"), copies.file("copy.jpg")
    copies.claim(kept)
    copies.claim(copy, source="name:date", local=copies.SHOT + timedelta(days=3), precision="day", weight=30)
    before = MediaFile.objects.values().get(pk=kept.pk)
    keep_first(kept, copy, now=now)
    assert MediaFile.objects.values().get(pk=kept.pk) == {**before, "is_open": before["is_open"]}


def test_a_date_that_a_person_gave_to_the_copy_is_kept_with_who_gave_it(now):
    kept, copy = copies.file("kept.jpg"), copies.file("copy.jpg")
    copies.claim(kept, local=copies.SHOT + timedelta(days=400))
    counts.rebuild()
    before = MediaFile.objects.values().get(pk=kept.pk)
    date = decisions.GivenDate(local=copies.SHOT, until=copies.SHOT, precision="second", offset_minutes=60)
    decisions.set_date(MediaFile.objects.filter(pk=copy.pk), date=date, actor=None, at=now)
    batch = keep_first(kept, copy, now=now).batch
    kept.refresh_from_db()
    assert (kept.captured_local, kept.captured_from, kept.reviewed_at) == (copies.SHOT, "person", now)
    decisions.undo(batch, actor=None, at=now)
    assert MediaFile.objects.values().get(pk=kept.pk) == before | {"is_open": True}


def test_shots_of_a_series_share_their_place_but_not_their_moment(now):
    kept, other = copies.file("1.jpg"), copies.file("2.jpg", description="blinked", **PLACE)
    copies.claim(other)
    keep_first(kept, other, now=now, kind="burst")
    kept.refresh_from_db()
    assert (kept.gps_lat, kept.description, kept.captured_local) == (48.1, "", None)


def test_facts_that_were_changed_since_stay_when_the_rest_is_taken_back(now):
    kept, copy = copies.file("kept.jpg"), copies.file("copy.jpg", description="theirs", rating=5)
    batch = keep_first(kept, copy, now=now).batch
    MediaFile.objects.filter(pk=kept.pk).update(description="written by hand")
    undone = decisions.undo(batch, actor=None, at=now)
    kept.refresh_from_db()
    assert (kept.description, kept.rating) == ("written by hand", None)
    assert undone.refused_ids == (kept.pk,)
    assert copies.discarded() == set()
