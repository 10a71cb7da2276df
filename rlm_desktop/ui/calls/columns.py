"""The columns of the call tree: which show, how wide, in which order, and by which of them rows are sorted."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from rlm_desktop.ui.calls.call_model import HIDDEN_AT_FIRST, SORTED_BY, CallModel, Column, heading, heading_tip
from rlm_desktop.ui.calls.call_table import CallTable
from rlm_desktop.ui.calls.row_look import ORDERS, Order
from rlm_desktop.ui.theme import scaled

_WIDTHS = {
    Column.CALL: 320,
    Column.STATUS: 122,
    Column.DURATION: 76,
    Column.TOKENS: 132,
    Column.COST: 92,
    Column.TIMELINE: 240,
    Column.MODEL: 120,
    Column.STARTED: 72,
    Column.DEPTH: 60,
    Column.OWN: 84,
    Column.FUNCTION: 140,
    Column.OWN_TOKENS: 132,
    Column.OWN_COST: 82,
}
_LEAST_CALL = 160
_LEAST_TIMELINE = 120
"""So that one sees what ran beside what; only names that would be cut take more."""
_SNUG_WIDTHS = {Column.STATUS: 108, Column.DURATION: 70, Column.TOKENS: 114, Column.COST: 76}
_NARROW_WIDTHS = {Column.STATUS: 60, Column.DURATION: 70, Column.TOKENS: 108, Column.COST: 72}
_TIGHT_WIDTHS = {Column.STATUS: 48, Column.DURATION: 70, Column.TOKENS: 104, Column.COST: 68}
_WORDLESS = (_NARROW_WIDTHS, _TIGHT_WIDTHS)
"""In which a status is little more than its sign or its bar."""
_LEAST, _MOST = 48, 4000


class _Remembered(msgspec.Struct):
    """What is kept for the next start; unknown names are ignored, so that columns may come and go."""

    shown: list[str] | None = None
    order: list[str] = []
    widths: dict[str, int] = {}


class Columns(QObject):
    """The header of a `CallTable`.

    Signals:
        sorting_chosen: An `Order`, and whether the smallest comes first.
    """

    sorting_chosen = Signal(str, bool)

    def __init__(self, table: CallTable, model: CallModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        self._model = model
        self._owner = parent
        self._is_fitting = True
        self._are_widths_chosen = False
        header = table.horizontalHeader()
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
            header.setSectionHidden(column, column in HIDDEN_AT_FIRST)
        header.moveSection(header.visualIndex(Column.TIMELINE), len(Column) - 1)
        header.setSectionResizeMode(Column.TIMELINE, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._on_section_resized)
        header.sectionClicked.connect(self._on_section_clicked)
        self._is_fitting = False

    @property
    def _header(self) -> QHeaderView:
        return self._table.horizontalHeader()

    # -- widths ---------------------------------------------------------------------------------------------

    def _on_section_resized(self, column: int, _old: int, _new: int) -> None:
        if column != Column.TIMELINE and not self._is_fitting:
            self._are_widths_chosen = True

    def fit(self) -> None:
        """Share the room among the columns, until the person has chosen a width."""
        if self._are_widths_chosen:
            return
        self._is_fitting = True
        header = self._header
        need = max(self._table.rows_painter.needs.get(Column.CALL, 0), scaled(self._owner, _LEAST_CALL))
        timeline = 0 if header.isSectionHidden(Column.TIMELINE) else scaled(self._owner, _LEAST_TIMELINE)
        figures, room = self._figures(need + timeline)
        for column, wide in figures.items():
            header.resizeSection(column, wide)
        wanted = min(int(room * 0.6), room - timeline) if timeline else room
        most = room - header.minimumSectionSize() if timeline else room
        header.resizeSection(Column.CALL, max(_LEAST_CALL, min(max(wanted, need), most)))
        self._is_fitting = False

    def _figures(self, need: int) -> tuple[dict[Column, int], int]:
        """The widest columns of figures beside which there is so much room, else the narrowest; and the room."""
        figures, room, needs = dict[Column, int](), 0, self._table.rows_painter.needs
        for widths in (_WIDTHS, _SNUG_WIDTHS, _NARROW_WIDTHS, _TIGHT_WIDTHS):
            for column, most in _WIDTHS.items():
                if column not in (Column.CALL, Column.TIMELINE):
                    least = scaled(self._owner, widths.get(column, most))
                    is_sign = column == Column.STATUS and widths in _WORDLESS
                    needed = 0 if is_sign else needs.get(column, 0)
                    # A figure that is cut is another one.
                    figures[column] = max(least, needed, self._sorted_heading(column))
            taken = sum(wide for column, wide in figures.items() if not self._header.isSectionHidden(column))
            room = self._owner.width() - taken - 14  # the scroll bar, and the ring that shows where the keyboard is
            if need <= room:
                break
        return figures, room

    def _sorted_heading(self, column: Column) -> int:
        """The width of the heading with its arrow, of the column that rows are sorted by."""
        if SORTED_BY.get(column) != self._model.rows.order:
            return 0
        return self._header.fontMetrics().horizontalAdvance(f"▾ {heading(column)}") + 10

    # -- sorting --------------------------------------------------------------------------------------------

    def _on_section_clicked(self, section: int) -> None:
        """The largest first, then the smallest, then by time again."""
        order = SORTED_BY.get(Column(section), "time")
        rows = self._model.rows
        if order == "time" or (rows.order == order and rows.is_ascending):
            self.sorting_chosen.emit("time", False)
        else:
            self.sorting_chosen.emit(order, rows.order == order)

    # -- the menu -------------------------------------------------------------------------------------------

    def actions(self) -> list[QAction]:
        """One switch per column that can be hidden, for menus."""
        header = self._header
        actions: list[QAction] = []
        for column in Column:
            if column == Column.CALL:
                continue
            action = QAction(heading(column), self._owner, checkable=True)
            action.setToolTip(heading_tip(column))
            action.setChecked(not header.isSectionHidden(column))
            action.toggled.connect(lambda shown, column=column: self._set_shown(column, shown))
            actions.append(action)
        return actions

    def _set_shown(self, column: Column, shown: bool) -> None:
        self._header.setSectionHidden(column, not shown)
        self.fit()

    def fill(self, menu: QMenu) -> None:
        """Put into a menu by what rows are sorted, and which columns show."""
        rows = self._model.rows
        sorting = menu.addMenu(self.tr("Sort the rows of each parent"))
        group = QActionGroup(sorting)
        for order, words in self._orders().items():
            action = QAction(words, sorting, checkable=True)
            action.setChecked(rows.order == order)
            action.triggered.connect(lambda _checked, order=order: self.sorting_chosen.emit(order, False))
            group.addAction(action)
            sorting.addAction(action)
        sorting.addSeparator()
        smallest = sorting.addAction(self.tr("Smallest first"))
        smallest.setCheckable(True)
        smallest.setChecked(rows.is_ascending)
        smallest.setEnabled(rows.order != "time")
        smallest.triggered.connect(lambda checked: self.sorting_chosen.emit(rows.order, checked))
        menu.addSeparator()
        menu.addActions(self.actions())

    def _orders(self) -> dict[Order, str]:
        words = {
            "time": self.tr("By time"),
            "duration": self.tr("By duration"),
            "tokens": self.tr("By tokens"),
            "cost": self.tr("By cost"),
            "own": self.tr("By own time"),
        }
        return {order: words[order] for order in ORDERS}

    # -- remembering ----------------------------------------------------------------------------------------

    def state(self) -> str:
        """What the person chose, as text for `restore`."""
        header = self._header
        in_order = sorted(Column, key=header.visualIndex)
        shown = [column for column in Column if not header.isSectionHidden(column)]
        chosen = shown if self._are_widths_chosen else []
        kept = _Remembered(
            shown=[column.name for column in shown],
            order=[column.name for column in in_order],
            widths={column.name: header.sectionSize(column) for column in chosen},
        )
        return msgspec.json.encode(kept).decode()

    def restore(self, state: Any) -> None:
        """Take what was chosen at an earlier start; what cannot be read changes nothing."""
        with contextlib.suppress(msgspec.MsgspecError, TypeError):
            self._restore(msgspec.json.decode(state, type=_Remembered))

    def _restore(self, kept: _Remembered) -> None:
        header = self._header
        names = {column.name: column for column in Column}
        if kept.shown is not None:
            for column in Column:
                header.setSectionHidden(column, column.name not in kept.shown and column != Column.CALL)
        for place, name in enumerate(name for name in kept.order if name in names):
            header.moveSection(header.visualIndex(names[name]), place)
        header.moveSection(header.visualIndex(Column.CALL), 0)
        for name, width in kept.widths.items():
            if name in names and _LEAST <= width <= _MOST:
                header.resizeSection(names[name], width)  # remembered as chosen by `_on_section_resized`
