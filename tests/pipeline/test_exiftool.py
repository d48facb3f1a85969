import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from media_catalog.pipeline import exiftool
from media_catalog.pipeline.exiftool import ExifTool, TagEdit
from tests import tagging

DATE_TAG = "EXIF:ExifIFD:DateTimeOriginal"
TITLE = "XMP:XMP-dc:Title"


@pytest.fixture(scope="module")
def tool():
    with ExifTool(deadline_s=20) as running:
        yield running


@pytest.fixture
def hasty():
    """An own process with a short deadline, for tests that stop or kill it."""
    with ExifTool(deadline_s=4) as running:
        yield running


def jpeg(path: Path, date: str = "2015:01:31 14:20:30") -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = date
    with path.open("wb") as stream:
        Image.new("RGB", (32, 24), "teal").save(stream, "jpeg", exif=exif)
    return os.fsencode(path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fake(folder: Path, body: str) -> str:
    """Write an executable that answers like ExifTool, as far as `body` does not say otherwise.

    `body` sees the arguments of one command in `lines` and its number in `number`.
    """
    script = folder / "fake-exiftool"
    script.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent(
            """\
            import os, sys, time
            def answer(text):
                sys.stdout.write(text + "{ready%s}\\n" % number); sys.stdout.flush()
                sys.stderr.write("=0{done%s}\\n" % number); sys.stderr.flush()
            lines = []
            for line in sys.stdin:
                lines.append(line.rstrip("\\n"))
                if not line.startswith("-execute"):
                    continue
                number = line.strip()[8:]
                if "-ver" in lines:
                    answer("12.57\\n"); lines = []; continue
            """
        )
        + textwrap.indent(textwrap.dedent(body), "    ")
        + "\n    lines = []\n"
    )
    script.chmod(0o755)
    return str(script)


def test_reads_tags_with_both_groups(tool, tmp_path):
    [reading] = tool.read([jpeg(tmp_path / "a.jpg")])
    assert reading.tags[DATE_TAG] == "2015:01:31 14:20:30"
    assert reading.tags["File:MIMEType"] == "image/jpeg"
    assert reading.error is None


def test_answers_in_the_order_of_the_paths(tool, tmp_path):
    paths = [jpeg(tmp_path / f"{n}.jpg", f"2015:01:31 14:20:{n:02}") for n in range(30)]
    paths[7] = os.fsencode(tmp_path / "missing.jpg")
    readings = tool.read(paths)
    assert [reading.path for reading in readings] == paths
    assert [reading.tags.get(DATE_TAG, "")[-2:] for reading in readings] == [
        f"{n:02}" if n != 7 else "" for n in range(30)
    ]


def test_keeps_dates_of_the_same_name_in_different_groups(tool, tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    tool.write(path, [TagEdit(tag="XMP-exif:DateTimeOriginal", value="2014:01:01 00:00:00")])
    [reading] = tool.read([path])
    assert reading.tags[DATE_TAG] == "2015:01:31 14:20:30"
    assert reading.tags["XMP:XMP-exif:DateTimeOriginal"] == "2014:01:01 00:00:00"


def test_reads_in_the_background(tool, tmp_path):
    assert tool.read_in_background([jpeg(tmp_path / "a.jpg")]).result(20)[0].tags[DATE_TAG]


def test_knows_its_version(tool):
    assert float(tool.version) >= 12.15


def test_extracts_binary_values(tool, tmp_path):
    thumbnail = jpeg(tmp_path / "thumb.jpg")
    path = jpeg(tmp_path / "a.jpg")
    tagging.run("-q", b"-ThumbnailImage<=" + thumbnail, path)
    assert tool.extract(path, "ThumbnailImage") == Path(os.fsdecode(thumbnail)).read_bytes()
    assert tool.extract(path, "PreviewImage") is None


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", "ExifTool: File is empty"), (b"\xff\xd8" + bytes(500), "ExifTool: File format error")],
)
def test_gives_no_tags_where_a_file_cannot_be_understood(tool, tmp_path, content, error):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    [reading] = tool.read([os.fsencode(path)])
    assert (reading.tags, reading.error) == ({}, error)


