import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from media_catalog.services import owners

HOST, BOOT, NAMESPACE, PID, STARTED = owners.name().split("|")


def owner(*, host=HOST, boot=BOOT, namespace=NAMESPACE, pid=PID, started=STARTED):
    return "|".join([host, boot, namespace, str(pid), started])


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def started(process):
    return owners._started(process.pid)


def test_a_living_process_is_not_dead():
    assert owner() == owners.name()
    assert not owners.is_dead(owners.name())


def test_a_process_that_died_and_was_not_buried_yet_is_dead(child):
    name = owner(pid=child.pid, started=started(child))
    assert not owners.is_dead(name)
    child.kill()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert owners.is_dead(name)
    child.wait()
    assert owners.is_dead(name)


def test_a_process_whose_number_another_one_has_now_is_dead():
    assert owners.is_dead(owner(started="1"))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "elsewhere"},
        {"boot": "another"},  # another machine of the same name, or this one before it was started anew
        {"namespace": "another"},  # a container of the same name, on the same machine
    ],
)
def test_a_process_that_cannot_be_looked_up_here_is_left_to_its_lease(elsewhere):
    assert not owners.is_dead(owner(pid=999_999, started="1", **elsewhere))


def test_a_name_given_by_an_earlier_version_is_left_to_its_lease():
    assert not owners.is_dead(f"{HOST}|{BOOT}|999999|1.0")


def test_names_fit_into_their_column():
    assert len(owner(host="h" * 60, pid=4_194_304)) <= 120


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no clock that nobody sets")
def test_a_wall_clock_that_is_set_kills_nobody(child):
    ticks = started(child)
    assert ticks.isdigit()
    since_boot_s = int(ticks) / os.sysconf("SC_CLK_TCK")
    assert 0 < since_boot_s <= float(Path("/proc/uptime").read_text().split()[0])
