"""What a worker on Linux does to itself before any model-written code runs in it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

import msgspec

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_M_ARENA_MAX = -8

libc = ctypes.CDLL(None, use_errno=True)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker is to be confined.

    Attributes:
        memory_mb: Address space on top of what the fork already has.
        file_mb: Largest file.
    """

    memory_mb: int
    file_mb: int = 64


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force: the layers by name, and what the self-test could do though it should not."""

    layers: list[str]
    faults: list[str]


def confine(options: Options) -> Applied:
    """Confine this process for good.

    Raises:
        OSError: A layer that should hold could not be applied.
    """
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    set_limits(options)
    return Applied(layers=["no_new_privs", "limits"], faults=[])


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def set_limits(options: Options) -> None:
    """Limits of the kernel on memory, files and the like, and the mark that this process goes first."""
    # Without it each thread reserves an arena of its own and the address space ends after a few of them.
    libc.mallopt(_M_ARENA_MAX, 2)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    memory = _address_space() + (options.memory_mb << 20)
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, options.file_mb << 20),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _address_space() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    if libc.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
