"""The line between a supervisor and its cluster: signs of life one way, the order to end the other."""

import contextlib
import os
import select
import socket
from typing import Any


class Line:
    """The supervisor's end. The cluster, however often it is started anew, gets the other one."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)

    @property
    def number(self) -> int:
        """The file descriptor that the cluster inherits."""
        return self._theirs.fileno()

    def has_signs(self) -> bool:
        """Tell whether a worker has given a sign of life since the last time."""
        found = False
        with contextlib.suppress(BlockingIOError):
            while self._ours.recv(4096):
                found = True
        return found

    def order_to_end(self) -> None:
        """Ask all workers to give back what they hold; the death of the supervisor does the same."""
        self._ours.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()


_held: list[socket.socket] = []


def hold(number: int) -> None:
    """Take the cluster's end, which the workers inherit from this process, and no other program."""
    os.set_inheritable(number, False)
    end = socket.socket(fileno=number)
    end.setblocking(False)
    _held[:] = [end]


def give_sign(**_: Any) -> None:
    """Tell the supervisor that this worker begins or ends something; a receiver of django-q2's signals."""
    for end in _held:
        with contextlib.suppress(OSError):  # it looks now and then, and one sign is enough
            end.send(b".")


def is_ending() -> bool:
    """Tell whether the supervisor of this process wants it to end; without a supervisor nobody does."""
    if not _held:
        return False
    look = select.poll()
    look.register(_held[0], select.POLLIN)
    return bool(look.poll(0))
