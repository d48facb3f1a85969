"""Decoding in a process of its own beside decoding in a watched worker: CPU per file, and one hostile file.

A watched worker decodes by itself, and its supervisor kills it when it hangs; a file that killed its worker
three times is set apart.
"""

import argparse
import hashlib
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from media_catalog.pipeline import fingerprint, thumbnail
from media_catalog.pipeline.decoder_process import Decoder
from media_catalog.pipeline.decoders.base import DecodePolicy

ROUNDS = 6
POLICY = DecodePolicy()
KILLS = 3
# What a worker is before it reads a file: Django, our services, an ExifTool of its own, the decoders.
WORKER = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'mediaparser.settings'; django.setup();"
    "from media_catalog import tasks; from media_catalog.services import tools; tools.exiftool().version;"
    "import av, scipy.fftpack; tools.exiftool().close()"
)


def make_photos(folder: Path, *, number: int, size: tuple[int, int]) -> list[Path]:
    """Make JPEGs with the size and grain of camera photos."""
    random = np.random.default_rng(1)
    grain = random.normal(0, 9, (size[1], size[0], 1))
    paths = []
    for index in range(number):
        shapes = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
        scene = np.asarray(shapes.resize(size, Image.Resampling.BICUBIC)) + np.roll(grain, index * 97, axis=1)
        paths.append(folder / f"{index}.jpg")
        Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8)).save(paths[-1], quality=90)
    return paths


def decode_here(path: Path) -> None:
    """Read, hash, decode, fingerprint and encode a file as a worker would by itself."""
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    decoded = thumbnail.decode(memoryview(content), mime_type="image/jpeg", orientation=1, policy=POLICY)
    fingerprint.fingerprint(decoded.picture)
    decoded.picture.save(io.BytesIO(), "JPEG", quality=thumbnail.JPEG_QUALITY)


def decode_there(path: Path, decoder: Decoder) -> None:
    with decoder.opened(os.fsencode(path)) as contents:
        decoder.decode(contents, mime_type="image/jpeg", orientation=1, policy=POLICY)


def cpu_seconds(decoder: Decoder) -> float:
    """Return the CPU time of this process and of its decoder, by the scheduler's own clock."""
    threads = Path(f"/proc/{decoder.pid}/task").glob("*/schedstat") if decoder.pid else ()
    return time.process_time() + sum(int(one.read_text().split()[0]) for one in threads) / 1e9


def measure_files(paths: list[Path], decoder: Decoder) -> tuple[float, float]:
    """Return CPU milliseconds per file in the worker and in a decoder, the medians of alternating rounds."""
    decode_there(paths[0], decoder)
    costs: tuple[list[float], list[float]] = [], []
    for path in paths * ROUNDS:
        start = cpu_seconds(decoder)
        decode_here(path)
        middle = cpu_seconds(decoder)
        decode_there(path, decoder)
        costs[0].append((middle - start) * 1000)
        costs[1].append((cpu_seconds(decoder) - middle) * 1000)
    return statistics.median(costs[0]), statistics.median(costs[1])


def children_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cost_of_lost_decoder(path: Path) -> tuple[float, float]:
    """Return CPU and wall seconds from the death of a decoder until a new one has decoded a file."""
    with Decoder() as decoder:
        decode_there(path, decoder)
        decoder.close()
        start, cpu_start = time.perf_counter(), children_cpu_seconds()
        decode_there(path, decoder)
        wall = time.perf_counter() - start
    return children_cpu_seconds() - cpu_start, wall


def cost_of_lost_worker() -> tuple[float, float]:
    """Return CPU and wall seconds until a worker in the place of a killed one can begin."""
    start, cpu_start = time.perf_counter(), children_cpu_seconds()
    subprocess.run([sys.executable, "-c", WORKER], check=True)
    return children_cpu_seconds() - cpu_start, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mediaparser-bench-") as name, Decoder() as decoder:
        for size in ((4000, 3000), (640, 480)):
            paths = make_photos(Path(name), number=options.files, size=size)
            here, there = measure_files(paths, decoder)
            print(f"JPEG of {size[0]} x {size[1]}, CPU ms per file: read, SHA-256, decode, hash, encode")
            print(f"  in the worker     {here:7.2f}")
            print(f"  in a decoder      {there:7.2f}   {there - here:+.2f}")
        cpu, wall = cost_of_lost_decoder(paths[0])
        print("A file that kills whoever decodes it, beside the time until it does (hanging: its deadline)")
        print(f"  a decoder, once   {cpu:7.2f} s of CPU, {wall:.2f} s until the next file is done")
        cpu, wall = cost_of_lost_worker()
        cpu, wall = KILLS * cpu, KILLS * wall
        print(f"  a worker, {KILLS} times {cpu:7.2f} s of CPU, {wall:.2f} s, and its batch again")


if __name__ == "__main__":
    main()
