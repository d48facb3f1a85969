import pytest

from media_catalog.pipeline.sidecars import linking
from media_catalog.pipeline.sidecars.linking import Sidecar
from media_catalog.pipeline.sidecars.matching import Medium

MEDIA = [
    Medium(key=1, folder="x", name=b"a.jpg"),
    Medium(key=2, folder="x", name=b"b.CR2"),
    Medium(key=3, folder="x", name=b"b.JPG"),
    Medium(key=4, folder="y", name=b"c.jpg"),
]


def linked(*sidecars: Sidecar, is_album=True):
    found = linking.link(MEDIA, sidecars, is_album=is_album)
    return {(one.medium, one.sidecar) for one in found.links}, dict(found.owners)


def test_links_a_sidecar_within_its_folder_only():
    links, _ = linked(
        Sidecar(key=10, folder="x", name=b"a.jpg.xmp"),
        Sidecar(key=11, folder="x", name=b"c.jpg.xmp"),
        Sidecar(key=12, folder="y", name=b"c.aae"),
    )

    assert links == {(1, 10), (4, 12)}


def test_json_reaches_over_folders():
    links, owners = linked(Sidecar(key=10, folder="x", name=b"c.jpg.json", kind="photo", title="c.jpg"))

    assert (links, owners) == ({(4, 10)}, {10: (4,)})


def test_the_sidecar_with_the_full_name_silences_the_other():
    links, owners = linked(
        Sidecar(key=10, folder="x", name=b"a.jpg.xmp"), Sidecar(key=11, folder="x", name=b"a.xmp")
    )

    assert links == {(1, 10)}
    assert owners == {10: (1,), 11: (1,)}


def test_a_sidecar_of_a_raw_file_does_not_speak_for_the_jpeg():
    links, _ = linked(
        Sidecar(key=10, folder="x", name=b"b.xmp"), Sidecar(key=11, folder="x", name=b"b.jpg.xmp")
    )

    assert links == {(2, 10), (3, 11)}


def test_picasa_speaks_for_the_pictures_that_it_lists():
    links, _ = linked(
        Sidecar(key=10, folder="x", name=b".picasa.ini", pictures=("A.JPG", "gone.jpg", "b.jpg"))
    )

    assert links == {(1, 10), (3, 10)}


@pytest.mark.parametrize(("is_album", "media"), [(True, {1, 2, 3, 4}), (False, set())])
def test_the_json_of_an_album_speaks_for_all_its_media(is_album, media):
    album = Sidecar(key=10, folder="y", name=b"metadata.json", kind="album", title="Sommer")

    links, owners = linked(album, is_album=is_album)

    assert links == {(medium, 10) for medium in media}
    assert owners == {}
