"""How the API answers: JSON throughout, also where it refuses."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

P = ParamSpec("P")


def answer(facts: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(facts, status=status)


def refusal(message: str, *, status: int, **facts: Any) -> JsonResponse:
    return JsonResponse({"error": message, **facts}, status=status)


def requires_log_in(
    view: Callable[Concatenate[HttpRequest, P], JsonResponse],
) -> Callable[Concatenate[HttpRequest, P], JsonResponse]:
    """Answer 401 instead of leading programs to the page on which people log in."""

    @login_not_required
    @never_cache
    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> JsonResponse:
        if not request.user.is_authenticated:
            return refusal("Log in first.", status=401)
        return view(request, *args, **kwargs)

    return checked
