"""The models of cameras that files name: found by steps through an index, for no page may read all files."""

from django.db import connection

MOST = 100
# The next model is looked up behind the one before; the rest is told by the first of its files.
KNOWN = """
WITH RECURSIVE known(model) AS (
    SELECT MIN(camera_model) FROM media_catalog_mediafile WHERE camera_model > ''
    UNION ALL
    SELECT (SELECT MIN(camera_model) FROM media_catalog_mediafile WHERE camera_model > known.model)
    FROM known WHERE known.model IS NOT NULL
)
"""
MODELS = "SELECT model FROM known WHERE model IS NOT NULL LIMIT %s"


def full_name(make: str, model: str) -> str:
    """Write make and model, the make once: many cameras repeat it in their model."""
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def models() -> list[str]:
    """Return the models alone, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN + MODELS, [MOST])
        return [model for (model,) in cursor.fetchall()]
