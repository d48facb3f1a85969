"""Make the sample library: `python -m tests.samples.make_samples [FOLDER]` (default: tests/samples/library).

A family's chaos in miniature: phones, a camera, messengers, scans, an old disk. All is drawn and tagged here.
The same versions of Pillow, pillow-heif, PyAV and ExifTool give the same bytes.
"""

import os
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageOps

from tests.samples import scenes
from tests.samples.pictures import PORTRAIT
from tests.samples.writing import SMALL, Clip, Photo, write_clip, write_photo


def shot(maker: str, model: str, local: str, offset: str | None = None) -> tuple[str, ...]:
    """What every camera writes; only phones and newer cameras know their offset from UTC."""
    dates = tuple(f"EXIF:{name}#={local}" for name in ("DateTimeOriginal", "CreateDate", "ModifyDate"))
    offsets = (f"EXIF:OffsetTimeOriginal={offset}", f"EXIF:OffsetTime={offset}") if offset else ()
    return (f"EXIF:Make={maker}", f"EXIF:Model={model}", *dates, *offsets)


def place(latitude: float, longitude: float) -> tuple[str, ...]:
    """A position in the north and east."""
    return (
        f"EXIF:GPSLatitude={latitude}", "EXIF:GPSLatitudeRef=N",
        f"EXIF:GPSLongitude={longitude}", "EXIF:GPSLongitudeRef=E",
    )  # fmt: skip


def lying_on_its_side(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90)


def faded(picture: Image.Image) -> Image.Image:
    """A print that has yellowed in an album, with its white border."""
    print_ = ImageOps.colorize(
        ImageOps.grayscale(picture), (62, 44, 34), (240, 222, 186), mid=(168, 134, 100)
    )
    return ImageOps.expand(Image.blend(picture, print_, 0.8), border=18, fill=(240, 234, 220))


