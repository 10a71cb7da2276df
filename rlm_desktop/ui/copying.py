"""Ctrl+C in a table copies the selected rows as a spreadsheet takes them, and a right click offers it.

Qt's own copies one cell of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


def selected_rows(view: QAbstractItemView) -> list[int]:
    """The rows of which something is selected, top to bottom."""
    # Not `selectedRows`, which asks the model about each cell and takes seconds for 10,000 rows.
    chosen = view.selectionModel().selection()
    ranges = map(chosen.at, range(chosen.count()))
    return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})


def rows_text(table: QTableView, rows: Sequence[int] | None = None) -> str:
    """Rows of a table, else those that are selected: the columns that show, in their order, with tabs between."""
    header, model = table.horizontalHeader(), table.model()
    columns = [header.logicalIndex(place) for place in range(header.count())]
    shown = [column for column in columns if not header.isSectionHidden(column)]
    chosen = selected_rows(table) if rows is None else rows
    return joined([model.index(row, column).data() for column in shown] for row in chosen)


def joined(rows: Iterable[Iterable[object]]) -> str:
    """Rows of cells as text that a spreadsheet takes."""
    return "\n".join("\t".join(map(_line, row)).rstrip("\t") for row in rows)


def copy_words() -> str:
    """The entry of a menu that copies rows."""
    keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{QCoreApplication.translate('CopyRows', '&Copy')}\t{keys}"


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
        copies_all = self._view.selectionMode() == QAbstractItemView.SelectionMode.NoSelection
        action = menu.addAction(copy_words(), self._copy)
        action.setEnabled(copies_all or self._view.selectionModel().hasSelection())
        menu.popup(self._view.viewport().mapToGlobal(place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not event.matches(QKeySequence.StandardKey.Copy):
            return False
        self._copy()
        return True
