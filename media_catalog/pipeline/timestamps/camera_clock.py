"""What is known about the clock of one camera at one time, for those who decide on its files' dates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraClock:
    """A clock's error and zone.

    `shift_seconds` is added to the wall clocks that the camera itself wrote. `zone` (IANA) is the zone in
    which they are right after that, `None` while unknown. `quicktime_is_local` tells whether the camera
    writes its wall clock where QuickTime wants UTC, `None` while unknown.
    """

    shift_seconds: int = 0
    zone: str | None = None
    quicktime_is_local: bool | None = None
