import errno
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pillow_heif
import pytest
from PIL import Image

from media_catalog.pipeline import archive, archive_names, archive_tags, fingerprint
from media_catalog.pipeline.archive_tags import Facts
from media_catalog.pipeline.exiftool import ExifTool, ExifToolError, TagEdit
from media_catalog.pipeline.timestamps.candidates import Precision, period_end
from tests import tagging

pillow_heif.register_heif_opener()

LOCAL = datetime(2015, 1, 31, 14, 20, 30)
INSTANT = datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)
DATED = "2015:01:31 14:20:30"
FACTS = Facts(
    local=LOCAL,
    until=LOCAL,
    precision=Precision.SECOND,
    offset_minutes=540,
    offset_is_evidence=True,
    instant=INSTANT,
    keywords=["Küste", "New Tag"],
)
MTIME_NS = 1_422_681_630_123_456_789
TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tif": "image/tiff",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "heic": "image/heic",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "m4v": "video/x-m4v",
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "mkv": "video/x-matroska",
}
CONTAINERS = {"m4v": "mp4", "mkv": "matroska"}


@pytest.fixture(scope="module")
def tool():
    with ExifTool() as running:
        yield running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "archive" / "2015" / "20150131_142030.jpg"


def picture(path, **options):
    noise = Image.effect_noise((64, 48), 60)
    Image.merge("RGB", (noise, noise.rotate(180), noise)).save(path, **options)
    return dated(path)


def video(path):
    suffix = path.suffix[1:]
    with av.open(path, "w", format=CONTAINERS.get(suffix, suffix)) as container:
        tracks = [  # two, each with dates of its own
            container.add_stream("mpeg4", rate=1, width=176, height=144, pix_fmt="yuv420p") for _ in range(2)
        ]
        for track in tracks:
            container.mux(track.encode(av.VideoFrame(176, 144, "yuv420p")))
        for track in tracks:
            container.mux(track.encode(None))
    return dated(path)


def make(path):
    return (video if TYPES[path.suffix[1:]].startswith("video/") else picture)(path)


def dated(path):
    os.utime(path, ns=(MTIME_NS, MTIME_NS))
    return path


def tag(path, *arguments):
    tagging.run("-q", "-overwrite_original", *arguments, path)
    return dated(path)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def read(tool, path):
    [reading] = tool.read([os.fsencode(path)])
    assert reading.error is None
    return reading.tags


def edits_for(tool, source, facts=FACTS):
    mime_type = TYPES[source.suffix[1:]]
    return archive_tags.tag_edits(facts, mime_type=mime_type, tags=read(tool, source))


def export(tool, source, target, *, edits=(), mime_type=None, expected_sha256=None):
    return archive.export_copy(
        os.fsencode(source),
        target,
        expected_sha256=expected_sha256 or sha256(source),
        mime_type=mime_type or TYPES[source.suffix[1:]],
        edits=edits,
        exiftool=tool,
    )


