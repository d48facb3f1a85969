"""Hand out again what dead workers held."""

from typing import Any

from media_catalog.management.base import CatalogCommand
from media_catalog.services import clock, janitor, reconciler


class Command(CatalogCommand):
    help = "Hand out again the work that dead workers held, and remove what they left behind."

    def handle(self, *_: Any, **__: Any) -> None:
        handed_out = reconciler.reconcile(at=clock.now())
        removed = janitor.tidy(at=clock.now())
        self.stdout.write(f"{handed_out} batches handed out again, {removed} leftovers removed.")
