"""What finding the copies in a very large library costs, database and all.

`python -m benchmarks.grouping_cost` writes a library of rows into a database of its own (SQLite), groups all
of it as `manage.py find_duplicates` does, and then what is around some new files, as an import does at its
end. How far the job is comes from its own row, every few seconds; with `--pause-after` it is paused once, and
the time until it stands counts.
"""

import argparse
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import installation, large_library

if TYPE_CHECKING:
    from media_catalog.models import Job

FILES = 20_000
NEW = 1_000
GROUPING_BAR_S, NEW_BAR_S, PAUSE_BAR_S = 600.0, 3.0, 2.0
MILLION = 1_000_000
TELL_EVERY_S = 15.0
AT = datetime(2025, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--files", type=int, default=FILES, help="for the bars: 1000000, a quarter of an hour"
    )
    parser.add_argument("--new", type=int, default=NEW)
    parser.add_argument("--pause-after", type=float, metavar="SECONDS")
    parser.add_argument("--inside", type=Path, help="folder for the database, 2 GB for a million files")
    options = parser.parse_args()
    with installation.scratch(inside=options.inside) as folder:
        _fill(options.files + options.new, options.files)
        size = sum(file.stat().st_size for file in (folder / "data").glob("*.sqlite3*")) >> 20
        print(f"{options.files} files in a database of {size} MB", flush=True)
        held = _group(pause_after_s=options.pause_after, bar_s=GROUPING_BAR_S * options.files / MILLION)
        held &= _group_new(options.files, options.new)
        print(f"Memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")
    sys.exit(0 if held else "not all bars were held")


def _fill(number: int, first_new: int) -> None:
    from django.db import connection

    from media_catalog.models import Source

    found = large_library.plan(number)
    source = Source.objects.create(root_bytes=b"/photos", label="photos", created_at=AT)
    known = large_library.Plan(
        role=found.role[:first_new],
        model=found.model[:first_new],
        phashes=found.phashes[:first_new],
        looks=found.looks[:first_new],
        seconds=found.seconds[:first_new],
    )
    large_library.fill(known, first=0, source_id=source.pk, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _group(*, pause_after_s: float | None, bar_s: float) -> bool:
    from media_catalog.services import grouping

    job = grouping.start(created_at=AT)
    if pause_after_s:
        _pause_once(job, after_s=pause_after_s)
    cpu_s, wall_s = _clocked(lambda: _run(job))
    job.refresh_from_db()
    print(f"Grouping all of them: {cpu_s:.1f} s CPU, {wall_s:.1f} s (at most {bar_s:g})")
    print(f"  {job.state}: {job.summary}", flush=True)
    return cpu_s <= bar_s


def _pause_once(job: "Job", *, after_s: float) -> None:
    from media_catalog.services import clock, job_control

    asked: list[float] = []

    def pause() -> None:
        from django.db import connection

        time.sleep(after_s)
        asked.append(time.monotonic())
        job_control.act(job.pk, job_control.Action.PAUSE, at=clock.now())
        connection.close()

    thread = threading.Thread(target=pause, daemon=True)
    thread.start()
    _run(job)
    if asked:
        print(f"Paused: it stood after {time.monotonic() - asked[0]:.1f} s (at most {PAUSE_BAR_S:g})")
        job_control.act(job.pk, job_control.Action.RESUME, at=clock.now())
    thread.join()


def _run(job: "Job") -> None:
    from media_catalog.services import clock, working

    ended = threading.Event()
    teller = threading.Thread(target=_tell, args=(job.pk, ended), daemon=True)
    teller.start()
    while working.run_next(clock=clock.now, job_id=job.pk):
        pass
    ended.set()
    teller.join()


def _tell(job_id: int, ended: threading.Event) -> None:
    """Print how far a job is, from its row, as pages show it."""
    from django.db import connection

    from media_catalog.models import Job

    start = time.monotonic()
    while not ended.wait(TELL_EVERY_S):
        steps = [
            f"{name} {done}{f' of {total}' if total else ''}"
            for name, done, total in Job.objects.values_list("steps", flat=True).get(pk=job_id)
            if done is not None
        ]
        print(f"  after {time.monotonic() - start:4.0f} s: {', '.join(steps)}", flush=True)
    connection.close()


def _group_new(known: int, number: int) -> bool:
    """Group around new files, as the end of an import does."""
    from media_catalog.models import Job, JobFile, Source
    from media_catalog.services import clock, copies, import_finish, jobs, turns

    source = Source.objects.get()
    ids = large_library.fill(large_library.plan(known + number), first=known, source_id=source.pk, at=AT)
    job = jobs.create(kind=Job.Kind.IMPORT, source=source, options={}, created_at=AT)
    done, new = JobFile.Outcome.DONE, JobFile.Change.NEW
    JobFile.objects.bulk_create(JobFile(job=job, file_id=pk, change=new, outcome=done) for pk in ids)
    claim = turns.claim_next(at=clock.now(), job_id=job.pk)
    if claim is None:
        raise SystemExit("the batch was not to be had")
    search: dict[str, Callable[[], Any]] = {
        "search and groups of copies": lambda: copies.around_import(claim, clock=clock.now),
        "all of it again, with identical files and stacks": lambda: import_finish.group(
            claim, clock=clock.now
        ),
    }
    spent_s = []
    for name, work in search.items():
        cpu_s, wall_s = _clocked(work)
        print(f"{number} new files, {name}: {cpu_s:.2f} s CPU, {wall_s:.2f} s (at most {NEW_BAR_S:g})")
        spent_s.append(cpu_s)
    return spent_s[0] <= NEW_BAR_S


def _clocked(work: Callable[[], object]) -> tuple[float, float]:
    cpu_s, wall_s = time.process_time(), time.monotonic()
    work()
    return time.process_time() - cpu_s, time.monotonic() - wall_s


if __name__ == "__main__":
    main()
