"""Which cameras there are: found by steps through an index, for no page may read all files."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from media_catalog.models import MediaFile
from media_catalog.services.camera_names import KNOWN, MOST, full_name
from media_catalog.services.camera_names import models as models
from media_catalog.templatetags.plain import visible

COUNTED = 1000
# Files at both ends of a camera's time that are asked for the number of its body.
ASKED = 500
NAMES = """
SELECT model,
    (SELECT camera_make FROM media_catalog_mediafile WHERE camera_model = known.model
     ORDER BY captured_local LIMIT 1),
    (SELECT COUNT(*) FROM (SELECT 1 FROM media_catalog_mediafile WHERE camera_model = known.model LIMIT %s)
     AS counted)
FROM known WHERE model IS NOT NULL LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraName:
    """A model of camera, and how many files name it; beyond `COUNTED` they are not counted."""

    make: str
    model: str
    number: int

    @property
    def name(self) -> str:
        return full_name(self.make, self.model)

    @property
    def label(self) -> str:
        number = _("more than %(number)d") if self.number > COUNTED else "%(number)d"
        return f"{visible(self.name)} ({number % {'number': min(self.number, COUNTED)}})"


def names() -> list[CameraName]:
    """Return the cameras that files name, in the order of their models."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN + NAMES, [COUNTED + 1, MOST])
        rows = cursor.fetchall()
    return [CameraName(model=model, make=make, number=number) for model, make, number in rows]


def serials(model: str) -> Sequence[str]:
    """Return the numbers of the bodies of a model, as its first and its last files name them."""
    files = MediaFile.objects.filter(camera_model=model).values_list("camera_serial", flat=True)
    found = {*files.order_by("captured_local")[:ASKED], *files.order_by("-captured_local")[:ASKED]}
    return sorted(found - {""})
