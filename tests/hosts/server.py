"""A PostgreSQL server on one of several hosts, which listens on its address and nowhere else."""

import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.hosts.network import NETWORK, Host

TRUST = f"host all all {NETWORK}.0/24 trust\n"
START_SECONDS = 30


class Server:
    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder = host, folder
        self.programs = postgres.find_programs()
        entry = pwd.getpwnam("postgres" if _exists("postgres") else "nobody")
        self.user = (entry.pw_uid, entry.pw_gid)

    def url(self, database: str) -> str:
        return f"postgres://{postgres.USER}@{self.host.address}:5432/{database}"

    def prepare(self) -> None:
        shutil.chown(self.folder, *self.user)
        options = ("--no-sync", "--auth=trust", f"--username={postgres.USER}", "--encoding=UTF8")
        locale = f"--locale={postgres.LOCALE}"
        self._call("initdb", f"--pgdata={self.folder / 'data'}", locale, *options)
        (self.folder / "data/pg_hba.conf").write_text(TRUST)

    def start(self) -> None:
        places = (f"--listen_addresses={self.host.address}", "--unix_socket_directories=")
        faster = [f"--{name}=off" for name in postgres.FASTER]
        command = [self.programs / "postgres", "-D", self.folder / "data", *places, *faster]
        log = self.folder / "log"
        with log.open("ab") as output:
            subprocess.Popen(
                self.host.enter(*map(str, command), user=self.user),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while "ready to accept connections" not in log.read_text():
            if time.monotonic() > deadline:
                raise postgres.ServerFailed(log.read_text())
            time.sleep(0.05)

    def create(self, database: str, *, template: str = "template1") -> None:
        access = (f"--host={self.host.address}", f"--username={postgres.USER}")
        self._call("createdb", *access, f"--template={template}", database)

    def query(self, statement: str, *, database: str) -> list[list[str]]:
        """Ask the database itself: a command of ours takes a second to start."""
        access = (f"--host={self.host.address}", f"--username={postgres.USER}", f"--dbname={database}")
        shown = self._call("psql", *access, "-XAtF\x1f", "--command", statement)
        return [line.split("\x1f") for line in shown.splitlines()]

    def _call(self, program: str, *arguments: str) -> str:
        command = self.host.enter(str(self.programs / program), *arguments, user=self.user)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise postgres.ServerFailed(f"{program} failed: {done.stderr.strip()}")
        return done.stdout


def _exists(user: str) -> bool:
    return user in {entry.pw_name for entry in pwd.getpwall()}


@contextmanager
def running(host: Host, folder: Path) -> Iterator[Server]:
    """Run a server on a host, with whom it ends."""
    server = Server(host, folder)
    server.prepare()
    server.start()
    yield server
