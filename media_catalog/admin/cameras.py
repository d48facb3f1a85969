"""Clocks of cameras: what is proposed, what is in force, and how videos are dated."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.confirmed import ConfirmedAdmin, RowDeed
from media_catalog.admin.read_only import ReadOnlyAdmin, table
from media_catalog.models import CameraHabit, CameraRule
from media_catalog.pipeline.timestamps import clock_words
from media_catalog.services import cameras, jobs
from media_catalog.services.decisions import Actor

State = CameraRule.State


def _in(*states: State) -> Callable[[CameraRule], str]:
    def refusal(rule: CameraRule) -> str:
        if rule.state in states:
            return ""
        return gettext("it is %(state)s") % {"state": rule.get_state_display()}

    return refusal


def _activate(rule: CameraRule, _actor: Actor, at: datetime) -> object:
    return cameras.activate(rule, at=at)


def _deactivate(rule: CameraRule, _actor: Actor, at: datetime) -> object:
    return cameras.deactivate(rule, at=at)


def _dismiss(rule: CameraRule, _actor: Actor, _at: datetime) -> object:
    return cameras.dismiss(rule)


def _offer_again(rule: CameraRule, _actor: Actor, _at: datetime) -> object:
    return cameras.offer_again(rule)


REFUSALS = (cameras.RuleRefused, jobs.AlreadyRunning)


@admin.register(CameraRule)
class CameraRuleAdmin(ConfirmedAdmin[CameraRule]):
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
    list_filter = ("state", "source")
    list_select_related = ("source",)
    search_fields = ("camera_make", "camera_model", "camera_serial")
    deeds: ClassVar = {
        "activate": RowDeed(
            label=_("Put in force"),
            refusal=_in(State.PROPOSED, State.DISMISSED),
            do=_activate,
            errors=REFUSALS,
        ),
        "deactivate": RowDeed(
            label=_("Take out of force"), refusal=_in(State.ACTIVE), do=_deactivate, errors=REFUSALS
        ),
        "dismiss": RowDeed(label=_("Put aside"), refusal=_in(State.PROPOSED), do=_dismiss),
        "offer_again": RowDeed(label=_("Propose again"), refusal=_in(State.DISMISSED), do=_offer_again),
    }
    readonly_fields = ("shift", "reason", "examples")
    fieldsets = (
        (None, {"fields": ("camera_make", "camera_model", "camera_serial", "source", "state")}),
        (_("The clock"), {"fields": ("shift", "time_zone", "from_local", "until_local")}),
        (_("Evidence"), {"fields": ("reason", "examples", "created_at")}),
    )

    def view_on_site(self, rule: CameraRule) -> str:
        return reverse("clock_rule", args=[rule.pk])

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
