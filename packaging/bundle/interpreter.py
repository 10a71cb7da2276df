"""The interpreter that the bundle ships for its child processes: REPL workers and extraction.

In a bundle `sys.executable` is the program, not Python. Child processes need a Python that starts in
milliseconds, has the whole standard library and can be confined to a folder; so the interpreter that builds the
bundle is put into it as an ordinary, relocatable tree.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

FOLDER = "python"
"""Of the tree, in the bundle."""
_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__", "_bundled"}


def tree() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Its data files and its binaries, as PyInstaller takes them: source file, folder in the bundle."""
    library = Path(os.__file__).resolve().parent
    place = f"{FOLDER}/{'Lib' if sys.platform == 'win32' else f'lib/{library.name}'}"
    datas: list[tuple[str, str]] = []
    binaries: list[tuple[str, str]] = []
    for file in _files(library):
        folder = file.parent.relative_to(library).as_posix()
        target = place if folder == "." else f"{place}/{folder}"
        (binaries if _is_binary(file) else datas).append((str(file), target))
    if sys.platform == "win32":
        base = Path(sys.base_prefix)
        binaries += [(str(file), FOLDER) for file in (base / "python.exe", *base.glob("*.dll"))]
        binaries += [(str(file), f"{FOLDER}/DLLs") for file in (base / "DLLs").iterdir() if _is_binary(file)]
        datas.append((str(base / "LICENSE.txt"), FOLDER))
    else:
        extensions = Path(sysconfig.get_config_var("DESTSHARED"))
        if extensions.parent != library:
            binaries += [(str(file), f"{place}/lib-dynload") for file in extensions.glob("*.so")]
        binaries.append((os.path.realpath(sys._base_executable), f"{FOLDER}/bin"))  # type: ignore[attr-defined]
    return datas, binaries


def fault() -> str:
    """Why this Python cannot be shipped; empty when it can."""
    if not sysconfig.get_config_var("PYTHONFRAMEWORK"):
        return ""
    return (
        f"{sys.base_prefix} is a framework of macOS: its interpreter works nowhere but there. Build with a Python "
        "that is none, as `uv python install` and pyenv make them."
    )


def _files(library: Path) -> list[Path]:
    found: list[Path] = []
    for folder, names, files in os.walk(library):
        names[:] = sorted(name for name in names if name not in _LEFT_OUT and not name.startswith("config-"))
        found += [Path(folder, name) for name in sorted(files) if not name.endswith(".pyc")]
    return found


def _is_binary(file: Path) -> bool:
    return file.suffix in (".so", ".pyd", ".dll", ".exe", ".dylib")
