import pytest

from media_catalog.models import FileTag, MediaFile, Tag
from media_catalog.models.fields import path_key
from media_catalog.services import proposed, tag_numbers, tags
from media_catalog.services.tag_tree import BETWEEN
from review import tags as known
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


def test_quotes_a_name_with_a_comma_where_several_are_typed(page):
    give("Paris, Texas", "beach")
    assert offered(page, "tags=beach,+par") == ['beach, "Paris, Texas"']
    assert offered(page, 'tags="paris,+te') == ['"Paris, Texas"']
    assert offered(page, "to=Paris,+t") == ["Paris, Texas"]


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


def tag(name: str, kind: str = "tag") -> Tag:
    return Tag.objects.get(kind=kind, name_key=tags.name_key(name))


def below(name: str, parent: str) -> None:
    Tag.objects.filter(pk=tag(name).pk).update(parent=tag(parent))


def shown(answer) -> list[tuple[str, int]]:
    return [(row.path, row.number) for row in answer.context["page"].rows]


def test_lists_tags_by_name_with_their_path_their_files_and_pictures(
    page, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(known, "PAGE_SIZE", 3)
    give("Rome/Lazio", "Zoo", times=2)
    give("holidays", "Ängste", "Été")
    below("Rome/Lazio", "holidays")
    with django_assert_max_num_queries(15):
        answer = page.get("/tags/")
    assert shown(answer) == [("holidays", 1), (f"holidays{BETWEEN}Rome/Lazio", 2), ("Zoo", 2)]
    assert [len(row.files) for row in answer.context["page"].rows] == [1, 2, 2]
    assert [one.name for one in answer.context["recent"]][-2:] == ["Zoo", "Rome/Lazio"]
    second = page.get("/tags/", {"after": str(answer.context["page"].after)})
    assert shown(second) == [("Ängste", 1), ("Été", 1)]
    assert second.context["page"].after is None
    assert shown(page.get("/tags/?q=LAZ")) == [(f"holidays{BETWEEN}Rome/Lazio", 2)]
    assert shown(page.get("/tags/?kind=person")) == shown(page.get("/tags/?origin=metadata")) == []
    assert page.get("/tags/?after=x").status_code == 400


def test_never_counts_more_files_of_a_tag_than_a_page_can_bear(page, monkeypatch):
    monkeypatch.setattr(tag_numbers, "MOST", 2)
    give("Sea", times=4)
    assert "files and more" in page.get("/tags/").text
    assert page.get(f"/tags/{tag('Sea').pk}/").context["row"].number == 2


@pytest.mark.parametrize("name", ["a/b", "50 % off?", "#1 & ?q=x", "Été 🏖", '"><script>', "..", "日本"])
def test_a_tag_of_any_name_has_its_page_and_its_files(page, name):
    give(name)
    give("Other")
    answer = page.get(f"/tags/{tag(name).pk}/")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    for query in ({"tag": name}, {"tagged": str(tag(name).pk)}):
        assert len(page.get("/files/", query).context["page"].files) == 1
    assert page.post(f"/tags/{tag(name).pk}/delete/", {"expected": "1"}).status_code == 302
    assert not Tag.objects.filter(name=name).exists()


def change(page, name: str, **data: str):
    return page.post(f"/tags/{tag(name).pk}/change/", data, follow=True)


def test_a_tag_is_renamed_moved_and_coloured_and_each_is_undone(page):
    give("Itlay", times=2)
    give("Holidays")
    assert "is renamed" in change(page, "Itlay", what="rename", to="Italy", kind="album").text
    assert tag("Italy", "album").name == "Italy"
    below_it = page.post(
        f"/tags/{tag('Italy', 'album').pk}/change/", {"what": "move", "to": "HOLIDAYS"}, follow=True
    )
    assert below_it.context["row"].path == f"Holidays{BETWEEN}Italy"
    page.post(f"/tags/{tag('Italy', 'album').pk}/change/", {"what": "colour", "to": "blue"})
    assert tag("Italy", "album").colour == "blue"
    history = page.get("/history/").text
    for words in ("Renamed the tag “Itlay” to “Italy”", "below “Holidays”", "the colour blue"):
        assert words in history
    for _ in range(3):
        page.post("/history/undo/")
    assert (tag("Itlay").parent, tag("Itlay").colour) == (None, "")
    page.post("/history/redo/")
    assert tag("Italy", "album")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"what": "rename", "to": "x" * 101, "kind": "tag"}, "100 characters"),
        ({"what": "rename", "to": "\x07", "kind": "tag"}, "control characters"),
        ({"what": "rename", "to": "x", "kind": "nothing"}, "no tags of this kind"),
        ({"what": "move", "to": "Nowhere"}, "no other tag “Nowhere”"),
        ({"what": "move", "to": "Below"}, "cannot be below itself"),
        ({"what": "colour", "to": "mauve"}, "no such colour"),
        ({"what": "merge", "to": ""}, "no other tag"),
    ],
)
def test_says_what_cannot_be_done_with_a_tag(page, data, words):
    give("Sea", "Below")
    below("Below", "Sea")
    assert words in change(page, "Sea", **data).text
    assert tag("Sea").name == "Sea"


