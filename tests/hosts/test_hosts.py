import hashlib
import logging
import os
from pathlib import Path

import pytest

from tests.hosts import library
from tests.hosts.site import LEASE_S, wait_until

pytestmark = pytest.mark.any_database

logger = logging.getLogger(__name__)

FEW, MANY = 400, 5000
GIVEN_UP_AFTER_S = 20  # by TCP, on both sides of a connection; see the settings of the database

EXPORTED = "SELECT coalesce(max(done_count), 0) FROM media_catalog_job WHERE kind = 'export'"


def cut_in_the_midst(site, host):
    """Cut a host off while it has batches in hand, and return them."""
    lost: set[str] = set()

    def cut():
        with host.stopped():
            lost.update(site.held_by(host))
            if lost:
                host.cut()
        return lost

    wait_until(cut)
    return lost


def kill_in_the_midst(site, host):
    wait_until(lambda: site.held_by(host))
    host.end()


def is_taken_over(site, lost):
    ids = ", ".join(lost)
    again = f"id IN ({ids}) AND attempts > 1 AND state IN ('running', 'done')"
    return site.number(f"SELECT count(*) FROM media_catalog_jobbatch WHERE {again}") == len(lost)  # noqa: S608


def batches_since(site, host, moment):
    done = f"owner LIKE '{host.name}|%' AND state = 'done' AND finished_at > '{moment}'"
    return site.number(f"SELECT count(*) FROM media_catalog_jobbatch WHERE {done}")  # noqa: S608


def moment(site):
    return site.query("SELECT clock_timestamp()")[0][0]


def copies(archive: Path) -> dict[str, str]:
    """Every file of an archive, temporary ones too, with its hash."""
    files = [Path(parent, name) for parent, _, names in os.walk(archive) for name in names]
    return {str(path.relative_to(archive)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def export(site, host, archive):
    done = site.run(host, "export", "--output", archive, "--force", "--json")
    assert done.returncode == 0, done.stderr
    assert site.run(host, "verify_archive", archive).returncode == 0
    return copies(archive)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.soak)])
def test_three_hosts_do_the_work_of_one_though_one_is_cut_off_and_others_die(hosts, sites, shared, number):
    photos = library.make(shared / "photos", number)
    alpha, beta, gamma = hosts.values()
    alone, together = sites
    alone.json(alpha, "import_path", photos, "--workers", "2")
    expected = alone.facts()
    assert len(expected["catalogue"]) == number + number // 50 + 3

    for host in hosts.values():
        together.start(host, "worker")
    wait_until(lambda: together.number("SELECT count(*) FROM media_catalog_workerbeat") == 3)
    job = together.json(alpha, "import_path", photos, "--no-wait")["job"]
    wait_until(lambda: together.done(job) >= 0.5 * number, seconds=600)
    shares = together.shares(job, hosts=3)
    lost = cut_in_the_midst(together, beta)
    kill_in_the_midst(together, gamma)
    assert not together.has_ended(job)
    even = sum(shares.values()) / 3
    unevenness = 0.2 if number == MANY else 0.5  # of a few files, some are a matter of luck
    assert all(abs(share - even) <= unevenness * even for share in shares.values()), shares

    waited_s = wait_until(lambda: is_taken_over(together, lost), seconds=LEASE_S + 2 * GIVEN_UP_AFTER_S)
    logger.info("shares %s; what was lost was taken over after %.1f s", shares, waited_s)
    beta.mend()
    mended_at = moment(together)
    wait_until(lambda: together.has_ended(job), seconds=900)
    assert together.facts() == expected
    if number == MANY:
        assert batches_since(together, beta, mended_at) > 0

    wanted = export(alone, alpha, shared / "archive of one")
    exporting = together.start(alpha, "export", "--output", shared / "archive of all", "--force", "--json")
    wait_until(lambda: together.number(EXPORTED) >= 0.2 * number, seconds=600)
    assert batches_since(together, beta, mended_at) > 0
    kill_in_the_midst(together, beta)
    assert exporting.wait(900) == 0, together.log(alpha).read_text()
    assert together.run(alpha, "verify_archive", shared / "archive of all").returncode == 0
    assert copies(shared / "archive of all") == wanted
    assert together.facts() == alone.facts()
