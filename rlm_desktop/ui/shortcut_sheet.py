"""The sheet of keyboard shortcuts, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.actions import Actions, by_place, translated
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.window_style import without_icons

TREE_KEYS: tuple[tuple[str, str], ...] = (
    ("Up, Down", "Row before or after"),
    ("Left", "Close the row, or go to its parent"),
    ("Right", "Open the row, or go to its first child"),
    ("Shift+Right, *", "Open everything below; everything"),
    ("Backspace", "Parent"),
    ("[ and ]", "Row before or after of the same parent"),
    ("{ and }", "Row before or after of the same kind"),
    ("Enter", "Go to what the row did"),
    ("F", "Show only the row and what is below it, or all"),
    ("Esc", "Show all again"),
    ("L", "Follow the run"),
    ("1, 2, 3", "Tree, icicle, charts"),
    ("Home, End", "First or last row"),
)
"""Keys that the tree of calls answers itself; listed in the sheet."""


class ShortcutSheet(QDialog):
    """Every action that has keys, by menu, made from the table."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._sheet = QTreeWidget(self)
        self._sheet.setObjectName("shortcuts")
        self._sheet.setAccessibleName(self.tr("Keyboard shortcuts"))
        self._sheet.setColumnCount(2)
        self._sheet.setHeaderLabels([self.tr("What it does"), self.tr("Keys")])
        self._sheet.setRootIsDecorated(False)
        self._sheet.setItemsExpandable(False)
        self._sheet.setIndentation(12)
        for place, specs in by_place():
            rows = [(spec.label, actions.keys_text(spec.name), translated(spec.tip)) for spec in specs]
            if bound := [row for row in rows if row[1]]:
                self._add_group(place, bound)
        rows = [(translated(text), translated(keys), "") for keys, text in TREE_KEYS]
        self._add_group(self.tr("In the tree of calls"), rows)
        self._sheet.expandAll()
        self._sheet.setWordWrap(True)
        # The keys are in view, however large the letters; what they do goes on below.
        columns = self._sheet.header()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._sheet)
        layout.addWidget(buttons)
        furnish(self, 560, 680)

    def _add_group(self, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
        group = QTreeWidgetItem(self._sheet, [title])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        for text, keys, tip in rows:
            item = QTreeWidgetItem(group, [text, keys])
            item.setToolTip(0, tip)
