"""The second pass of an import: what folders, and copies anywhere, say about the dates of files."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from media_catalog.models import Confidence, Job, JobFile, MediaFile, Origin
from media_catalog.models.files import PERSON
from media_catalog.pipeline.timestamps import neighbours, resemblance
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.siblings import Sibling
from media_catalog.services import evidence, jobs, look_alikes, siblings, steps, tools
from media_catalog.services.siblings import Row
from media_catalog.services.steps import Step

SLICE = 500  # files that are written in one transaction
PAGE = 2_000  # files that are read at once
FOLDERS = 500
WINDOW = 5_000  # of a greater folder so many files are looked at, in the order of their names,
MARGIN = 100  # and so many at both ends only serve the others
BLOCK = 10_000  # undated files for which the whole catalogue is searched once
MOST_COPIES = 10_000  # by bytes, of one slice


class Asked(NamedTuple):
    """A file that neighbours may have something to say about, and what its folder says."""

    sibling: Sibling
    claims: Sequence[Candidate]
    has_claims: bool


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Let neighbours speak anew about the files of every folder that an import touched.

    Files elsewhere that look like a picture which the import brought, or have its bytes, are asked again too.
    Memory does not grow with the catalogue. Run again, it changes nothing.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    job = claim.batch.job
    if job.source_id is None:
        return
    folders = MediaFile.objects.filter(_touched(job), source=job.source).values("folder_key").distinct()
    steps.begin(claim, Step.NEIGHBOURS, total=folders.count())
    _refresh_folders(claim, job.source_id, touched_folders(job), clock=clock)
    steps.begin(claim, Step.ALIKE)
    for source_id, folder_keys in _folders_elsewhere(job):
        _refresh_folders(claim, source_id, folder_keys, clock=clock)


def _touched(job: Job) -> Exists:
    """Condition on files: the job brought them, read them anew, or missed them."""
    rows = JobFile.objects.filter(job=job, file=OuterRef("pk"))
    return Exists(rows.exclude(change=JobFile.Change.KNOWN))


def touched_folders(job: Job) -> Iterator[str]:
    """Give the keys of the folders in which an import brought, read anew or missed files."""
    return folders_of(MediaFile.objects.filter(_touched(job), source=job.source))


def folders_of(files: QuerySet[MediaFile]) -> Iterator[str]:
    """Give the keys of the folders of files of one source, in their order."""
    last = ""
    while keys := list(
        files.filter(folder_key__gt=last)
        .order_by("folder_key")
        .values_list("folder_key", flat=True)
        .distinct()[:FOLDERS]
    ):
        yield from keys
        last = keys[-1]


def _folders_elsewhere(job: Job) -> Iterator[tuple[int, list[str]]]:
    """Find the folders, by source, of older files that a file which the job brought may date."""
    older = _doubtful(MediaFile.objects.readable()).exclude(_touched(job))
    if not older.exists():
        return
    brought = MediaFile.objects.readable().filter(_touched(job))
    for ids in _same_bytes_elsewhere(brought, older):
        yield from _folders_of(ids)
    for part in look_alikes.parts(look_alikes.originals(brought)):
        for ids in _alike_elsewhere(part, look_alikes.telling(older)):
            yield from _folders_of(ids)


def _doubtful(files: QuerySet[MediaFile]) -> QuerySet[MediaFile]:
    """Narrow files down to those that neighbours may date: not the certain, nor what a person decided."""
    open_files = files.exclude(confidence=Confidence.HIGH).filter(reviewed_at=None)
    return open_files.exclude(captured_from=PERSON).exclude(offset_source=PERSON)


def _same_bytes_elsewhere(brought: QuerySet[MediaFile], older: QuerySet[MediaFile]) -> Iterator[list[int]]:
    for files in tools.value_pages(brought.exclude(sha256=""), "pk", "sha256", size=PAGE):
        yield list(older.filter(sha256__in={sha256 for _, sha256 in files}).values_list("pk", flat=True))


def _alike_elsewhere(part: look_alikes.Part, older: QuerySet[MediaFile]) -> Iterator[list[int]]:
    for files in tools.value_pages(older, "pk", "phash", size=PAGE):
        found = {query for query, _, _ in part.near([phash for _, phash in files])}
        yield [files[query][0] for query in sorted(found)]


def _folders_of(ids: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    folders: dict[int, list[str]] = defaultdict(list)
    files = MediaFile.objects.filter(pk__in=ids).exclude(folder_key="")
    for source_id, key in (
        files.order_by("source", "folder_key").values_list("source_id", "folder_key").distinct()
    ):
        folders[source_id].append(key)
    yield from folders.items()


def _refresh_folders(
    claim: jobs.Claim, source_id: int, folder_keys: Iterable[str], *, clock: Callable[[], datetime]
) -> None:
    asked = (
        one
        for keys in tools.slices(folder_keys, FOLDERS)
        for window, spoken_about in _windows(claim, source_id, keys, clock=clock)
        for one in _asked(window, spoken_about)
    )
    for block in tools.slices(asked, BLOCK):
        _refresh(claim, block, clock=clock)


Window = tuple[Sequence[Row], Sequence[Row]]  # what is looked at, and those of it that are spoken about


def _windows(
    claim: jobs.Claim, source_id: int, folder_keys: Sequence[str], *, clock: Callable[[], datetime]
) -> Iterator[Window]:
    """Read folders, small ones together, great ones in windows that overlap."""
    files = MediaFile.objects.readable().filter(source=source_id)
    sizes = files.filter(folder_key__in=folder_keys).values_list("folder_key").annotate(Count("pk"))
    together: list[str] = []
    room, number = PAGE, 0
    for number, (key, size) in enumerate(sizes.order_by("folder_key"), start=1):  # noqa: B007
        if size > WINDOW:
            yield from _cut(claim, files.filter(folder_key=key), clock=clock)
            continue
        if size > room and together:
            yield from _whole(claim, files.filter(folder_key__in=together), clock=clock)
            together, room = [], PAGE
        together.append(key)
        room -= size
    yield from _whole(claim, files.filter(folder_key__in=together), clock=clock)
    steps.advance(claim, len(folder_keys) - number)  # those without a picture


def _whole(
    claim: jobs.Claim, files: QuerySet[MediaFile], *, clock: Callable[[], datetime]
) -> Iterator[Window]:
    jobs.renew(claim, at=clock())
    folders: dict[str, list[Row]] = defaultdict(list)
    for row in siblings.read(files.order_by("pk"), at=clock()):
        folders[row.folder_key].append(row)
    for rows in folders.values():
        yield rows, rows
    steps.advance(claim, len(folders))


def _cut(claim: jobs.Claim, files: QuerySet[MediaFile], *, clock: Callable[[], datetime]) -> Iterator[Window]:
    rows: list[Row] = []
    start = 0
    while True:
        jobs.renew(claim, at=clock())
        more = siblings.read(_after(files, rows[-1] if rows else None)[:WINDOW], at=clock())
        rows += more
        is_last = len(more) < WINDOW
        yield rows, rows[start : None if is_last else -MARGIN]
        if is_last:
            steps.advance(claim)
            return
        rows, start = rows[-2 * MARGIN :], MARGIN


def _after(files: QuerySet[MediaFile], row: Row | None) -> QuerySet[MediaFile]:
    if row is not None:
        name, file_id = row.sibling.name, row.sibling.id
        files = files.filter(Q(name__gt=name) | Q(name=name, pk__gt=file_id))
    return files.order_by("name", "pk")


def _asked(window: Sequence[Row], spoken_about: Iterable[Row]) -> Iterator[Asked]:
    said = neighbours.in_folder([row.sibling for row in window])
    for row in spoken_about:
        claims = said.get(row.sibling.id, ())
        if not row.is_dated_by_person and (claims or row.has_claims or not row.sibling.is_settled):
            yield Asked(row.sibling, claims, row.has_claims)


def _refresh(claim: jobs.Claim, block: Sequence[Asked], *, clock: Callable[[], datetime]) -> None:
    """Ask the copies of some files too, and store what is said about them."""
    jobs.renew(claim, at=clock())
    telling = [
        (one.sibling.id, one.sibling.phash or 0)
        for one in block
        if not one.sibling.is_settled and resemblance.is_telling(one.sibling)
    ]
    near = look_alikes.near(telling, look_alikes.originals(MediaFile.objects.readable()))
    for part in tools.slices(block, SLICE):
        _store(claim, _said(part, near, at=clock()), at=clock())


def _said(
    block: Sequence[Asked], near: Mapping[int, Sequence[int]], *, at: datetime
) -> dict[int, list[Candidate]]:
    """Put together what is said about files; those to which nothing changes are left out."""
    undated = [one.sibling for one in block if not one.sibling.is_settled]
    same = _same_bytes(undated, at=at)
    alike = _by_id((other for file in undated for other in near.get(file.id, ())), at=at)
    said = {}
    for one in block:
        claims = [*one.claims]
        if not one.sibling.is_settled:
            likes = [alike[other] for other in near.get(one.sibling.id, ()) if other in alike]
            claims += neighbours.of_copies(one.sibling, same=same.get(one.sibling.sha256, ()), near=likes)
        if claims or one.has_claims:
            said[one.sibling.id] = neighbours.kept(claims)
    return said


def _same_bytes(files: Iterable[Sibling], *, at: datetime) -> Mapping[str, Sequence[Sibling]]:
    found: dict[str, list[Sibling]] = defaultdict(list)
    hashes = {file.sha256 for file in files if file.sha256}
    copies = MediaFile.objects.readable().filter(sha256__in=hashes).order_by("pk")[:MOST_COPIES]
    for row in siblings.read(copies, at=at):
        found[row.sibling.sha256].append(row.sibling)
    return found


def _by_id(ids: Iterable[int], *, at: datetime) -> dict[int, Sibling]:
    found = {}
    for part in tools.slices(sorted(set(ids)), SLICE):
        for row in siblings.read(MediaFile.objects.readable().filter(pk__in=part), at=at):
            found[row.sibling.id] = row.sibling
    return found


@transaction.atomic
def _store(claim: jobs.Claim, said: Mapping[int, Sequence[Candidate]], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    evidence.put(Origin.NEIGHBOUR, said, at=at)
