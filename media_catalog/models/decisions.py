"""What people decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile


class Decision(models.Model):
    """One change by a person to one file; never edited, undone only by a further decision."""

    class Kind(models.TextChoices):
        DATE = "date", _("date")
        DISPOSITION = "disposition", _("keep or discard")
        FLAG = "flag", _("flag")
        TAG = "tag", _("tag")
        GROUP = "group", _("resolution of a group")
        MERGE = "merge", _("facts of a copy")
        UNDO = "undo", _("undo")

    batch = models.UUIDField(_("batch"), db_index=True, help_text=_("one act of a person, undone as a whole"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file = models.ForeignKey(
        MediaFile, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("file")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("who")
    )
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    taken_from = models.ForeignKey(
        MediaFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken from"),
        help_text=_("the copy whose value this is"),
    )
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("undoes")
    )
    created_at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["date", "disposition", "flag", "tag", "group", "merge", "undo"]),
                name="decision_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of file {self.file_id}"
