"""Which paths a worker needs on Linux, and the bubblewrap command that shows its zygote nothing else."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from rlm_desktop.repl.boot import REPEATABLE, base_prefix, base_python, library_paths, standard_library

_SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64")
_SYSTEM_FILES = ("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache")
SCRATCH = "/scratch"
"""Where the workers in bubblewrap have their folders."""
_SCRATCH_BYTES = 1 << 30


def readable(libraries: Sequence[str]) -> list[str]:
    """What a worker reads: the standard library, the named libraries, the system's own libraries.

    Of a Python in somebody's home only the standard library is opened, not what lies beside it.
    """
    found = [*_SYSTEM_LIBRARIES, *_SYSTEM_FILES, *_standard_library()]
    found += map(str, library_paths(libraries))
    return list(dict.fromkeys(path for path in found if os.path.exists(path)))


def _standard_library() -> list[str]:
    beside = [str(path) for path in Path(base_prefix(), "lib").glob("*.so*")]
    return [standard_library(), str(sysconfig.get_config_var("DESTSHARED") or ""), *beside]


def bubblewrap(libraries: Sequence[str] = ()) -> list[str] | None:
    """The command that runs a zygote with an empty root of its own; None where bubblewrap is not installed."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    repl = Path(__file__).resolve().parent
    for path in [*readable(["msgspec", *libraries]), base_python(), str(repl)]:
        if os.path.islink(path) and os.path.dirname(path) == "/":
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind", os.path.realpath(path), path]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    command += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--remount-ro",
        "/dev",
        "--size",
        str(_SCRATCH_BYTES),
        "--tmpfs",
        SCRATCH,
    ]
    return [*command, "--hostname", "sandbox", "--chdir", SCRATCH, "--"]


_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ENVIRONMENT = {"LANG": "C.UTF-8", **_ONE_THREAD, **REPEATABLE}
"""What the numeric libraries read at import: with threads of their own they could not be forked."""
