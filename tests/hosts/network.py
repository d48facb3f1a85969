"""Hosts that share one machine and its disks, and nothing else: network, names and processes are their own.

They are wired to a switch, and can be cut off from it or killed. All are processes of ours: when the tests
end, however they end, nothing of them is left.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

PROGRAMS = ("setpriv", "unshare", "nsenter", "ip", "mount")
ALONE = ["setpriv", "--pdeathsig=KILL", "unshare", "--kill-child", "--fork", "--net"]
APART = ["--uts", "--ipc", "--pid", "--mount", "--mount-proc", "--propagation=private"]
NETWORK = "10.77.0"
WAIT = "echo ready; exec sleep infinity"


class NotAllowed(Exception):
    """Hosts cannot be made here; the message says why."""


class Namespace:
    """A process that keeps namespaces alive for others to enter."""

    def __init__(self, *options: str, script: str) -> None:
        self.keeper = subprocess.Popen(
            [*ALONE, *options, "sh", "-ec", f"{script}\n{WAIT}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        if self.keeper.stdout.readline() != "ready\n":
            raise NotAllowed(self.keeper.communicate()[1].strip())
        self.first = psutil.Process(self.keeper.pid).children()[0].pid

    def end(self) -> None:
        """Kill the first process, and with it all others of its process namespace."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.first, signal.SIGKILL)
        self.keeper.wait(60)
        for pipe in (self.keeper.stdout, self.keeper.stderr):
            pipe.close()


class Switch(Namespace):
    def __init__(self) -> None:
        super().__init__(script="ip link add br0 type bridge; ip link set br0 up")

    def ip(self, *arguments: str | int) -> None:
        _call("nsenter", f"--target={self.first}", "--net", "ip", *map(str, arguments))

    def plug(self, port: str, host: int) -> None:
        """Lay a cable from a port to the host whose first process is given."""
        self.ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host)
        self.ip("link", "set", port, "master", "br0", "up")


class Host(Namespace):
    """A host with an address; commands run on it as if it were another machine."""

    def __init__(self, name: str, number: int, *, switch: Switch, boot_file: Path) -> None:
        self.name, self.address = name, f"{NETWORK}.{number}"
        self.switch, self.port = switch, f"port{number}"
        self.started: list[subprocess.Popen[bytes]] = []
        boot_file.write_text(f"{uuid.uuid4()}\n")
        boot_id = f"mount --bind '{boot_file}' /proc/sys/kernel/random/boot_id"
        super().__init__(
            *APART, script=f"echo {name} > /proc/sys/kernel/hostname; {boot_id}; ip link set lo up"
        )
        switch.plug(self.port, self.first)
        _call(*self.enter("ip", "address", "add", f"{self.address}/24", "dev", "eth0"))
        _call(*self.enter("ip", "link", "set", "eth0", "up"))

    def enter(self, *command: str | Path, user: tuple[int, int] = (0, 0)) -> list[str]:
        """Return a command line that runs a command on this host."""
        spaces = ("--net", "--uts", "--ipc", "--pid", "--mount")
        rights = (f"--setuid={user[0]}", f"--setgid={user[1]}")
        return ["nsenter", f"--target={self.first}", *spaces, *rights, *map(str, command)]

    def cut(self) -> None:
        """Pull the cable: what was sent gets no answer, and no connection is closed."""
        self.switch.ip("link", "set", self.port, "down")

    def mend(self) -> None:
        self.switch.ip("link", "set", self.port, "up")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Let time stand still on this host, so that it can be looked at and cut off in one moment."""
        self._send(signal.SIGSTOP)
        yield
        self._send(signal.SIGCONT)
        for process in self.started:  # `nsenter` stops with what it runs, and does not go on with it
            process.send_signal(signal.SIGCONT)

    def _send(self, number: int) -> None:
        ours = Path(f"/proc/{self.first}/ns/pid").stat().st_ino
        for process in psutil.process_iter():
            with contextlib.suppress(OSError):  # gone, or none of ours
                if Path(f"/proc/{process.pid}/ns/pid").stat().st_ino == ours and process.pid != self.first:
                    os.kill(process.pid, number)

    def run(self, command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.enter(*command), capture_output=True, text=True, check=False, timeout=600, **options
        )

    def start(self, command: Sequence[str], *, log: Path, **options: Any) -> "subprocess.Popen[bytes]":
        """Start a command that ends with its host; what it says goes to the end of a file."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                self.enter(*command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
            )
        self.started.append(process)
        return process


@contextlib.contextmanager
def network(names: Sequence[str], folder: Path) -> Iterator[Mapping[str, Host]]:
    """Wire hosts of these names together for as long as the block lasts.

    :raises NotAllowed: where there can be no namespaces.
    """
    _require_rights()
    with contextlib.ExitStack() as stack:
        switch = Switch()
        stack.callback(switch.end)
        hosts: dict[str, Host] = {}
        for number, name in enumerate(names, start=1):
            hosts[name] = Host(name, number, switch=switch, boot_file=folder / f"boot-{name}")
            stack.callback(hosts[name].end)
        yield hosts


def _require_rights() -> None:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise NotAllowed(f"missing programs: {', '.join(missing)}")
    if os.geteuid() != 0:
        raise NotAllowed("only root may make network namespaces")


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAllowed(f"{' '.join(command)}: {done.stderr.strip()}")
