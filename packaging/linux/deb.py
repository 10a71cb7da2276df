"""Makes the Debian packages of the folder bundle: the program, and what only some want: numpy, pandas, strict mode.

Run by `packaging/dev.py deb`.
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LINUX = Path(__file__).resolve().parent
BUNDLE = PROJECT / "dist" / "rlm-desktop"
ICONS = PROJECT / "build" / "icons"
TREE = PROJECT / "build" / "deb"
APP_ID = "org.rlmdesktop.RLMDesktop"
PLACE = "opt/rlm-desktop"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

NAME = "rlm-desktop"
LIBRARIES = f"{NAME}-libraries"
DEPENDS = (
    "libc6 (>= 2.36)",
    "libstdc++6",
    "libgcc-s1",
    "bubblewrap",
    "ca-certificates",
    "fontconfig",
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core",
    "libdbus-1-3",
    "libegl1",
    "libgl1",
    "libglib2.0-0 | libglib2.0-0t64",
    "libnsl2",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libxcb1",
    "shared-mime-info",
    "xdg-utils",
)
LEFT_TO_THE_SYSTEM = ("psycopg_binary", "psycopg_binary.libs", "psycopg_binary-*")
"""What a package of the system has, too: psycopg finds its libpq5, and that has OpenSSL, Kerberos and LDAP."""
FOR_LIBRARIES = (
    *("numpy", "numpy.libs", "numpy-*", "pandas", "pandas-*", "dateutil", "python_dateutil-*"),
    *("pydantic_monty", "bin"),  # strict mode and its interpreter
)
"""What lies in the package of libraries, by its names in the bundle's `_internal`; links to them go with them."""

_CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: The RLM Desktop authors <rlm-desktop@localhost>
Installed-Size: {kilobytes}
"""
_PROGRAM = f"""\
Depends: {", ".join(DEPENDS)}
Recommends: libpq5
Suggests: {LIBRARIES}, tesseract-ocr
Section: science
Priority: optional
Description: desktop workbench for Recursive Language Models
 Drop in documents that are far larger than any model's window, ask a question,
 and watch the answer being found: the tree of calls, every cell's code and
 output, tokens, cost and time. Model-written code runs in confined processes,
 without your files, keys or network.
 .
 Works without a key or a network by a built-in extractive model, and with any
 server that speaks the OpenAI protocol.
"""
_LIBRARIES = f"""\
Depends: {NAME} (= {{version}})
Section: science
Priority: optional
Description: numpy, pandas and strict mode for the cells of RLM Desktop
 With this package, model-written code may import numpy and pandas, where the
 setting "Installed libraries that cells may import" says so.
 .
 Strict mode runs it in Monty, an interpreter of its own for a part of Python,
 which needs nothing of the operating system.
"""
_PARTS = f"""
The program is made of parts by others. The licence of each is a file in
/{PLACE}/_internal/rlm_desktop/resources/licences, and is shown under Help > About.
Qt and Qt for Python are used under the GNU Lesser General Public License, version 3.
"""


def main() -> int:
    if not (BUNDLE / NAME).is_file():
        print("There is no bundle yet: python3 packaging/dev.py bundle", file=sys.stderr)
        return 1
    shutil.rmtree(TREE, ignore_errors=True)
    program, libraries = TREE / NAME, TREE / LIBRARIES
    fill(program)
    for path in named(program, LEFT_TO_THE_SYSTEM):
        path.unlink() if path.is_symlink() else shutil.rmtree(path)
    move_libraries(program, libraries)
    pack(program, _PROGRAM)
    pack(libraries, _LIBRARIES)
    shutil.rmtree(TREE)
    return 0


def pack(tree: Path, fields: str) -> None:
    """Make a package of a tree that is named as it is."""
    write_control(tree, fields)
    seconds = int((BUNDLE / NAME).stat().st_mtime)
    settle(tree, seconds)
    package = PROJECT / "dist" / f"{tree.name}_{version()}_{architecture()}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(tree), str(package)],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(seconds)},
    )
    print(f"{package}: {package.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def named(tree: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Folders of the bundle in a tree that match, and the links into them."""

    def folder(path: Path) -> str:
        return path.readlink().parts[0] if path.is_symlink() else path.name

    entries = sorted((tree / PLACE / "_internal").iterdir())
    return [path for path in entries if any(fnmatchcase(folder(path), pattern) for pattern in patterns)]


def move_libraries(program: Path, libraries: Path) -> None:
    """Take what only some people want out of the program's tree, into a tree of its own."""
    after = libraries / PLACE / "_internal"
    after.mkdir(parents=True)
    for path in named(program, FOR_LIBRARIES):
        path.rename(after / path.name)
    documents = libraries / "usr/share/doc" / LIBRARIES
    documents.mkdir(parents=True)
    licences = sorted(path for path in after.glob("*.dist-info/**/LICEN[CS]E*") if path.is_file())
    texts = [f"{path.relative_to(after)}\n\n{path.read_text(encoding='utf-8')}" for path in licences]
    (documents / "copyright").write_text("\n\n".join([*texts, _PARTS]), encoding="utf-8")


def fill(tree: Path) -> None:
    """The files as they will lie in the system."""
    shutil.copytree(BUNDLE, tree / PLACE, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/rlm-desktop").symlink_to(f"/{PLACE}/rlm-desktop")
    put(LINUX / "rlm-desktop.desktop", tree / "usr/share/applications")
    put(LINUX / f"{APP_ID}.metainfo.xml", tree / "usr/share/metainfo")
    put(LINUX / "rlm-desktop-mime.xml", tree / "usr/share/mime/packages", "rlm-desktop.xml")
    icons = tree / "usr/share/icons/hicolor"
    put(PROJECT / "resources/rlm-desktop.svg", icons / "scalable/apps")
    for picture in ICONS.glob("*.png"):
        put(picture, icons / f"{picture.stem}x{picture.stem}/apps", "rlm-desktop.png")
    manual = tree / "usr/share/man/man1"
    manual.mkdir(parents=True)
    packed = gzip.compress((PROJECT / "build" / "rlm-desktop.1").read_bytes(), 9, mtime=0)
    (manual / "rlm-desktop.1.gz").write_bytes(packed)
    documents = tree / "usr/share/doc" / NAME
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(
        (PROJECT / "LICENSE").read_text(encoding="utf-8") + _PARTS, encoding="utf-8"
    )
    documents.joinpath("changelog.gz").write_bytes(
        gzip.compress((PROJECT / "CHANGELOG.md").read_bytes(), 9, mtime=0)
    )


def put(file: Path, folder: Path, name: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / (name or file.name))


def write_control(tree: Path, fields: str) -> None:
    """What dpkg is told. Menus, icons and MIME types are renewed by the triggers of their own packages."""
    kilobytes = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()) // 1024
    (tree / "DEBIAN").mkdir()
    text = (_CONTROL + fields).format(
        name=tree.name, version=version(), architecture=architecture(), kilobytes=kilobytes
    )
    (tree / "DEBIAN/control").write_text(text)


def settle(tree: Path, seconds: int) -> None:
    """Rights and times that do not depend on who builds."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def version() -> str:
    """The one that is written in the package itself."""
    text = (PROJECT / "rlm_desktop/__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert found is not None
    return found[1]


def architecture() -> str:
    return ARCHITECTURES[platform.machine()]


if __name__ == "__main__":
    sys.exit(main())
