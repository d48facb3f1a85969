"""The words for verdicts and reasons, by code; whoever shows them can translate them.

Rows hold codes and values. The functions below only mark words, by names that `makemessages` looks for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from media_catalog.pipeline.timestamps.confidence import Reason
from media_catalog.pipeline.timestamps.trust import Distrust


def gettext_noop(words: str) -> str:
    """Mark words for translation."""
    return words


def ngettext_lazy(one: str, more: str) -> tuple[str, str]:
    """Mark words for translation that depend on a number."""
    return one, more


REASONS = {
    Reason.PERSON: gettext_noop("a person gave this date"),
    Reason.CAMERA: gettext_noop("written by the camera when the picture was taken"),
    Reason.CAMERA_RULE: gettext_noop("written by the camera, whose clock a rule corrects"),
    Reason.DEVICE_NAME: gettext_noop("named by the clock of the device that made it"),
    Reason.SIDECAR: gettext_noop("a sidecar beside the file gives this date"),
    Reason.INDEPENDENT: gettext_noop("independent sources agree"),
    Reason.UTC_VIDEO: gettext_noop("written by the camera in UTC, as its maker does"),
    Reason.SINGLE: gettext_noop("only one kind of source says so"),
    Reason.NEIGHBOURS: gettext_noop("taken over from the files beside it"),
    Reason.AFTERWARDS: gettext_noop("when it was sent, saved, scanned or edited, so it was taken before"),
    Reason.FOLDER: gettext_noop("only the name of its folder says so"),
    Reason.WEAK: gettext_noop("only a weak source says so"),
    Reason.DISTRUSTED: gettext_noop("nothing better is known than a date that is not trusted"),
    Reason.CONTRADICTED: gettext_noop("another strong source says otherwise"),
    Reason.DOUBTED: gettext_noop("another source says otherwise"),
    Reason.AGAINST_CLOCK: gettext_noop("the camera's own clock says otherwise, and is not believed"),
    Reason.AGAINST_FOLDER: gettext_noop("its folder is named after another time"),
    Reason.ZONES_APART: gettext_noop("sources differ by whole hours, or the GPS time is old"),
    Reason.ZONE_UNLIKE_PLACE: gettext_noop("the camera's clock is not on the time of the place"),
    Reason.ZONE_ASSUMED: gettext_noop("the moment is known, but not in whose zone to show it"),
    Reason.NOT_TO_THE_SECOND: gettext_noop("the seconds are not known"),
    Reason.FACTORY_DEFAULT: gettext_noop(
        "looks like a clock that was never set: 1 January, just after midnight"
    ),
    Reason.BEFORE_CAMERA: gettext_noop("before this camera was sold"),
    Reason.MIDNIGHT: gettext_noop("midnight to the second, often a mere day"),
    Reason.OLDER_THAN_CAMERAS: gettext_noop("older than digital cameras, so a person or a program set it"),
    Reason.UNSET_CONTAINER: gettext_noop("video dates before 2000 are unset clocks"),
    Reason.AFTER_FILE_TIME: gettext_noop("later than the file's own time: the camera's clock may be ahead"),
    Reason.EDITED_BEFORE: gettext_noop("edited before it was taken, if this is right"),
    Reason.OUTLIER: gettext_noop("far from all other files of its folder"),
    Reason.SAME_SECOND: gettext_noop("many files of its folder have the same second, so it was set for all"),
    Reason.DAMAGED: gettext_noop("the file is damaged, so its date may be as well"),
    Reason.FILE_TIME_ONLY: gettext_noop("only the file's own time is known, which is never believed alone"),
    Reason.NO_EVIDENCE: gettext_noop("no plausible date"),
}
DISTRUSTS = {
    Distrust.BEFORE_CAMERA: gettext_noop("before this camera was sold: its clock was not set"),
    Distrust.NEVER_SET: gettext_noop("looks like a clock that was never set: 1 January, just after midnight"),
    Distrust.WRONG_YEAR: gettext_noop("the day of its folder in another year: the camera's year was wrong"),
    Distrust.AGAINST_FOLDER: gettext_noop(
        "its folder is named after another time: the camera's clock was wrong"
    ),
    Distrust.LATER: gettext_noop("when it was edited, scanned, sent or saved: it was taken before"),
}
VERDICTS = {
    "chosen": gettext_noop("believed"),
    "derived": gettext_noop("the same date as %(source)s, counted once"),
    "agrees": gettext_noop("agrees with %(source)s"),
    "agrees_at_offset": gettext_noop("agrees with %(source)s at %(offset)s"),
    "compatible": gettext_noop("near %(source)s: neither for nor against"),
    "apart_by_gps": gettext_noop("%(distance)s from %(source)s: perhaps an old GPS fix"),
    "apart_by_zone": gettext_noop("%(distance)s from %(source)s: perhaps another zone"),
    "differs": gettext_noop("differs from %(source)s by %(distance)s"),
    "distrusted": gettext_noop("%(distance)s from %(source)s; %(distrust)s"),
    "offered_suggestion": gettext_noop("a suggestion: the file itself says something else, or less exactly"),
    "offered_file_time": gettext_noop("the file's own time is shown, never believed alone"),
    "offered_unknown": gettext_noop("a date of unknown meaning is shown, never believed alone"),
    "outlier": gettext_noop("other files of its folder are from another time"),
    "same_second": gettext_noop("many files of its folder have this very second"),
    "refused_empty": gettext_noop("empty date: the clock was never set"),
    "refused_unreadable": gettext_noop("not a date"),
    "refused_too_early": gettext_noop("before the first photograph (%(year)s)"),
    "refused_before_yours": gettext_noop("before the earliest year of your pictures (%(year)s)"),
    "refused_future": gettext_noop("in the future"),
    "refused_sentinel": gettext_noop("stands for no date: zero or default of a clock"),
}
DISTANCES = {
    "year": ngettext_lazy("%(count)s year", "%(count)s years"),
    "day": ngettext_lazy("%(count)s day", "%(count)s days"),
    "hour": ngettext_lazy("%(count)s hour", "%(count)s hours"),
    "minute": ngettext_lazy("%(count)s minute", "%(count)s minutes"),
    "second": ngettext_lazy("%(count)s second", "%(count)s seconds"),
}
UNITS_S = (("year", 365 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
# Catalogues that were made before codes were stored hold the words.
CODES = {words: reason for reason, words in REASONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How words are translated, as by gettext and ngettext."""

    words: Callable[[str], str]
    number: Callable[[str, str, int], str]


