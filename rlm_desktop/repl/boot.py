"""How a child process starts: with the standard library, this package and the libraries that were named.

`rlm_desktop.repl` is made importable without running the package's own `__init__`; the folders of installed
libraries leave `sys.path` again, so that nothing but the named ones can be imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rlm_desktop.errors import ReplError

_BOOT = """\
import os, sys
from types import ModuleType
package, kind, libraries, *rest = sys.argv[1:]
base = ModuleType("rlm_desktop")
base.__path__ = [package]
sys.modules["rlm_desktop"] = base
folders = [folder for folder in libraries.split(os.pathsep) if folder]
sys.path += folders
for name in rest.pop(0).split(","):
    __import__(name)
for folder in folders:
    sys.path.remove(folder)
from importlib import import_module
import_module("rlm_desktop.repl." + kind).main(rest)
"""


REPEATABLE = {"PYTHONHASHSEED": "0"}
"""Part of a child's environment: sets have the same order each time, so that a run can be resumed or forked."""


def boot_command(kind: str, libraries: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """Command line of a child process that finds `rlm_desktop.repl` and the named libraries, and nothing else.

    Raises:
        ReplError: A library is not installed.
    """
    folders: list[str] = []
    for name in libraries:
        folder = str(library_folder(name).parent)
        if folder not in folders:
            folders.append(folder)
    package = str(Path(__file__).resolve().parent.parent)
    # Isolated, but for the environment, which is made for it: `PYTHONHASHSEED` must hold.
    boot = [base_python(), "-P", "-s", "-S", "-B", "-c", _BOOT]
    return [*boot, package, kind, os.pathsep.join(folders), ",".join(libraries), *arguments]


def base_python() -> str:
    """The interpreter itself: that of a virtual environment may be a link or a launcher."""
    shipped = _shipped_interpreter()
    if shipped is None:
        return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
    return str(shipped / ("python.exe" if sys.platform == "win32" else f"bin/{_PYTHON}"))


def base_prefix() -> str:
    """The folder of the interpreter and its libraries."""
    return str(_shipped_interpreter() or sys.base_prefix)


def standard_library() -> str:
    """The folder of the standard library that child processes import."""
    shipped = _shipped_interpreter()
    if shipped is None:
        return os.path.dirname(os.path.realpath(os.__file__))
    return str(shipped / ("Lib" if sys.platform == "win32" else f"lib/{_PYTHON}"))


_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


def _shipped_interpreter() -> Path | None:
    """In a bundle, whose program is no interpreter: the tree that `packaging/bundle/interpreter.py` put there."""
    return Path(sys.prefix, "python") if getattr(sys, "frozen", False) else None


def library_folder(name: str) -> Path:
    """Where an installed library lies.

    Raises:
        ReplError: It is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ReplError(
            f"The library {name!r}, which REPL workers are set to offer, is not installed"
            + ("." if _shipped_interpreter() else f": pip install {name}.")
        )
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def library_paths(names: Sequence[str]) -> list[Path]:
    """Folders and files of installed libraries and of what they require.

    Raises:
        ReplError: One is not installed.
    """
    found: dict[Path, None] = {}
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop().lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            # Installed without metadata, or a requirement of another platform.
            if name in names:
                found[library_folder(name)] = None
            continue
        for file in distribution.files or ():
            if file.parts[0] not in ("..", "__pycache__"):
                found[Path(str(distribution.locate_file(file.parts[0]))).resolve()] = None
        waiting += _requirements(distribution)
    return [path for path in found if path.exists()]


def _requirements(distribution: importlib.metadata.Distribution) -> list[str]:
    wanted = (requirement for requirement in distribution.requires or () if "extra ==" not in requirement)
    return [match[0] for requirement in wanted if (match := re.match(r"[\w.-]+", requirement))]
