"""The system calls that a worker may make: a seccomp filter, built and installed without a library.

Everything that is not listed answers EPERM. What would leave the process (exec, fork, sockets, passing descriptors,
signals, ptrace, io_uring, keyrings, namespaces) is not listed, so a new call of a future kernel is refused too.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator

_TABLES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""Machine -> audit architecture, column in the lists below. ("-": the machine has no such call.)"""

_ALLOWED = """
read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, preadv 295 69, pwritev 296 70,
preadv2 327 286, pwritev2 328 287, close 3 57, close_range 436 436, lseek 8 62, fstat 5 80, dup 32 23, dup2 33 -,
dup3 292 24, flock 73 32, fsync 74 82, fdatasync 75 83, ftruncate 77 46, fallocate 285 47, getdents64 217 61,
copy_file_range 326 285, sendfile 40 71, pipe 22 -, pipe2 293 59, poll 7 -, ppoll 271 73, select 23 -,
pselect6 270 72, epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21, epoll_wait 232 -,
epoll_pwait 281 22, epoll_pwait2 441 441, eventfd2 290 19, timerfd_create 283 85, timerfd_settime 286 86,
timerfd_gettime 287 87, open 2 -, openat 257 56, stat 4 -, lstat 6 -, newfstatat 262 79, statx 332 291,
access 21 -, faccessat 269 48, faccessat2 439 439, readlink 89 -, readlinkat 267 78, mkdir 83 -, mkdirat 258 34,
unlink 87 -, unlinkat 263 35, rmdir 84 -, rename 82 -, renameat 264 38, renameat2 316 276, chdir 80 49,
fchdir 81 50, getcwd 79 17, statfs 137 43, fstatfs 138 44, umask 95 166, mmap 9 222, munmap 11 215,
mremap 25 216, mprotect 10 226, madvise 28 233, brk 12 214, msync 26 227, mincore 27 232, membarrier 324 283,
rseq 334 293, set_robust_list 273 99, futex_waitv 449 449, set_tid_address 218 96, exit 60 93,
exit_group 231 94, gettid 186 178, getpid 39 172, getppid 110 173, getuid 102 174, geteuid 107 175,
getgid 104 176, getegid 108 177, getresuid 118 148, getresgid 120 150, getgroups 115 158, getpgrp 111 -,
sched_yield 24 124, sched_getaffinity 204 123, sched_get_priority_max 146 125, sched_get_priority_min 147 126,
nanosleep 35 101, clock_nanosleep 230 115, clock_gettime 228 113, clock_getres 229 114, gettimeofday 96 169,
time 201 -, times 100 153, getrusage 98 165, getrlimit 97 163, setrlimit 160 164, sysinfo 99 179, uname 63 160,
getrandom 318 278, getcpu 309 168, rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139,
rt_sigpending 127 136, rt_sigtimedwait 128 137, rt_sigsuspend 130 133, sigaltstack 131 132,
restart_syscall 219 128, alarm 37 -, pause 34 -, setitimer 38 103, getitimer 36 102,
shutdown 48 210, getsockname 51 204, getpeername 52 205,
getsockopt 55 209, arch_prctl 158 -
"""
_DONE_WITHOUT_DOING = """
chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -, fchown 93 55, lchown 94 -,
fchownat 260 54, utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88, setpriority 141 140,
setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, sched_setaffinity 203 122, mlock 149 228, munlock 150 229
"""
"""Landlock does not cover these; programs that copy files call them and take "success" for an answer."""
_CHECKED = """
fcntl 72 25, ioctl 16 29, prctl 157 167, prlimit64 302 261, kill 62 129, tgkill 234 131, clone 56 220,
socketpair 53 199, sendto 44 206, recvfrom 45 207, recvmsg 47 212, futex 202 98
"""
_MISSING = """
clone3 435 435, openat2 437 437
"""
"""Newer forms that the C library replaces by an older, checkable one when the kernel lacks them."""

_NEWEST = 470
"""Calls from this number on do not exist for the worker, so that libraries fall back to older ones."""

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_DENY = _ERRNO | errno.EPERM

_CLONE_THREAD = 0x10000
_CLONE_FORBIDDEN = 0x7E020000 | 0x80 | 0x2000 | 0x8000
"""New namespaces, being traced, and children that are siblings."""
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1034)
"""Duplicate, flags, locks, sizes and seals; not the owner, signal, lease and notify commands."""
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Ask whether it is a terminal and how much there is to read; blocking and close-on-exec."""
_PRCTL = (15, 16, 23, 0x53564D41)
"""The thread's name, whether a capability is there, names of memory areas."""
_MSG_OOB = 1
"""Out-of-band data on Unix sockets: a part of the kernel with a history of holes that nothing here needs."""
_FUTEX_COMMAND = 0x7F
_FUTEX_WITH_PRIORITY = (6, 7, 8, 11, 12, 13)
"""Locks that hand on priority, likewise."""
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF

