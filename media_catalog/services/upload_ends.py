"""How uploads end that are never imported: given up by a person, or forgotten."""

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from media_catalog.models import Upload, UploadedFile
from media_catalog.services import upload_disk

logger = logging.getLogger(__name__)


class UploadRefused(Exception):
    """That cannot be done with this upload; the message is for a person."""


def drop(upload_id: uuid.UUID) -> None:
    """Give an upload up, with all that came of it.

    :raises UploadRefused: when it has been imported: its files are originals now.
    """
    if not Upload.objects.filter(pk=upload_id, state=Upload.State.OPEN).update(state=Upload.State.DROPPED):
        raise UploadRefused(_("This upload has been imported or dropped already."))
    UploadedFile.objects.filter(upload=upload_id).delete()
    upload_disk.remove(upload_id)
    logger.info("dropped upload=%s", upload_id)


def drop_forgotten(*, at: datetime) -> int:
    """Drop uploads that were left unfinished for long; return how many."""
    before = at - timedelta(days=settings.MEDIAPARSER_UPLOAD_DAYS)
    forgotten = Upload.objects.filter(state=Upload.State.OPEN, touched_at__lt=before)
    found = list(forgotten.values_list("pk", flat=True))
    for upload_id in found:
        drop(upload_id)
    return len(found)