ENGLISH = Language(words=lambda words: words, number=lambda one, more, count: one if count == 1 else more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What was made of a claim: a key of `VERDICTS`, and its values, which JSON can hold."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text(ENGLISH)

    def text(self, language: Language) -> str:
        """Say it in a language.

        :raises KeyError: for a key or value that this version does not know.
        """
        words = {name: _said(name, value, language) for name, value in self.values.items()}
        return language.words(VERDICTS[self.key]) % words


def reason(code: str, language: Language = ENGLISH) -> str:
    """Say a reason in a language; one that this version does not know stays as it is."""
    return language.words(REASONS.get(CODES.get(code, code), code))  # type: ignore[call-overload]


def codes(reasons: Sequence[str]) -> list[str]:
    """Give the codes of reasons as they are stored."""
    return [CODES.get(one, one) for one in reasons]


def distance(length: timedelta) -> tuple[int, str]:
    """Measure a time in its largest unit, as 2 and "year"."""
    seconds = length.total_seconds()
    name, size = next((unit for unit in UNITS_S if seconds >= unit[1]), UNITS_S[-1])
    return round(seconds / size), name


def _said(name: str, value: Any, language: Language) -> str:
    if name == "distance":
        count, unit = value
        return language.number(*DISTANCES[unit], count) % {"count": count}
    if name == "distrust":
        return language.words(DISTRUSTS[Distrust(value)])
    return str(value)
