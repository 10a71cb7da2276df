"""Help > About: what the program is, its version, and the licences of everything in it."""

from __future__ import annotations

import asyncio
import platform

from PySide6 import __version__ as qt_version
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop import __version__, paths
from rlm_desktop.ui import theme
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.licences import Licence, all_licences
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.window_style import muted, without_icons

_ICON_SIZE = 64


class AboutDialog(QDialog):
    """Version and licences; the licences are read in a thread.

    Args:
        tasks: Keeps the reading going.
    """

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About RLM Desktop"))
        self._licences: list[Licence] = []
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Parts"))
        self.list.currentRowChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.code_font(self))
        self.text.setAccessibleName(self.tr("Licence"))
        self.state = QLabel(self.tr("Reading the licences…"))
        muted(self.state)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.list)
        both.addWidget(self.text)
        both.setStretchFactor(1, 1)
        both.setSizes([260, 640])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        without_icons(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        layout.addSpacing(8)
        layout.addWidget(self.state)
        layout.addWidget(both, 1)
        layout.addWidget(buttons)
        furnish(self, 900, 620)
        task = tasks.spawn(self._read(), name="licences")
        self.destroyed.connect(task.cancel)

    def _head(self) -> QHBoxLayout:
        icon = QLabel()
        icon.setPixmap(QIcon(str(paths.resource("rlm-desktop.svg"))).pixmap(_ICON_SIZE, _ICON_SIZE))
        name = QLabel(f"RLM Desktop {__version__}")
        name.setObjectName("heading")
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        what = QLabel(
            self.tr(
                "A desktop workbench for Recursive Language Models, under the MIT licence. "
                "Uses Qt through PySide6, under the LGPL."
            )
        )
        what.setWordWrap(True)
        python, system = platform.python_version(), platform.platform(terse=True)
        versions = QLabel(f"Python {python}, PySide6 {qt_version}, {system}")
        versions.setWordWrap(True)
        muted(versions)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for label in (name, what, versions):
            texts.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        return head

    async def _read(self) -> None:
        self._licences = await asyncio.to_thread(all_licences)
        self.state.setText(self.tr("Made of %n part(s), each with its licence:", "", len(self._licences)))
        self.list.addItems([f"{licence.name} {licence.version}".strip() for licence in self._licences])
        own = next((row for row, each in enumerate(self._licences) if each.name == "rlm-desktop"), 0)
        self.list.setCurrentRow(own)

    def _show(self, row: int) -> None:
        licence = self._licences[row]
        text = licence.text or self.tr("It brings no text of its own.")
        self.text.setPlainText(f"{licence.licence}\n\n{text}")
