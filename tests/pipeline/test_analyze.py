import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from media_catalog.pipeline import analyze, scan, thumbnail
from media_catalog.pipeline.analyze import Analysis, AnalysisPolicy, Outcome
from media_catalog.pipeline.decoder_process import Decoder
from media_catalog.pipeline.exiftool import ExifTool
from media_catalog.pipeline.probe import Kind
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.thumbnail import DecodePolicy
from media_catalog.pipeline.timestamps.decide import Confidence, Reason
from tests.pipeline.pictures import corner_names, corners, edit, noise, save_heic, save_raw, save_video, scene

CAMERA = ["-Make=Canon", "-Model=Canon EOS 6D", "-AllDates=2015:01:31 14:20:30"]


@pytest.fixture(scope="module")
def exiftool() -> Iterator[ExifTool]:
    with ExifTool() as resident:
        yield resident


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as resident:
        yield resident


@pytest.fixture
def policy(tmp_path: Path) -> AnalysisPolicy:
    return AnalysisPolicy(
        default_zone="UTC",
        now=datetime(2026, 11, 20, tzinfo=UTC),
        thumbnail_dir=tmp_path / "data/thumbnails",
        decode=DecodePolicy(),
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def analysed(root, policy, exiftool, decoder):
    """Scan the source and analyse all its files, by path."""

    def run() -> dict[str, Analysis]:
        started = analyze.start_batch(
            seen(root), root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=policy
        )
        return {os.fsdecode(file.path): finish() for file, finish in started}

    return run


def seen(root: Path) -> list[SourceFile]:
    return [entry for entry in scan.scan(os.fsencode(root)) if isinstance(entry, SourceFile)]


def photo(path: Path, *tags: str, picture: Image.Image | None = None) -> Path:
    (picture or scene(size=(800, 600))).save(path)
    return edit(path, *tags) if tags else path


def test_learns_everything_of_a_photo(root, analysed, policy):
    path = photo(root / "IMG_1.jpg", *CAMERA, "-OffsetTimeOriginal=+01:00", "-XMP:Subject=family")

    analysis = analysed()["IMG_1.jpg"]

    assert (analysis.outcome, analysis.reason_code, analysis.damage) == (Outcome.ANALYSED, None, None)
    assert analysis.sha256 is not None
    assert (analysis.probe.kind, analysis.probe.mime_type) == (Kind.IMAGE, "image/jpeg")
    assert (analysis.probe.width_px, analysis.probe.height_px) == (800, 600)
    assert (analysis.probe.camera_model, analysis.probe.keywords) == ("Canon EOS 6D", ("family",))
    assert analysis.inference.local == datetime(2015, 1, 31, 14, 20, 30)
    assert analysis.inference.offset_minutes == 60
    assert analysis.inference.confidence is Confidence.HIGH
    assert analysis.traits.phash is not None
    assert analysis.tags["EXIF:IFD0:Make"] == "Canon"
    assert analysis.has_thumbnail
    assert thumbnail.path_of(analysis.sha256, folder=policy.thumbnail_dir).exists()
    assert path.stat().st_size == analysis.file.size_bytes


def test_leaves_the_originals_as_they_are(root, analysed):
    photo(root / "a.jpg", *CAMERA)
    save_heic(root / "b.heic", scene())
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.iterdir()}

    analysed()

    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.iterdir()} == before


def test_a_turned_photo_is_shown_and_measured_upright(root, analysed, policy):
    photo(root / "a.jpg", "-Orientation#=6", picture=corners().transpose(Image.Transpose.ROTATE_90))

    analysis = analysed()["a.jpg"]

    assert (analysis.probe.width_px, analysis.probe.height_px) == (80, 60)
    with Image.open(thumbnail.path_of(analysis.sha256, folder=policy.thumbnail_dir)) as saved:
        assert corner_names(saved) == "RGBY"


def test_the_size_is_that_of_the_pixels_not_of_the_exif(root, analysed):
    photo(root / "a.jpg", "-ExifImageWidth=1829", "-ExifImageHeight=2743")

    probe = analysed()["a.jpg"].probe

    assert (probe.width_px, probe.height_px) == (800, 600)


@pytest.mark.parametrize(
    "name", ["a.png", "a.gif", "a.webp", "a.tif", "a.bmp", "a.avif", "a.heic", "a.mp4", "a.mov"]
)
def test_reads_every_format(root, analysed, name):
    if name.endswith("heic"):
        save_heic(root / name, scene(size=(800, 600)))
    elif name.endswith(("mp4", "mov")):
        save_video(root / name, [scene(size=(320, 240))] * 20)
    else:
        photo(root / name)

    analysis = analysed()[name]

    assert (analysis.outcome, analysis.damage, analysis.has_thumbnail) == (Outcome.ANALYSED, None, True)
    assert analysis.probe.width_px in {320, 800}
    assert analysis.probe.kind is (Kind.VIDEO if name.endswith(("mp4", "mov")) else Kind.IMAGE)


