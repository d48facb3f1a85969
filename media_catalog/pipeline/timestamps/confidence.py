"""How sure a date is: high only where a person would agree at least 999 times in 1,000."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from media_catalog.pipeline.timestamps import agreement, plausibility, trust, witnesses
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clusters import Choice
from media_catalog.pipeline.timestamps.trust import Camera

STRONG_WEIGHT = witnesses.STRONG_WEIGHT  # a witness who can contradict, or make a date certain by agreeing
NEIGHBOUR_WEIGHT = 3  # what neighbours say of the very picture
FIRST_VIDEO_YEAR = 2000  # a container date before is a counter that was never set
CLOCK_AHEAD = timedelta(days=1)
WRITTEN_WITHIN = timedelta(minutes=15)  # a video's file is closed when it ends
# Telephones are set by their network, and write UTC where QuickTime wants it.
UTC_MAKERS = frozenset(("apple", "google", "samsung"))


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


RANKS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


class Reason(StrEnum):
    """Why a confidence is what it is; `phrases` has the words for the person who reviews."""

    PERSON = "person"
    CAMERA = "camera"
    CAMERA_RULE = "camera_rule"
    DEVICE_NAME = "device_name"
    SIDECAR = "sidecar"
    INDEPENDENT = "independent"
    UTC_VIDEO = "utc_video"
    SINGLE = "single"
    NEIGHBOURS = "neighbours"
    AFTERWARDS = "afterwards"
    FOLDER = "folder"
    WEAK = "weak"
    DISTRUSTED = "distrusted"
    CONTRADICTED = "contradicted"
    DOUBTED = "doubted"
    AGAINST_CLOCK = "against_clock"
    AGAINST_FOLDER = "against_folder"
    ZONES_APART = "zones_apart"
    ZONE_UNLIKE_PLACE = "zone_unlike_place"
    ZONE_ASSUMED = "zone_assumed"
    NOT_TO_THE_SECOND = "not_to_the_second"
    FACTORY_DEFAULT = "factory_default"
    BEFORE_CAMERA = "before_camera"
    MIDNIGHT = "midnight"
    OLDER_THAN_CAMERAS = "older_than_cameras"
    UNSET_CONTAINER = "unset_container"
    AFTER_FILE_TIME = "after_file_time"
    EDITED_BEFORE = "edited_before"
    OUTLIER = "outlier"
    SAME_SECOND = "same_second"
    DAMAGED = "damaged"
    FILE_TIME_ONLY = "file_time_only"
    NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else bears on a decision.

    `file_time` is the file's own time, `suspicions` are what the files beside it make of its date.
    """

    camera: Camera = (None, None)
    file_time: datetime | None = None
    is_zone_unlike_place: bool = False
    is_zone_assumed: bool = False
    clock: CameraClock | None = None
    suspicions: tuple[Candidate, ...] = ()


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
    return next((level, reason) for level, reason, applies in LEVELS if applies(choice, circumstances))


def _is_camera_word(choice: Choice, circumstances: Circumstances) -> bool:
    chosen = choice.chosen
    if chosen.source in {"Keys:CreationDate", "XML:CreationDate"}:
        return chosen.offset_minutes is not None
    return chosen.source == "EXIF:DateTimeOriginal" and any(circumstances.camera)


def _is_corrected(choice: Choice, circumstances: Circumstances) -> bool:
    clock = circumstances.clock
    return bool(clock and clock.shift_seconds) and _is_camera_word(choice, circumstances)


def _independent_support(choice: Choice, _: Circumstances) -> bool:
    own = witnesses.family(choice.chosen)
    return choice.chosen.weight >= STRONG_WEIGHT and any(
        choice.trust.weight(claim) >= STRONG_WEIGHT
        and claim.precision is Precision.SECOND
        and witnesses.family(claim) != own
        for claim in choice.agreeing()
    )


def _is_utc_video(choice: Choice, circumstances: Circumstances) -> bool:
    """Tell whether a video's date is in UTC for sure: by its maker, by a habit, or by the file's own time."""
    chosen = choice.chosen
    if chosen.source != "QuickTime:CreateDate" or chosen.instant is None:
        return False
    make = (circumstances.camera[0] or "").lower()
    if make in UTC_MAKERS or (circumstances.clock and circumstances.clock.quicktime_is_local is False):
        return True
    written = circumstances.file_time
    return written is not None and timedelta(0) <= written - chosen.instant <= WRITTEN_WITHIN


# How sure a date is by who gives it, before anything is held against it. The first that applies counts.
LEVELS: Sequence[tuple[Confidence, Reason, Callable[[Choice, Circumstances], bool]]] = (
    (Confidence.HIGH, Reason.PERSON, lambda choice, _: witnesses.is_by_person(choice.chosen)),
    (Confidence.LOW, Reason.DISTRUSTED, lambda choice, _: choice.trust.reason(choice.chosen) is not None),
    (Confidence.HIGH, Reason.CAMERA_RULE, _is_corrected),
    (Confidence.HIGH, Reason.CAMERA, _is_camera_word),
    (Confidence.HIGH, Reason.INDEPENDENT, _independent_support),
    (Confidence.HIGH, Reason.DEVICE_NAME, lambda choice, _: witnesses.is_device_name(choice.chosen)),
    (
        Confidence.HIGH,
        Reason.SIDECAR,
        lambda choice, _: choice.chosen.source == "sidecar:XMP:DateTimeOriginal",
    ),
    (Confidence.HIGH, Reason.UTC_VIDEO, _is_utc_video),
    (Confidence.LOW, Reason.AFTERWARDS, lambda choice, _: witnesses.is_late(choice.chosen)),
    (
        Confidence.MEDIUM,
        Reason.NEIGHBOURS,
        lambda choice, _: witnesses.is_neighbour(choice.chosen) and choice.chosen.weight >= NEIGHBOUR_WEIGHT,
    ),
    (Confidence.LOW, Reason.NEIGHBOURS, lambda choice, _: witnesses.is_neighbour(choice.chosen)),
    (Confidence.LOW, Reason.FOLDER, lambda choice, _: witnesses.is_folder(choice.chosen)),
    (Confidence.MEDIUM, Reason.SINGLE, lambda choice, _: not witnesses.is_weak(choice.chosen)),
    (Confidence.LOW, Reason.WEAK, lambda *_: True),
)


