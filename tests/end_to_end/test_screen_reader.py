"""What a screen reader is told on Linux, through AT-SPI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import PROJECT

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
MISSING = [tool for tool in ("dbus-run-session",) if shutil.which(tool) is None]
if not any(Path(launcher).exists() for launcher in LAUNCHERS):
    MISSING.append("at-spi2-core")


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_at_spi_has_roles_and_names(display: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "RLM_DESKTOP_HOME": str(tmp_path / "home"),
    }
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.end_to_end.atspi_walk"]
    with tempfile.TemporaryDirectory(prefix="a11y-") as short:  # a socket's path may have 107 characters
        environment["XDG_RUNTIME_DIR"] = short
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]
    found = [tuple(item) for item in json.loads(done.stdout.splitlines()[-1])]  # the registry talks before
    assert {
        ("application", "rlm-desktop"),
        ("frame", "RLM Desktop"),
        ("menu item", "File"),
        ("menu item", "Command palette…"),
        ("push button", "New session"),
        ("text", "Filter sessions"),
        ("list", "Sessions"),
    } <= set(found), done.stderr[-2000:]
    assert all(name for role, name in found if role in ("menu item", "text", "list", "table", "combo box"))
