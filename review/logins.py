"""Every page needs a log-in; what is sent after a session has ended leads back to the page it came from."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from review import notices

READING = ("GET", "HEAD")


class LoginMiddleware(LoginRequiredMiddleware):
    """Asks for a log-in, and afterwards shows no address that only takes what a form sends."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in READING:
            return super().handle_no_permission(request, view_func)
        if _is_seen(request):
            notices.warn(
                request, _("You were no longer logged in, so this was not done. Log in and repeat it.")
            )
        return redirect_to_login(
            _came_from(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )


def _is_seen(request: HttpRequest) -> bool:
    """Tell forms and htmx from scripts, such as an upload that asks again and again."""
    return "text/html" in request.headers.get("Accept", "") or "HX-Request" in request.headers


def _came_from(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return reverse("home")
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
