"""Which claims are not to be trusted in the company of the others, whatever their weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from media_catalog.pipeline.filename_dates import folders
from media_catalog.pipeline.timestamps import agreement, launches, plausibility, witnesses
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision

# A camera whose date is farther than this from that of its folder was not set, or set wrong. Nearer, and the
# folder may be named after the day of the import, or after another part of the journey.
FAR_FROM_FOLDER = timedelta(days=100)
SAME_DAY = timedelta(days=3)
RESET_DAYS = 45  # a clock that lost its battery counts from 1 January
EXACT_FOLDERS = frozenset((Precision.DAY, Precision.MONTH))
YEARS = frozenset((Precision.YEAR, Precision.DECADE))
OWN_ZONE = ("EXIF:Offset", "value", "camera rule")
Camera = tuple[str | None, str | None]


class Distrust(StrEnum):
    """Why a claim is not trusted; `phrases` has the words for the person who reviews."""

    BEFORE_CAMERA = "before_camera"
    NEVER_SET = "never_set"
    WRONG_YEAR = "wrong_year"
    AGAINST_FOLDER = "against_folder"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The reasons against claims, by the identity of the claim."""

    reasons: Mapping[int, Distrust]
    launch_year: int | None = None  # of the camera

    def reason(self, claim: Candidate) -> Distrust | None:
        return self.reasons.get(id(claim))

    def weight(self, claim: Candidate) -> int:
        """Give the weight that a claim has here; what is not trusted still counts where nothing else is."""
        return 0 if id(claim) in self.reasons else claim.weight


def weigh(claims: Sequence[Candidate], *, camera: Camera) -> Trust:
    """Find the claims that are not trusted; `camera` is make and model."""
    launch_year = launches.launch_year(*camera)
    reasons = {
        id(claim): reason for claim in claims if (reason := _distrust(claim, claims, launch_year=launch_year))
    }
    return Trust(reasons=reasons, launch_year=launch_year)


def is_confirmed(claim: Candidate, claims: Sequence[Candidate]) -> bool:
    """Tell whether a clock is known to be right: it knows its zone, or an independent clock agrees."""
    if claim.offset_source and claim.offset_source.startswith(OWN_ZONE):
        return True
    own = witnesses.family(claim)
    return any(
        other.weight >= witnesses.STRONG_WEIGHT
        and other.precision in EXACT
        and witnesses.family(other) != own
        and agreement.relation(claim, other) is Relation.AGREES
        for other in claims
    )


def _distrust(claim: Candidate, claims: Sequence[Candidate], *, launch_year: int | None) -> Distrust | None:
    if witnesses.is_in_file(claim):
        if is_before(claim, launch_year) and not is_confirmed(claim, claims):
            return Distrust.BEFORE_CAMERA
        if is_never_set(claim, claims):
            return Distrust.NEVER_SET
    if _is_after_capture(claim, claims):
        return Distrust.LATER
    return _distrust_by_folder(claim, claims)


def is_before(claim: Candidate, launch_year: int | None) -> bool:
    """Tell whether a date is older than the camera that wrote it."""
    return launch_year is not None and plausibility.digits(claim).year < launch_year


def is_never_set(claim: Candidate, claims: Sequence[Candidate]) -> bool:
    """Tell whether a clock shows the first minutes of a year, unless satellites do as well."""
    if not plausibility.is_factory_default(claim):
        return False
    return not any(
        witnesses.is_gps(other) and agreement.relation(claim, other) is Relation.AGREES for other in claims
    )


def _distrust_by_folder(claim: Candidate, claims: Sequence[Candidate]) -> Distrust | None:
    folder = _folder(claims)
    if folder is None or folder.precision not in EXACT_FOLDERS or not witnesses.is_in_file(claim):
        return None
    if agreement.distance(claim, folder) <= FAR_FROM_FOLDER or is_confirmed(claim, claims):
        return None
    if _is_same_day_of_year(claim, folder):
        return Distrust.WRONG_YEAR
    is_wrong = _is_folder_of_event(claim, folder) or _has_other_clock(claim, folder, claims)
    return Distrust.AGAINST_FOLDER if is_wrong else None


def _is_same_day_of_year(claim: Candidate, folder: Candidate) -> bool:
    time, start = plausibility.digits(claim), plausibility.digits(folder)
    shift = timedelta(days=365.25 * (start.year - time.year))
    moved = replace(claim, local=time + shift, instant=None)
    return agreement.distance(moved, folder) <= SAME_DAY


def _is_folder_of_event(claim: Candidate, folder: Candidate) -> bool:
    """Tell whether a folder is named after its pictures, not after a later day on which a program made it.

    It is if it has words beside the date, or lies before what the camera says; or if that looks reset.
    """
    time = plausibility.digits(claim)
    is_earlier = plausibility.digits(folder) < time
    return is_earlier or not folders.is_bare(folder.raw) or time.timetuple().tm_yday <= RESET_DAYS


def _has_other_clock(claim: Candidate, folder: Candidate, claims: Sequence[Candidate]) -> bool:
    own = witnesses.family(claim)
    return any(
        other.weight >= witnesses.STRONG_WEIGHT
        and witnesses.family(other) != own
        and agreement.relation(other, folder) is Relation.AGREES
        for other in claims
    )


def _is_after_capture(claim: Candidate, claims: Sequence[Candidate]) -> bool:
    """Tell whether something was done to a picture after it was taken, by its folder or by its original."""
    return witnesses.is_late(claim) and any(
        plausibility.digits(claim) > plausibility.digits(other)
        for other in claims
        if other.source in witnesses.ORIGINALS or _is_folder_before(claim, other)
    )


def _is_folder_before(claim: Candidate, other: Candidate) -> bool:
    """Tell whether a folder is named after another time; a mere year is no better than a message's day."""
    is_finer = other.precision not in YEARS or claim.source not in witnesses.SENT_NAMES
    return witnesses.is_folder(other) and is_finer and agreement.relation(claim, other) is Relation.DIFFERS


def _folder(claims: Sequence[Candidate]) -> Candidate | None:
    return next((claim for claim in claims if witnesses.is_folder(claim)), None)
