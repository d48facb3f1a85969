"""Logging in and out."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh

from review.htmx import HtmxRequest


@login_not_required
def login(request: HtmxRequest) -> HttpResponseBase:
    """Log a person in; a page whose session ended while it asked for a part of itself is loaded anew."""
    if request.htmx:
        return HttpResponseClientRefresh()
    return views.LoginView.as_view(redirect_authenticated_user=True)(request)


logout = views.LogoutView.as_view()
