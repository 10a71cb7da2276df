"""Asks for the run to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.figures import clock, counted, local_time, model_words, one_line, status_words
from rlm_desktop.ui.window_style import muted, without_icons

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow


class RunChooser(QDialog):
    """The runs, the likeliest first, with a filter.

    Signals:
        run_chosen: The id of a run.
    """

    run_chosen = Signal(str)

    def __init__(self, rows: Sequence[RunRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare with…"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter runs"))
        self.filter.setAccessibleName(self.tr("Filter runs"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Runs"))
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(3)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for row in rows:
            item = QListWidgetItem(_words(row), self.list)
            item.setData(Qt.ItemDataRole.UserRole, row.id)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self.accept)
        self.nothing = QLabel()
        self.nothing.setWordWrap(True)
        muted(self.nothing)
        buttons = QDialogButtonBox()
        self._compare: QPushButton = buttons.addButton(self.tr("Compare"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._compare.setProperty("primary", True)
        self._compare.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        furnish(self, 640, 440)
        self._enable()
        self.list.currentItemChanged.connect(self._enable)
        self.filter.setFocus()

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        first: QListWidgetItem | None = None
        for place in range(self.list.count()):
            item = self.list.item(place)
            fits = all(word in item.text().lower() for word in words)
            item.setHidden(not fits)
            first = item if fits and first is None else first
        self.list.setCurrentRow(-1 if first is None else self.list.row(first))
        self._enable()

    def _enable(self) -> None:
        has_one = self.list.currentItem() is not None
        self._compare.setEnabled(has_one)
        self.nothing.setVisible(not has_one)
        self.nothing.setText(
            self.tr("No run fits the filter.")
            if self.list.count()
            else self.tr("There is no other run to compare with.")
        )

    def accept(self) -> None:  # noqa: D102
        item = self.list.currentItem()
        if item is not None:
            self.run_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
            super().accept()


def _words(row: RunRow) -> str:
    moment = local_time(row.started_at)
    parts = [f"{moment:%Y-%m-%d %H:%M}" if moment is not None else row.started_at, model_words(row.root_model)]
    parts += [status_words(row.end_state), clock(row.duration), counted(row.calls, "call")]
    return " · ".join([*parts, one_line(row.title or row.question, 120)])
