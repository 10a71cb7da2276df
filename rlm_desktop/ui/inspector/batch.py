"""The inspector's page for a batch: how long its calls took, and the calls themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from rlm_desktop.engine.tree import BatchNode, CallNode
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import Clock, NodeRole
from rlm_desktop.ui.charts import run_plots
from rlm_desktop.ui.charts.latency import Latencies
from rlm_desktop.ui.charts.plot_view import PlotView
from rlm_desktop.ui.copying import joined, let_copy_rows, selected_rows, shown_columns, spare_headings
from rlm_desktop.ui.language import marked
from rlm_desktop.ui.sentences import said

_HEADINGS = (
    marked("BatchCalls", "Call"),
    marked("BatchCalls", "Status"),
    marked("BatchCalls", "Duration"),
    marked("BatchCalls", "Tokens"),
    marked("BatchCalls", "Cost"),
    marked("BatchCalls", "Result"),
)
_STATUS = 1
_RIGHT = (2, 3, 4)
_SLICE_SECONDS = 0.004
"""For the durations of a big batch, and for its order; what is left follows soon."""
_PIECE = 256
"""Calls between two looks at the clock."""
_BEGINNING = 1_000
"""Characters of a result that are looked at: it may have many millions, and is read from where it lies."""
_MORE_MS = 50
_WIDTHS = (60, 116, 76, 132, 104)
"""Of all columns but the last one, the results', which gets what is left."""
_LEAVE_FIRST = (3, 2)
"""Tokens and durations, which the tree has as well, give way to the results."""
_LEAST_COLUMN, _LEAST_RESULT = 40, 160
CHART_FROM = 280
"""Lower than this, the page is the table alone."""
Index = QModelIndex | QPersistentModelIndex


