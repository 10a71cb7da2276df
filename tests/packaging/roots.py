"""A fresh Debian in a folder, and the bundle's own interpreter: where the slow tests of the packages work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = PROJECT / "artifacts" / "packaging"
NOBODY = 65534
PERSON = 1000
HOME = "/home/Frau Müller 文書"
LOWEST_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

ENTER = """\
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
cd "$ROOT"
mount -t proc proc proc
mount --rbind /dev dev
mkdir -p .old
pivot_root . .old
umount -l /.old
rmdir /.old
"$@"
"""
"""A root of its own. Not by chroot: inside one no user name space can be made, so bubblewrap would not work.
The shell stays as the first process: Xvfb does not tell such a one that it is ready."""


@dataclass(frozen=True)
class Root:
    """A fresh Debian in a folder."""

    folder: Path

    def run(
        self, *command: str, user: int = 0, seconds: float = 400, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with no more of this machine's environment than is named."""
        who = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        settings = {"PATH": LOWEST_PATH, "HOME": HOME if user else "/root", "LANG": "C.UTF-8"} | environment
        inside = [*who, "env", "-i", *(f"{name}={value}" for name, value in settings.items()), *command]
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh", *inside],
            env={"PATH": LOWEST_PATH, "ROOT": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=check,
        )

    def files(self) -> set[str]:
        """Every file, link and folder in it, but for what running programs and other packages' caches leave."""
        passing = (
            "proc",
            "dev",
            "tmp",
            "run",
            "var/cache",
            "var/log",
            "var/lib/apt",
            "var/lib/dpkg",
            "home",
            "root",
        )
        found: set[str] = set()
        for folder, names, files in os.walk(self.folder):
            place = os.path.relpath(folder, self.folder)
            names[:] = [name for name in names if os.path.normpath(f"{place}/{name}") not in passing]
            found.update(os.path.normpath(f"{place}/{name}") for name in [*names, *files])
        return found


def apt(root: Root, *arguments: str, check: bool = True) -> None:
    root.run(
        "apt-get", "-y", "--no-install-recommends", *arguments,
        seconds=600, check=check, DEBIAN_FRONTEND="noninteractive",
    )  # fmt: skip


def install(root: Root, package: Path) -> None:
    """Install a package that lies in a file, as a person would."""
    there = root.folder / "srv" / package.name
    shutil.copyfile(package, there)
    apt(root, "install", f"/srv/{package.name}")
    there.unlink()


def as_nobody() -> Mapping[str, Any]:
    """For a child process that shall have no rights."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def inside(internal: str) -> Sequence[str]:
    """The command that runs something by the interpreter in a bundle."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [f"{internal}/python/bin/{version}", "-I", "-B"]
