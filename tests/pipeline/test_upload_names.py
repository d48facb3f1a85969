import pytest

from media_catalog.pipeline import upload_names


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("a.jpg", ["a.jpg"]),
        ("DCIM/100APPLE/IMG_0001.JPG", ["DCIM", "100APPLE", "IMG_0001.JPG"]),
        ("Grüße aus Köln/Oma 🎂 80.jpg", ["Grüße aus Köln", "Oma 🎂 80.jpg"]),
        ("{ski, alps}/[FORCE]20150131_142030.jpg", ["{ski, alps}", "[FORCE]20150131_142030.jpg"]),
        ("<img src=x onerror=alert(1)>.jpg", ["<img src=x onerror=alert(1)>.jpg"]),
        ("../../etc/passwd", ["etc", "passwd"]),
        ("/./a//b.jpg", ["a", "b.jpg"]),
        ("C:\\photos\\a.jpg", ["C:\\photos\\a.jpg"]),
        ("line\nbreak.jpg", ["line\nbreak.jpg"]),
        ("nul\0.jpg", ["nul\ufffd.jpg"]),
        ("half \ud83c.jpg", ["half \ufffd.jpg"]),
        (" . ", [" . "]),
        ("...", ["..."]),
    ],
)
def test_keeps_names_and_leads_nowhere_else(path, names):
    assert [name.decode() for name in upload_names.parts(path)] == names


@pytest.mark.parametrize("path", ["", "/", "..", "../.", "a/" * 101 + "b", ("d" * 250 + "/") * 12 + "x"])
def test_refuses_what_has_no_name_or_lies_too_deep(path):
    with pytest.raises(upload_names.UnusableName):
        upload_names.parts(path)


def test_cuts_names_that_no_disk_takes_and_keeps_them_apart():
    one, other = ("ü" * 200 + ending for ending in ("1.jpeg", "2.jpeg"))
    first, second = upload_names.parts(one)[0], upload_names.parts(other)[0]
    assert len(first) <= 255
    assert first != second
    assert first.decode().startswith("üüü")
    assert first.endswith(b".jpeg")
    assert len(upload_names.parts("x" * 300)[0]) == 255


def test_offers_other_folders_for_the_second_of_a_path():
    places = upload_names.places((b"DCIM", b"a.jpg"))
    assert [next(places) for _ in range(3)] == [b"DCIM/a.jpg", b"2/DCIM/a.jpg", b"3/DCIM/a.jpg"]
