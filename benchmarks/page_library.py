"""A catalogue of any size, made of rows alone: ten thousand files of all sorts, and as many more alike."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models, transaction

from media_catalog.models import (
    Archive,
    CameraRule,
    Decision,
    DecisionBatch,
    DuplicateGroup,
    DuplicateMember,
    Export,
    ExportedFile,
    FileMetadata,
    FileTag,
    Job,
    JobFile,
    LibraryCount,
    MediaFile,
    ProposedFolder,
    Source,
    Tag,
    TagProposal,
    TimestampCandidate,
)
from media_catalog.models.fields import path_key
from media_catalog.services import counts, planner

BASE, BASE_GROUPS, SOURCES, TAGS, FOLDER = 10_000, 2_000, 5, 200, 40
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = datetime(2004, 1, 1)
CAMERAS = (("Canon", "Canon EOS 80D"), ("Apple", "iPhone 13"), ("Google", "Pixel 5"), ("", ""))
LEVELS = ("high",) * 11 + ("medium",) * 5 + ("low",) * 3 + ("none",)
KINDS = ("near",) * 4 + ("same_pixels",) * 2 + ("burst",) * 2 + ("edited", "identical")
TROUBLES = (("failed", "unreadable"), ("skipped", "not_media"), ("skipped", "hidden"), ("failed", "empty"))
STEP_MINUTES = 37
ACTS_PER_FILE, DECISIONS_PER_ACT = 1 / 150, 10


def fill() -> None:
    """Make the first ten thousand files with all that belongs to them."""
    with transaction.atomic():
        _fill()
    _settle()


def _fill() -> None:
    person = User.objects.create_superuser("bench", password=None)
    User.objects.bulk_create(User(username=f"user{number}", date_joined=NOW) for number in range(99))
    sources = [_source(number) for number in range(SOURCES)]
    MediaFile.objects.bulk_create([_file(number, sources) for number in range(1, BASE + 1)], batch_size=500)
    _bulk(TimestampCandidate, _candidates())
    _bulk(FileMetadata, (FileMetadata(file_id=number, tags={"EXIF:Make": "x"}) for number in _numbers()))
    _tags()
    _proposals(sources)
    _groups()
    _jobs(sources)
    _copies()
    _acts(person, files=BASE)
    counts.rebuild()


def _numbers() -> range:
    return range(1, BASE + 1)


def _bulk(model: type[models.Model], rows: Iterator[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=500)


def _source(number: int) -> Source:
    root = f"/photos/{number}".encode()
    return Source.objects.create(
        label=f"Disk {number}",
        root_bytes=root,
        root_key=path_key(root),
        root_text=root.decode(),
        created_at=NOW,
    )


def _file(number: int, sources: list[Source]) -> MediaFile:
    folder, name = f"holiday {number // FOLDER}", f"IMG_{number:05}.jpg"
    path = f"{folder}/{name}".encode()
    make, model = CAMERAS[number % len(CAMERAS)]
    facts = _trouble(number) if number % 50 == 0 else _dated(number)
    return MediaFile(
        pk=number,
        source=sources[number // FOLDER % SOURCES],
        path_bytes=path,
        path_key=path_key(path),
        path_text=path.decode(),
        name=name,
        folder_key=path_key(folder.encode()),
        size_bytes=3_000_000 + number,
        mtime_ns=1_500_000_000_000_000_000,
        sha256=_hash(path.decode()),
        camera_make=make,
        camera_model=model,
        width_px=4000,
        height_px=3000,
        has_thumbnail=True,
        is_flagged=number % 500 == 1,
        gps_lat=48.1 if number % 3 == 0 else None,
        gps_lon=11.6 if number % 3 == 0 else None,
        discovered_at=NOW,
        analysed_at=NOW,
        **facts,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _trouble(number: int) -> dict[str, Any]:
    state, code = TROUBLES[number // 50 % len(TROUBLES)]
    return {"state": state, "reason_code": code, "reason_text": code.replace("_", " "), "kind": "other"}


def _dated(number: int) -> dict[str, Any]:
    level = LEVELS[number % len(LEVELS)]
    facts = {"state": "analysed", "kind": "video" if number % 20 == 7 else "image", "confidence": level}
    if level == "none":
        return facts
    local = FIRST + timedelta(hours=number * 17 % (22 * 365 * 24), seconds=number % 3600)
    period = {"captured_local": local, "captured_until_local": local, "captured_precision": "second"}
    return facts | period | {"captured_from": "EXIF:DateTimeOriginal", "date_reasons": ["agreed"]}


def _candidates() -> Iterator[TimestampCandidate]:
    for number in _numbers():
        for rank, source in enumerate(("EXIF:DateTimeOriginal", "name:camera")):
            yield TimestampCandidate(
                file_id=number,
                rank=rank,
                source=source,
                raw_text="2015:01:31 14:20:30",
                local=FIRST + timedelta(hours=number),
                precision="second",
                weight=50,
                verdict="chosen" if rank == 0 else "agrees",
                is_chosen=rank == 0,
            )


def _tags() -> None:
    tags = [
        Tag(pk=one, name=f"tag {one}", name_key=f"tag {one}", created_at=NOW) for one in range(1, TAGS + 2)
    ]
    Tag.objects.bulk_create(tags)
    tagged = [number for number in _numbers() if number % 3 == 0]
    _bulk(FileTag, (FileTag(file_id=one, tag_id=one % TAGS + 1, origin="person") for one in tagged))
    _bulk(FileTag, (FileTag(file_id=one, tag_id=TAGS + 1, origin="metadata") for one in tagged))


def _proposals(sources: list[Source]) -> None:
    """Propose the name of each folder, and one that all of them are below."""
    names = ["everything", *(f"holiday {number}" for number in range(BASE // FOLDER + 1))]
    TagProposal.objects.bulk_create(
        TagProposal(pk=pk, origin="folder", name=name, name_key=name, created_at=NOW)
        for pk, name in enumerate(names, start=1)
    )
    ProposedFolder.objects.bulk_create(
        ProposedFolder(proposal_id=pk, source=sources[number % SOURCES], folder_key=path_key(name.encode()))
        for number, name in enumerate(names[1:])
        for pk in (1, number + 2)
    )


def _groups() -> None:
    groups, members, file_id = [], [], 1
    for number in range(1, BASE_GROUPS + 1):
        kind = KINDS[number % len(KINDS)]
        is_open = kind != "identical" and number % 5 < 3
        group = DuplicateGroup(
            pk=number,
            kind=kind,
            key=_hash(f"group {number}"),
            created_at=NOW,
            resolved_at=None if is_open else NOW,
        )
        groups.append(group)
        for rank in range(2 + number % 3):
            file_id += 1 + (file_id + 1) % 50 // 49  # what failed is in no group
            members.append(
                DuplicateMember(group=group, file_id=file_id, kind=kind, rank=rank, is_keeper=rank == 0)
            )
    DuplicateGroup.objects.bulk_create(groups)
    DuplicateMember.objects.bulk_create(members, batch_size=500)


def _jobs(sources: list[Source]) -> None:
    for number in range(60):
        Job.objects.create(
            kind="import",
            state="completed",
            source=sources[number % SOURCES],
            total_count=BASE,
            done_count=BASE,
            created_at=NOW,
            started_at=NOW,
            searched_at=NOW,
            finished_at=NOW + timedelta(minutes=number),
        )
    job = Job.objects.order_by("pk").first()
    _bulk(JobFile, (JobFile(job=job, file_id=one, change="new", outcome="done") for one in _numbers()))
    for camera in CAMERAS[:3]:
        CameraRule.objects.create(
            camera_make=camera[0], camera_model=camera[1], shift_seconds=3600, created_at=NOW
        )


def _copies() -> None:
    """Let every second file have its verified copy in an archive."""
    archive = Archive.objects.create(
        root_bytes=b"/archive", root_key=_hash("archive"), root_text="/archive", created_at=NOW
    )
    job = Job.objects.create(kind="export", state="completed", created_at=NOW, finished_at=NOW)
    export = Export.objects.create(job=job, archive=archive)
    _bulk(ExportedFile, (_copy(number, export) for number in _numbers() if number % 2))


def _copy(number: int, export: Export) -> ExportedFile:
    path = f"2015/{number:06}.jpg"
    return ExportedFile(
        archive_id=export.archive_id,
        export=export,
        file_id=number,
        state="verified",
        destination=path,
        destination_key=_hash(path),
        stem_key=_hash(path),
        source_sha256=_hash(f"original {number}"),
        copy_sha256=_hash(f"copy {number}"),
        verified_at=NOW,
    )


def _acts(person: User, *, files: int) -> None:
    """Record acts; files that were found later are decided about as well."""
    for number in range(int(files * ACTS_PER_FILE)):
        at = NOW + timedelta(seconds=number)
        act = DecisionBatch.objects.create(
            pk=uuid.uuid4(),
            verb="flag",
            number=DECISIONS_PER_ACT,
            actor=person,
            created_at=at,
        )
        Decision.objects.bulk_create(
            Decision(
                batch=act.pk,
                kind="flag",
                file_id=(number * DECISIONS_PER_ACT + one) % files + 1,
                actor=person,
                before={"is_flagged": False},
                after={"is_flagged": True},
                created_at=at,
            )
            for one in range(DECISIONS_PER_ACT)
        )


UP_TO: Mapping[type[models.Model], int] = {
    DuplicateGroup: BASE_GROUPS,
    ProposedFolder: 2 * (BASE // FOLDER + 1),
}


def grow(*, files: int) -> None:
    """Add as many more files as it takes, in tens of thousands that are like the first but for their keys."""
    times = files // BASE
    for copy in range(1, times):
        with transaction.atomic():
            for model, changes in _growth(copy).items():
                _add(model, changes, up_to=UP_TO.get(model, BASE))
    with transaction.atomic():
        LibraryCount.objects.update(number=models.F("number") * times)
        Job.objects.update(total_count=files, done_count=files)
        _acts(User.objects.get(username="bench"), files=files)
    _settle()


def _growth(copy: int) -> Mapping[type[models.Model], Mapping[str, str]]:
    """What differs in the copies of rows, as SQL; what is not named is the same."""
    mark = f"'{copy:08x}'"
    file_id = {"file_id": f"file_id + {copy * BASE}"}
    key = {name: f"substr({name}, 1, 56) || {mark}" for name in ("path_key", "sha256", "folder_key")}
    digests = {name: f"substr({name}, 1, 56) || {mark}" for name in ("destination_key", "stem_key")}
    times = {name: _later(name, copy) for name in ("captured_local", "captured_until_local")}
    group_id = f"group_id + {copy * BASE_GROUPS}"
    return {
        MediaFile: {"id": f"id + {copy * BASE}", **key, **times},
        TimestampCandidate: file_id,
        FileMetadata: file_id,
        FileTag: file_id,
        ProposedFolder: {"folder_key": key["folder_key"]},
        JobFile: file_id,
        ExportedFile: {**file_id, **digests},
        DuplicateGroup: {"id": f"id + {copy * BASE_GROUPS}", "key": f"substr(key, 1, 56) || {mark}"},
        DuplicateMember: {**file_id, "group_id": group_id},
    }


def _later(column: str, copy: int) -> str:
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%S', {column}, '+{copy * STEP_MINUTES} minutes')"
    return f"{column} + interval '{copy * STEP_MINUTES} minutes'"


def _add(model: type[models.Model], changes: Mapping[str, str], *, up_to: int) -> None:
    key = "file_id" if "file_id" in changes else "id"
    known = [field.column or "" for field in model._meta.concrete_fields]
    columns = [column for column in known if column != "id" or column in changes]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    table = model._meta.db_table
    statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} <= {up_to}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%", "%%"), [])


def _settle() -> None:
    """Let the database see what it holds, as an import does at its end; PostgreSQL does so by itself."""
    planner.look_at_tables()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def summary() -> str:
    found = {
        "files": MediaFile.objects.count(),
        "groups": DuplicateGroup.objects.count(),
        "unresolved": DuplicateGroup.objects.filter(resolved_at=None).count(),
        "decisions": Decision.objects.count(),
    }
    return json.dumps(found)
