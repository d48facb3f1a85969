import contextlib
import ctypes
import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from PIL import Image

from media_catalog.pipeline import fingerprint, image_data
from media_catalog.pipeline.decoder_process import Decoder, DecoderFailed, Limits
from media_catalog.pipeline.decoder_protocol import HEADER, Picture
from media_catalog.pipeline.decoders.base import DecodePolicy, Undecodable
from media_catalog.pipeline.look import quality, signature
from tests.pipeline import hostile
from tests.pipeline.pictures import corner_names, corners, save_video, scene

POLICY = DecodePolicy()
HALF_DECODED_BYTES = 150 << 20  # of the slow PNG, which takes 240
PIDFD_GETFD = 438  # system call, since Linux 5.6
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    with Decoder() as resident:
        yield resident


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG that takes a second or more."""
    path: Path = tmp_path_factory.mktemp("slow") / "slow.png"
    path.write_bytes(hostile.png(6500))
    return path


@pytest.fixture
def photo(tmp_path) -> Path:
    path: Path = tmp_path / "photo.jpg"
    corners((800, 600)).save(path)
    return path


def decode(decoder: Decoder, path: Path, mime_type: str = "image/jpeg", **options) -> Picture:
    with decoder.opened(os.fsencode(path)) as contents:
        return decoder.decode(
            contents,
            mime_type=mime_type,
            orientation=options.get("orientation", 1),
            policy=options.get("policy", POLICY),
        )


def is_right(picture: Picture) -> bool:
    with Image.open(io_of(picture)) as small:
        return (small.format, small.size, corner_names(small)) == ("JPEG", (400, 300), "RGBY")


def io_of(picture: Picture) -> io.BytesIO:
    return io.BytesIO(picture.jpeg)


class Victim:
    """A decoder at work on a slow PNG, which meets with a blow while it is in the midst of it."""

    def __init__(self, decoder: Decoder, slow: Path) -> None:
        self.decoder, self.slow = decoder, slow
        self.pictures: list[Picture] = []
        self.failures: list[DecoderFailed] = []
        self.last_blow_at = 0.0

    def suffer(self, blow: Callable[[psutil.Process], None], *, times: int) -> DecoderFailed | None:
        thread = threading.Thread(target=self._work)
        thread.start()
        struck: set[int] = set()
        while thread.is_alive():
            if len(struck) < times and (process := self._in_the_midst()) and process.pid not in struck:
                struck.add(process.pid)
                blow(process)
                self.last_blow_at = time.monotonic()
            thread.join(0.005)
        assert len(struck) == times
        assert not any(map(psutil.pid_exists, struck))
        return self.failures[0] if self.failures else None

    def _work(self) -> None:
        try:
            self.pictures.append(decode(self.decoder, self.slow, "image/png"))
        except DecoderFailed as failure:
            self.failures.append(failure)

    def _in_the_midst(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.decoder.pid) if self.decoder.pid else None
            return process if process and process.memory_info().rss > HALF_DECODED_BYTES else None
        except psutil.NoSuchProcess:
            return None


@pytest.fixture
def victim(decoder, slow) -> Victim:
    return Victim(decoder, slow)


def test_gives_the_picture_and_what_is_true_of_it(decoder, tmp_path):
    path = tmp_path / "a.jpg"
    scene(size=(1200, 900)).save(path, quality=90)

    with decoder.opened(os.fsencode(path)) as contents:
        picture = decoder.decode(contents, mime_type="image/jpeg", orientation=6, policy=POLICY)

    assert contents.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (picture.width_px, picture.height_px, picture.duration_s, picture.damage) == (
        900,
        1200,
        None,
        None,
    )
    with Image.open(io_of(picture)) as small:
        assert (small.format, small.size) == ("JPEG", (300, 400))
        mark = fingerprint.fingerprint(small)
        look, found = signature.look_of(small), quality.quality_of(small)
    seen = picture.traits
    assert (seen.phash ^ mark.phash).bit_count() <= 2
    assert seen.information == pytest.approx(mark.information, abs=0.5)
    assert (signature.from_bytes(seen.look).detail ^ look.detail).sum() <= 2
    assert seen.sharpness == pytest.approx(found.sharpness, rel=0.1)
    assert seen.clipped_share == pytest.approx(found.clipped_share, abs=0.02)
    assert seen.image_data_hash == image_data.content_mark(
        memoryview(path.read_bytes()), mime_type="image/jpeg"
    )
    assert seen.frames == b""


def test_a_preview_is_as_large_as_is_wanted_and_has_no_traits(decoder, tmp_path):
    scene(size=(2000, 1500)).save(tmp_path / "a.jpg")

    picture = decode(decoder, tmp_path / "a.jpg", policy=DecodePolicy(longest_px=1600))

    with Image.open(io_of(picture)) as large:
        assert large.size == (1600, 1200)
    assert picture.traits is None


def test_reads_a_large_file_by_its_descriptor_even_when_its_name_has_gone(decoder, tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint.read_and_hash, "__kwdefaults__", {"keep_bytes_below": 0})
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * 8)

    with decoder.opened(os.fsencode(path)) as contents:
        path.unlink()
        picture = decoder.decode(contents, mime_type="video/mp4", orientation=1, policy=POLICY)

    assert not contents.is_in_buffer
    assert (picture.width_px, picture.duration_s) == (320, pytest.approx(0.8))


def test_decodes_bytes_that_are_in_no_file(decoder, photo):
    picture = decoder.decode(photo.read_bytes(), mime_type="image/jpeg", orientation=3, policy=POLICY)

    with Image.open(io_of(picture)) as small:
        assert corner_names(small) == "YBGR"


def test_the_rest_of_a_larger_file_is_no_part_of_a_smaller_one(decoder, tmp_path, photo):
    large = tmp_path / "large.png"
    Image.effect_noise((3000, 3000), 90).save(large)
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(photo.read_bytes()[:-300])

    decode(decoder, large, "image/png")

    assert decode(decoder, cut).damage is not None
    assert is_right(decode(decoder, photo))


def test_what_is_no_picture_costs_no_restart(decoder, tmp_path, photo):
    (tmp_path / "a.png").write_bytes(b"no picture")
    decode(decoder, photo)
    pid = decoder.pid

    with pytest.raises(Undecodable, match="PNG picture cannot be opened"):
        decode(decoder, tmp_path / "a.png", "image/png")

    assert is_right(decode(decoder, photo))
    assert decoder.pid == pid


@linux_only
@pytest.mark.parametrize(
    ("number", "text"),
    [
        (signal.SIGSEGV, "the decoder crashed (SIGSEGV)"),
        (signal.SIGABRT, "the decoder crashed (SIGABRT)"),
        (signal.SIGKILL, "the decoder was killed while it read this file"),
    ],
)
def test_a_crash_costs_that_file_at_once(victim, decoder, photo, number, text):
    failure = victim.suffer(lambda process: process.send_signal(number), times=2)

    assert time.monotonic() - victim.last_blow_at < 30  # half of what it may take
    assert failure.code == "decoder_crashed"
    assert text in str(failure)
    assert is_right(decode(decoder, photo))


@linux_only
def test_a_decoder_that_was_killed_once_costs_nothing(victim):
    assert victim.suffer(psutil.Process.kill, times=1) is None
    assert [picture.width_px for picture in victim.pictures] == [6500]


@linux_only
def test_a_frozen_decoder_costs_that_file_when_its_time_is_up(slow, photo):
    with Decoder(limits=Limits(deadline_s=3)) as decoder:
        failure = Victim(decoder, slow).suffer(psutil.Process.suspend, times=1)

        assert (failure.code, str(failure)) == (
            "decoder_timeout",
            "decoding it did not end in 3 seconds",
        )
        assert is_right(decode(decoder, photo))


def test_a_file_that_takes_too_long_is_given_up(tmp_path, photo):
    slower = tmp_path / "slower.png"
    slower.write_bytes(hostile.png(12_000))  # more than a second where machines are fast
    with Decoder(limits=Limits(deadline_s=0.4)) as decoder:
        decode(decoder, photo)
        start = time.monotonic()
        with pytest.raises(DecoderFailed) as failure:
            decode(decoder, slower, "image/png")

        assert (failure.value.code, time.monotonic() - start < 10) == ("decoder_timeout", True)
        assert is_right(decode(decoder, photo))


@linux_only
def test_a_file_that_takes_too_much_memory_is_given_up(slow, photo):
    with Decoder(limits=Limits(memory_bytes=100 << 20)) as decoder:
        with pytest.raises(DecoderFailed) as failure:
            decode(decoder, slow, "image/png")

        assert failure.value.code == "decoder_memory"
        assert str(failure.value) == "decoding it takes more than 100 MB of memory"
        assert is_right(decode(decoder, photo))


def their_end(process: psutil.Process) -> socket.socket:
    """Take the decoder's own end of the channel, as if we were the decoder."""
    pidfd = os.pidfd_open(process.pid)
    number = int(process.cmdline()[-4])
    taken = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, pidfd, number, 0)
    os.close(pidfd)
    if taken < 0:
        pytest.skip(f"may not take a descriptor of another process: {os.strerror(ctypes.get_errno())}")
    return socket.socket(fileno=taken)


