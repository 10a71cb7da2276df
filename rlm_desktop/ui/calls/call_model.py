"""The call tree as a table model over `CallRows`: one row per visible line, one column per figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, Node
from rlm_desktop.ui import figures
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_rows import CallRows
from rlm_desktop.ui.calls.row_look import Order
from rlm_desktop.ui.calls.timescale import Gap, TimeScale
from rlm_desktop.ui.labels import plain_tip

Index = QModelIndex | QPersistentModelIndex
NodeRole = Qt.ItemDataRole.UserRole
Clock = Callable[[], float]
_SLICE_SECONDS = 0.008


class Column(IntEnum):
    """The columns, in order. Those after `TIMELINE` are hidden until somebody asks for them."""

    CALL = 0
    STATUS = 1
    DURATION = 2
    TOKENS = 3
    COST = 4
    TIMELINE = 5
    MODEL = 6
    STARTED = 7
    DEPTH = 8
    OWN = 9
    FUNCTION = 10
    OWN_TOKENS = 11
    OWN_COST = 12


HEADINGS = {
    Column.CALL: ("Call", "What was called: the run, its iterations, batches and sub-calls"),
    Column.STATUS: ("Status", "How far it is, or how it ended"),
    Column.DURATION: ("Duration", "From its start to its end; the bar is its share of the run"),
    Column.TOKENS: ("Tokens", "Read → written: the provider's figures, all calls below included"),
    Column.COST: ("Cost", "US dollars, all calls below included; the bar is its share of the run"),
    Column.TIMELINE: ("Timeline", "When it ran"),
    Column.MODEL: ("Model", "The model that was asked"),
    Column.STARTED: ("Started", "Seconds since the run began"),
    Column.DEPTH: ("Depth", "Number of calls above it"),
    Column.OWN: ("Own time", "Duration without that of the calls below"),
    Column.FUNCTION: ("Function", "The name that the code used"),
    Column.OWN_TOKENS: ("Own tokens", "The provider's figures for its own requests, without the calls below"),
    Column.OWN_COST: ("Own cost", "US dollars for its own requests, without the calls below"),
}
HIDDEN_AT_FIRST = tuple(column for column in Column if column > Column.TIMELINE)
RIGHT_ALIGNED = (
    Column.DURATION,
    Column.TOKENS,
    Column.COST,
    Column.STARTED,
    Column.DEPTH,
    Column.OWN,
    Column.OWN_TOKENS,
    Column.OWN_COST,
)

SORTED_BY: dict[Column, Order] = {
    Column.DURATION: "duration",
    Column.TOKENS: "tokens",
    Column.COST: "cost",
    Column.OWN: "own",
}
"""What a click on a heading sorts by."""


class CallModel(QAbstractTableModel):
    """Shows `rows.state`. Nothing but `show` and `refresh` looks at whether the state has changed.

    In a large run it takes a while until rows are opened, filtered or sorted: see `is_arranging`.

    Signals:
        about_to_replace: All rows are about to be others, of the same run.
        arranged: What was wanted by `set_…`, or of `rows`, is done.

    Attributes:
        rows: Which rows are visible; the way to open and close them.
        gaps: Times that the timeline compresses; none unless the person wants it.
    """

    about_to_replace = Signal()
    arranged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)
        self.rows = CallRows(self._splice, self._replace, self._slices.start)
        self._clock: Clock = lambda: self.rows.state.now
        self._spliced: list[tuple[int, int, int]] = []
        self.gaps: Sequence[Gap] = ()

    @property
    def state(self) -> RunState:
        """The run that is shown."""
        return self.rows.state

    # -- the state ------------------------------------------------------------------------------------------

    def show(self, state: RunState, clock: Clock | None = None) -> None:
        """Show another run; `clock` gives its current time when that is not the time of the last event."""
        self._clock = clock or (lambda: state.now)
        self.gaps = ()
        self.beginResetModel()
        self.rows.visible = self.rows.reset(state)
        self.endResetModel()

    def move_to(self, state: RunState, clock: Clock | None = None) -> None:
        """Show the same run at another moment, arranged as it is."""
        self._clock = clock or (lambda: state.now)
        self.gaps = ()
        self.about_to_replace.emit()
        self.beginResetModel()
        self.rows.visible = self.rows.move_to(state)
        self.endResetModel()
        self._tell_when_arranged()

    def refresh(self) -> list[tuple[int, int, int]]:
        """Take in what has happened; returns the changes as (row, removed, inserted), in order."""
        self._spliced.clear()
        self.rows.refresh()
        return list(self._spliced)

    def set_matches(self, matches: set[int] | None) -> None:
        """Show only these nodes and what is above them; None shows all."""
        self.rows.set_matches(matches)
        self._tell_when_arranged()

    def set_order(self, order: Order, *, is_ascending: bool = False) -> None:
        """Sort the children of each row as they are now."""
        self.rows.set_order(order, is_ascending=is_ascending)
        self._tell_when_arranged()

    def set_focus(self, node: Node | None) -> None:
        """Show only `node` and what is below it; None shows the whole run."""
        self.rows.set_focus(node)
        self._tell_when_arranged()

    @property
    def is_arranging(self) -> bool:
        """Whether rows are about to be opened, filtered or sorted; those that were there are shown meanwhile."""
        return self.rows.is_working

    def _tell_when_arranged(self) -> None:
        if not self.rows.is_working:
            self.arranged.emit()

    def _go_on(self) -> None:
        if self.rows.is_working:
            if not self.rows.go_on(_SLICE_SECONDS):
                self._slices.start()
            self._tell_when_arranged()

    def _replace(self, rows: list[int]) -> None:
        self.about_to_replace.emit()
        self.beginResetModel()
        self.rows.visible = rows
        self.endResetModel()

    def _splice(self, row: int, removed: int, inserted: list[int]) -> None:
        visible = self.rows.visible
        if removed:
            self.beginRemoveRows(QModelIndex(), row, row + removed - 1)
            del visible[row : row + removed]
            self.endRemoveRows()
        if inserted:
            self.beginInsertRows(QModelIndex(), row, row + len(inserted) - 1)
            visible[row:row] = inserted
            self.endInsertRows()
        self._spliced.append((row, removed, len(inserted)))

    def touch(self, first: int, last: int) -> None:
        """Say that these rows are to be painted again."""
        last = min(last, len(self.rows.visible) - 1)
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock()

    def time_scale(self) -> TimeScale:
        """Places on the timeline."""
        return TimeScale(*self._time_span(), self.gaps)

    def _time_span(self) -> tuple[float, float]:
        """Start and end of the time that the timeline shows."""
        focus = self.rows.focus
        if focus is not None and focus.finished is not None:
            return focus.started, max(focus.finished, focus.started + 0.001)
        if focus is not None:
            return focus.started, focus.started + round_span(self.now() - focus.started)
        return self.run_span()

    def run_span(self) -> tuple[float, float]:
        """Start and end of the whole run; a live one ends at a round time."""
        finished = self.rows.state.finished
        return 0.0, round_span(self.now()) if finished is None else max(finished, 0.001)

    # -- as Qt wants it -------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Visible rows."""
        return 0 if parent.isValid() else len(self.rows.visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """All columns, the hidden ones included."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return heading_tip(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for screen readers, copying and tests; the delegate paints from the state itself."""
        row = index.row()
        if not index.isValid() or row >= len(self.rows.visible):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column())
        if role == NodeRole:
            return self.rows.node(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._accessible(row) if index.column() == Column.CALL else self.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(tip) if (tip := self._tool_tip(row, index.column())) else None
        return None

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        node = self.rows.node(row)
        if self.rows.is_more(row):
            return more_text(self.rows.hidden_count(node)) if column == Column.CALL else ""
        return _TEXTS[column](node, self.now())

    def _accessible(self, row: int) -> str:
        if self.rows.is_more(row):
            return self.text(row, Column.CALL)
        node = self.rows.node(row)
        return call_text.accessible(node, self.now(), is_open=self.rows.is_open(node))

    def _tool_tip(self, row: int, column: int) -> str | None:
        if self.rows.is_more(row):
            return self.tr("Show all calls of the batch")
        node = self.rows.node(row)
        if column == Column.CALL:
            return call_text.preview(node) or None
        if column == Column.STATUS and not isinstance(node, BatchNode):
            return call_text.status(node)
        if isinstance(node, BatchNode) and column in (Column.STATUS, Column.DURATION):
            latencies = call_text.latencies_text(call_text.latencies(node))
            return "\n".join(part for part in (call_text.batch_status(node), latencies) if part)
        if column == Column.DURATION:
            now = self.now()
            own = call_text.seconds(call_text.own_duration(node, now))
            text = self.tr("{time}, of these {own} without the calls below")
            return text.format(time=call_text.seconds(call_text.duration(node, now)), own=own)
        if column in (Column.TOKENS, Column.COST) and node.children:
            words = call_text.tokens if column == Column.TOKENS else call_text.cost
            own = words(call_text.own_tally(node)) or call_text.UNKNOWN
            text = self.tr("{sum} with the calls below, of these {own} of its own")
            return text.format(sum=words(call_text.tally_of(node)) or call_text.UNKNOWN, own=own)
        if column == Column.TIMELINE:
            return self.tr("Started at {time}").format(time=call_text.seconds(node.started))
        return None


def heading(column: Column) -> str:
    """What stands above a column."""
    return QCoreApplication.translate("CallModel", HEADINGS[column][0])


def heading_tip(column: Column) -> str:
    """What a column shows, in a sentence."""
    return QCoreApplication.translate("CallModel", HEADINGS[column][1])


def more_text(count: int) -> str:
    """The row that stands for calls that are not shown."""
    return QCoreApplication.translate("CallModel", "… {count} more").format(count=figures.number(count))


def round_span(seconds: float) -> float:
    """The next round number of seconds, so that a live timeline does not change its scale all the time."""
    seconds = max(seconds, 1.0)
    power = 10.0 ** math.floor(math.log10(seconds))
    return next((step * power for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.5) if step * power >= seconds), 10.0 * power)


def _status(node: Node, _now: float) -> str:
    return call_text.batch_status(node) if isinstance(node, BatchNode) else call_text.status(node)


def _function(node: Node, _now: float) -> str:
    return getattr(node, "function", "")


_TEXTS: tuple[Callable[[Node, float], str], ...] = (
    lambda node, now: call_text.title(node),
    _status,
    lambda node, now: "" if node.status == "queued" else call_text.seconds(call_text.duration(node, now)),
    lambda node, now: call_text.tokens(call_text.tally_of(node)),
    lambda node, now: call_text.cost(call_text.tally_of(node)),
    lambda node, now: "",
    lambda node, now: figures.model_words(call_text.model(node)),
    lambda node, now: figures.clock(node.started),
    lambda node, now: str(call_text.depth(node)),
    lambda node, now: call_text.seconds(call_text.own_duration(node, now)),
    _function,
    lambda node, now: call_text.tokens(call_text.own_tally(node)),
    lambda node, now: call_text.cost(call_text.own_tally(node)),
)
