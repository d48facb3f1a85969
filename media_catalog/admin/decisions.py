"""What people decided."""

from django.contrib import admin

from media_catalog.admin.read_only import ReadOnlyAdmin
from media_catalog.models import Decision, DecisionBatch


@admin.register(DecisionBatch)
class DecisionBatchAdmin(ReadOnlyAdmin[DecisionBatch]):
    list_display = ("created_at", "verb", "number", "actor", "undone_by")
    list_filter = ("verb",)
    list_select_related = ("actor", "undone_by")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin[Decision]):
    list_display = ("created_at", "kind", "file", "actor", "before", "after", "batch")
    list_filter = ("kind",)
    list_select_related = ("file", "actor")
