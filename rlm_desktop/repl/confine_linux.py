"""What a worker on Linux does to itself before any model-written code runs in it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import tempfile

import msgspec

from rlm_desktop.repl import landlock, seccomp, self_test

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
_M_ARENA_MAX = -8
_OPEN_FILES = 64
_TASKS = 8_192
"""Threads of all workers of a bubblewrap together."""
_NICE = 5

_libc = ctypes.CDLL(None, use_errno=True)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker is to be confined.

    Attributes:
        memory_mb: Address space on top of what the fork already has.
        landlock: Whether files are restricted by Landlock.
        seccomp: Whether system calls are restricted.
        test: Whether to try what should not work any more.
        own_users: Whether it is in a name space of users: there its threads can be counted apart from the person's.
        readable: Paths that stay readable.
        file_mb: Largest file.
    """

    memory_mb: int
    landlock: bool = True
    seccomp: bool = True
    test: bool = False
    own_users: bool = False
    readable: list[str] = []
    file_mb: int = 64


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force: the layers by name, and what the self-test could do though it should not."""

    layers: list[str]
    faults: list[str]


def confine(options: Options, scratch: str) -> Applied:
    """Confine this process, which must have one thread, for good.

    Args:
        options: How.
        scratch: Folder in which it may write.

    Raises:
        OSError: A layer that should hold could not be applied.
    """
    os.chdir(scratch)
    os.environ.clear()
    # The window comes first when there are more busy cells than cores.
    os.nice(_NICE)
    tempfile.tempdir = scratch
    layers = ["no_new_privs", "limits"]
    set_limits(options.memory_mb, options.file_mb)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        _drop_capabilities()
        layers.append("no capabilities")
    if options.own_users:
        resource.setrlimit(resource.RLIMIT_NPROC, (_TASKS, _TASKS))
    if options.landlock:
        rules = [(path, landlock.READ) for path in options.readable]
        rules += [("/dev/null", landlock.USE), ("/dev/zero", landlock.USE), ("/dev/urandom", landlock.READ)]
        layers.append(f"Landlock {landlock.restrict([*rules, (scratch, landlock.READ_WRITE)])}")
    if options.seccomp:
        seccomp.install(os.getpid())
        layers.append("seccomp")
    faults = self_test.faults(files=options.landlock, calls=options.seccomp) if options.test else []
    return Applied(layers=layers, faults=faults)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def set_limits(memory_mb: int, file_mb: int) -> None:
    """Limits of the kernel on memory, files and the like, and the mark that this process goes first."""
    # Without it each thread reserves an arena of its own and the address space ends after a few of them.
    _libc.mallopt(_M_ARENA_MAX, 2)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    memory = _address_space() + (memory_mb << 20)
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_mb << 20),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # A file that grows too large must be an error of the cell, not the end of the worker.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _address_space() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _drop_capabilities() -> None:
    """Root without its powers: a plain user that happens to own root's files, which Landlock keeps shut."""
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities: {os.strerror(number)}")


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
