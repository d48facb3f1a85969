"""Groups of copies, kept up to date as files come and go."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile
from media_catalog.pipeline.duplicates import keeper
from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.services import counts, units

IDENTICAL = DuplicateGroup.Kind.IDENTICAL


@transaction.atomic
def refresh_identical(hashes: Collection[str], *, at: datetime) -> int:
    """Bring the groups of identical files for these SHA-256 up to date; return how many groups there are.

    Equal bytes need no decision by a person, so such a group is resolved as it is made. Two names of one file
    on disk (hard links, or a folder mounted twice) are not copies of each other.
    """
    wanted = _in_several_files(hashes) | _grouped(hashes)
    if not wanted:
        return 0
    files: dict[str, list[MediaFile]] = defaultdict(list)
    for file in (
        MediaFile.objects.readable().filter(sha256__in=wanted).select_related("source").order_by("pk")
    ):
        files[file.sha256].append(file)
    touched = [file.pk for same in files.values() for file in same]
    touched += DuplicateMember.objects.filter(group__kind=IDENTICAL, group__key__in=wanted).values_list(
        "file_id", flat=True
    )
    with counts.tracking(touched):
        return sum(_refresh_group(sha256, files[sha256], at=at) for sha256 in sorted(wanted))


def _in_several_files(hashes: Collection[str]) -> set[str]:
    """Find what is there more than once, which of most pictures is not."""
    numbers = MediaFile.objects.readable().filter(sha256__in=hashes).values("sha256").annotate(n=Count("pk"))
    return set(numbers.filter(n__gt=1).order_by().values_list("sha256", flat=True))


def _grouped(hashes: Collection[str]) -> set[str]:
    return set(DuplicateGroup.objects.filter(kind=IDENTICAL, key__in=hashes).values_list("key", flat=True))


def _refresh_group(sha256: str, files: list[MediaFile], *, at: datetime) -> bool:
    ranked = keeper.rank(_physical_copies(files))
    if len(ranked) < 2:
        DuplicateGroup.objects.filter(kind=IDENTICAL, key=sha256).delete()
        return False
    group, _ = DuplicateGroup.objects.get_or_create(
        kind=IDENTICAL, key=sha256, defaults={"created_at": at, "resolved_at": at}
    )
    present = list(group.members.order_by("rank").values_list("file_id", flat=True))
    if present != [unit.id for unit in ranked]:
        _replace_members(group, ranked)
    return True


def _physical_copies(files: list[MediaFile]) -> list[Unit]:
    """Describe files as far as those of the same bytes can differ."""
    # Some network file systems give no inode number: there each name counts as a file.
    by_inode = {(file.device, file.inode or -file.pk): file for file in reversed(files)}
    return [
        Unit(
            id=file.pk,
            sha256=file.sha256,
            name=file.name,
            place=units.place(file.source.root, file.path),
            has_camera_tags=bool(file.camera_model),
            preference=file.source.keeper_preference,
            mtime_ns=file.mtime_ns or 0,
        )
        for file in by_inode.values()
    ]


def _replace_members(group: DuplicateGroup, ranked: list[Unit]) -> None:
    best, *others = ranked
    DuplicateMember.objects.filter(kind=IDENTICAL, file__in=[unit.id for unit in ranked]).delete()
    group.members.all().delete()
    DuplicateMember.objects.bulk_create(
        DuplicateMember(
            group=group,
            file_id=unit.id,
            kind=IDENTICAL,
            is_keeper=unit is best,
            rank=rank,
            reasons=list(keeper.all_reasons(best, others)) if unit is best else [],
            evidence=[] if unit is best else ["same_bytes"],
        )
        for rank, unit in enumerate(ranked)
    )
