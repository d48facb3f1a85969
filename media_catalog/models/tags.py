"""Tags, albums and people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile


class Tag(models.Model):
    class Kind(models.TextChoices):
        TAG = "tag", _("tag")
        ALBUM = "album", _("album")
        PERSON = "person", _("person")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TAG)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("case-folded name"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["kind", "name_key"], name="tag_unique_name"),
            models.CheckConstraint(condition=Q(kind__in=["tag", "album", "person"]), name="tag_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class FileTag(models.Model):
    """That a file carries a tag, and who says so."""

    class Origin(models.TextChoices):
        FOLDER = "folder", _("folder")
        NAME = "name", _("file name")
        METADATA = "metadata", _("metadata")
        PERSON = "person", _("person")

    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="file_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="file_tags")
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)

    class Meta:
        verbose_name = _("tag of a file")
        verbose_name_plural = _("tags of a file")
        constraints = [
            models.UniqueConstraint(fields=["file", "tag"], name="file_tag_once"),
            models.CheckConstraint(
                condition=Q(origin__in=["folder", "name", "metadata", "person"]), name="file_tag_origin_known"
            ),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} on file {self.file_id}"
