"""The catalogue as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaCatalogConfig(AppConfig):
    name = "media_catalog"
    verbose_name = _("Media catalogue")

    def ready(self) -> None:
        from media_catalog import checks

        checks.require_name_patterns()
