import html
import re

import pytest

from media_catalog.models import DecisionBatch, DuplicateGroup, Job, MediaFile
from media_catalog.services import acts, copy_rule_counts, decisions
from review import rule_samples
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


def pair(name, *, kind="near", **facts):
    best = copies.file(f"{name}.jpg", width_px=4000, height_px=3000)
    return copies.group(kind, best, copies.file(f"{name}-small.jpg", size_bytes=700), **facts)


def counted(page, query="kind=near", **headers):
    """Count to the end, by the links of a page without JavaScript."""
    answer = page.get(f"/rules/copies/?{query}&count=yes", **headers)
    while not answer.context["tally"].is_complete:
        answer = page.get(address_in(answer, r'href="(/rules/copies/[^"]*tally=[^"]*)"'))
    return answer


def address_in(answer, pattern):
    return html.unescape(re.search(pattern, answer.text)[1])


def numbers(text):
    return [number.replace("\xa0", " ") for number in re.findall(r"</dt><dd>(.*?)</dd>", text)]


def apply(page, answer, **other):
    data = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text)) | other
    return page.post("/rules/copies/apply/", data)


def test_counts_nothing_before_it_is_asked(page, django_assert_max_num_queries):
    pair("a")
    with django_assert_max_num_queries(6):
        text = page.get("/rules/copies/?kind=near").text
    assert 'hx-trigger="load"' in text
    assert "Files discarded" not in text


def test_begins_with_a_class_that_has_something_to_decide(page):
    assert page.get("/rules/copies/").context["form"]["kind"].value() == "same_pixels"
    pair("a", kind="burst")
    pair("b", kind="edited")
    assert page.get("/rules/copies/").context["form"]["kind"].value() == "edited"
    assert page.get("/rules/copies/?kind=near").context["form"]["kind"].value() == "near"


def test_says_in_numbers_what_a_rule_would_do(page, htmx):
    pair("a")
    pair("b", distance_bits=5)
    assert numbers(counted(page).text) == ["2", "2", "1.4 KB", "0"]
    sure = page.get("/rules/copies/?kind=near&sureness=high", headers=htmx)
    assert numbers(sure.text) == ["1", "1", "700 bytes", "1"]
    assert sure.text.strip().startswith('<section id="count"')
    assert "Decide 1 group, discard 1 file<" in sure.text


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("kind=near&size=more", 1),
        ("kind=near&sources=same", 1),
        ("kind=near&sources=preferred", 0),
        ("kind=near&folder=/photos", 1),
        ("kind=near&folder=/elsewhere", 0),
        ("kind=burst", 1),
        ("kind=burst&keep=best", 1),
        ("kind=edited", 0),
    ],
)
def test_narrows_down_by_every_select(page, query, groups):
    pair("a")
    pair("b", kind="burst")
    assert counted(page, query).context["tally"].groups == groups


@pytest.mark.parametrize("query", ["kind=identical", "kind=near&folder=photos", "kind=near&keep=none"])
def test_says_of_a_rule_that_makes_no_sense_that_it_cannot_be_understood(page, query):
    assert "This rule cannot be understood" in page.get(f"/rules/copies/?{query}").text
    assert page.post("/rules/copies/apply/", {"kind": "identical"}).status_code == 400


def test_begins_with_what_is_usual_for_a_class_and_says_so(page):
    for kind, keep in (("near", "best"), ("burst", "all"), ("edited", "all")):
        text = page.get(f"/rules/copies/?kind={kind}").text
        assert re.search(rf'<option value="{kind}" selected>', text)
        assert re.search(rf'<option value="{keep}" selected>', text)


def test_keeps_the_best_of_a_series_where_somebody_says_so(page):
    pair("a", kind="burst")
    apply(page, counted(page, "kind=burst&keep=best"))
    assert copies.discarded() == {"a-small.jpg"}


def test_counts_many_groups_in_slices_with_progress(page, htmx, monkeypatch):
    monkeypatch.setattr(copy_rule_counts, "SLICE", 2)
    for name in "abcde":
        pair(name)
    first = page.get("/rules/copies/?kind=near", headers=htmx)
    assert "<progress" in first.text
    following = address_in(first, r'hx-get="(/rules/copies/[^"]*tally=[^"]*)" hx-trigger="load"')
    assert numbers(page.get(following, headers=htmx).text)[0] == "4"
    assert counted(page).context["tally"].groups == 5


