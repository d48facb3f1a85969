from datetime import datetime, timedelta

import pytest

from tests.review.clocked import HOUR, NOON, locals_of, text_of
from tests.review.rows import add_file, add_source

pytestmark = pytest.mark.django_db


def send(page, answer, **more):
    dating, effect = answer.context["dating"], answer.context["effect"]
    form = {name: value or "" for name, value in dating.form.data.items()}
    return page.post(
        "/clocks/files/", form | dating.kept | {"expected": effect.number, "stamp": effect.stamp} | more
    )


def test_asks_for_files(page):
    assert "Select some files first." in text_of(page.get("/clocks/files/"))
    assert "These are no files." in text_of(page.get("/clocks/files/?ids=1,x"))
    assert "These are no files." in text_of(page.get("/clocks/files/?selection=[1]"))


def test_spreads_scans_from_a_date_on(page):
    files = [add_file(f"scan {number}.jpg") for number in range(3)]
    asked = {"ids": ",".join(str(file.pk) for file in files), "what": "spread"}
    answer = page.get("/clocks/files/", asked | {"start": "24 December 1985 18:00", "every": "5 min"})
    assert "The first one: 24 Dec 1985 18:00." in text_of(answer)
    assert "3 would get another date." in text_of(answer)
    send(page, answer)
    first = datetime(1985, 12, 24, 18)
    assert locals_of() == [first, first + timedelta(minutes=5), first + timedelta(minutes=10)]


def test_takes_the_date_from_the_name(page):
    file = add_file("19851224.jpg")
    file.candidates.create(rank=0, source="name:day", local=datetime(1985, 12, 24), precision="day", weight=3)
    other = add_file("without.jpg")
    answer = page.get("/clocks/files/", {"ids": [file.pk, other.pk], "what": "name"})
    assert "1 would stay as it is: nothing there says when they were taken." in text_of(answer)
    send(page, answer)
    assert locals_of() == [datetime(1985, 12, 24), None]


def test_takes_all_that_match_filters(page):
    source = add_source("Scans")
    add_file("a.jpg", captured=NOON, source=source)
    add_file("b.jpg", captured=NOON, source=add_source("other"))
    answer = page.get("/clocks/files/", {"source": source.pk, "what": "shift", "by": "-1 h"})
    done = send(page, answer)
    assert locals_of() == [NOON - HOUR, NOON]
    assert done.url == f"/clocks/files/?source={source.pk}"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"what": "spread"}, "Say when the first one was taken."),
        ({"what": "spread", "start": "never"}, "This is no date that can be read"),
        ({"what": "shift"}, "Say by how much"),
        ({"what": "spread", "start": "1985", "every": "often"}, "Give a length of time"),
    ],
)
def test_says_what_is_missing(page, asked, words):
    answer = page.get("/clocks/files/", {"ids": add_file().pk} | asked)
    assert words in text_of(answer)
    assert answer.context["effect"] is None


def test_answers_htmx_with_the_effect_alone(page, htmx):
    asked = {"ids": add_file("a.jpg", captured=NOON).pk, "what": "shift", "by": "-1 h"}
    answer = page.post("/clocks/files/", asked, headers=htmx)
    assert answer.text.strip().startswith('<section id="effect"')
    assert locals_of() == [NOON]
