"""Settings that only the pipeline understands, checked before anything starts."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from media_catalog.pipeline.filename_dates import patterns


def require_name_patterns() -> None:
    """Check the user's patterns for names.

    :raises ImproperlyConfigured: with the name of the variable and what is wrong.
    """
    value = settings.MEDIAPARSER_NAME_PATTERNS
    try:
        patterns.compiled(value)
    except patterns.PatternError as error:
        raise ImproperlyConfigured(f"MEDIAPARSER_NAME_PATTERNS={value!r} is not usable: {error}.") from error
