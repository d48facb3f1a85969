"""Reads file names on standard input, one per line, and prints what each says as one JSON object per line."""

import json
import sys

from media_catalog.pipeline.filename_dates import candidate_from_name
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

DATE_LENGTH = {Precision.DAY: len("2015-01-31"), Precision.MONTH: len("2015-01")}


def main() -> None:
    for line in sys.stdin.buffer:
        name = line.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        sys.stdout.write(json.dumps(described(name)) + "\n")


def described(name: str) -> dict[str, str | None]:
    candidate = candidate_from_name(name)
    if candidate is None:
        return {"name": name, "date": None, "precision": None, "zone": None, "rule": None}
    moment = candidate.local or candidate.instant
    date = "" if moment is None else moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return {
        "name": name,
        "date": date[: DATE_LENGTH.get(candidate.precision)],
        "precision": candidate.precision,
        "zone": _zone(candidate),
        "rule": candidate.source.removeprefix("name:"),
    }


def _zone(candidate: Candidate) -> str:
    if candidate.offset_minutes is None:
        return "utc" if candidate.local is None else "local"
    hours, minutes = divmod(abs(candidate.offset_minutes), 60)
    return f"{'-' if candidate.offset_minutes < 0 else '+'}{hours:02d}:{minutes:02d}"


if __name__ == "__main__":
    main()
