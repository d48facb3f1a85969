from datetime import datetime

import pytest

from media_catalog.models import Decision, Disposition, MediaFile, Source
from media_catalog.models.fields import path_key
from media_catalog.services import counts, decisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(now):
    source = Source.objects.create(label="p", root_bytes=b"/p", root_key="k", root_text="/p", created_at=now)
    for number in range(3):
        MediaFile.objects.create(
            source=source,
            path_bytes=b"%d" % number,
            path_key=path_key(b"%d" % number),
            path_text=str(number),
            name=str(number),
            kind="image",
            state="analysed",
            captured_local=datetime(2015, 1, 31, 14, 20, 30),
            captured_until_local=datetime(2015, 1, 31, 14, 20, 30),
            captured_precision="second",
            confidence="medium",
            discovered_at=now,
        )
    counts.rebuild()
    return MediaFile.objects.order_by("pk")


def test_discarding_is_recorded_counted_and_undone(files, now):
    batch = decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=None, at=now)
    assert counts.numbers("fate") == {"discarded": 3}
    assert decisions.undo(batch, actor=None, at=now).number == 3
    assert counts.numbers("fate") == {"waiting": 3}
    assert Decision.objects.filter(kind="undo").count() == 3


def test_undo_leaves_alone_what_was_changed_since(files, now):
    batch = decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=None, at=now)
    first = MediaFile.objects.filter(pk=files[0].pk)
    decisions.set_disposition(first, disposition=Disposition.KEEP, actor=None, at=now)
    undone = decisions.undo(batch, actor=None, at=now)
    assert undone.refused_ids == (files[0].pk,)
    assert first.get().disposition == Disposition.KEEP


def test_undoing_an_undo_does_it_again(files, now):
    batch = decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=None, at=now)
    decisions.undo(batch, actor=None, at=now)
    again = Decision.objects.filter(kind="undo").first()
    assert again
    decisions.undo(again.batch, actor=None, at=now)
    assert set(files.values_list("disposition", flat=True)) == {"discard"}


def test_a_given_date_keeps_its_wall_clock_and_comes_back_whole_by_undo(files, now):
    local = datetime(1978, 6, 1, 12, 30, 15, 123000)
    date = decisions.GivenDate(local=local, until=local, precision="second", offset_minutes=120)
    batch = decisions.set_date(files, date=date, actor=None, at=now)
    file = files[0]
    assert file.captured_local == local
    assert file.captured_at and file.captured_at.isoformat() == "1978-06-01T10:30:15.123000+00:00"
    assert counts.numbers("is_open") == {"False": 3}
    decisions.undo(batch, actor=None, at=now)
    assert files[0].captured_local == datetime(2015, 1, 31, 14, 20, 30)
    assert counts.numbers("is_open") == {"True": 3}


def test_a_wall_clock_with_a_zone_is_refused(now):
    with pytest.raises(ValueError, match="no zone"):
        decisions.GivenDate(local=now, until=now, precision="second", offset_minutes=0)


def test_counts_kept_along_the_way_equal_counts_made_anew(files, now):
    decisions.set_flag(files, is_flagged=True, actor=None, at=now)
    kept = {facet: counts.numbers(facet) for facet in counts.FACETS}
    counts.rebuild()
    assert kept == {facet: counts.numbers(facet) for facet in counts.FACETS}
