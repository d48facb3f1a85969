"""Kills processes of an installation at random moments, and starts again what a person would start again."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.cluster.conftest import Installation

PAUSE_S = 0.7  # on average, before each kill
IN_WORK = 0.8  # of the kills come when batches are held; without, most would hit programs that only start
START_S = 20  # at the most, until that is so
PATIENCE_S = 180  # after the last one
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Process:
    pid: int
    role: str


@dataclass(kw_only=True)
class Ordeal:
    """A job of an installation under which processes are killed; what is random follows the seed."""

    installation: Installation
    log: Path
    seed: int
    kills: int
    dealt: Counter[str] = field(default_factory=Counter)
    halts: int = 0

    def run(self, kind: str, *command: str | Path) -> str:
        """Run a command and workers, and kill them, until the job has ended; return its state.

        A step that was killed again and again asks a person, who lets it go on.
        """
        chance = random.Random(f"{self.seed} {kind}")
        with (
            self.log.open("a") as output,
            _Programs(self.installation, output, command).running() as programs,
        ):
            deadline = time.monotonic() + PATIENCE_S
            while (state := self._end(kind)) in (None, "halted"):
                assert time.monotonic() < deadline, f"it does not end, seed {self.seed}, see {self.log}"
                if self.dealt.total() < self.kills:
                    self._wait(chance)
                    self._kill(chance, output)
                    deadline = time.monotonic() + PATIENCE_S
                if state == "halted":
                    self._let_it_continue(kind)
                programs.revive(lambda: self._end(kind) is None)
                time.sleep(POLL_S)
        return str(state)

    def _let_it_continue(self, kind: str) -> None:
        job = self.installation.query(f"SELECT min(id) FROM media_catalog_job WHERE kind = '{kind}'")[0][0]  # noqa: S608
        self.halts += not self.installation.run("job", str(job), "continue").returncode

    def _end(self, kind: str) -> str | None:
        jobs = f"SELECT state FROM media_catalog_job WHERE kind = '{kind}'"  # noqa: S608
        ended = f"{jobs} AND finished_at IS NOT NULL ORDER BY id"
        rows = self.installation.query(ended)
        return str(rows[0][0]) if rows else None

    def _wait(self, chance: random.Random) -> None:
        """Wait a moment; most often until work is under way: programs start slower than they work."""
        deadline = time.monotonic() + START_S
        if chance.random() < IN_WORK:
            while not self._is_at_work() and time.monotonic() < deadline:
                time.sleep(POLL_S)
        time.sleep(chance.expovariate(1 / PAUSE_S))

    def _is_at_work(self) -> bool:
        """Tell whether a batch is held by somebody alive, and not by the victims of the last kill."""
        running = "SELECT owner FROM media_catalog_jobbatch WHERE state = 'running'"
        alive = {str(one.pid) for one in processes(self.installation) if one.role == "member"}
        return any(alive & set(owner.split("|")) for (owner,) in self.installation.query(running))

    def _kill(self, chance: random.Random, output: IO[str]) -> None:
        """Kill a process of a random role, so that the few of one kind are hit as often as the many."""
        alive = processes(self.installation)
        if not alive:
            return
        role = chance.choice(sorted({process.role for process in alive}))
        victim = chance.choice(sorted(process.pid for process in alive if process.role == role))
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.dealt[role] += 1
            print(
                f"{time.strftime('%T')} === kill {self.dealt.total()}: {role} {victim}",
                file=output,
                flush=True,
            )


class _Programs:
    """A worker and a command, started again for as long as their job goes on."""

    def __init__(self, installation: Installation, output: IO[str], command: tuple[str | Path, ...]) -> None:
        self.installation, self.output = installation, output
        self.commands = [("worker",), command]

    @contextlib.contextmanager
    def running(self) -> Iterator["_Programs"]:
        self.alive = [self._start(*command) for command in self.commands]
        try:
            yield self
        finally:
            _, command = self.alive
            with contextlib.suppress(subprocess.TimeoutExpired):
                command.wait(30)
            for process in reversed(self.alive):
                process.terminate()
                process.wait(90)

    def revive(self, is_going_on: Callable[[], bool]) -> None:
        for number, command in enumerate(self.commands):
            if self.alive[number].poll() is not None and is_going_on():
                self.alive[number] = self._start(*command)

    def _start(self, *command: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.installation.command(*command),
            env=self.installation.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
            text=True,
        )


def processes(installation: Installation) -> list[Process]:
    """List the living processes of an installation, told by its data folder in their environment."""
    mark = f"MEDIAPARSER_DATA_DIR={installation.environment['MEDIAPARSER_DATA_DIR']}".encode()
    found: dict[int, tuple[list[bytes], int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                found[int(folder.name)] = words, parent
    return [Process(pid=pid, role=_role(pid, found)) for pid in found]


def _role(pid: int, found: dict[int, tuple[list[bytes], int]]) -> str:
    words, parent = found[pid]
    if b"-stay_open" in words:
        return "exiftool"
    if not any(word.endswith(b"manage.py") for word in words):
        return "helper"
    if b"worker" not in words:
        return "command"
    if b"--cluster" not in words:
        return "supervisor"
    above = _role(parent, found) if parent in found else ""
    return {"supervisor": "main", "main": "sentinel"}.get(above, "member")
