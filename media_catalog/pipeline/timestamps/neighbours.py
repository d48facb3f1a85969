"""What the files around a file say about its date: suggestions with bounds and reasons, and doubts.

Only what a file says of itself, or its sidecar or a person of it, is evidence for others. A suggestion is
never evidence for a third, so that the order of the files does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from media_catalog.pipeline.timestamps import copies, copy_names, counters, surroundings
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.siblings import SURE, Sibling

Claims = Mapping[int, Sequence[Candidate]]
SHARED = (copies.STEM, copies.COPY)
ORDER = (
    *SHARED,
    counters.COUNTER,
    surroundings.FOLDER,
    surroundings.OUTLIER,
    surroundings.SAME_SECOND,
)
LARGEST_FAMILY = 200  # more files of one name are no copies of each other


def in_folder(files: Sequence[Sibling]) -> Claims:
    """Collect what the files of one folder say about each other, by file id."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    ordered = sorted(files, key=lambda file: (file.name, file.id))
    for rule in RULES:
        for file_id, claim in rule(ordered):
            found[file_id].append(claim)
    return found


def of_copies(
    file: Sibling, *, same: Iterable[Sibling] = (), near: Iterable[Sibling] = ()
) -> list[Candidate]:
    """Collect what files with the same bytes or the same look say about a file, wherever they lie."""
    claims = (copies.by_bytes(file, same), copies.by_look(file, near))
    return [claim for claim in claims if claim]


def kept(claims: Iterable[Candidate]) -> list[Candidate]:
    """Keep of each kind of claim the weightiest, and leave out bounds that another claim makes useless.

    A likeness is a kind of copy.
    """
    best: dict[str, Candidate] = {}
    for claim in claims:
        kind = copies.COPY if claim.source == copies.LOOK else claim.source
        if kind not in best or claim.weight > best[kind].weight:
            best[kind] = claim
    if any(best[source].weight == SURE for source in SHARED if source in best):
        best.pop(counters.COUNTER, None)
        best.pop(surroundings.FOLDER, None)
    elif counters.COUNTER in best:
        best.pop(surroundings.FOLDER, None)
    return [best[source] for source in ORDER if source in best]


def _of_stems(files: Sequence[Sibling]) -> Iterable[tuple[int, Candidate]]:
    by_stem = defaultdict(list)
    for file in files:
        by_stem[file.stem].append(file)
    for same in by_stem.values():
        for file in same if len(same) > 1 else ():
            if claim := copies.by_stem(file, same):
                yield file.id, claim


def _of_names(files: Sequence[Sibling]) -> Iterable[tuple[int, Candidate]]:
    families = defaultdict(list)
    for file in files:
        original, is_sure = copy_names.original_of(file.stem)
        families[original].append((file, is_sure))
    for family in families.values():
        for file, is_sure in family if 1 < len(family) <= LARGEST_FAMILY else ():
            others = [
                (other, is_sure and is_other_sure)
                for other, is_other_sure in family
                if other.stem != file.stem
            ]
            if claim := copies.by_name(file, others):
                yield file.id, claim


RULES = (
    _of_stems,
    _of_names,
    counters.intervals,
    surroundings.suggestions,
    counters.outliers,
    surroundings.outliers,
    surroundings.same_second,
)
