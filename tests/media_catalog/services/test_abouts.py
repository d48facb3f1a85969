import pytest

from media_catalog.models import MediaFile
from media_catalog.services import abouts, acts
from media_catalog.services.acts import Act
from media_catalog.services.selections import Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW

pytestmark = pytest.mark.django_db


def act(file, verb, **params):
    selection = Selection(ids=(file.pk,))
    return acts.apply(selection, Act(verb=verb, params=params), expected=1, actor=None, at=NOW)


def facts(file):
    return MediaFile.objects.values_list("description", "rating").get(pk=file.pk)


def test_what_a_person_said_stands_after_a_file_was_replaced_and_read_again(library):
    path = library.add("a.jpg", ImageDescription="scanned")
    library.scan()
    act(library.file("a.jpg"), "describe", description="Mum at the sea")
    path.unlink()
    library.add("a.jpg", seed=5, ImageDescription="scanned again", Rating="3")
    library.scan()
    assert facts(library.file("a.jpg")) == ("Mum at the sea", 3)


def test_only_the_last_word_stands_and_what_was_taken_back_does_not():
    file = copies.file("a.jpg", description="its own")
    act(file, "describe", description="first")
    act(file, "rate", rating=2)
    act(file, "describe", description="second")
    last = act(file, "describe", description="third")
    acts.undo(last.batch, actor=None, at=NOW)
    other = copies.file("b.jpg", description="its own")
    MediaFile.objects.update(description="read again", rating=None)
    assert abouts.say_again(MediaFile.objects.all()) == 1
    assert facts(file) == ("second", 2)
    assert facts(other) == ("read again", None)
    assert abouts.say_again(MediaFile.objects.all()) == 0
