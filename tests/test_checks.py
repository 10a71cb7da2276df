"""The system check: what it says must be so."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rlm_desktop import checks, paths


def test_a_folder_that_cannot_be_written_keeps_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RLM_DESKTOP_HOME", str(tmp_path / "not" / "made"))
    assert checks.database().mark == "ok"
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    found = checks.database()
    assert found.mark == "failed"
    assert str(tmp_path / "not" / "made") in found.detail


def test_a_history_that_cannot_be_written_keeps_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a start as another person: it can be read, and what is asked next would be lost."""
    file = paths.history_file()
    file.parent.mkdir(parents=True)
    file.touch()
    assert checks.database().mark == "ok"
    monkeypatch.setattr(os, "access", lambda path, mode: path != file)
    found = checks.database()
    assert (found.mark, found.detail) == ("failed", f"Nothing can be kept: the file {file} cannot be written.")


@pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")
def test_the_display_that_is_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAYLAND_SOCKET", "7")
    assert checks.display() == checks.Check("Display", "ok", "WAYLAND_SOCKET=7")
