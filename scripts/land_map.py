"""Draw the outline of all land as a small SVG, for the maps of the pages.

The data are Natural Earth's (public domain, https://www.naturalearthdata.com), packed as TopoJSON by the npm
package world-atlas (ISC, Michael Bostock):

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/land_map.py package/land-50m.json > static/img/land.svg
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

TENTHS = 10  # of a degree: the unit of the picture
TOLERANCE = 1.0  # tenths of a degree that a line may be off
LEAST_AREA = 5.0  # square tenths; smaller islands are left out
SOURCE = "Land: Natural Earth (public domain), by world-atlas 2.0.2 (ISC)"

Point = tuple[float, float]
Line = list[Point]


def arcs(topology: dict[str, Any]) -> Iterator[Line]:
    """Decode the lines, which hold differences in whole steps."""
    (scale_x, scale_y), (move_x, move_y) = (topology["transform"][key] for key in ("scale", "translate"))
    for steps in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            line.append(((x * scale_x + move_x) * TENTHS, -(y * scale_y + move_y) * TENTHS))
        yield line


def simplified(line: Line) -> Line:
    """Leave out points that change little (Douglas and Peucker); both ends stay."""
    if len(line) < 3:
        return line
    distances = [_distance(point, line[0], line[-1]) for point in line[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__) + 1
    if distances[farthest - 1] <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: farthest + 1])[:-1] + simplified(line[farthest:])


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    if not length:
        return float(((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)
    return float(abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length)


def rings(topology: dict[str, Any], lines: Sequence[Line]) -> Iterator[Line]:
    """Put the lines together to rings; a negative number means a line backwards."""
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                points: Line = []
                for number in ring:
                    line = lines[number] if number >= 0 else lines[~number][::-1]
                    points += line[1:] if points else line
                yield points


def area(ring: Line) -> float:
    """Return the area within a ring."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def path(found: Iterable[Line]) -> str:
    """Write rings as differences in whole tenths."""
    parts = []
    for ring in found:
        points = [(round(x), round(y)) for x, y in ring]
        steps = [
            f"{x - last_x} {y - last_y}"
            for (last_x, last_y), (x, y) in pairwise(points[:-1])
            if (x, y) != (last_x, last_y)
        ]
        parts.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z")
    return "".join(parts).replace(" -", "-")


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text())
    lines = [simplified(line) for line in arcs(topology)]
    land = path(ring for ring in rings(topology, lines) if area(ring) >= LEAST_AREA)
    box = f"{-180 * TENTHS} {-90 * TENTHS} {360 * TENTHS} {180 * TENTHS}"
    sys.stdout.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><!-- {SOURCE} -->'
        f'<path id="land" d="{land}"/></svg>\n'
    )


if __name__ == "__main__":
    main()
