import unicodedata
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media_catalog.pipeline import archive_names
from media_catalog.pipeline.timestamps.candidates import Precision, period_end

LOCAL = datetime(2015, 1, 31, 14, 20, 30)


def place(
    name="IMG_1.JPG", *, local=LOCAL, until=None, precision=Precision.SECOND, extension="jpg", number=0
):
    destination = archive_names.destination(
        local=local,
        until=until,
        precision=precision,
        original_name=name.encode() if isinstance(name, str) else name,
        extension=extension,
    )
    return archive_names.numbered(destination, number)


def starting(*parts):
    return datetime(*parts, *[1] * (3 - len(parts)))


@pytest.mark.parametrize(
    ("local", "precision", "name", "expected"),
    [
        (LOCAL, Precision.SECOND, "IMG_1.JPG", "2015/20150131_142030.jpg"),
        (datetime(2015, 12, 31, 22, 30), Precision.SECOND, "a.jpg", "2015/20151231_223000.jpg"),
        (datetime(1919, 1, 1), Precision.SECOND, "dog.jpg", "1919/19190101_000000.jpg"),
        (LOCAL.replace(second=0), Precision.MINUTE, "scan 3.jpg", "2015/20150131_1420_scan 3.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "IMG-20150131-WA0007.jpg", "2015/20150131_IMG-WA0007.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "IMG-WA0007.jpg", "2015/20150131_IMG-WA0007.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "2015-01-31 beach.jpg", "2015/20150131_beach.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "20150131.jpg", "2015/20150131.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "IMG_201501310.jpg", "2015/20150131_IMG_201501310.jpg"),
        (starting(2015, 1, 31), Precision.DAY, "IMG_20150201.jpg", "2015/20150131_IMG_20150201.jpg"),
        (starting(2015, 1), Precision.MONTH, "IMG_1.JPG", "2015/201501_IMG_1.jpg"),
        (starting(2015), Precision.YEAR, "IMG_1.JPG", "2015/2015_IMG_1.jpg"),
        (starting(1978, 6), Precision.SEASON, "scan.jpg", "1978/1978_scan.jpg"),
        (starting(1970), Precision.DECADE, "scan.jpg", "1970s/1970s_scan.jpg"),
        (None, None, "Tante Käthe.JPG", "unknown/Tante Käthe.jpg"),
    ],
)
def test_names_a_file_by_what_is_known_of_its_date(local, precision, name, expected):
    until = period_end(local, precision) if local else None
    assert place(name, local=local, until=until, precision=precision) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (datetime(2015, 1, 31, 20, 0, 0), "2015/20150131_scan.jpg"),
        (datetime(2015, 1, 31, 23, 59, 59), "2015/20150131_scan.jpg"),
        (datetime(2015, 3, 2), "2015/2015_scan.jpg"),
        (datetime(2016, 1, 31), "2010s/2010s_scan.jpg"),
        (datetime(2031, 1, 31), "2015-2031/2015-2031_scan.jpg"),
    ],
)
def test_names_a_range_by_what_its_ends_have_in_common(until, expected):
    assert place("scan.jpg", until=until, precision=Precision.RANGE) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "2015/20150131_142030.jpg"),
        (1, "2015/20150131_142030_001.jpg"),
        (999, "2015/20150131_142030_999.jpg"),
        (1000, "2015/20150131_142030_1000.jpg"),
        (123456, "2015/20150131_142030_123456.jpg"),
    ],
)
def test_counts_collisions_without_end(number, expected):
    assert place(number=number) == expected


