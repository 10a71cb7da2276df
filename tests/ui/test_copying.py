"""What Ctrl+C and a right click give in tables and chips."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView, QTableWidget, QTableWidgetItem
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import from_text
from rlm_desktop.ui import copying
from rlm_desktop.ui.copying import let_copy_rows, row_lines, selected_rows, spare_headings
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.panel import DocumentsPanel


def _table(qtbot: QtBot) -> QTableWidget:
    table = QTableWidget(3, 3)
    qtbot.addWidget(table)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    for row in range(3):
        for column, text in enumerate((f"name {row}", "hidden", f"two\nlines {row}")):
            table.setItem(row, column, QTableWidgetItem(text))
    table.setColumnHidden(1, True)
    let_copy_rows(table, lambda: row_lines(table))
    table.show()
    return table


def test_ctrl_c_copies_the_selected_rows_as_they_show(qtbot: QtBot, qapp: QApplication) -> None:
    table = _table(qtbot)
    QGuiApplication.clipboard().setText("before")
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before", "nothing is selected"
    for row in (2, 0):
        table.selectionModel().select(
            table.model().index(row, 0),
            table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
        )
    table.horizontalHeader().moveSection(2, 0)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "two lines 0\tname 0\ntwo lines 2\tname 2"


def test_very_many_rows_are_gathered_in_slices(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_PIECE", 1)
    monkeypatch.setattr(copying, "_SLICE_SECONDS", 0.0)
    table, told = QTableView(), list[int]()
    qtbot.addWidget(table)
    let_copy_rows(table, lambda: (f"row {number}" for number in range(20)), tell=told.append)
    clipboard = QGuiApplication.clipboard()

    def copy() -> None:
        clipboard.setText("before")
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert clipboard.text() == "before"
        assert table.viewport().cursor().shape() == Qt.CursorShape.BusyCursor

    copy()
    qtbot.waitUntil(lambda: told == [20])
    assert clipboard.text().splitlines()[::19] == ["row 0", "row 19"]
    copy()
    clipboard.setText("something else, copied since")
    assert table.viewport().cursor().shape() != Qt.CursorShape.BusyCursor
    copy()
    qtbot.waitUntil(lambda: told == [20, 20])


def test_a_large_selection_is_looked_at_once(qtbot: QtBot) -> None:
    """Qt's own `selectedRows` asks the model about each cell: seconds for 10,000 rows."""
    asked: list[object] = []

    class Model(QStandardItemModel):
        def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
            asked.append(index)
            return super().flags(index)

    model, table = Model(5_000, 3), QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    spare_headings(table)
    table.selectAll()
    asked.clear()
    assert selected_rows(table) == list(range(5_000))
    table.grab()
    assert len(asked) < 1000, "no more than are painted"


def test_a_chip_has_the_menu_of_its_document(qtbot: QtBot) -> None:
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.add([DocumentItem.of_document(from_text(name, "A lighthouse.")) for name in ("one.md", "two.md")])
    panel.resize(600, 120)
    panel.show()
    chips = panel.chips
    assert panel.menu_of_chip(QPoint(1, 1000)) is None, "there is no chip"
    menu = panel.menu_of_chip(chips.visualRect(chips.model().index(1, 0)).center())
    assert menu is not None
    next(action for action in menu.actions() if "Space" in action.text()).trigger()
    assert [item.is_included for item in panel.items] == [True, False]
    next(action for action in menu.actions() if "F2" in action.text()).trigger()
    assert panel.table.isVisible()
    assert panel.table.state() == panel.table.State.EditingState
