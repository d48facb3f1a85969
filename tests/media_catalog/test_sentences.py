import pytest

from media_catalog import sentences
from media_catalog.models import DecisionBatch

DAY = {"local": "1978-06-01T00:00:00", "until": "1978-08-31T23:59:59", "precision": "season"}


def act(verb, number=1, **params):
    return DecisionBatch(verb=verb, number=number, params=params)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (act("confirm"), "Confirmed the date of 1 file"),
        (act("confirm", 1200), "Confirmed the dates of 1,200 files"),
        (act("set_date", 2, **DAY), "Dated 2 files: Summer 1978"),
        (act("set_date"), "Dated 1 file: no date"),
        (act("shift", 3, seconds=-5400), "Moved the dates of 3 files by −1 h 30 min"),  # noqa: RUF001  a minus
        (act("shift", 3, seconds=86461), "Moved the dates of 3 files by +1 d 1 min 1 s"),
        (
            act("set_zone", zone="Asia/Tokyo", keeping="wall"),
            "Put 1 file into the time zone Asia/Tokyo, keeping the clock as it is shown",
        ),
        (act("candidate", 2, source="name"), "Took the dates of 2 files from the file name"),
        (act("candidate", source="EXIF:CreateDate"), "Took the date of 1 file from EXIF:CreateDate"),
        (act("spread", 2, seconds=60, **DAY), "Spread 2 files from Summer 1978 on, +1 min apart"),
        (act("tag", 2, names=["Beach", "Mum"]), "Tagged 2 files: Beach, Mum"),
        (act("untag", names=list("abcde")), "Took tags from 1 file: a, b, c and 2 more"),
        (act("discard", 2), "Discarded 2 files"),
        (act("snooze", until="2026-11-21T07:00:00+00:00"), "Put off 1 file until 21 Nov 2026 07:00"),
        (act("rate", 2, rating=4), "Rated 2 files: 4 of 5"),
        (act("rate", rating=None), "Rated 1 file: none"),
        (
            act("edit", 2, acts=[["tag", {"names": ["x"]}], ["rate", {"rating": 1}]]),
            "Changed 2 files: tag, rate",
        ),
        (act("resolve", 3, groups=1, kind="near"), "Chose what to keep of 1 group of near copies"),
        (
            act("copy_rule", 90, groups=40, kind="near", keep=None),
            "Rule: kept the best of each of 40 groups of near copies",
        ),
        (
            act("copy_rule", 9, groups=4, kind="burst"),
            "Rule: kept all of each of 4 groups of shots of a series",
        ),
        (act("separate"), "Called pictures of a group no copies of each other"),
    ],
)
def test_says_what_was_done_and_to_how_many(made, expected):
    assert sentences.sentence(made) == expected


@pytest.mark.parametrize("verb", DecisionBatch.Verb.values)
def test_every_verb_has_a_sentence_even_where_nothing_is_known_of_how(verb):
    assert sentences.sentence(act(verb, 2))
    assert "%" not in sentences.sentence(act(verb, 2))


def test_an_undo_tells_what_it_took_back_and_of_how_many():
    first = act("discard", 3)
    assert sentences.sentence(act("undo", 3), first=first) == "Took back: Discarded 3 files"
    assert sentences.sentence(act("redo", 2), first=first) == "Did again: Discarded 3 files (2 of them)"
    assert "no longer known" in sentences.sentence(act("undo", 2))


@pytest.mark.parametrize("params", [{"local": "no date"}, {"local": "2015-99-01"}, {"local": 7}])
def test_a_date_that_cannot_be_read_is_none(params):
    assert sentences.date_text(params) == "no date"
