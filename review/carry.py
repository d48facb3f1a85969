"""Carrying out what was shown, and telling what came of it."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_catalog.models import Job
from media_catalog.services import acts, jobs
from media_catalog.services.acts import Act, Done
from media_catalog.services.selections import Selection
from review import notices

Words = Callable[[int], str]


def dated(number: int) -> str:
    """Say how many dates were changed."""
    words = ngettext(
        "%(number)d file has another date now.", "%(number)d files have another date now.", number
    )
    return words % {"number": number}


def out(
    request: HttpRequest, selection: Selection, act: Act, *, expected: int, stamp: str, said: Words = dated
) -> Done | Job | None:
    """Do to many files what was shown, and tell what came of it; return `None` where it was refused."""
    actor = request.user if isinstance(request.user, User) else None
    try:
        done = acts.apply(selection, act, expected=expected, actor=actor, at=timezone.now(), stamp=stamp)
    except (acts.BadAct, acts.SelectionChanged, jobs.AlreadyRunning) as refusal:
        notices.warn(request, str(refusal))
        return None
    if isinstance(done, Job):
        notices.say(
            request, _("These are many files: here you see how far it is. The history takes it back.")
        )
    else:
        left = _(" %(number)d stay as they are.") % {"number": done.left} if done.left else ""
        notices.say(request, said(done.number) + left, batch=done.batch)
    return done
