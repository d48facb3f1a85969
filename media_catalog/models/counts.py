"""The counts that pages show."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media_catalog.models.sources import Source


class LibraryCount(models.Model):
    """How many files of a source have one value of one facet; kept by services.counts alone."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="counts")
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    number = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [models.UniqueConstraint(fields=["source", "facet", "value"], name="count_unique")]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}: {self.number}"
