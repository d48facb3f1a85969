"""Text of files as text that can be read, and amounts as people say them."""

from django import template
from django.utils.translation import gettext as _

from media_catalog.pipeline.display import display_text

register = template.Library()


@register.filter
def visible(text: object) -> str:
    """Show names and tags as they are: nothing in them may hide, reorder or ring."""
    return display_text(str(text).encode("utf-8", "surrogatepass"))


@register.filter
def playing_time(seconds: float) -> str:
    """Write the length of a video, such as "1:05" or "1:00:00"; none is shorter than a second."""
    minutes, second = divmod(max(1, round(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


@register.filter
def span(seconds: float) -> str:
    """Write a span of time as roughly as it matters."""
    if seconds < 60:
        return _("%(number)d s") % {"number": max(1, round(seconds))}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(number)d min") % {"number": minutes}
    if minutes < 48 * 60:
        return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(number)d days") % {"number": minutes // (24 * 60)}
