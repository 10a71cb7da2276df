"""Ctrl+C in a table copies the selected rows as a spreadsheet takes them, and a right click offers it.

Qt's own copies one cell of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView

Lines: TypeAlias = Callable[[], Iterable[str]]
_SLICE_SECONDS = 0.008
_PIECE = 64
"""Lines between two looks at the clock."""


def let_copy_rows(
    view: QAbstractItemView, lines: Lines, *, has_menu: bool = False, tell: Callable[[int], object] | None = None
) -> None:
    """Let Ctrl+C in a view copy `lines()`.

    Args:
        view: The view.
        lines: What is copied; nothing when there are none. They are taken in slices of time: where there may be
            very many, each had better be made when it is asked for, of what does not change meanwhile.
        has_menu: Whether the view has a menu of its own; else it gets one with this in it.
        tell: Is told how many lines were copied, where that took so long that nobody knows whether it is done.
    """
    copier = _Copier(view, lines, tell)
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


def spare_headings(table: QTableView) -> None:
    """Keep the headings from finding out, whenever they are painted, whether all of their column is selected.

    They show nothing of it, and Qt asks the model about each cell: with 100,000 selected rows for seconds.
    """
    header = table.horizontalHeader()
    header.setSelectionModel(QItemSelectionModel(table.model(), header))


def shown_columns(table: QTableView) -> list[int]:
    """The columns that show, in their order."""
    header = table.horizontalHeader()
    columns = [header.logicalIndex(place) for place in range(header.count())]
    return [column for column in columns if not header.isSectionHidden(column)]


def rows_text(table: QTableView, rows: Sequence[int] | None = None) -> str:
    """Rows of a table, else those that are selected: the columns that show, with tabs between."""
    return "\n".join(row_lines(table, rows))


def row_lines(table: QTableView, rows: Sequence[int] | None = None) -> list[str]:
    """The same line by line."""
    model, columns = table.model(), shown_columns(table)
    chosen = selected_rows(table) if rows is None else rows
    return list(joined([model.index(row, column).data() for column in columns] for row in chosen))


def joined(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Rows of cells as lines that a spreadsheet takes."""
    return ("\t".join(map(_line, row)).rstrip("\t") for row in rows)


def copy_words() -> str:
    """The entry of a menu that copies rows."""
    keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{QCoreApplication.translate('CopyRows', '&Copy')}\t{keys}"


def _line(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


class _Copier(QObject):
    def __init__(self, view: QAbstractItemView, lines: Lines, tell: Callable[[int], object] | None) -> None:
        super().__init__(view)
        self._view = view
        self._lines = lines
        self._tell = tell
        self._left: Iterator[str] = iter(())
        self._gathered: list[str] = []
        self._takes_long = False
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)

    def _copy(self) -> None:
        self._stop()
        self._left = iter(self._lines())
        self._go_on()

    def _go_on(self) -> None:
        """Gather lines for a slice of time; the clipboard gets them all at once."""
        until = time.perf_counter() + _SLICE_SECONDS
        for number, line in enumerate(self._left, 1):
            self._gathered.append(line)
            if not number % _PIECE and time.perf_counter() >= until:
                self._wait()
                return
        gathered, took_long = self._gathered, self._takes_long
        self._stop()
        if any(gathered):
            QGuiApplication.clipboard().setText("\n".join(gathered))
        if took_long and self._tell is not None:
            self._tell(len(gathered))

    def _wait(self) -> None:
        if not self._takes_long:
            self._takes_long = True
            self._view.viewport().setCursor(Qt.CursorShape.BusyCursor)
            QGuiApplication.clipboard().dataChanged.connect(self._stop)
        self._slices.start()

    def _stop(self) -> None:
        """Gather no more: all is there, or something else has been copied since."""
        self._slices.stop()
        self._left, self._gathered = iter(()), []
        if self._takes_long:
            self._takes_long = False
            self._view.viewport().unsetCursor()
            QGuiApplication.clipboard().dataChanged.disconnect(self._stop)

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
