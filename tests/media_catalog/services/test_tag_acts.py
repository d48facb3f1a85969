"""Tags renamed, merged, put below each other, coloured and deleted: recorded, taken back, done again."""

import itertools
import uuid
from datetime import timedelta

import pytest

from media_catalog.models import DecisionBatch, FileTag, Job, Tag, TagAlias, TagDecision
from media_catalog.services import acts, sliced, tag_acts, tag_decisions, tag_records, tag_tree, tags, working
from media_catalog.services.acts import Act
from media_catalog.services.selections import Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW

pytestmark = pytest.mark.django_db

serial = itertools.count(1)
LATER = NOW + timedelta(minutes=1)


def add(*names, kind="tag", origin="person", file=None):
    """Give a new file these tags."""
    file = file or copies.file(f"{next(serial)}.jpg")
    tags.ensure(names, kind=kind, created_at=NOW)
    FileTag.objects.bulk_create(
        FileTag(file=file, tag=Tag.objects.get(kind=kind, name_key=tags.name_key(name)), origin=origin)
        for name in names
    )
    return file


def tag(name, kind="tag"):
    return Tag.objects.get(kind=kind, name_key=tags.name_key(name))


def everything():
    """All that acts about tags may change."""
    return {
        "tags": sorted(Tag.objects.values_list("pk", "kind", "name", "parent", "colour"), key=str),
        "aliases": sorted(TagAlias.objects.values_list("kind", "name_key", "tag"), key=str),
        "files": sorted(FileTag.objects.values_list("file", "tag", "origin")),
    }


def rename(of, name, kind="tag"):
    return tag_acts.rename(of, name=name, kind=kind, actor=None, at=NOW)


def move(of, parent):
    return tag_acts.move(of, parent=parent, actor=None, at=NOW)


def merge(of, into):
    done = tag_acts.merge(of, into, actor=None, at=NOW)
    assert not isinstance(done, Job)
    return done


def delete(of):
    done = tag_acts.delete(of, actor=None, at=NOW)
    assert not isinstance(done, Job)
    return done


def undo(batch):
    undone = acts.undo(batch, actor=None, at=LATER)
    assert not isinstance(undone, Job)
    return undone


def found(file, *names):
    """Read a file again that has these keywords."""
    tags.replace({file.pk: [tags.Word("tag", name, "metadata") for name in names]}, created_at=NOW)
    rows = FileTag.objects.filter(file=file).order_by("tag__name")
    return list(rows.values_list("tag__name", flat=True))


def acts_about_tags():
    """Every kind of act, on the tags that the test below makes."""
    sea, below = tag("Sea"), tag("Beach")
    return {
        "rename": lambda: rename(sea, "Ocean", "album"),
        "move": lambda: move(tag("Boat"), below),
        "colour": lambda: tag_acts.colour(sea, colour="blue", actor=None, at=NOW),
        "merge": lambda: merge([sea, tag("See")], tag("Meer")).batch,
        "merge into what is below": lambda: merge([sea], below).batch,
        "merge what is below each other": lambda: merge([sea, below], tag("Meer")).batch,
        "delete": lambda: delete(sea).batch,
        "delete one of no file": lambda: delete(tag("Boat")).batch,
    }


@pytest.mark.parametrize("name", [
    "rename", "move", "colour", "merge", "merge into what is below", "merge what is below each other",
    "delete", "delete one of no file",
])  # fmt: skip
def test_an_act_about_tags_is_taken_back_and_done_again_to_the_last_detail(name):
    add("Sea", "See", "Meer")
    add("Sea", origin="metadata")
    add("See")
    tags.ensure(["Beach", "Boat", "Pier"], created_at=NOW)
    for below in ("Beach", "Boat"):
        move(tag(below), tag("Sea"))
    move(tag("Pier"), tag("Beach"))
    before = everything()
    batch = acts_about_tags()[name]()
    after = everything()
    assert after != before
    undone = undo(batch)
    assert everything() == before
    assert undone.is_about_tags
    assert not undone.refused_ids
    acts.redo(batch, actor=None, at=LATER)
    assert everything() == after
    assert DecisionBatch.objects.get(pk=batch).undone_by is None
    undo(batch)
    assert everything() == before
    assert TagDecision.objects.filter(batch=batch).exists()


def test_merging_gives_every_file_the_tag_once_and_a_persons_word_stays_one():
    both, one = add("Italy", "Italia"), add("Italia", origin="metadata")
    add("Italia", file=(mine := add("Other", origin="metadata")))
    done = merge([tag("Italia")], tag("Italy"))
    assert (done.number, done.left) == (3, 0)
    assert set(FileTag.objects.filter(tag=tag("Italy")).values_list("file", "origin")) == {
        (both.pk, "person"),
        (one.pk, "metadata"),
        (mine.pk, "person"),
    }
    assert not Tag.objects.filter(name="Italia").exists()


def test_what_files_say_keeps_its_meaning_after_a_rename_a_merge_and_a_deletion():
    file = add("Itlay", "Roma", "IMG", origin="metadata")
    rename(tag("Itlay"), "Italy")
    tags.ensure(["Rome"], created_at=NOW)
    merge([tag("Roma")], tag("Rome"))
    delete(tag("IMG"))
    assert found(file, "Itlay", "Roma", "IMG") == ["Italy", "Rome"]
    assert found(copies.file("new.jpg"), "itlay", "ROMA", "img", "Sea") == ["Italy", "Rome", "Sea"]
    # A person who types the old name means it.
    tag_decisions.put_on([file.pk], ["IMG"], actor=None, at=NOW)
    assert found(copies.file("newer.jpg"), "IMG") == ["IMG"]


