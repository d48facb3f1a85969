"""Where files come from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A folder that was imported; its canonical root is unique, its label is not."""

    label = models.CharField(_("label"), max_length=200)
    root_bytes = models.BinaryField(_("root, exact bytes"))
    root_key = models.CharField(max_length=64, unique=True, editable=False)
    root_text = models.TextField(_("folder"))
    time_zone = models.CharField(_("default time zone"), max_length=64, blank=True)
    keeper_preference = models.SmallIntegerField(
        _("preference"),
        default=0,
        help_text=_("Among identical copies, the one from the higher number is kept."),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.label} ({self.pk})"

    @property
    def root(self) -> bytes:
        return bytes(self.root_bytes)
