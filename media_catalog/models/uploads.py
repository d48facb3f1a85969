"""What comes from a browser, until it is imported."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.jobs import Job
from media_catalog.models.sources import Source


class Upload(models.Model):
    """Files that one person sends, which become one source once they are imported."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        IMPORTED = "imported", _("imported")
        DROPPED = "dropped", _("dropped")

    # Not a number: it stands in addresses that browsers keep, and must never mean another upload later.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    label = models.CharField(_("label"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    source = models.OneToOneField(Source, on_delete=models.SET_NULL, null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    touched_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "imported", "dropped"]), name="upload_state_known"
            ),
        ]
        indexes = [
            # which uploads can go on, on the import page; which have been forgotten
            models.Index(fields=["touched_at"], name="upload_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class UploadedFileQuerySet(models.QuerySet["UploadedFile"]):
    def missing(self) -> Self:
        """Files of which something has still to be sent."""
        return self.filter(state=UploadedFile.State.SENDING)


class UploadedFile(models.Model):
    """One file of an upload: what the browser said about it, and how much of it is here."""

    class State(models.TextChoices):
        SENDING = "sending", _("not all of it is here yet")
        ARRIVED = "arrived", _("arrived")
        KNOWN = "known", _("in the library already")
        LEFT = "left", _("left out")
        FAILED = "failed", _("failed")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SENDING)
    path_text = models.TextField(_("path, as the browser gave it"))
    offer_key = models.CharField(max_length=64, editable=False)  # the same file, offered again
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    received_bytes = models.PositiveBigIntegerField(_("received bytes"), default=0)
    mtime_ms = models.BigIntegerField(_("changed, in milliseconds since 1970"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    stored_bytes = models.BinaryField(_("path below the upload's folder, exact bytes"), default=b"")
    known_file = models.ForeignKey(MediaFile, on_delete=models.SET_NULL, null=True, related_name="+")
    reason_text = models.TextField(_("reason"), blank=True)

    objects = UploadedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        constraints = [
            models.UniqueConstraint(fields=["upload", "offer_key"], name="uploaded_file_once"),
            models.CheckConstraint(
                condition=Q(state__in=["sending", "arrived", "known", "left", "failed"]),
                name="uploaded_file_state_known",
            ),
        ]
        indexes = [
            # how many files of an upload are in which state; those in trouble, page by page
            models.Index(fields=["upload", "state", "id"], name="uploaded_file_by_state"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of upload {self.upload_id}"
