"""Every dated claim that a file makes by itself: its tags, its name, its folders, its modification time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from media_catalog.pipeline import filename_dates
from media_catalog.pipeline.filename_dates import folders
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.timestamps import candidates, other_dates
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS

FolderDate = Callable[[str], Candidate | None]
KNOWN = frozenset(key for tag in DATE_TAGS for key in (*tag.keys, *tag.times))


def of_file(
    path: str,
    *,
    tags: Mapping[str, Any],
    mtime_ns: int,
    patterns: Iterable[Rule] = (),
    folder_date: FolderDate = folders.candidate_from_folders,
) -> list[Candidate]:
    """Collect what a file says of its date, the most trusted kinds first.

    `path` has '/' between its parts. `tags` are ExifTool's by `-G0:1 -n`, `mtime_ns` nanoseconds since 1970.
    `patterns` are a user's own rules for names and go before ours. `folder_date` may remember its answers.
    """
    folder, _, name = path.rpartition("/")
    found = [
        *candidates.from_tags(tags),
        filename_dates.candidate_from_name(name, patterns=patterns),
        folder_date(folder + "/"),
        *other_dates.from_other_tags(tags, known=KNOWN),
        candidates.from_mtime(mtime_ns),
    ]
    return [claim for claim in found if claim]
