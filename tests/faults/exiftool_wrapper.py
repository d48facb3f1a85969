#!/usr/bin/env python3
"""ExifTool, save for chosen files: beside `FAULTY`, whose text names them and what to do about them.

Lines such as `hang IMG_0003.jpg`, `die IMG_0005.jpg`, `babble IMG_0007.jpg`, `wait IMG_0009.jpg`; without
that file, the real one.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

FAULTY = Path(os.environ["EXIFTOOL_FAULTS"])
REAL = os.environ["EXIFTOOL_REAL"]


def main() -> int:
    if "-stay_open" not in sys.argv:
        return subprocess.run([REAL, *sys.argv[1:]], check=False).returncode
    pipe = subprocess.PIPE
    real = subprocess.Popen([REAL, *sys.argv[1:]], stdin=pipe, stdout=pipe, stderr=pipe)
    command: list[bytes] = []
    for line in iter(sys.stdin.buffer.readline, b""):
        command.append(line)
        if line.startswith(b"-execute"):
            if not misbehave(command, real):
                pass_on(command, real)
            command = []
    assert real.stdin
    real.stdin.close()
    return real.wait()


def pass_on(command: list[bytes], real: "subprocess.Popen[bytes]") -> None:
    """Give the real one a command and wait for its answer, whose ends are known."""
    assert real.stdin and real.stdout and real.stderr
    number = command[-1].strip().removeprefix(b"-execute")
    real.stdin.write(b"".join(command))
    real.stdin.flush()
    for source, target, end in ((real.stdout, 1, b"{ready%s}"), (real.stderr, 2, b"{done%s}")):
        for line in iter(source.readline, b""):
            os.write(target, line)
            if line.rstrip().endswith(end % number):
                break


def misbehave(command: list[bytes], real: "subprocess.Popen[bytes]") -> bool:
    faults = FAULTY.read_text().split("\n") if FAULTY.exists() else []
    for fault, _, name in (line.partition(" ") for line in faults if line):
        if any(line.rstrip().endswith(name.encode()) for line in command):
            {"hang": hang, "die": die, "babble": babble, "wait": wait}[fault](command, real)
            return True
    return False


def hang(command: list[bytes], real: "subprocess.Popen[bytes]") -> None:
    time.sleep(1000)


def die(command: list[bytes], real: "subprocess.Popen[bytes]") -> None:
    real.kill()
    sys.exit(1)


def babble(command: list[bytes], real: "subprocess.Popen[bytes]") -> None:
    number = command[-1].strip().removeprefix(b"-execute")
    os.write(1, b'}{ "no JSON": \x00\xff [{ready%s}\n' % number)
    os.write(2, b"=0{done%s}\n" % number)


def wait(command: list[bytes], real: "subprocess.Popen[bytes]") -> None:
    """Answer as soon as there are no faults any more."""
    while FAULTY.exists():
        time.sleep(0.02)
    pass_on(command, real)


if __name__ == "__main__":
    sys.exit(main())
