"""All charts of a run on one page."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, Node
from rlm_desktop.ui.calls.call_model import Clock
from rlm_desktop.ui.charts import run_plots
from rlm_desktop.ui.charts.latency import Latencies
from rlm_desktop.ui.charts.load import RequestLoad
from rlm_desktop.ui.charts.plot import Plot
from rlm_desktop.ui.charts.plot_view import PlotView
from rlm_desktop.ui.wheel import let_wheel_scroll

AGAIN_SECONDS = 0.5
"""Pause between two drawings of a live run."""
_SOON_MS = 10
_SLICE_SECONDS = 0.008
_MOST_BATCHES = 50
_TWO_COLUMNS_FROM = 720


class ChartsView(QScrollArea):
    """The charts of the run that is shown; reads its `RunState` and nothing else, so it serves a replay too.

    Signals:
        message: Something to tell the person, as "Saved …"; text, level.
    """

    message = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._clock: Clock = lambda: self._state.now
        self._forget(RunState())
        self._chosen: BatchNode | None = None
        self.load_view = PlotView(run_plots.concurrency(self._state, self._load, 0.0).frame)
        self.depth_tokens = PlotView(run_plots.tokens(self.tr("Tokens by depth"), {}).frame)
        self.model_tokens = PlotView(run_plots.tokens(self.tr("Tokens by model"), {}).frame)
        self.depth_cost = PlotView(run_plots.cost(self.tr("Cost by depth"), {}).frame)
        self.model_cost = PlotView(run_plots.cost(self.tr("Cost by model"), {}).frame)
        self.latency = PlotView(run_plots.latency(None).frame)
        self.views = (
            self.load_view,
            self.depth_tokens,
            self.model_tokens,
            self.depth_cost,
            self.model_cost,
            self.latency,
        )
        self.batches = QComboBox()
        self.batches.setAccessibleName(self.tr("Batch whose durations are shown"))
        self.batches.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.batches.setMinimumContentsLength(24)
        self.batches.activated.connect(self._on_batch_chosen)
        for view in self.views:
            view.saved.connect(self._say_saved)
            view.failed.connect(lambda reason: self.message.emit(reason, "error"))
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)
        self._due: list[tuple[PlotView, Callable[[], Plot]]] = []
        self._turns = QTimer(self, singleShot=True, interval=0)
        self._turns.timeout.connect(self._draw_next)
        self._lay_out()
        let_wheel_scroll(self)

    def _lay_out(self) -> None:
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        line = QHBoxLayout()
        line.setContentsMargins(12, 8, 12, 0)
        line.setSpacing(8)
        line.addWidget(QLabel(self.tr("Batch:")))
        line.addWidget(self.batches)
        line.addStretch(1)
        self._batch_part = QWidget()
        column = QVBoxLayout(self._batch_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.latency, 1)
        self._is_wide: bool | None = None
        self._arrange(is_wide=True)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The first chart takes it. Not a focus proxy: Tab would leave out the others."""
        self.load_view.setFocus(event.reason())

    def _arrange(self, *, is_wide: bool) -> None:
        """Two beside each other where there is room."""
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        pairs = ((self.depth_tokens, self.model_tokens), (self.depth_cost, self.model_cost))
        self._grid.addWidget(self.load_view, 0, 0, 1, 2)
        for row in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(0, 1)
        row = 1
        for left, right in pairs:
            self._grid.addWidget(left, row, 0, 1, 1 if is_wide else 2)
            self._grid.addWidget(right, row if is_wide else row + 1, 1 if is_wide else 0, 1, 1 if is_wide else 2)
            row += 1 if is_wide else 2
        self._grid.addWidget(self._batch_part, row, 0, 1, 2)
        self._grid.setRowStretch(row, 1)

    # -- what is shown --------------------------------------------------------------------------------------

    def _forget(self, state: RunState) -> None:
        self._state = state
        self._load = RequestLoad(state)
        self._latencies: Latencies | None = None
        self._listed = -1
        self._drawn_at = 0.0
        self._drawn_seq = -1

    def set_state(self, state: RunState, clock: Clock | None = None) -> None:
        """Show another run."""
        self._forget(state)
        self._chosen = None
        self._clock = clock or (lambda: state.now)
        self.batches.clear()
        self._stop()
        self.refresh()

    def select(self, node: Node | None) -> None:
        """The row selected in the tree: its batch is the one whose durations are shown."""
        batch = node.parent if isinstance(node, CallNode) else node
        if isinstance(batch, BatchNode) and batch is not self._chosen:
            self._choose(batch)

    def refresh(self) -> None:
        """Take in what has happened, twice a second at most."""
        is_drawn = self._drawn_seq == self._state.seq and not self._state.is_running
        if self.isVisible() and not is_drawn and not self.is_drawing:
            since = time.monotonic() - self._drawn_at
            self._timer.start(int(max(0.0, AGAIN_SECONDS - since) * 1000))

    def draw_soon(self) -> None:
        """Draw everything anew without a pause."""
        self._drawn_at, self._drawn_seq = 0.0, -1
        self.refresh()

    @property
    def is_drawing(self) -> bool:
        """Whether something is still to be counted or drawn."""
        return self._timer.isActive() or self._turns.isActive()

    def draw_now(self) -> None:
        """Count and draw everything at once; for pictures of it."""
        self._go_on()
        while self.is_drawing:
            (self._draw_next if self._turns.isActive() else self._go_on)()

    def _stop(self) -> None:
        self._timer.stop()
        if self._turns.isActive():
            self._turns.stop()
            self._drawn_seq = -1

    def _go_on(self) -> None:
        """Count for a slice of time, and draw what has been counted now and then."""
        self._timer.stop()
        is_behind = self._count()
        if not is_behind or time.monotonic() - self._drawn_at >= AGAIN_SECONDS:
            self._show(is_behind=is_behind)
        else:
            self._timer.start(_SOON_MS)

    def _count(self) -> bool:
        """Take in what has happened; whether there is more."""
        self._list_batches()
        self._load.take(_SLICE_SECONDS)
        is_behind = self._load.is_behind
        if self._latencies is not None:
            is_behind |= not self._latencies.take(_SLICE_SECONDS)
        return is_behind

    def _show(self, *, is_behind: bool) -> None:
        """Draw what has been counted, one chart in each turn of the event loop: all at once take too long."""
        self._drawn_at = time.monotonic()
        self._drawn_seq = -1 if is_behind else self._state.seq
        state = self._state
        by_depth, by_model = run_plots.by_depth(state), run_plots.by_model(state)
        self._due = [
            (self.latency, lambda: run_plots.latency(self._latencies)),
            (self.model_cost, lambda: run_plots.cost(self.tr("Cost by model"), by_model)),
            (self.depth_cost, lambda: run_plots.cost(self.tr("Cost by depth"), by_depth)),
            (self.model_tokens, lambda: run_plots.tokens(self.tr("Tokens by model"), by_model)),
            (self.depth_tokens, lambda: run_plots.tokens(self.tr("Tokens by depth"), by_depth)),
            (self.load_view, lambda: run_plots.concurrency(state, self._load, self._clock())),
        ]
        self._draw_next()

    def _draw_next(self) -> None:
        self._turns.stop()
        view, make = self._due.pop()
        view.set_plot(make())
        if self._due:
            self._turns.start()
        elif self._drawn_seq < 0:
            self._timer.start(_SOON_MS)

    # -- the batch ------------------------------------------------------------------------------------------

    def _list_batches(self) -> None:
        """Offer the largest batches, in order of time; the largest of all is shown at first."""
        batches = self._state.batches
        if len(batches) == self._listed:
            return
        self._listed = len(batches)
        largest = heapq.nlargest(_MOST_BATCHES, batches.values(), key=lambda batch: batch.size)
        shown = sorted({*largest, self._chosen} - {None}, key=lambda batch: batch.index)
        self.batches.clear()
        for batch in shown:
            self.batches.addItem(run_plots.batch_name(batch), batch.number)
        self._batch_part.setVisible(bool(shown))
        if shown:
            self._choose(self._chosen or largest[0], is_by_hand=self._chosen is not None)

    def _on_batch_chosen(self, place: int) -> None:
        batch = self._state.batches.get(self.batches.itemData(place))
        if batch is not None:
            self._choose(batch)
            self.refresh()

    def _choose(self, batch: BatchNode, *, is_by_hand: bool = True) -> None:
        self._chosen = batch if is_by_hand else self._chosen
        if self._latencies is None or self._latencies.batch is not batch:
            self._latencies = Latencies(batch)
            self.draw_soon()
        place = self.batches.findData(batch.number)
        if place < 0:
            self._listed = -1
        else:
            self.batches.setCurrentIndex(place)

    # -- Qt's events ----------------------------------------------------------------------------------------

    def _say_saved(self, path: str) -> None:
        self.message.emit(self.tr("The chart was saved as {path}.").format(path=path), "info")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two do not fit."""
        super().resizeEvent(event)
        self._arrange(is_wide=self.viewport().width() >= _TWO_COLUMNS_FROM)

    def showEvent(self, event: QEvent) -> None:
        """What was hidden was not drawn."""
        self.draw_soon()

    def hideEvent(self, event: QEvent) -> None:
        """Nothing is counted for nobody."""
        self._stop()

    def sizeHint(self) -> QSize:
        """As the tree."""
        return QSize(880, 400)
