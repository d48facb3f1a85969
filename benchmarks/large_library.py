"""A catalogue of very many files that nobody has: rows alone, with the skew and the copies of a library.

Of a hundred files about fifteen look like another one (two are it but for their tags), five have the bytes of
another, five follow another within seconds, three are videos of which two belong to Live Photos. Every fifth
knows no time. Looks that are no copies are random, hashes are skewed as those of photographs are.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import hash_search
from media_catalog.pipeline.look import frames, traits

SLICE = 10_000
COPY, TAGGED, SAME, SERIES, LIVE, FILM = 0.13, 0.02, 0.05, 0.05, 0.02, 0.01
TIMED = 0.8
PER_FOLDER = 200
CAMERAS = 12
BEGIN = datetime(2004, 1, 1)  # a wall clock
PAUSES_S = (1, 40, 600, 4_000)  # between shots
Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What each file is, as arrays; `model` is the file of which it is a copy or a follower, or itself."""

    role: Numbers
    model: Numbers
    phashes: NDArray[np.uint64]
    looks: Numbers
    seconds: Numbers


def plan(number: int, *, seed: int = 1) -> Plan:
    """Decide what each file of a library is."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum([COPY, TAGGED, SAME, SERIES, LIVE, FILM])
    role = np.searchsorted(edges, rng.random(number), side="right")  # 6 for what stands for itself
    role[0] = 6
    originals = np.flatnonzero(role == 6)
    before = np.maximum(np.searchsorted(originals, np.arange(number), side="right") - 1, 0)
    far = (rng.random(number) * (before + 1)).astype(np.int64)  # a copy may be of any file before it
    model = originals[np.where(role <= 2, far, before)]
    found = hash_search.stored_looks(number, rng)
    phashes, looks = found.phashes.copy(), found.looks.copy()
    derived = np.flatnonzero(role <= 2)
    looks[derived] = looks[model[derived]]
    phashes[derived] = phashes[model[derived]]
    copies = np.flatnonzero(role == 0)
    phashes[copies] ^= np.uint64(1) << rng.integers(0, 64, len(copies)).astype(np.uint64)
    looks["detail"][copies, 0] ^= 5
    shots = np.flatnonzero(role == 3)
    looks["luma"][shots] = looks["luma"][model[shots]]
    seconds = np.cumsum(rng.choice(PAUSES_S, number))
    seconds[derived] = seconds[model[derived]]
    seconds[shots] = seconds[model[shots]] + 1
    return Plan(role=role, model=model, phashes=phashes, looks=looks, seconds=seconds)


def fill(found: Plan, *, first: int, source_id: int, at: datetime, offset: int = 0) -> list[int]:
    """Write files from one place of a plan on as rows; ids are places, and `offset` is added to them."""
    from django.db import transaction

    from media_catalog.models import FileTraits, MediaFile
    from media_catalog.services import bulk

    files, looks = _template(MediaFile), _template(FileTraits)
    files |= {"source": source_id, "discovered_at": at, "analysed_at": at}
    places = range(first, len(found.role))
    for start in range(first, len(found.role), SLICE):
        part = places[start - first : start - first + SLICE]
        with transaction.atomic():
            bulk.insert(MediaFile, list(files), (_file(files, found, place, offset) for place in part))
            bulk.insert(FileTraits, list(looks), (_traits(looks, found, place, offset) for place in part))
    return [place + 1 + offset for place in places]


def _template(model: Any) -> dict[str, Any]:
    row = model()
    return {field.name: getattr(row, field.attname) for field in model._meta.concrete_fields}


def _file(template: dict[str, Any], found: Plan, place: int, offset: int) -> Sequence[Any]:
    role, model = int(found.role[place]), int(found.model[place])
    is_video, number = role in (4, 5), place + offset
    stem = (model if role == 4 else place) + offset
    name = f"IMG_{stem:08}.{'MOV' if is_video else 'JPG'}"
    phash = int(found.phashes[place])
    content = _digest(model if role == 2 else number)
    return list(
        (
            template
            | {
                "id": number + 1,
                "path_bytes": name.encode(),
                "path_key": _digest(f"path {number}"),
                "path_text": name,
                "name": name,
                "folder_key": _digest(f"folder {stem // PER_FOLDER}"),
                "size_bytes": 3_000_000 + place % 1_000_000,
                "mtime_ns": place,
                "device": 1,
                "inode": number + 1,
                "state": "analysed",
                "sha256": content,
                "image_data_hash": _digest(f"data {model if role in (1, 2) else number}"),
                "phash": phash - ((phash >> 63) << 64),
                "phash_version": 1,
                "information": 40.0,
                "kind": "video" if is_video else "image",
                "mime_type": "video/quicktime" if is_video else "image/jpeg",
                "width_px": 4000 if role != 0 else 1600,
                "height_px": 3000 if role != 0 else 1200,
                "duration_s": _length_s(place, role) if is_video else None,
                "camera_make": "Canon" if _has_time(place) else "",
                "camera_model": f"EOS {model % CAMERAS}" if _has_time(place) else "",
            }
        ).values()
    )


def _traits(template: dict[str, Any], found: Plan, place: int, offset: int) -> Sequence[Any]:
    role, model = int(found.role[place]), int(found.model[place])
    is_video = role in (4, 5)
    shot = BEGIN + timedelta(seconds=int(found.seconds[place]))
    is_live = role == 4 or (role == 6 and place + 1 < len(found.role) and found.role[place + 1] == 4)
    return list(
        (
            template
            | {
                "file": place + offset + 1,
                "look": b"" if is_video else found.looks[place].tobytes(),
                "frames": b"".join(_frames(found, place)) if is_video else b"",
                "sharpness": 1.0,
                "clipped_share": 0.0,
                "look_version": traits.LOOK_VERSION,
                "quality_version": traits.QUALITY_VERSION,
                "frames_version": traits.FRAMES_VERSION,
                "image_data_version": traits.IMAGE_DATA_VERSION,
                "shot_version": _shot_version(),
                "shot_local": shot if _has_time(place) else None,
                "live_id": f"live {(model if role == 4 else place) + offset}" if is_live else "",
                "has_camera_tags": _has_time(place),
            }
        ).values()
    )


def _shot_version() -> int:
    from media_catalog.pipeline.duplicates import shot

    return shot.VERSION


def _frames(found: Plan, place: int) -> Iterator[bytes]:
    """Give a video the looks of other files, which makes them differ."""
    for number in range(frames.FRAMES):
        row = np.zeros(1, dtype=frames.STORED)
        other = (place * 7 + number * 1009) % len(found.role)
        row["phash"], row["information"] = found.phashes[other], 40.0
        row["look"] = np.void(found.looks[other].tobytes())
        yield row.tobytes()


def _length_s(place: int, role: int) -> float:
    return 2.5 + place % 10 / 20 if role == 4 else 4.0 + (place * 7919) % 60_000 / 100


def _has_time(place: int) -> bool:
    return place * 31 % 100 < 100 * TIMED


def _digest(what: object) -> str:
    return hashlib.sha256(str(what).encode()).hexdigest()
