"""Which originals were deleted after their copies had been read again, and which were not, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.jobs import Job


class Deletion(models.Model):
    """What became of an original that somebody wanted to delete; written before anything is done to it."""

    class State(models.TextChoices):
        INTENDED = "intended", _("begun")
        DELETED = "deleted", _("deleted")
        KEPT = "kept", _("kept")

    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, related_name="deletions", verbose_name=_("job")
    )
    file = models.ForeignKey(
        MediaFile, on_delete=models.SET_NULL, null=True, related_name="deletions", verbose_name=_("file")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    state = models.CharField(_("state"), max_length=8, choices=State)
    original_bytes = models.BinaryField(help_text=_("exact path of the original"))
    original_text = models.TextField(_("original"))
    size_bytes = models.BigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    copy_text = models.TextField(_("its copy"), blank=True)
    copy_sha256 = models.CharField(_("SHA-256 of its copy"), max_length=64, blank=True)
    reason_code = models.CharField(_("reason code"), max_length=40, blank=True)
    reason_text = models.TextField(_("why it was kept"), blank=True)
    created_at = models.DateTimeField(_("when"))
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    class Meta:
        verbose_name = _("deletion of an original")
        verbose_name_plural = _("deletions of originals")
        constraints = [
            models.UniqueConstraint(fields=["job", "file"], name="deletion_once_per_job"),
            models.CheckConstraint(
                condition=Q(state__in=["intended", "deleted", "kept"]), name="deletion_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="deleted") | (Q(deleted_at__isnull=False) & ~Q(copy_sha256="")),
                name="deletion_has_a_time_and_a_copy",
            ),
        ]
        indexes = [
            # the journal, narrowed to what was deleted or kept, page by page
            models.Index(fields=["state", "-id"], name="deletion_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"