class BatchCalls(QAbstractTableModel):
    """The calls of one batch, sortable; of a very big one the order takes a while, and comes when it is there."""

    def __init__(self) -> None:
        super().__init__()
        self._batch: BatchNode | None = None
        self._calls: list[CallNode] = []
        self._sorted_by = (0, Qt.SortOrder.AscendingOrder)
        self._ordering: Iterator[None] = iter(())
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)
        self.clock: Clock = lambda: 0.0
        self.colours = theme.LIGHT

    def show(self, batch: BatchNode) -> None:
        """Show another batch, or what it has become."""
        if batch is not self._batch:
            self.beginResetModel()
            self._batch = batch
            self._calls = list(_calls(batch))
            self.endResetModel()
            self._sort_again()
        elif len(batch.children) > len(self._calls):
            new = _calls(batch)[len(self._calls) :]
            self.beginInsertRows(QModelIndex(), len(self._calls), len(self._calls) + len(new) - 1)
            self._calls.extend(new)
            self.endInsertRows()

    def touch(self, first: int, last: int) -> None:
        """Say that these rows are to be painted again."""
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(_HEADINGS) - 1))

    def call(self, row: int) -> CallNode:
        """The call of a row."""
        return self._calls[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Calls that have begun."""
        return 0 if parent.isValid() else len(self._calls)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """See `_HEADINGS`."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr(_HEADINGS[section])
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and colours."""
        if not index.isValid():
            return None
        call = self._calls[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _TEXTS[index.column()](call, self.clock())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _STATUS:
            return theme.icon(theme.status_icon(call.status), self.colours, theme.status_role(call.status))
        return call if role == NodeRole else None

    def lines(self, rows: Sequence[int], columns: Sequence[int]) -> Iterator[str]:
        """Rows as a spreadsheet takes them; those that they are now, whatever becomes of their order."""
        calls, texts, now = [self._calls[row] for row in rows], [_TEXTS[column] for column in columns], self.clock()
        return joined((text(call, now) for text in texts) for call in calls)

    # -- the order ------------------------------------------------------------------------------------------

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the calls."""
        self._sorted_by = (column, order)
        self._sort_again()

    def _sort_again(self) -> None:
        self._ordering = self._order()
        self._go_on()

    def _go_on(self) -> None:
        until = time.perf_counter() + _SLICE_SECONDS
        for _ in self._ordering:
            if time.perf_counter() >= until:
                self._slices.start()
                return
        self._slices.stop()

    def _order(self) -> Iterator[None]:
        column, order = self._sorted_by
        calls, key, now = self._calls[:], _KEYS[column], self.clock()
        keys: list[Any] = []
        for start in range(0, len(calls), _PIECE):
            if start:
                yield
            keys += [key(call, now) for call in calls[start : start + _PIECE]]
        places = _ranked(keys, is_ascending=order == Qt.SortOrder.AscendingOrder)
        self._take([*(calls[place] for place in places), *self._calls[len(calls) :]])

    def _take(self, calls: list[CallNode]) -> None:
        """Show the same calls in another order; what is selected stays so."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._calls[index.row()] for index in before]
        wanted = set(map(id, held))
        rows = {id(call): row for row, call in enumerate(calls) if id(call) in wanted} if wanted else {}
        self._calls = calls
        after = [self.index(rows[id(call)], index.column()) for call, index in zip(held, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _ranked(keys: Sequence[Any], *, is_ascending: bool) -> list[int]:
    """The places of keys in their order; None, what nobody knows, is neither the least nor the most: it is last."""
    places = [place for place, key in enumerate(keys) if key is not None]
    places.sort(key=keys.__getitem__, reverse=not is_ascending)
    if len(places) < len(keys):
        places += [place for place, key in enumerate(keys) if key is None]
    return places


def _calls(batch: BatchNode) -> Sequence[CallNode]:
    return cast("Sequence[CallNode]", batch.children)  # the fold puts nothing else there


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_TEXTS: tuple[Callable[[CallNode, float], str], ...] = (
    lambda call, now: figures.number(call.batch_index + 1),
    lambda call, now: call_text.status(call),
    lambda call, now: "" if call.status == "queued" else call_text.seconds(call_text.duration(call, now)),
    lambda call, now: call_text.tokens(call.subtree),
    lambda call, now: call_text.cost(call.subtree),
    lambda call, now: figures.one_line(_outcome(call)),
)
_KEYS: tuple[Callable[[CallNode, float], Any], ...] = (
    lambda call, now: call.batch_index,
    lambda call, now: (call.status, call.batch_index),
    call_text.duration,
    lambda call, now: call_text.token_count(call),
    lambda call, now: call_text.cost_usd(call),
    lambda call, now: _outcome(call),
)


def _outcome(call: CallNode) -> str:
    """Why it failed, else the beginning of its result, else what has arrived of it."""
    result = said(call.error) or call.result_beginning(_BEGINNING)
    return result or (call.exchange.text[:_BEGINNING] if call.exchange else "")


class BatchPage(QWidget):
    """Distribution and table.

    Signals:
        node_chosen: A call was opened.
        copied: So many of the calls are on the clipboard now, after a while.
        saved: The chart was saved; its path.
        failed: It could not be; the reason.
    """

    node_chosen = Signal(object)
    copied = Signal(int)
    saved = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latencies: Latencies | None = None
        self._more = QTimer(self, singleShot=True, interval=_MORE_MS)
        self._more.timeout.connect(self._count)
        self.distribution = PlotView(run_plots.latency(None))
        self.distribution.saved.connect(self.saved)
        self.distribution.failed.connect(self.failed)
        self.model = BatchCalls()
        self.table = QTableView()
        self.model.colours = theme.colours_of(self)
        self.table.setModel(self.model)
        spare_headings(self.table)
        self.table.setAccessibleName(self.tr("Calls of the batch"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.verticalHeader().hide()
        theme.size_rows(self.table)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_LEAST_COLUMN)
        header.resizeSection(len(_WIDTHS), _LEAST_COLUMN)
        header.setStretchLastSection(True)  # from what it has now, so that there is no bar where all fits
        self._widen()
        let_copy_rows(self.table, self._lines, tell=self.copied.emit)
        self.table.activated.connect(lambda index: self.node_chosen.emit(self.model.call(index.row())))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.distribution, 1)
        layout.addWidget(self.table, 2)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            theme.size_rows(self.table)
        if event.type() == QEvent.Type.FontChange:
            self._widen()
        if event.type() == QEvent.Type.PaletteChange:
            self.model.colours = theme.colours_of(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room it is the table's."""
        super().resizeEvent(event)
        self.distribution.setVisible(self.height() >= CHART_FROM)
        self._leave_out()

    def _widen(self) -> None:
        """Give the columns the room that letters of this size need."""
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, theme.scaled(self, width))
        self._leave_out()

    def _leave_out(self) -> None:
        """Leave columns out until the results have room."""
        spare = self.width() - theme.scaled(self, sum(_WIDTHS) + _LEAST_RESULT)
        for column in _LEAVE_FIRST:
            self.table.setColumnHidden(column, spare < 0)
            spare += theme.scaled(self, _WIDTHS[column]) if spare < 0 else 0

    def _lines(self) -> Iterator[str]:
        return self.model.lines(selected_rows(self.table), shown_columns(self.table))

    def show_node(self, node: BatchNode, clock: Clock) -> None:
        """Show a batch, or what it has become."""
        self.model.clock = clock
        self.model.show(node)
        if self._latencies is None or self._latencies.batch is not node:
            self._latencies = Latencies(node)
        self._count()
        first = max(0, self.table.rowAt(0))
        last = self.table.rowAt(self.table.viewport().height() - 1)
        self.model.touch(first, last if last >= 0 else self.model.rowCount() - 1)

    def _count(self) -> None:
        """Take in the durations of the calls that have ended."""
        if self._latencies is None:
            return
        is_all = self._latencies.take(_SLICE_SECONDS)
        self.distribution.set_plot(run_plots.latency(self._latencies))
        if not is_all and self.isVisible():
            self._more.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is counted for nobody."""
        super().hideEvent(event)
        self._more.stop()