def test_a_video_has_its_duration(root, analysed):
    save_video(root / "a.mp4", [scene(size=(320, 240))] * 20)

    assert analysed()["a.mp4"].probe.duration_s == pytest.approx(2.0)


def test_a_raw_file_shows_its_preview_upright_and_keeps_its_own_size(root, analysed, policy, tmp_path):
    preview = tmp_path / "preview.jpg"
    corners((800, 600)).transpose(Image.Transpose.ROTATE_90).save(preview)
    save_raw(root / "P1000001.RW2", preview.read_bytes(), orientation=6)

    analysis = analysed()["P1000001.RW2"]

    assert (analysis.outcome, analysis.probe.kind, analysis.damage) == (Outcome.ANALYSED, Kind.RAW, None)
    with Image.open(thumbnail.path_of(analysis.sha256, folder=policy.thumbnail_dir)) as saved:
        assert (saved.size, corner_names(saved)) == ((400, 300), "RGBY")


def test_goes_by_the_content_of_a_file_with_a_wrong_extension(root, analysed):
    corners().save(root / "a.jpg", "PNG")

    probe = analysed()["a.jpg"].probe

    assert (probe.mime_type, probe.extension) == ("image/png", "png")


def test_takes_the_date_from_the_name_where_there_is_no_other(root, analysed):
    photo(root / "IMG_20150131_142030.jpg")

    inference = analysed()["IMG_20150131_142030.jpg"].inference

    assert inference.local == datetime(2015, 1, 31, 14, 20, 30)
    assert inference.source.startswith("name:")


def test_the_modification_time_alone_dates_nothing(root, analysed):
    os.utime(photo(root / "a.jpg"), (1_400_000_000, 1_400_000_000))

    inference = analysed()["a.jpg"].inference

    assert (inference.local, inference.confidence) == (None, Confidence.NONE)
    assert [verdict.candidate.source for verdict in inference.verdicts] == ["file:mtime"]


@pytest.mark.parametrize("damage", ["truncated", "rotten"])
def test_a_damaged_photo_is_kept_and_shown_but_never_high(root, analysed, damage):
    path = photo(root / "a.jpg", *CAMERA, picture=noise())
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        del content[len(content) * 6 // 10 :]
    else:
        middle = len(content) // 2
        content[middle : middle + 2000] = bytes(range(250)) * 8
    path.write_bytes(content)

    analysis = analysed()["a.jpg"]

    assert (analysis.outcome, analysis.has_thumbnail) == (Outcome.ANALYSED, True)
    assert analysis.damage.startswith("picture data is")
    assert analysis.inference.local == datetime(2015, 1, 31, 14, 20, 30)
    assert analysis.inference.confidence is Confidence.MEDIUM
    assert Reason.DAMAGED in analysis.inference.reasons


def test_a_photo_of_which_only_the_metadata_is_left_is_kept(root, analysed):
    path = photo(root / "a.jpg", *CAMERA)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"\xff\xda")])

    analysis = analysed()["a.jpg"]

    assert (analysis.outcome, analysis.has_thumbnail, analysis.traits) == (Outcome.ANALYSED, False, None)
    assert analysis.damage is not None
    assert analysis.inference.confidence is Confidence.MEDIUM


def test_a_medium_in_which_nothing_can_be_read_has_failed(root, analysed):
    (root / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(50))

    analysis = analysed()["a.jpg"]

    assert (analysis.outcome, analysis.reason_code) == (Outcome.FAILED, "unreadable")
    assert "nothing in it can be read" in analysis.reason_text


def test_says_of_each_other_file_what_it_is(root, analysed):
    photo(root / "a.jpg")
    (root / "a.jpg.xmp").write_bytes(b"<x:xmpmeta/>")
    (root / "a.jpg.supplemental-metadata.json").write_bytes(b"{}")
    (root / "notes.txt").write_bytes(b"hello\n")
    (root / "drawing.psd").write_bytes(b"8BPS\0\1\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\x08\0\x08\0\1" + bytes(100))
    (root / "broken.jpg").write_bytes(b"<html>error 404</html>")

    results = analysed()

    assert {name: (one.outcome.value, one.reason_code) for name, one in results.items()} == {
        "a.jpg": ("analysed", None),
        "a.jpg.xmp": ("skipped", "sidecar"),
        "a.jpg.supplemental-metadata.json": ("skipped", "sidecar"),
        "notes.txt": ("skipped", "not_media"),
        "drawing.psd": ("skipped", "unsupported"),
        "broken.jpg": ("failed", "unreadable"),
    }