def test_shows_some_groups_at_random_with_what_would_be_kept(page, htmx, monkeypatch):
    monkeypatch.setattr(rule_samples, "NUMBER", 2)
    for name in "abc":
        pair(name)
    answer = counted(page)
    address = address_in(answer, r'href="(/rules/copies/[^"]*sample=0)"')
    shown = page.get(address, headers=htmx)
    assert shown.text.strip().startswith('<section id="samples"')
    kept = [[picture.is_kept for picture in sample.pictures] for sample in shown.context["samples"]]
    assert kept == [[True, False], [True, False]]
    other = page.get(address.replace("sample=0", "sample=1")).context["samples"]
    assert {one.group.pk for one in other} != {one.group.pk for one in shown.context["samples"]}


def test_does_what_was_counted_and_one_undo_takes_it_back(page, person, now):
    pair("a")
    pair("b")
    pair("c", distance_bits=6)
    answer = apply(page, counted(page, "kind=near&sureness=high"))
    batch = DecisionBatch.objects.get()
    assert answer.headers["Location"] == f"/rules/copies/{batch.pk}/"
    assert copies.discarded() == {"a-small.jpg", "b-small.jpg"}
    assert (batch.verb, batch.actor) == ("copy_rule", person)
    text = page.get(answer.headers["Location"]).text
    assert "2 groups are decided, 2 files are discarded." in text
    assert f'action="/history/{batch.pk}/undo/"' in text
    decisions.undo(batch.pk, actor=None, at=now)
    assert copies.discarded() == set()


@pytest.mark.parametrize("change", ["decided", "other"])
def test_does_nothing_when_it_would_no_longer_be_the_same(page, change):
    group = pair("a")
    pair("b")
    answer = counted(page)
    if change == "decided":
        DuplicateGroup.objects.filter(pk=group.pk).update(resolved_at=copies.NOW)
    else:
        MediaFile.objects.filter(path_text="a-small.jpg").update(disposition="keep")
    refused = apply(page, answer)
    assert refused.headers["Location"] == "/rules/copies/?kind=near&keep=best"
    assert copies.discarded() == set()
    assert "have changed" in page.get(refused.headers["Location"]).text


def test_groups_that_came_later_are_left_alone(page):
    pair("a")
    answer = counted(page)
    pair("late")
    apply(page, answer)
    assert copies.discarded() == {"a-small.jpg"}


def test_many_groups_are_the_work_of_a_job(page, run_job, monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    for name in "abc":
        pair(name)
    answer = apply(page, counted(page))
    job = Job.objects.get()
    text = page.get(answer.headers["Location"]).text
    assert f'href="/jobs/{job.pk}/"' in text
    run_job(job)
    assert copies.discarded() == {"a-small.jpg", "b-small.jpg", "c-small.jpg"}


def test_offers_to_look_at_what_was_accepted_blindly(page, django_assert_max_num_queries):
    for number in range(30):
        pair(f"{number:02}")
    batch = apply(page, counted(page)).headers["Location"]
    with django_assert_max_num_queries(15):
        shown = page.get(batch)
    samples = shown.context["samples"]
    assert 4 <= len(samples) <= rule_samples.NUMBER
    assert [[picture.is_kept for picture in one.pictures] for one in samples] == [[True, False]] * len(
        samples
    )
    assert f'href="/copies/{samples[0].group.pk}/"' in shown.text
    assert 'href="?sample=1"' in shown.text


def test_a_rule_takes_few_queries_whatever_there_is(page, htmx, django_assert_max_num_queries):
    for number in range(25):
        pair(f"{number:02}")
    with django_assert_max_num_queries(15):
        answer = page.get("/rules/copies/?kind=near", headers=htmx)
    address = address_in(answer, r'hx-get="(/rules/copies/[^"]*sample=0)"')
    with django_assert_max_num_queries(15):
        page.get(address, headers=htmx)


@pytest.mark.parametrize("query", ["kind=near&tally=zz", "kind=near&tally=1-2", "kind=near&count=1&sample=x"])
def test_refuses_places_that_no_page_has(page, query):
    assert page.get(f"/rules/copies/?{query}").status_code == 400


def test_shows_hostile_names_in_samples_as_text(page):
    copies.group("near", copies.file("a/<img src=x>\x07.jpg"), copies.file("b/<script>.jpg"))
    text = page.get(
        f"/rules/copies/?kind=near&sample=0&tally={counted(page).context['tally'].as_text()}"
    ).text
    assert "&lt;script&gt;.jpg" in text
    assert "<img src=x>" not in text
    assert "\x07" not in text
