import pytest

from media_catalog.models import FileTag, Tag
from media_catalog.services import tags
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


def give(*names: str, times: int = 1, origin: str = "person") -> None:
    for _ in range(times):
        tags.add({add_file().pk: names}, origin=origin, created_at=NOW)


def offered(page, query: str) -> list[str]:
    return list(page.get(f"/tags/suggest/?{query}").context["names"])


def test_offers_the_tags_that_were_used_most_of_late(page):
    give("Ski trip", times=2)
    give("Alps", times=3)
    tags.ensure(["Never used"], created_at=NOW)
    assert offered(page, "") == ["Alps", "Ski trip"]


def test_a_tag_from_a_person_counts_more_than_those_found_in_files(page):
    give("IMG", times=3, origin="metadata")
    give("Alps")
    assert offered(page, "") == ["Alps", "IMG"]


@pytest.mark.parametrize("field", ["q", "tags", "tag", "name"])
def test_offers_what_begins_as_was_typed_before_what_has_it_inside(page, field):
    give("Family ski", times=3)
    give("Ski trip")
    tags.ensure(["Skilift"], created_at=NOW)
    assert offered(page, f"{field}=SKI") == ["Ski trip", "Skilift", "Family ski"]


def test_completes_the_last_of_several_tags_and_repeats_none(page):
    give("Ski trip", "Alps", "Skilift")
    assert offered(page, "tags=alps,ski+trip,+s") == ["alps,ski trip, Skilift"]


def test_offers_twenty_at_most(page):
    give(*(f"tag {number}" for number in range(30)))
    assert len(offered(page, "q=tag")) == 20


def test_offers_no_albums_or_people(page):
    album = Tag.objects.create(kind="album", name="Alps 2015", name_key="alps 2015", created_at=NOW)
    FileTag.objects.create(file=add_file(), tag=album, origin="folder")
    assert offered(page, "") == offered(page, "q=alps") == []


def test_shows_hostile_names_as_text(page):
    give('"><script>alert(1)</script>')
    text = page.get("/tags/suggest/?q=%00script").text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
