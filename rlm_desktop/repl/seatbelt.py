"""Seatbelt, the sandbox of macOS, which a process applies to itself. Experimental: written without such a machine.

`sandbox_init` is deprecated and enforced all the same; browsers rest on it. The profile denies by default; the last
matching rule wins, and paths must be real ones (`/private/var`, not `/var`).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence

_SYSTEM = (
    "/usr/lib",
    "/System/Library",
    "/System/Volumes/Preboot/Cryptexes/OS",
    "/Library/Apple",
    "/usr/share/zoneinfo",
)
_FILES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero", "/private/etc/localtime")
_OPEN_FILES = 64
_FILE_BYTES = 64 << 20
_RUSAGE_INFO_V0 = 0


def confine(readable: Sequence[str], scratch: str) -> None:
    """Confine this process for good.

    Raises:
        OSError: The system refused.
    """
    library = ctypes.CDLL("/usr/lib/libSystem.B.dylib")
    library.sandbox_init.argtypes = [ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p)]
    error = ctypes.c_char_p()
    if library.sandbox_init(profile(readable, scratch).encode(), 0, ctypes.byref(error)):
        raise OSError(f"Seatbelt: {(error.value or b'refused').decode(errors='replace')}")


def profile(readable: Sequence[str], scratch: str) -> str:
    """The rules: names and sizes of files can be seen everywhere, contents only of what is listed."""
    read = " ".join(f"(subpath {_quoted(path)})" for path in (*_SYSTEM, *readable))
    files = " ".join(f"(literal {_quoted(path)})" for path in _FILES)
    return "\n".join(
        (
            "(version 1)",
            "(deny default)",
            "(allow file-read-metadata)",
            "(allow sysctl-read)",
            "(allow process-info* (target self))",
            "(allow signal (target self))",
            f"(allow file-read* {read} {files})",
            '(allow file-write-data (literal "/dev/null"))',
            f"(allow file-read* file-write* (subpath {_quoted(scratch)}))",
            "(deny process-fork)",
            "(deny process-exec*)",
            "(deny network*)",
        )
    )


def _quoted(path: str) -> str:
    escaped = os.path.realpath(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def set_limits() -> None:
    """The limits that macOS keeps; memory is not among them, so the watcher must see to it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        os.nice(5)


def footprint(pid: int) -> int:
    """Bytes of memory that a process of this user has, as macOS counts them.

    Raises:
        OSError: It has ended.
    """
    library = ctypes.CDLL("/usr/lib/libSystem.B.dylib", use_errno=True)
    usage = (ctypes.c_uint64 * 16)()
    if library.proc_pid_rusage(pid, _RUSAGE_INFO_V0, ctypes.byref(usage)):
        raise OSError(ctypes.get_errno(), "proc_pid_rusage")
    # After the 16 bytes of an identifier: two times, two wake-ups, page-ins, wired, resident, footprint.
    return usage[2 + 7]
