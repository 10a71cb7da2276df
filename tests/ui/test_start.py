"""The start of the program: what is imported when, what is said when something is missing, the smoke test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rlm_desktop import paths
from rlm_desktop.errors import UserError


def test_damaged_samples_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from rlm_desktop.ui import samples

    monkeypatch.setattr(paths, "resource", lambda _: Path("/nowhere/index.toml"))
    with pytest.raises(UserError, match="install the program again"):
        samples.samples()


def test_nothing_slow_is_imported_or_made_before_the_first_paint(tmp_path: Path) -> None:
    program = """
import linecache, sys
import PySide6.QtGui, PySide6.QtWidgets
from rlm_desktop import app

def live(*_):
    rooms = ("engine", "history", "documents", "repl")
    slow = {"asyncio", "openai", "sqlalchemy", "pydantic", *(f"rlm_desktop.{room}" for room in rooms)}
    print(sorted(slow & set(sys.modules)))
    print([name for name in linecache.cache if name.endswith("main_window.py")])  # read by PySide's import hook
    # Classes of Qt with many names, which PySide makes when they are named or looked for by a call.
    large = {"QAbstractItemView", "QIcon", "QImage", "QMessageBox", "QPainter", "QStyle", "QDialogButtonBox"}
    print(sorted(large & (set(vars(PySide6.QtGui)) | set(vars(PySide6.QtWidgets)))))
    return 0

app._live = live
raise SystemExit(app.main([]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "RLM_DESKTOP_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.splitlines() == ["[]"] * 3, done.stderr
    assert done.returncode == 0


def test_the_smoke_test_of_the_program_itself(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    del environment["RLM_DESKTOP_HOME"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "rlm_desktop",
            "--smoke",
            "--shot",
            str(picture),
            "--theme",
            "dark",
            "--size",
            "1200x800",
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("completed: ")
    assert picture.read_bytes().startswith(b"\x89PNG")
    fonts = tmp_path / ".cache/fontconfig"  # the font library's own, where the system's cache is stale
    left = [path for path in tmp_path.rglob("*") if path.is_file() and fonts not in path.parents]
    assert left == [picture], "it left something behind"
