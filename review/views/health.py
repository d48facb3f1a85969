"""For whoever watches this instance: is it alive, can it work."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from media_catalog.services import health as catalog_health
from review import health


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    reasons = health.obstacles(clock=timezone.now)
    if reasons:
        return JsonResponse({"status": "not ready", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ready"})


@login_not_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> JsonResponse:
    """Numbers for whoever watches; names of hosts and folders for those who have logged in."""
    try:
        seen = catalog_health.look(clock=timezone.now)
    except DatabaseError:
        return JsonResponse({"status": "warning", "reasons": ["The database does not answer."]}, status=503)
    status = "warning" if seen.warnings else "ok"
    return JsonResponse({"status": status, **seen.as_dict(names_hosts=request.user.is_authenticated)})
