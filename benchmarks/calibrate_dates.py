"""How often dates are right, by confidence, source and reason.

`python -m benchmarks.calibrate_dates RESULTS TRUTH [RESULTS TRUTH ...]`: the results are what `manage.py
report` prints, the truth is one JSON object per file with its path and, as far as they are known,
`true_local` and `true_utc` (or `expected_capture_local` and `expected_utc`).
A time is right within two seconds, as a wall clock or as an instant; a period, if the truth lies in it.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EXACT = ("second", "minute")
WITHIN = timedelta(seconds=2)
TRUE_LOCAL = ("true_local", "expected_capture_local")
TRUE_UTC = ("true_utc", "expected_utc")
SIDECARS = ("sidecar", "system", "non_media", "symlink")
LEVELS = ("high", "medium", "low", "none")
Line = Mapping[str, Any]
Tally = dict[tuple[str, ...], list[int]]  # right, all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="RESULTS TRUTH", type=Path)
    files = parser.parse_args().files
    if len(files) % 2:
        parser.error("give pairs of results and truth")
    lines = [line for pair in zip(files[::2], files[1::2], strict=True) for line in judged(*pair)]
    if not lines:
        sys.exit("no file has both a result and a known date")
    show("confidence", tally(lines, lambda line: (line["confidence"],)), of_all=len(lines))
    show("source", tally(lines, lambda line: (line["confidence"], line["captured_from"] or "-")))
    show("reason", by_reason(lines))


def judged(results: Path, truth: Path) -> Iterator[Line]:
    """Yield the results whose truth is known, each with `is_right`."""
    answers = {line["path"]: line for line in read(results)}
    for known in read(truth):
        answer = answers.get(known["path"])
        local, instant = first(known, TRUE_LOCAL), first(known, TRUE_UTC)
        if answer and (local or instant) and known.get("kind") not in SIDECARS and not known.get("corrupt"):
            yield {**answer, "is_right": is_right(answer, local, instant)}


def read(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def first(line: Line, keys: Sequence[str]) -> datetime | None:
    text = next((line[key] for key in keys if line.get(key)), None)
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def is_right(answer: Line, local: datetime | None, instant: datetime | None) -> bool:
    if not answer["captured_at"]:
        return False
    start = datetime.fromisoformat(answer["captured_at"])
    until = datetime.fromisoformat(answer.get("captured_until") or answer["captured_at"])
    if answer["precision"] not in EXACT:
        return local is not None and start <= local <= until
    offset = answer.get("utc_offset")
    shown = start - offset_of(offset) if offset else None
    return any(
        one is not None and other is not None and abs(one - other) <= WITHIN
        for one, other in ((start, local), (shown, instant))
    )


def offset_of(text: str) -> timedelta:
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text[0] == "-" else size


def tally(lines: Sequence[Line], key: Any) -> Tally:
    found: Tally = defaultdict(lambda: [0, 0])
    for line in lines:
        count = found[key(line)]
        count[0] += line["is_right"]
        count[1] += 1
    return found


def by_reason(lines: Sequence[Line]) -> Tally:
    """Count each file once for each of its reasons."""
    split = [
        {**line, "date_reasons": reason}
        for line in lines
        for reason in (line.get("date_reasons") or "-").split("; ")
    ]
    return tally(split, lambda line: (line["confidence"], line["date_reasons"]))


def show(title: str, found: Tally, *, of_all: int | None = None) -> None:
    print(f"\nOf 100 dates so many are right, by {title}")
    for key in sorted(found, key=lambda key: (LEVELS.index(key[0]), -found[key][1])):
        right, count = found[key]
        share = f"  ({100 * count / of_all:.1f} % of all)" if of_all else ""
        print(f"  {100 * right / count:6.2f}  {right:6} of {count:6}  {'  '.join(key)}{share}")


if __name__ == "__main__":
    main()