def said(text: bytes, picture: bytes = b"") -> bytes:
    return HEADER.pack(len(text), len(picture)) + text + picture


@linux_only
@pytest.mark.parametrize(
    "rubbish",
    [
        b"\xff" * 100,
        said(b"{}"),
        said(b'{"outcome": "marvellous"}'),
        said(b'{"outcome": "decoded", "facts": {"width_px": 1}}', b"\xff\xd8"),
        said(b'{"outcome": "unreadable", "errno": "x", "text": 1}'),
        said(b"[" * 10_000),
    ],
)
def test_rubbish_for_an_answer_costs_that_file(victim, decoder, photo, rubbish):
    def babble(process: psutil.Process) -> None:
        process.suspend()
        with their_end(process) as channel:
            channel.sendall(rubbish)

    failure = victim.suffer(babble, times=2)

    assert failure.code == "decoder_crashed"
    assert str(failure) == "the decoder broke off: what it answered cannot be understood"
    assert is_right(decode(decoder, photo))


@linux_only
def test_a_decoder_that_died_between_two_files_is_replaced_unseen(decoder, photo):
    decode(decoder, photo)
    process = psutil.Process(decoder.pid)
    process.kill()
    while process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.005)

    assert is_right(decode(decoder, photo))
    assert not psutil.pid_exists(process.pid)


