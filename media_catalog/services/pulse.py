"""Keeps the lease of a batch while one long step of it runs, and sees whether the job was stopped."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from media_catalog.services import jobs, steps

EVERY = timedelta(seconds=1)
T = TypeVar("T")


class Pulse:
    """A batch that is worked on: `beat` costs next to nothing, however often it is called."""

    def __init__(self, claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
        self.claim, self.clock = claim, clock
        self._beaten_at: datetime | None = None
        self._passed = 0

    def beat(self) -> None:
        """Renew the lease, once a second.

        :raises LeaseLost: when the batch was handed to somebody else.
        :raises Stopped: when the job was paused, cancelled or halted.
        """
        now = self.clock()
        if self._beaten_at is None or now - self._beaten_at >= EVERY:
            jobs.renew(self.claim, at=now)
            self._beaten_at = now
            self._tell()

    def through(self, items: Iterable[T]) -> Iterator[T]:
        """Pass a stream on, with a beat before each item, and count the items as progress of the step."""
        for item in items:
            self.beat()
            self._passed += 1
            yield item
        self._tell()

    def _tell(self) -> None:
        if self._passed:
            steps.advance(self.claim, self._passed)
            self._passed = 0
