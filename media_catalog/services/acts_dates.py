"""Acts about dates: given, confirmed, moved, put into a zone, taken from claims, spread over many files."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from media_catalog.models import Confidence, Decision, MediaFile, Precision, State, TimestampCandidate
from media_catalog.pipeline.timestamps import candidates
from media_catalog.pipeline.timestamps.clock_rules import ClockBook
from media_catalog.pipeline.timestamps.decide import Inference
from media_catalog.services import camera_clocks, evidence, preferences, zone_decisions
from media_catalog.services.acts_plans import BadAct, Change, Doing, Plan, Values, fields, same
from media_catalog.services.decisions import GivenDate
from media_catalog.services.zone_decisions import Keeping

Params = Mapping[str, Any]
DATE = Decision.Kind.DATE
READ = Q(state=State.ANALYSED)
DATED = READ & Q(captured_local__isnull=False)
EXACT = DATED & Q(captured_precision__in=zone_decisions.EXACT)
OFFSETS = range(-14 * 60, 14 * 60 + 1)  # minutes
LONGEST = timedelta(days=200 * 366)
STEPS = (Precision.SECOND, Precision.MINUTE, Precision.DAY)
KINDS_OF_SOURCE = {
    "name": Q(source__startswith="name:"),
    "folder": Q(source__startswith="folder:"),
    "mtime": Q(source="file:mtime"),
}


def confirm(params: Params) -> Plan:
    """Confirm dates as they stand; with `also_undated`, that there is none as well."""
    applies = (READ if params.get("also_undated") else DATED) & Q(reviewed_at=None)
    return fields(kind=DATE, applies=applies, prepare=same(_vouched))


def set_date(params: Params) -> Plan:
    """Give all files the same date."""
    values = _given(params).as_fields()
    return fields(kind=DATE, applies=READ, prepare=same(lambda doing: {**values, **_vouched(doing)}))


def shift(params: Params) -> Plan:
    """Move dates by a length of time."""
    delta = _seconds(params)
    movable = EXACT if delta % zone_decisions.DAY else EXACT | DATED & Q(captured_precision=Precision.DAY)
    change = partial(zone_decisions.shifted, delta=delta)
    return fields(kind=DATE, applies=movable, prepare=lambda _ids, _doing: change)


def set_zone(params: Params) -> Plan:
    """Put files into a time zone, keeping what the clock showed, or the moment."""
    zone, keeping = _zone(params), _keeping(params)
    applies = EXACT if keeping is Keeping.WALL else EXACT & Q(captured_at__isnull=False)
    change = partial(zone_decisions.in_zone, zone=zone, keeping=keeping)
    return fields(kind=DATE, applies=applies, prepare=lambda _ids, _doing: change)


def candidate(params: Params) -> Plan:
    """Take dates from the names, the folders, the files' own times, or one source of claims.

    Nothing is made up: files that have no such claim, or an implausible one, are left as they are.
    """
    source = str(params.get("source", ""))
    if not source:
        raise BadAct(_("Say where the dates shall come from."))
    wanted = KINDS_OF_SOURCE.get(source, Q(source=source))
    has_one = Exists(TimestampCandidate.objects.filter(wanted, file=OuterRef("pk")))
    return fields(kind=DATE, applies=READ & Q(has_one), prepare=partial(_by_claims, wanted))


def spread(params: Params) -> Plan:
    """Date files one after another at an interval, in the order of their names."""
    first, step = _given(params), _seconds(params)
    if first.precision not in STEPS:
        raise BadAct(_("The first date has to be a day, at least."))
    if first.precision == Precision.DAY and step % zone_decisions.DAY:
        raise BadAct(_("Days can only be spread by whole days: give the first date a time."))

    def prepare(ids: Collection[int], doing: Doing) -> Change:
        return partial(_spread, first=first, step=step, doing=doing)

    return fields(kind=DATE, applies=READ, prepare=prepare, in_sequence=True)


def _spread(file: MediaFile, *, first: GivenDate, step: timedelta, doing: Doing) -> Values | None:
    try:
        moved = step * doing.places[file.pk]
        date = GivenDate(
            local=first.local + moved,
            until=first.until + moved,
            precision=first.precision,
            offset_minutes=first.offset_minutes,
        )
    except OverflowError:
        return None  # beyond the calendar
    return {**date.as_fields(), **_vouched(doing)}


def _vouched(doing: Doing) -> Values:
    return {"reviewed_at": doing.at, "reviewed_by_id": doing.actor.pk if doing.actor else None}


class _Claims(NamedTuple):
    said: list[candidates.Candidate]
    wanted: list[int]  # their places


def _by_claims(wanted: Q, ids: Collection[int], doing: Doing) -> Change:
    claims = _claims(wanted, ids)
    book = camera_clocks.load()
    files = MediaFile.objects.filter(pk__in=claims).select_related("source")
    found = {}
    with preferences.held():
        for file in files:
            date = _claimed(file, claims[file.pk], book)
            if date is not None:
                found[file.pk] = {**taken(date), **_vouched(doing)}
    return lambda file: found.get(file.pk)


def _claimed(file: MediaFile, claims: _Claims, book: ClockBook) -> Inference | None:
    """Give the date that the first of the wanted claims makes which makes one."""
    seen_at = max(file.discovered_at, file.analysed_at or file.discovered_at)
    dates = (evidence.infer_alone(file, claims.said, place, at=seen_at, book=book) for place in claims.wanted)
    return next((date for date in dates if date is not None), None)


def _claims(wanted: Q, ids: Collection[int]) -> Mapping[int, _Claims]:
    """Read the claims about files, and which of them are wanted, the weightiest first."""
    meant = set(TimestampCandidate.objects.filter(wanted, file__in=ids).values_list("pk", flat=True))
    found: dict[int, _Claims] = {}
    for row in TimestampCandidate.objects.filter(file__in=ids).order_by("-weight", "rank"):
        claims = found.setdefault(row.file_id, _Claims([], []))
        if row.pk in meant:
            claims.wanted.append(len(claims.said))
        claims.said.append(evidence.candidate(row))
    return found


def taken(date: Inference) -> Values:
    """Return the fields of a file that has the date of a claim because somebody chose it."""
    return {
        "captured_local": date.local,
        "captured_until_local": date.until,
        "captured_precision": str(date.precision),
        "offset_minutes": date.offset_minutes,
        "offset_source": date.offset_source or "",
        "captured_at": date.instant,
        "captured_from": date.source or "",
        "confidence": Confidence.HIGH.value,
    }


def _given(params: Params) -> GivenDate:
    """Read a date as `GivenDate.as_params` writes it; without `until` the period has its own end."""
    precision = str(params.get("precision", ""))
    if precision not in Precision.values:
        raise BadAct(_("Say how exact the date is."))
    local, offset = _clock(params.get("local")), _offset(params)
    given_end = _clock(params["until"]) if params.get("until") else None
    try:
        until = given_end or candidates.period_end(local, candidates.Precision(precision))
        date = GivenDate(local=local, until=until, precision=precision, offset_minutes=offset)
        date.as_fields()  # its instant may lie beyond the calendar, too
    except (ValueError, OverflowError):
        raise BadAct(
            _("This date cannot be: it ends before it begins, or lies beyond the calendar.")
        ) from None
    return date


def _clock(value: Any) -> datetime:
    try:
        clock = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadAct(_("“%(value)s” is no date.") % {"value": str(value)[:40]}) from None
    if clock.tzinfo:
        raise BadAct(_("Give the time as the clock showed it, and its distance to UTC apart."))
    return clock


def _offset(params: Params) -> int | None:
    minutes = params.get("offset_minutes")
    if minutes is None or (isinstance(minutes, int) and minutes in OFFSETS):
        return minutes
    raise BadAct(_("A clock is at most 14 hours away from UTC."))


def _seconds(params: Params) -> timedelta:
    seconds = params.get("seconds")
    if not isinstance(seconds, int | float) or not seconds or abs(seconds) > LONGEST.total_seconds():
        raise BadAct(_("Say by how much, between one second and 200 years."))
    return timedelta(seconds=seconds)


def _zone(params: Params) -> ZoneInfo:
    name = str(params.get("zone", ""))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadAct(_("There is no time zone “%(name)s”.") % {"name": name[:64]}) from None


def _keeping(params: Params) -> Keeping:
    try:
        return Keeping(params.get("keeping", Keeping.WALL))
    except ValueError:
        raise BadAct(_("Keep either what the clock showed, or the moment.")) from None