@linux_only
def test_restarts_leave_nothing_behind(decoder, photo):
    def traces() -> tuple[int, int, int]:
        ours = psutil.Process()
        return len(os.listdir("/proc/self/fd")), len(ours.children()), threading.active_count()

    decode(decoder, photo)
    before = traces()
    pids = set()
    for _ in range(6):
        os.kill(decoder.pid, signal.SIGKILL)
        decode(decoder, photo)
        pids.add(decoder.pid)

    assert len(pids) == 6
    assert traces() == before


@linux_only
def test_a_closed_decoder_leaves_nothing_behind_and_starts_again(decoder, photo):
    before = len(os.listdir("/proc/self/fd")), len(psutil.Process().children())
    decode(decoder, photo)
    decoder.close()
    assert (len(os.listdir("/proc/self/fd")) - 1, len(psutil.Process().children())) <= before

    assert is_right(decode(decoder, photo))


@linux_only
def test_a_forked_process_has_a_decoder_of_its_own(decoder, photo):
    decode(decoder, photo)
    before = decoder.pid

    child = os.fork()
    if child == 0:
        is_own = False
        with contextlib.suppress(BaseException):
            is_own = decoder.pid is None and is_right(decode(decoder, photo)) and decoder.pid != before
            decoder.close()
        os._exit(0 if is_own else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert is_right(decode(decoder, photo))
    assert decoder.pid == before


@linux_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_ends_with_its_parent(photo, number):
    program = (
        "import sys, time\n"
        "from media_catalog.pipeline.decoder_process import Decoder\n"
        "from media_catalog.pipeline.decoders.base import DecodePolicy\n"
        "decoder = Decoder()\n"
        "content = open(sys.argv[1], 'rb').read()\n"
        "decoder.decode(content, mime_type='image/jpeg', orientation=1, policy=DecodePolicy())\n"
        "print(decoder.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(photo)], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.send_signal(number)

    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_threads_take_turns(decoder, tmp_path):
    paths = []
    for width in range(300, 330):
        paths.append(tmp_path / f"{width}.jpg")
        scene(width, (width, 200)).save(paths[-1])

    with ThreadPoolExecutor(6) as pool:
        pictures = list(pool.map(lambda path: decode(decoder, path), paths))

    assert [picture.width_px for picture in pictures] == list(range(300, 330))


@linux_only
def test_outlives_the_thread_that_asked_first(decoder, photo):
    thread = threading.Thread(target=decode, args=(decoder, photo))
    thread.start()
    thread.join()
    first = decoder.pid
    time.sleep(0.1)

    assert is_right(decode(decoder, photo))
    assert decoder.pid == first


@linux_only
def test_does_without_django_and_what_it_inherits(decoder, photo):
    decode(decoder, photo)
    process = psutil.Process(decoder.pid)

    assert not any("django" in mapped.path for mapped in process.memory_maps())
    assert process.num_fds() <= 7
    assert process.num_threads() == 1
