import pytest

from media_catalog.models import Decision, DuplicateGroup, MediaFile
from media_catalog.services import counts, decisions, resolutions
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
NEAR, SAME_PIXELS, BURST = "near", "same_pixels", "burst"


@pytest.fixture
def trio():
    files = [copies.file(f"{name}.jpg") for name in "abc"]
    return files, copies.group(NEAR, *files)


def resolve(group, kept, now, **more):
    shown = more.pop("shown", [member.file_id for member in group.members.all()])
    return resolutions.resolve(
        group.pk, kept=[one.pk for one in kept], shown=shown, actor=more.get("actor"), at=now
    )


def is_resolved(group):
    return DuplicateGroup.objects.get(pk=group.pk).resolved_at is not None


def test_keeping_one_discards_the_others_and_closes_the_group(trio, now):
    (_, b, _), group = trio
    assert counts.numbers("is_open") == {"True": 3}
    done = resolve(group, [b], now)
    assert done.discarded == 2
    assert copies.discarded() == {"a.jpg", "c.jpg"}
    assert is_resolved(group)
    assert {one.taken_from_id for one in Decision.objects.filter(kind="disposition")} == {b.pk}
    assert counts.numbers("fate") == {"waiting": 1, "discarded": 2}
    assert copies.counts_are_right()


def test_several_or_all_are_kept(trio, now):
    (a, b, c), group = trio
    batch = resolve(group, [a, b], now).batch
    assert copies.discarded() == {"c.jpg"}
    decisions.undo(batch, actor=None, at=now)
    assert resolve(group, [a, b, c], now).discarded == 0
    assert is_resolved(group)
    assert copies.discarded() == set()


def test_undo_opens_the_group_and_gives_every_file_back_and_redo_does_it_again(trio, now):
    (a, _, _), group = trio
    before = copies.dispositions(), counts.numbers("is_open")
    batch = resolve(group, [a], now).batch
    undone = decisions.undo(batch, actor=None, at=now)
    assert (undone.number, undone.refused_ids) == (3, ())
    assert (copies.dispositions(), counts.numbers("is_open")) == before
    assert not is_resolved(group)
    decisions.redo(batch, actor=None, at=now)
    assert copies.discarded() == {"b.jpg", "c.jpg"}
    assert is_resolved(group)
    assert decisions.undo(batch, actor=None, at=now).number == 3
    assert decisions.undo(batch, actor=None, at=now).number == 0
    assert (copies.dispositions(), counts.numbers("is_open")) == before


def test_something_is_always_kept(trio, now):
    _, group = trio
    with pytest.raises(resolutions.NothingKept):
        resolve(group, [], now)
    assert copies.discarded() == set()


def test_a_group_that_was_shown_with_other_members_is_refused(trio, now):
    (a, b, _), group = trio
    with pytest.raises(resolutions.GroupChanged):
        resolve(group, [a], now, shown=[a.pk, b.pk])
    assert copies.discarded() == set()


def test_redo_leaves_a_group_open_that_has_another_member_since(trio, now):
    (a, _, _), group = trio
    batch = resolve(group, [a], now).batch
    decisions.undo(batch, actor=None, at=now)
    group.members.create(file=copies.file("new.jpg"), kind=NEAR, rank=3)
    assert decisions.redo(batch, actor=None, at=now).refused_ids == (a.pk,)
    assert not is_resolved(group)


def test_identical_copies_and_the_stack_go_with_the_file(now):
    still, again = copies.file("a.heic", content="a"), copies.file("backup/a.heic", content="a")
    video, better = copies.file("a.mov", kind="video"), copies.file("b.heic")
    copies.stack(still, video)
    copies.identical(still, again)
    resolve(copies.group(NEAR, better, still), [better], now)
    assert copies.discarded() == {"a.heic", "backup/a.heic", "a.mov"}


def test_a_video_that_also_belongs_to_a_picture_which_is_kept_stays_with_it(now):
    still, better = copies.file("a.heic"), copies.file("b.heic")
    video, again = copies.file("a.mov", content="v"), copies.file("b.mov", content="v")
    copies.stack(still, video)
    copies.stack(better, again)
    resolve(copies.group(NEAR, better, still), [better], now)
    assert copies.discarded() == {"a.heic", "a.mov"}