@pytest.mark.parametrize(
    ("name", "extension", "expected"),
    [
        ("a.jpg", "png", "unknown/a.png"),
        ("a.JPEG", "jpeg", "unknown/a.jpg"),
        ("a.JPEG", None, "unknown/a.jpg"),
        ("a.CR2", None, "unknown/a.cr2"),
        ("a", None, "unknown/a"),
        ("a", "jpg", "unknown/a.jpg"),
        ("a.jpg.jpg", "jpg", "unknown/a.jpg.jpg"),
        ("Bildschirmfoto 10.30.15", "png", "unknown/Bildschirmfoto 10.30.15.png"),
        ("a.b/c", None, "unknown/a.b_c"),
        ("a.ex ec", None, "unknown/a.ex ec"),
    ],
)
def test_takes_the_extension_from_the_content(name, extension, expected):
    assert place(name, local=None, precision=None, extension=extension) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("写真 ①.jpg", "写真 ①"),
        ("Cafe\u0301.jpg", "Café"),
        ("👩‍👩‍👧 Familie.jpg", "👩‍👩‍👧 Familie"),
        ('a<b>c:d"e|f?g*h\\i.jpg', "a_b_c_d_e_f_g_h_i"),
        ("line\nfeed\ttab\x7f.jpg", "line_feed_tab_"),
        ("trailing. . .jpg", "trailing"),
        ("  .hidden.jpg", "hidden"),
        ("gpj.\u202eexe.jpg", "gpj._exe"),
        ("CON.jpg", "_CON"),
        ("con.old.jpg", "_con.old"),
        ("lpt9.jpg", "_lpt9"),
        ("console.jpg", "console"),
        ("com10.jpg", "com10"),
        ("....jpg", "jpg"),
        (". .jpg", "unnamed"),
        (".jpg", "jpg"),
        ("", "unnamed"),
        (b"caf\xe9 \xff.jpg", "caf_ _"),
    ],
)
def test_keeps_what_is_readable_of_a_name(name, expected):
    assert place(name, local=None, precision=None) == f"unknown/{expected}.jpg"


@pytest.mark.parametrize("name", ["x" * 300, "写" * 100, "é" * 127 + "x" * 3, "👩‍👩‍👧" * 30])
@pytest.mark.parametrize("precision", [None, Precision.DAY, Precision.MINUTE])
def test_leaves_room_for_number_and_sidecar(name, precision):
    local = LOCAL if precision else None
    relative = place(f"{name}.jpg", local=local, precision=precision, number=9_999_999) + ".xmp"
    base = relative.partition("/")[2]
    assert 200 < len(base.encode()) <= 255
    assert base.encode().decode() == base


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2015/IMG.jpg", "2015/img.JPG"),
        ("unknown/Café.jpg", "unknown/Cafe\u0301.jpg"),
        ("unknown/CAFÉ.jpg", "unknown/cafe\u0301.jpg"),
        ("unknown/Straße.jpg", "unknown/STRASSE.jpg"),
        ("unknown/ΑΣ.jpg", "unknown/ας.jpg"),
    ],
)
def test_knows_names_that_are_one_file_elsewhere(one, other):
    assert archive_names.collision_key(one) == archive_names.collision_key(other)


def test_knows_names_that_differ():
    names = ["a.jpg", "a.png", "b.jpg", "a_001.jpg", "á.jpg"]
    assert len({archive_names.collision_key(name) for name in names}) == len(names)


@given(name=st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")))
@example(name=b"\xed\xa0\x80\xff.jpg")
@example(name="\u0344\u0344".encode() * 60)
def test_every_name_becomes_a_safe_one(name):
    relative = place(name, local=None, precision=None)
    folder, _, base = relative.partition("/")
    stem = base.removesuffix(".jpg")
    assert folder == "unknown"
    assert stem
    assert len(f"{stem}_9999999.jpg.xmp".encode()) <= 255
    assert not set(base) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in base)
    assert stem == stem.strip(" .")
    assert not archive_names.DEVICES.match(stem)
    assert unicodedata.is_normalized("NFC", stem)
    assert archive_names.safe_name(stem, max_bytes=240) == stem


@given(first=st.text(max_size=20), second=st.text(max_size=20))
def test_the_key_depends_on_neither_case_nor_composition(first, second):
    key = archive_names.collision_key(first + second)
    assert key == archive_names.collision_key(unicodedata.normalize("NFD", first + second))
    assert key == archive_names.collision_key(key)
