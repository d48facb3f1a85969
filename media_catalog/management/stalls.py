"""When a cluster is frozen: its workers wait for a lock that one of them took to the grave."""

from dataclasses import dataclass

STALLED_AFTER_S = 8
STARTED_WITHIN_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a supervisor saw of its own cluster at a moment."""

    has_signs: bool  # a worker began or ended something since the last look
    has_waiting: bool  # a batch waits that any worker may claim
    is_working: bool  # a worker of this cluster holds a batch, however long that takes
    is_jammed: bool  # doorbells lie in the queue or in the cluster, and nobody hears them
    is_clogged: bool  # results lie in the cluster, and nobody takes them


class StallWatch:
    """Judges looks, one after the other. Each of several reasons to do nothing starts the clock anew."""

    def __init__(self, *, at_s: float) -> None:
        self.restarted(at_s=at_s)

    def restarted(self, *, at_s: float) -> None:
        """The cluster was started: give it the time that this takes."""
        self._patience_s = STARTED_WITHIN_S
        self._quiet_since_s = at_s

    def uncertain(self, *, at_s: float) -> None:
        """Nothing could be seen, or so slowly that the database may be what the workers wait for."""
        self._quiet_since_s = at_s

    def is_stalled(self, look: Look, *, at_s: float) -> bool:
        """Judge a look; `at_s` is of a clock that is never set."""
        if look.has_signs:
            self._patience_s = STALLED_AFTER_S
        is_suspect = (look.has_waiting and look.is_jammed) or look.is_clogged
        if look.has_signs or look.is_working or not is_suspect:
            self._quiet_since_s = at_s
        return at_s - self._quiet_since_s > self._patience_s
