"""What importing costs in CPU time, beside the floor and beside the predecessor's way: `make bench`.

The floor reads and hashes the bytes, asks one resident ExifTool for all tags, decodes once at a reduced scale
to a JPEG of 400 px, and takes one perceptual hash. What finds copies beside that (a mark of the picture data,
a signature of the look, sharpness) is no part of it, and is told apart. Ours is the whole import: services,
database and queue, with real workers; the CPU time of all their processes counts. Rounds alternate, and the
best of each counts, since other load only ever adds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import floor, installation, libraries, stages

WORKERS = 2
FLOOR_FILES = 100  # of a list, since the floor holds their contents
PREDECESSOR_FILES = 50
SPEED_SHARE = 0.9  # of what the CPU time would allow
OVERHEAD_SHARE = 0.03  # of queue and database
PREDECESSOR_TIMES = 5
PHOTOS, MIXED, HEICS = "12-megapixel JPEGs", "a mixed library", "12-megapixel HEICs with a sound thumbnail"


@dataclass(slots=True, kw_only=True)
class Library:
    """A list of files and what was measured on it; `bar` is how many times the floor an import may cost."""

    name: str
    folder: Path
    paths: Sequence[Path]
    bar: float | None
    floors: list[dict[str, float]] = field(default_factory=list)
    faster: list[float] = field(default_factory=list)  # decodes of JPEGs by the library that we use
    predecessor: list[float] = field(default_factory=list)
    traits: list[dict[str, float]] = field(default_factory=list)  # of JPEGs
    imports: list[dict[str, Any]] = field(default_factory=list)
    by_stage: dict[str, Any] = field(default_factory=dict)

    @property
    def floor(self) -> dict[str, float]:
        return min(self.floors, key=lambda parts: sum(parts.values()))

    @property
    def ours(self) -> dict[str, Any]:
        return min(self.imports, key=lambda one: float(sum(one["programs"].values())))

    @property
    def ours_ms(self) -> float:
        return float(sum(self.ours["programs"].values())) * 1000 / len(self.paths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--mixed", type=int, default=1200)
    parser.add_argument("--heics", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    print(f"Before: {installation.surroundings()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mediaparser-bench-") as name:
        made = _make(Path(name), photos=options.photos, mixed=options.mixed, heics=options.heics)
        for _ in range(options.rounds):
            for library in made:
                _measure(library)
                print(".", end="", flush=True, file=sys.stderr)
        for library in made:
            library.by_stage = _import(library.folder, "--stages")
    held = [_show(library) for library in made]
    held.append(_compare_heics(made))
    print(f"\nAfter: {installation.surroundings()}")
    sys.exit(
        0 if all(held) else "not all bars were held; on a busy machine only the CPU times mean something"
    )


def _make(folder: Path, *, photos: int, mixed: int, heics: int) -> list[Library]:
    makers: list[tuple[str, str, Callable[..., list[Path]], int, float | None]] = [
        (PHOTOS, "photos", libraries.photos, photos, 1.15),
        (MIXED, "mixed", libraries.mixed, mixed, 1.3),
        (HEICS, "heics", libraries.heics, heics, None),
    ]
    return [
        Library(name=name, folder=folder / place, paths=make(folder / place, number=number), bar=bar)
        for name, place, make, number, bar in makers
        if number
    ]


def _measure(library: Library) -> None:
    library.floors.append(floor.floor(_some(library, FLOOR_FILES)))
    library.imports.append(_import(library.folder, "--workers", str(WORKERS)))
    some = _some(library, PREDECESSOR_FILES)
    library.predecessor.append(floor.predecessor(some))
    if library.name == PHOTOS:
        library.faster.append(floor.faster_decode(some))
        library.traits.append(stages.cost_of_traits(some))


def _some(library: Library, number: int) -> Sequence[Path]:
    """Take the first: any stretch of the mixed library is mixed as all of it is, and every n-th is not."""
    return library.paths[:number]


def _import(folder: Path, *options: str) -> dict[str, Any]:
    line = [sys.executable, "-m", "benchmarks.one_import", str(folder), *options]
    done = subprocess.run(line, cwd=installation.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _show(library: Library) -> bool:
    print(f"\n{library.name}: {len(library.paths)} files; CPU ms per file")
    for part, cost in library.floor.items():
        _line(part, cost)
    least = sum(library.floor.values())
    _line("the floor", least, "=")
    ours = library.ours_ms
    bar = f" (bar: {library.bar})" if library.bar else ""
    _line("our import, all of it", ours, f"{ours / least:.2f} times the floor{bar}")
    held = [library.bar is None or ours <= library.bar * least]
    if library.faster:
        strict = least - library.floor["one reduced decode to a 400 px JPEG"] + min(library.faster)
        _line("the floor with our decoder", strict, f"our import is {ours / strict:.2f} times that")
    _show_traits(library, least)
    for program, seconds in sorted(library.ours["programs"].items()):
        _line(f"  of it {program}", seconds * 1000 / len(library.paths))
    before = min(library.predecessor)
    held.append(before >= ours * PREDECESSOR_TIMES)
    _line("the predecessor's way", before, f"{before / ours:.1f} times ours (bar: {PREDECESSOR_TIMES})")
    is_fast, is_lean = _show_speed(library), _show_stages(library)
    return all(held) and (library.bar is None or (is_fast and is_lean))


def _show_traits(library: Library, least: float) -> None:
    """Say what the search for copies asks of an import, which the floor leaves out."""
    if library.traits:
        parts = min(library.traits, key=lambda one: sum(one.values()))
        cost = sum(parts.values())
        _line(
            "  of it to find copies later",
            cost,
            f"{100 * cost / least:.1f} % of the floor, which has none of it:",
        )
        for part, milliseconds in parts.items():
            _line(f"    {part}", milliseconds)


def _show_speed(library: Library) -> bool:
    best = min(library.imports, key=lambda one: float(one["wall_s"]))
    speed, limit = len(library.paths) / best["wall_s"], WORKERS * 1000 / library.ours_ms
    print(
        f"  {speed:.1f} files/s by {WORKERS} workers on {WORKERS} cores, {speed / limit:.2f} of what their"
        f" CPU time allows (bar: {SPEED_SHARE})"
    )
    return bool(speed >= SPEED_SHARE * limit)


def _show_stages(library: Library) -> bool:
    found, files = library.by_stage["stages"], library.by_stage["files"]
    total = sum(found.values())
    print("  where it goes, in one process with clocks:")
    for stage, seconds in sorted(found.items(), key=lambda one: -one[1]):
        print(f"    {stage:52} {seconds * 1000 / files:8.2f} {100 * seconds / total:6.1f} %")
    overhead = sum(part for name, part in found.items() if name.startswith((stages.DATABASE, stages.QUEUE)))
    print(f"    queue and database: {100 * overhead / total:.1f} % (bar: {100 * OVERHEAD_SHARE:.0f} %)")
    return bool(overhead <= OVERHEAD_SHARE * total)


def _compare_heics(made: Sequence[Library]) -> bool:
    cost = {library.name: library.ours_ms for library in made}
    if PHOTOS not in cost or HEICS not in cost:
        return True
    share = cost[HEICS] / cost[PHOTOS]
    print(f"\nA HEIC with a sound thumbnail costs {share:.2f} of a 12-megapixel JPEG (bar: 1)")
    return share < 1


def _line(name: str, cost: float, remark: str = "") -> None:
    print(f"  {name:40} {cost:8.1f}   {remark}".rstrip())


if __name__ == "__main__":
    main()
