"""django-q2's queue in the database, for hosts whose clocks do not agree."""

from datetime import timedelta

from django.utils import timezone
from django_q.brokers.orm import ORM

# A task is delivered once its time has come by the clock of the host that asks. The one of the host that
# rings may be ahead of it, and then work would wait for as long.
CLOCKS_AGREE_WITHIN = timedelta(days=1)


class Doorbells(ORM):  # type: ignore[misc]  # it has no types
    """Rings so early that every host hears it at once."""

    def enqueue(self, task: str) -> int:
        heard_at = timezone.now() - CLOCKS_AGREE_WITHIN
        package = self.get_connection().create(key=self.list_key, payload=task, lock=heard_at)
        return int(package.pk)
