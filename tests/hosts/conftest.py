"""Three hosts, the database on the first of them, and what they share on a disk that each of them reaches."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import postgres
from tests.hosts import network, server
from tests.hosts.network import Host
from tests.hosts.site import Site

# In memory, where nothing is waited for, if there is room.
FOLDERS = (Path("/dev/shm"), Path("/tmp"))  # noqa: S108
ROOM_BYTES = 2 << 30
NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that the user of the database server may enter, which pytest's own is not."""
    roomy = [parent for parent in FOLDERS if parent.is_dir() and shutil.disk_usage(parent).free > ROOM_BYTES]
    with tempfile.TemporaryDirectory(prefix="mediaparser-hosts-", dir=next(iter(roomy), None)) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def hosts(shared: Path) -> Iterator[Mapping[str, Host]]:
    if "DATABASE_URL" in os.environ:
        pytest.skip("has a PostgreSQL of its own, and was run with the tests on SQLite")
    with ExitStack() as stack:
        try:
            postgres.find_programs()
            yield stack.enter_context(network.network(NAMES, shared))
        except (network.NotAllowed, postgres.ServerFailed) as reason:
            pytest.skip(f"no hosts of our own here: {reason}")


@pytest.fixture
def sites(hosts: Mapping[str, Host], shared: Path) -> Iterator[tuple[Site, Site]]:
    """Two installations on these hosts: one for a host alone, one for all."""
    (shared / "server").mkdir()
    with server.running(hosts["alpha"], shared / "server") as database:
        database.create("alone")
        alone = Site(server=database, database="alone", folder=shared / "alone")
        done = alone.run(hosts["alpha"], "setup")
        assert done.returncode == 0, done.stderr
        shutil.copytree(shared / "alone", shared / "together")
        database.create("together", template="alone")
        yield alone, Site(server=database, database="together", folder=shared / "together")