def test_never_passes_on_what_is_not_a_regular_file(tool, tmp_path):
    os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "link.jpg").symlink_to(os.fsdecode(jpeg(tmp_path / "a.jpg")))
    (tmp_path / "folder.jpg").mkdir()
    paths = [os.fsencode(tmp_path / name) for name in ("fifo.jpg", "link.jpg", "folder.jpg")] + [b"/dev/zero"]
    assert {reading.error for reading in tool.read(paths)} == {"it is not a regular file"}
    with pytest.raises(exiftool.ExifToolRefused):
        tool.extract(paths[0], "ThumbnailImage")
    with pytest.raises(exiftool.ExifToolRefused):
        tool.write(paths[1], [TagEdit(tag=TITLE[4:], value="x")])


def test_refuses_relative_paths(tool):
    with pytest.raises(ValueError, match="absolute"):
        tool.read([b"-delete_original"])


NASTY_NAMES = [
    b"-delete_original.jpg",
    b"-execute.jpg",
    b" leading blank.jpg",
    b"#hash.jpg",
    b"#[CSTR]x.jpg",
    b"$(id) @x %d ;&|.jpg",
    b"\"quoted\" 'single' \\n back\\slash.jpg",
    b"trailing blank.jpg ",
    "Café 写真 🏖.jpg".encode(),
    b"latin-1 \xe9\xff.jpg",
    b"line\nfeed.jpg",
    b"carriage\rreturn\r\n.jpg",
    b"line\nfeed $HOME @ \\.jpg",
    b"\x01\x1b[31mcontrol\x7f.jpg",
]


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_takes_any_file_name_as_a_name(tool, tmp_path, name):
    [reading] = tool.read([jpeg(tmp_path / os.fsdecode(name))])
    assert reading.error is None
    assert reading.tags[DATE_TAG] == "2015:01:31 14:20:30"


@pytest.mark.parametrize("folder", NASTY_NAMES)
def test_writes_in_folders_of_any_name(tool, tmp_path, folder):
    place = tmp_path / os.fsdecode(folder)
    place.mkdir()
    path = jpeg(place / "a.jpg")
    tool.write(path, [TagEdit(tag="XMP-dc:Title", value="Tea")])
    assert tool.read([path])[0].tags[TITLE] == "Tea"
    assert names(place) == ["a.jpg"]


def test_a_line_feed_in_a_file_name_cannot_write_another_file(tool, tmp_path):
    victim = tmp_path / "victim.jpg"
    jpeg(victim)
    before = victim.read_bytes()
    folder = tmp_path / "x\n-XMP-dc:Title=hacked\n" / victim.parent.relative_to("/")
    folder.mkdir(parents=True)
    hostile = jpeg(folder / "victim.jpg\n-execute\n")  # its third line is the absolute path of the victim
    assert tool.read([hostile])[0].tags[DATE_TAG]
    with pytest.raises(exiftool.ExifToolRefused):
        tool.write(hostile, [TagEdit(tag="XMP-dc:Title", value="x")])
    assert victim.read_bytes() == before


def test_a_line_feed_in_a_value_cannot_write_another_file(tool, tmp_path):
    victim = tmp_path / "victim.jpg"
    jpeg(victim)
    before = victim.read_bytes()
    value = f"x\n-XMP-dc:Description=hacked\n{victim}\n-execute"
    path = jpeg(tmp_path / "a.jpg")
    tool.write(path, [TagEdit(tag="XMP-dc:Title", value=value)])
    assert tool.read([path])[0].tags[TITLE] == value
    assert victim.read_bytes() == before


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        " blanks around ",
        "two\nlines with $HOME and @ARGV and \\n",
        "<file",
        "a<b>c",
        "=x",
        "#x",
        "-x",
        "$x @y %d",
        'back\\slash \\n "quotes" \'',
        "&lt;b&gt; <script>alert(1)</script>",
        "Ünïcödé 写真 🏖",
        "x" * 5000,
    ],
)
def test_writes_values_as_they_are(tool, tmp_path, value):
    path = jpeg(tmp_path / "a.jpg")
    tool.write(path, [TagEdit(tag="XMP-dc:Title", value=value)])
    assert tool.read([path])[0].tags[TITLE] == value


@pytest.mark.parametrize("value", ["", "a\rb", "a\0b", "a\x1bb", "a\x9bb", "lone \ud800"])
def test_refuses_values_with_control_characters(tool, tmp_path, value):
    path = jpeg(tmp_path / "a.jpg")
    before = Path(os.fsdecode(path)).read_bytes()
    with pytest.raises(exiftool.ExifToolRefused):
        tool.write(path, [TagEdit(tag="XMP-dc:Title", value=value)])
    assert Path(os.fsdecode(path)).read_bytes() == before


