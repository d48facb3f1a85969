"""Names of tags, offered while somebody types one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from review import tag_names

FIELDS = ("q", "tags", "untags", "tag", "name")  # what a field that asks may be called


@require_GET
def suggest_tags(request: HttpRequest) -> HttpResponse:
    typed = next((text for field in FIELDS if (text := request.GET.get(field))), "")
    return render(request, "review/tag_names.html", {"names": tag_names.suggestions(typed)})
