"""What an installation has come to, to be compared with another one."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.cluster.conftest import Installation

Facts = dict[str, Any]


def facts(installation: Installation) -> Facts:
    """Return the rows of each table, and what does not add up; see tests.cluster.facts."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cluster.facts"],
        env=installation.environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Facts = json.loads(done.stdout)
    return found


def outcome(installation: Installation, archive: Path) -> Facts:
    """Return all that an installation knows and has written, by name."""
    found = facts(installation)
    data = Path(installation.environment["MEDIAPARSER_DATA_DIR"])
    tables: Facts = found["tables"]
    return tables | {
        "errors": found["errors"],
        "archive": hashes(archive),
        "thumbnails": hashes(data / "thumbnails"),
        "leftovers": leftovers(installation),
    }


def hashes(folder: Path) -> list[str]:
    """Name and hash each file below a folder."""
    return [
        f"{path.relative_to(folder)}: {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def leftovers(installation: Installation) -> list[str]:
    """List temporary files, whosoever they are: none outlives the work."""
    data, scratch = (Path(installation.environment[name]) for name in ("MEDIAPARSER_DATA_DIR", "TMPDIR"))
    ours = [path for path in data.rglob("*") if ".tmp" in path.name or path.parent.name == "scratch"]
    cache = [path for path in (data / "cache").glob("*") if path.suffix != ".djcache"]
    return sorted(str(path) for path in (*ours, *cache, *scratch.rglob("*")))


def assert_alike(found: Facts, expected: Facts, *, hint: str = "") -> None:
    """Compare list by list, showing only what differs."""
    for name in sorted(found.keys() | expected.keys()):
        one, other = Counter[str](expected.get(name, [])), Counter[str](found.get(name, []))
        missing, surplus = [*(one - other)], [*(other - one)]
        assert not missing and not surplus, f"{hint} {name}: missing {missing}, surplus {surplus}"
