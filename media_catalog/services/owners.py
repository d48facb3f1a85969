"""Names of worker processes, by which any process of a host can tell whether another one still lives."""

import os
import socket
from functools import cache
from pathlib import Path

import psutil


@cache
def _boot_id() -> str:
    linux = Path("/proc/sys/kernel/random/boot_id")
    return linux.read_text().strip()[:13] if linux.exists() else f"{psutil.boot_time():.0f}"


def name() -> str:
    """Name this process so that any process of this host can tell whether it still lives."""
    return f"{socket.gethostname()[:60]}|{_boot_id()}|{os.getpid()}|{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Tell whether an owner on this host has died; owners on other hosts are left to their lease."""
    host, boot_id, pid, created = owner.split("|")
    if host != socket.gethostname()[:60]:
        return False
    try:
        process = psutil.Process(int(pid))
        is_another = boot_id != _boot_id() or abs(process.create_time() - float(created)) > 1
        # The first process of a container may take its time over burying the dead.
        return is_another or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