def test_keeps_what_a_sidecar_says(root, analysed):
    photo(root / "a.jpg")
    edit(root / "a.jpg.xmp", "-XMP-exif:DateTimeOriginal=2009:08:07 06:05:04", "-XMP-dc:Subject=sea")
    (root / "b.jpg.json").write_text('{"title": "b.jpg", "photoTakenTime": {"timestamp": "1"}}')
    (root / ".picasa.ini").write_text("[a.jpg]\nstar=yes\n")

    results = analysed()

    xmp = results["a.jpg.xmp"]
    assert (xmp.reason_code, xmp.reason_text) == ("sidecar", "sidecar")
    assert xmp.tags["XMP:XMP-exif:DateTimeOriginal"] == "2009:08:07 06:05:04"
    assert results["b.jpg.json"].tags["Takeout:photoTakenTime"] == {"timestamp": "1"}
    assert results[".picasa.ini"].tags["Picasa:Pictures"] == {"a.jpg": {"star": "yes"}}


def test_a_sidecar_that_exiftool_refuses_says_why(root, analysed):
    (root / "a.xmp").write_bytes(b"<?xml version='1.0'?><<<")

    xmp = analysed()["a.xmp"]

    assert (xmp.outcome, xmp.reason_code) == (Outcome.SKIPPED, "sidecar")
    assert xmp.inference is None


def test_refuses_a_bomb_but_keeps_its_metadata(root, policy, exiftool, decoder):
    photo(root / "a.jpg", *CAMERA)
    small = AnalysisPolicy(
        default_zone="UTC",
        now=policy.now,
        thumbnail_dir=policy.thumbnail_dir,
        decode=DecodePolicy(max_pixels=1000),
    )

    [(_, finish)] = analyze.start_batch(
        seen(root), root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=small
    )

    analysis = finish()
    assert (analysis.outcome, analysis.has_thumbnail) == (Outcome.ANALYSED, False)
    assert "larger than the limit" in analysis.damage
    assert (analysis.probe.width_px, analysis.probe.height_px) == (800, 600)


def test_a_file_that_changes_before_it_is_read_has_failed_for_now(root, policy, exiftool, decoder):
    path = photo(root / "a.jpg")
    files = seen(root)
    path.write_bytes(path.read_bytes() + b"more")

    [(_, finish)] = analyze.start_batch(
        files, root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=policy
    )

    assert finish().reason_code == "changed_while_reading"


def test_a_file_that_is_written_again_with_the_same_length_has_changed(root, policy, exiftool, decoder):
    path = photo(root / "a.jpg")
    files = seen(root)
    os.utime(path, (1, 1))

    [(_, finish)] = analyze.start_batch(
        files, root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=policy
    )

    assert finish().reason_code == "changed_while_reading"


@pytest.mark.parametrize("is_early", [True, False])
def test_a_file_that_vanishes_has_failed(root, policy, exiftool, decoder, is_early):
    path = photo(root / "a.jpg")
    files = seen(root)
    if is_early:
        path.unlink()
    [(_, finish)] = analyze.start_batch(
        files, root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=policy
    )
    path.unlink(missing_ok=True)

    analysis = finish()

    assert (analysis.outcome, analysis.reason_code) == (Outcome.FAILED, "vanished")


def test_names_that_are_not_utf8_work(root, analysed):
    photo(root / "x.jpg", *CAMERA).rename(root / os.fsdecode(b"caf\xe9\n20150131.jpg"))

    [analysis] = analysed().values()

    assert (analysis.outcome, analysis.file.path) == (Outcome.ANALYSED, b"caf\xe9\n20150131.jpg")
    assert analysis.inference.confidence is Confidence.HIGH


def test_pairs_each_file_with_its_own_tags_over_several_windows(root, analysed):
    for number in range(50):
        photo(root / f"{number:02}.jpg", picture=scene(number, (40 + number, 30)))
        if number % 3 == 0:
            (root / f"{number:02}.txt").write_bytes(b"hello\n")

    results = analysed()

    assert list(results) == sorted(results)
    media = [one for one in results.values() if one.probe]
    assert [one.probe.width_px for one in media] == list(range(40, 90))
    assert [one.tags["File:ImageWidth"] for one in media] == list(range(40, 90))


def test_an_empty_batch_is_no_work(root, analysed):
    assert analysed() == {}


def test_an_unforeseen_error_concerns_one_file_alone(root, policy, exiftool, decoder):
    photo(root / "a.jpg", picture=scene(1))
    photo(root / "b.jpg", picture=scene(2))
    policy.thumbnail_dir.parent.mkdir()
    first, second = analyze.start_batch(
        seen(root), root=os.fsencode(root), exiftool=exiftool, decoder=decoder, policy=policy
    )
    policy.thumbnail_dir.write_text("a file where a folder should be")

    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        first[1]()
    policy.thumbnail_dir.unlink()

    assert second[1]().has_thumbnail


def test_a_thumbnail_that_is_there_is_not_written_again(root, analysed, policy):
    photo(root / "a.jpg")
    analysis = analysed()["a.jpg"]
    saved = thumbnail.path_of(analysis.sha256, folder=policy.thumbnail_dir)
    before = saved.stat()

    assert analysed()["a.jpg"].has_thumbnail
    assert (saved.stat().st_ino, saved.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