def _contradictions(choice: Choice) -> list[Candidate]:
    return [claim for claim in choice.differing() if choice.trust.weight(claim) >= STRONG_WEIGHT]


def _is_apart_from_a_witness(choice: Choice, _: Circumstances) -> bool:
    return any(
        relation is Relation.APART and not witnesses.is_weak(claim) for claim, relation in choice.relations
    )


def _has_lesser_contradiction(choice: Choice, _: Circumstances) -> bool:
    """Tell whether a name, say, that is not strong enough to lower a level still forbids certainty."""
    return any(
        claim.weight < STRONG_WEIGHT and witnesses.family(claim) == witnesses.NAME
        for claim in choice.differing()
    )


def _is_against_clock(choice: Choice, _: Circumstances) -> bool:
    return any(
        claim.weight >= STRONG_WEIGHT and choice.trust.reason(claim) is not None
        for claim in choice.differing()
    )


def _is_against_folder(choice: Choice, _: Circumstances) -> bool:
    """Tell whether the folder is named after another time.

    A year after the picture was taken may be that of an album, a calendar or a move to a new disk, and says
    nothing against a clock that something else confirms.
    """
    chosen = choice.chosen
    for folder in filter(witnesses.is_folder, choice.differing()):
        is_later_year = folder.precision in trust.YEARS and plausibility.digits(folder) > plausibility.digits(
            chosen
        )
        if not (is_later_year and trust.is_confirmed(chosen, choice.claims)):
            return True
    return False


def _is_edited_before(choice: Choice, _: Circumstances) -> bool:
    return any(
        witnesses.is_weak(claim) and _is_day_before(claim, choice.chosen)
        for claim in choice.differing()
        if witnesses.family(claim) == "tags" and choice.trust.reason(claim) is None
    )


def _is_day_before(claim: Candidate, chosen: Candidate) -> bool:
    is_earlier = plausibility.digits(claim) < plausibility.digits(chosen)
    return is_earlier and agreement.gap(claim, chosen) > agreement.DAY


def _is_clock_ahead(choice: Choice, circumstances: Circumstances) -> bool:
    """Tell whether a date is later than the file and nothing confirms it; copying may lose file times."""
    written = circumstances.file_time
    if written is None or written.year < plausibility.FIRST_DIGITAL_CAMERA:
        return False
    chosen = choice.chosen
    is_ahead = plausibility.digits(chosen) > written.replace(tzinfo=None) + CLOCK_AHEAD
    if not is_ahead or witnesses.is_device_name(chosen):  # by the clock of a telephone, which a network sets
        return False
    is_in_folder = any(witnesses.is_folder(claim) for claim in choice.agreeing())
    return not is_in_folder and not trust.is_confirmed(chosen, choice.claims)


def _is_unset_container(choice: Choice, _: Circumstances) -> bool:
    is_container = choice.chosen.source.startswith(agreement.CONTAINER_CLOCKS)
    return is_container and plausibility.digits(choice.chosen).year < FIRST_VIDEO_YEAR


def _is_before_camera(choice: Choice, _: Circumstances) -> bool:
    return witnesses.is_in_file(choice.chosen) and trust.is_before(choice.chosen, choice.trust.launch_year)


def _is_distrusted_as(reason: trust.Distrust) -> Callable[[Choice, Circumstances], bool]:
    return lambda choice, _: choice.trust.reason(choice.chosen) is reason


def _is_suspected(source: str, relation: Relation) -> Callable[[Choice, Circumstances], bool]:
    return lambda choice, circumstances: any(
        claim.source == source and agreement.relation(choice.chosen, claim) is relation
        for claim in circumstances.suspicions
    )


# What limits a confidence, at what, and why.
DOUBTS: Sequence[tuple[Confidence, Reason, Callable[[Choice, Circumstances], bool]]] = (
    (Confidence.LOW, Reason.FACTORY_DEFAULT, _is_distrusted_as(trust.Distrust.NEVER_SET)),
    (Confidence.MEDIUM, Reason.BEFORE_CAMERA, _is_before_camera),
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
    (Confidence.MEDIUM, Reason.ZONE_ASSUMED, lambda _, circumstances: circumstances.is_zone_assumed),
    (Confidence.MEDIUM, Reason.DOUBTED, _has_lesser_contradiction),
    (Confidence.MEDIUM, Reason.AGAINST_CLOCK, _is_against_clock),
    (Confidence.MEDIUM, Reason.AGAINST_FOLDER, _is_against_folder),
    (Confidence.MEDIUM, Reason.EDITED_BEFORE, _is_edited_before),
    (Confidence.MEDIUM, Reason.AFTER_FILE_TIME, _is_clock_ahead),
    (Confidence.MEDIUM, Reason.OUTLIER, _is_suspected(witnesses.OUTLIER, Relation.DIFFERS)),
    (Confidence.MEDIUM, Reason.SAME_SECOND, _is_suspected(witnesses.SAME_SECOND, Relation.AGREES)),
)
