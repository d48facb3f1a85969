"""The addresses of the API."""

from django.urls import path

from media_catalog.api import jobs

urlpatterns = [
    path("jobs/", jobs.listing, name="api_jobs"),
    path("jobs/<int:job_id>/", jobs.one, name="api_job"),
    path("jobs/<int:job_id>/<str:action>/", jobs.act, name="api_job_action"),
]
