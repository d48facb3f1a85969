import subprocess
import sys

import pytest

from media_catalog.pipeline import media_types

PADDING = bytes(300)


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return box(b"ftyp", major + bytes(4) + b"".join(compatible)) + box(b"mdat", PADDING)


def ebml(document: bytes) -> bytes:
    header = b"\x42\x82" + bytes([0x80 + len(document)]) + document + b"\x42\x87\x81\x04"
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 + len(header)]) + header + PADDING


@pytest.mark.parametrize(
    ("head", "mime_type"),
    [
        (b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + PADDING, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02" + PADDING, "image/png"),
        (b"GIF89a\1\0\1\0" + PADDING, "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + PADDING, "image/webp"),
        (b"II*\0\x08\0\0\0" + PADDING, "image/tiff"),
        (b"BM\x9a\x03\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x0a\0\0\0\x0a\0\0\0\1\0\x18\0" + PADDING, "image/bmp"),
        # pictures in boxes
        (ftyp(b"heic", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"heix", b"mif1"), "image/heic"),
        (ftyp(b"MiHB", b"heic"), "image/heic"),
        (ftyp(b"mif1", b"heic"), "image/heif"),
        (ftyp(b"mif1", b"avif"), "image/avif"),
        (ftyp(b"avif", b"mif1"), "image/avif"),
        (ftyp(b"avis", b"avif"), "image/avif"),
        (ftyp(b"msf1", b"hevc"), "image/heif-sequence"),
        # RAW
        (ftyp(b"crx ", b"isom"), "image/x-canon-cr3"),
        (b"II*\0\x10\0\0\0CR\x02\0" + PADDING, "image/x-canon-cr2"),
        (b"II\x1a\0\0\0HEAPCCDR" + PADDING, "image/x-canon-crw"),
        (b"IIU\0\x18\0\0\0" + PADDING, "image/x-panasonic-rw2"),
        (b"FUJIFILMCCD-RAW 0201FF383901" + PADDING, "image/x-fujifilm-raf"),
        (b"IIRO\x08\0\0\0" + PADDING, "image/x-olympus-orf"),
        (b"\0MRM" + PADDING, "image/x-minolta-mrw"),
        (b"FOVb" + PADDING, "image/x-sigma-x3f"),
        # videos, with the brands of cameras and phones
        (ftyp(b"isom", b"mp41"), "video/mp4"),
        (ftyp(b"mp42"), "video/mp4"),
        (ftyp(b"XAVC"), "video/mp4"),
        (ftyp(b"CAEP"), "video/mp4"),
        (ftyp(b"kddi"), "video/mp4"),
        (ftyp(b"MSNV"), "video/mp4"),
        (ftyp(b"qt  "), "video/quicktime"),
        (ftyp(b"M4V "), "video/x-m4v"),
        (ftyp(b"3gp5"), "video/3gpp"),
        (box(b"wide") + box(b"mdat", PADDING), "video/quicktime"),
        (box(b"free") + box(b"mdat", PADDING), "video/quicktime"),
        (box(b"skip") + box(b"moov", PADDING), "video/quicktime"),
        (box(b"moov", PADDING), "video/quicktime"),
        (b"RIFF\x10\0\0\0AVI LIST" + PADDING, "video/x-msvideo"),
        (ebml(b"matroska"), "video/x-matroska"),
        (ebml(b"webm"), "video/webm"),
        ((b"\x1c\x12\x34\x99G" + bytes(187)) * 20, "video/mp2t"),
        ((b"G\x40\0\x10" + bytes(184)) * 20, "video/mp2t"),
        (b"\0\0\x01\xba\x44" + PADDING, "video/mpeg"),
    ],
)
def test_recognises_photos_and_videos(head, mime_type):
    assert media_types.sniff_mime(head) == mime_type
    assert media_types.is_media(mime_type)


@pytest.mark.parametrize(
    ("head", "mime_type"),
    [
        (b"8BPS\0\1\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\x08\0\x08" + PADDING, "image/vnd.adobe.photoshop"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "image/svg+xml"),
        (b"AT&TFORM\0\0\1\0DJVUINFO" + PADDING, "image/vnd.djvu"),
    ],
)
def test_knows_pictures_that_are_not_supported(head, mime_type):
    assert media_types.sniff_mime(head) == mime_type
    assert not media_types.is_media(mime_type)
    assert media_types.is_unsupported(mime_type)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        bytes(4096),
        b"This is not an image.\n<html>error 404</html>\n",
        b"%PDF-1.4\n1 0 obj<<>>endobj",
        b"PK\x03\x04" + PADDING,
        b"ID3\x03" + PADDING,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n/etc/passwd\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        ftyp(b"M4A "),
    ],
)
def test_takes_nothing_else_for_a_photo_or_video(head):
    mime_type = media_types.sniff_mime(head)

    assert not media_types.is_media(mime_type)
    assert not media_types.is_unsupported(mime_type)


@pytest.mark.parametrize(
    ("path", "extension", "is_media"),
    [
        (b"2019/IMG_1.JPG", b"jpg", True),
        (b"a.b/c.Heic", b"heic", True),
        (b"a.jpg/notes", b"", False),
        (b"caf\xe9.MTS", b"mts", True),
        (b"a.jpg.xmp", b"xmp", False),
        (b"drawing.psd", b"psd", False),
    ],
)
def test_reads_extensions(path, extension, is_media):
    assert media_types.extension_of(path) == extension
    assert media_types.is_named_like_media(path) is is_media


def test_agrees_with_the_libmagic_that_pylibmagic_brings():
    heads = [b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + PADDING, ftyp(b"heic"), ftyp(b"mp42"), ebml(b"webm")]
    program = (
        "import pylibmagic, sys; from media_catalog.pipeline import media_types\n"
        "for head in sys.argv[1:]: print(media_types.sniff_mime(bytes.fromhex(head)))"
    )
    command = [sys.executable, "-c", program, *(head.hex() for head in heads)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)

    assert answer.stdout.split() == [media_types.sniff_mime(head) for head in heads]
