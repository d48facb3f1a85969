"""Names of worker processes, by which any process of a host can tell whether another one still lives."""

import os
import socket
from functools import cache
from pathlib import Path

import psutil

TICKS_SINCE_BOOT = 19  # place of "starttime" in /proc/PID/stat behind the name of the program


@cache
def _boot_id() -> str:
    linux = Path("/proc/sys/kernel/random/boot_id")
    return linux.read_text().strip()[:13] if linux.exists() else f"{psutil.boot_time():.0f}"


@cache
def _process_namespace() -> str:
    """Tell the containers of one machine apart: each numbers its processes anew."""
    linux = Path("/proc/self/ns/pid")
    return os.readlink(linux).strip("pid:[]") if linux.is_symlink() else ""  # noqa: PTH115  no path


def _place() -> list[str]:
    """Say where a process can be looked up: hosts may share a name, and containers that and their boot."""
    return [socket.gethostname()[:60], _boot_id(), _process_namespace()]


def _started(pid: int) -> str:
    """Return when a process started; if possible not by the wall clock, which may be set meanwhile."""
    linux = Path(f"/proc/{pid}/stat")
    if linux.exists():
        return linux.read_bytes().rpartition(b")")[2].split()[TICKS_SINCE_BOOT].decode()
    return f"{psutil.Process(pid).create_time():.2f}"


def name() -> str:
    """Name this process so that any process of this host can tell whether it still lives."""
    return _name_of(os.getpid())


def guardian() -> str:
    """Name the process that started this one."""
    return _name_of(os.getppid())


def _name_of(pid: int) -> str:
    return "|".join([*_place(), str(pid), _started(pid)])


def is_dead(owner: str) -> bool:
    """Tell whether an owner on this host, or in this container, has died; others are left to their lease."""
    *place, pid, started = owner.split("|")
    if place != _place():
        return False
    try:
        # The first process of a container may take its time over burying the dead.
        is_unburied = psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
        return is_unburied or _started(int(pid)) != started
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return True


def pid_here(owner: str) -> int | None:
    """Return the number of an owner's process where it can be looked up from here, else `None`."""
    *place, pid, _ = owner.split("|")
    return int(pid) if place == _place() else None
