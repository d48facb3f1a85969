"""Disks of their own for tests, where they may mount some."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *arguments: str | Path) -> Iterator[Path]:
    """Mount something on a folder for as long as the block lasts, or skip the test."""
    mount(folder, *arguments)
    try:
        yield folder
    finally:
        # What is mounted from the same disk is no mount point to Python.
        while subprocess.run(["umount", "-l", folder], capture_output=True, check=False).returncode == 0:
            pass


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a disk of a given size (options of tmpfs) that holds what the folder held."""
    held = (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        if folder.exists()
        else {}
    )
    with mounted(folder, "-t", "tmpfs", "-o", options, "tmpfs"):
        for name, content in held.items():
            (folder / name).write_bytes(content)
        yield folder


def mount(folder: Path, *arguments: str | Path) -> None:
    folder.mkdir(exist_ok=True)
    command = ["mount", *arguments, folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a disk can only be mounted by root, and not in every container")


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def fill(folder: Path) -> Path:
    """Leave no free byte on a disk; whoever deletes the file that is returned makes room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    return filler
