"""The addresses of the browser workplace."""

from django.urls import path

from review.views import account, files, health, home, jobs

urlpatterns = [
    path("", home.home, name="home"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/files/<str:outcome>/", jobs.files, name="job_files"),
    path("jobs/<int:job_id>/<str:action>/", jobs.act, name="job_action"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("files/<int:file_id>/preview/", files.preview, name="preview"),
    path("files/<int:file_id>/thumbnail.jpg", files.thumbnail, name="thumbnail"),
    path("account/login/", account.login, name="login"),
    path("account/logout/", account.logout, name="logout"),
    path("health/", health.overview, name="health"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
