"""Groups of copies and what rules do with them, in words and for other programs."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count as Number
from django.db.models import Sum

from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile
from media_catalog.pipeline.duplicates import words
from media_catalog.services.copy_rules import Applied, Count, Keep, Rule
from media_catalog.services.group_plans import Plan
from media_catalog.templatetags.plain import visible

MEGABYTE = 1_000_000
IDENTICAL = DuplicateGroup.Kind.IDENTICAL


def identical() -> dict[str, int]:
    """Count groups of identical files, and what is set aside in them."""
    copies = DuplicateMember.objects.filter(kind=IDENTICAL, is_keeper=False)
    sums = copies.aggregate(files=Number("pk"), size_bytes=Sum("file__size_bytes"))
    groups = DuplicateGroup.objects.filter(kind=IDENTICAL).count()
    return {"groups": groups, "files": sums["files"], "size_bytes": sums["size_bytes"] or 0}


def resolved() -> dict[str, int]:
    """Count the groups of each class that are resolved."""
    groups = DuplicateGroup.objects.filter(resolved_at__isnull=False).values_list("kind")
    return dict(groups.annotate(Number("pk")).order_by())


def of_identical(facts: dict[str, int]) -> str:
    size = _size(facts["size_bytes"])
    return f"identical: {facts['groups']} groups, {facts['files']} further copies ({size}), exported once."


def sentence(rule: Rule, counted: Count) -> str:
    """Say what a rule would do: "near: keeps the recommended file of 12 groups and discards 15, 3.2 MB"."""
    left = f"; {counted.left} groups are not covered" if counted.left else ""
    if rule.keeps is Keep.ALL:
        return f"{rule.kind}: keeps all files of {counted.groups} groups{left}."
    what = f"keeps the recommended file of {counted.groups} groups and discards {counted.files}"
    return f"{rule.kind}: {what}, {_size(counted.size_bytes)}{left}."


def sample_lines(plans: Iterable[Plan]) -> Iterator[str]:
    for plan in plans:
        yield f"  group {plan.group.pk}"
        for file, says in _members(plan):
            mark = "keeps   " if file.pk in plan.kept else "discards"
            size = f"{file.width_px} × {file.height_px}, " if file.width_px else ""  # noqa: RUF001
            path = visible(_path(file))
            yield f"    {mark} {path} ({size}{_size(file.size_bytes)}){': ' if says else ''}{'; '.join(says)}"


def of_applied(done: Applied) -> str:
    changed = f" {done.changed} groups had changed meanwhile and were left out." if done.changed else ""
    facts = f", {done.merged} facts handed on" if done.merged else ""
    what = f"{done.groups} groups resolved, {done.files} files discarded, {_size(done.size_bytes)}{facts}"
    return f"{what}.{changed} `manage.py find_duplicates --undo {done.batch}` takes it back."


def as_dict(rule: Rule, counted: Count) -> dict[str, Any]:
    """Give what a rule would do; the stamps of the groups are for nobody else."""
    return {
        "keep": str(rule.keeps),
        "groups": counted.groups,
        "files": counted.files,
        "size_bytes": counted.size_bytes,
        "not_covered": counted.left,
    }


def rule_dict(rule: Rule) -> dict[str, Any]:
    return {**dataclasses.asdict(rule), "keep": rule.keeps}


def applied_dict(done: Applied) -> dict[str, Any]:
    return {**dataclasses.asdict(done), "batch": str(done.batch)}


def plan_dict(plan: Plan) -> dict[str, Any]:
    return {
        "group": plan.group.pk,
        "members": [
            {
                "path": _path(file),
                "is_kept": file.pk in plan.kept,
                "size_bytes": file.size_bytes,
                "width_px": file.width_px,
                "height_px": file.height_px,
                "because": says,
            }
            for file, says in _members(plan)
        ],
    }


def _members(plan: Plan) -> Iterator[tuple[MediaFile, list[str]]]:
    """Give each file with why it is recommended, or what it is to the recommended one."""
    for member in plan.members:
        codes = member.reasons if member.is_keeper else member.evidence
        known = words.KEEPERS if member.is_keeper else words.RELATIONS
        yield plan.files[member.file_id], [known.get(code, code) for code in codes]


def _path(file: MediaFile) -> str:
    return f"{file.source.root_text.rstrip('/')}/{file.path_text}"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / MEGABYTE:.1f} MB"
