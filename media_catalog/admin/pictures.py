"""Pictures of files in lists and beside the rows of others."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_catalog.models import MediaFile


def picture(file: MediaFile, *, size_px: int) -> SafeString | str:
    """Show the grid picture of a file no larger than `size_px`, or nothing where there is none."""
    if not file.has_thumbnail:
        return "-"
    url = f"{reverse('thumbnail', args=[file.pk])}?v={file.sha256[:8]}"
    return format_html('<img class="thumbnail" src="{}" alt="" height="{}" loading="lazy">', url, size_px)
