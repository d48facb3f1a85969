import pytest

from media_catalog.pipeline import tag_words


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("2015/2015-01 Ski Trip", ["Ski Trip"]),
        ("Italy 2019/Rome", ["Italy 2019", "Rome"]),
        ("2015_07_04_Oma 80", ["Oma 80"]),
        ("20150704_Anna", ["Anna"]),
        ("Rome/x/rome", ["Rome"]),
        ("東京/Ferien 🏖", ["東京", "Ferien 🏖"]),
        ("DCIM/100APPLE/101_PANA/camera/thumbs/misc/temp/tmp/cache/backup", []),
        ("a/7/2015/2015-07/20150704/.hidden/@eaDir2", ["@eaDir2"]),
        ("Takeout/Google Photos/Photos from 2015", []),
        ("", []),
        (f"{'x' * 101}", []),
    ],
)
def test_folders_give_their_names_without_dates_and_generic_ones(folder, words):
    assert tag_words.folder_words(folder) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMG {a, b ,A}.jpg", ["a", "b"]),
        ("{Rome}{ski  trip}.jpg", ["Rome", "ski trip"]),
        ("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}.jpg", []),
        ("{} { , } }{.jpg", []),
        ("no braces.jpg", []),
    ],
)
def test_names_give_what_stands_in_braces(name, words):
    assert tag_words.name_words(name) == words
