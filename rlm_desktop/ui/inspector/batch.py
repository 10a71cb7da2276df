"""The inspector's page for a batch: how long its calls took, and the calls themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from rlm_desktop.engine.tree import BatchNode, CallNode
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import Clock, NodeRole

_HEADINGS = ("Call", "Status", "Duration", "Tokens in → out", "Cost", "Result")
_RIGHT = (2, 3, 4)
_BINS = 40
Index = QModelIndex | QPersistentModelIndex


class BatchCalls(QAbstractTableModel):
    """The calls of one batch, sortable."""

    def __init__(self) -> None:
        super().__init__()
        self._batch: BatchNode | None = None
        self._calls: list[CallNode] = []
        self._sorted_by = (0, Qt.SortOrder.AscendingOrder)
        self.clock: Clock = lambda: 0.0

    def show(self, batch: BatchNode) -> None:
        """Show another batch, or what it has become."""
        if batch is not self._batch:
            self.beginResetModel()
            self._batch = batch
            self._calls = _calls(batch)
            self._order()
            self.endResetModel()
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

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Calls that have begun."""
        return 0 if parent.isValid() else len(self._calls)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See `_HEADINGS`."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
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
        return call if role == NodeRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the calls."""
        self._sorted_by = (column, order)
        self.layoutAboutToBeChanged.emit()
        old = {id(call): row for row, call in enumerate(self._calls)}
        self._order()
        rows = {old[id(call)]: row for row, call in enumerate(self._calls)}
        before = self.persistentIndexList()
        self.changePersistentIndexList(before, [self.index(rows[each.row()], each.column()) for each in before])
        self.layoutChanged.emit()

    def _order(self) -> None:
        column, order = self._sorted_by
        now = self.clock()
        key = _KEYS[column]
        is_reversed = order == Qt.SortOrder.DescendingOrder
        self._calls.sort(key=lambda call: key(call, now), reverse=is_reversed)


def _calls(batch: BatchNode) -> list[CallNode]:
    return [child for child in batch.children if isinstance(child, CallNode)]


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_TEXTS: tuple[Callable[[CallNode, float], str], ...] = (
    lambda call, now: f"{call.batch_index + 1:,}",
    lambda call, now: f"{figures.glyph(call.status)} {call_text.status(call)}",
    lambda call, now: "" if call.status == "queued" else call_text.seconds(call_text.duration(call, now)),
    lambda call, now: call_text.tokens(call.subtree),
    lambda call, now: call_text.cost(call.subtree),
    lambda call, now: figures.one_line(call.error or call.result or (call.exchange.text if call.exchange else "")),
)
_KEYS: tuple[Callable[[CallNode, float], Any], ...] = (
    lambda call, now: call.batch_index,
    lambda call, now: (call.status, call.batch_index),
    call_text.duration,
    lambda call, now: call.subtree.output_tokens,
    lambda call, now: call.subtree.cost_usd,
    lambda call, now: call.error or call.result,
)


class Distribution(QWidget):
    """How many calls took how long."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(96)
        self._bins: list[int] = []
        self._failed: list[int] = []
        self._range = (0.0, 1.0)
        self._text = ""
        self._seen: tuple[BatchNode | None, int] = (None, 0)

    def show_batch(self, batch: BatchNode) -> None:
        """Take the ended calls of a batch; anew only once some more have ended."""
        done, failed, _, _ = call_text.batch_counts(batch)
        seen = self._seen[1] if self._seen[0] is batch else 0
        if seen and done + failed < seen * 1.02 and (batch.finished is None or done + failed == seen):
            return
        self._seen = (batch, done + failed)
        ended = [call for call in _calls(batch) if call.finished is not None]
        durations = [call_text.duration(call, 0.0) for call in ended]
        self._text = call_text.latencies_text(call_text.latencies(batch))
        self.setAccessibleName(f"Durations of the calls: {self._text or 'none has ended yet'}")
        low, high = (min(durations), max(durations)) if durations else (0.0, 1.0)
        width = max(high - low, 1e-6)
        self._range = (low, high)
        self._bins, self._failed = [0] * _BINS, [0] * _BINS
        for call, duration in zip(ended, durations, strict=True):
            place = min(_BINS - 1, math.floor((duration - low) / width * _BINS))
            (self._failed if call_text.is_failure(call) else self._bins)[place] += 1
        self.update()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(320, 112)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars over a line with the shortest and longest duration."""
        colours = theme.colours_of(self)
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(8, 24, -8, -22)
        painter.setPen(QColor(colours.muted))
        heading = self._text or "No call has ended yet."
        painter.drawText(QRectF(8, 4, self.width() - 16, 18), Qt.AlignmentFlag.AlignVCenter, heading)
        tallest = max((a + b for a, b in zip(self._bins, self._failed, strict=True)), default=0)
        if tallest:
            self._paint_bars(painter, area, tallest)
            below = QRectF(area.left(), area.bottom() + 2, area.width(), 16)
            painter.setPen(QColor(colours.muted))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, call_text.seconds(self._range[0]))
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, call_text.seconds(self._range[1]))
        painter.setPen(QColor(colours.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.end()

    def _paint_bars(self, painter: QPainter, area: QRectF, tallest: int) -> None:
        colours = theme.colours_of(self)
        width = area.width() / _BINS
        for place, (good, failed) in enumerate(zip(self._bins, self._failed, strict=True)):
            top = area.bottom()
            for count, colour in ((good, colours.llm), (failed, colours.error)):
                if count:
                    height = max(2.0, area.height() * count / tallest)
                    top -= height
                    painter.fillRect(
                        QRectF(area.left() + place * width, top, max(1.0, width - 1), height), QColor(colour)
                    )


class BatchPage(QWidget):
    """Distribution and table.

    Signals:
        node_chosen: A call was opened.
    """

    node_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.distribution = Distribution()
        self.model = BatchCalls()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Calls of the batch")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for column, width in enumerate((60, 116, 80, 120, 84)):
            header.resizeSection(column, width)
        self.table.activated.connect(lambda index: self.node_chosen.emit(self.model.call(index.row())))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.distribution)
        layout.addWidget(self.table, 1)

    def show_node(self, node: BatchNode, clock: Clock) -> None:
        """Show a batch, or what it has become."""
        self.model.clock = clock
        self.model.show(node)
        self.distribution.show_batch(node)
        first = max(0, self.table.rowAt(0))
        last = self.table.rowAt(self.table.viewport().height() - 1)
        self.model.touch(first, last if last >= 0 else self.model.rowCount() - 1)
