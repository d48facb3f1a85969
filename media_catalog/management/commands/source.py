"""List the sources, and say whose files are rather kept."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from media_catalog.management import progress
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Source
from media_catalog.services import grouping, jobs, sources


class Command(CatalogCommand):
    help = (
        "List the sources with their preference. Of copies, the one from the more preferred source is kept: "
        "`source Originals --over WhatsApp`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("label", nargs="?", help="the source to prefer")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--over", metavar="LABEL", help="prefer it over this one")
        choice.add_argument("--preference", type=int, metavar="N", help="or give its preference; usual is 0")
        parser.add_argument("--no-search", action="store_true", help="do not rank the copies anew at once")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["label"] is not None:
            self._prefer(options)
        listed = list(Source.objects.order_by("-keeper_preference", "label", "pk"))
        if options["json"]:
            rows = [{"source": one.label, "preference": one.keeper_preference} for one in listed]
            self.stdout.write(json.dumps({"sources": rows}))
            return
        for one in listed:
            self.stdout.write(f"{one.keeper_preference:>5} {one.label} ({one.root_text})")
        if not listed:
            self.stdout.write("There are no sources yet.")

    def _prefer(self, options: dict[str, Any]) -> None:
        source = _source(options["label"])
        try:
            if options["over"] is not None:
                is_changed = sources.prefer(source, over=_source(options["over"]))
            elif options["preference"] is not None:
                is_changed = sources.set_preference(source, options["preference"])
            else:
                raise refuse("Say over which source: --over LABEL, or --preference N.")
        except sources.PreferenceRefused as refused:
            raise refuse(str(refused)) from refused
        if is_changed and not options["no_search"]:
            _rank_again(show=not options["json"])


def _rank_again(*, show: bool) -> None:
    try:
        progress.completed(grouping.start(created_at=timezone.now()), show=show)
    except jobs.AlreadyRunning as running:
        raise CommandError(
            f"The preference is stored, but copies are not ranked anew: {running}"
        ) from running


def _source(label: str) -> Source:
    found = list(Source.objects.filter(label=label)[:2])
    if len(found) != 1:
        raise refuse(f"{'Several sources are' if found else 'No source is'} called {label!r}.")
    return found[0]
