"""A picture that has no JSON in its album has that of its identical copy, in the folder of the year."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from media_catalog.models import MediaFile, MediaFileQuerySet, SidecarLink, State
from media_catalog.pipeline.sidecars import matching
from media_catalog.services import sidecar_facts, sidecar_tags

RULE = "identical copy"


class Spoken(NamedTuple):
    """That a JSON speaks for a file, by which rule, and the time that it gives."""

    file: int
    sidecar: int
    rule: str
    moment: str | int | None


def settle(file_ids: Collection[int], *, touched: MediaFileQuerySet, at: datetime) -> None:
    """Let JSON files speak for the identical copies of these files too, where those have none of their own.

    `touched` are the files that changed; a copy whose JSON is among them is decided anew as well.
    """
    copies = _copies(file_ids)
    spoken = _spoken(copies)
    borrowed = {one.file: one.sidecar for one in spoken if one.rule == RULE}
    wanted = _wanted(copies, [one for one in spoken if one.rule != RULE])
    changed = {file for file in copies if wanted.get(file) != borrowed.get(file)}
    SidecarLink.objects.filter(file__in=changed, rule=RULE).delete()
    SidecarLink.objects.bulk_create(
        SidecarLink(file_id=file, sidecar_id=wanted[file], rule=RULE)
        for file in sorted(changed & wanted.keys())
    )
    said_anew = set(touched.filter(pk__in=wanted.values()).values_list("pk", flat=True))
    stale = changed.union(file for file, sidecar in wanted.items() if sidecar in said_anew)
    sidecar_facts.apply(stale, at=at)


def _copies(file_ids: Collection[int]) -> Mapping[int, str]:
    """Find the files of the same bytes, and those that were of the same bytes before: id to SHA-256."""
    jsons = SidecarLink.objects.filter(file__in=file_ids, rule__in=matching.RULES).values("sidecar")
    former = SidecarLink.objects.filter(sidecar__in=jsons, rule=RULE).values_list("file_id", flat=True)
    files = MediaFile.objects.filter(pk__in=[*file_ids, *former], state=State.ANALYSED).exclude(sha256="")
    wanted = set(files.values_list("source_id", "sha256"))
    found = MediaFile.objects.filter(
        source__in={source for source, _ in wanted}, sha256__in={sha256 for _, sha256 in wanted}
    ).exclude(sha256="")
    return dict(found.filter(state=State.ANALYSED).values_list("pk", "sha256"))


def _spoken(files: Iterable[int]) -> list[Spoken]:
    links = SidecarLink.objects.filter(file__in=list(files), rule__in=[*matching.RULES, RULE])
    moment = sidecar_tags.moment("sidecar__metadata__tags")
    return [Spoken(*row) for row in links.values_list("file_id", "sidecar_id", "rule", moment)]


def _wanted(copies: Mapping[int, str], own: Sequence[Spoken]) -> dict[int, int]:
    """Find a JSON for each copy that has none, where all copies that have one agree on the time."""
    by_bytes: dict[str, list[Spoken]] = defaultdict(list)
    for one in own:
        by_bytes[copies[one.file]].append(one)
    agreed = {
        sha256: min(one.sidecar for one in ones)
        for sha256, ones in by_bytes.items()
        if len({one.moment for one in ones}) == 1
    }
    with_own = {one.file for one in own}
    return {
        file: agreed[sha256] for file, sha256 in copies.items() if sha256 in agreed and file not in with_own
    }
