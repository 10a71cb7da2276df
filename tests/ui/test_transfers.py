"""The progress of an export or import, which the person may close at any moment."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from pytestqt.qtbot import QtBot

from rlm_desktop.history.watch import Watch
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.sessions.transfers import TransferProgress


def test_closing_the_progress_cancels_and_leaves_it_to_the_work_to_end_it(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat), ())
    qtbot.addWidget(window)
    watch = Watch()
    progress = TransferProgress("Exporting…", watch, window)
    progress.show()
    progress.close()
    QCoreApplication.sendPostedEvents(progress, QEvent.Type.DeferredDelete)
    assert watch.is_cancelled
    progress.end()
    assert not progress.isVisible()
