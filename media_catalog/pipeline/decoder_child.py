"""The decoder: a process that makes a small JPEG and a few numbers of a file, and may die of it.

Started by `decoder_process` alone. It opens no file by name, writes none, and ends with its parent.
"""

import ctypes
import io
import mmap
import os
import resource
import signal
import socket
import sys
from typing import IO

import pillow_heif
import scipy.fftpack  # noqa: F401  before the limit of memory is set; imagehash would load it with the first picture
from PIL import AvifImagePlugin, Image

from media_catalog.pipeline import decoder_protocol, fingerprint, image_data, thumbnail
from media_catalog.pipeline.decoder_protocol import Message, Outcome, Picture, Request
from media_catalog.pipeline.decoders.base import BROKEN_FILE_ERRORS, Undecodable
from media_catalog.pipeline.look import traits
from media_catalog.pipeline.look.traits import Traits
from media_catalog.pipeline.shared_buffer import Inherited

PR_SET_PDEATHSIG = 1
MOST_OPEN_FILES = 32


def main(channel_descriptor: int, buffer_descriptor: int, parent_pid: int, memory_bytes: int) -> None:
    """Answer requests until the other side goes; `memory_bytes` come on top of what the program needs."""
    _die_with(parent_pid)
    _stay_single_threaded()
    Image.MAX_IMAGE_PIXELS = None  # the policy of each request decides
    _limit(memory_bytes)
    buffer = Inherited(buffer_descriptor)
    with socket.socket(fileno=channel_descriptor) as channel:
        decoder_protocol.send(channel, Message(facts={"outcome": Outcome.READY}))
        while (message := decoder_protocol.receive(channel)) is not None:
            decoder_protocol.send(channel, _answer(message, buffer))


def _die_with(parent_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it died before that call
        sys.exit(1)


def _stay_single_threaded() -> None:
    """The machine's cores are shared by several of us; threads also cost memory and are hard to bound."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.options.DECODE_THREADS = 1


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN_FILES, MOST_OPEN_FILES))
    if sys.platform == "linux":
        most = _pages(0) * mmap.PAGESIZE + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(message: Message, buffer: Inherited) -> Message:
    request = decoder_protocol.request_of(message)
    try:
        if request.is_shared:
            picture = _decode(buffer.content(request.size_bytes), request)
        else:
            with open(message.descriptors[0], "rb") as file:
                file.seek(0)
                picture = _decode(file, request)
    except Undecodable as error:
        return Message(facts={"outcome": Outcome.UNDECODABLE, "text": str(error)[:500]})
    except MemoryError:
        return Message(facts={"outcome": Outcome.MEMORY})
    except OSError as error:
        facts = {
            "outcome": Outcome.UNREADABLE,
            "errno": error.errno or 0,
            "text": str(error.strerror or error),
        }
        return Message(facts=facts)
    return decoder_protocol.picture_message(picture, resident_bytes=_resident_bytes())


def _decode(source: IO[bytes] | memoryview, request: Request) -> Picture:
    decoded = thumbnail.decode(
        source, mime_type=request.mime_type, orientation=request.orientation, policy=request.policy
    )
    return Picture(
        jpeg=_jpeg(decoded),
        width_px=decoded.width_px,
        height_px=decoded.height_px,
        duration_s=decoded.duration_s,
        damage=decoded.damage,
        traits=_traits(decoded, source, request) if request.policy.is_for_grid else None,
    )


def _traits(decoded: thumbnail.Decoded, source: IO[bytes] | memoryview, request: Request) -> Traits:
    has_mark = request.is_original and request.size_bytes < fingerprint.KEPT_BELOW_BYTES
    found = _content_mark(source, request.mime_type) if has_mark else None
    return traits.traits_of(decoded, image_data_hash=found or "")


def _content_mark(source: IO[bytes] | memoryview, mime_type: str) -> str | None:
    """Mark the picture's data; where that cannot be done, the picture is no less good."""
    try:
        return image_data.content_mark(source, mime_type=mime_type)
    except (*BROKEN_FILE_ERRORS, MemoryError):
        return None


def _jpeg(decoded: thumbnail.Decoded) -> bytes:
    buffer = io.BytesIO()
    decoded.picture.save(buffer, "JPEG", quality=thumbnail.JPEG_QUALITY)
    return buffer.getvalue()


def _resident_bytes() -> int:
    return _pages(1) * mmap.PAGESIZE if sys.platform == "linux" else 0


def _pages(column: int) -> int:
    """Pages of address space (0) or in memory (1), see proc(5)."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[column])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
