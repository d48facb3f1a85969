"""Plans of exports: what would be written where, found out by a job, and read page by page.

A plan is a folder with one file for each month, a line for each copy, in the order in which copies are named.
"""

import json
import re
import shutil
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F

from media_catalog.models import Job, MediaFile, Precision
from media_catalog.services import archives, export_gate, exports, jobs, leases, sources
from media_catalog.services.decision_log import Actor
from media_catalog.services.exports import Preview, Scope
from media_catalog.services.selections import Selection

FOLDER = re.compile(r"[0-9]+-[0-9a-f]{32}")
UNKNOWN = "unknown"
YEAR, MONTH = re.compile(rf"[0-9]{{4}}(s|-[0-9]{{4}})?|{UNKNOWN}"), re.compile(r"[0-9]{2}|")
MONTHS_KNOWN = (Precision.SECOND, Precision.MINUTE, Precision.DAY, Precision.MONTH)
PAGE = 100
LONGEST_LINE = 4096


class NoSuchPlan(Exception):
    """There is no such plan any more, or no such place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One copy that would be written; `number` is 0 unless its plain name is taken."""

    file: int
    destination: str
    size_bytes: int
    number: int
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of one month of a plan; `after` is where the next one begins, `None` on the last."""

    lines: Sequence[Line]
    after: int | None


def start(archive_root: bytes, *, scope: Scope, actor: Actor, created_at: datetime) -> Job:
    """Queue a plan of an export; nothing is written to the archive, nor is it made.

    :raises ArchiveRefused: when the folder cannot be an archive.
    :raises AlreadyRunning: when a plan is being made.
    """
    root = archives.canonical(archive_root)
    archives.check(root)
    options = {**scope.options(), "archive": sources.shown(root), "root": root.hex()}
    kind = Job.Kind.PLAN
    return jobs.create(kind=kind, source=None, options=options, created_at=created_at, created_by=actor)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; broken off, it begins anew.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    if claim.batch.stage == Job.Stage.SCAN:
        with leases.kept(claim, clock=clock):
            _plan(claim, clock=clock)
    jobs.finish_batch(claim, at=clock())


def page(job: Job, *, year: str, month: str, at: int) -> Page:
    """Read a part of a plan, from a place that an earlier page gave out.

    :raises NoSuchPlan:
    """
    if not (YEAR.fullmatch(year) and MONTH.fullmatch(month)):
        raise NoSuchPlan(f"{year}/{month}")
    path = _folder_of(job) / _name(year, month)
    try:
        with path.open("rb") as file:
            return _read(file, at)
    except (OSError, ValueError, TypeError) as error:
        raise NoSuchPlan(str(path)) from error


def scope_of(job: Job) -> Scope:
    """Return what a plan is about, so that the same can be exported."""
    selection = job.options.get("selection")
    return Scope(
        is_forced=job.options["is_forced"], selection=Selection.of_json(selection) if selection else None
    )


def root_of(job: Job) -> bytes:
    """Return the canonical path of the archive that a plan is about."""
    return bytes.fromhex(job.options["root"])


def remove_all(*, but: str = "") -> int:
    """Remove the files of all plans but one; return how many plans went."""
    number = 0
    for folder in _plans().iterdir() if _plans().is_dir() else ():
        if FOLDER.fullmatch(folder.name) and folder.name != but:
            shutil.rmtree(folder, ignore_errors=True)
            number += 1
    return number


def _plan(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    job = claim.batch.job
    root, scope = root_of(job), scope_of(job)
    folder = _plans() / f"{job.pk}-{uuid.uuid4().hex}"
    remove_all(but=folder.name)
    folder.mkdir(parents=True)
    sums = _Sums()
    Job.objects.filter(pk=job.pk).update(total_count=0)
    for part in exports.previews(root, scope):
        jobs.renew(claim, at=clock())
        _write(folder, part)
        sums.add(part)
        Job.objects.filter(pk=job.pk).update(total_count=F("total_count") + len(part))
    summary = {**sums.as_dict(), "plan": folder.name, "free_bytes": archives.free_bytes(root)}
    summary |= _obstacles(root, scope)
    Job.objects.filter(pk=job.pk).update(summary=summary, done_count=F("total_count"))


def _obstacles(root: bytes, scope: Scope) -> dict[str, Any]:
    """Say what would keep the export from starting now."""
    try:
        export_gate.check(root, is_forced=scope.is_forced, selection=scope.selection)
    except archives.ArchiveRefused as refusal:
        return {"obstacle": str(refusal), "is_open": False}
    except export_gate.DecisionsOpen:
        return {"obstacle": "", "is_open": True}
    return {"obstacle": "", "is_open": False}


class _Sums:
    """What a plan comes to, in all and month by month: files, bytes, and names that had to get a number."""

    def __init__(self) -> None:
        self._months: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
        self._all: Counter[str] = Counter(files=0, bytes=0, numbered=0, again=0)
        self._largest_bytes = 0

    def add(self, part: Iterable[Preview]) -> None:
        for one in part:
            year, month = _place(one)
            sums = self._months[year][month]
            for at, number in enumerate((1, one.file.size_bytes, int(one.number > 0))):
                sums[at] += number
            self._all.update(files=1, bytes=one.file.size_bytes)
            self._all.update(numbered=int(one.number > 0), again=int(not one.is_first))
            self._largest_bytes = max(self._largest_bytes, one.file.size_bytes)

    def as_dict(self) -> dict[str, Any]:
        months: Mapping[str, Mapping[str, Sequence[int]]] = {
            year: dict(sorted(found.items())) for year, found in sorted(self._months.items())
        }
        # The largest a second time: it lies there twice while it gets its tags.
        needed = self._all["bytes"] + self._largest_bytes
        return {**self._all, "needed_bytes": needed, "months": months}


def _place(planned: Preview) -> tuple[str, str]:
    """Return year and month of a copy; the month is blank where it is not known."""
    year = planned.destination.partition("/")[0]
    local = planned.file.captured_local
    is_known = local is not None and planned.file.captured_precision in MONTHS_KNOWN
    return year, f"{local.month:02}" if is_known and local else ""


def _write(folder: Path, part: Iterable[Preview]) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for one in part:
        line = Line(
            file=one.file.pk,
            destination=one.destination,
            size_bytes=one.file.size_bytes,
            number=one.number,
            is_first=one.is_first,
        )
        lines[_name(*_place(one))].append(json.dumps(asdict(line)) + "\n")
    for name, found in lines.items():
        with (folder / name).open("a") as file:
            file.writelines(found)


def _name(year: str, month: str) -> str:
    return f"{year}_{month}.jsonl"


def _read(file: Any, at: int) -> Page:
    if at:
        file.seek(at - 1)
        if file.read(1) != b"\n":
            raise ValueError(at)
    lines = [Line(**json.loads(line)) for line in _lines(file, PAGE)]
    after = file.tell()
    return Page(lines=lines, after=after if file.read(1) else None)


def _lines(file: Any, number: int) -> Iterator[bytes]:
    for _ in range(number):
        if not (line := file.readline(LONGEST_LINE)):
            return
        yield line


def _plans() -> Path:
    return Path(settings.DATA_DIR) / "plans"


def _folder_of(job: Job) -> Path:
    name = str(job.summary.get("plan", ""))
    if job.kind != Job.Kind.PLAN or not FOLDER.fullmatch(name):
        raise NoSuchPlan(name)
    return _plans() / name


def files_of(lines: Iterable[Line]) -> dict[int, MediaFile]:
    """Return the files of some lines, by their keys."""
    files = MediaFile.objects.filter(pk__in=[line.file for line in lines]).select_related("source")
    return {file.pk: file for file in files.defer("path_bytes", "date_reasons", "description")}