def grey(picture: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(ImageOps.grayscale(picture))


def a_moment_later(picture: Image.Image) -> Image.Image:
    """The same view with the camera held a little differently."""
    return picture.crop((12, 8, 787, 589)).resize(picture.size, Image.Resampling.BICUBIC)


NIKON, PIXEL, IPHONE = ("NIKON CORPORATION", "NIKON D5300"), ("Google", "Pixel 5"), ("Apple", "iPhone 13")

PHOTOS = (
    Photo(
        path="Phone/IMG_20190504_123000.jpg",
        scene=scenes.village,
        tags=(*shot("Google", "Pixel 3", "2019:05:04 12:30:00", "+02:00"), *place(50.9413, 6.9583)),
    ),
    Photo(
        path="Phone/PXL_20210814_171530123.jpg",
        scene=scenes.balloons,
        tags=(*shot(*PIXEL, "2021:08:14 19:15:30", "+02:00"), *place(51.9625, 7.6256)),
    ),
    Photo(path="Phone/PXL_20211231_230104456.jpg", scene=scenes.fireworks),
    Photo(
        path="Phone/20180812_210445.jpg",
        scene=scenes.lighthouse,
        tags=(*shot("samsung", "SM-G950F", "2018:08:12 21:04:45"), "EXIF:Orientation#=6"),
        size_px=PORTRAIT,
        change=lying_on_its_side,
    ),
    Photo(
        path="Phone/IMG_3307.HEIC",
        scene=scenes.beach,
        tags=(*shot(*IPHONE, "2023:07:15 18:02:11", "+02:00"), *place(39.5696, 2.6502)),
    ),
    Photo(path="Phone/Screenshot_20210301-101500.png", scene=scenes.chat, size_px=(240, 426)),
    Photo(path="WhatsApp/IMG-20200117-WA0007.jpg", scene=scenes.birthday_cake),
    Photo(path="WhatsApp/sticker.webp", scene=scenes.cat, size_px=SMALL),
    Photo(path="WhatsApp/party.gif", scene=scenes.flower, size_px=(160, 120)),
    Photo(
        path="2015-02 Ski trip/DSC_0412.JPG", scene=scenes.ski_slope, tags=shot(*NIKON, "2015:02:14 10:12:31")
    ),
    Photo(path="2015-02 Ski trip/DSC_0413.JPG", scene=scenes.alps, tags=shot(*NIKON, "2015:02:14 10:40:05")),
    Photo(
        path="2015-02 Ski trip/DSC_0414.JPG",
        scene=scenes.alps,
        tags=shot(*NIKON, "2015:02:14 10:40:06"),
        change=a_moment_later,
    ),
    Photo(
        path="Grüße aus Köln/Oma 🎂 80.jpg",
        scene=scenes.garden_party,
        tags=(
            *shot("Canon", "Canon EOS 70D", "2016:06:18 15:20:44"),
            "XMP-dc:Subject=Oma",
            "XMP-dc:Subject=Geburtstag",
            "IPTC:Keywords=Oma",
            "IPTC:Keywords=Geburtstag",
            "IPTC:CodedCharacterSet=UTF8",
            "XMP:Rating=5",
            "EXIF:ImageDescription=Oma wird achtzig",
        ),
    ),
    Photo(
        path="Grüße aus Köln/Abend am See.jpg",
        scene=scenes.lake_sunset,
        tags=(
            "IPTC:DateCreated=2014:09:03",
            "IPTC:TimeCreated=19:48:10+02:00",
            "IPTC:City=Köln",
            "IPTC:CodedCharacterSet=UTF8",
        ),
    ),
    Photo(
        path="Scans/Album 1978/scan_0001.jpg",
        scene=scenes.farm,
        tags=(
            "XMP-photoshop:DateCreated=1978:08:05",
            "EXIF:Make=EPSON",
            "EXIF:Model=Perfection V600",
            "EXIF:ModifyDate=2012:11:03 20:15:00",
        ),
        change=faded,
    ),
    Photo(
        path="Scans/Album 1978/scan_0002.tif",
        scene=scenes.harbour_bridge,
        tags=("XMP-photoshop:DateCreated=1978",),
        change=grey,
    ),
    Photo(path="From Anna/Foto.jpg", scene=scenes.camping),
    Photo(
        path="From Anna/sailing.jpg",
        scene=scenes.sailing,
        tags=shot("Canon", "Canon EOS 450D", "2012:08:19 14:05:27"),
    ),
    Photo(path="From Anna/wallpaper.jpg", scene=scenes.rainbow, size_px=SMALL, save_as="png"),
    Photo(
        path="From Anna/IMG_0001.JPG",
        scene=scenes.autumn,
        tags=shot("Canon", "Canon PowerShot A70", "0000:00:00 00:00:00"),
    ),
    Photo(
        path="From Anna/desert.webp",
        scene=scenes.dunes,
        tags=shot("SONY", "ILCE-6000", "2017:11:22 07:31:02", "+04:00"),
    ),
    Photo(path="Old disk/recovered/FILE0001.JPG", scene=scenes.city_night),
)

CLIPS = (
    Clip(
        path="Phone/IMG_3307.MOV",  # the moving half of a Live Photo
        scene=scenes.beach,
        tags=("QuickTime:CreateDate=2023:07:15 16:02:11",),
        keys={
            "creationdate": "2023-07-15T18:02:11+0200",
            "make": "Apple",
            "model": "iPhone 13",
            "content.identifier": "8B6E2C1A-4F0D-4E57-9C3B-5A7D1E2F3A4B",
        },
    ),
    Clip(
        path="Phone/VID_20200620_141500.mp4",
        scene=scenes.lake_sunset,
        seed=4,
        tags=("QuickTime:CreateDate=2020:06:20 12:15:04", "QuickTime:MediaCreateDate=2020:06:20 12:15:04"),
        frames=20,
    ),
    Clip(path="WhatsApp/VID-20191224-WA0002.mp4", scene=scenes.city_night, seed=5),
    Clip(
        path="2015-02 Ski trip/MVI_0420.AVI", scene=scenes.ski_slope, seed=6, idit="SAT FEB 14 11:02:45 2015"
    ),
)

COPIES = (
    ("2015-02 Ski trip/DSC_0412.JPG", "Old disk/DSC_0412.JPG"),
    ("Phone/IMG_20190504_123000.jpg", "Old disk/Copy of IMG_20190504_123000.jpg"),
)
SMALLER_COPIES = (
    ("Phone/IMG_20190504_123000.jpg", "WhatsApp/IMG-20190505-WA0003.jpg"),
    ("From Anna/sailing.jpg", "From Anna/sailing (small).jpg"),
)
SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:subject><rdf:Bag><rdf:li>Regatta</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>
"""
OTHER_FILES = {
    "From Anna/sailing.xmp": SIDECAR.encode(),
    "From Anna/read me.txt": b"The photos of our holiday. Love, Anna\n",
    "Old disk/recovered/FILE0002.JPG": b"",
    "Old disk/.DS_Store": b"\0\0\0\1Bud1" + bytes(24),
    "Old disk/._DSC_0412.JPG": b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(8),
}


def make(folder: Path) -> None:
    """Make the library in a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in (*(item.path for item in (*PHOTOS, *CLIPS)), *OTHER_FILES):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for photo in PHOTOS:
        write_photo(photo, folder / photo.path)
    for clip in CLIPS:
        write_clip(clip, folder / clip.path)
    for source, copy in COPIES:
        shutil.copyfile(folder / source, folder / copy)
    for source, copy in SMALLER_COPIES:
        with Image.open(folder / source) as picture:
            picture.resize(SMALL).save(folder / copy, "JPEG", quality=60)
    for name, content in OTHER_FILES.items():
        (folder / name).write_bytes(content)
    cut = folder / "Old disk/recovered/FILE0001.JPG"
    os.truncate(cut, cut.stat().st_size * 3 // 5)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "library")
    make(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) // 1000} kB in {folder}")


if __name__ == "__main__":
    main()
