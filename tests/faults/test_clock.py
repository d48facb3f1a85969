"""A clock that jumps by an hour, forward and back, while an import runs."""

import os
import signal

import pytest

from tests.cluster.chaos import processes
from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import catalogue, done_count, has_ended, running, wait_until

# Every Python of the product runs this at its start.
SITE = """
import datetime, os, pathlib
import django.utils.timezone as timezone

def now(real=timezone.now, clock=pathlib.Path(os.environ["CLOCK"])):
    return real() + datetime.timedelta(hours=int(clock.read_text()))

timezone.now = now
"""


@pytest.fixture
def clock(product, tmp_path):
    """Let the clock of all programs of the product go wrong by the hours that stand in this file."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    clock = tmp_path / "clock"
    clock.write_text("0")
    product.environment.update({"PYTHONPATH": str(tmp_path / "site"), "CLOCK": str(clock)})
    return clock


@pytest.mark.soak
@pytest.mark.parametrize("jump", ["1", "-1"])
def test_a_clock_that_jumps_costs_nothing(product, photos, undisturbed, clock, jump):
    with running(product, "worker"):
        product.json("import_path", photos, "--no-wait")
        wait_until(lambda: done_count(product) >= 3)
        clock.write_text(jump)
        victims = [one.pid for one in processes(product) if one.role == "main"]
        os.kill(victims[0], signal.SIGKILL)
        wait_until(lambda: has_ended(product))
        assert has_ended(product) == "completed"
        clock.write_text("0")
        again = product.json("import_path", photos)
        assert (again["state"], again["new_or_changed"]) == ("completed", 0)
    assert_alike(catalogue(product), undisturbed)
