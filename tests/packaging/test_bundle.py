"""The folder bundle: everything that the program does from source, it does from there."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import rlm_desktop
from rlm_desktop.repl.host import ReplHost, ReplSpec
from rlm_desktop.repl.isolation import describe, probe
from rlm_desktop.ui.licences import read
from tests.documents import made
from tests.packaging.in_bundle import IMPORT_ALL, LEFT_OUT
from tests.packaging.roots import PICTURES, as_nobody, inside

HERE = Path(__file__).resolve().parent
GUIDE = HERE.parents[1] / "resources/guide/user-guide.md"


def look(bundle: Path, *arguments: str) -> Any:
    """What `in_bundle.py` finds, as a user without rights."""
    internal = str(bundle / "_internal")
    command = [*inside(internal), str(HERE / "in_bundle.py"), internal, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd="/", env={}, **as_nobody())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def program(bundle: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(bundle / "rlm-desktop"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={"PATH": os.environ["PATH"], **environment}
    )


def test_it_says_its_version(bundle: Path) -> None:
    done = program(bundle, "--version")
    assert done.stdout.strip() == f"rlm-desktop {rlm_desktop.__version__}"


def test_what_a_start_needs_is_compiled_and_nothing_names_the_building_environment(bundle: Path) -> None:
    support = bundle / "_internal/shiboken6/files.dir/shibokensupport/signature"
    assert list(support.glob("__pycache__/loader.*.pyc"))
    records = list(bundle.glob("_internal/*.dist-info/RECORD"))
    assert records
    assert [file for file in records if "../" in file.read_text(encoding="utf-8")] == []


def test_the_example_runs_in_its_window(bundle: Path, tmp_path: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    shot = PICTURES / "bundle.png"
    done = program(bundle, "--smoke", "--shot", str(shot), QT_QPA_PLATFORM="offscreen", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("completed: ")
    assert shot.stat().st_size > 20_000


def test_workers_are_confined_as_from_source(bundle: Path) -> None:
    assert look(bundle, "workers")["tier"] == describe(probe()).tier


async def test_cells_import_the_same_standard_library_as_from_source(bundle: Path) -> None:
    async def serve(query: object) -> list[str]:
        return []

    host = ReplHost()
    repl = await host.spawn(ReplSpec(context=""), serve=serve, on_output=lambda *_: None)
    done = await repl.run_cell(IMPORT_ALL + "print(*failed)", timeout=200)
    await host.aclose()
    assert done.status == "ok", done
    missing_here = set(done.stdout.split())
    found = await asyncio.to_thread(look, bundle, "library")
    assert found["count"] > 700
    assert set(found["failed"]) - missing_here <= LEFT_OUT, found["failed"]


def test_strict_mode_is_a_choice(bundle: Path, tmp_path: Path) -> None:
    done = program(bundle, "ask", "--repl-mode", "strict", "-d", str(GUIDE), "What is a cell?", HOME=str(tmp_path))
    assert (done.returncode, done.stdout.strip() != "") == (0, True), done.stderr


def test_numpy_and_pandas_are_a_choice(bundle: Path) -> None:
    assert look(bundle, "libraries") == {
        "offered": "10 1.0",
        "not offered": "ModuleNotFoundError: No module named 'numpy'",
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", made.pdf("Text of a page.")),
        ("a.docx", made.docx("<w:p><w:r><w:t>Text of a page.</w:t></w:r></w:p>")),
        ("a.xlsx", made.xlsx()),
        ("a.odt", made.odt()),
        ("a.epub", made.epub()),
        ("a.msg", made.msg()),
        ("a.html", b"<html><body><p>Text of a page.</p></body></html>"),
        ("a.rtf", rb"{\rtf1\ansi Text of a page.}"),
        ("latin.txt", "Größe, Übung, café".encode("latin-1")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_documents_are_read(bundle: Path, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = program(bundle, "text", str(file), HOME=str(tmp_path))
    said = f"rlm-desktop: {name}: The sheet “Notes” is hidden in the workbook; it was read too.\n"
    assert (done.returncode, done.stderr) == (0, said if name == "a.xlsx" else "")
    assert len(done.stdout.strip()) > 10


def test_no_attack_gets_through(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    tier = describe(probe()).tier
    if tier != "A":
        pytest.skip(f"tier {tier} here")
    found = look(bundle, "attacks", str(HERE.parent / "repl"), tier)
    assert len(found) > 50
    assert [name for name, result in found.items() if result == "ESCAPED"] == []


def test_every_binary_finds_its_libraries_without_help(bundle: Path) -> None:
    if shutil.which("ldd") is None:
        pytest.skip("ldd is not installed")
    lost: list[str] = []
    for path in bundle.rglob("*"):
        if path.is_symlink() or not path.is_file() or (".so" not in path.name and "/bin/" not in str(path)):
            continue
        done = subprocess.run(["ldd", str(path)], capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        lost += [f"{path.name}: {line.strip()}" for line in done.stdout.splitlines() if "not found" in line]
    assert [line for line in lost if "libwayland-egl" not in line] == []  # a package of its own


def test_nothing_is_there_twice(bundle: Path) -> None:
    """One standard library serves the program and its child processes; every link leads to a file."""
    root = bundle / "_internal"
    library = (root / "base_library.zip").resolve(strict=True)
    assert (library / "os.py").is_file()
    assert not (root / "os.pyc").exists()
    assert not (root / "asyncio").exists()
    assert [path for path in root.rglob("*") if path.is_symlink() and not path.exists()] == []


def test_it_carries_the_licence_of_every_part(bundle: Path) -> None:
    found = {licence.name: licence for licence in read(bundle / "_internal/rlm_desktop/resources/licences")}
    assert {"rlm-desktop", "Python", "PySide6_Essentials", "openai", "lxml", "numpy", "libssl3"} <= set(found)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found["PySide6_Essentials"].text
    # PyInstaller's has an exception for what is made by it.
    assert [name for name, licence in found.items() if re.search(r"\bA?GPL", licence.licence)] == ["pyinstaller"]
    assert [name for name in found if name.startswith(("libreadline", "libgdbm", "libdb5"))] == []
    without = {name for name, licence in found.items() if not licence.text.strip()}
    # Their wheels say BSD and MIT, and bring no text.
    assert without == {"cobble", "pydantic-monty-client", "pydantic-monty-runtime"}
