import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.services import near_groups
from tests.media_catalog.copies import file, group, identical

pytestmark = pytest.mark.django_db


def label(*files):
    return {near_groups.labels([one.pk]).get(one.pk) for one in files}


def test_files_in_no_group_have_no_label():
    assert near_groups.labels([file("alone.jpg").pk]) == {}


def test_identical_copies_share_the_number_of_their_group():
    one, other = file("a.jpg", content="x"), file("b.jpg", content="x")
    identical(one, other)
    assert label(one, other) == {one.memberships.get().group_id}


def test_groups_that_share_a_unit_are_joined_whatever_their_kinds():
    original, copy = file("a.jpg", content="x"), file("b.jpg", content="x")
    tagged, small, smaller, grey = map(file, ("tagged.jpg", "small.jpg", "smaller.jpg", "grey.jpg"))
    identical(original, copy)
    group("same_pixels", original, tagged)
    group("near", small, original)
    widest = group("edited", small, grey)
    assert label(original, copy, tagged, small, grey) == {widest.pk}
    assert label(smaller) == {None}


def test_shots_of_a_series_stay_apart():
    first, second, small = map(file, ("1.jpg", "2.jpg", "small.jpg"))
    group("burst", first, second)
    near = group("near", first, small)
    assert (label(first, small), label(second)) == ({near.pk}, {None})


def test_many_files_take_no_more_queries_than_one():
    files = [file(f"{number}.jpg") for number in range(30)]
    with CaptureQueriesContext(connection) as queries:
        near_groups.labels([one.pk for one in files])
    assert len(queries) == 2
