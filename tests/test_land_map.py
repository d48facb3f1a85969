"""The map of the pages, and the script that draws it."""

import xml.etree.ElementTree as ET
from pathlib import Path

from scripts import land_map

SVG = Path(__file__).parent.parent / "static/img/land.svg"
SQUARE = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    # Half a square each; the first has a point that lies on the line.
    "arcs": [[[0, 0], [5, 0], [5, 0], [0, 10]], [[0, 0], [0, 10], [10, 0]]],
    "objects": {"land": {"geometries": [{"arcs": [[[0, -2]]]}]}},
}


def test_the_map_is_small_and_says_where_it_comes_from():
    text = SVG.read_text()
    assert len(text) < 60_000
    assert land_map.SOURCE in text
    path = ET.fromstring(text).find("{http://www.w3.org/2000/svg}path")  # noqa: S314  our own file
    assert path is not None
    assert path.get("id") == "land"


def test_puts_lines_together_to_rings_and_leaves_out_what_changes_little():
    lines = [land_map.simplified(line) for line in land_map.arcs(SQUARE)]
    assert [len(line) for line in lines] == [3, 3]
    (ring,) = land_map.rings(SQUARE, lines)
    assert land_map.area(ring) == 100 * 100
    assert land_map.path([ring]) == "M0 0l100 0 0-100-100 0z"
