"""The strip under the call tree: the whole run by depth, how many calls at each moment, and where things failed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from itertools import accumulate
from typing import TypeGuard

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_text

MOST_LANES = 6
_PAD = 8
_LANE = 14
_PART = 1_000
"""Rows that are taken in at once, and calls under way that are looked at again."""
_AGAIN_MS = 66
_NEAR = 5_000
"""Rows before and after a moment among which a call is looked for, with all above them: a run may have millions."""


class _Lanes:
    """How many calls more or less are under way from one column to the next, by depth, and where some failed."""

    def __init__(self, span: tuple[float, float], room: int) -> None:
        self.room = room
        self.counts: list[list[int]] = []
        self.failed: set[tuple[int, int]] = set()
        self._start = span[0]
        self._scale = room / (span[1] - span[0])

    def column(self, moment: float) -> int:
        """Where a time is."""
        column = int((moment - self._start) * self._scale)
        return 0 if column < 0 else min(column, self.room - 1)

    def begin(self, call: CallNode) -> None:
        """A call has begun to do something."""
        self._lane(call.depth)[self.column(_began(call))] += 1

    def end(self, call: CallNode) -> None:
        """A call that had begun has ended."""
        column = self.column(call.finished or 0.0)
        self._lane(call.depth)[column + 1] -= 1
        if call_text.is_failure(call):
            self.failed.add((min(call.depth, MOST_LANES - 1), column))

    def _lane(self, depth: int) -> list[int]:
        number = min(depth, MOST_LANES - 1)
        while len(self.counts) <= number:
            self.counts.append([0] * (self.room + 1))
        return self.counts[number]


class OverviewStrip(QWidget):
    """One lane per depth; the higher the filling, the more calls were under way.

    Each call adds one at the column where it began to run and takes it away at that of its end, so that painting
    costs the width and not the number of calls.

    Signals:
        node_chosen: A place was clicked; the `CallNode` nearest to it.
        menu_requested: What can be done with that is asked for, at a place of the screen.
    """

    node_chosen = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._state = RunState()
        self._span = (0.0, 1.0)
        self._now = 0.0
        self._box: tuple[float, float] | None = None
        self._before: _Lanes | None = None
        self._forget()
        self._timer = QTimer(self, singleShot=True, interval=66)
        self._timer.timeout.connect(self.update)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._take_more)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("The whole run by depth: the more calls at once, the higher. Click to go there."))
        self.setAccessibleName(self.tr("Overview of the run by depth"))

    def _forget(self) -> None:
        self._taken = (-1, 0)
        self._lanes = _Lanes(self._span, max(10, self.width() - 2 * _PAD))
        self._seen = 0
        self._unsure = 0
        self._waiting: deque[CallNode] = deque()
        self._live: deque[CallNode] = deque()

    def set_state(self, state: RunState) -> None:
        """Show another run."""
        self._state = state
        self._before = None
        self._forget()
        self._box = None
        self.update()

    def move_to(self, state: RunState) -> None:
        """Show the same run at another moment: what shows is kept until all that then was has been taken in."""
        self._before = self._before or self._lanes
        self._state = state
        self._forget()
        self._more.start(_AGAIN_MS)  # not yet: it may be about to be at another moment

    def refresh(self, span: tuple[float, float], now: float, box: tuple[float, float] | None) -> None:
        """Take in what has happened.

        Args:
            span: Start and end of the time to show.
            now: The run's current time.
            box: Start and end of what the rows in view cover.
        """
        if span != self._span:
            self._span = span
            self._forget()
        self._now, self._box = now, box
        if self._before is None:
            self._take_more()
        else:
            self._update_soon()

    def _take_new(self) -> None:
        """Take in what has happened; of a big run one part at a time: nothing waits for the strip."""
        nodes = self._state.nodes
        taken = (self._state.seq, len(nodes))
        if taken != self._taken:
            self._taken, self._unsure = taken, len(self._waiting) + len(self._live)
        elif not self._unsure and self._seen == len(nodes):
            return
        new = nodes[self._seen : self._seen + _PART]
        self._seen += len(new)
        self._unsure = max(0, self._unsure - _PART)
        for node in new:
            if isinstance(node, CallNode):
                if node.finished is None:
                    self._waiting.append(node)
                else:
                    self._lanes.begin(node)
                    self._lanes.end(node)
        for call in _changed(self._waiting, lambda call: call.status != "queued"):
            self._lanes.begin(call)
            self._live.append(call)
        for call in _changed(self._live, lambda call: call.finished is not None):
            self._lanes.end(call)
        if self._seen < len(nodes):
            self._more.start(0)
            return
        self._before = None
        if self._unsure:
            self._more.start(_AGAIN_MS)

    def _take_more(self) -> None:
        lanes = len(self._lanes.counts)
        self._take_new()
        if len(self._lanes.counts) != lanes:
            self.updateGeometry()
        self._update_soon()

    def _update_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lanes, failures, the box of what is in view."""
        colours = theme.colours_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.panel))
        painter.setPen(QColor(colours.line))
        painter.drawLine(0, 0, self.width(), 0)
        shown = self._before or self._lanes
        for number in range(len(shown.counts)):
            self._paint_lane(painter, number, shown)
        if self._box is not None and shown.counts:
            self._paint_box(painter, self._box, shown)
        painter.end()

    def _paint_lane(self, painter: QPainter, number: int, shown: _Lanes) -> None:
        colours = theme.colours_of(self)
        ink = QColor(colours.rlm if number == 0 else colours.llm)
        ink.setAlpha(170)
        now = shown.column(self._now)
        counts = list(accumulate(shown.counts[number][: now + 1]))
        most = math.log1p(max(counts, default=1))
        bottom = 4 + (number + 1) * _LANE
        height = _LANE - 3
        start = 0
        while start < len(counts):  # equal neighbours are one rectangle
            end = start + 1
            while end < len(counts) and counts[end] == counts[start]:
                end += 1
            if counts[start]:
                tall = max(2.0, height * math.log1p(counts[start]) / most)
                painter.fillRect(QRectF(_PAD + start, bottom - tall, end - start, tall), ink)
            start = end
        error = QColor(colours.error)
        for lane, column in shown.failed:
            if lane == number and column <= now:
                painter.fillRect(QRectF(_PAD + column, bottom - height, 2, height), error)

    def _paint_box(self, painter: QPainter, box: tuple[float, float], shown: _Lanes) -> None:
        accent = QColor(theme.colours_of(self).accent)
        left, right = shown.column(box[0]), shown.column(box[1])
        painter.setPen(accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(_PAD + left - 1, 2, max(4, right - left + 2), len(shown.counts) * _LANE + 3))

    def call_at(self, x: float, y: float) -> CallNode | None:
        """The call of a lane that was under way at a moment, else the one nearest to it."""
        start, end = self._span
        moment = start + (x - _PAD) / self._lanes.room * (end - start)
        lane = max(0, int((y - 4) // _LANE))
        nodes = self._state.nodes
        at = bisect_right(nodes, moment, key=lambda node: node.started)
        around = nodes[max(0, at - _NEAR) : at + _NEAR]
        near = set(around)
        for parent in {node.parent for node in around}:
            while parent is not None and parent not in near:
                near.add(parent)
                parent = parent.parent
        calls = [node for node in near if _is_in(node, lane)] or [node for node in nodes if _is_in(node, lane)]

        def distance(call: CallNode) -> tuple[float, float]:
            until = call.finished if call.finished is not None else self._now
            outside = max(call.started - moment, moment - until, 0.0)
            return outside, until - call.started

        return min(calls, key=distance, default=None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to what ran there."""
        call = self.call_at(event.position().x(), event.position().y())
        if call is not None:
            self.node_chosen.emit(call)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of what ran there."""
        call = self.call_at(event.pos().x(), event.pos().y())
        if call is not None:
            self.menu_requested.emit(call, event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns."""
        super().resizeEvent(event)
        self._before = None
        self._forget()
        self._take_new()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def sizeHint(self) -> QSize:
        """As many lanes as the run has depths, two at least."""
        lanes = min(MOST_LANES, max(self._state.by_depth, default=1) + 1)
        return QSize(400, 8 + max(2, lanes) * _LANE)


def _is_in(node: Node, lane: int) -> TypeGuard[CallNode]:
    return isinstance(node, CallNode) and min(node.depth, MOST_LANES - 1) == lane


def _began(call: CallNode) -> float:
    """When a call began to do something: an llm call with its request."""
    asked = call.exchange.requested if call.kind == "llm" and call.exchange is not None else None
    return call.started if asked is None else asked


def _changed(calls: deque[CallNode], has_changed: Callable[[CallNode], bool]) -> list[CallNode]:
    """Take out those that have changed, of the first `2 * _PART`; the others go to the end, for a later look."""
    found: list[CallNode] = []
    for _ in range(min(len(calls), 2 * _PART)):
        call = calls.popleft()
        (found if has_changed(call) else calls).append(call)
    return found
