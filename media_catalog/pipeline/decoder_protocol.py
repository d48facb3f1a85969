"""What a worker and its decoder say to each other: a little JSON, and a picture behind it as plain bytes.

Nothing that a decoder sends is believed before it has been checked: it has read hostile files.
"""

import json
import re
import socket
import struct
import time
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from math import isfinite
from typing import Any, get_type_hints

from media_catalog.pipeline.decoders.base import DecodePolicy
from media_catalog.pipeline.look.traits import FRAMES_BYTES, LOOK_BYTES, Traits

HEADER = struct.Struct(">II")  # bytes of JSON, bytes of the picture
JSON_LIMIT_BYTES = 1 << 20
PICTURE_LIMIT_BYTES = 64 << 20
FIRST_BYTES = 256 << 10  # most messages are whole then
JPEG_START = b"\xff\xd8"
SHA256 = re.compile(r"[0-9a-f]{64}")


class Outcome(StrEnum):
    """How an answer begins."""

    READY = "ready"  # the process has started
    DECODED = "decoded"
    UNDECODABLE = "undecodable"
    UNREADABLE = "unreadable"  # the disk, not the content
    MEMORY = "memory"


class Garbled(Exception):
    """The other side says what cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What should be decoded: so many bytes of the shared buffer, else the open file that comes along.

    `is_original` unless it is something that was taken out of a file, such as a preview.
    """

    mime_type: str
    orientation: int
    size_bytes: int
    is_shared: bool
    is_original: bool
    policy: DecodePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What one decode gives: an upright JPEG of the size that was asked for, and what is true of the whole.

    `width_px` and `height_px` are the full size as displayed. `traits` are `None` for previews. A new field
    needs a type that JSON has, or a form here.
    """

    jpeg: bytes
    width_px: int
    height_px: int
    duration_s: float | None
    damage: str | None
    traits: Traits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of either side."""

    facts: dict[str, Any]
    picture: bytes = b""
    descriptors: tuple[int, ...] = ()


def request_message(request: Request, *, descriptors: tuple[int, ...]) -> Message:
    return Message(facts=asdict(request), descriptors=descriptors)


def request_of(message: Message) -> Request:
    facts = dict(message.facts)
    return Request(policy=DecodePolicy(**facts.pop("policy")), **facts)


def picture_message(picture: Picture, *, resident_bytes: int) -> Message:
    facts = {field.name: getattr(picture, field.name) for field in fields(Picture) if field.name != "jpeg"}
    facts["traits"] = picture.traits and _written(picture.traits)
    answer = {"outcome": Outcome.DECODED, "resident_bytes": resident_bytes, "facts": facts}
    return Message(facts=answer, picture=picture.jpeg)


def picture_of(message: Message) -> Picture:
    """Check and unpack the answer to a request.

    :raises Garbled: when a value is missing, of another type, or not possible.
    """
    facts = message.facts.get("facts")
    if isinstance(facts, dict) and facts.get("traits") is not None:
        facts = {**facts, "traits": _traits(facts["traits"])}
    if not isinstance(facts, dict) or facts.keys() != FACT_TYPES.keys():
        raise Garbled("other facts than were asked for")
    wrong = [name for name, kind in FACT_TYPES.items() if not isinstance(facts[name], kind)]
    if wrong or min(facts["width_px"], facts["height_px"]) < 1 or not message.picture.startswith(JPEG_START):
        raise Garbled(f"facts that cannot be: {wrong}")
    return Picture(jpeg=message.picture, **facts)


def _written(traits: Traits) -> dict[str, Any]:
    """Give what JSON can hold: bytes as hex digits."""
    facts = asdict(traits)
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in facts.items()}


def _traits(facts: Any) -> Traits:
    """Check and unpack what a file looks like.

    :raises Garbled: when a value is missing, of another type, or not possible.
    """
    if not isinstance(facts, dict) or facts.keys() != TRAIT_TYPES.keys():
        raise Garbled("other traits than were asked for")
    read: dict[str, Any] = {
        name: _binary(value) if TRAIT_TYPES[name] is bytes else value for name, value in facts.items()
    }
    wrong = [name for name, kind in TRAIT_TYPES.items() if not isinstance(read[name], kind)]
    if wrong or len(read["look"]) not in (0, LOOK_BYTES) or len(read["frames"]) not in (0, FRAMES_BYTES):
        raise Garbled(f"traits that cannot be: {wrong}")
    numbers = [read[name] for name in ("information", "sharpness", "clipped_share")]
    if not all(number is None or isfinite(number) for number in numbers):
        raise Garbled("traits that are no numbers")
    if read["image_data_hash"] and not SHA256.fullmatch(read["image_data_hash"]):
        raise Garbled("no hash of the picture's data")
    return Traits(**read)


def _binary(value: Any) -> bytes | None:
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        return None


def send(channel: socket.socket, message: Message) -> None:
    """Send a message; open files travel with its first bytes."""
    text = json.dumps(message.facts).encode()
    packet = HEADER.pack(len(text), len(message.picture)) + text + message.picture
    sent = socket.send_fds(channel, [packet], list(message.descriptors)) if message.descriptors else 0
    channel.sendall(memoryview(packet)[sent:])


def receive(channel: socket.socket, *, deadline: float | None = None) -> Message | None:
    """Wait for the next message; `None` when the other side has gone.

    :raises TimeoutError: when the clock (`time.monotonic`) passes the deadline first.
    :raises Garbled: when it is no message of ours.
    """
    _wait_at_most(channel, deadline)
    start, descriptors, _, _ = socket.recv_fds(
        channel, FIRST_BYTES, 1
    )  # there is never more than one message
    message = bytearray(start)
    if not _fill(message, HEADER.size, channel, deadline):
        return None
    text_bytes, picture_bytes = HEADER.unpack_from(message)
    if text_bytes > JSON_LIMIT_BYTES or picture_bytes > PICTURE_LIMIT_BYTES:
        raise Garbled(f"a message of {text_bytes} and {picture_bytes} bytes")
    picture_at = HEADER.size + text_bytes
    if not _fill(message, picture_at + picture_bytes, channel, deadline):
        return None
    return Message(
        facts=_object(bytes(message[HEADER.size : picture_at])),
        picture=bytes(message[picture_at:]),
        descriptors=tuple(descriptors),
    )


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Garbled("no JSON object")
    return value


def _fill(message: bytearray, size_bytes: int, channel: socket.socket, deadline: float | None) -> bool:
    """Receive up to so many bytes; tell whether they came before the other side went."""
    while message and len(message) < size_bytes:
        _wait_at_most(channel, deadline)
        part = channel.recv(size_bytes - len(message))
        if not part:
            return False
        message += part
    return len(message) >= size_bytes


def _wait_at_most(channel: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        return
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    channel.settimeout(left_s)


FACT_TYPES = {name: kind for name, kind in get_type_hints(Picture).items() if name != "jpeg"}
TRAIT_TYPES = get_type_hints(Traits)
