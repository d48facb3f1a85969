"""What of a sidecar's stored tags the database itself hands out, so that nobody has to load them all."""

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from media_catalog.pipeline.sidecars import reading, takeout


def about(tags: str = "metadata__tags") -> KeyTextTransform:
    """Select what a Takeout JSON is about: a photo or an album."""
    return KeyTextTransform(reading.KIND, tags)


def problem(tags: str = "metadata__tags") -> KeyTextTransform:
    """Select why a sidecar says nothing."""
    return KeyTextTransform(reading.ERROR, tags)


def title(tags: str = "metadata__tags") -> KeyTextTransform:
    """Select the title that a Takeout JSON gives its photo."""
    return KeyTextTransform(f"{takeout.GROUP}title", tags)


def moment(tags: str = "metadata__tags") -> KeyTextTransform:
    """Select the time at which a photo was taken, by its Takeout JSON; SQLite gives a number as number."""
    return KeyTextTransform("timestamp", KeyTransform(f"{takeout.GROUP}photoTakenTime", tags))
