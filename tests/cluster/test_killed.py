"""Processes killed at random moments of imports and exports: the end is that of an undisturbed run."""

import itertools
import logging
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.cluster.chaos import Ordeal, processes
from tests.cluster.conftest import Installation
from tests.cluster.library import make_library
from tests.cluster.outcomes import assert_alike, hashes, outcome

logger = logging.getLogger(__name__)

SEED = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
KILLS = int(os.environ.get("SOAK_KILLS", "50"))  # of the long test, in imports and in exports each


@pytest.fixture
def calm_run(make_installed, tmp_path):
    """Import and export a library undisturbed, and return how to do the same under kills."""
    return lambda number: Comparison(make_installed, tmp_path, make_library(tmp_path / "photos", number))


class Comparison:
    """An undisturbed run of a library, and others that have to come to the same."""

    def __init__(self, make_installed, tmp_path: Path, library: Path) -> None:
        self.make_installed, self.tmp_path, self.library = make_installed, tmp_path, library
        self.originals = hashes(library)
        installation, archive = self._installation("calm")
        assert installation.json("import_path", library, "--tag", "beach")["state"] == "completed"
        assert installation.json("export", "--output", archive, "--force")["state"] == "completed"
        self.expected = outcome(installation, archive)
        assert self.expected["errors"] == self.expected["leftovers"] == []

    def _installation(self, name: str) -> tuple[Installation, Path]:
        installation = self.make_installed(name)
        scratch = self.tmp_path / f"tmp of {name}"
        scratch.mkdir()
        settings_of_run = {
            "TMPDIR": str(scratch),
            "MEDIAPARSER_BATCH_SIZE": "10",
            "MEDIAPARSER_LOG_LEVEL": "INFO",
        }
        installation.environment.update(settings_of_run)
        return installation, self.tmp_path / f"archive of {name}"

    def disturb(self, *, seed: int, kills: int) -> Counter[str]:
        """Do the same under so many kills of each job; return how many there were until it ended."""
        installation, archive = self._installation(f"seed{seed}")
        dealt: Counter[str] = Counter()
        commands: dict[str, tuple[str | Path, ...]] = {
            "import": ("import_path", self.library, "--tag", "beach"),
            "export": ("export", "--output", archive, "--force"),
        }
        for kind, command in commands.items():
            log = self.tmp_path / f"log{seed}"
            ordeal = Ordeal(installation=installation, log=log, seed=seed, kills=kills)
            assert ordeal.run(kind, *command) == "completed", f"seed {seed}, see {log}"
            dealt[kind] = ordeal.dealt.total()
            logger.info("seed %s: %s survived %s, halts %s", seed, kind, dict(ordeal.dealt), ordeal.halts)
        assert not processes(installation), f"seed {seed}, see {log}"
        tidied = installation.run("reconcile").stdout
        assert "0 batches handed out again" in tidied
        found = outcome(installation, archive)
        assert_alike(found, self.expected, hint=f"seed {seed}, see {log}")
        assert hashes(self.library) == self.originals
        return dealt


@pytest.mark.any_database
@pytest.mark.timeout(300)
def test_a_few_kills_change_nothing(calm_run):
    dealt = calm_run(16).disturb(seed=SEED, kills=2)
    assert dealt.total() >= 2, f"seed {SEED}"


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_fifty_kills_of_imports_and_fifty_of_exports_change_nothing(calm_run):
    run, dealt = calm_run(100), Counter[str]()
    for seed in itertools.count(SEED):
        dealt += run.disturb(seed=seed, kills=KILLS)
        if min(dealt["import"], dealt["export"]) >= KILLS:
            break
    logger.info("seeds %s to %s: %s", SEED, seed, dict(dealt))
