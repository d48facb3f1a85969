"""The catalogue in Django's admin: lists, filters, search; what people may change there."""

import django_q.admin  # noqa: F401  registers its models, so that they can be taken out here
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success

from media_catalog.admin import (
    cameras,
    decisions,
    duplicates,
    exports,
    file_parts,
    files,
    jobs,
    settings,
    sources,
    tags,
    uploads,
)

__all__ = [
    "cameras",
    "decisions",
    "duplicates",
    "exports",
    "file_parts",
    "files",
    "jobs",
    "settings",
    "sources",
    "tags",
    "uploads",
]

admin.site.site_header = _("MediaParser administration")
admin.site.site_title = _("MediaParser")
admin.site.index_title = _("Everything that is known")
# Their pages show and run pickled objects; our own jobs say what is going on.
admin.site.unregister(filter(admin.site.is_registered, [Success, Failure, Schedule, OrmQ]))
