"""Entry points of django-q2: one service call. Queued work names them by their dotted paths."""

from media_catalog import lines
from media_catalog.services import clock, working


def run_batch(batch_id: int) -> None:
    """Answer a doorbell: run its batch, or the one whose turn it is; a second delivery may find none."""
    if not lines.is_ending():
        working.answer(clock=clock.now)
