"""A rule about more groups of copies than are resolved at once, as the work of a job."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from media_catalog.models import DuplicateGroup, Job, JobFile
from media_catalog.services import copy_rule_counts, copy_rules, sliced
from media_catalog.services.copy_rules import Applied, Confidence, Keep, Rule
from media_catalog.services.merging import Act

WHAT = "rule"  # the option of a job that holds what `options` returns


def options(rule: Rule, *, until: int, groups: int, total: int | None) -> dict[str, Any]:
    """Return what a job has to know: the rule, and which groups it was seen to cover.

    :param until: the last group that counts.
    :param total: the sum of their stamps; `None` where only their number was seen.
    """
    shown = {"until": until, "groups": groups, "total": None if total is None else f"{total:016x}"}
    return {"rule": asdict(rule), **shown}


def _rule(job: Job) -> Rule:
    facts = job.options[WHAT]["rule"]
    keep, confidence = facts.pop("keep"), facts.pop("confidence")
    return Rule(
        **facts,
        keep=Keep(keep) if keep else None,
        confidence=Confidence(confidence) if confidence else None,
    )


def _find(job: Job, last: JobFile | None) -> Iterator[list[sliced.Row]]:
    """Find the groups that are covered, each by the file that it keeps."""
    rule, until = _rule(job), job.options[WHAT]["until"]
    for plans in copy_rules.slices_after(rule, _seen(last)[0] if last else 0, until=until):
        rows = [
            (plan.kept[0], f"{plan.group.pk}:{plan.stamp}") for plan in plans if copy_rules.covers(rule, plan)
        ]
        if rows:
            yield rows


def total(stamps: Iterable[str]) -> int:
    """Add up what groups were seen to be, in any order."""
    return sum(int(stamp, 16) for stamp in stamps) % copy_rule_counts.SUM


def _seen(row: JobFile) -> tuple[int, str]:
    group, stamp = row.stamp.split(":")
    return int(group), stamp


def _objection(job: Job) -> str:
    shown = job.options[WHAT]
    rows = job.job_files.order_by("pk").only("stamp").iterator()
    now = total(_seen(row)[1] for row in rows)
    if job.total_count == shown["groups"] and shown["total"] in (None, f"{now:016x}"):
        return ""
    return _(
        "The groups have changed since they were shown: there were %(shown)s, now there are %(now)s. "
        "Nothing was done so far. Continue to resolve those that there are now."
    ) % {"shown": shown["groups"], "now": job.total_count}


def _change(job: Job, rows: Sequence[JobFile], at: datetime) -> Collection[int]:
    act = Act(batch=job.acts.get().pk, actor_id=job.created_by_id, at=at)
    stamps = dict(_seen(row) for row in rows)
    copy_rules.apply_slice(_rule(job), sorted(stamps), stamps, act=act, done=Applied(batch=act.batch))
    done = DuplicateGroup.objects.filter(pk__in=stamps, resolved_batch=act.batch)
    resolved = set(done.values_list("pk", flat=True))
    return {row.file_id for row in rows if _seen(row)[0] in resolved}


def _summary(job: Job) -> Mapping[str, Any]:
    return {"groups": job.changed_count, "decided": job.acts.get().number}


WORK = sliced.Work(find=_find, change=_change, objection=_objection, summary=_summary, in_order=True)
