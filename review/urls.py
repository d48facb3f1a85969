"""The addresses of the browser workplace."""

from django.urls import path

from review.views import account, files, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("jobs/", home.job_progress, name="job_progress"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("files/<int:file_id>/thumbnail.jpg", files.thumbnail, name="thumbnail"),
    path("account/login/", account.login, name="login"),
    path("account/logout/", account.logout, name="logout"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
