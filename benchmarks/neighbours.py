"""What the pass over folders and copies costs after an import: `python -m benchmarks.neighbours`.

A catalogue is made in a scratch SQLite database, and the pass runs over it as if all of it had just been
imported; then once more, which has to change nothing. The peak of the memory is that of the pass alone, for
a quarter of the catalogue and for all of it: it must not grow with the catalogue.
"""

import argparse
import hashlib
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from media_catalog.models import MediaFile, TimestampCandidate

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FILES_PER_FOLDER = 20
SLICE = 2_000
CAMERAS = (("Canon", "Canon EOS 7D"), ("Apple", "iPhone 7"), ("NIKON", "COOLPIX P1"))
# Of 100 files so many have a camera's date, and the others none but their folder's year.
DATED = 70
COPIES, LOOK_ALIKES = 10, 10  # of these 30, so many have the bytes or the look of a dated one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    files = parser.parse_args().files
    for number in (files // 4, files):
        with tempfile.TemporaryDirectory() as folder:
            in_child(lambda number=number, folder=folder: measure(number, folder=folder))  # type: ignore[misc]


def in_child(work: Callable[[], None]) -> None:
    """Do work in a process of its own, so that the memory of what was before does not count."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(1)


def measure(files: int, *, folder: str) -> None:
    in_child(lambda: make_catalogue(files, folder=folder))
    set_up(folder)
    claims()  # connects, and loads all that is needed
    before = peak_mb()
    print(f"{files} files")
    for name in ("first pass", "second pass"):
        seconds, cpu_seconds = timed(run_pass)
        print(f"  {name:12} {seconds:6.1f} s, {cpu_seconds:6.1f} s of CPU, {claims()}")
    print(f"  peak memory  {peak_mb() - before:6.1f} MB more than before the pass")


def set_up(folder: str) -> None:
    os.environ["MEDIAPARSER_DATA_DIR"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediaparser.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], None]) -> tuple[float, float]:
    start, cpu_start = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu_start


def run_pass() -> None:
    from media_catalog.models import JobBatch
    from media_catalog.services import jobs, neighbours

    batch = JobBatch.objects.select_related("job").get()
    neighbours.run(jobs.Claim(batch=batch, token=batch.token or uuid.uuid4()), clock=lambda: NOW)


def claims() -> str:
    from django.db.models import Count

    from media_catalog.models import Origin, TimestampCandidate
    from media_catalog.services import neighbours  # noqa: F401

    rows = TimestampCandidate.objects.filter(origin=Origin.NEIGHBOUR)
    counted = rows.values_list("source").annotate(Count("pk")).order_by("source")
    return ", ".join(f"{number} {source}" for source, number in counted)


def make_catalogue(files: int, *, folder: str) -> None:
    """Make an import that has read its files and is about to finish."""
    set_up(folder)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.db import transaction

    from media_catalog.models import Job, JobBatch, JobFile, MediaFile, Source, TimestampCandidate

    source = Source.objects.create(
        root_bytes=b"/photos", root_key="0" * 64, root_text="/photos", created_at=NOW
    )
    job = Job.objects.create(kind="import", state="running", stage="finish", source=source, created_at=NOW)
    JobBatch.objects.create(
        job=job, stage="finish", state="running", token=uuid.uuid4(), lease_expires_at=NOW, rung_at=NOW
    )
    rows = invented_files(files, source_id=source.pk)
    with transaction.atomic():
        while part := [row for _, row in zip(range(SLICE), rows, strict=False)]:
            MediaFile.objects.bulk_create(part)
            JobFile.objects.bulk_create(
                JobFile(job=job, file=row, change="new", outcome="done") for row in part
            )
            TimestampCandidate.objects.bulk_create(claim for row in part for claim in invented_claims(row))


def invented_files(files: int, *, source_id: int) -> Iterator["MediaFile"]:
    """Make folders of one day and one camera each, in which some files have no date of their own."""
    dice = random.Random(1)
    dated: list[tuple[str, int]] = []
    for number in range(files):
        sha256, phash = hashlib.sha256(str(number).encode()).hexdigest(), dice.getrandbits(64)
        throw = dice.randrange(100)
        is_dated = throw < DATED or not dated
        if is_dated:
            dated.append((sha256, phash))
        elif throw < DATED + COPIES:
            sha256, phash = dice.choice(dated)
        elif throw < DATED + COPIES + LOOK_ALIKES:
            phash = dice.choice(dated)[1] ^ 1 << dice.randrange(64)
        yield invented_file(number, source_id=source_id, is_dated=is_dated, sha256=sha256, phash=phash)


def invented_file(number: int, *, source_id: int, is_dated: bool, sha256: str, phash: int) -> "MediaFile":
    from media_catalog.models import MediaFile

    folder, place = divmod(number, FILES_PER_FOLDER)
    name = f"IMG_{number % 10_000:04}.JPG"
    path = f"{folder}/{name}".encode()
    taken = datetime(2005, 1, 1) + timedelta(hours=7 * folder, minutes=3 * place)
    make, model = CAMERAS[folder % len(CAMERAS)] if is_dated else ("", "")
    return MediaFile(
        source_id=source_id,
        path_bytes=path,
        path_key=hashlib.sha256(path).hexdigest(),
        path_text=path.decode(),
        name=name,
        folder_key=hashlib.sha256(str(folder).encode()).hexdigest(),
        mtime_ns=int(NOW.timestamp() * 1e9) + number,
        state="analysed",
        kind="image",
        sha256=sha256,
        phash=phash - ((phash >> 63) << 64),
        information=50.0,
        width_px=4000,
        height_px=3000,
        camera_make=make,
        camera_model=model,
        captured_local=taken if is_dated else datetime(taken.year, 1, 1),
        captured_until_local=taken if is_dated else datetime(taken.year, 12, 31, 23, 59, 59),
        captured_precision="second" if is_dated else "year",
        captured_from="EXIF:DateTimeOriginal" if is_dated else "folder:year",
        confidence="high" if is_dated else "low",
        discovered_at=NOW,
    )


def invented_claims(file: "MediaFile") -> Iterator["TimestampCandidate"]:
    from media_catalog.models import TimestampCandidate

    own = [(file.captured_from, file.captured_precision, 10 if file.camera_make else 1)]
    if file.camera_make:
        own += [("EXIF:CreateDate", "second", 8), ("EXIF:ModifyDate", "second", 2)]
    own += [("file:mtime", "second", 1)]
    for rank, (source, precision, weight) in enumerate(own):
        is_file_time = source == "file:mtime"
        local, instant = (None, NOW) if is_file_time else (file.captured_local, None)
        yield TimestampCandidate(
            file=file,
            rank=rank,
            source=source,
            raw_text=str(local or instant),
            local=local,
            instant=instant,
            precision=precision,
            weight=weight,
            verdict="chosen" if rank == 0 else "offered" if is_file_time else "derived",
            is_chosen=rank == 0,
        )


if __name__ == "__main__":
    main()
