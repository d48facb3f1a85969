"""What was written to an archive."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.jobs import Job


class Archive(models.Model):
    """A folder that verified copies are written to."""

    root_bytes = models.BinaryField()
    root_key = models.CharField(max_length=64, unique=True, editable=False)
    root_text = models.TextField(_("folder"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def __str__(self) -> str:
        return f"{self.root_text} ({self.pk})"

    @property
    def root(self) -> bytes:
        return bytes(self.root_bytes)


class Export(models.Model):
    """One run that brought an archive up to date."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="export")
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="exports")
    is_forced = models.BooleanField(_("with undecided files"), default=False)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"export {self.pk}"


class ExportedFile(models.Model):
    """The place of a file in an archive: reserved when planned, verified when the copy stands there."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        VERIFIED = "verified", _("verified")
        FAILED = "failed", _("failed")
        REPLACED = "replaced", _("replaced")

    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="exported_files")
    file = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="exported_copies")
    export = models.ForeignKey(Export, on_delete=models.SET_NULL, null=True, related_name="exported_files")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    destination = models.TextField(_("path in the archive"))
    destination_key = models.CharField(max_length=64, editable=False)
    stem_key = models.CharField(max_length=64, editable=False, help_text=_("of the name without its number"))
    number = models.PositiveIntegerField(default=0, help_text=_("0 for the bare name, 1 for _001"))
    source_sha256 = models.CharField(max_length=64, blank=True)
    copy_sha256 = models.CharField(max_length=64, blank=True)
    image_data_hash = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    sidecar = models.TextField(_("XMP sidecar in the archive"), blank=True)
    sidecar_sha256 = models.CharField(max_length=64, blank=True)
    tags_written = models.JSONField(default=list)
    tags_error = models.TextField(_("why tags could not be written"), blank=True)
    reason_text = models.TextField(_("reason"), blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True)

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")
        constraints = [
            models.UniqueConstraint(
                fields=["archive", "file"], condition=Q(state="verified"), name="exported_once_per_archive"
            ),
            models.UniqueConstraint(
                fields=["archive", "file"],
                condition=Q(state__in=["planned", "failed"]),
                name="exported_planned_once_per_archive",
            ),
            models.UniqueConstraint(fields=["archive", "destination_key"], name="exported_to_one_place"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "verified", "failed", "replaced"]),
                name="exported_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "replaced"])
                | (Q(verified_at__isnull=False) & ~Q(copy_sha256="")),
                name="exported_verified_has_a_hash",
            ),
        ]
        indexes = [
            # the next free number of a name
            models.Index(fields=["archive", "stem_key", "number"], name="exported_next_number"),
            # whether the bytes of a copy are in some archive, or in this one
            models.Index(
                fields=["source_sha256", "archive"], name="exported_by_bytes", condition=Q(state="verified")
            ),
            # the list of copies in the admin, narrowed to those that failed, or were replaced
            models.Index(fields=["state", "id"], name="exported_by_state"),
            # the copies of an export that could not take their tags
            models.Index(fields=["export", "id"], name="exported_without_tags", condition=~Q(tags_error="")),
            # verify_archive in order
            models.Index(fields=["archive", "id"], name="exported_by_archive"),
        ]

    def __str__(self) -> str:
        return f"{self.destination} ({self.pk})"
