"""Derive what 0004 made room for: an act for every batch of decisions, what needs a date, and the counts."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, Exists, Max, Min, OuterRef

SLICE = 1000
COLUMNS = ("source", "needs_date", "fate", "state", "is_open", "confidence", "reason_code")
FACETS = ("needs_date", "standing", "doubt", "group", "why_failed", "why_skipped")
UNDO, REDO = "undo", "redo"
VERBS = {"date": "set_date", "disposition": "discard", "flag": "flag", "tag": "tag", "merge": "resolve"}


def begin_acts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Open an act for every batch, its verb told by the decisions that it holds."""
    Decision = apps.get_model("media_catalog", "Decision")
    DecisionBatch = apps.get_model("media_catalog", "DecisionBatch")
    known = Decision.objects.values("batch").annotate(
        number=Count("file", distinct=True), at=Min("created_at"), actor=Max("actor"), last=Max("pk")
    )
    rows = []
    for row in known.order_by("last").iterator(SLICE):
        verb, params = _verb(Decision, row["batch"])
        rows.append(
            DecisionBatch(
                pk=row["batch"],
                verb=verb,
                params=params,
                number=row["number"],
                actor_id=row["actor"],
                created_at=row["at"],
            )
        )
    DecisionBatch.objects.bulk_create(rows, batch_size=SLICE)
    for row in rows:
        if row.verb in (UNDO, REDO):
            first = DecisionBatch.objects.filter(pk=row.params["of"])
            first.update(undone_by=row.pk if row.verb == UNDO else None)


def _verb(Decision: Any, batch: Any) -> tuple[str, dict[str, Any]]:
    mine = Decision.objects.filter(batch=batch)
    first = mine.order_by("pk").first()
    if first.kind == "undo":
        depth, undone = 0, first
        while undone.undoes_id:
            depth, undone = depth + 1, Decision.objects.get(pk=undone.undoes_id)
        return (UNDO if depth % 2 else REDO), {"of": str(undone.batch)}
    if group := mine.filter(kind="group").order_by("pk").first():
        is_verdict = "pairs" in group.after
        return ("separate", {}) if is_verdict else ("resolve", {"groups": mine.filter(kind="group").count()})
    return _of_fields(first), {}


def _of_fields(first: Any) -> str:
    after = first.after
    if first.kind == "date" and "captured_local" not in after and "offset_minutes" not in after:
        return "confirm"
    if first.kind == "disposition":
        return {"keep": "keep", "undecided": "restore"}.get(str(after.get("disposition")), "discard")
    if first.kind == "flag":
        return "flag" if after.get("is_flagged") else "unflag"
    return VERBS[first.kind]


def derive_needs(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Find the files that need a date, and count them and the groups, slice by slice."""
    MediaFile = apps.get_model("media_catalog", "MediaFile")
    Member = apps.get_model("media_catalog", "DuplicateMember")
    LibraryCount = apps.get_model("media_catalog", "LibraryCount")
    copies = Member.objects.filter(file=OuterRef("pk"), kind="identical", is_keeper=False)
    doubtful = MediaFile.objects.filter(state="analysed", reviewed_at=None).exclude(confidence="high")
    found: Counter[tuple[int, str, str]] = Counter()
    last = 0
    while ids := list(MediaFile.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        mine = doubtful.filter(pk__in=ids).exclude(disposition="discard").exclude(Exists(copies))
        mine.update(needs_date=True)
        for file in MediaFile.objects.filter(pk__in=ids).only(*COLUMNS):
            for facet, value in _facets(file):
                found[file.source_id, facet, value] += 1
        last = ids[-1]
    keepers = Member.objects.filter(is_keeper=True, group__resolved_at=None).order_by()
    for source_id, kind, number in keepers.values_list("file__source", "kind").annotate(Count("pk")):
        found[source_id, "group", kind] += number
    LibraryCount.objects.filter(facet__in=FACETS).delete()
    LibraryCount.objects.bulk_create(
        LibraryCount(source_id=source_id, facet=facet, value=value, number=number)
        for (source_id, facet, value), number in sorted(found.items())
    )


def _facets(file: Any) -> Iterator[tuple[str, str]]:
    yield "needs_date", str(file.needs_date)
    yield "standing", _standing(file.fate, file.state, file.is_open)
    if file.needs_date:
        yield "doubt", file.confidence
    if file.fate in ("failed", "skipped"):
        yield f"why_{file.fate}", file.reason_code


def _standing(fate: str, state: str, is_open: bool) -> str:
    if fate != "waiting":
        return fate
    if state == "discovered":
        return "unread"
    return "open" if is_open else "ready"


class Migration(migrations.Migration):

    dependencies = [
        ('media_catalog', '0004_review'),
    ]

    operations = [
        migrations.RunPython(begin_acts, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(derive_needs, migrations.RunPython.noop, elidable=True),
    ]
