"""Hand out again what dead workers held."""

from typing import Any

from django.utils import timezone

from media_catalog.management.base import CatalogCommand
from media_catalog.services import jobs


class Command(CatalogCommand):
    help = "Hand out again the work that dead workers held (a running worker does this by itself)."

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(f"{jobs.reconcile(at=timezone.now())} batches handed out again.")
