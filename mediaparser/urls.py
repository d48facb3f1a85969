"""Where each part of the site lives."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("review.urls")),
    path("api/", include("media_catalog.api.urls")),
    path("admin/", admin.site.urls),
]