def test_undo_refuses_when_a_tag_was_changed_since_and_then_changes_nothing():
    add("Sea")
    first = rename(tag("Sea"), "Ocean")
    rename(tag("Ocean"), "Water")
    before = everything()
    with pytest.raises(acts.BadAct, match="changed this tag since"):
        undo(first)
    assert everything() == before
    deleted = delete(tag("Water")).batch
    tags.ensure(["Water"], created_at=NOW)
    with pytest.raises(acts.BadAct, match="There is a tag “Water” again"):
        undo(deleted)


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "needs a name"), (" \t", "needs a name"), ("x" * 101, "100 characters"), ("a\x07b", "control")],
)
def test_refuses_what_is_no_name_with_a_message(name, message):
    add("Sea")
    with pytest.raises(tag_acts.Refused, match=message):
        rename(tag("Sea"), name)
    file, params = copies.file("b.jpg"), {"names": ["ok", name]}
    if name.strip():
        with pytest.raises(acts.BadAct):
            acts.apply(
                Selection(ids=(file.pk,)), Act(verb="tag", params=params), expected=1, actor=None, at=NOW
            )


def test_a_name_is_trimmed_unique_regardless_of_case_and_shown_as_typed():
    add("Sea", "Meer")
    rename(tag("Sea"), "  The   SEA/straße ")
    assert tag("the sea/STRASSE").name == "The SEA/straße"
    assert tag_acts.same_name(tag("Meer"), name="the sea/strasse", kind="tag") == tag("the sea/strasse")
    assert tag_acts.same_name(tag("Meer"), name="the sea/strasse", kind="person") is None
    with pytest.raises(tag_acts.Refused, match="merge the two"):
        rename(tag("Meer"), "the sea/strasse")


def test_tags_are_never_below_themselves_nor_too_deep():
    names = [f"level {number}" for number in range(tag_tree.DEEPEST + 1)]
    tags.ensure(names, created_at=NOW)
    for above, below in itertools.pairwise(names[:-1]):
        move(tag(below), tag(above))
    for parent in (names[0], names[3]):
        with pytest.raises(tag_acts.Refused, match="below itself"):
            move(tag(names[0]), tag(parent))
    with pytest.raises(tag_acts.Refused, match="levels deep"):
        move(tag(names[-1]), tag(names[-2]))
    assert tag_tree.paths([tag(names[2]).pk]) == {tag(names[2]).pk: names[:3]}


def test_a_filter_by_a_tag_includes_those_below_it():
    above, below, other = add("Holidays"), add("Rome/Lazio"), add("Work")
    tags.ensure(["Italy"], created_at=NOW)
    move(tag("Italy"), tag("Holidays"))
    move(tag("Rome/Lazio"), tag("Italy"))

    def matching(**filters):
        return set(Selection(filters=filters).files())

    assert matching(tag="HOLIDAYS") == {above, below}
    assert matching(tag="italy") == matching(tag="rome/lazio") == {below}
    assert matching(tagged=str(tag("Holidays").pk)) == {above}
    assert matching(tag="work") == {other}
    assert matching(tag="nothing") == set()


def test_many_files_are_the_work_of_a_job_which_is_taken_back_by_one(monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 3)
    monkeypatch.setattr(sliced, "SLICE", 2)
    for _ in range(5):
        add("Italia")
    tags.ensure(["Italy", "Rome"], created_at=NOW)
    move(tag("Rome"), tag("Italia"))
    before = everything()
    merged = tag_acts.merge([tag("Italia")], tag("Italy"), actor=None, at=NOW)
    assert isinstance(merged, Job)
    _work()
    assert FileTag.objects.filter(tag=tag("Italy")).count() == 5
    assert tag("Rome").parent == tag("Italy")
    assert not Tag.objects.filter(name="Italia").exists()
    assert isinstance(acts.undo(merged.acts.get().pk, actor=None, at=LATER), Job)
    _work()
    assert everything() == before
    acts.redo(merged.acts.get().pk, actor=None, at=LATER)
    _work()
    assert set(Tag.objects.values_list("name", flat=True)) == {"Italy", "Rome"}


def _work():
    while working.run_next(clock=lambda: NOW):
        pass
    assert set(Job.objects.values_list("state", flat=True)) == {"completed"}


def test_a_tag_that_is_put_on_a_file_meanwhile_stays_with_it():
    add("Sea")
    selection, act = tag_acts.deleting(tag("Sea"))
    shown = tag_acts.preview(selection, act)
    late = add("Sea")
    tag_acts.delete(tag("Sea"), actor=None, at=NOW, expected=shown.number, stamp=shown.stamp)
    assert list(FileTag.objects.values_list("file", "tag__name")) == [(late.pk, "Sea")]
    assert not TagAlias.objects.exists()


def test_nothing_is_recorded_of_an_act_that_has_not_begun():
    add("Sea")
    with pytest.raises(ValueError, match="No act has begun"):
        tag_records.change(tag("Sea"), act=uuid.uuid4(), at=NOW, colour="red")