def test_adds_to_lists(tool, tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    for word in ("beach", "two words", "写真"):
        tool.write(path, [TagEdit(tag="XMP-dc:Subject", value=word, op="+=")])
    assert tool.read([path])[0].tags["XMP:XMP-dc:Subject"] == ["beach", "two words", "写真"]


def test_raises_where_exiftool_refuses_to_write(tool, tmp_path):
    path = tmp_path / "a.avi"
    path.write_bytes(b"RIFF\x10\0\0\0AVI LIST\x04\0\0\0movi")
    with pytest.raises(exiftool.ExifToolRefused, match="Can't currently write"):
        tool.write(os.fsencode(path), [TagEdit(tag="XMP-dc:Title", value="x")])
    assert names(tmp_path) == ["a.avi"]


def test_raises_where_a_tag_does_not_exist(tool, tmp_path):
    with pytest.raises(exiftool.ExifToolRefused, match="NoSuchTag"):
        tool.write(jpeg(tmp_path / "a.jpg"), [TagEdit(tag="EXIF:NoSuchTag", value="x")])


def test_raises_where_one_of_several_values_is_no_good(tool, tmp_path):
    edits = [TagEdit(tag="XMP-dc:Title", value="x"), TagEdit(tag="XMP-photoshop:DateCreated", value="soon")]
    with pytest.raises(exiftool.ExifToolRefused, match="Invalid date/time"):
        tool.write(jpeg(tmp_path / "a.jpg"), edits)


def test_is_content_where_nothing_is_left_to_change(tool, tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    for _ in range(2):
        tool.write(path, [TagEdit(tag="XMP-dc:Title", value="x")])


def test_creates_sidecars_but_never_over_a_file(tool, tmp_path):
    path = os.fsencode(tmp_path / "a.cr2.xmp")
    edits = [TagEdit(tag="XMP-dc:Subject", value="beach", op="+=")]
    tool.write(path, edits, create_sidecar=True)
    assert tool.read([path])[0].tags["XMP:XMP-dc:Subject"] == "beach"
    with pytest.raises(exiftool.ExifToolRefused, match="already"):
        tool.write(path, edits, create_sidecar=True)


def test_survives_a_flood_of_complaints(tool, tmp_path):
    flood = [b"-j", *(b"/nonexistent/%d.jpg" % number for number in range(5000))]
    tool.execute(*flood)
    assert len(tool.last_stderr) > 60_000
    assert tool.read([jpeg(tmp_path / "a.jpg")])[0].error is None


def test_sends_more_than_a_pipe_holds(tool, tmp_path):
    folder = tmp_path / ("long " * 40)
    folder.mkdir()
    path = jpeg(folder / "a.jpg")
    assert {reading.error for reading in tool.read([path] * 450)} == {None}


def test_restarts_before_it_grows_old(tmp_path, monkeypatch):
    monkeypatch.setattr(exiftool, "COMMANDS_PER_PROCESS", 50)
    path = jpeg(tmp_path / "a.jpg")
    with ExifTool() as tool:
        first = tool.pid
        for _ in range(6):
            tool.read([path] * 9)
        assert tool.pid != first
        assert tool.commands_run() <= 50


@pytest.mark.skipif(sys.platform != "linux", reason="how much a process holds is known on Linux alone")
def test_restarts_when_it_has_grown(tmp_path, monkeypatch):
    path = jpeg(tmp_path / "a.jpg")
    with ExifTool() as tool:
        first = tool.pid
        tool.read([path])
        assert tool.pid == first
        monkeypatch.setattr(exiftool, "MOST_RESIDENT_BYTES", tool.resident_bytes() - 1)
        tool.read([path])
        assert tool.pid != first


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_blow_to_the_process_costs_no_file(hasty, tmp_path, blow):
    paths = [jpeg(tmp_path / f"{n}.jpg") for n in range(5)]
    os.kill(hasty.pid, blow)
    assert [reading.error for reading in hasty.read(paths)] == [None] * 5


def test_a_blow_in_the_middle_costs_no_file(hasty, tmp_path):
    paths = [jpeg(tmp_path / f"{n}.jpg") for n in range(5)] * 60
    future = hasty.read_in_background(paths)
    time.sleep(0.2)
    os.kill(hasty.pid, signal.SIGKILL)
    assert {reading.error for reading in future.result(30)} == {None}


def test_a_stopped_process_fails_a_write_and_leaves_the_file(hasty, tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    before = Path(os.fsdecode(path)).read_bytes()
    os.kill(hasty.pid, signal.SIGSTOP)
    with pytest.raises(exiftool.ExifToolTimeout):
        hasty.write(path, [TagEdit(tag="XMP-dc:Title", value="x")])
    assert Path(os.fsdecode(path)).read_bytes() == before
    assert names(tmp_path) == ["a.jpg"]
    hasty.write(path, [TagEdit(tag="XMP-dc:Title", value="x")])


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("time.sleep(60)", "no answer in time"),
        ("os._exit(3)", "ended unexpectedly"),
        ("sys.stderr.write('Out of memory!'); sys.stderr.flush(); os._exit(1)", "Out of memory!"),
        ("os.kill(os.getpid(), 11)", "ended unexpectedly"),
        ("os.close(2); os.close(1); time.sleep(60)", "ended unexpectedly"),
        ("os.system('sleep 5 &'); os._exit(1)", "ended unexpectedly"),
        ("answer('rubbish')", "cannot be understood"),
        ("answer('[1, 2]')", "cannot be understood"),
        ("answer('')", "cannot be understood"),
        ("sys.stdout.write('{ready1}{ready}\\n[{}]' * 9); sys.stdout.flush(); time.sleep(60)", "no answer"),
        ("sys.stdout.write('{ready%s}\\n' % number); sys.stdout.flush(); time.sleep(60)", "no answer"),
    ],
)
def test_a_file_that_breaks_exiftool_costs_only_itself(tmp_path, behaviour, error):
    body = f"""
    if lines[-2 - 2].endswith("culprit.jpg"):
        {behaviour}
    else:
        answer('[{{"SourceFile": "x", "EXIF:IFD0:Model": "Q"}}]')
    """
    paths = [jpeg(tmp_path / name) for name in ("a.jpg", "culprit.jpg", "b.jpg", "c.jpg")]
    with ExifTool(fake(tmp_path, body), deadline_s=2) as tool:
        readings = tool.read(paths)
    assert [reading.tags for reading in readings] == [{"EXIF:IFD0:Model": "Q"}, {}] + 2 * [
        {"EXIF:IFD0:Model": "Q"}
    ]
    assert error in str(readings[1].error)


def test_a_flood_on_the_error_pipe_does_not_block(tmp_path):
    body = """
    sys.stderr.write("x" * 3_000_000)
    answer('[{"SourceFile": "x", "EXIF:IFD0:Model": "Q"}]')
    """
    with ExifTool(fake(tmp_path, body), deadline_s=10) as tool:
        assert tool.read([jpeg(tmp_path / "a.jpg")])[0].error is None


def test_an_endless_answer_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr("media_catalog.pipeline.exiftool_process.OUTPUT_LIMIT_BYTES", 1_000_000)
    body = "while True: sys.stdout.write('x' * 100_000)"
    with ExifTool(fake(tmp_path, body), deadline_s=10) as tool:
        assert "longer than" in str(tool.read([jpeg(tmp_path / "a.jpg")])[0].error)


def test_says_when_the_program_is_missing(tmp_path):
    with pytest.raises(exiftool.ExifToolError, match="not installed"):
        ExifTool(str(tmp_path / "no-exiftool"))


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexec sleep 30\n", "#!/bin/sh\nexec cat\n"]
)
def test_says_when_the_program_is_another(tmp_path, script):
    program = tmp_path / "program"
    program.write_text(script)
    program.chmod(0o755)
    with pytest.raises(exiftool.ExifToolError):
        assert not ExifTool(str(program), deadline_s=0.5).version


