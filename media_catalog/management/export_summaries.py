"""What exports and archives have come to, for people and for programs."""

from collections.abc import Iterable
from typing import Any

from media_catalog.models import Job, JobFailure
from media_catalog.services.archive_audit import Findings
from media_catalog.services.exports import Preview

SHOWN = 20  # of each list on a terminal; --json has them all


def as_dict(job: Job) -> dict[str, Any]:
    """Return the summary of an export as plain data."""
    seconds = (
        (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else None
    )
    failures = JobFailure.objects.filter(job=job).select_related("file").order_by("pk")
    return {
        "job": job.pk,
        "state": job.state,
        "error": job.error_text or None,
        "seconds": seconds,
        "exported": job.done_count,
        "already_there": job.known_count,
        "failed": job.failed_count,
        **job.summary,
        "failures": [
            {"path": one.file.path_text if one.file else None, "code": one.code, "reason": one.message}
            for one in failures
        ],
    }


def exported(facts: dict[str, Any]) -> str:
    """Return the summary of an export in words."""
    if facts["state"] != Job.State.COMPLETED:
        reason = f": {facts['error']}" if facts["error"] else "."
        return f"The export was {Job.State(facts['state']).label}, after {files(facts['exported'])}{reason}"
    lines = [
        f"{files(facts['exported'])} ({facts['bytes'] / 1e6:.1f} MB) exported to {facts['archive']}, "
        "read back and verified.",
        f"  already there        {facts['already_there']:>7}",
        f"  identical copies     {facts['identical_copies']:>7}   of files that are there",
        f"  failed               {facts['failed']:>7}",
        f"  discarded            {facts['discarded']:>7}{_still_there(facts)}",
        f"  skipped on import    {facts['skipped']:>7}",
        f"  failed on import     {facts['fates'].get('failed', 0):>7}",
        f"  waiting              {facts['fates'].get('waiting', 0):>7}   {facts['undecided']} to be decided",
    ]
    if facts["tags_errors"]:
        lines.append(
            f"  tags in a sidecar    {facts['tags_errors']:>7}   the file itself could not take them"
        )
    failures = [f"  {one['path']}: {one['reason']}" for one in facts["failures"]]
    return "\n".join([*lines, *_shortened(failures)])


def preview(planned: Iterable[Preview]) -> dict[str, Any]:
    """Return what an export would do as plain data."""
    files = list(planned)
    return {
        "to_write": len(files),
        "bytes": sum(one.file.size_bytes for one in files),
        "files": [
            {
                "path": one.file.path_text,
                "source": one.file.source.label,
                "destination": one.destination,
                "is_first": one.is_first,
                "size_bytes": one.file.size_bytes,
            }
            for one in files
        ],
    }


def preview_line(planned: Preview) -> str:
    """Return what an export would do with one file, in a line."""
    note = "" if planned.is_first else "  (anew: its date or tags have changed)"
    return f"{planned.file.source.label}: {planned.file.path_text} -> {planned.destination}{note}"


def verified(findings: Findings) -> str:
    """Return what a second reading of an archive has found, in words."""
    faults = [f"  {fault.path}: {fault.text}" for fault in findings.faults]
    extra = [f"  {path}" for path in findings.extra]
    lines = [
        f"{files(findings.checked)} read again in {findings.archive} "
        f"({findings.read_bytes / 1e6:.1f} MB), {len(faults) or 'none'} at fault.",
        *_shortened(faults),
    ]
    if faults:
        lines.append("Move a changed file away and export again: what is missing is written anew.")
    if extra:
        lines += [f"{files(len(extra))} there that nobody exported, which is no fault:", *_shortened(extra)]
    return "\n".join(lines)


def files(number: int) -> str:
    """Say how many files."""
    return "1 file" if number == 1 else f"{number} files"


def _still_there(facts: dict[str, Any]) -> str:
    number = facts["discarded_but_exported"]
    return f"   {number} more were exported before they were discarded; their copies stay" if number else ""


def _shortened(lines: list[str]) -> list[str]:
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"  … and {rest} more, which --json lists"] if rest > 0 else [])]
