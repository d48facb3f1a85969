"""Finds copies beside findimagedupes, in one run: `python -m benchmarks.peers LIBRARY TRUTH`.

TRUTH has one JSON object per line for each file: `path` below LIBRARY, `kind`, and `near_group` and
`exact_group`, which copies share; shots of one `burst_group` count for nobody. Both programs are asked about
the pictures alone. CPU time: findimagedupes reads, hashes and compares; of ours the decoders and the search
are told apart from the rest of the import, which reads dates and tags as well.
"""

import argparse
import json
import resource
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks import installation, stages

PEER = "findimagedupes"
SHOW = r"""VIEW() { printf '%s\0' "$@"; printf '\0'; }"""
GROUPING = (stages.FINISH + "identical files", stages.FINISH + "the rest")
Pairs = set[tuple[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("library", type=Path)
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    if not shutil.which(PEER):
        raise SystemExit(f"{PEER} is not installed: apt-get install {PEER}")
    rows = [json.loads(line) for line in options.truth.read_text().splitlines()]
    pictures = {row["path"]: row for row in rows if _counts(row)}
    truth, series = _pairs(_joined(pictures)), _pairs(_by(pictures, "burst_group").values())
    print(f"{len(pictures)} pictures, {len(truth)} pairs of copies; shots of a series count for nobody")
    found, peer_s = _peer(options.library, pictures)
    _show(PEER, found, truth=truth, neutral=series - truth)
    print(f"  {peer_s:.1f} s CPU")
    with installation.scratch(inside=None):
        found, all_s, search_s = _ours(options.library.resolve(), pictures)
    _show("MediaParser", found, truth=truth, neutral=series - truth)
    print(f"  {search_s:.1f} s CPU to decode, hash and group; {all_s:.1f} s for the whole import")


def _counts(row: Mapping[str, Any]) -> bool:
    return row["kind"] == "image" and not row.get("corrupt") and not row.get("ignore_grouping")


def _by(rows: Mapping[str, Mapping[str, Any]], field: str) -> dict[Any, list[str]]:
    found = defaultdict(list)
    for path, row in rows.items():
        if row.get(field):
            found[row[field]].append(path)
    return found


def _joined(rows: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Join copies and exact copies: what shares either is one picture."""
    from media_catalog.pipeline.duplicates import grouping

    paths = list(rows)
    place = {path: number for number, path in enumerate(paths)}
    same = [*_by(rows, "near_group").values(), *_by(rows, "exact_group").values()]
    pairs = ((place[group[0]], place[other]) for group in same for other in group[1:])
    return [[paths[number] for number in whole] for whole in grouping.components(pairs)]


def _pairs(groups: Iterable[Iterable[str]]) -> Pairs:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def _peer(library: Path, pictures: Iterable[str]) -> tuple[Pairs, float]:
    before = _children_s()
    names = b"".join(bytes(library / path) + b"\0" for path in pictures)
    line = [PEER, "-q", "-q", "-0", "-i", SHOW, "-"]
    output = subprocess.run(line, input=names, stdout=subprocess.PIPE, check=True).stdout
    groups = [group.split(b"\0") for group in output.split(b"\0\0") if group]
    known = [[str(Path(name.decode()).relative_to(library)) for name in group if name] for group in groups]
    return _pairs(known), _children_s() - before


def _children_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _ours(library: Path, pictures: Mapping[str, Any]) -> tuple[Pairs, float, float]:
    from media_catalog.services import report

    before, start = installation.cpu_by_program(), installation.cpu_seconds()
    with stages.measured() as clocks:
        installation.import_here(library)
    all_s, after = installation.cpu_seconds() - start, installation.cpu_by_program()
    search_s = after["decoder"] - before.get("decoder", 0.0) + sum(clocks.seconds[name] for name in GROUPING)
    lines = {line["path"]: line for line in report.lines() if line["path"] in pictures}
    return _pairs(_joined(lines)), all_s, search_s


def _show(name: str, found: Pairs, *, truth: Pairs, neutral: Pairs) -> None:
    counted = found - neutral
    right = len(counted & truth)
    precision, recall = right / max(len(counted), 1), right / len(truth)
    print(f"{name}: {len(counted)} pairs, precision {precision:.4f}, recall {recall:.4f}", flush=True)


if __name__ == "__main__":
    main()
