"""What the slow tests of the packages share: the bundle, the Debian packages, a fresh Debian to put them into.

They run when `RLM_DESKTOP_PACKAGING=1` is set, on Linux. What is in `dist/` is used, else it is built. The fresh
Debian needs root, debootstrap and a network; `RLM_DESKTOP_ROOT` names a folder that keeps it between test runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.roots import HOME, PERSON, PROJECT, Root, apt, install

DIST = PROJECT / "dist"
LOCALES = ("de_DE.UTF-8", "ja_JP.UTF-8")


def wanted() -> None:
    """Skip unless these tests are asked for."""
    if os.environ.get("RLM_DESKTOP_PACKAGING") != "1":
        pytest.skip("slow: set RLM_DESKTOP_PACKAGING=1 to run it")
    if sys.platform != "linux":
        pytest.skip("the packages of Linux")


def build(command: str) -> None:
    subprocess.run([sys.executable, str(PROJECT / "packaging" / "dev.py"), command], check=True)


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The folder bundle."""
    wanted()
    if not (DIST / "rlm-desktop" / "rlm-desktop").is_file():
        build("bundle")
    return DIST / "rlm-desktop"


@pytest.fixture(scope="session")
def deb() -> Path:
    """The Debian package of the program."""
    wanted()
    if not list(DIST.glob("rlm-desktop_*.deb")):
        build("deb")
    return max(DIST.glob("rlm-desktop_*.deb"), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="session")
def libraries_deb(deb: Path) -> Path:
    """That of numpy and pandas, which belongs to it."""
    return deb.with_name(deb.name.replace("rlm-desktop_", "rlm-desktop-libraries_"))


@pytest.fixture(scope="session")
def fresh_root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A minimal Debian 12 with a screen to draw on and an ordinary user, and nothing of the program."""
    wanted()
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("a fresh Debian needs root and debootstrap")
    named = os.environ.get("RLM_DESKTOP_ROOT")
    root = Root(Path(named) if named else tmp_path_factory.mktemp("root"))
    if not (root.folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(root.folder)], check=True)
    for name in ("resolv.conf", "hosts"):
        shutil.copyfile(f"/etc/{name}", root.folder / "etc" / name)
    apt(root, "update")
    apt(root, "install", "xvfb", "xauth", "locales")
    (root.folder / "etc/locale.gen").write_text("".join(f"{locale} UTF-8\n" for locale in LOCALES))
    root.run("locale-gen")
    if root.run("id", "-u", str(PERSON), check=False).returncode:
        root.run("useradd", "--create-home", "--uid", str(PERSON), "--home-dir", HOME, "person")
    root.run("dpkg", "--purge", "rlm-desktop-libraries", "rlm-desktop", check=False)
    return root


@pytest.fixture(scope="session")
def installed(fresh_root: Root, deb: Path) -> Root:
    """The fresh Debian with the package installed by apt, as a person would."""
    install(fresh_root, deb)
    return fresh_root
