"""Tags that folders and names propose: found at import, decided by a person, never brought back."""

import pytest

from media_catalog.models import FileTag, Job, MediaFile, Tag, TagProposal
from media_catalog.models.fields import path_key
from media_catalog.services import acts, proposed, sliced, tag_acts, tag_numbers, working
from media_catalog.services.selections import BadSelection, Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW

pytestmark = pytest.mark.django_db


def add(path, **facts):
    """Catalogue a file as an import does, with what its names propose."""
    folder = path.rpartition("/")[0]
    file = copies.file(path, folder_key=path_key(folder.encode()), **facts)
    proposed.note(file.source, [file], at=NOW)
    return file


def proposal(name, origin="folder"):
    return TagProposal.objects.get(origin=origin, name=name)


def offered():
    """The words that are offered, with the number of their files."""
    rows = TagProposal.objects.filter(is_refused=False)
    numbers = tag_numbers.proposed(list(rows.values_list("pk", flat=True)))
    return {row.name: numbers[row.pk] for row in rows if numbers[row.pk]}


def take(*words):
    marks = [proposed.Mark(key=word.pk, after=word.until_file) for word in words]
    last = MediaFile.objects.order_by("pk").values_list("pk", flat=True).last()
    selection, act = tag_acts.taking(marks, [word.name for word in words], last=last)
    shown = tag_acts.preview(selection, act)
    return acts.apply(
        selection, act, expected=shown.number, actor=None, at=NOW, stamp=shown.stamp
    ), shown.changed


def tagged():
    return set(FileTag.objects.values_list("file__name", "tag__name", "origin"))


def test_folders_and_names_propose_and_nothing_is_a_tag_before_somebody_takes_it():
    add("2019/2019-07 Italy/Rome/1.jpg")
    add("2019/2019-07 Italy/Rome/2 {Anna, forum ,anna}.jpg")
    add("DCIM/100APPLE/3.jpg")
    add("2019/2019-07 Italy/4.jpg")
    add("Rome/5.jpg", state="failed", reason_code="unreadable")
    assert offered() == {"Italy": 3, "Rome": 2, "Anna": 1, "forum": 1}
    assert not Tag.objects.exists()
    assert not FileTag.objects.exists()


def test_taking_tags_the_files_that_there_are_and_is_taken_back_as_a_whole():
    for path in ("Italy/1.jpg", "Italy/2 {Anna}.jpg", "Work/3.jpg"):
        add(path)
    italy, anna = proposal("Italy"), proposal("Anna", "name")
    done, shown = take(italy, anna)
    assert (done.number, shown) == (2, 2)
    assert tagged() == {
        ("1.jpg", "Italy", "person"),
        ("2 {Anna}.jpg", "Italy", "person"),
        ("2 {Anna}.jpg", "Anna", "person"),
    }
    assert offered() == {"Work": 1}
    acts.undo(done.batch, actor=None, at=NOW)
    assert tagged() == set()
    assert offered() == {"Italy": 2, "Anna": 1, "Work": 1}
    acts.redo(done.batch, actor=None, at=NOW)
    assert offered() == {"Work": 1}
    assert len(tagged()) == 3


def test_what_was_declined_comes_back_for_new_files_alone_and_what_was_refused_never():
    first, _other = add("Italy/1.jpg"), add("Junk/2.jpg")
    not_these = proposed.decline([proposal("Italy").pk], is_for_ever=False, actor=None, at=NOW)
    never = proposed.decline([proposal("Junk").pk], is_for_ever=True, actor=None, at=NOW)
    assert offered() == {}
    # The same files, read again, and an import from the beginning.
    for file in MediaFile.objects.all():
        proposed.note(file.source, [file], at=NOW)
    assert offered() == {}
    add("Italy/3.jpg")
    add("Junk/4.jpg")
    assert offered() == {"Italy": 1}
    acts.undo(not_these, actor=None, at=NOW)
    acts.undo(never, actor=None, at=NOW)
    assert offered() == {"Italy": 2, "Junk": 2}
    assert first in Selection(filters={"proposal": f"{proposal('Italy').pk}-0"}).files()
    proposed.decline([proposal("Junk").pk], is_for_ever=True, actor=None, at=NOW)
    proposed.offer_again([proposal("Junk").pk], actor=None, at=NOW)
    assert offered()["Junk"] == 2


def test_many_files_are_the_work_of_a_job(monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 3)
    monkeypatch.setattr(sliced, "SLICE", 2)
    for number in range(5):
        add(f"Italy/{number}.jpg")
    job, _shown = take(proposal("Italy"))
    assert isinstance(job, Job)
    while working.run_next(clock=lambda: NOW):
        pass
    assert FileTag.objects.filter(tag__name="Italy").count() == 5
    assert offered() == {}


@pytest.mark.parametrize("text", ["x", "1", "1-", "-1", "1-2-3", "1-2,", "1-²", "9" * 19 + "-0"])
def test_refuses_what_stands_for_no_proposal(text):
    with pytest.raises(BadSelection):
        Selection(filters={"proposal": text})
