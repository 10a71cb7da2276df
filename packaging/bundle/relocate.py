"""Makes a bundle on Linux independent of `LD_LIBRARY_PATH`, and the interpreter's tree of the rest of the bundle.

PyInstaller relies on that variable, which its starter sets; child processes must not inherit it. So every binary
gets a run path of its own. Libraries that the interpreter's tree needs move into it, so that one folder is all that
a confined process has to see; links stay in their place.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from interpreter import FOLDER
from symbols import strip

_MAGIC = b"\x7fELF"
_QT_LIBRARIES = "PySide6/Qt/lib"


class Bundle:
    """The binaries of a bundle and what they need.

    Attributes:
        root: The folder with everything but the starter (`_internal`).
    """

    def __init__(self, root: Path, patchelf: str) -> None:
        self.root = root
        self._patchelf = patchelf
        self._needed: dict[Path, list[str]] = {}
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and _is_elf(path):
                self._needed[path] = self._ask("--print-needed", path).split()

    @property
    def binaries(self) -> list[Path]:
        """All of them but the starter, in their order."""
        return list(self._needed)

    def prune(self, starter: Path) -> list[str]:
        """Remove the shared libraries that nothing needs, as those of a dropped plugin; their names."""
        libraries = [path for path in self._needed if self._is_shared_library(path)]
        used = self._closure([*(path for path in self._needed if path not in libraries), starter])
        unused = [path for path in libraries if path.name not in used]
        for path in unused:
            path.unlink()
            self._needed.pop(path)
        for link in self.root.iterdir():
            if link.is_symlink() and not link.exists():
                link.unlink()
        return sorted(path.name for path in unused)

    def _is_shared_library(self, path: Path) -> bool:
        """Whether only other binaries ask for it: at the top, with Qt's libraries, in the `.libs` of a wheel."""
        folder = path.parent
        shared = folder in (self.root, self.root / _QT_LIBRARIES) or folder.suffix == ".libs"
        return shared and not _is_extension(path)

    def move_libraries(self) -> None:
        """Put the libraries of the interpreter's tree into it."""
        tree = self.root / FOLDER
        inside = [path for path in self._needed if tree in path.parents]
        for name in sorted(self._closure(inside)):
            path, target = self.root / name, tree / "lib" / name
            if path.is_symlink() or not path.exists():
                continue
            path.rename(target)
            path.symlink_to(target.relative_to(self.root))
            self._needed[target] = self._needed.pop(path)

    def set_run_paths(self) -> None:
        """Let each binary find what it needs in the bundle, if it does not yet.

        The starter, the only binary outside, loads everything by its full path.
        """
        tree = self.root / FOLDER
        for path in self._needed:
            before = self._ask("--print-rpath", path).strip()
            places = [place for place in before.split(":") if place.startswith("$ORIGIN")]
            known = [Path(place.replace("$ORIGIN", str(path.parent))) for place in places]
            if not all(self._is_found(name, known) for name in self._needed[path]):
                place = os.path.relpath(tree / "lib" if tree in path.parents else self.root, path.parent)
                places.append("$ORIGIN" if place == "." else f"$ORIGIN/{place}")
            if (after := ":".join(places)) != before:
                self._ask(*(("--set-rpath", after) if after else ("--remove-rpath",)), path)

    def _is_found(self, name: str, folders: Iterable[Path]) -> bool:
        """Whether a library lies in one of these folders, or not in the bundle at all."""
        return not (self.root / name).exists() or any((folder / name).exists() for folder in folders)

    def _closure(self, binaries: Iterable[Path]) -> set[str]:
        """Names of libraries that these need, and those need in turn."""
        waiting = list(binaries)
        found: set[str] = set()
        while waiting:
            path = waiting.pop()
            for name in self._needed[path] if path in self._needed else self._ask("--print-needed", path).split():
                if name not in found:
                    found.add(name)
                    library = self.root / name
                    if library.exists():
                        waiting.append(library.resolve())
        return found

    def _ask(self, *arguments: str | Path) -> str:
        done = subprocess.run([self._patchelf, *arguments], check=True, capture_output=True, text=True)
        return done.stdout


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _MAGIC


def _is_extension(path: Path) -> bool:
    return ".cpython-" in path.name or path.name.endswith(".abi3.so")


def relocate(root: Path, starter: Path, patchelf: str) -> list[str]:
    """Do all of it. Returns what was done to its libraries, in words."""
    bundle = Bundle(root, patchelf)
    dropped = bundle.prune(starter)
    saved, kept = strip(bundle.binaries, root.with_name("stripped"))
    bundle.move_libraries()
    bundle.set_run_paths()
    return [
        f"Left out as not needed: {', '.join(dropped)}",
        f"Symbols taken out: {saved / 1e6:.0f} MB; left as they are: {', '.join(path.name for path in kept)}",
    ]
