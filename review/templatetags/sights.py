"""What a form sends of a file, so that an act is about what somebody saw."""

from django import template

from media_catalog.models import MediaFile
from media_catalog.services import date_choices

register = template.Library()


@register.filter
def picked(file: MediaFile) -> str:
    """Write the file and what was seen of it; `review.selected` reads it back."""
    return f"{file.pk}-{date_choices.stamp_of(file)}"
