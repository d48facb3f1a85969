"""Copies from a folder to the archive: found, asked about, resolved, and exported as one."""

import os
import uuid

import pytest

from media_catalog.models import DuplicateGroup, MediaFile
from media_catalog.services import copy_rules, decisions, export_gate, report, resolutions, separations
from tests.media_catalog import copies
from tests.pipeline import pictures
from tests.pipeline.look import shots

pytestmark = pytest.mark.django_db
CAMERA = (
    "-Make=Canon",
    "-Model=Canon EOS 7D",
    "-ExposureTime=1/250",
    "-DateTimeOriginal=2019:05:04 12:30:00",
)
FACTS = ("-IFD0:ImageDescription=Grandma", "-GPSLatitude=48.1", "-GPSLatitudeRef=N")
MORE = ("-GPSLongitude=11.5", "-GPSLongitudeRef=E", "-XMP:Subject=sea", "-XMP:Rating=4")
NEAR = copy_rules.Rule(kind="near")


@pytest.fixture
def photos(library):
    """A photograph, a small copy of it that a person described, and another picture."""
    library.photos.mkdir()
    photo = shots.photograph(7)
    photo.save(library.photos / "IMG_0001.jpg", quality=92)
    pictures.edit(library.photos / "IMG_0001.jpg", *CAMERA)
    shots.scaled(photo, 0.6).save(library.photos / "sent.jpg", quality=70)
    pictures.edit(library.photos / "sent.jpg", *FACTS, *MORE)
    shots.photograph(8).save(library.photos / "other.jpg")
    pictures.edit(library.photos / "other.jpg", *CAMERA[:3], "-DateTimeOriginal=2018:01:02 03:04:05")
    library.scan()
    return library


def near():
    return DuplicateGroup.objects.get(kind="near")


def members():
    return list(near().members.order_by("rank").values_list("file__name", flat=True))


def apply(now):
    return copy_rules.apply(NEAR, copy_rules.count(NEAR), batch=uuid.uuid4(), actor=None, at=now)


def test_a_copy_is_found_resolved_by_rule_and_its_facts_reach_the_exported_file(photos, now):
    assert members() == ["IMG_0001.jpg", "sent.jpg"]
    done = apply(now)
    assert copies.discarded() == {"sent.jpg"}
    assert done.merged >= 4
    photos.export()
    assert set(photos.copies()) == {"2019/20190504_123000.jpg", "2018/20180102_030405.jpg"}
    tags = photos.tags_of("2019/20190504_123000.jpg")
    assert (tags["Composite:GPSLatitude"], tags["XMP:Rating"], tags["XMP:Subject"]) == (48.1, 4, "sea")
    assert "Grandma" in (tags.get("XMP:Description"), tags.get("EXIF:ImageDescription"))


def test_an_unresolved_group_keeps_the_export_from_starting_until_it_is_resolved(photos, now):
    MediaFile.objects.update(confidence="high")
    root = os.fsencode(photos.archive)
    with pytest.raises(export_gate.DecisionsOpen, match="2 in unresolved groups"):
        export_gate.check(root, is_forced=False)
    export_gate.check(root, is_forced=True)
    apply(now)
    export_gate.check(root, is_forced=False)


def test_importing_again_neither_opens_a_group_nor_brings_back_what_was_discarded(photos, now):
    apply(now)
    group = near()
    photos.scan()
    photos.add_copy("sent.jpg", "phone/sent again.jpg")
    photos.scan("phone")
    assert near() == group
    assert near().resolved_at == now
    assert copies.discarded() == {"sent.jpg", "sent again.jpg"}
    reasons = {line["path"]: line["reason"].partition(";")[0] for line in report.lines()}
    assert reasons["sent.jpg"] == "discarded, kept instead: IMG_0001.jpg"
    assert reasons["sent again.jpg"] == "its bytes were discarded before, as sent.jpg"


def test_what_was_called_no_copy_stays_apart_when_it_is_imported_again(photos, now):
    group = near()
    shown = [one.file_id for one in group.members.all()]
    batch = separations.separate(group.pk, apart=shown[1:], shown=shown, actor=None, at=now).batch
    assert not DuplicateGroup.objects.filter(kind="near").exists()
    photos.scan()
    photos.add_copy("sent.jpg", "phone/sent once more.jpg")
    photos.add_copy("IMG_0001.jpg", "phone/IMG_0001.jpg")
    photos.scan("phone")
    assert not DuplicateGroup.objects.filter(kind="near").exists()
    decisions.undo(batch, actor=None, at=now)
    assert members() == ["IMG_0001.jpg", "sent.jpg"]


def test_undo_after_an_export_exports_the_copy_as_well(photos, now):
    done = apply(now)
    photos.export()
    decisions.undo(done.batch, actor=None, at=now)
    photos.export()
    assert len(photos.copies()) == 3


def test_keeping_the_other_one_exports_that_with_the_date_of_the_first(photos, now):
    shown = {one.file.name: one.file_id for one in near().members.select_related("file")}
    resolutions.resolve(near().pk, kept=[shown["sent.jpg"]], shown=shown.values(), actor=None, at=now)
    assert photos.file("sent.jpg").captured_local == copies.SHOT
    photos.export()
    assert set(photos.copies()) == {"2019/20190504_123000.jpg", "2018/20180102_030405.jpg"}


def test_facts_of_a_copy_outlive_that_the_kept_file_is_read_again(photos, now):
    done = apply(now)
    os.utime(photos.photos / "IMG_0001.jpg", (1, 1))
    photos.scan()
    kept = photos.file("IMG_0001.jpg")
    assert (kept.description, kept.rating, round(kept.gps_lat, 1)) == ("Grandma", 4, 48.1)
    assert copies.counts_are_right()
    decisions.undo(done.batch, actor=None, at=now)
    assert photos.file("IMG_0001.jpg").description == ""


def test_facts_of_a_copy_do_not_go_to_another_picture_in_the_place_of_the_kept_one(photos, now):
    apply(now)
    shots.photograph(9).save(photos.photos / "IMG_0001.jpg")
    photos.scan()
    assert photos.file("IMG_0001.jpg").description == ""
