"""What axe-core finds on a page that shuts people out."""

from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
Scheme = Literal["light", "dark"]
GRAVE = ("serious", "critical")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
RUN = "(options) => axe.run(document, {resultTypes: ['violations'], ...options})"
# Between two schemes nothing else differs.
COLOURS_ALONE = {"runOnly": ["color-contrast", "link-in-text-block"]}


def faults(page: Page, *, schemes: tuple[Scheme, ...] = SCHEMES) -> list[str]:
    """Return what is serious or critical on the page as it stands now, in light and dark."""
    found = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(f"window.axe || (() => {{ {SCRIPT} }})()")
        report = page.evaluate(RUN, {} if scheme == schemes[0] else COLOURS_ALONE)
        found += [f"{scheme}: {text}" for text in map(_told, report["violations"]) if text]
    page.emulate_media(color_scheme="light")
    return found


def _told(violation: dict[str, Any]) -> str:
    if violation["impact"] not in GRAVE:
        return ""
    places = "; ".join(str(node["target"]) + " " + node["html"][:120] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}) at {places}"
