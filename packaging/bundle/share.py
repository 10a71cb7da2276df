"""Lets the program itself use the interpreter's tree that its child processes use, so that it is shipped once.

PyInstaller puts a compiled copy of each module of the standard library beside the program's own, and the modules in
C into a folder of their own. Both are taken out again; in their places, where the starter looks for them, stand
links into the tree.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from interpreter import FOLDER

_ARCHIVE = "base_library.zip"
"""First on the starter's module path. There is no such archive in a bundle of single files; a folder serves."""


def share(root: Path) -> int:
    """Take the second copies out of `root` (the bundle's `_internal`). Returns how many bytes that saved."""
    library = next((root / FOLDER / "lib").glob("python3.*"))
    saved = 0
    for path in sorted(root.rglob("*.pyc")):
        place = path.relative_to(root)
        if place.parts[0] != FOLDER and (library / place.with_suffix(".py")).is_file():
            saved += path.stat().st_size
            path.unlink()
            _remove_empty(path.parent, root)
    extensions = root / library.name / "lib-dynload"
    for path in sorted(extensions.iterdir()):
        if not (library / "lib-dynload" / path.name).is_file():
            raise SystemExit(f"{path} is not in the interpreter's tree, so the two cannot be one")
        saved += path.stat().st_size
    shutil.rmtree(extensions)
    extensions.symlink_to(Path("..", FOLDER, "lib", library.name, "lib-dynload"))
    (root / _ARCHIVE).symlink_to(library.relative_to(root))
    return saved


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
