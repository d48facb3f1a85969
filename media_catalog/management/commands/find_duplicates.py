"""Say what copies there are, and resolve groups of them by rule."""

import json
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from media_catalog.management import copy_summaries, progress
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Decision, DuplicateGroup
from media_catalog.services import copy_rules, decisions, grouping, jobs
from media_catalog.services.copy_rules import Confidence, Count, Keep, Rule

SAMPLE = 5
CONDITIONS = ("same_source", "preferred_source", "folder", "more_pixels", "confidence", "keep")


class Command(CatalogCommand):
    help = (
        "Show the groups of copies by class, and with --class what a rule would do with them and some of "
        "them at random. --apply does it: what is discarded is not exported, and one token takes it all back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--class",
            dest="kind",
            choices=[kind.value for kind in copy_rules.KINDS],
            help="only these groups",
        )
        parser.add_argument(
            "--keep",
            choices=[keep.value for keep in Keep],
            help="the recommended file, or all (usual for edited and burst)",
        )
        parser.add_argument("--same-source", action="store_true", help="only where all are from one source")
        parser.add_argument(
            "--preferred-source", action="store_true", help="only where the one kept is of a preferred source"
        )
        parser.add_argument("--folder", default="", help="only where all that is set aside lies below it")
        parser.add_argument(
            "--more-pixels", action="store_true", help="only where the one kept is larger than the others"
        )
        parser.add_argument(
            "--confidence", choices=[level.value for level in Confidence], help="only groups that are as sure"
        )
        parser.add_argument("--sample", type=int, default=SAMPLE, metavar="N", help="show N groups (5)")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="another sample")
        parser.add_argument(
            "--search", action="store_true", help="look for copies in the whole library first"
        )
        parser.add_argument("--apply", action="store_true", help="do it")
        parser.add_argument("--undo", metavar="TOKEN", help="take back what was done")
        parser.add_argument("--redo", metavar="TOKEN", help="do again what was taken back")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["undo"] or options["redo"]:
            self._turn(options)
            return
        if options["sample"] < 0:
            raise refuse(f"--sample {options['sample']} is not usable: give a number from 0.")
        if options["search"]:
            _search(show=not options["json"])
        if options["kind"]:
            self._rule(_rule(options), options)
        elif options["apply"] or any(options[one] for one in CONDITIONS):
            raise refuse(f"Say which groups: --class {'|'.join(copy_rules.KINDS)}.")
        else:
            self._overview(options)

    def _overview(self, options: dict[str, Any]) -> None:
        identical = copy_summaries.identical()
        found = {kind: copy_rules.count(Rule(kind=kind)) for kind in copy_rules.KINDS}
        resolved = copy_summaries.resolved()
        if options["json"]:
            classes = {kind: copy_summaries.as_dict(Rule(kind=kind), one) for kind, one in found.items()}
            for kind, one in classes.items():
                one["resolved"] = resolved.get(kind, 0)
            self.stdout.write(json.dumps({"identical": identical, "classes": classes}))
            return
        for line in (copy_summaries.of_identical(identical), *_lines(found, resolved)):
            self.stdout.write(line)

    def _rule(self, rule: Rule, options: dict[str, Any]) -> None:
        counted = copy_rules.count(rule)
        sample = copy_rules.sample(rule, counted, number=options["sample"], seed=options["seed"])
        facts = {
            "rule": copy_summaries.rule_dict(rule),
            **copy_summaries.as_dict(rule, counted),
            "sample": [copy_summaries.plan_dict(plan) for plan in sample],
            "applied": None,
        }
        if not options["json"]:
            for line in (copy_summaries.sentence(rule, counted), *copy_summaries.sample_lines(sample)):
                self.stdout.write(line)
        if options["apply"]:
            facts["applied"] = self._apply(rule, counted, options)
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        elif not options["apply"]:
            self.stdout.write("Nothing was changed: --apply does it.")

    def _apply(self, rule: Rule, counted: Count, options: dict[str, Any]) -> dict[str, Any]:
        token = uuid.uuid4()
        if not options["json"]:
            # Before anything is done, so that what is broken off can be taken back as well.
            self.stdout.write(f"Token: {token}")
        done = copy_rules.apply(rule, counted, batch=token, actor=None, at=timezone.now())
        if not options["json"]:
            self.stdout.write(copy_summaries.of_applied(done))
        return copy_summaries.applied_dict(done)

    def _turn(self, options: dict[str, Any]) -> None:
        turn, text = (
            (decisions.undo, options["undo"]) if options["undo"] else (decisions.redo, options["redo"])
        )
        done = turn(_token(text), actor=None, at=timezone.now())
        changed = len(done.refused_ids)
        if options["json"]:
            self.stdout.write(json.dumps({"files": done.number, "changed_since": list(done.refused_ids)}))
            return
        since = f"; {changed} were changed since and stay as they are" if changed else ""
        end = "as they were before" if options["undo"] else "as they were before that was taken back"
        self.stdout.write(f"{done.number} files are {end}{since}.")


def _lines(found: dict[Any, Count], resolved: dict[str, int]) -> Iterator[str]:
    for kind, counted in found.items():
        if counted.groups or counted.left or resolved.get(kind):
            done = f" {resolved[kind]} are resolved." if resolved.get(kind) else ""
            yield f"{copy_summaries.sentence(Rule(kind=kind), counted)}{done}"


def _search(*, show: bool) -> None:
    try:
        progress.completed(grouping.start(created_at=timezone.now()), show=show)
    except jobs.AlreadyRunning as running:
        raise refuse(str(running)) from running


def _rule(options: dict[str, Any]) -> Rule:
    return Rule(
        kind=DuplicateGroup.Kind(options["kind"]),
        keep=Keep(options["keep"]) if options["keep"] else None,
        is_same_source=options["same_source"],
        is_preferred_source=options["preferred_source"],
        folder=options["folder"],
        has_more_pixels=options["more_pixels"],
        confidence=Confidence(options["confidence"]) if options["confidence"] else None,
    )


def _token(text: str) -> uuid.UUID:
    try:
        token = uuid.UUID(text)
    except ValueError:
        token = None
    if token is None or not Decision.objects.filter(batch=token).exists():
        raise _unknown(text)
    return token


def _unknown(text: str) -> CommandError:
    return refuse(f"Nothing was done under {text!r}.")
