import io
import json

import pytest
from django.core.management import CommandError, call_command

from media_catalog.models import DuplicateMember
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


def run(*arguments):
    output = io.StringIO()
    call_command("source", *map(str, arguments), stdout=output)
    return output.getvalue()


def keepers():
    return set(DuplicateMember.objects.filter(is_keeper=True).values_list("file__path_text", flat=True))


@pytest.mark.django_db(transaction=True)
def test_preferring_a_source_ranks_its_copies_first_at_once(library):
    library.add("long/name/of/a.jpg")
    library.scan()
    library.add_copy("long/name/of/a.jpg", "whatsapp/a.jpg")
    library.scan("whatsapp")
    assert keepers() == {"a.jpg"}
    assert run("photos", "--over", "whatsapp").split() == [
        "1",
        "photos",
        f"({library.photos})",
        "0",
        "whatsapp",
        f"({library.folder}/whatsapp)",
    ]
    assert keepers() == {"long/name/of/a.jpg"}


def test_lists_sources_the_preferred_first():
    copies.source("a")
    copies.source("b", preference=3)
    assert run() == "    3 b (/b)\n    0 a (/a)\n"
    facts = json.loads(run("a", "--preference", 5, "--no-search", "--json"))
    assert facts["sources"] == [{"source": "a", "preference": 5}, {"source": "b", "preference": 3}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a"], "--over LABEL, or --preference N"),
        (["a", "--over", "nobody"], "No source is called 'nobody'"),
        (["a", "--over", "a"], "over itself"),
        (["a", "--preference", "100000"], "between -1000 and 1000"),
    ],
)
def test_wrong_use_is_refused_with_what_to_do(arguments, words):
    copies.source("a")
    with pytest.raises(CommandError, match=words) as error:
        run(*arguments)
    assert error.value.returncode == 2
