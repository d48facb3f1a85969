"""Summaries of jobs, for people and for programs."""

from typing import Any

from media_catalog.models import Job


def as_dict(job: Job) -> dict[str, Any]:
    """Return the summary of a job as plain data."""
    seconds = (
        (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else None
    )
    return {
        "job": job.pk,
        "kind": job.kind,
        "state": job.state,
        "error": job.error_text or None,
        "source": job.source.label if job.source else None,
        "seconds": seconds,
        "new_or_changed": job.total_count,
        "changed": job.changed_count,
        "already_known": job.known_count,
        "vanished": job.vanished_count,
        "read_now": job.done_count,
        "skipped_now": job.skipped_count,
        "failed_now": job.failed_count,
        **job.summary,
    }


def imported(job: Job) -> str:
    """Return the summary of an import in words."""
    if job.state != Job.State.COMPLETED:
        reason = f": {job.error_text}" if job.error_text else "."
        return f"The import was {Job.State(job.state).label}, after {job.handled_count} files{reason}"
    facts = as_dict(job)
    confidence = facts.get("confidence", {})
    levels = ", ".join(f"{confidence.get(level, 0)} {level}" for level in ("high", "medium", "low", "none"))
    lines = [
        f"{facts['seen']} entries seen in “{facts['source']}”: "
        f"{job.total_count - job.changed_count} new, {job.changed_count} changed, "
        f"{job.known_count} already known, {job.vanished_count} vanished{_pace(job)}.",
        f"  pictures and videos  {facts['read']:>7}   date confidence: {levels}",
        f"  identical copies     {facts['identical_copies']:>7}   counted above; exported once",
        f"  skipped              {facts['skipped']:>7}   {_by_reason(facts['skipped_by_reason'])}",
        f"  failed               {facts['failed']:>7}",
        f"  waiting for you      {facts['open']:>7}   dates to confirm, copies to choose from, damaged files",
    ]
    return "\n".join(lines)


def _pace(job: Job) -> str:
    return f" ({job.handled_count / job.worked_s:.0f} files/s)" if job.worked_s and job.handled_count else ""


def _by_reason(reasons: dict[str, int]) -> str:
    ordered = sorted(reasons.items(), key=lambda one: -one[1])
    return ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in ordered)


def preview(found: dict[str, Any]) -> str:
    """Return in words what an import would do."""
    return (
        f"{found['folder']}: {found['to_read']} files to read "
        f"({found['new']} new, {found['changed']} changed, "
        f"{found['bytes_to_read'] / 1e6:.1f} MB), {found['already_known']} already known, "
        f"{found['refused']} left out ({_by_reason(found['refused_by_reason'])}). Nothing was changed."
    )
