"""Where everything stands, what is being worked on, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from media_catalog.services import clock
from review import health, queues
from review.views.jobs import overview


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = overview(request) | {"newest": queues.newest(), "concerns": health.concerns(clock=clock.now)}
    return render(request, "review/home.html", context)
