"""How much memory an import takes: `python -m benchmarks.memory --files 20000 --entries 1000000`, or fewer.

A worker, its decoder and its ExifTool are shown apart, each by its largest process, early and late in a run
over many small files, and on large pictures. The search for files is measured on empty ones, made for it.
"""

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks import installation, libraries

if TYPE_CHECKING:
    from media_catalog.models import Job

WORKER_MB, SEARCH_MB = 400, 300
GROWTH = 1.05  # from the second fifth of a run to the last; in the first, everything is loaded
PER_FOLDER = 1000
LOOK_EVERY_S = 0.2
Sample = Mapping[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=1500, help="small JPEGs, for what grows")
    parser.add_argument("--large", type=int, default=60, help="12-megapixel JPEGs, and as many HEICs")
    parser.add_argument("--entries", type=int, default=50_000, help="empty files, for the search")
    parser.add_argument("--search", type=Path, help="(internal) search this folder")
    options = parser.parse_args()
    if options.search:
        _search(options.search)
        return
    held = [_search_all(options.entries)] if options.entries else []
    with installation.scratch() as folder:
        libraries.tiny(folder / "small", number=options.files)
        libraries.photos(folder / "large/jpegs", number=options.large)
        libraries.heics(folder / "large/heics", number=options.large)
        with installation.worker(processes=1):
            held.append(_flat(_samples_of(folder / "small")))
            held.append(_within(_samples_of(folder / "large")))
    sys.exit(0 if all(held) else "not all bars were held")


def _samples_of(folder: Path) -> list[Sample]:
    job, samples = installation.start_import(folder), [_megabytes()]
    while not _is_finished(job):
        time.sleep(LOOK_EVERY_S)
        samples.append(_megabytes())
    print(f"\n{folder.name}: {job.done_count} files in {len(samples) * LOOK_EVERY_S:.0f} s or more")
    return samples


def _is_finished(job: "Job") -> bool:
    job.refresh_from_db()
    return job.is_finished


def _megabytes() -> Sample:
    """Return the memory of the largest process of each program."""
    found: dict[str, float] = defaultdict(float)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            name = installation.program(process)
            found[name] = max(found[name], process.memory_info().rss / 1e6)
    return found


def _flat(samples: Sequence[Sample]) -> bool:
    fifth = max(1, len(samples) // 5)
    early, late = _most(samples[fifth : 2 * fifth]), _most(samples[-fifth:])
    for name, before in early.items():
        print(f"  {name:10} {before:6.0f} MB early, {late.get(name, 0):6.0f} MB late")
    return late.get("worker", 0) <= early.get("worker", 0) * GROWTH and _within(samples)


def _within(samples: Sequence[Sample]) -> bool:
    most = _most(samples)
    for name, megabytes in most.items():
        print(f"  {name:10} {megabytes:6.0f} MB at most")
    print(f"  (bar: {WORKER_MB} MB for the worker)")
    return most["worker"] < WORKER_MB


def _most(samples: Sequence[Sample]) -> dict[str, float]:
    names = {name for sample in samples for name in sample}
    return {name: max(sample.get(name, 0) for sample in samples) for name in sorted(names)}


def _search_all(entries: int) -> bool:
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a disk in memory
    with tempfile.TemporaryDirectory(prefix="mediaparser-bench-", dir=shared) as name:
        folder = Path(name) / "entries"
        for number in range(entries):
            if number % PER_FOLDER == 0:
                part = folder / f"{number // PER_FOLDER:05}"
                part.mkdir(parents=True)
            os.close(os.open(part / f"IMG_{number:07}.JPG", os.O_CREAT))
        print(f"search of {entries} empty files")
        line = [sys.executable, "-m", "benchmarks.memory", "--search", str(folder)]
        done = subprocess.run(line, cwd=installation.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    print(done.stdout, end="")
    return float(done.stdout.split()[-2]) < SEARCH_MB


def _search(folder: Path) -> None:
    """Search a folder in this process: alone, then as an import does, which gives every entry its rows."""
    with installation.scratch() as scratch:
        del scratch
        from media_catalog.pipeline import scan

        _show("  program alone", lambda: 0)
        _show("  its entries", lambda: sum(1 for _ in scan.scan(bytes(folder))))
        _show("  the import, with a row for each", lambda: installation.import_here(folder).total_count)


def _show(name: str, work: Callable[[], int]) -> None:
    start, number = time.process_time(), work()
    spent = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    each = f"{1000 * spent / number:.3f} ms of CPU each, " if number else ""
    print(f"{name:34} {number:8} entries, {each}at most {most:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
