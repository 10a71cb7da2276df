"""Tooltips and hints name the keys that an action has now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.key_tips import KeyTip, with_keys
from rlm_desktop.ui.main_window import MainWindow
from tests.conftest import PROJECT


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = MainWindow(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat), [])
    qtbot.addWidget(window)
    window.show()
    return window


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def test_the_status_line_follows_other_keys(window: MainWindow) -> None:
    stop, actions = window.status.stop, window.actions_by_name
    assert stop.toolTip() == f"Stop the run ({_native('Esc')}); what it has found so far is kept"
    stop.show()
    actions.rebind("stop", ["Ctrl+F12"])
    assert stop.toolTip() == f"Stop the run ({_native('Ctrl+F12')}); what it has found so far is kept"
    actions.rebind("stop", [])
    assert stop.toolTip() == "Stop the run; what it has found so far is kept"
    actions.reset_keys()
    assert _native("Esc") in stop.toolTip()


def test_a_tip_in_a_dialog_of_the_window_and_one_that_changes(window: MainWindow) -> None:
    window.actions_by_name.rebind("ask", ["F7"])
    dialog = QDialog(window)
    button = QPushButton(dialog)
    tip = KeyTip(button, "Ask {keys} now", "ask")
    assert button.toolTip() == f"Ask ({_native('Ctrl+Return')}) now"
    dialog.show()
    assert button.toolTip() == "Ask (F7) now"
    tip.set_text("Wait {keys}")
    assert button.toolTip() == "Wait (F7)"
    dialog.close()


def test_a_hint_names_the_action_that_has_no_key(window: MainWindow) -> None:
    actions = window.actions_by_name
    assert actions.way_to("guide") == "F1"
    actions.rebind("guide", [])
    assert actions.way_to("guide") == "“Guide”"
    assert with_keys("Go {keys}.", actions.first_key("guide")) == "Go."


FIXED = ("ui/calls", "ui/documents/preview.py", "ui/documents/table.py", "ui/shortcut_sheet.py", "ui/actions.py")
"""Where keys stand that cannot be changed."""


def test_no_text_writes_down_a_key_that_can_be_changed() -> None:
    keys = re.compile(r"""(?:tr|translate)\([^)]*"[^"]*\b(?:(?:Ctrl|Alt|Shift)\+\w|F\d+\b)""")
    wrong = [
        f"{file.name}: {match[0]}"
        for file in (PROJECT / "rlm_desktop/ui").rglob("*.py")
        if not any(place in file.as_posix() for place in FIXED)
        for match in keys.finditer(file.read_text(encoding="utf-8"))
    ]
    assert wrong == []
