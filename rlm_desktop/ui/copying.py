"""Ctrl+C in a table copies the selected rows as a spreadsheet takes them, and a right click offers it.

Qt's own copies one cell of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView

Text: TypeAlias = Callable[[], str]


def let_copy_rows(view: QAbstractItemView, text: Text, *, has_menu: bool = False) -> None:
    """Let Ctrl+C in a view copy `text()`.

    Args:
        view: The view.
        text: What is copied; nothing when it is empty.
        has_menu: Whether the view has a menu of its own; else it gets one with this in it.
    """
    copier = _Copier(view, text)
    view.installEventFilter(copier)
    if not has_menu:
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(copier.show_menu)


def rows_text(table: QTableView) -> str:
    """The selected rows of a table, top to bottom: the columns that show, in their order, with tabs between."""
    header, model = table.horizontalHeader(), table.model()
    columns = [header.logicalIndex(place) for place in range(header.count())]
    shown = [column for column in columns if not header.isSectionHidden(column)]
    rows = sorted({index.row() for index in table.selectionModel().selectedRows()})
    lines = ("\t".join(_line(model.index(row, column).data()) for column in shown) for row in rows)
    return "\n".join(line.rstrip("\t") for line in lines)


def _line(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


class _Copier(QObject):
    def __init__(self, view: QAbstractItemView, text: Text) -> None:
        super().__init__(view)
        self._view = view
        self._text = text

    def _copy(self) -> None:
        if text := self._text():
            QGuiApplication.clipboard().setText(text)

    def show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
        words = QCoreApplication.translate("CopyRows", "&Copy")
        menu.addAction(f"{words}\t{keys}", self._copy).setEnabled(bool(self._text()))
        menu.popup(self._view.viewport().mapToGlobal(place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not event.matches(QKeySequence.StandardKey.Copy):
            return False
        self._copy()
        return True
