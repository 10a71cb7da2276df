"""A start where no window can open: what is said instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rlm_desktop import display
from rlm_desktop.__main__ import open_closed_streams

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="displays and libraries of Linux")


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """What the program says with these variables, and no other that names a screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-m", "rlm_desktop"]
    return subprocess.run(command, capture_output=True, text=True, env=kept | environment, timeout=120)


@ON_LINUX
def test_the_window_without_a_display_is_said() -> None:
    result = start()
    assert result.returncode == 1
    assert "no display" in result.stderr
    result = start(DISPLAY=":54321")
    assert result.returncode == 1
    assert "Nothing answers at ':54321'" in result.stderr


@ON_LINUX
def test_a_compositor_that_has_gone_is_no_display(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "'wayland-9', which WAYLAND_DISPLAY names" in display.fault(environment)
    assert "':54321', which DISPLAY names" in display.fault({**environment, "DISPLAY": ":54321"})
    (tmp_path / "wayland-9").touch()
    assert display.fault(environment) == ""
    assert display.fault({"WAYLAND_DISPLAY": str(tmp_path / "wayland-9")}) == ""
    assert display.fault({"WAYLAND_DISPLAY": "wayland-9", "WAYLAND_SOCKET": "3"}) == ""
    out_of_reach = {**environment, "WAYLAND_DISPLAY": "x" * 300}  # no file has that name; as with another's folder
    assert "which WAYLAND_DISPLAY names" in display.fault(out_of_reach)


@ON_LINUX
def test_what_qt_lacks_is_said_instead_of_an_abort(monkeypatch: pytest.MonkeyPatch) -> None:
    result = start(QT_QPA_PLATFORM="nothing")
    assert result.returncode == 1
    assert "rlm-desktop: no window can open. This application failed to start" in result.stderr
    assert display.library_fault() == ""
    monkeypatch.setitem(display.LIBRARIES, "libnot-there.so.9", "libnot-there9")
    assert "libnot-there.so.9" in display.library_fault()
    assert display.library_fault().endswith("sudo apt-get install libnot-there9")


def test_streams_that_are_not_there_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a program with a window on Windows; `faulthandler` writes to the standard error."""
    monkeypatch.setattr(sys, "stderr", None)
    open_closed_streams()
    with sys.stderr:
        assert sys.stderr.fileno() > 0
