import pytest

from media_catalog.pipeline.sidecars import takeout_folders

EXPORT = "takeout-20250114T081500Z"


@pytest.mark.parametrize(
    ("folder", "export", "inner"),
    [
        (f"{EXPORT}-001/Takeout/Google Photos/Photos from 2021", EXPORT, "Google Photos/Photos from 2021"),
        (f"x/{EXPORT}-1-002/Takeout/Google Photos", f"x/{EXPORT}", "Google Photos"),
        (f"x/{EXPORT}-003.zip/Takeout/Google Photos", f"x/{EXPORT}", "Google Photos"),
        (f"{EXPORT}-004/Google Photos/A", EXPORT, "Google Photos/A"),
        ("Takeout/Google Fotos/A", "", "Google Fotos/A"),
        ("Takeout 2/Google Fotos/A", "", "Google Fotos/A"),
        ("Takeout (1)/Google Fotos/A", "", "Google Fotos/A"),
        ("Teil 2/Takeout/Google Fotos/A", "", "Google Fotos/A"),
        ("Mum/Takeout/Google Photos/A", "Mum", "Google Photos/A"),  # not one export with Dad's
        ("Mum/Takeout/Google Photos/E\u0301te\u0301", "Mum", "Google Photos/Été"),
    ],
)
def test_finds_the_export_and_the_folder_in_it(folder, export, inner):
    assert takeout_folders.place(folder.encode()) == (export, inner)


@pytest.mark.parametrize(
    "folder", [b"", b"2021", b"Photos from 2021", b"Takeouts/A", b"My Takeout/A", b"caf\xe9"]
)
def test_an_ordinary_folder_is_in_no_export(folder):
    assert takeout_folders.place(folder) is None


@pytest.mark.parametrize(
    ("name", "is_album"),
    [
        ("Sommer 2021", True),
        ("Photos from Paris 2019", True),
        ("Untitled", False),
        ("Ohne Titel(3)", False),
        ("Photos from 2021", False),
        ("Fotos von 2021", False),
        ("Valokuvat vuodelta 2021", False),
        ("Fotos del 2009", False),
        ("Foto's uit 2021", False),
        ("Zdjęcia z 2014", False),
        ("Фото за 2012 год", False),
        ("2021年の写真", False),
        ("2021년 사진", False),
        ("2015-07-04", False),
        ("2015-07-04 #2", False),
        ("2015-07-04 Hochzeit", True),
        ("Trash", False),
        ("Archiv", False),
    ],
)
def test_tells_albums_from_folders_that_nobody_named(name, is_album):
    place = takeout_folders.place(f"Takeout/Google Photos/{name}".encode())

    assert place.is_album is is_album


def test_knows_the_trash_and_the_archive():
    places = [
        takeout_folders.place(f"Takeout/Google Fotos/{name}".encode()) for name in ("Papierkorb", "Archiv")
    ]

    assert [(place.is_trash, place.is_archive) for place in places] == [(True, False), (False, True)]
    assert not takeout_folders.place(b"Takeout/Google Fotos/Album/Trash").is_trash
