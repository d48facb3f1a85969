"""What was just done, told on the next page or in the same answer, with a way to take it back."""

import uuid

from django.contrib import messages
from django.http import HttpRequest

PREFIX = "batch-"


def say(request: HttpRequest, text: str, *, batch: uuid.UUID | None = None) -> None:
    """Tell what was done; with a batch of decisions, offer to undo it."""
    messages.success(request, text, extra_tags=f"{PREFIX}{batch}" if batch else "")


def warn(request: HttpRequest, text: str) -> None:
    """Tell what was not done, and why; this stays until the next act."""
    messages.warning(request, text)


def batch_of(tags: str) -> uuid.UUID | None:
    """Return the batch that a notice carries among its tags."""
    return next((uuid.UUID(tag.removeprefix(PREFIX)) for tag in tags.split() if tag.startswith(PREFIX)), None)
