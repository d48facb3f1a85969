"""What the product needs around it, whether it is there, and what to do if not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from media_catalog.pipeline import media_types
from media_catalog.services import health, preferences

OLDEST_EXIFTOOL = 12.40
EXIFTOOL_ADVICE = (
    "Run `make setup`, or install it: `sudo apt-get install libimage-exiftool-perl` on Debian and Ubuntu, "
    "`brew install exiftool` on macOS; or set MEDIAPARSER_EXIFTOOL to its path."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `advice` says what to do when it is not right."""

    name: str
    is_right: bool
    text: str
    advice: str = ""


def examine(*, seen: health.Health | None) -> Iterator[Finding]:
    """Look at everything that the product needs, one finding after the other.

    :param seen: who works and what waits, `None` while there is no database that could say so.
    """
    yield Finding(name="Python", is_right=sys.version_info >= (3, 11), text=sys.version.split()[0])
    yield exiftool_finding()
    yield _libmagic()
    yield _database()
    yield _folder("Data folder", Path(settings.DATA_DIR), "MEDIAPARSER_DATA_DIR")
    archive = preferences.archive_dir() if seen is not None else Path(settings.MEDIAPARSER_ARCHIVE_DIR)
    yield _folder("Archive folder", archive, "MEDIAPARSER_ARCHIVE_DIR")
    if seen is not None:
        yield from _work(seen)


def exiftool_finding() -> Finding:
    """Look for a usable ExifTool."""
    program = settings.MEDIAPARSER_EXIFTOOL
    try:
        answer = subprocess.run([program, "-ver"], capture_output=True, text=True, timeout=20, check=True)
        version = float(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return Finding(
            name="ExifTool",
            is_right=False,
            text=f"ExifTool does not run ({program}).",
            advice=EXIFTOOL_ADVICE,
        )
    return Finding(
        name="ExifTool",
        is_right=version >= OLDEST_EXIFTOOL,
        text=f"ExifTool {version:.2f} ({shutil.which(program) or program})",
        advice=EXIFTOOL_ADVICE,
    )


def _libmagic() -> Finding:
    sniffed = media_types.sniff_mime(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02"
    )
    return Finding(name="libmagic", is_right=sniffed == "image/png", text=f"recognises a PNG as {sniffed}")


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(name="Database", is_right=False, text=str(error).strip(), advice="Check DATABASE_URL.")
    return Finding(
        name="Database", is_right=True, text=f"{connection.vendor}, {connection.settings_dict['NAME']}"
    )


def _folder(name: str, folder: Path, variable: str) -> Finding:
    nearest = next(parent for parent in [folder, *folder.parents] if parent.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(
            name=name,
            is_right=False,
            text=f"{folder} cannot be written.",
            advice=f"Set {variable} to another folder.",
        )
    free = shutil.disk_usage(nearest).free
    return Finding(
        name=name,
        is_right=free > health.LITTLE_SPACE_BYTES,
        text=f"{folder}, {free / 1e9:.1f} GB free",
        advice="Make room on its disk.",
    )


def _work(seen: health.Health) -> Iterator[Finding]:
    """Say who works, what waits, and what is odd about it."""
    yield Finding(name="Workers", is_right=True, text=_hosts(seen))
    yield Finding(name="Work", is_right=True, text=_queue(seen))
    for warning in seen.warnings:
        if warning.code != health.Code.LITTLE_SPACE:  # the folders have said so
            yield Finding(name=NAMES[warning.code], is_right=False, text=warning.text, advice=warning.advice)


def _hosts(seen: health.Health) -> str:
    alive = [f"{host.processes} on {host.name}" for host in seen.hosts if host.is_alive]
    dead = [
        f"{host.name} (since {host.last_beat_at:%Y-%m-%d %H:%M} UTC)"
        for host in seen.hosts
        if not host.is_alive
    ]
    text = ", ".join(alive) or "none alive; commands start their own when they need them"
    return text + (f"; gone: {', '.join(dead)}" if dead else "")


def _queue(seen: health.Health) -> str:
    parts = [f"{seen.running_batches} batches run", f"{seen.waiting_batches} wait"]
    if seen.oldest_waiting_s is not None:
        parts.append(f"the oldest for {seen.oldest_waiting_s:.0f} s")
    if seen.doorbells:
        parts.append(f"{seen.doorbells} doorbells in the queue")
    if seen.stranded_batches:
        parts.append(f"{seen.stranded_batches} held by the dead")
    return ", ".join(parts)


NAMES = {
    health.Code.NO_WORKER: "Workers",
    health.Code.IDLE_WORKERS: "Workers",
    health.Code.UNHEARD_DOORBELLS: "Queue",
    health.Code.QUEUE_UNREACHABLE: "Queue",
    health.Code.STRANDED: "Workers",
    health.Code.CLOCK: "Clock",
}
