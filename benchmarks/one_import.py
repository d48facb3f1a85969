"""One import into a fresh installation, measured: a process of its own, for `benchmarks.import_cost`.

Prints one JSON object: wall-clock seconds, CPU seconds by program, and with `--stages` by stage too.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from benchmarks import installation, libraries, stages

WARM_UP_FILES = 200  # four batches, so that each of two workers has loaded all it needs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stages", action="store_true", help="in this process, with a clock for each stage")
    options = parser.parse_args()
    with installation.scratch(inside=options.folder.parent) as scratch:
        warm = scratch / "warm"
        libraries.tiny(warm, number=WARM_UP_FILES)
        if options.stages:
            facts = _by_stages(warm, options.folder)
        else:
            with installation.worker(processes=options.workers):
                facts = _by_workers(warm, options.folder)
        facts["database_bytes"] = _database_bytes(scratch)
    print(json.dumps(facts))


def _by_workers(warm: Path, folder: Path) -> dict[str, Any]:
    installation.import_folder(warm)
    before, start = installation.cpu_by_program(), time.monotonic()
    job = installation.import_folder(folder)
    wall_s, after = time.monotonic() - start, installation.cpu_by_program()
    programs = {name: after[name] - before.get(name, 0.0) for name in after}
    return {"files": job.handled_count, "wall_s": wall_s, "programs": programs}


def _by_stages(warm: Path, folder: Path) -> dict[str, Any]:
    installation.import_here(warm)
    before, here, start = installation.cpu_by_program(), time.process_time(), time.thread_time()
    with stages.measured() as clocks:
        job = installation.import_here(folder)
    thread_s, after = time.thread_time() - start, installation.cpu_by_program()
    programs = {name: after[name] - before.get(name, 0.0) for name in after}
    rest = {
        stages.REST: thread_s - sum(clocks.seconds.values()),
        stages.THREADS: time.process_time() - here - thread_s,
    }
    found = {**clocks.seconds, **rest, **{f"process: {name}": spent for name, spent in programs.items()}}
    return {"files": job.handled_count, "stages": {name: spent for name, spent in found.items() if spent > 0}}


def _database_bytes(scratch: Path) -> int:
    files = (scratch / "data").glob("mediaparser.sqlite3*")
    return sum(file.stat().st_size for file in files)


if __name__ == "__main__":
    main()
