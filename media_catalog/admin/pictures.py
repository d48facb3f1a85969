"""Pictures of files in lists and beside the rows of others."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_catalog.models import MediaFile
from media_catalog.templatetags.plain import visible


def picture(file: MediaFile, *, size_px: int, says: str = "") -> SafeString | str:
    """Show the grid picture of a file no larger than `size_px`, or nothing where there is none.

    :param says: what stands for it where nobody sees it, as in a link; blank beside the name of the file.
    """
    if not file.has_thumbnail:
        return "-"
    url = f"{reverse('thumbnail', args=[file.pk])}?v={file.sha256[:8]}"
    text = '<img class="thumbnail" src="{}" alt="{}" height="{}" loading="lazy">'
    return format_html(text, url, visible(says), size_px)
