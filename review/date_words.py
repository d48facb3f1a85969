"""What the queue of dates says: why a file is asked about, how far dates are apart, what was understood."""

from datetime import datetime, timedelta

from django.utils.dateformat import format as format_clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import Confidence, MediaFile, TimestampCandidate
from media_catalog.pipeline.spoken_dates import Doubt, Spoken
from media_catalog.pipeline.timestamps import phrases
from media_catalog.pipeline.timestamps.candidates import Precision, period_end
from media_catalog.templatetags.capture import clock_text
from media_catalog.templatetags.reasons import READER
from media_catalog.templatetags.reasons import reason as reason_text

QUESTIONS = {
    Confidence.HIGH: gettext_lazy("This date is certain."),
    Confidence.MEDIUM: gettext_lazy("This date is likely, but not certain:"),
    Confidence.LOW: gettext_lazy("This date is a guess:"),
    Confidence.NONE: gettext_lazy("Nobody knows yet when this was taken:"),
}
PRECISE = {
    Precision.SECOND: gettext_lazy("precise to the second"),
    Precision.MINUTE: gettext_lazy("precise to the minute"),
    Precision.DAY: gettext_lazy("precise to the day"),
    Precision.MONTH: gettext_lazy("precise to the month"),
    Precision.SEASON: gettext_lazy("precise to the season"),
    Precision.YEAR: gettext_lazy("precise to the year"),
    Precision.DECADE: gettext_lazy("precise to the decade"),
    Precision.RANGE: gettext_lazy("some time within these days"),
}
DOUBTS = {
    Doubt.DAY_OR_MONTH: gettext_lazy("The day is read before the month."),
    Doubt.WHICH_WINTER: gettext_lazy("A winter is read as the one that begins in that year."),
    Doubt.WHICH_CENTURY: gettext_lazy("The last such years are meant, if nothing else is said."),
}


def question(file: MediaFile) -> str:
    """Say why a file is asked about."""
    start = str(QUESTIONS[Confidence(file.confidence)])
    reasons = "; ".join(reason_text(code) for code in file.date_reasons)
    if file.confidence == Confidence.HIGH or not reasons:
        return start.removesuffix(":").removesuffix(".") + "."
    return f"{start} {reasons}."


def period(spoken: Spoken) -> str:
    """Write a date that was understood, as the pages write dates."""
    return clock_text(spoken.local, spoken.until, spoken.precision, spoken.offset_minutes)


def understood(spoken: Spoken) -> str:
    """Say what was understood of a typed date, and how exact that is."""
    parts = [period(spoken), _span(spoken), str(PRECISE[spoken.precision])]
    return ", ".join(part for part in parts if part)


def _span(spoken: Spoken) -> str:
    if spoken.precision is Precision.SEASON:
        ends = {"first": format_clock(spoken.local, "F"), "last": format_clock(spoken.until, "F")}
    elif spoken.precision is Precision.DECADE:
        ends = {"first": f"{spoken.local.year}", "last": f"{spoken.until.year}"}
    else:
        return ""
    return _("%(first)s to %(last)s") % ends


def distance(claim: TimestampCandidate, file: MediaFile) -> str:
    """Say how far a claim is from the date of its file; nothing, where one of them has none."""
    ends = _ends(claim, file)
    if ends is None or file.captured_local is None:
        return ""
    start, end = ends
    until = file.captured_until_local or file.captured_local
    if start == file.captured_local and end == until:
        return _("the same")
    if start <= until and file.captured_local <= end:
        return _("fits")
    if start > until:
        return _("%(time)s later") % {"time": _length(start - file.captured_local)}
    return _("%(time)s earlier") % {"time": _length(file.captured_local - start)}


def _ends(claim: TimestampCandidate, file: MediaFile) -> tuple[datetime, datetime] | None:
    """Give the period of a claim, on the clock of the file where the claim knows the instant alone."""
    start = claim.local
    if start is None and claim.instant is not None:
        offset = timedelta(minutes=file.offset_minutes or 0)
        start = claim.instant.replace(tzinfo=None) + offset
    if start is None:
        return None
    try:
        return start, claim.until_local or period_end(start, Precision(claim.precision))
    except (OverflowError, ValueError):
        return start, start


def _length(time: timedelta) -> str:
    count, unit = phrases.distance(time)
    return READER.number(*phrases.DISTANCES[unit], count) % {"count": count}
