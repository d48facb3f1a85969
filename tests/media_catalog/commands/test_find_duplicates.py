import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from media_catalog.models import DuplicateGroup, MediaFile
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


def run(*arguments):
    output = io.StringIO()
    call_command("find_duplicates", *map(str, arguments), stdout=output)
    return output.getvalue()


def as_json(*arguments):
    return json.loads(run(*arguments, "--json"))


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        run(*arguments)
    assert error.value.returncode == 2
    return str(error.value)


@pytest.fixture
def photos():
    small = {"size_bytes": 2_000_000, "width_px": 200, "height_px": 150}
    for name in "ab":
        best, copy = (
            copies.file(f"{name}.jpg"),
            copies.file(f"{name}.jpg", where="whatsapp", content=name, **small),
        )
        group = copies.group("near", best, copy, evidence=["scaled", "recoded"], distance_bits=2)
        group.members.filter(is_keeper=True).update(reasons=["original", "more_pixels"])
    copies.group("burst", copies.file("s1.jpg"), copies.file("s2.jpg"))
    copies.identical(copies.file("x.jpg", content="x"), copies.file("y.jpg", content="x"))


def test_shows_every_class_with_what_its_usual_rule_would_do(photos):
    assert run().splitlines() == [
        "identical: 1 groups, 1 further copies (0.0 MB), exported once.",
        "near: keeps the recommended file of 2 groups and discards 2, 4.0 MB.",
        "burst: keeps all files of 1 groups.",
    ]
    facts = as_json()
    assert facts["identical"] == {"groups": 1, "files": 1, "size_bytes": 1000}
    assert facts["classes"]["near"] == {
        "keep": "best",
        "groups": 2,
        "files": 2,
        "size_bytes": 4_000_000,
        "not_covered": 0,
        "resolved": 0,
    }


def test_a_rule_is_only_shown_until_it_is_applied_with_a_sample_and_reasons(photos):
    before = copies.dispositions()
    text = run("--class", "near", "--sample", 1)
    assert "keeps    /photos/" in text
    assert "it is what the camera wrote; it has more real pixels" in text
    assert "another size; re-encoded" in text
    assert text.endswith("Nothing was changed: --apply does it.\n")
    assert copies.dispositions() == before


def test_applies_a_rule_and_takes_it_back_and_does_it_again(photos):
    before = copies.dispositions()
    text = run("--class", "near", "--apply")
    token = text.partition("Token: ")[2].split()[0]
    assert f"2 groups resolved, 2 files discarded, 4.0 MB. `manage.py find_duplicates --undo {token}`" in text
    assert set(MediaFile.objects.filter(disposition="discard").values_list("source__label")) == {
        ("whatsapp",)
    }
    assert DuplicateGroup.objects.filter(kind="near", resolved_at=None).count() == 0
    assert "near: keeps the recommended file of 0 groups and discards 0, 0.0 MB. 2 are resolved." in run()
    assert run("--undo", token) == "4 files are as they were before.\n"
    assert copies.dispositions() == before
    assert as_json("--redo", token)["changed_since"] == []
    assert DuplicateGroup.objects.filter(kind="near", resolved_at=None).count() == 0


def test_conditions_narrow_it_down_and_the_rest_is_said(photos):
    assert "groups and discards 0, 0.0 MB; 2 groups are not covered" in run(
        "--class", "near", "--same-source"
    )
    facts = as_json("--class", "near", "--folder", "/whatsapp", "--apply")
    assert (facts["groups"], facts["applied"]["files"], facts["applied"]["changed"]) == (2, 2, 0)
    assert facts["rule"]["folder"] == "/whatsapp"
    assert len(facts["sample"]) == 2
    uuid.UUID(facts["applied"]["batch"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sample=-1"], "--sample -1 is not usable: give a number from 0."),
        (["--apply"], "Say which groups: --class"),
        (["--folder", "/x"], "Say which groups: --class"),
        (["--undo", "x"], "Nothing was done under 'x'"),
        (["--undo", str(uuid.UUID(int=1))], "Nothing was done under"),
    ],
)
def test_wrong_use_is_refused_with_what_to_do(arguments, words):
    assert words in refused(*arguments)


@pytest.mark.parametrize("option", ["--class", "--keep", "--confidence"])
def test_an_unknown_choice_is_answered_with_those_there_are(option):
    with pytest.raises(CommandError, match="invalid choice: 'x'") as error:
        run(option, "x")
    assert not any(name in str(error.value) for name in ("Kind", "Keep", "Confidence"))


def test_finds_nothing_without_failing():
    assert run() == "identical: 0 groups, 0 further copies (0.0 MB), exported once.\n"
    assert as_json("--class", "near")["groups"] == 0