def test_renaming_to_a_name_that_exists_shows_the_merge_first(page, django_assert_max_num_queries):
    give("Italia", times=2)
    give("Italy", "Europe")
    below("Italy", "Europe")
    for address in ("", "delete/"):
        with django_assert_max_num_queries(15):
            page.get(f"/tags/{tag('Italy').pk}/{address}")
    with django_assert_max_num_queries(15):
        page.get(f"/tags/merge/?tag={tag('Italy').pk}&tag={tag('Italia').pk}")
    answer = change(page, "Italia", what="rename", to="ITALY", kind="tag")
    assert "would merge the two" in answer.text
    assert "2 files get “Italy”" in answer.text
    fields = {"tag": answer.context["ids"], "into": tag("Italy").pk}
    preview = answer.context["preview"]
    done = page.post(
        "/tags/merge/", fields | {"expected": preview.number, "stamp": preview.stamp}, follow=True
    )
    assert "Merged into “Italy”: Italia, on 2 files" in done.text
    assert done.context["row"].number == 3
    batch = page.get("/history/").context["page"].acts[0].row.pk
    assert "Italia" in page.get(f"/history/{batch}/").text
    page.post("/history/undo/")
    assert FileTag.objects.filter(tag=tag("Italia")).count() == 2


def test_merging_is_refused_when_it_is_not_what_was_shown(page):
    give("Italia")
    give("Italy")
    data = {"tag": [tag("Italia").pk, tag("Italy").pk], "into": tag("Italy").pk, "expected": "7"}
    assert "selection has changed" in page.post("/tags/merge/", data, follow=True).text
    assert tag("Italia")
    assert "Choose some tags" in page.get("/tags/merge/?tag=x&tag=").text


def test_never_counts_more_files_of_a_proposal_than_a_page_can_bear(page, monkeypatch):
    monkeypatch.setattr(tag_numbers, "MOST_PROPOSED", 2)
    files = [add_file(f"{number} {{Anna}}.jpg") for number in range(3)]
    proposed.note(files[0].source, files, at=NOW)
    (row,) = page.get("/tags/proposals/").context["page"].rows
    assert (row.number, row.is_more) == (2, True)


def test_offers_every_proposal_with_its_files_and_does_what_is_asked(page, django_assert_max_num_queries):
    for number in range(3):
        file = add_file(f"{number} {{Anna}}.jpg", folder_key=path_key(b"Italy"))
        MediaFile.objects.filter(pk=file.pk).update(path_text=f"Italy/{file.name}")
    files = list(MediaFile.objects.all())
    proposed.note(files[0].source, files, at=NOW)
    with django_assert_max_num_queries(15):
        answer = page.get("/tags/proposals/")
    assert [(one.proposal.name, one.number, len(one.files)) for one in answer.context["page"].rows] == [
        ("Anna", 3, 3),
        ("Italy", 3, 3),
    ]
    anna, italy = (str(one.mark) for one in answer.context["page"].rows)
    assert len(page.get("/files/", {"proposal": italy}).context["page"].files) == 3
    asked = page.post("/tags/proposals/decide/", {"shown": f"{anna},{italy}", "every": "yes", "what": "take"})
    assert "3 files would be tagged" in asked.text
    preview = asked.context["preview"]
    data = {"proposal": [anna, italy], "what": "take", "step": "apply", "last": asked.context["last"]}
    done = page.post(
        "/tags/proposals/decide/",
        data | {"expected": preview.number, "stamp": preview.stamp},
        follow=True,
    )
    assert "Took proposed tags for 3 files: Anna, Italy" in done.text
    assert done.context["page"].rows == []
    assert FileTag.objects.count() == 6
    page.post("/history/undo/")
    assert not FileTag.objects.exists()
    never = page.post("/tags/proposals/decide/", {"proposal": anna, "what": "never"}, follow=True)
    assert [one.proposal.name for one in never.context["page"].rows] == ["Italy"]
    refused = page.get("/tags/proposals/?refused=yes")
    assert [one.proposal.name for one in refused.context["page"].rows] == ["Anna"]
    page.post("/tags/proposals/decide/", {"proposal": anna, "what": "again"})
    page.post("/tags/proposals/decide/", {"proposal": italy, "what": "not_these"})
    rows = page.get("/tags/proposals/?origin=name").context["page"].rows
    assert [one.proposal.name for one in rows] == ["Anna"]
    assert "Choose some" in page.post("/tags/proposals/decide/", {"what": "never"}, follow=True).text
