from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from media_catalog.models import DecisionBatch, Disposition, LibraryCount, MediaFile
from media_catalog.services import counts, decisions, resolutions, separations
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
migration = import_module("media_catalog.migrations.0005_acts_and_needs")


def acts():
    rows = DecisionBatch.objects.order_by("pk").values_list("pk", "verb", "number", "created_at", "undone_by")
    return list(rows)


def test_every_old_batch_becomes_an_act(now):
    a, b, c, d = (copies.file(f"{name}.jpg") for name in "abcd")
    group, burst = copies.group("near", a, b), copies.group("burst", c, d)
    files = MediaFile.objects.filter(pk=c.pk)
    resolutions.resolve(group.pk, kept=[a.pk], shown=[a.pk, b.pk], actor=None, at=now)
    separations.separate(burst.pk, apart=[d.pk], shown=[c.pk, d.pk], actor=None, at=now)
    decisions.confirm_dates(files, actor=None, at=now)
    decisions.set_flag(files, is_flagged=True, actor=None, at=now)
    decisions.set_flag(files, is_flagged=False, actor=None, at=now)
    kept = decisions.set_disposition(files, disposition=Disposition.KEEP, actor=None, at=now)
    undone = decisions.undo(kept, actor=None, at=now)
    discarded = decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=None, at=now)
    decisions.undo(discarded, actor=None, at=now)
    decisions.redo(discarded, actor=None, at=now)
    DecisionBatch.objects.filter(verb="undo").exclude(pk=undone.batch).update(undone_by=None)
    before = acts()
    DecisionBatch.objects.all().delete()
    migration.begin_acts(apps, None)
    assert acts() == before


def test_what_was_derived_before_is_derived_by_the_migration(now):
    day: dict[str, Any] = {
        "captured_local": copies.SHOT,
        "captured_until_local": copies.SHOT,
        "captured_precision": "day",
    }
    a, b = copies.file("a.jpg"), copies.file("b.jpg", where="hers", confidence="low", **day)
    copies.file("c.jpg", state="failed", reason_code="unreadable")
    copies.file("d.jpg", state="skipped", reason_code="hidden")
    copies.file("e.jpg", state="discovered")
    copies.file("f.jpg", reviewed_at=now)
    copies.identical(*(copies.file(f"same {number}.jpg", content="same") for number in range(2)))
    copies.group("near", a, b)
    counts.rebuild()
    before = stored(), needing()
    LibraryCount.objects.filter(facet__in=migration.FACETS).delete()
    MediaFile.objects.update(needs_date=False)
    migration.derive_needs(apps, None)
    assert stored() == before[0]
    assert needing() == before[1]


def stored():
    return sorted(LibraryCount.objects.values_list("source", "facet", "value", "number"))


def needing():
    return sorted(MediaFile.objects.filter(needs_date=True).values_list("pk", flat=True))
