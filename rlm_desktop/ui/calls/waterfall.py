"""The timeline's cells: when each row ran, all of them over one grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.timescale import TimeScale

Tints: TypeAlias = Mapping[tuple[str, int], QColor]
"""Colours by their role and how far they cover what is behind them; 255 for wholly."""
_Bar: TypeAlias = tuple[float, float, str, int, int]
"""Since and until when, role and covering of its colour, by how much it is lower than others above and below."""

_LEAST_BAR = 2.0
_LEAST_GAP = 6.0
_BAR_HEIGHT = 9


class Waterfall:
    """Paints the timeline of some rows at some place, all at one time."""

    def __init__(self, scale: TimeScale, now: float, tints: Tints, row_height: int) -> None:
        self._scale, self._now, self._tints = scale, now, tints
        self._row_height = row_height
        self._top = row_height // 2 - 4

    def paint(self, painter: QPainter, left: int, room: int, top: int, rows: Sequence[Node | None]) -> None:
        """Paint rows one below the other; None is one without a bar."""
        height = len(rows) * self._row_height
        self._paint_grid(painter, left, room, top, height)
        place, tints = self._scale.place, self._tints
        y = top + self._top
        for node in rows:
            for since, until, role, covering, inset in self._bars(node):
                x = left + place(since) * room
                wide = left + place(until) * room - x
                bar = QRectF(x, y + inset, wide if wide > _LEAST_BAR else _LEAST_BAR, _BAR_HEIGHT - 2 * inset)
                painter.fillRect(bar, tints[role, covering])
            y += self._row_height
        self._paint_gaps(painter, left, room, top, height)

    def _paint_grid(self, painter: QPainter, left: int, room: int, top: int, height: int) -> None:
        for tick in tick_times(self._scale):
            painter.fillRect(left + int(self._scale.place(tick) * room), top, 1, height, self._tints["line", 255])

    def _paint_gaps(self, painter: QPainter, left: int, room: int, top: int, height: int) -> None:
        """Compressed times are cut out of everything, and look it."""
        for gap in self._scale.gaps:
            x = left + self._scale.place(gap.start) * room
            wide = max(_LEAST_GAP, left + self._scale.place(gap.end) * room - x)
            painter.fillRect(QRectF(x, top, wide, height), self._tints["panel", 255])
            for edge in (x, x + wide - 1):
                painter.fillRect(QRectF(edge, top, 1, height), self._tints["warning", 150])

    def _bars(self, node: Node | None) -> Iterable[_Bar]:
        if node is None:
            return ()
        until = node.finished if node.finished is not None else self._now
        if isinstance(node, IterationNode):
            return self._iteration(node, until)
        if isinstance(node, BatchNode):
            return ((node.started, until, "batch", 150, 2),)
        role = _role(node)
        if not isinstance(node, CallNode) or node.kind == "rlm":
            return ((node.started, until, role, 150, 2),)
        asked = node.exchange.requested if node.exchange else None
        if asked is None:
            return ((node.started, until, "muted", 90, 4),)
        return (node.started, asked, "muted", 90, 4), (asked, until, role, 255, 0)

    @staticmethod
    def _iteration(node: IterationNode, until: float) -> Iterable[_Bar]:
        """The request in the colour of models, the cells in that of code, over the whole in grey."""
        yield node.started, until, "muted", 60, 3
        exchange = node.exchange
        if exchange is not None and exchange.requested is not None:
            yield exchange.requested, until if exchange.responded is None else exchange.responded, "rlm", 255, 0
        for cell in node.cells:
            role = "code" if cell.status in ("ok", "running") else "error"
            yield cell.started, until if cell.finished is None else cell.finished, role, 150, 2


def _role(node: Node) -> str:
    """The colour of a call's bar: that of its kind, or that of what went wrong."""
    return theme.status_role(node.status) if call_text.is_failure(node) else call_text.kind(node)


def tick_times(scale: TimeScale) -> list[float]:
    """Round moments of a timeline, none within a compressed gap."""
    marks = ticks(scale.end - scale.start - sum(gap.end - gap.start for gap in scale.gaps))
    if not scale.gaps or not marks:
        return [scale.start + mark for mark in marks]
    step, moments, since = marks[0], [], scale.start
    for until, after in [*((gap.start, gap.end) for gap in scale.gaps), (scale.end, scale.end)]:
        first = math.floor((since - scale.start) / step) + 1
        last = math.ceil((until - scale.start) / step)
        moments += [scale.start + number * step for number in range(first, last)]
        since = after
    return moments


def ticks(seconds: float) -> list[float]:
    """At most six round moments after the start of a span of so many seconds."""
    if seconds <= 0:
        return []
    rough = seconds / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough)
    return [step * number for number in range(1, int(seconds / step) + 1)]
