"""Run a command against a private PostgreSQL server: `python -m tests.postgres COMMAND…`.

The server lives in a temporary folder, listens on a Unix socket there and ends with the command, whose exit
code is returned. It trades durability for speed.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

USER = "mediaparser"
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
FASTER = ("fsync", "synchronous_commit", "full_page_writes")
START_SECONDS = 30
ADVICE = (
    "PostgreSQL's server programs are missing. Debian, Ubuntu: sudo apt-get install postgresql; "
    "macOS: brew install postgresql."
)


class ServerFailed(Exception):
    """The server cannot be had; the message is for people."""


def find_programs() -> Path:
    """Return the folder that holds initdb and postgres; Debian keeps it off PATH.

    :raises ServerFailed: if there is none.
    """
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: float(path.parent.parent.name), default=None)
    if newest is None:
        raise ServerFailed(ADVICE)
    return newest.parent


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server for as long as the block lasts, and yield its DATABASE_URL."""
    programs = find_programs()
    # Not below TMPDIR: the path of a Unix socket may have no more than about 100 bytes.
    with tempfile.TemporaryDirectory(prefix="mediaparser-pg-", dir="/tmp") as name:
        folder = Path(name)
        rights = _unprivileged(folder)
        layout = (f"--pgdata={folder}/data", "--encoding=UTF8", f"--locale={LOCALE}", "--no-sync")
        _call(programs / "initdb", *layout, f"--username={USER}", "--auth=trust", **rights)
        with _running(programs / "postgres", folder, rights):
            _call(programs / "createdb", f"--host={folder}", f"--username={USER}", USER, **rights)
            yield f"postgres://{USER}@/{folder}/{USER}"


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Give the folder to a user who may run a server, which root may not; return how to become that user."""
    rights: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        rights |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return rights


def _call(program: Path, *arguments: str, **rights: Any) -> None:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, **rights)
    if done.returncode:
        raise ServerFailed(f"{program.name} failed: {(done.stderr or done.stdout).strip()}")


@contextlib.contextmanager
def _running(postgres: Path, folder: Path, rights: dict[str, Any]) -> Iterator[None]:
    options = [f"--{name}=off" for name in FASTER]
    place = ("-D", str(folder / "data"), "-k", str(folder), "--listen_addresses=")
    log = folder / "log"
    with log.open("w") as output:
        # A session of its own: Ctrl-C reaches the command alone, and the server outlives it.
        process = subprocess.Popen(
            [postgres, *place, *options], stdout=output, stderr=output, start_new_session=True, **rights
        )
    try:
        _await_start(process, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # a "fast" shutdown
        process.wait()


def _await_start(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "ready to accept connections" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerFailed(f"PostgreSQL did not start: {log.read_text().strip()}")
        time.sleep(0.05)


def run(command: Sequence[str]) -> int:
    """Run the command with DATABASE_URL set, and return its exit code: 128 + n where signal n ended it."""
    with server() as url:
        code = subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
    return code if code >= 0 else 128 - code


def _exit_on_sigterm(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: python -m tests.postgres COMMAND…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    try:
        return run(sys.argv[1:])
    except ServerFailed as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
