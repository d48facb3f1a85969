"""What importing a JPEG costs in CPU time, beside the floor of what any importer has to do: `make bench`.

The floor reads and hashes the bytes, asks one resident ExifTool, decodes once at a reduced scale to 400 px,
and takes one perceptual hash. Rounds alternate, and the best of each counts: other load only ever adds.
"""

import argparse
import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import exiftool
import imagehash
import numpy as np
import psutil
from PIL import Image

from media_catalog.pipeline import analyze, scan
from media_catalog.pipeline.exiftool import ExifTool
from media_catalog.pipeline.thumbnail import DecodePolicy

GRID_PX = 400
ROUNDS = 3


def make_photos(folder: Path, *, number: int, megapixels: float) -> list[Path]:
    """Make JPEGs with the size and noise of camera photos, tagged as a camera would."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    random = np.random.default_rng(1)
    grain = random.normal(0, 9, (height, width, 1))
    paths = []
    for index in range(number):
        shapes = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
        scene = np.asarray(shapes.resize((width, height), Image.Resampling.BICUBIC))
        picture = Image.fromarray(
            np.clip(scene + np.roll(grain, index * 97, axis=1), 0, 255).astype(np.uint8)
        )
        exif = Image.Exif()
        exif.update(
            {0x010F: "Canon", 0x0110: "Canon EOS R6", 0x0132: f"2021:05:{index % 28 + 1:02} 12:00:00"}
        )
        exif.get_ifd(0x8769).update({0x9003: f"2021:05:{index % 28 + 1:02} 12:00:00", 0x9011: "+02:00"})
        paths.append(folder / f"IMG_{index:04}.jpg")
        picture.save(paths[-1], quality=90, exif=exif)
    return paths


def cpu_seconds() -> float:
    """Return the CPU time of this process, its threads and its living children."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(float(part.user + part.system) for part in times)


def milliseconds_per_file(work: Callable[[], object], *, files: int) -> float:
    start = cpu_seconds()
    work()
    return (cpu_seconds() - start) * 1000 / files


def read_and_hash(path: Path) -> bytes:
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    return content


def decode(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.draft("RGB", (GRID_PX, GRID_PX))
    picture.thumbnail((GRID_PX, GRID_PX))
    return picture


def measure_floor(paths: list[Path], reader: exiftool.ExifTool) -> dict[str, float]:
    """Return the milliseconds per file of each part."""
    contents: list[bytes] = []
    pictures: list[Image.Image] = []
    steps: dict[str, Callable[[], object]] = {
        "read and SHA-256": lambda: contents.extend(map(read_and_hash, paths)),
        "one resident ExifTool": lambda: reader.execute_json("-G0:1", "-n", *map(str, paths)),
        "one reduced decode to 400 px": lambda: pictures.extend(map(decode, contents)),
        "one perceptual hash": lambda: [imagehash.phash(picture) for picture in pictures],
    }
    return {name: milliseconds_per_file(step, files=len(paths)) for name, step in steps.items()}


def measure_ours(folder: Path, reader: ExifTool, *, thumbnails: Path) -> float:
    files = [entry for entry in scan.scan(bytes(folder)) if isinstance(entry, scan.SourceFile)]
    policy = analyze.AnalysisPolicy(
        default_zone="UTC", now=datetime.now(UTC), thumbnail_dir=thumbnails, decode=DecodePolicy()
    )

    def work() -> None:
        for _, finish in analyze.start_batch(files, root=bytes(folder), exiftool=reader, policy=policy):
            analysis = finish()
            if analysis.outcome != analyze.Outcome.ANALYSED:
                raise SystemExit(f"{analysis.file.path!r}: {analysis.reason_text}")

    return milliseconds_per_file(work, files=len(files))


def measure(folder: Path, paths: list[Path], *, thumbnails: Path) -> tuple[dict[str, float], float]:
    """Return the best of the rounds, for each part of the floor and for ours."""
    floors, ours = [], []
    with exiftool.ExifTool(config_file="") as plain, ExifTool() as resident:
        for round_ in range(ROUNDS + 1):
            floor = measure_floor(paths, plain)
            cost = measure_ours(folder, resident, thumbnails=thumbnails / str(round_))
            if round_:  # the first one warms up imports, caches and both processes
                floors.append(floor)
                ours.append(cost)
    best = min(floors, key=lambda parts: sum(parts.values()))
    return best, min(ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--megapixels", type=float, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mediaparser-bench-") as name:
        folder = Path(name) / "photos"
        folder.mkdir()
        paths = make_photos(folder, number=options.files, megapixels=options.megapixels)
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
        print(f"{len(paths)} JPEGs of {options.megapixels:g} megapixels, {size:.1f} MB each; CPU ms per file")
        parts, ours = measure(folder, paths, thumbnails=Path(name) / "thumbnails")
    for part, cost in parts.items():
        print(f"  {part:30} {cost:7.1f}")
    floor = sum(parts.values())
    print(f"  {'floor':30} {floor:7.1f}")
    print(f"  {'our analysis':30} {ours:7.1f}   {ours / floor:.2f} times the floor")


if __name__ == "__main__":
    main()
