"""Jobs: how far they are, and what can be done with them."""

import dataclasses
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_catalog.api.answers import answer, refusal, requires_log_in
from media_catalog.models import Job
from media_catalog.services import finalizing, job_control, progress
from media_catalog.services.job_control import Action
from media_catalog.services.progress import Progress

PAGE = 50


@requires_log_in
@require_safe
def listing(request: HttpRequest) -> JsonResponse:
    """Send the latest jobs, those before job `before` if it is given; `next` is what to give for more."""
    jobs = Job.objects.select_related("source", "export__archive").order_by("-pk")
    before = request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):  # what a database can hold
            return refusal("`before` is the number of a job.", status=400)
        jobs = jobs.filter(pk__lt=int(before))
    found = [_as_dict(progress.of_job(job, at=timezone.now())) for job in jobs[:PAGE]]
    return answer({"jobs": found, "next": found[-1]["job"] if len(found) == PAGE else None})


@requires_log_in
@require_safe
def one(request: HttpRequest, job_id: int) -> JsonResponse:
    job = Job.objects.select_related("source", "export__archive").filter(pk=job_id).first()
    return _unknown(job_id) if job is None else answer(_shown(job))


@requires_log_in
@require_POST
def act(request: HttpRequest, job_id: int, action: str) -> JsonResponse:
    if action not in list(Action):
        return refusal(f"Nothing is called “{action}”.", status=400, actions=list(Action))
    if finalizing.is_kept_from(request.user, job_id, Action(action)):
        return refusal("This job deletes originals, which is up to staff.", status=403)
    try:
        job = job_control.act(job_id, Action(action), at=timezone.now())
    except Job.DoesNotExist:
        return _unknown(job_id)
    except job_control.Refused as refused:
        return refusal(str(refused), status=409)
    return answer(_shown(job))


def _unknown(job_id: int) -> JsonResponse:
    return refusal(f"There is no job {job_id}.", status=404)


def _shown(job: Job) -> dict[str, Any]:
    return _as_dict(progress.of_job(job, at=timezone.now()))


def _as_dict(found: Progress) -> dict[str, Any]:
    return {**dataclasses.asdict(found), "has_ended": found.has_ended}