def test_keeping_what_was_discarded_brings_it_back(trio, now):
    (a, _, _), group = trio
    resolutions.discard(MediaFile.objects.filter(pk=a.pk), actor=None, at=now)
    batch = resolve(group, [a], now).batch
    assert copies.dispositions() == {"a.jpg": "keep", "b.jpg": "discard", "c.jpg": "discard"}
    decisions.undo(batch, actor=None, at=now)
    assert copies.discarded() == {"a.jpg"}


def test_discarding_and_restoring_take_the_whole_unit(now):
    still, video = copies.file("a.heic"), copies.file("a.mov", kind="video")
    copies.stack(still, video)
    only = MediaFile.objects.filter(pk=still.pk)
    resolutions.discard(only, actor=None, at=now)
    assert copies.discarded() == {"a.heic", "a.mov"}
    resolutions.restore(only, actor=None, at=now)
    assert copies.discarded() == set()


def test_discarding_leaves_groups_and_reviews_as_they_are_so_that_restoring_gives_all_back(trio, now):
    (a, _, _), group = trio
    one = MediaFile.objects.filter(pk=a.pk)
    decisions.confirm_dates(one, actor=None, at=now)
    resolutions.discard(one, actor=None, at=now)
    resolutions.restore(one, actor=None, at=now)
    assert one.get().reviewed_at == now
    assert group.members.count() == 3


def test_several_groups_are_resolved_in_one_act_that_is_undone_as_one(now):
    files = [copies.file(f"{name}.jpg") for name in "abcd"]
    one, other = copies.group(NEAR, *files[:2]), copies.group(NEAR, *files[2:])
    done = resolutions.resolve_all(
        {one.pk: [files[0].pk], other.pk: [files[3].pk]},
        shown={one.pk: [files[0].pk, files[1].pk], other.pk: [files[2].pk, files[3].pk]},
        actor=None,
        at=now,
    )
    assert copies.discarded() == {"b.jpg", "c.jpg"}
    assert decisions.undo(done.batch, actor=None, at=now).number == 4
    assert copies.discarded() == set()
    assert not is_resolved(one) and not is_resolved(other)


def test_discarding_all_but_one_resolves_the_group_and_hands_on_what_they_knew(trio, now):
    (a, b, c), group = trio
    MediaFile.objects.filter(pk=c.pk).update(description="Grandma")
    resolutions.discard(MediaFile.objects.filter(pk=b.pk), actor=None, at=now)
    assert not is_resolved(group)
    batch = resolutions.discard(MediaFile.objects.filter(pk=c.pk), actor=None, at=now)
    assert is_resolved(group)
    assert MediaFile.objects.get(pk=a.pk).description == "Grandma"
    decisions.undo(batch, actor=None, at=now)
    assert not is_resolved(group)
    assert MediaFile.objects.get(pk=a.pk).description == ""
    assert copies.discarded() == {"b.jpg"}
    assert copies.counts_are_right()


def test_discarding_one_of_several_hands_what_it_knows_to_the_best_that_is_left(trio, now):
    (a, b, c), _ = trio
    MediaFile.objects.filter(pk=c.pk).update(rating=5)
    resolutions.discard(MediaFile.objects.filter(pk=c.pk), actor=None, at=now)
    ratings = MediaFile.objects.filter(pk__in=[a.pk, b.pk]).order_by("pk").values_list("rating", flat=True)
    assert list(ratings) == [5, None]


def test_discarding_all_of_a_group_leaves_nothing_to_hand_anything_to(trio, now):
    files, _ = trio
    every = MediaFile.objects.filter(pk__in=[one.pk for one in files])
    batch = resolutions.discard(every, actor=None, at=now)
    assert len(copies.discarded()) == 3
    assert counts.numbers("is_open") == {"False": 3}
    decisions.undo(batch, actor=None, at=now)
    assert copies.discarded() == set()
