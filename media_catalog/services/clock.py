"""The clock of leases: one for all hosts, whatever their own clocks say."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

ASK_EVERY_S = 30
# It goes on while a laptop sleeps, and nobody can set it.
SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the database's clock said at a moment that is counted from the start of this machine."""

    at: datetime
    moment_s: float


_last_answer: list[_Answer] = []


def now() -> datetime:
    """Return the time of the database server, asked now and then; with SQLite there is only this host's.

    :raises DatabaseError: when the server does not answer.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    if not _last_answer or _moment_s() - _last_answer[0].moment_s > ASK_EVERY_S:
        _last_answer[:] = [_ask()]
    answer = _last_answer[0]
    return answer.at + timedelta(seconds=_moment_s() - answer.moment_s)


def _ask() -> _Answer:
    before_s = _moment_s()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    return _Answer(at=at, moment_s=(before_s + _moment_s()) / 2)


def _moment_s() -> float:
    return time.clock_gettime(SINCE_BOOT)
