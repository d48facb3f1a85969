"""Cameras, their rules, and what becomes of dates, for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from media_catalog.models import CameraRule
from media_catalog.pipeline.timestamps import clock_words
from media_catalog.services.camera_effects import Change
from media_catalog.services.camera_names import full_name
from media_catalog.templatetags.capture import offset_text
from media_catalog.templatetags.plain import visible

SHOWN = 20  # changes on a terminal; --json has them all


def rule_dict(rule: CameraRule) -> dict[str, Any]:
    """Return a rule as plain data."""
    return {
        "rule": rule.pk,
        "state": rule.state,
        "make": rule.camera_make,
        "model": rule.camera_model,
        "serial": rule.camera_serial,
        "source": rule.source.label if rule.source else None,
        "from": rule.from_local.isoformat() if rule.from_local else None,
        "until": rule.until_local.isoformat() if rule.until_local else None,
        "shift_seconds": rule.shift_seconds,
        "time_zone": rule.time_zone or None,
        "evidence": rule.evidence or None,
    }


def rule_text(rule: CameraRule) -> str:
    """Return a rule in words."""
    parts = []
    if rule.shift_seconds:
        sign = "+" if rule.shift_seconds > 0 else "-"
        parts.append(f"shift {sign}{clock_words.duration(rule.shift_seconds)}")
    if rule.time_zone:
        parts.append(f"zone {rule.time_zone}")
    if rule.from_local or rule.until_local:
        parts.append(f"from {rule.from_local or 'ever'} until {rule.until_local or 'ever'} by its own clock")
    if rule.camera_serial:
        parts.append(f"serial number {visible(rule.camera_serial)}")
    if rule.source:
        parts.append(f"in “{rule.source.label}”")
    return f"rule {rule.pk or '(new)'}, {rule.state}: " + ", ".join(parts or ["changes nothing"])


def camera_lines(camera: dict[str, Any], rules: Sequence[CameraRule]) -> Iterable[str]:
    """Write a camera, its rules and what speaks for them."""
    habit = {"local": ", videos dated by wall clock", "utc": ", videos dated in UTC", None: ""}
    name = visible(full_name(camera["make"], camera["model"]))
    yield f"{name}: {camera['files']} files{habit[camera['quicktime']]}"
    for rule in rules:
        yield f"  {rule_text(rule)}"
        yield from _evidence_lines(rule.evidence)


def _evidence_lines(evidence: dict[str, Any]) -> Iterable[str]:
    if text := evidence.get("text"):
        yield f"    {text}"
    for example in evidence.get("examples", []):
        stand = "for" if example["is_for"] else "against"
        path = visible(example["path"])
        yield f"    {stand}: {path}, by its clock {example['clock']}, by {visible(example['says'])}"


@dataclass(slots=True)
class Changes:
    """What becomes of some files: how many there are, how many are left alone, and the others."""

    files: int = 0
    left: int = 0
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, change: Change) -> None:
        self.files += 1
        self.left += change.is_kept
        if change.is_change:
            file = change.file
            before = date_text(file.captured_local, file.offset_minutes)
            after = date_text(change.local, change.offset_minutes)
            self.listed.append({"path": file.path_text, "before": before, "after": after})


def change_lines(changes: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Write the first changes, and how many more there are."""
    for change in changes[:SHOWN]:
        yield f"  {visible(change['path'])}: {change['before']} -> {change['after']}"
    if len(changes) > SHOWN:
        yield f"  … and {len(changes) - SHOWN} more, which --json lists"


def date_text(local: datetime | None, offset_minutes: int | None) -> str:
    """Write a date with its offset."""
    if local is None:
        return "no date"
    clock = local.isoformat(sep=" ", timespec="seconds")
    return clock if offset_minutes is None else f"{clock} {offset_text(offset_minutes)}"
