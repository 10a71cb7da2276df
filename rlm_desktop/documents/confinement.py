"""What an extraction process does to itself before it opens any file.

It keeps: reading the interpreter and the libraries, the file that it is given as an open handle, the connection. It
loses: every other file, the network, starting programs, signalling others, memory beyond its limit. The layers are
the REPL's; where the system lacks one the others still hold.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

_PR_SET_NO_NEW_PRIVS = 38
_LARGEST_FILE_MB = 0
_ALSO_READABLE = ("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts")
"""PDFium measures text by the system's fonts when a PDF does not bring its own."""


def confine(memory_mb: int, package: str) -> list[str]:
    """Confine this process, which must have one thread, for good.

    Args:
        memory_mb: Address space on top of what it has now.
        package: Folder of this package, which stays readable beside the libraries.

    Returns:
        The layers that are in force.
    """
    if sys.platform == "win32":
        return []
    os.chdir("/")
    if not sys.platform.startswith("linux"):
        return _limits(memory_mb)
    from rlm_desktop.repl import confine_linux, landlock, linux_paths, seccomp

    layers = ["limits"]
    confine_linux.set_limits(memory_mb, _LARGEST_FILE_MB)
    if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        layers.append("no_new_privs")
    if landlock.abi():
        paths = {*linux_paths.readable([]), *sys.path, package, *_ALSO_READABLE}
        rules = [(path, landlock.READ) for path in sorted(paths)]
        with contextlib.suppress(OSError):
            landlock.restrict([*rules, ("/dev/null", landlock.USE), ("/dev/urandom", landlock.READ)])
            layers.append("Landlock")
    if seccomp.is_available():
        with contextlib.suppress(OSError):
            seccomp.install(os.getpid())
            layers.append("seccomp")
    return layers


def _limits(memory_mb: int) -> list[str]:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit but does not always take it
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    return ["limits"]
