"""What a confined worker tries before it takes any code: all of it must fail."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import socket
from collections.abc import Callable

_libc = ctypes.CDLL(None, use_errno=True)
_UNLISTED = {
    # name: number on x86_64, on aarch64
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}


def faults(*, files: bool, calls: bool) -> list[str]:
    """Names of what worked though it should not.

    Args:
        files: Whether paths are restricted.
        calls: Whether system calls are restricted.
    """
    tests: dict[str, Callable[[], object]] = {}
    if files:
        tests |= {
            "read /etc/passwd": lambda: open("/etc/passwd").close(),
            "list /": lambda: os.listdir("/"),
            "read /proc/self/environ": lambda: open("/proc/self/environ").close(),
            "write beside its folder": lambda: os.close(os.open("../x", os.O_CREAT | os.O_WRONLY)),
        }
    if calls:
        tests |= {
            "open a TCP socket": lambda: socket.socket().close(),
            "open a Unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
            "make a datagram pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
            "fork": _fork,
            "run a program": lambda: os.execv("/bin/true", ["true"]),
            "signal its parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
            "make a symbolic link": lambda: os.symlink("/etc", "link"),
        }
        column = 0 if platform.machine() == "x86_64" else 1
        tests |= {name: _system_call(numbers[column]) for name, numbers in _UNLISTED.items()}
    return [name for name, test in tests.items() if _worked(test)]


def seatbelt_faults() -> list[str]:
    """The same for macOS, where a socket can be made but must not reach anything."""
    tests: dict[str, Callable[[], object]] = {
        "connect to TCP": _connect,
        "fork": _fork,
        "signal its parent": lambda: os.kill(os.getppid(), 0),
    }
    return [name for name, test in tests.items() if _worked(test)]


def _connect() -> None:
    try:
        socket.create_connection(("127.0.0.1", 9), 1).close()
    except ConnectionRefusedError:
        # It was tried: nobody listens there, but nobody forbade it.
        return


def _worked(test: Callable[[], object]) -> bool:
    try:
        test()
    except OSError:
        return False
    return True


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _system_call(number: int) -> Callable[[], None]:
    def call() -> None:
        # Null arguments: where the call is not refused as such it fails with another number than EPERM.
        if _libc.syscall(number, 0, 0, 0, 0, 0) < 0 and ctypes.get_errno() == 1:
            raise PermissionError

    return call
