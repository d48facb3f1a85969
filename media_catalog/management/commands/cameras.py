"""List the cameras and what is known about their clocks."""

import json
from argparse import ArgumentParser
from collections import defaultdict
from typing import Any

from django.utils import timezone

from media_catalog.management import clock_summaries
from media_catalog.management.base import CatalogCommand
from media_catalog.models import CameraHabit, CameraRule
from media_catalog.services import camera_clocks, camera_proposals, cameras

HABITS = {True: "local", False: "utc", None: None}


class Command(CatalogCommand):
    help = "List the cameras, the errors of their clocks that the evidence shows, and the rules in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--refresh", action="store_true", help="look for errors in all cameras anew, as imports do"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        known = list(cameras.with_counts())
        if options["refresh"]:
            for make, model, _number in known:
                camera_proposals.propose(make, model, at=timezone.now())
        rules = _rules()
        listed = [_camera(*camera) for camera in known]
        if options["json"]:
            for camera in listed:
                camera["rules"] = [clock_summaries.rule_dict(rule) for rule in _rules_of(camera, rules)]
            self.stdout.write(json.dumps({"cameras": listed}))
            return
        for camera in listed:
            for line in clock_summaries.camera_lines(camera, _rules_of(camera, rules)):
                self.stdout.write(line)
        self.stdout.write(_advice(rules) if listed else "No file names a camera.")


def _camera(make: str, model: str, number: int) -> dict[str, Any]:
    habit = CameraHabit.objects.filter(camera_make=make, camera_model=model).first()
    is_local = camera_clocks.is_local_by(habit) if habit else None
    return {"make": make, "model": model, "files": number, "quicktime": HABITS[is_local]}


def _rules() -> dict[str, list[CameraRule]]:
    rules = defaultdict(list)
    for rule in CameraRule.objects.select_related("source").order_by("pk"):
        rules[rule.camera_model].append(rule)
    return rules


def _rules_of(camera: dict[str, Any], rules: dict[str, list[CameraRule]]) -> list[CameraRule]:
    return [rule for rule in rules.get(camera["model"], []) if rule.camera_make in ("", camera["make"])]


def _advice(rules: dict[str, list[CameraRule]]) -> str:
    proposed = [rule for some in rules.values() for rule in some if rule.state == CameraRule.State.PROPOSED]
    if not proposed:
        return "No clock is proposed to be corrected."
    number = proposed[0].pk
    return f"`manage.py camera_rule --accept {number} --dry-run` shows what rule {number} would change."
