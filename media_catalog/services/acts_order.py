"""The order in which a sequence of files is dated: source by source, folder by folder, as people count."""

import re

from django.db.models import Q
from django.utils.translation import gettext as _

from media_catalog.models import MediaFileQuerySet
from media_catalog.services.acts_plans import BadAct

MOST = 10_000
NUMBERS = re.compile(r"(\d+)", re.ASCII)
Key = tuple[int, str, tuple[tuple[str, int, str], ...]]


def by_name(files: MediaFileQuerySet, applies: Q) -> list[int]:
    """Return files in the order of their names; those to which the act does not apply come last.

    :raises BadAct: when they are more than a sequence of scans would be.
    """
    rows = list(files.values_list("pk", "source_id", "path_text")[: MOST + 1])
    if len(rows) > MOST:
        raise BadAct(
            _("Select %(most)s files at most: so many follow each other in no folder.") % {"most": MOST}
        )
    applying = set(files.filter(applies).values_list("pk", flat=True))
    rows.sort(key=lambda row: (row[0] not in applying, _key(row[1], row[2]), row[0]))
    return [pk for pk, _source, _path in rows]


def _key(source_id: int, path: str) -> Key:
    folder, _slash, name = path.rpartition("/")
    texts = NUMBERS.split(name.casefold())
    pairs = zip(texts[::2], [*texts[1::2], ""], strict=True)
    return source_id, folder, tuple((text, int(number or 0), number) for text, number in pairs)
