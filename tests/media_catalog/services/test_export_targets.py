"""What sidecars say reaches the exported copies, with the real ExifTool."""

import json

import pytest

from media_catalog.models import ExportedFile

pytestmark = pytest.mark.django_db

COPY = "2015/20150131_142030.jpg"
TAKEOUT = {
    "title": "a.jpg",
    "photoTakenTime": {"timestamp": "1422714030"},
    "description": "Am Strand",
    "people": [{"name": "Oma"}, {"name": "Bob"}],
    "geoData": {"latitude": -33.856784, "longitude": 151.215297, "altitude": 4.0},
}
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="5" exif:GPSLatitude="48,8.2333N"
 exif:GPSLongitude="11,34.5E">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Im Garten</rdf:li></rdf:Alt>
</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"""
PICASA = "[Contacts2]\nab12=Tante Emma;;\n\n[a.jpg]\ncaption=Kaffee\nfaces=rect64(3f845bcb59418507),ab12\n"


def test_a_takeout_json_gives_a_copy_its_place_words_and_people(library):
    library.add()
    (library.photos / "a.jpg.json").write_text(json.dumps(TAKEOUT))
    library.scan()
    library.export()

    found = library.tags_of(COPY)
    assert (found["EXIF:GPSLatitude"], found["EXIF:GPSLatitudeRef"]) == (pytest.approx(33.856784), "S")
    assert (found["EXIF:GPSLongitude"], found["EXIF:GPSLongitudeRef"]) == (pytest.approx(151.215297), "E")
    assert (found["EXIF:GPSAltitude"], found["EXIF:GPSAltitudeRef"]) == (4, 0)
    assert found["XMP:Description"] == found["EXIF:ImageDescription"] == "Am Strand"
    assert set(found["XMP:PersonInImage"]) == set(found["XMP:Subject"]) == {"Oma", "Bob"}
    assert ExportedFile.objects.get().tags_error == ""


def test_an_xmp_file_gives_a_copy_its_rating_words_and_place(library):
    library.add()
    (library.photos / "a.xmp").write_text(XMP)
    library.scan()
    library.export()

    found = library.tags_of(COPY)
    assert (found["XMP:Rating"], found["XMP:Description"]) == (5, "Im Garten")
    assert found["EXIF:GPSLatitude"] == pytest.approx(48 + 8.2333 / 60)


def test_picasa_gives_a_copy_its_words_and_people(library):
    library.add()
    (library.photos / ".picasa.ini").write_text(PICASA)
    library.scan()
    library.export()

    found = library.tags_of(COPY)
    assert (found["XMP:Description"], found["XMP:PersonInImage"]) == ("Kaffee", "Tante Emma")


def test_what_stands_in_the_file_goes_before_a_sidecar(library):
    own = {"GPSLatitude": "35.68", "GPSLatitudeRef": "N", "GPSLongitude": "139.69", "GPSLongitudeRef": "E"}
    library.add(**own, ImageDescription="Mine", **{"XMP:Rating": "2"})
    (library.photos / "a.jpg.json").write_text(json.dumps(TAKEOUT))
    (library.photos / "a.xmp").write_text(XMP)
    library.scan()
    library.export()

    found = library.tags_of(COPY)
    assert (found["EXIF:GPSLatitude"], found["EXIF:GPSLongitude"]) == pytest.approx((35.68, 139.69))
    assert (found["EXIF:ImageDescription"], found["XMP:Rating"]) == ("Mine", 2)
    assert "XMP:Description" not in found


def test_a_description_that_comes_later_is_added_to_the_copy(library):
    library.add()
    library.scan()
    library.export()
    (library.photos / "a.jpg.json").write_text(json.dumps(TAKEOUT))
    library.scan()
    library.export()

    assert list(library.copies()) == [COPY]
    assert library.tags_of(COPY)["XMP:Description"] == "Am Strand"
    assert library.export().known_count == 1
