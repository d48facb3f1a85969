"""Make, accept, dismiss and undo rules about the clocks of cameras."""

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from media_catalog.management import clock_options, clock_summaries, progress
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import CameraRule, Job, MediaFile, Source
from media_catalog.services import camera_effects, cameras, jobs

State = CameraRule.State
USAGE = "give a MODEL with --shift or --zone, or one of --accept N, --dismiss N and --undo N."


class Command(CatalogCommand):
    help = (
        "Correct the clock of a camera, for files that are here and that will come. Says first what changes. "
        "Dates that a person gave or confirmed stay, and so do the originals."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", metavar="MODEL", nargs="?", help="as `manage.py cameras` lists it")
        parser.add_argument("--make", default="", help="for models of this make only")
        parser.add_argument("--serial", default="", metavar="NUMBER", help="for this camera only")
        parser.add_argument("--source", metavar="LABEL", help="for files of this source only")
        parser.add_argument("--shift", help="added to its clock, such as --shift=-6h, +365d or 1d2h30m")
        parser.add_argument("--zone", metavar="IANA", help="zone of its clock, such as Asia/Tokyo")
        parser.add_argument("--from", dest="begin", metavar="CLOCK", help="from when, by its own clock")
        parser.add_argument("--until", metavar="CLOCK", help="until when, by its own clock")
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--accept", type=int, metavar="N", help="put proposed rule N in force")
        actions.add_argument("--dismiss", type=int, metavar="N", help="never propose rule N again")
        actions.add_argument("--undo", type=int, metavar="N", help="take rule N out of force")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["dismiss"] is not None:
                self._dismiss(options)
            elif options["undo"] is not None:
                self._undo(options)
            else:
                self._apply(_wanted(options), options)
        except (cameras.RuleRefused, jobs.AlreadyRunning) as refused:
            raise refuse(str(refused)) from refused

    def _apply(self, rule: CameraRule, options: dict[str, Any]) -> None:
        now = timezone.now()
        changes = clock_summaries.Changes()
        for change in camera_effects.preview(rule, at=now):
            changes.add(change)
        if not options["json"]:
            self._show(rule, changes)
        facts = {**dataclasses.asdict(changes), "is_dry_run": options["dry_run"], "changed": 0}
        if not options["dry_run"]:
            facts["changed"] = _carry_out(cameras.activate(rule, at=now), options)
        self._conclude(rule, facts, options)

    def _show(self, rule: CameraRule, changes: clock_summaries.Changes) -> None:
        self.stdout.write(clock_summaries.rule_text(rule))
        for line in clock_summaries.change_lines(changes.listed):
            self.stdout.write(line)
        left = f"; {changes.left} that a person dated stay" if changes.left else ""
        self.stdout.write(f"{len(changes.listed)} of {changes.files} files get another date{left}.")

    def _conclude(self, rule: CameraRule, facts: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({**clock_summaries.rule_dict(rule), **facts}))
        elif options["dry_run"]:
            self.stdout.write("Nothing was changed.")
        else:
            self.stdout.write(
                f"Rule {rule.pk} is in force: {facts['changed']} files have another date now. "
                f"`manage.py camera_rule --undo {rule.pk}` takes it back."
            )

    def _undo(self, options: dict[str, Any]) -> None:
        rule = _existing(options["undo"], State.ACTIVE)
        is_dry = options["dry_run"]
        number = 0 if is_dry else _carry_out(cameras.deactivate(rule, at=timezone.now()), options)
        text = "would be taken" if options["dry_run"] else f"is taken back: {number} files"
        facts = {**clock_summaries.rule_dict(rule), "changed": number, "is_dry_run": options["dry_run"]}
        end = "out of force" if options["dry_run"] else "have the dates again that they have without it"
        self.stdout.write(json.dumps(facts) if options["json"] else f"Rule {rule.pk} {text} {end}.")

    def _dismiss(self, options: dict[str, Any]) -> None:
        rule = _existing(options["dismiss"], State.PROPOSED)
        if not options["dry_run"]:
            cameras.dismiss(rule)
            rule.state = State.DISMISSED
        text = f"Rule {rule.pk} is {rule.state}."
        self.stdout.write(json.dumps(clock_summaries.rule_dict(rule)) if options["json"] else text)


def _carry_out(job: Job, options: dict[str, Any]) -> int:
    """Wait until all dates are changed; return how many are."""
    return progress.completed(job, show=not options["json"]).changed_count


def _wanted(options: dict[str, Any]) -> CameraRule:
    if options["accept"] is not None:
        return _existing(options["accept"], State.PROPOSED, State.DISMISSED)
    if not options["model"] or not (options["shift"] or options["zone"]):
        raise refuse(f"Nothing to do: {USAGE}")
    rule = CameraRule(
        camera_make=options["make"],
        camera_model=options["model"],
        camera_serial=options["serial"],
        source=_source(options["source"]),
        from_local=clock_options.clock("--from", options["begin"]),
        until_local=clock_options.clock("--until", options["until"], is_end=True),
        shift_seconds=round(clock_options.shift(options["shift"] or "0s").total_seconds()),
        time_zone=clock_options.zone(options["zone"]).key if options["zone"] else "",
    )
    if rule.from_local and rule.until_local and rule.until_local < rule.from_local:
        raise refuse("--until lies before --from.")
    if not _is_known(rule):
        raise refuse(f"No file names a camera {options['model']!r}: `manage.py cameras` lists those that do.")
    return rule


def _is_known(rule: CameraRule) -> bool:
    files = MediaFile.objects.filter(camera_model=rule.camera_model)
    return (files.filter(camera_make=rule.camera_make) if rule.camera_make else files).exists()


def _existing(number: int, *states: State) -> CameraRule:
    rule = CameraRule.objects.select_related("source").filter(pk=number).first()
    if rule is None:
        raise refuse(f"There is no rule {number}: `manage.py cameras` lists them.")
    if rule.state not in states:
        raise refuse(f"Rule {number} is {rule.state}, not {' or '.join(states)}.")
    return rule


def _source(label: str | None) -> Source | None:
    if label is None:
        return None
    found = list(Source.objects.filter(label=label)[:2])
    if len(found) != 1:
        raise refuse(f"{'Several sources are' if found else 'No source is'} called {label!r}.")
    return found[0]
