"""What the packages say of the program must be true of it; quick, and run with all other tests."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

import rlm_desktop
from rlm_desktop import cli
from rlm_desktop.history.transfer import ARCHIVE_SUFFIX

PROJECT = Path(__file__).resolve().parents[2]
PACKAGING = PROJECT / "packaging"
LINUX = PACKAGING / "linux"
DESKTOP = LINUX / "rlm-desktop.desktop"
METAINFO = LINUX / "org.rlmdesktop.RLMDesktop.metainfo.xml"


def load(file: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A script of the packaging as a module; what lies beside it can be imported."""
    monkeypatch.syspath_prepend(str(file.parent))
    spec = importlib.util.spec_from_file_location(f"packaging_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_version_has_one_source(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "rlm_desktop/__init__.py"
    assert load(LINUX / "deb.py", monkeypatch).version() == rlm_desktop.__version__


def test_the_newest_release_is_this_version_in_metainfo_and_changelog() -> None:
    release = ElementTree.parse(METAINFO).find("releases/release")
    assert release is not None
    assert release.get("version") == rlm_desktop.__version__
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = next(title for title in re.findall(r"^## (\S+)", changelog, re.MULTILINE) if title[0].isdigit())
    assert newest == rlm_desktop.__version__


def test_desktop_entry_metainfo_and_mime_type_name_the_same_things() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(DESKTOP, encoding="utf-8")
    values = entry["Desktop Entry"]
    assert values["Exec"].split()[0] == values["TryExec"] == values["Icon"] == "rlm-desktop"
    metainfo = ElementTree.parse(METAINFO)
    assert metainfo.findtext("id") == METAINFO.name.removesuffix(".metainfo.xml")
    assert metainfo.findtext("launchable") == DESKTOP.name
    assert metainfo.findtext("provides/mediatype") == values["MimeType"].rstrip(";")
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    mime = ElementTree.parse(LINUX / "rlm-desktop-mime.xml").find(f"{space}mime-type")
    assert mime is not None
    assert mime.get("type") == values["MimeType"].rstrip(";")
    glob = mime.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == f"*{ARCHIVE_SUFFIX}"


@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", str(DESKTOP)],
        ["appstreamcli", "validate", "--no-net", str(METAINFO)],
    ],
    ids=lambda command: command[0],
)
def test_the_system_finds_them_valid(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_manual_page_has_every_option(monkeypatch: pytest.MonkeyPatch) -> None:
    page = load(PACKAGING / "bundle" / "manual.py", monkeypatch).manual(0)
    plain = page.replace("\\-", "-")
    for arguments in (["ask"], ["runs", "export"], ["doctor"], ["--smoke", "--help"]):
        shown = subprocess.run(
            [sys.executable, "-m", "rlm_desktop", *arguments, "--help"],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env={"PATH": "", "QT_QPA_PLATFORM": "offscreen", "COLUMNS": "200"},
        ).stdout
        options = set(re.findall(r"--[a-z][a-z-]+", shown)) - {"--help"}
        assert options
        assert {option for option in options if f"\\fB{option}\\fR" not in plain} == set()


def test_every_command_is_known_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the parser, to the entry (the window is for all else), to the script that wants a screen for that."""
    parsed = load(PACKAGING / "bundle" / "manual.py", monkeypatch)._commands(cli.make_parser())
    assert [name for name, _ in parsed] == list(cli.COMMANDS)
    assert set(cli.COMMANDS) <= load(PACKAGING / "dev.py", monkeypatch).WINDOWLESS


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    page = load(PACKAGING / "bundle" / "manual.py", monkeypatch).manual(0)
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z", "-K", "utf8"],
        input=page,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_shipped_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = load(PACKAGING / "bundle" / "contents.py", monkeypatch)
    for name in contents.PARSERS:
        assert importlib.util.find_spec(name) is not None, f"{name} is not installed"
    assert contents.is_wanted("PySide6/Qt/plugins/platforms/libqxcb.so")
    assert contents.is_wanted("PySide6/Qt/plugins/platforms/libqcocoa.dylib")
    assert contents.is_wanted("PySide6\\plugins\\platforms\\qwindows.dll")
    assert contents.is_wanted("PySide6/Qt/translations/qtbase_de.qm")
    assert not contents.is_wanted("PySide6/Qt/translations/qtbase_fr.qm")
    assert not contents.is_wanted("PySide6/Qt/plugins/tls/libqopensslbackend.so")
    assert contents.is_wanted("rlm_desktop/resources/prompts/role.md")
    assert contents.is_wanted("python/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so")
    for folder in ("python3.11", "python/lib/python3.11"):  # the program's and the interpreter's
        assert not contents.is_wanted(f"{folder}/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so")


def test_wheel_and_bundle_hold_the_same_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    builders = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")
    files = builders.WheelBuilder(str(PROJECT)).recurse_included_files()
    held = {Path(file.distribution_path).as_posix() for file in files}
    assert {"rlm_desktop/py.typed", "rlm_desktop/history/migrations/env.py"} < held
    assert {place for place in held if not place.startswith("rlm_desktop/")} == set()
    resources = (file for file in (PROJECT / "resources").rglob("*.*") if "__pycache__" not in file.parts)
    places = {f"rlm_desktop/{file.relative_to(PROJECT).as_posix()}" for file in resources}
    is_wanted = load(PACKAGING / "bundle" / "contents.py", monkeypatch).is_wanted
    assert places & held == {place for place in places if is_wanted(place)}


def test_every_parser_of_a_document_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyInstaller does not see what a child process imports: it has to be told."""
    contents = load(PACKAGING / "bundle" / "contents.py", monkeypatch)
    sources = [*(PROJECT / "rlm_desktop/documents").rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    used = {name.partition(".")[0] for name in re.findall(r"^\s*(?:import|from) ([\w.]+)", text, re.MULTILINE)}
    outside = used - set(sys.stdlib_module_names) - {"rlm_desktop", "__future__"}
    assert outside - set(contents.PARSERS) == set()


def test_the_interpreters_tree_is_the_whole_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter = load(PACKAGING / "bundle" / "interpreter.py", monkeypatch)
    datas, binaries = interpreter.tree()
    folder = f"python/lib/python{sys.version_info.major}.{sys.version_info.minor}"
    places = {f"{place}/{Path(source).name}" for source, place in [*datas, *binaries]}
    assert f"{folder}/os.py" in places
    assert f"{folder}/xml/etree/ElementTree.py" in places
    assert any(place.startswith(f"{folder}/lib-dynload/_ssl") for place in places)
    assert any(place.startswith("python/bin/python3") for place in places)
    assert not any("site-packages" in place or "/test/" in place for place in places)
    assert interpreter.fault() == ""


def test_a_framework_of_macos_is_not_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its interpreter starts a program inside the framework, by the place where that was installed."""
    interpreter = load(PACKAGING / "bundle" / "interpreter.py", monkeypatch)
    monkeypatch.setattr(interpreter.sysconfig, "get_config_var", {"PYTHONFRAMEWORK": "Python"}.get)
    assert "is a framework of macOS" in interpreter.fault()


def test_commands_count_among_what_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter of strict mode is the only file of its distribution."""
    parts = load(PACKAGING / "bundle" / "parts.py", monkeypatch)
    strict = metadata.distribution("pydantic-monty-runtime")
    assert not parts._is_shipped(strict, tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/monty").touch()
    assert parts._is_shipped(strict, tmp_path)


def test_one_standard_library_serves_the_program_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "_ctypes.cpython-311-x86_64-linux-gnu.so"
    tree = tmp_path / "python/lib/python3.11"
    for file in (tree / "os.py", tree / "asyncio/base.py", tree / "lib-dynload" / name):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("of the tree")
    for place in ("os.pyc", "asyncio/base.pyc", "openai/base.pyc", f"python3.11/lib-dynload/{name}"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("collected")
    assert load(PACKAGING / "bundle" / "share.py", monkeypatch).share(tmp_path) == 3 * len("collected")
    assert not (tmp_path / "os.pyc").exists()
    assert not (tmp_path / "asyncio").exists()
    assert (tmp_path / "openai/base.pyc").exists()
    assert (tmp_path / "base_library.zip/os.py").read_text() == "of the tree"
    assert (tmp_path / "python3.11/lib-dynload" / name).read_text() == "of the tree"


@pytest.mark.skipif(shutil.which("strip") is None, reason="strip is not installed")
def test_only_symbols_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    symbols = load(PACKAGING / "bundle" / "symbols.py", monkeypatch)
    before = Path(importlib.import_module("msgspec._core").__file__ or "").read_bytes()
    changed = before.replace(b"\x00msgspec", b"\x00MSGSPEC")
    assert changed != before
    assert symbols.image(changed) != symbols.image(before)
    library, text = tmp_path / "library.so", tmp_path / "text.so"
    library.write_bytes(before)
    text.write_text("no binary")
    assert symbols.strip([library, text], tmp_path / "scratch") == (len(before) - library.stat().st_size, [text])
    assert symbols.image(library.read_bytes()) == symbols.image(before)
    assert text.read_text() == "no binary"


def test_what_only_some_want_is_a_package_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deb = load(LINUX / "deb.py", monkeypatch)
    contents = load(PACKAGING / "bundle" / "contents.py", monkeypatch)
    inside = tmp_path / "program" / deb.PLACE / "_internal"
    optional = (*contents.LIBRARIES_FOR_CELLS, "numpy-2.dist-info", "numpy.libs", contents.STRICT, "bin")
    for name in (*optional, "openai"):
        (inside / name).mkdir(parents=True)
    (inside / "numpy-2.dist-info/LICENSE.txt").write_text("as is")
    (inside / "libblas.so").symlink_to("numpy.libs/libblas.so")
    (inside / "libssl.so").symlink_to("python/lib/libssl.so")
    deb.move_libraries(tmp_path / "program", tmp_path / deb.LIBRARIES)
    assert sorted(path.name for path in inside.iterdir()) == ["libssl.so", "openai"]
    moved = tmp_path / deb.LIBRARIES
    assert (moved / deb.PLACE / "_internal/libblas.so").is_symlink()
    assert (moved / deb.PLACE / "_internal/bin").is_dir()
    assert "as is" in (moved / f"usr/share/doc/{deb.LIBRARIES}/copyright").read_text()


def test_the_entry_gives_the_environment_back(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load(PACKAGING / "bundle" / "entry.py", monkeypatch)
    for name, value in {
        "LD_LIBRARY_PATH": "/bundle",
        "LD_LIBRARY_PATH_ORIG": "/of/the/person",
        "DYLD_LIBRARY_PATH": "/bundle",
        "_PYI_ARCHIVE_FILE": "/bundle/rlm-desktop",
        "QT_PLUGIN_PATH": "/bundle/plugins",
    }.items():
        monkeypatch.setenv(name, value)
    entry.give_back_environment()
    assert os.environ["LD_LIBRARY_PATH"] == "/of/the/person"
    for name in ("LD_LIBRARY_PATH_ORIG", "DYLD_LIBRARY_PATH", "_PYI_ARCHIVE_FILE", "QT_PLUGIN_PATH"):
        assert name not in os.environ


def test_the_other_systems_definitions_name_this_program() -> None:
    inno = (PACKAGING / "windows" / "rlm-desktop.iss").read_text(encoding="utf-8")
    assert ARCHIVE_SUFFIX in inno
    for name in (
        "windows/rlm-desktop.iss",
        "macos/make.sh",
        "appimage/make.sh",
        "flatpak/org.rlmdesktop.RLMDesktop.yml",
    ):
        assert "UNVERIFIED" in (PACKAGING / name).read_text(encoding="utf-8"), name
    ElementTree.parse(PACKAGING / "macos" / "entitlements.plist")
