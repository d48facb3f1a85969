"""What sidecars gave to files."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile


class SidecarValues(models.Model):
    """The values of a file's fields that came from sidecars; any other value of them is a person's."""

    file = models.OneToOneField(
        MediaFile, on_delete=models.CASCADE, primary_key=True, related_name="sidecar_values"
    )
    values = models.JSONField(_("values"), default=dict)

    class Meta:
        verbose_name = _("values from sidecars")
        verbose_name_plural = _("values from sidecars")

    def __str__(self) -> str:
        return f"values from sidecars of {self.pk}"
