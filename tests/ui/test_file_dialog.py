"""The dialog for files that every room opens."""

from __future__ import annotations

from pathlib import Path

import shiboken6
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.file_dialog import file_dialog


def test_it_may_be_native_and_goes_when_it_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = file_dialog(
        window, "Save", folder=str(tmp_path), filters="Texts (*.txt)", save_as="a.txt", suffix="txt"
    )
    assert not dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    assert dialog.selectedFiles() == [str(tmp_path / "a.txt")]
    chosen = QSignalSpy(dialog.fileSelected)
    dialog.open()
    dialog.findChild(QLineEdit).setText(str(tmp_path / "b"))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.accept()
    assert chosen.at(0) == [str(tmp_path / "b.txt")]
    assert not shiboken6.isValid(dialog)
