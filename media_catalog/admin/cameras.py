"""Clocks of cameras: what is proposed, what is in force, and how videos are dated."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.read_only import ReadOnlyAdmin, table
from media_catalog.models import CameraHabit, CameraRule
from media_catalog.pipeline.timestamps import clock_words


@admin.register(CameraRule)
class CameraRuleAdmin(ReadOnlyAdmin[CameraRule]):
    list_display = (
        "camera_model",
        "camera_make",
        "camera_serial",
        "shift",
        "time_zone",
        "from_local",
        "until_local",
        "state",
    )
    list_filter = ("state",)
    search_fields = ("camera_make", "camera_model", "camera_serial")
    readonly_fields = ("shift", "reason", "examples")
    fieldsets = (
        (None, {"fields": ("camera_make", "camera_model", "camera_serial", "source", "state")}),
        (_("The clock"), {"fields": ("shift", "time_zone", "from_local", "until_local")}),
        (_("Evidence"), {"fields": ("reason", "examples", "created_at")}),
    )

    @admin.display(description=_("shift"))
    def shift(self, rule: CameraRule) -> str:
        sign = "-" if rule.shift_seconds < 0 else "+"
        return f"{sign}{clock_words.duration(rule.shift_seconds)}" if rule.shift_seconds else "-"

    @admin.display(description=_("why"))
    def reason(self, rule: CameraRule) -> str:
        return str(rule.evidence.get("text", "-"))

    @admin.display(description=_("examples"))
    def examples(self, rule: CameraRule) -> str:
        rows = [
            (
                example["path"],
                example["clock"],
                example["says"],
                _("for") if example["is_for"] else _("against"),
            )
            for example in rule.evidence.get("examples", [])
        ]
        return table(rows) if rows else "-"


@admin.register(CameraHabit)
class CameraHabitAdmin(ReadOnlyAdmin[CameraHabit]):
    list_display = ("camera_model", "camera_make", "utc_count", "local_count")
    search_fields = ("camera_make", "camera_model")