_SET_MODE_FILTER = 1
_GET_ACTION_AVAIL = 2
_SYSTEM_CALL = {"x86_64": 317, "aarch64": 277}
_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def is_available() -> bool:
    """Whether this kernel and machine can do it."""
    machine = platform.machine()
    if machine not in _TABLES:
        return False
    action = ctypes.c_uint32(_ERRNO)
    return not _libc.syscall(_SYSTEM_CALL[machine], _GET_ACTION_AVAIL, 0, ctypes.byref(action))


def install(pid: int) -> None:
    """Confine the calling thread, and all that it will start, to the list. `no_new_privs` must be set.

    Args:
        pid: This process: the only one that it may signal.

    Raises:
        OSError: The kernel refused.
    """
    machine = platform.machine()
    if machine not in _TABLES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    code = program(machine, pid)
    filters = _Program(len(code) // 8, code)
    if _libc.syscall(_SYSTEM_CALL[machine], _SET_MODE_FILTER, 0, ctypes.byref(filters)):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def program(machine: str, pid: int) -> bytes:
    """The filter in the kernel's form."""
    architecture, column = _TABLES[machine]
    code = [_statement(_LOAD, _ARCHITECTURE), _jump(_EQUAL, architecture, 1, 0), _statement(_RETURN, _KILL)]
    code.append(_statement(_LOAD, _NUMBER))
    if machine == "x86_64":
        # Calls of the x32 kind have the same architecture and a bit of their own.
        code += [_jump(_ABOVE, 0x40000000, 0, 1), _statement(_RETURN, _KILL)]
    for number in _numbers(_ALLOWED, column):
        code += [_jump(_EQUAL, number, 0, 1), _statement(_RETURN, _ALLOW)]
    checks = _checks(pid)
    for name, number in _named(_CHECKED, column):
        body = checks[name]
        code += [_jump(_EQUAL, number, 0, len(body)), *body]
    for number in _numbers(_DONE_WITHOUT_DOING, column):
        code += [_jump(_EQUAL, number, 0, 1), _statement(_RETURN, _ERRNO)]
    for number in _numbers(_MISSING, column):
        code += [_jump(_EQUAL, number, 0, 1), _statement(_RETURN, _ERRNO | errno.ENOSYS)]
    code += [_jump(_ABOVE, _NEWEST, 0, 1), _statement(_RETURN, _ERRNO | errno.ENOSYS)]
    code.append(_statement(_RETURN, _DENY))
    return b"".join(code)


def _checks(pid: int) -> dict[str, list[bytes]]:
    """What the arguments of a checked call must be; each list ends in a return."""
    thread = [
        _argument(0),
        _jump(_ANY_BIT, _CLONE_FORBIDDEN, 2, 0),
        _jump(_ANY_BIT, _CLONE_THREAD, 0, 1),
        _statement(_RETURN, _ALLOW),
        _statement(_RETURN, _DENY),
    ]
    pair = [
        _argument(0),
        _jump(_EQUAL, _AF_UNIX, 0, 4),
        _argument(1),
        _statement(_AND, _SOCK_TYPE),
        _jump(_EQUAL, _SOCK_STREAM, 0, 1),
        _statement(_RETURN, _ALLOW),
        _statement(_RETURN, _DENY),
    ]
    return {
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL),
        "prctl": _one_of(0, _PRCTL),
        "prlimit64": _one_of(0, (0, pid)),
        "kill": _one_of(0, (pid,)),
        "tgkill": _one_of(0, (pid,)),
        "clone": thread,
        "socketpair": pair,
        "sendto": _without(3, _MSG_OOB),
        "recvfrom": _without(3, _MSG_OOB),
        "recvmsg": _without(2, _MSG_OOB),
        "futex": _none_of(1, _FUTEX_COMMAND, _FUTEX_WITH_PRIORITY),
    }


def _one_of(argument: int, values: tuple[int, ...]) -> list[bytes]:
    code = [_argument(argument)]
    for value in values:
        code += [_jump(_EQUAL, value, 0, 1), _statement(_RETURN, _ALLOW)]
    return [*code, _statement(_RETURN, _DENY)]


def _none_of(argument: int, mask: int, values: tuple[int, ...]) -> list[bytes]:
    code = [_argument(argument), _statement(_AND, mask)]
    for value in values:
        code += [_jump(_EQUAL, value, 0, 1), _statement(_RETURN, _DENY)]
    return [*code, _statement(_RETURN, _ALLOW)]


def _without(argument: int, bit: int) -> list[bytes]:
    return [
        _argument(argument),
        _jump(_ANY_BIT, bit, 0, 1),
        _statement(_RETURN, _DENY),
        _statement(_RETURN, _ALLOW),
    ]


def _argument(index: int) -> bytes:
    # The lower half: all checked arguments are 32-bit values for the kernel.
    return _statement(_LOAD, _ARGUMENTS + 8 * index)


def _statement(operation: int, value: int) -> bytes:
    return struct.pack("<HBBI", operation, 0, 0, value)


def _jump(operation: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("<HBBI", operation, if_true, if_false, value)


def _named(table: str, column: int) -> Iterator[tuple[str, int]]:
    for entry in table.replace("\n", " ").split(","):
        name, *numbers = entry.split()
        if numbers[column] != "-":
            yield name, int(numbers[column])


def _numbers(table: str, column: int) -> Iterator[int]:
    return (number for _, number in _named(table, column))