def test_a_failing_start_is_not_blamed_on_a_file(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(exiftool.ExifToolDied):
        ExifTool(str(program)).read([jpeg(tmp_path / "a.jpg")])


@pytest.mark.parametrize("home_is_set", [True, False])
def test_no_config_file_is_executed(tmp_path, monkeypatch, home_is_set):
    marker = tmp_path / "executed"
    (tmp_path / ".ExifTool_config").write_text(f"open(my $f, '>', '{marker}'); close $f; 1;\n")
    monkeypatch.chdir(tmp_path)
    if home_is_set:
        monkeypatch.setenv("HOME", str(tmp_path))
    else:
        monkeypatch.delenv("HOME", raising=False)
    with ExifTool() as tool:
        assert tool.read([jpeg(tmp_path / "a.jpg")])[0].error is None
    assert not marker.exists()


def test_lives_in_a_folder_that_stays_empty_and_is_not_left_behind(tool):
    place = f"/proc/{tool.pid}/cwd"
    assert Path(place).readlink().name.endswith(" (deleted)")
    assert names(Path(place)) == []


def test_speaks_the_same_whatever_the_locale_and_zone(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "tr_TR.ISO-8859-9")
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    path = jpeg(tmp_path / "a.jpg")
    with ExifTool() as tool:
        tool.write(path, [TagEdit(tag="XMP-dc:Title", value="写真")])
        tags = tool.read([path])[0].tags
    assert tags[TITLE] == "写真"
    assert tags["File:System:FileModifyDate"].endswith("+00:00")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def has_ended(pid: int) -> bool:
    for _ in range(600):
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_dies_with_its_parent():
    code = (
        "import time; from media_catalog.pipeline.exiftool import ExifTool;"
        "tool = ExifTool(); tool.version; print(tool.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.communicate()
    assert has_ended(child)


def test_outlives_the_thread_that_first_used_it(tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    with ExifTool() as tool:
        thread = threading.Thread(target=tool.read, args=([path],))
        thread.start()
        thread.join()
        pid = tool.pid
        assert tool.read([path])[0].error is None
        assert tool.pid == pid


def test_a_forked_process_has_an_exiftool_of_its_own(tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    with ExifTool() as tool:
        tool.read([path])
        child = os.fork()
        if child == 0:
            status = 1
            try:
                parents = tool.pid
                is_good = tool.read([path])[0].error is None and tool.pid != parents
                tool.close()
                status = 0 if is_good else 2
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert tool.read([path])[0].error is None


def test_ends_at_close_and_starts_again_when_needed(tmp_path):
    path = jpeg(tmp_path / "a.jpg")
    tool = ExifTool()
    tool.read([path])
    pid = tool.pid
    tool.close()
    assert has_ended(pid)
    assert tool.read([path])[0].error is None
    tool.close()


def test_is_used_from_many_threads_at_once(tool, tmp_path):
    paths = [jpeg(tmp_path / f"{n}.jpg", f"2015:01:31 14:20:{n:02}") for n in range(20)]
    futures = [tool.read_in_background([path]) for path in paths]
    assert [future.result(20)[0].tags[DATE_TAG][-2:] for future in futures] == [f"{n:02}" for n in range(20)]


def test_reads_what_lies_beyond_two_gigabytes(tool, tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(path, "w") as video:
        stream = video.add_stream("mpeg4", rate=1, width=32, height=24, pix_fmt="yuv420p")
        video.mux(stream.encode(av.VideoFrame(32, 24, "yuv420p")))
        video.mux(stream.encode(None))
    content = path.read_bytes()
    index, hole = content.rindex(b"moov") - 4, 3 << 30
    with path.open("r+b") as file:
        file.seek(index)
        file.write((1).to_bytes(4) + b"free" + hole.to_bytes(8))
        file.seek(index + hole)
        file.write(content[index:])
    tags = tool.read([os.fsencode(path)])[0].tags
    path.unlink()
    assert "QuickTime:Track1:TrackCreateDate" in tags


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_an_exiftool_that_eats_memory_costs_that_file(tmp_path):
    body = """
    if b"greedy" in open(lines[1], "rb").read():
        eaten = bytearray(2 << 30)
    answer('[{"SourceFile": "x", "EXIF:IFD0:Model": "Q"}]')
    """
    (tmp_path / "a.jpg").write_bytes(b"greedy")
    with ExifTool(fake(tmp_path, body), deadline_s=10, memory_bytes=512 << 20) as tool:
        first, second = tool.read([os.fsencode(tmp_path / "a.jpg"), jpeg(tmp_path / "b.jpg")])

    assert "ended unexpectedly" in str(first.error)
    assert second.tags == {"EXIF:IFD0:Model": "Q"}


def test_an_answer_that_is_nested_without_end_costs_that_file(tmp_path):
    with ExifTool(fake(tmp_path, "answer('[' * 200_000)"), deadline_s=10) as tool:
        [reading] = tool.read([jpeg(tmp_path / "a.jpg")])

    assert (reading.tags, reading.error) == ({}, "ExifTool's answer cannot be understood")
