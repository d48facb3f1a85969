import os

import pytest

from media_catalog.models import Decision, Disposition, MediaFile
from media_catalog.services import arrivals, counts, decisions, resolutions
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


def files(*some):
    return MediaFile.objects.filter(pk__in=[one.pk for one in some])


@pytest.fixture
def gone(now):
    one = copies.file("a.jpg", content="a")
    counts.rebuild()
    resolutions.discard(files(one), actor=None, at=now)
    return one


def arrive(path, now, *, content="a"):
    one = copies.file(path, content=content)
    counts.rebuild()
    return one, arrivals.discard_again(files(one), at=now)


def test_what_was_discarded_stays_so_when_it_arrives_again_and_says_why(gone, now):
    again, number = arrive("phone/a.jpg", now)
    assert number == 1
    assert copies.discarded() == {"a.jpg", "phone/a.jpg"}
    why = Decision.objects.get(file=again)
    assert (why.actor, why.taken_from) == (None, gone)
    assert counts.numbers("fate") == {"discarded": 2}


def test_undo_keeps_it_and_a_further_reading_does_not_discard_it_again(gone, now):
    again, _ = arrive("phone/a.jpg", now)
    decisions.undo(Decision.objects.get(file=again).batch, actor=None, at=now)
    assert copies.discarded() == {"a.jpg"}
    assert arrivals.discard_again(files(again), at=now) == 0
    assert copies.discarded() == {"a.jpg"}


def test_several_that_arrive_at_once_share_the_fate(gone, now, monkeypatch):
    monkeypatch.setattr(arrivals, "SLICE", 2)
    new = [copies.file(f"phone/{number}.jpg", content="a") for number in range(3)]
    assert arrivals.discard_again(files(*new), at=now) == 3


def test_other_content_and_content_that_is_kept_somewhere_are_not_touched(gone, now):
    assert arrive("b.jpg", now, content="b")[1] == 0
    kept, _ = arrive("phone/a.jpg", now)
    resolutions.restore(files(kept), actor=None, at=now)
    assert copies.discarded() == set()
    resolutions.discard(files(gone), actor=None, at=now)
    decisions.set_disposition(files(kept), disposition=Disposition.KEEP, actor=None, at=now)
    assert arrive("third/a.jpg", now)[1] == 0


def test_the_same_folder_imported_again_adds_nothing(library, now):
    """The predecessor made twelve new rows, and one person's choice cleared the other's group."""
    library.add("a.jpg")
    library.scan()
    library.discard("a.jpg")
    library.scan()
    assert library.fates() == {"a.jpg": "discarded"}
    library.add_copy("a.jpg", "phone/again.jpg")
    library.scan("phone")
    assert library.fates() == {"a.jpg": "discarded", "again.jpg": "discarded"}


def test_other_bytes_in_the_place_of_a_discarded_file_are_asked_about(library, now):
    library.add("a.jpg")
    library.scan()
    library.discard("a.jpg")
    library.add("a.jpg", seed=5)
    library.scan()
    assert library.fates() == {"a.jpg": "waiting"}
    why = Decision.objects.order_by("pk").last()
    assert (why.actor, why.before, why.after) == (
        None,
        {"disposition": "discard"},
        {"disposition": "undecided"},
    )


def test_a_discarded_file_that_was_only_touched_stays_discarded(library, now):
    path = library.add("a.jpg")
    library.scan()
    library.discard("a.jpg")
    os.utime(path, (1, 1))
    library.scan()
    assert library.fates() == {"a.jpg": "discarded"}
