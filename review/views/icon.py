"""The icon that a browser asks for by itself where no page names one: with a bare picture or video."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def icon(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(static("favicon.svg"))
