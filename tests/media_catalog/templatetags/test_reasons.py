"""Verdicts and reasons appear in the language of who reads, from rows of any age."""

import struct
from datetime import UTC, datetime

import pytest
from django.utils import translation

from media_catalog.models import MediaFile, TimestampCandidate
from media_catalog.pipeline.timestamps import decide, phrases, trust
from media_catalog.pipeline.timestamps.confidence import Reason
from media_catalog.pipeline.timestamps.decide import DatePolicy
from media_catalog.pipeline.timestamps.own_claims import of_file
from media_catalog.services import claim_rows
from media_catalog.templatetags.reasons import reason, trouble, verdict

HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
CATALOGUE = {
    "": HEADER,
    "believed": "gloubt",
    "differs from %(source)s by %(distance)s": "um %(distance)s fun %(source)s wek",
    "%(distance)s from %(source)s; %(distrust)s": "%(distance)s wek fun %(source)s: %(distrust)s",
    "the day of its folder in another year: the camera's year was wrong": "anner Joar",
    "%(count)s year\0%(count)s years": "%(count)s Joar\0%(count)s Joaren",
    "%(count)s day\0%(count)s days": "%(count)s Dog\0%(count)s Dogen",
    "written by the camera when the picture was taken": "fun de Kamra",
    "symbolic link to %(target)s": "Ferwis no %(target)s",
    "hidden file": "festekt",
}
POLICY = DatePolicy(default_zone="UTC", now=datetime(2026, 11, 20, tzinfo=UTC))
ORIGINAL, MODIFIED = "EXIF:ExifIFD:DateTimeOriginal", "EXIF:IFD0:ModifyDate"


def compiled(messages):
    """Write a catalogue in GNU's binary form: https://www.gnu.org/software/gettext/manual/html_node/MO-Files."""
    pairs = [(key.encode(), text.encode()) for key, text in sorted(messages.items())]
    start = 28 + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<2I", len(pair[side]), start + len(texts))
            texts += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + texts


@pytest.fixture
def made_up_language(tmp_path, settings):
    folder = tmp_path / "qx/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(CATALOGUE))
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("qx"):
        yield


def rows(tags, path="a.jpg"):
    date = decide.decide(of_file(path, tags=tags, mtime_ns=0), policy=POLICY)
    found = {}
    for rank, one in enumerate(date.verdicts):
        values = claim_rows.row(1, rank=rank, verdict=one, origin="own")
        row = dict(zip(claim_rows.FIELDS, values, strict=True))
        found[one.candidate.source] = TimestampCandidate(file_id=row.pop("file"), **row)
    return found, date


@pytest.mark.usefixtures("made_up_language")
def test_a_verdict_appears_in_the_language_of_the_reader():
    found, _ = rows({ORIGINAL: "2015:01:31 14:20:30", MODIFIED: "2017:02:01 10:00:00"})

    assert verdict(found["EXIF:DateTimeOriginal"]) == "gloubt"
    assert verdict(found["EXIF:ModifyDate"]) == "um 2 Joaren fun EXIF:DateTimeOriginal wek"
    assert found["EXIF:ModifyDate"].verdict_text == ""


@pytest.mark.usefixtures("made_up_language")
def test_a_reason_within_a_verdict_is_translated_too():
    found, _ = rows({ORIGINAL: "2004:08:06 14:20:30"}, "2005-08-06 Kreta/a.jpg")

    assert verdict(found["EXIF:DateTimeOriginal"]) == "364 Dogen wek fun folder:day: anner Joar"


@pytest.mark.usefixtures("made_up_language")
def test_reasons_appear_in_the_language_of_the_reader():
    assert reason(Reason.CAMERA) == "fun de Kamra"
    assert reason("written by the camera when the picture was taken") == "fun de Kamra"  # as once stored
    assert trouble("hidden file") == "festekt"
    assert trouble("symbolic link to ../100% of (it).jpg") == "Ferwis no ../100% of (it).jpg"


def test_without_a_catalogue_everything_is_english():
    found, date = rows({ORIGINAL: "2015:01:31 14:20:30", MODIFIED: "2015:02:01 20:27:37"})

    assert [verdict(row) for row in found.values()] == [one.text for one in date.verdicts]
    assert verdict(found["EXIF:ModifyDate"]) == "differs from EXIF:DateTimeOriginal by 1 day"
    assert trouble("not a photo or video (text/plain)") == "not a photo or video (text/plain)"


def test_what_is_not_known_is_shown_as_it_was_stored():
    old = TimestampCandidate(verdict="agrees", verdict_text="agrees with EXIF:CreateDate")
    new = TimestampCandidate(verdict="doubtless", verdict_values={"phrase": "by_magic"})

    assert (verdict(old), verdict(new)) == ("agrees with EXIF:CreateDate", "doubtless")
    assert reason("because 100%") == trouble("because 100%") == "because 100%"


def test_every_code_has_words():
    assert set(phrases.REASONS) == set(Reason)
    assert set(phrases.DISTRUSTS) == set(trust.Distrust)
    assert len(phrases.CODES) == len(Reason)


@pytest.mark.django_db
@pytest.mark.usefixtures("made_up_language")
def test_pages_show_translated_verdicts_and_reasons(admin_client, make_picture, tmp_path, import_folder):
    tags = {"Make": "Nokia", "Model": "N8", "DateTimeOriginal": "2015:01:31 14:20:30"}
    make_picture("photos/a.jpg", tags={**tags, "ModifyDate": "2017:02:01 10:00:00"})
    (tmp_path / "photos/.hidden.jpg").write_bytes(b"x")
    import_folder(tmp_path / "photos")
    photo, hidden = (MediaFile.objects.get(name=name) for name in ("a.jpg", ".hidden.jpg"))

    for url in (f"/files/{photo.pk}/", f"/admin/media_catalog/mediafile/{photo.pk}/change/"):
        page = admin_client.get(url, follow=True).content.decode()
        assert "gloubt" in page
        assert "um 2 Joaren fun EXIF:DateTimeOriginal wek" in page
        assert "fun de Kamra" in page
    for url in (f"/files/{hidden.pk}/", f"/admin/media_catalog/mediafile/{hidden.pk}/change/"):
        assert "festekt" in admin_client.get(url, follow=True).content.decode()
