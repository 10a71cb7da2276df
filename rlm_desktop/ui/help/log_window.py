"""The log, readable in the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from rlm_desktop.ui import theme
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.faults import open_log_folder
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import muted, without_icons

MOST_BYTES = 400_000
"""Of the newest part of the log that is shown; more would hold the window up."""


def newest_part(file: Path, most: int = MOST_BYTES) -> str:
    """The end of a log from the beginning of a line on; empty when there is none."""
    try:
        with file.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(size - most, 0))
            data = log.read(most)
    except FileNotFoundError:
        return ""
    if size > most:
        data = data.partition(b"\n")[2]
    return data.decode("utf-8", "replace")


class LogWindow(QDialog):
    """The newest part of the log, with a search; what is written later shows after *Read again*.

    Args:
        file: The log.
        tasks: Keeps the reading going.
    """

    def __init__(self, file: Path, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Log"))
        self._file = file
        self._tasks = tasks
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find in the log"))
        self.search.setAccessibleName(self.tr("Find in the log"))
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self._find_next)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.code_font(self))
        self.text.setAccessibleName(self.tr("Log"))
        self._note = QLabel(
            self.tr("The newest part of {file}. It holds no texts of documents and no keys.").format(file=file.name)
        )
        self._note.setWordWrap(True)
        muted(self._note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._add(buttons, self.tr("&Read again"), self.read)
        self._add(buttons, self.tr("&Copy all"), self._copy)
        self._add(buttons, self.tr("Open &folder"), open_log_folder)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._note)
        layout.addWidget(buttons)
        furnish(self, 900, 600)
        self.read()

    @staticmethod
    def _add(buttons: QDialogButtonBox, text: str, act: Callable[[], object]) -> None:
        button = buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)  # Enter in the search field must not press it
        button.clicked.connect(act)

    def read(self) -> None:
        """Read the log again, and go to its end."""
        self._tasks.spawn(self._read(), name="log")

    async def _read(self) -> None:
        try:
            text = await asyncio.to_thread(newest_part, self._file)
        except OSError as error:
            text = self.tr("The log cannot be read: {reason}.").format(reason=said(error.strerror or str(error)))
        if isValid(self):  # else the window was closed meanwhile
            self.text.setPlainText(text or self.tr("Nothing has been written yet."))
            self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _find_next(self) -> None:
        """Go to the next place, newest first; from the top back to the end."""
        if not self.text.find(self.search.text(), QTextDocument.FindFlag.FindBackward):
            self.text.moveCursor(QTextCursor.MoveOperation.End)
            self.text.find(self.search.text(), QTextDocument.FindFlag.FindBackward)
