"""A database that somebody else has locked."""

import contextlib
import sqlite3
import time

import psycopg
import pytest
from django.conf import settings

from tests.cluster.outcomes import assert_alike
from tests.faults.conftest import catalogue, done_count, has_ended, wait_until


@contextlib.contextmanager
def locked(installation):
    """Hold what all work needs, as a backup or a person with a shell does.

    On a server that is one table: to wait for a second while holding the first may close a circle.
    """
    if address := installation.environment.get("DATABASE_URL"):
        server = settings.DATABASES["default"]
        access = {"host": server["HOST"], "user": server["USER"], "password": server["PASSWORD"]}
        with psycopg.connect(dbname=address.rpartition("/")[2], **access) as connection:
            connection.execute("LOCK TABLE media_catalog_jobbatch IN ACCESS EXCLUSIVE MODE")
            yield
        return
    path = f"{installation.environment['MEDIAPARSER_DATA_DIR']}/mediaparser.sqlite3"
    with contextlib.closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("seconds", [2, pytest.param(35, marks=pytest.mark.soak)])
def test_an_import_waits_for_a_locked_database_and_goes_on(product, worker, photos, undisturbed, seconds):
    product.json("import_path", photos, "--no-wait")
    wait_until(lambda: done_count(product) >= 3)
    with locked(product):
        time.sleep(seconds)
    wait_until(lambda: has_ended(product), seconds=150)
    assert has_ended(product) == "completed"
    assert_alike(catalogue(product), undisturbed)


# Between any two pages of what the last stage reads, somebody else writes.
NEIGHBOUR_WRITES = """
import sqlite3
from django.conf import settings
from media_catalog.services import clock, groups, import_finish, jobs, working

other = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=5, isolation_level=None)
refresh = groups.refresh_identical

def refresh_while_others_write(*arguments, **named):
    other.execute("UPDATE media_catalog_job SET current_text = current_text || '.'")
    return refresh(*arguments, **named)

import_finish.SLICE = 1
groups.refresh_identical = refresh_while_others_write
while working.run_next(clock=clock.now):
    pass
"""


@pytest.mark.any_database
def test_the_last_stage_may_write_while_others_write_too(product, photos):
    if "DATABASE_URL" in product.environment:
        pytest.skip("only SQLite knows this trouble")
    product.json("import_path", photos, "--no-wait")
    done = product.run("shell", "-c", NEIGHBOUR_WRITES)
    assert (done.returncode, has_ended(product)) == (0, "completed"), done.stderr
    assert "database is locked" not in done.stderr
