"""django-q2's queue in the database, for hosts whose clocks do not agree, and machines that mostly rest."""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django_q.brokers.orm import ORM

# A task is delivered once its time has come by the clock of the host that asks. The one of the host that
# rings may be ahead of it, and then work would wait for as long.
CLOCKS_AGREE_WITHIN = timedelta(days=1)
# Where there was work just now, more is likely to come: the queue is asked as often as the settings say.
# Later each asking is one more query for nothing, which a laptop pays for all day.
AWAKE_S, DOZE_S = 10.0, 0.4


class Doorbells(ORM):  # type: ignore[misc]  # it has no types
    """Rings so early that every host hears it at once, and dozes between askings once it has been quiet."""

    _heard_at = 0.0

    def dequeue(self) -> Sequence[tuple[int, str]] | None:
        """Return what waits, or wait for as long as the settings say; longer where nothing came of late."""
        found: Sequence[tuple[int, str]] | None = super().dequeue()
        if found:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > AWAKE_S:
            time.sleep(DOZE_S)
        return found

    def enqueue(self, task: str) -> int:
        heard_at = timezone.now() - CLOCKS_AGREE_WITHIN
        package = self.get_connection().create(key=self.list_key, payload=task, lock=heard_at)
        return int(package.pk)
