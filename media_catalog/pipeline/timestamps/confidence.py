"""How sure a date is: high only where a person would agree at least 999 times in 1,000."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from media_catalog.pipeline.timestamps import agreement, clusters, plausibility
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clusters import Choice

STRONG_WEIGHT = 5  # a witness who can contradict, or make a date certain by agreeing
SINGLE_WEIGHT = 4  # a witness who is believed alone, if not blindly
PERSON_WEIGHT = 90  # a person's own word
FIRST_VIDEO_YEAR = 2000  # a container date before is a counter that was never set
CLOCK_AHEAD = timedelta(days=1)


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


RANKS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


class Reason(StrEnum):
    """Why a confidence is what it is, in words for the person who reviews."""

    PERSON = "a person gave this date"
    CAMERA = "written by the camera when the picture was taken"
    INDEPENDENT = "independent sources agree"
    SINGLE = "only one kind of source says so"
    WEAK = "only weak sources: the date of an edit, or a mere day in a name"
    CONTRADICTED = "another strong source says otherwise"
    DOUBTED = "another source says otherwise"
    ZONES_APART = "sources differ by whole hours, or the GPS time is old"
    ZONE_UNLIKE_PLACE = "the camera's clock is not on the time of the place"
    NOT_TO_THE_SECOND = "the seconds are not known"
    FACTORY_DEFAULT = "looks like a clock that was never set: 1 January, just after midnight"
    MIDNIGHT = "midnight to the second, often a mere day"
    OLDER_THAN_CAMERAS = "older than digital cameras, so a person or a program set it"
    UNSET_CONTAINER = "video dates before 2000 are unset clocks"
    AFTER_FILE_TIME = "later than the file's own time: the camera's clock may be ahead"
    EDITED_BEFORE = "edited before it was taken, if this is right"
    DAMAGED = "the file is damaged, so its date may be as well"
    FILE_TIME_ONLY = "only the file's own time is known, which is never believed alone"
    NO_EVIDENCE = "no plausible date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else bears on a decision: a named camera, the file's own time, a clock unlike its place."""

    has_camera: bool
    file_time: datetime | None
    is_zone_unlike_place: bool


def judge(choice: Choice, circumstances: Circumstances) -> tuple[Confidence, tuple[str, ...]]:
    """Say how sure a choice is, and why: the reason for its level first, then each that lowers it."""
    level, reason = _level(choice, circumstances)
    if reason == Reason.PERSON:
        return level, (reason,)
    reasons = [str(reason)]
    for limit, doubt, applies in DOUBTS:
        if applies(choice, circumstances):
            level = min(level, limit, key=RANKS.index)
            reasons.append(doubt)
    if _contradictions(choice):
        level = RANKS[max(RANKS.index(level) - 1, 0)]
        reasons.append(Reason.CONTRADICTED)
    return level, tuple(reasons)


def _level(choice: Choice, circumstances: Circumstances) -> tuple[Confidence, Reason]:
    chosen = choice.chosen
    if chosen.weight >= PERSON_WEIGHT:
        return Confidence.HIGH, Reason.PERSON
    if _is_camera_word(chosen, circumstances):
        return Confidence.HIGH, Reason.CAMERA
    if chosen.weight >= STRONG_WEIGHT and _independent_support(choice):
        return Confidence.HIGH, Reason.INDEPENDENT
    if chosen.weight >= SINGLE_WEIGHT:
        return Confidence.MEDIUM, Reason.SINGLE
    return Confidence.LOW, Reason.WEAK


def _is_camera_word(chosen: Candidate, circumstances: Circumstances) -> bool:
    if chosen.source == "Keys:CreationDate":
        return chosen.offset_minutes is not None
    return chosen.source == "EXIF:DateTimeOriginal" and circumstances.has_camera


def _independent_support(choice: Choice) -> bool:
    own = clusters.family(choice.chosen)
    return any(
        claim.weight >= STRONG_WEIGHT
        and claim.precision is Precision.SECOND
        and clusters.family(claim) != own
        for claim in choice.agreeing()
    )


def _contradictions(choice: Choice) -> list[Candidate]:
    return [
        claim
        for claim, relation in choice.relations
        if relation is Relation.DIFFERS and claim.weight >= STRONG_WEIGHT
    ]


def _is_apart_from_a_witness(choice: Choice, _: Circumstances) -> bool:
    return any(
        relation is Relation.APART and not clusters.is_weak(claim) for claim, relation in choice.relations
    )


def _has_lesser_contradiction(choice: Choice, _: Circumstances) -> bool:
    """Tell whether a name, say, that is not strong enough to lower a level still forbids certainty."""
    return any(
        relation is Relation.DIFFERS and claim.weight < STRONG_WEIGHT and clusters.family(claim) == "name"
        for claim, relation in choice.relations
    )


def _is_edited_before(choice: Choice, _: Circumstances) -> bool:
    return any(
        relation is Relation.DIFFERS and clusters.is_weak(claim) and _is_day_before(claim, choice.chosen)
        for claim, relation in choice.relations
        if clusters.family(claim) == "tags"
    )


def _is_day_before(claim: Candidate, chosen: Candidate) -> bool:
    is_earlier = plausibility.digits(claim) < plausibility.digits(chosen)
    return is_earlier and agreement.gap(claim, chosen) > agreement.DAY


def _is_clock_ahead(choice: Choice, circumstances: Circumstances) -> bool:
    written = circumstances.file_time
    if written is None or written.year < plausibility.FIRST_DIGITAL_CAMERA:
        return False
    return plausibility.digits(choice.chosen) > written.replace(tzinfo=None) + CLOCK_AHEAD


def _is_factory_default(choice: Choice, _: Circumstances) -> bool:
    has_gps = any(claim.source.startswith(agreement.GPS) for claim in choice.agreeing())
    return plausibility.is_factory_default(choice.chosen) and not has_gps


def _is_unset_container(choice: Choice, _: Circumstances) -> bool:
    is_container = choice.chosen.source.startswith(agreement.CONTAINER_CLOCKS)
    return is_container and plausibility.digits(choice.chosen).year < FIRST_VIDEO_YEAR


# What limits a confidence, at what, and why.
DOUBTS: Sequence[tuple[Confidence, Reason, Callable[[Choice, Circumstances], bool]]] = (
    (Confidence.LOW, Reason.FACTORY_DEFAULT, _is_factory_default),
    (Confidence.LOW, Reason.UNSET_CONTAINER, _is_unset_container),
    (
        Confidence.MEDIUM,
        Reason.NOT_TO_THE_SECOND,
        lambda choice, _: choice.chosen.precision is not Precision.SECOND,
    ),
    (Confidence.MEDIUM, Reason.MIDNIGHT, lambda choice, _: plausibility.is_midnight(choice.chosen)),
    (
        Confidence.MEDIUM,
        Reason.OLDER_THAN_CAMERAS,
        lambda choice, _: plausibility.is_before_digital_cameras(choice.chosen),
    ),
    (Confidence.MEDIUM, Reason.ZONES_APART, _is_apart_from_a_witness),
    (
        Confidence.MEDIUM,
        Reason.ZONE_UNLIKE_PLACE,
        lambda _, circumstances: circumstances.is_zone_unlike_place,
    ),
    (Confidence.MEDIUM, Reason.DOUBTED, _has_lesser_contradiction),
    (Confidence.MEDIUM, Reason.EDITED_BEFORE, _is_edited_before),
    (Confidence.MEDIUM, Reason.AFTER_FILE_TIME, _is_clock_ahead),
)
