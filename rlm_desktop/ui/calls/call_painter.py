"""Paints the rows of the call tree straight from the run's state.

Lean on purpose: a delegate costs an index, an option and several calls between C++ and Python for every cell, 250
cells a frame (measured: nine times what this takes). Here a frame is one loop over the visible rows; texts are
measured and shortened once, fonts and pens are changed only when they differ, and what is the same for all rows is
worked out once a frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import RIGHT_ALIGNED, CallModel, Column, more_text
from rlm_desktop.ui.calls.timescale import TimeScale
from rlm_desktop.ui.figures import number

INDENT = 12
DEEPEST_INDENT = 12
"""Rows deeper than this are not moved further right; a chip says their depth."""
_PAD = 8
_ICON = 16
_BATCH_BAR = 52
_LEAST_TEXT = 36
_CACHE_LIMIT = 8192
_KIND_ROLES = {"rlm": "rlm", "llm": "llm", "iteration": "muted", "batch": "batch"}
_CALM = frozenset(("queued", "running", "completed", "cancelled"))


@dataclass(frozen=True)
class Section:
    """A visible column and where it is."""

    column: int
    left: int
    width: int


class _Face:
    """A font with what has been measured of it."""

    def __init__(self, font: QFont, row_height: int) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self.baseline = round((row_height + self._metrics.ascent() - self._metrics.descent()) / 2)
        self._narrow = self._metrics.averageCharWidth() * 0.75
        self._widths: dict[str, float] = {}
        self._short: dict[tuple[str, int], str] = {}

    def width(self, text: str) -> float:
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) > _CACHE_LIMIT:
                self._widths.clear()
            width = self._widths[text] = self._metrics.horizontalAdvance(text)
        return width

    def short(self, text: str, room: int) -> str:
        """`text`, cut with an ellipsis where it needs more than `room`."""
        most = max(8, int(room / self._narrow))
        if len(text) > most and self.width(text[:most]) > room:
            text = text[:most]  # what is further behind is not to be seen, and takes long to be measured
        elif self.width(text) <= room:
            return text
        key = (text, room)
        short = self._short.get(key)
        if short is None:
            if len(self._short) > _CACHE_LIMIT:
                self._short.clear()
            short = self._short[key] = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return short


class _Style:
    """Colours, fonts and sizes of one palette, font, density and screen."""

    def __init__(self, widget: QWidget) -> None:
        self.colours = theme.colours_of(widget)
        self.ratio = widget.devicePixelRatioF()
        self.ink = {name: QColor(value) for name, value in vars(self.colours).items() if isinstance(value, str)}
        self.tints = {(role, alpha): self._tint(role, alpha) for role in self.ink for alpha in (34, 60, 90, 150)}
        font = theme.figures_font(widget.font())
        bold, small = QFont(font), QFont(font)
        bold.setBold(True)
        small.setPointSizeF(font.pointSizeF() * 0.85)
        self.icons: dict[tuple[str, str], QPixmap] = {}
        self.row_height = theme.row_height(widget)
        self.middle = self.row_height // 2
        fonts = (font, bold, small, theme.code_font(widget))
        self.plain, self.bold, self.small, self.code = (_Face(font, self.row_height) for font in fonts)

    def _tint(self, role: str, alpha: int) -> QColor:
        colour = QColor(self.ink[role])
        colour.setAlpha(alpha)
        return colour


class _Frame:
    """What is the same for all rows of one painting."""

    def __init__(self, model: CallModel, painter: QPainter) -> None:
        self.painter = painter
        self.now = model.now()
        self.scale = model.time_scale()
        state = model.state
        self.total_seconds = max(0.001, (state.finished or self.now) - self.scale.start)
        self.total_cost = state.totals.cost_usd
        self.ticks = [self.scale.place(tick) for tick in tick_times(self.scale)]
        self.gaps = [self.scale.place(gap.start) for gap in self.scale.gaps]
        self.gap_width = self.scale.place(self.scale.gaps[0].end) - self.gaps[0] if self.gaps else 0.0
        self._face: _Face | None = None
        self._role = ""

    def text(self, x: float, y: int, text: str, face: _Face, ink: QColor, role: str) -> None:
        if face is not self._face:
            self.painter.setFont(face.font)
            self._face = face
        if role != self._role:
            self.painter.setPen(ink)
            self._role = role
        self.painter.drawText(QPointF(int(x), y + face.baseline), text)  # PySide finds this one sooner than (x, y)

    def forget_pen(self) -> None:
        self._role = ""


_Paint = Callable[[_Frame, int, int, int, int, Node], None]


class CallPainter:
    """The painter of `CallModel`'s rows.

    Attributes:
        hover_row: The row under the pointer, -1 for none.
    """

    def __init__(self, model: CallModel, widget: QWidget) -> None:
        self._model = model
        self._widget = widget
        self.hover_row = -1
        self._style = _Style(widget)
        self._latency_texts: dict[int, tuple[int, str]] = {}
        self._prefixes: dict[int, int] = {}
        self._looks: dict[tuple[str, bool, bool], tuple[str, str, str, bool]] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._paints: dict[int, _Paint] = {
            Column.CALL: self._paint_call,
            Column.STATUS: self._paint_status,
            Column.DURATION: self._paint_duration,
            Column.COST: self._paint_cost,
            Column.TIMELINE: self._paint_timeline,
        }

    def forget(self) -> None:
        """Another run is shown."""
        self._latency_texts.clear()
        self._prefixes.clear()
        self._looks.clear()
        self._texts.clear()

    @property
    def row_height(self) -> int:
        """Of each row, in pixels."""
        return self._style.row_height

    def restyle(self) -> None:
        """The palette, the font, the density or the screen is another one."""
        self._style = _Style(self._widget)

    def paint(
        self, painter: QPainter, rows: range, top: int, sections: Sequence[Section], selected: int, width: int
    ) -> None:
        """Paint rows.

        Args:
            painter: Of the table's viewport.
            rows: Which rows.
            top: Where the first of them is.
            sections: The columns to paint.
            selected: The selected row, -1 for none.
            width: Of the viewport.
        """
        if self._style.ratio != self._widget.devicePixelRatioF():
            self.restyle()  # the window has moved to another screen
        frame = _Frame(self._model, painter)
        tree = self._model.rows
        ink, height = self._style.ink, self._style.row_height
        for row in rows:
            y = top + (row - rows.start) * height
            if row == selected:
                painter.fillRect(0, y, width, height, ink["selection"])
                painter.fillRect(0, y, 3, height, ink["rlm"])
            elif row == self.hover_row:
                painter.fillRect(0, y, width, height, ink["hover"])
            node = tree.node(row)
            if tree.is_more(row):
                self._paint_more(frame, sections, y, row, node)
                continue
            for section in sections:
                paint = self._paints.get(section.column)
                if paint is not None:
                    paint(frame, section.left, section.width, y, row, node)
                else:
                    self._paint_text(frame, section, y, row)

    # -- pieces ---------------------------------------------------------------------------------------------

    def _write(
        self, frame: _Frame, x: float, y: int, text: str, role: str = "text", face: _Face | None = None
    ) -> None:
        frame.text(x, y, text, face or self._style.plain, self._style.ink[role], role)

    def _write_right(self, frame: _Frame, left: int, width: int, y: int, text: str) -> None:
        style, face, room = self._style, self._style.plain, width - 2 * _PAD
        if (wide := face.width(text)) > room:
            text = face.short(text, room)
            wide = face.width(text)
        role = "muted" if text == call_text.UNKNOWN else "text"
        frame.text(left + width - _PAD - wide, y, text, face, style.ink[role], role)

    def _paint_text(self, frame: _Frame, section: Section, y: int, row: int) -> None:
        column = section.column
        text = self._settled(self._model.rows.node(row), column, lambda: self._model.text(row, column))
        if not text:
            return
        if section.column in RIGHT_ALIGNED:
            self._write_right(frame, section.left, section.width, y, text)
        else:
            shown = self._style.plain.short(text, section.width - 2 * _PAD)
            self._write(frame, section.left + _PAD, y, shown)

    def _settled(self, node: Node, column: int, make: Callable[[], str]) -> str:
        """A text that stays as it is once its row has ended, and is put together once only from then on."""
        if node.finished is None:
            return make()
        text = self._texts.get((node.index, column))
        if text is None:
            if len(self._texts) > _CACHE_LIMIT:
                self._texts.clear()
            text = self._texts[node.index, column] = make()
        return text

    def _icon(self, frame: _Frame, x: float, y: int, name: str, role: str) -> None:
        style = self._style
        drawn = style.icons.get((name, role))
        if drawn is None:
            drawn = theme.pixmap(name, getattr(style.colours, role), _ICON, style.ratio)
            style.icons[name, role] = drawn
        frame.painter.drawPixmap(QPointF(int(x), y + (style.row_height - _ICON) // 2), drawn)

    # -- the call -------------------------------------------------------------------------------------------

    def indent(self, row: int) -> int:
        """Where the triangle of a row begins, from the left of its cell."""
        rows = self._model.rows
        level = rows.level(rows.node(row)) + (1 if rows.is_more(row) else 0)
        return _PAD // 2 + min(level, DEEPEST_INDENT) * INDENT

    def _paint_call(self, frame: _Frame, left: int, width: int, y: int, row: int, node: Node) -> None:
        style, rows = self._style, self._model.rows
        x: float = left + self.indent(row)
        end = left + width - 4
        if node.children:
            self._triangle(frame, x, y, is_open=rows.is_open(node))
        x += INDENT
        kind = call_text.kind(node)
        self._icon(frame, x, y, kind, _KIND_ROLES[kind])
        x += _ICON + 6
        if rows.level(node) > DEEPEST_INDENT:
            x = self._chip(frame, x, y, f"d{call_text.depth(node)}")
        face = style.bold if node.parent is None else style.plain
        name = face.short(call_text.title(node), int(end - x))
        self._write(frame, x, y, name, "muted" if rows.is_dimmed(node) else "text", face)
        x += face.width(name) + 10
        if end - x >= 40:
            self._paint_preview(frame, x, y, int(end - x), node)

    def _paint_preview(self, frame: _Frame, x: float, y: int, room: int, node: Node) -> None:
        if isinstance(node, BatchNode):
            text = self._latencies(node)
        else:
            shared = self._shared(node.parent)
            text = self._settled(node, Column.CALL, lambda: call_text.preview(node, shared))
        if text:
            face = self._style.code if isinstance(node, IterationNode) else self._style.plain
            self._write(frame, x, y, face.short(text, room), "muted", face)

    def _shared(self, parent: Node | None) -> int:
        """What the prompts of a batch begin with says nothing about one of them."""
        if not isinstance(parent, BatchNode) or len(parent.children) < 2:
            return 0
        shared = self._prefixes.get(parent.index)
        if shared is None:
            shared = self._prefixes[parent.index] = call_text.shared_prefix(parent)
        return shared

    def _latencies(self, node: BatchNode) -> str:
        """Durations of a batch's calls; computed anew only once some more have ended."""
        done, ended, _, _ = call_text.batch_counts(node)
        seen, text = self._latency_texts.get(node.index, (0, ""))
        if done + ended > seen * 1.02 or (node.finished is not None and done + ended > seen):
            text = call_text.latencies_text(call_text.latencies(node))
            self._latency_texts[node.index] = (done + ended, text)
        return text

    def _paint_more(self, frame: _Frame, sections: Sequence[Section], y: int, row: int, node: Node) -> None:
        for section in sections:
            if section.column == Column.CALL:
                x = section.left + self.indent(row) + INDENT + _ICON + 6
                text = more_text(self._model.rows.hidden_count(node))
                room = section.left + section.width - 4 - x
                self._write(frame, x, y, self._style.plain.short(text, room), "muted")
            elif section.column == Column.TIMELINE:
                self._paint_grid(frame, section.left + _PAD, section.width - 2 * _PAD, y)

    def _triangle(self, frame: _Frame, x: float, y: int, *, is_open: bool) -> None:
        style = self._style
        key = ("open" if is_open else "closed", "triangle")
        drawn = style.icons.get(key)
        if drawn is None:
            drawn = style.icons[key] = self._drawn_triangle(is_open=is_open)
        frame.painter.drawPixmap(QPointF(x, y), drawn)

    def _drawn_triangle(self, *, is_open: bool) -> QPixmap:
        style = self._style
        drawn = QPixmap(round(INDENT * style.ratio), round(style.row_height * style.ratio))
        drawn.setDevicePixelRatio(style.ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        middle, left = style.middle + 0.5, 3
        if is_open:
            points = [QPointF(left, middle - 2), QPointF(left + 7, middle - 2), QPointF(left + 3.5, middle + 2.5)]
        else:
            points = [QPointF(left + 1, middle - 3.5), QPointF(left + 5.5, middle), QPointF(left + 1, middle + 3.5)]
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.ink["muted"])
        painter.drawPolygon(QPolygonF(points))
        painter.end()
        return drawn

    def _chip(self, frame: _Frame, x: float, y: int, text: str) -> float:
        """A small framed text; returns where the next thing begins."""
        width = self._style.small.width(text) + 8
        frame.painter.setPen(self._style.ink["line"])
        frame.painter.setBrush(Qt.BrushStyle.NoBrush)
        frame.painter.drawRoundedRect(QRectF(x, y + self._style.middle - 7, width, 15), 3, 3)
        frame.forget_pen()
        self._write(frame, x + 4, y, text, "muted", self._style.small)
        return x + width + 6

    # -- status and figures ---------------------------------------------------------------------------------

    def _paint_status(self, frame: _Frame, left: int, width: int, y: int, row: int, node: Node) -> None:
        if isinstance(node, BatchNode):
            self._paint_batch_status(frame, left, width, y, node)
            return
        has_cells = isinstance(node, IterationNode) and bool(node.cells)
        key = (node.status, has_cells, call_text.waits(node))
        look = self._looks.get(key)
        if look is None:
            is_calm = node.status in _CALM and not key[2]
            look = self._looks[key] = (*call_text.look(node), call_text.short_status(node), is_calm)
        icon, role, words, is_calm = look
        self._icon(frame, left + _PAD, y, icon, role)
        room = width - _ICON - 4 - 2 * _PAD
        if room >= _LEAST_TEXT:
            shown = self._style.plain.short(words, room)
            self._write(frame, left + _PAD + _ICON + 4, y, shown, "text" if is_calm else role)

    def _paint_batch_status(self, frame: _Frame, left: int, width: int, y: int, node: BatchNode) -> None:
        ink, fill = self._style.ink, frame.painter.fillRect
        done, ended, running, _ = call_text.batch_counts(node)
        x, top = float(left + _PAD), y + self._style.middle - 3
        whole = min(_BATCH_BAR, width - 2 * _PAD)
        end = x + whole
        fill(QRectF(x, top, whole, 7), ink["line"])
        for count, role in ((done, "ok"), (ended, "error"), (running, "rlm")):
            if count:
                part = max(1.5, whole * count / max(1, node.size))
                fill(QRectF(x, top, min(part, end - x), 7), ink[role])
                x += part
        if width - whole - 2 * _PAD < _LEAST_TEXT:
            return
        text = f"{number(done)} ✓" if node.finished is not None else f"{number(done)}/{number(node.size)}"
        self._write(frame, end + 6, y, text)
        if ended:
            self._write(frame, end + 6 + self._style.plain.width(text) + _PAD, y, f"{number(ended)} ✕", "error")

    def _share(self, frame: _Frame, left: int, width: int, y: int, share: float) -> None:
        """A tint behind a figure, as wide as its share of the whole run."""
        if share >= 0.01:
            room = (width - 6) * min(1.0, share)
            place = QRectF(left + width - 3 - room, y + 3, room, self._style.row_height - 6)
            frame.painter.fillRect(place, self._style.tints["rlm", 34])

    def _paint_duration(self, frame: _Frame, left: int, width: int, y: int, row: int, node: Node) -> None:
        if node.status == "queued":
            return
        duration = call_text.duration(node, frame.now)
        if node.parent is not None:
            self._share(frame, left, width, y, duration / frame.total_seconds)
        text = self._settled(node, Column.DURATION, lambda: call_text.seconds(duration))
        self._write_right(frame, left, width, y, text)

    def _paint_cost(self, frame: _Frame, left: int, width: int, y: int, row: int, node: Node) -> None:
        tally = call_text.tally_of(node)
        text = self._settled(node, Column.COST, lambda: call_text.cost(tally))
        if not text or tally is None:
            return
        if frame.total_cost and node.parent is not None:
            self._share(frame, left, width, y, tally.cost_usd / frame.total_cost)
        self._write_right(frame, left, width, y, text)

    # -- the waterfall --------------------------------------------------------------------------------------

    def _paint_grid(self, frame: _Frame, left: int, room: int, y: int) -> None:
        for tick in frame.ticks:
            frame.painter.fillRect(left + int(tick * room), y, 1, self._style.row_height, self._style.ink["line"])

    def _paint_timeline(self, frame: _Frame, left: int, width: int, y: int, row: int, node: Node) -> None:
        left, room = left + _PAD, width - 2 * _PAD
        if room <= 8:
            return
        self._paint_grid(frame, left, room, y)
        place = frame.scale.place
        top = y + self._style.middle - 4

        def bar(since: float, until: float, ink: QColor, inset: int = 0) -> None:
            x = left + place(since) * room
            wide = max(2.0, left + place(until) * room - x)
            frame.painter.fillRect(QRectF(x, top + inset, wide, 9 - 2 * inset), ink)

        ink, tints = self._style.ink, self._style.tints
        until = node.finished if node.finished is not None else frame.now
        if isinstance(node, IterationNode):
            self._paint_iteration(node, until, bar)
        elif isinstance(node, CallNode) and node.kind == "llm":
            asked = node.exchange.requested if node.exchange else None
            bar(node.started, until if asked is None else asked, tints["muted", 90], 4)
            if asked is not None:
                bar(asked, until, ink[_bar_role(node, "llm")])
        elif isinstance(node, BatchNode):
            bar(node.started, until, tints["batch", 150], 2)
        else:
            bar(node.started, until, tints[_bar_role(node, "rlm"), 150], 2)
        self._paint_gaps(frame, left, room, y)

    def _paint_gaps(self, frame: _Frame, left: int, room: int, y: int) -> None:
        """Compressed times are cut out of everything, and look it."""
        for gap in frame.gaps:
            wide = max(6.0, frame.gap_width * room)
            x = left + gap * room
            frame.painter.fillRect(QRectF(x, y, wide, self._style.row_height), self._style.ink["panel"])
            for edge in (x, x + wide - 1):
                frame.painter.fillRect(
                    QRectF(edge, y, 1, self._style.row_height), self._style.tints["warning", 150]
                )

    def _paint_iteration(self, node: IterationNode, until: float, bar: Callable[..., None]) -> None:
        """The request in the colour of models, the cells in that of code, over the whole in grey."""
        ink, tints = self._style.ink, self._style.tints
        bar(node.started, until, tints["muted", 60], 3)
        exchange = node.exchange
        if exchange is not None and exchange.requested is not None:
            bar(exchange.requested, until if exchange.responded is None else exchange.responded, ink["rlm"])
        for cell in node.cells:
            role = "code" if cell.status in ("ok", "running") else "error"
            bar(cell.started, until if cell.finished is None else cell.finished, tints[role, 150], 2)


def _bar_role(node: Node, kind: str) -> str:
    """The colour of a call's bar: that of its kind, or that of what went wrong."""
    return theme.status_role(node.status) if call_text.is_failure(node) else kind


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
