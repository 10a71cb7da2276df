"""Collects the licences of everything in a bundle: distributions, the interpreter, Qt, the system's libraries."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from interpreter import FOLDER

from rlm_desktop.ui.licences import Licence, of_distribution, write

_LGPL_TEXTS = [Path(__file__).with_name("licences") / name for name in ("LGPL-3.txt", "GPL-3.txt")]
_DOCUMENTS = Path("/usr/share/doc")
_LGPL_PARTS = ("PySide6_Essentials", "shiboken6", "psycopg", "psycopg-binary")
_QT_NOTE = """\
Qt and Qt for Python are used under the GNU Lesser General Public License, version 3. They are separate files of
this program (the folder `PySide6`), which you may replace by your own build of the same version. Their source code
is at https://code.qt.io; the licences of the parts of Qt are listed at https://doc.qt.io/qt-6/licenses-used-in-qt.html.
"""


def collect(root: Path, library_files: dict[str, str]) -> None:
    """Write the licences of what lies in `root` into its resources.

    Args:
        root: The bundle's `_internal`.
        library_files: Name of each shared library in it -> the file that it was copied from.
    """
    found = [_distribution(each) for each in metadata.distributions() if _is_shipped(each, root)]
    found.append(_python(root))
    found += _packages(root, library_files)
    folder = root / "rlm_desktop" / "resources" / "licences"
    shutil.rmtree(folder, ignore_errors=True)
    write({licence.name: licence for licence in found}.values(), folder)


def _is_shipped(found: metadata.Distribution, root: Path) -> bool:
    if found.name in ("rlm-desktop", "pyinstaller"):  # its starter is the program's
        return True
    files = [file for file in found.files or () if ".dist-info" not in str(file)]
    # What leads out of the folder of libraries is a command; the few that are shipped lie in `bin` or `Scripts`.
    tops = {Path(*file.parts[-2:]) if file.parts[0] == ".." else Path(file.parts[0]) for file in files}
    return any((root / top).exists() or (root / top).with_suffix(".pyc").exists() for top in tops)


def _distribution(found: metadata.Distribution) -> Licence:
    licence = of_distribution(found)
    if found.name not in _LGPL_PARTS:
        return licence
    texts = [licence.text] if licence.text else [file.read_text(encoding="utf-8") for file in _LGPL_TEXTS]
    note = _QT_NOTE if "psycopg" not in found.name else ""
    return Licence(licence.name, licence.version, "LGPL-3.0-only", "\n".join([note, *texts]).strip())


def _python(root: Path) -> Licence:
    of_debian = _DOCUMENTS / f"python{sys.version_info.major}.{sys.version_info.minor}" / "copyright"
    text = next((root / FOLDER).glob("**/LICENSE.txt"), of_debian)
    return Licence("Python", platform.python_version(), "PSF-2.0", text.read_text(encoding="utf-8").strip())


def _packages(root: Path, library_files: dict[str, str]) -> list[Licence]:
    """Those of the system's packages whose libraries were copied."""
    if not shutil.which("dpkg-query"):
        return []
    found: list[Licence] = []
    present = {path.name for path in root.iterdir()}
    sources = sorted({str(Path(file).resolve()) for name, file in library_files.items() if name in present})
    packages = {_package_of(file) for file in sources if file.startswith(("/lib/", "/usr/lib/"))} - {""}
    for package in sorted(packages):
        version = _said("dpkg-query", "--show", "--showformat=${Version}", package)
        name = package.partition(":")[0]
        text = (_DOCUMENTS / name / "copyright").read_text(encoding="utf-8", errors="replace")
        found.append(Licence(name, version, "see its text", text.strip()))
    return found


def _package_of(file: str) -> str:
    for path in (file, file.removeprefix("/usr")):  # as dpkg knew it before /lib became a link
        if said := _said("dpkg-query", "--search", path):
            return said.partition(": ")[0].split(", ")[0]
    return ""


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
