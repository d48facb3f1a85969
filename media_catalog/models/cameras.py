"""What is known about the clocks of cameras."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.fields import WallClockField
from media_catalog.models.sources import Source


class CameraRule(models.Model):
    """A clock error and a zone of one camera in one period, for files that are here and that will come."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        DISMISSED = "dismissed", _("dismissed")

    camera_make = models.CharField(_("camera make"), max_length=100, blank=True)
    camera_model = models.CharField(_("camera model"), max_length=100)
    camera_serial = models.CharField(
        _("camera serial"), max_length=100, blank=True, help_text=_("blank: any")
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("source"),
        help_text=_("blank: all"),
    )
    from_local = WallClockField(_("from"), null=True, blank=True, help_text=_("by the camera's own clock"))
    until_local = WallClockField(_("until"), null=True, blank=True, help_text=_("by the camera's own clock"))
    shift_seconds = models.BigIntegerField(
        _("shift in seconds"), default=0, help_text=_("added to the camera's clock")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("blank: unknown"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PROPOSED)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("camera rule")
        verbose_name_plural = _("camera rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "active", "dismissed"]), name="camera_rule_state_known"
            ),
            models.CheckConstraint(
                condition=Q(from_local=None) | Q(until_local=None) | Q(until_local__gte=F("from_local")),
                name="camera_rule_ends_after_it_begins",
            ),
        ]
        indexes = [
            # the rules of a camera, for every file that is decided
            models.Index(fields=["camera_model", "state"], name="camera_rule_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_model} {self.shift_seconds:+d} s ({self.pk})"


class CameraHabit(models.Model):
    """Whether a camera writes UTC or its wall clock where QuickTime wants UTC, by counted evidence."""

    camera_make = models.CharField(_("camera make"), max_length=100, blank=True)
    camera_model = models.CharField(_("camera model"), max_length=100)
    utc_count = models.PositiveIntegerField(_("times UTC"), default=0)
    local_count = models.PositiveIntegerField(_("times wall clock"), default=0)

    class Meta:
        verbose_name = _("camera habit")
        verbose_name_plural = _("camera habits")
        constraints = [
            models.UniqueConstraint(fields=["camera_make", "camera_model"], name="camera_habit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_make} {self.camera_model}"