def test_copies_byte_for_byte_where_nothing_is_to_be_said(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    copy = export(tool, source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mtime_ns == MTIME_NS
    assert names(target.parent) == [target.name]
    assert copy == archive.ExportedCopy(
        source_sha256=sha256(source),
        copy_sha256=sha256(source),
        image_data_hash=None,
        size_bytes=source.stat().st_size,
        edits=(),
        sidecar=None,
        sidecar_sha256=None,
        tags_error=None,
    )


@pytest.mark.parametrize("suffix", [suffix for suffix in TYPES if archive_tags.is_writable(TYPES[suffix])])
def test_writes_tags_into_the_copy_and_leaves_the_picture(tool, tmp_path, suffix):
    source = make(tmp_path / f"a.{suffix}")
    before = source.read_bytes()
    target = tmp_path / "out" / f"copy.{suffix}"
    edits = edits_for(tool, source)
    copy = export(tool, source, target, edits=edits)
    assert (copy.tags_error, copy.sidecar, copy.edits) == (None, None, tuple(edits))
    assert copy.copy_sha256 == sha256(target) != copy.source_sha256
    assert copy.size_bytes == target.stat().st_size
    assert target.stat().st_mtime_ns == MTIME_NS
    hashes = {
        fingerprint.image_data_hash(os.fsencode(path), mime_type=TYPES[suffix]) for path in (source, target)
    }
    assert hashes == {copy.image_data_hash}
    assert read(tool, target)["XMP:XMP-dc:Subject"] == ["Küste", "New Tag"]
    assert edits_for(tool, target) == []
    assert source.read_bytes() == before
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("suffix", ["bmp", "avi", "mkv"])
def test_writes_a_sidecar_where_the_file_is_not_written(tool, tmp_path, suffix):
    source = make(tmp_path / f"a.{suffix}")
    target = tmp_path / "out" / f"copy.{suffix}"
    copy = export(tool, source, target, edits=edits_for(tool, source))
    assert target.read_bytes() == source.read_bytes()
    assert copy.sidecar == tmp_path / "out" / f"copy.{suffix}.xmp"
    assert copy.sidecar_sha256 == sha256(copy.sidecar)
    assert copy.tags_error is None
    tags = read(tool, copy.sidecar)
    assert tags["XMP:XMP-exif:DateTimeOriginal"] == f"{DATED}+09:00"
    assert tags["XMP:XMP-dc:Subject"] == ["Küste", "New Tag"]
    assert names(target.parent) == [target.name, copy.sidecar.name]


@pytest.mark.parametrize("suffix", ["jpg", "gif", "mp4", "avi"])
@pytest.mark.parametrize(
    ("precision", "expected"),
    [(Precision.DAY, "2015:01:31"), (Precision.MONTH, "2015:01"), (Precision.YEAR, 2015)],
)
def test_writes_partial_dates_that_read_back(tool, tmp_path, suffix, precision, expected):
    source = make(tmp_path / f"a.{suffix}")
    local = datetime(2015, 1, 31 if precision is Precision.DAY else 1)
    facts = Facts(local=local, until=period_end(local, precision), precision=precision)
    copy = export(tool, source, tmp_path / f"copy.{suffix}", edits=edits_for(tool, source, facts))
    tags = read(tool, copy.sidecar or tmp_path / f"copy.{suffix}")
    assert tags["XMP:XMP-photoshop:DateCreated"] == expected
    assert not any(key.startswith("EXIF:") and "Date" in key for key in tags)


def test_keeps_existing_keywords(
    tool, tmp_path, target
):  # they were replaced once: "existing" became "new tag"
    source = tag(picture(tmp_path / "a.jpg"), "-XMP:Subject=existing", "-IPTC:Keywords=existing")
    export(tool, source, target, edits=edits_for(tool, source, Facts(keywords=["New Tag", "EXISTING"])))
    tags = read(tool, target)
    assert tags["XMP:XMP-dc:Subject"] == ["existing", "New Tag"]
    assert tags["IPTC:Keywords"] == ["existing", "New Tag"]


def test_keeps_the_modification_time_and_dates_every_track(
    tool, tmp_path
):  # 16:00 here and 19:00 there, once
    source = tag(
        video(tmp_path / "a.mp4"),
        *(f"-QuickTime:{name}={DATED}" for name in archive_tags.MOVIE_DATES),
    )
    target = tmp_path / "copy.mp4"
    copy = export(tool, source, target, edits=edits_for(tool, source))
    tags = read(tool, target)
    dates = {key: value for key, value in tags.items() if key.endswith("CreateDate")}
    assert copy.tags_error is None
    assert dates == dict.fromkeys(
        [
            "QuickTime:CreateDate",
            *(
                f"QuickTime:Track{number}:{kind}CreateDate"
                for number in (1, 2)
                for kind in ("Track", "Media")
            ),
        ],
        "2015:01:31 05:20:30",
    )
    assert tags["QuickTime:Keys:CreationDate"] == f"{DATED}+09:00"
    assert target.stat().st_mtime_ns == MTIME_NS


@pytest.mark.parametrize("offset", ["+09:00", "-05:00"])
def test_exports_the_wall_clock_and_not_utc(tool, tmp_path, offset):  # 63 of 64 photos were shifted once
    source = tag(
        picture(tmp_path / "a.jpg"),
        "-EXIF:DateTimeOriginal=2015:12:31 22:30:00",
        f"-EXIF:OffsetTimeOriginal={offset}",
    )
    hours = int(offset[:3])
    local = datetime(2015, 12, 31, 22, 30)
    facts = Facts(
        local=local,
        until=local,
        precision=Precision.SECOND,
        offset_minutes=60 * hours,
        offset_is_evidence=True,
        instant=local.replace(tzinfo=UTC) - timedelta(hours=hours),
    )
    place = archive_names.destination(
        local=local, until=local, precision=Precision.SECOND, original_name=b"a.jpg", extension="jpg"
    )
    target = tmp_path / archive_names.numbered(place, 0)
    copy = export(tool, source, target, edits=edits_for(tool, source, facts))
    assert target.relative_to(tmp_path) == Path("2015/20151231_223000.jpg")
    assert copy.copy_sha256 == copy.source_sha256


def test_invents_no_time_for_a_name_with_a_day(tool, tmp_path):  # 20150201_045900 was made of it once
    source = picture(tmp_path / "IMG-20150131-WA0007.jpg")
    local = datetime(2015, 1, 31)
    facts = Facts(local=local, until=period_end(local, Precision.DAY), precision=Precision.DAY)
    place = archive_names.destination(
        local=facts.local,
        until=facts.until,
        precision=facts.precision,
        original_name=os.fsencode(source.name),
        extension="jpg",
    )
    target = tmp_path / archive_names.numbered(place, 0)
    export(tool, source, target, edits=edits_for(tool, source, facts))
    tags = read(tool, target)
    assert target.relative_to(tmp_path) == Path("2015/20150131_IMG-WA0007.jpg")
    assert {key: value for key, value in tags.items() if "Date" in key and "System" not in key} == {
        "XMP:XMP-photoshop:DateCreated": "2015:01:31"
    }


def test_writes_a_png_that_is_named_jpg(tool, tmp_path):
    source = picture(tmp_path / "a.jpg", format="png")
    place = archive_names.destination(
        local=LOCAL, until=LOCAL, precision=Precision.SECOND, original_name=b"a.jpg", extension="png"
    )
    target = tmp_path / archive_names.numbered(place, 0)
    edits = archive_tags.tag_edits(FACTS, mime_type="image/png", tags=read(tool, source))
    copy = export(tool, source, target, edits=edits, mime_type="image/png")
    assert target.name == "20150131_142030.png"
    assert copy.tags_error is None
    assert read(tool, target)["EXIF:ExifIFD:DateTimeOriginal"] == DATED


def broken_exif(path):
    """A JPEG that shows well, and whose EXIF points outside of itself."""
    picture(path)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + b"\x01\x0f\0\x02\0\0\xff\xff\0\xff\xff\xff" * 2 + b"\xff" * 4
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + content[2:])
    return dated(path)


def test_says_that_tags_could_not_be_written_and_keeps_the_facts(tool, tmp_path, target):  # only logged once
    source = broken_exif(tmp_path / "a.jpg")
    copy = export(tool, source, target, edits=edits_for(tool, source))
    assert target.read_bytes() == source.read_bytes()
    assert copy.copy_sha256 == copy.source_sha256
    assert "IFD0" in str(copy.tags_error)
    assert "/" not in str(copy.tags_error)
    assert copy.sidecar == target.with_name(target.name + ".xmp")
    assert read(tool, copy.sidecar)["XMP:XMP-exif:DateTimeOriginal"] == f"{DATED}+09:00"
    assert names(target.parent) == [target.name, target.name + ".xmp"]


def test_repeats_old_keywords_where_it_falls_back_to_a_sidecar(tool, tmp_path, target):
    source = tag(picture(tmp_path / "a.jpg"), "-XMP:Subject=existing")
    impossible = TagEdit(tag="EXIF:NoSuchTag", value="x")
    edits = [*edits_for(tool, source), impossible]
    copy = export(tool, source, target, edits=edits)
    assert "NoSuchTag" in str(copy.tags_error)
    assert copy.sidecar
    assert read(tool, copy.sidecar)["XMP:XMP-dc:Subject"] == ["existing", "Küste", "New Tag"]
    assert sha256(target) == sha256(source)


def test_keeps_what_stands_behind_the_picture(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    trailer = video(tmp_path / "motion.mp4").read_bytes()
    source.write_bytes(source.read_bytes() + trailer)
    copy = export(tool, source, target, edits=edits_for(tool, source))
    assert copy.tags_error is None
    assert target.read_bytes().endswith(trailer)


def test_is_not_satisfied_with_tags_that_do_not_read_back(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    edits = [
        TagEdit(tag="IPTC:Keywords", value="x" * 80, op="+="),
        *edits_for(tool, source),
    ]  # cut at 64 bytes
    copy = export(tool, source, target, edits=edits)
    assert copy.tags_error == "these tags do not read back as written: IPTC:Keywords"
    assert sha256(target) == sha256(source)


def test_does_not_touch_a_file_whose_picture_cannot_be_compared(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    copy = export(tool, source, target, edits=edits_for(tool, source), mime_type="image/heif")
    assert "picture" in str(copy.tags_error)
    assert sha256(target) == sha256(source)


def test_counts_up_where_a_name_is_taken(tool, tmp_path):
    place = archive_names.destination(
        local=LOCAL, until=LOCAL, precision=Precision.SECOND, original_name=b"a.jpg", extension="jpg"
    )
    (tmp_path / "2015").mkdir()
    for number in range(1002):
        (tmp_path / archive_names.numbered(place, number)).write_bytes(b"another")
    source = picture(tmp_path / "a.jpg")
    with pytest.raises(archive.DestinationTaken):
        export(tool, source, tmp_path / archive_names.numbered(place, 1001))
    export(tool, source, tmp_path / archive_names.numbered(place, 1002))
    assert sha256(tmp_path / "2015" / "20150131_142030_1002.jpg") == sha256(source)


@pytest.mark.parametrize("suffix", ["jpg", "avi"])
def test_never_overwrites(tool, tmp_path, suffix):
    source = make(tmp_path / f"a.{suffix}")
    target = tmp_path / "out" / f"copy.{suffix}"
    target.parent.mkdir()
    target.write_bytes(b"another")
    with pytest.raises(archive.DestinationTaken):
        export(tool, source, target, edits=edits_for(tool, source))
    assert target.read_bytes() == b"another"
    assert names(target.parent) == [target.name]


def test_never_overwrites_a_sidecar(tool, tmp_path):
    source = video(tmp_path / "a.avi")
    sidecar = tmp_path / "out" / "copy.avi.xmp"
    sidecar.parent.mkdir()
    sidecar.write_bytes(b"another")
    with pytest.raises(archive.DestinationTaken):
        export(tool, source, tmp_path / "out" / "copy.avi", edits=edits_for(tool, source))
    assert names(sidecar.parent) == ["copy.avi.xmp"]
    assert sidecar.read_bytes() == b"another"


@pytest.mark.parametrize("link", ["dangling", "to the same bytes"])
def test_never_writes_through_a_link(tool, tmp_path, target, link):
    source = picture(tmp_path / "a.jpg")
    target.parent.mkdir(parents=True)
    target.symlink_to(source if link == "to the same bytes" else tmp_path / "nowhere")
    with pytest.raises(archive.DestinationTaken):
        export(tool, source, target)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "heic", "mp4", "avi"])
def test_accepts_what_an_interrupted_export_has_placed(tool, tmp_path, suffix):
    source = make(tmp_path / f"a.{suffix}")
    target = tmp_path / "out" / f"copy.{suffix}"
    edits = edits_for(tool, source)
    first = export(tool, source, target, edits=edits)
    inode = target.stat().st_ino
    assert export(tool, source, target, edits=edits) == first
    assert target.stat().st_ino == inode


def test_copies_from_a_read_only_card(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    source.chmod(0o400)
    before = source.stat()
    export(tool, source, target, edits=edits_for(tool, source))
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    after = source.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_mode) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_mode,
    )


def test_obeys_the_umask(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    old = os.umask(0o077)
    try:
        export(tool, source, target, edits=edits_for(tool, source))
    finally:
        os.umask(old)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_refuses_a_source_that_has_changed(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    analysed = sha256(source)
    source.write_bytes(source.read_bytes()[:-100])
    with pytest.raises(archive.SourceChanged):
        export(tool, source, target, expected_sha256=analysed)
    assert names(target.parent) == []


def test_refuses_a_source_that_is_no_regular_file(tool, tmp_path, target):
    picture(tmp_path / "a.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "fifo.jpg")
    for name in ("link.jpg", "folder.jpg", "fifo.jpg"):
        with pytest.raises(archive.SourceRefused):
            export(tool, tmp_path / name, target, expected_sha256="0" * 64)
    with pytest.raises(FileNotFoundError):
        export(tool, tmp_path / "missing.jpg", target, expected_sha256="0" * 64)
    assert names(target.parent) == []


@pytest.mark.parametrize(
    "name", ["写真 🏖.jpg", "line\nfeed $HOME.jpg", "-rf.jpg", os.fsdecode(b"caf\xe9.jpg")]
)
def test_copies_whatever_the_names_are(tool, tmp_path, name):
    source = picture(tmp_path / name)
    target = tmp_path / f"out {name}" / "20150131_142030.jpg"
    copy = export(tool, source, target, edits=edits_for(tool, source))
    assert copy.tags_error is None
    assert names(target.parent) == [target.name]


def test_leaves_nothing_behind_when_the_disk_is_full(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (source.stat().st_size // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            export(tool, source, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert names(target.parent) == []


def test_a_full_disk_is_not_taken_for_a_fault_of_the_file(tool, tmp_path, target, monkeypatch):
    source = broken_exif(tmp_path / "a.jpg")
    space = os.statvfs(tmp_path)
    full = os.statvfs_result([*space[:3], 0, 0, *space[5:]])
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    with pytest.raises(OSError, match="No space left") as caught:
        export(tool, source, target, edits=edits_for(tool, source))
    assert caught.value.errno == errno.ENOSPC
    assert names(target.parent) == []


def test_a_blow_to_exiftool_costs_no_tags(tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    with ExifTool(deadline_s=5) as tool:
        edits = edits_for(tool, source)
        os.kill(tool.pid, signal.SIGSTOP)
        copy = export(tool, source, target, edits=edits)
    assert copy.tags_error is None
    assert copy.edits == tuple(edits)


def fake_exiftool(folder, what_happens):
    """An ExifTool that answers nothing but its version; `what_happens` to each other command."""
    script = folder / "fake-exiftool"
    script.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent(
            f"""\
            import os, signal, sys, time
            asks_version = False
            for line in sys.stdin:
                asks_version = asks_version or line == "-ver\\n"
                if not line.startswith("-execute"):
                    continue
                if not asks_version:
                    {what_happens}
                number = line.strip()[8:]
                print("12.57\\n{{ready%s}}" % number, flush=True)
                print("=0{{done%s}}" % number, file=sys.stderr, flush=True)
                asks_version = False
            """
        )
    )
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize("what_happens", ["os._exit(1)", "time.sleep(60)"])
def test_places_nothing_where_not_even_a_sidecar_can_be_written(tmp_path, target, what_happens):
    source = picture(tmp_path / "a.jpg")
    with (
        ExifTool(fake_exiftool(tmp_path, what_happens), deadline_s=1.5) as tool,
        pytest.raises(ExifToolError),
    ):
        export(tool, source, target, edits=[TagEdit(tag="EXIF:DateTimeOriginal", value=DATED)])
    assert names(target.parent) == []


def test_a_killed_export_leaves_a_temporary_name_that_the_janitor_removes(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    code = textwrap.dedent(
        f"""\
        from pathlib import Path
        from media_catalog.pipeline import archive
        from media_catalog.pipeline.exiftool import ExifTool, TagEdit
        archive.export_copy(
            {os.fsencode(source)!r},
            Path({str(target)!r}),
            expected_sha256={sha256(source)!r},
            mime_type="image/jpeg",
            edits=[TagEdit(tag="EXIF:DateTimeOriginal", value={DATED!r})],
            exiftool=ExifTool({fake_exiftool(tmp_path, "os.kill(os.getppid(), 9); time.sleep(60)")!r}),
        )
        """
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path.cwd())
    assert killed.returncode == -signal.SIGKILL
    [leftover] = names(target.parent)
    assert leftover.startswith(".mp-")
    archive_root = target.parent.parent
    assert archive.remove_leftovers(archive_root, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert archive.remove_leftovers(archive_root) == 1
    export(tool, source, target, edits=edits_for(tool, source))
    assert names(target.parent) == [target.name]


def test_the_janitor_removes_nothing_but_our_temporary_names(tmp_path):
    token = "0123456789abcdef" * 2
    ours = [f".mp-{token}.tmp", f".mp-{token}.xmp", f".mp-{token}.tmp_exiftool_tmp"]
    others = ["a.jpg", ".mp-1.tmp", f".mp-{token}.tmp.jpg", f"mp-{token}.tmp", "a.jpg_exiftool_tmp"]
    (tmp_path / "2015").mkdir()
    for name in (*ours, *others):
        (tmp_path / "2015" / name).touch()
    assert archive.remove_leftovers(tmp_path) == 3
    assert names(tmp_path / "2015") == sorted(others)


@pytest.fixture
def without_links(monkeypatch):
    """A file system like FAT: it has no hard links."""

    def refuse(*_, **__):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("without_links")
def test_places_without_hard_links_and_never_overwrites(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    first = export(tool, source, target, edits=edits_for(tool, source))
    assert export(tool, source, target, edits=edits_for(tool, source)) == first
    with pytest.raises(archive.DestinationTaken):
        export(tool, source, target)
    assert sha256(target) == first.copy_sha256
    assert names(target.parent) == [target.name]


@pytest.mark.usefixtures("without_links")
def test_takes_over_the_empty_name_that_a_killed_export_reserved(tool, tmp_path, target):
    source = picture(tmp_path / "a.jpg")
    target.parent.mkdir(parents=True)
    target.touch()
    export(tool, source, target)
    assert sha256(target) == sha256(source)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda path: None, None),
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0"), "changed"),
        (lambda path: path.write_bytes(b""), "wrong size: 0 bytes instead of "),
        (lambda path: (path.unlink(), path.mkdir()), "not a regular file"),
        (
            lambda path: (path.rename(path.with_suffix(".x")), path.symlink_to(path.with_suffix(".x"))),
            "a symbolic link",
        ),
    ],
)
def test_says_what_is_wrong_with_a_copy(tool, tmp_path, target, damage, finding):
    source = picture(tmp_path / "a.jpg")
    copy = export(tool, source, target)
    damage(target)
    found = archive.verify_copy(target, sha256=copy.copy_sha256, size_bytes=copy.size_bytes)
    assert found == finding or (finding and found and found.startswith(finding))
