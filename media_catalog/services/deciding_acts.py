"""An act on more files than are changed at once, as the work of a job."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from media_catalog.models import Decision, Job, JobFile
from media_catalog.services import acts_plans, acts_scope, acts_verbs, sliced
from media_catalog.services.acts_plans import Act, Doing, Plan
from media_catalog.services.acts_scope import Scope
from media_catalog.services.selections import Selection

WHAT = "act"  # the option of a job that holds what `options` returns


def options(act: Act, selection: Selection, scope: Scope, *, is_listed: bool) -> dict[str, Any]:
    """Return what a job has to know; where `is_listed`, its files are given to it when it is created."""
    return {
        "verb": act.verb,
        "params": dict(act.params),
        "filters": dict(selection.filters),
        "is_listed": is_listed,
        "number": scope.number,
        "total": scope.total,
        "last": scope.last,
        "since": scope.since,
    }


def do(plan: Plan, ids: Collection[int], doing: Doing, *, since: int | None = None) -> set[int]:
    """Do something to files, in the transaction of the caller, and return those that were changed.

    :param since: the decision after which any of the same kind came from somebody else: such files are left.
    """
    if since is not None:
        newer = Decision.objects.filter(acts_scope.decided_since(plan, since), file__in=ids)
        ids = set(ids).difference(newer.exclude(batch=doing.batch).values_list("file_id", flat=True))
    changed = plan.do(acts_plans.fitting(plan, ids), doing)
    if plan.reaches_others:  # what was changed along with a file of an earlier slice
        mine = Decision.objects.filter(batch=doing.batch, file__in=set(ids) - changed)
        changed |= set(mine.values_list("file_id", flat=True))
    return changed


def _find(job: Job, last: JobFile | None) -> Iterator[list[sliced.Row]]:
    wanted = job.options[WHAT]
    if wanted["is_listed"]:
        return iter(())
    files = Selection(filters=wanted["filters"]).files().filter(pk__lte=wanted["last"])
    return sliced.pages(files, after=last.file_id if last else 0)


def _objection(job: Job) -> str:
    wanted = job.options[WHAT]
    found = job.job_files.aggregate(Sum("file"))["file__sum"] or 0
    if (job.total_count, found) == (wanted["number"], wanted["total"]):
        return ""
    return _(
        "The selection has changed since it was shown: it was %(shown)s files, now it is %(now)s. "
        "Nothing was done so far. Continue to do it to what is selected now."
    ) % {"shown": wanted["number"], "now": job.total_count}


def _change(job: Job, rows: Sequence[JobFile], at: datetime) -> Collection[int]:
    wanted = job.options[WHAT]
    plan = acts_verbs.plan(wanted["verb"], wanted["params"])
    ids = [row.file_id for row in rows]
    first = job.job_files.filter(pk__lt=rows[0].pk).count() if plan.in_sequence else 0
    places = {file_id: place for place, file_id in enumerate(ids, start=first)}
    doing = Doing(at=at, actor=job.created_by, batch=job.acts.get().pk, places=places)
    return do(plan, ids, doing, since=wanted["since"])


@transaction.atomic
def summary(job: Job) -> Mapping[str, Any]:
    """Sum up a job of decisions, once what its act does after all files is done."""
    if wanted := job.options.get(WHAT):
        act, plan = job.acts.get(), acts_verbs.plan(wanted["verb"], wanted["params"])
        if plan.finish:
            plan.finish(Doing(at=act.created_at, actor=job.created_by, batch=act.pk))
    return {"files": job.total_count, "decided": job.changed_count}


WORK = sliced.Work(find=_find, change=_change, objection=_objection, summary=summary, in_order=True)
