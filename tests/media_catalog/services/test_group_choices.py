import pytest

from media_catalog.models import DuplicateGroup, MediaFile
from media_catalog.services import group_choices
from media_catalog.services.resolutions import GroupChanged, NothingKept
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return copies.group("near", *(copies.file(f"{name}.jpg") for name in "abc"))


def test_reads_all_members_the_recommended_one_first_in_one_query(group, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = group_choices.standing(group.pk)
        assert (found.group.kind, len(found.stamp)) == ("near", 16)
    names = MediaFile.objects.in_bulk(found.files)
    assert [names[one].name for one in found.files] == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_group_without_members_is_none(group):
    group.members.all().delete()
    with pytest.raises(DuplicateGroup.DoesNotExist):
        group_choices.standing(group.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda group: group.members.filter(rank=2).delete(),
        lambda group: DuplicateGroup.objects.filter(pk=group.pk).delete(),
        lambda group: MediaFile.objects.filter(name="b.jpg").update(disposition="discard"),
        lambda group: MediaFile.objects.filter(name="b.jpg").update(sha256="f" * 64),
        lambda group: group.members.update(is_keeper=False),
    ],
)
def test_does_nothing_to_a_group_that_is_not_the_one_that_was_shown(group, now, change):
    stamp = group_choices.standing(group.pk).stamp
    kept = group_choices.standing(group.pk).files[:1]
    change(group)
    before = copies.dispositions()
    for act, options in (
        (group_choices.keep, {"kept": kept}),
        (group_choices.separate, {"apart": kept}),
        (group_choices.discard_all, {}),
    ):
        with pytest.raises(GroupChanged):
            act(group.pk, stamp=stamp, actor=None, at=now, **options)
    assert copies.dispositions() == before


def test_keeps_at_least_one(group, now):
    stamp = group_choices.standing(group.pk).stamp
    with pytest.raises(NothingKept):
        group_choices.keep(group.pk, kept=[0], stamp=stamp, actor=None, at=now)
    assert group_choices.is_open(group.pk)


def test_discards_all_in_one_act(group, now):
    stamp = group_choices.standing(group.pk).stamp
    group_choices.discard_all(group.pk, stamp=stamp, actor=None, at=now)
    assert copies.discarded() == {"a.jpg", "b.jpg", "c.jpg"}
    assert not group_choices.is_open(group.pk)
    assert copies.counts_are_right()
