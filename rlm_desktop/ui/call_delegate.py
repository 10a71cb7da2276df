"""Paints the cells of the call tree straight from the run's state.

Lean on purpose: a stock delegate asks the model about seven times a cell; this one looks at the node once, draws
text with cached widths, and allocates next to nothing. Forty rows of six columns take a few milliseconds.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui import call_text, theme
from rlm_desktop.ui.call_model import RIGHT_ALIGNED, CallModel, Column

INDENT = 12
DEEPEST_INDENT = 12
"""Rows deeper than this are not moved further right; a chip says their depth."""
_PAD = 8
_ICON = 16
_CACHE_LIMIT = 8192
_BATCH_BAR = 52
_KIND_ROLES = {"rlm": "rlm", "llm": "llm", "iteration": "muted", "batch": "batch"}


class _Ink:
    """The pens, brushes and fonts for one palette and font."""

    def __init__(self, widget: QWidget) -> None:
        self.colours = theme.colours_of(widget)
        self.ratio = widget.devicePixelRatioF()
        self.colour = {name: QColor(value) for name, value in vars(self.colours).items() if isinstance(value, str)}
        self.font = theme.figures_font(widget.font())
        self.bold = QFont(self.font)
        self.bold.setBold(True)
        self.small = QFont(self.font)
        self.small.setPointSizeF(self.font.pointSizeF() * 0.85)
        self.code = theme.code_font(widget)
        self.metrics = {id(font): QFontMetricsF(font) for font in (self.font, self.bold, self.small, self.code)}
        self._widths: dict[tuple[int, str], float] = {}
        self._elided: dict[tuple[int, str, int], str] = {}

    def tint(self, role: str, alpha: int) -> QColor:
        colour = QColor(self.colour[role])
        colour.setAlpha(alpha)
        return colour

    def width(self, font: QFont, text: str) -> float:
        key = (id(font), text)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) > _CACHE_LIMIT:
                self._widths.clear()
            width = self._widths[key] = self.metrics[id(font)].horizontalAdvance(text)
        return width

    def elided(self, font: QFont, text: str, width: int) -> str:
        if self.width(font, text) <= width:
            return text
        key = (id(font), text, width)
        short = self._elided.get(key)
        if short is None:
            if len(self._elided) > _CACHE_LIMIT:
                self._elided.clear()
            short = self.metrics[id(font)].elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._elided[key] = short
        return short


class CallDelegate(QStyledItemDelegate):
    """The painter of `CallModel`'s rows.

    Attributes:
        hover_row: The row under the pointer, -1 for none.
    """

    def __init__(self, model: CallModel, widget: QWidget) -> None:
        super().__init__(widget)
        self._model = model
        self._widget = widget
        self.hover_row = -1
        self._ink = _Ink(widget)
        self._latency_texts: dict[int, tuple[int, str]] = {}
        self._prefixes: dict[int, int] = {}
        self._painters = {
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

    def restyle(self) -> None:
        """The palette or the font is another one."""
        self._ink = _Ink(self._widget)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows have a fixed height; columns are sized by the view."""
        return QSize(80, theme.ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        row, column = index.row(), index.column()
        rows = self._model.rows
        if row >= len(rows.visible):
            return
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] (missing in the stubs)
        ink = self._ink
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore[reportAttributeAccessIssue]
        if is_selected:
            painter.fillRect(rect, ink.colour["selection"])
            if column == Column.CALL:
                painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), ink.colour["rlm"])
        elif row == self.hover_row:
            painter.fillRect(rect, ink.colour["hover"])
        node = rows.node(row)
        if rows.is_more(row):
            if column == Column.CALL:
                self._paint_more(painter, rect, row, node)
            return
        paint = self._painters.get(Column(column))
        if paint is not None:
            paint(painter, rect, row, node)
        else:
            self._text(painter, rect, self._model.text(row, column), right=column in RIGHT_ALIGNED)

    # -- pieces ---------------------------------------------------------------------------------------------

    def _draw(self, painter: QPainter, x: float, rect: QRectF, text: str, font: QFont, role: str) -> None:
        metrics = self._ink.metrics[id(font)]
        painter.setFont(font)
        painter.setPen(self._ink.colour[role])
        baseline = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(x, baseline), text)

    def _text(self, painter: QPainter, rect: QRectF, text: str, *, right: bool = False, role: str = "text") -> None:
        if not text:
            return
        ink = self._ink
        if text == call_text.UNKNOWN:
            role = "muted"
        shown = ink.elided(ink.font, text, int(rect.width()) - 2 * _PAD)
        x = rect.right() - _PAD - ink.width(ink.font, shown) if right else rect.left() + _PAD
        self._draw(painter, x, rect, shown, ink.font, role)

    def _icon(self, painter: QPainter, x: float, rect: QRectF, name: str, role: str) -> None:
        drawn = theme.pixmap(name, getattr(self._ink.colours, role), _ICON, self._ink.ratio)
        painter.drawPixmap(QPointF(x, rect.top() + (rect.height() - _ICON) / 2), drawn)

    # -- columns --------------------------------------------------------------------------------------------

    def indent(self, row: int) -> float:
        """Where the triangle of a row begins, from the left of its cell."""
        rows = self._model.rows
        level = rows.level(rows.node(row)) + (1 if rows.is_more(row) else 0)
        return _PAD / 2 + min(level, DEEPEST_INDENT) * INDENT

    def _paint_call(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        ink, rows = self._ink, self._model.rows
        x = rect.left() + self.indent(row)
        if node.children:
            self._triangle(painter, x, rect, is_open=rows.is_open(node))
        x += INDENT
        kind = call_text.kind(node)
        self._icon(painter, x, rect, kind, _KIND_ROLES[kind])
        x += _ICON + 6
        if rows.level(node) > DEEPEST_INDENT:
            x = self._chip(painter, x, rect, f"d{call_text.depth(node)}")
        font = ink.bold if node.parent is None else ink.font
        room = int(rect.right() - x) - 4
        name = ink.elided(font, call_text.title(node), room)
        self._draw(painter, x, rect, name, font, "muted" if rows.is_dimmed(node) else "text")
        x += ink.width(font, name) + 10
        self._paint_preview(painter, x, rect, node)

    def _paint_preview(self, painter: QPainter, x: float, rect: QRectF, node: Node) -> None:
        room = int(rect.right() - x) - 4
        if room < 40:
            return
        ink = self._ink
        if isinstance(node, BatchNode):
            text = self._latencies(node)
        else:
            text = call_text.preview(node, self._shared(node.parent))
        if text:
            font = ink.code if isinstance(node, IterationNode) else ink.font
            self._draw(painter, x, rect, ink.elided(font, text, room), font, "muted")

    def _shared(self, parent: Node | None) -> int:
        """What the prompts of a batch begin with says nothing about one of them."""
        if not isinstance(parent, BatchNode) or len(parent.children) < 2:
            return 0
        shared = self._prefixes.get(parent.index)
        if shared is None:
            shared = self._prefixes[parent.index] = call_text.shared_prefix(parent)
        return shared

    def _paint_more(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        ink = self._ink
        x = rect.left() + self.indent(row) + INDENT + _ICON + 6
        text = f"… {self._model.rows.hidden_count(node):,} more"
        self._draw(painter, x, rect, ink.elided(ink.font, text, int(rect.right() - x) - 4), ink.font, "muted")

    def _latencies(self, node: BatchNode) -> str:
        """Durations of a batch's calls; computed anew only once some more have ended."""
        done, ended, _, _ = call_text.batch_counts(node)
        seen, text = self._latency_texts.get(node.index, (0, ""))
        if done + ended > seen * 1.02 or (node.finished is not None and done + ended > seen):
            text = call_text.latencies_text(call_text.latencies(node))
            self._latency_texts[node.index] = (done + ended, text)
        return text

    def _triangle(self, painter: QPainter, x: float, rect: QRectF, *, is_open: bool) -> None:
        middle = rect.center().y() + 0.5
        left = x + 3
        if is_open:
            points = [QPointF(left, middle - 2), QPointF(left + 7, middle - 2), QPointF(left + 3.5, middle + 2.5)]
        else:
            points = [QPointF(left + 1, middle - 3.5), QPointF(left + 5.5, middle), QPointF(left + 1, middle + 3.5)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink.colour["muted"])
        painter.drawPolygon(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _chip(self, painter: QPainter, x: float, rect: QRectF, text: str) -> float:
        """A small framed text; returns where the next thing begins."""
        ink = self._ink
        width = ink.width(ink.small, text) + 8
        frame = QRectF(x, rect.center().y() - 7, width, 15)
        painter.setPen(QPen(ink.colour["line"]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 3, 3)
        self._draw(painter, x + 4, rect, text, ink.small, "muted")
        return x + width + 6

    def _paint_status(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        if isinstance(node, BatchNode):
            self._paint_batch_status(painter, rect, node)
            return
        role = theme.status_role(node.status)
        self._icon(painter, rect.left() + _PAD, rect, theme.status_icon(node.status), role)
        left = rect.adjusted(_ICON + 4, 0, 0, 0)
        is_calm = node.status in ("queued", "running", "completed", "cancelled")
        self._text(painter, left, call_text.status(node), role="text" if is_calm else role)

    def _paint_batch_status(self, painter: QPainter, rect: QRectF, node: BatchNode) -> None:
        ink = self._ink
        done, ended, running, _ = call_text.batch_counts(node)
        bar = QRectF(rect.left() + _PAD, rect.center().y() - 3, _BATCH_BAR, 7)
        painter.fillRect(bar, ink.colour["line"])
        x = bar.left()
        for count, role in ((done, "ok"), (ended, "error"), (running, "rlm")):
            if count:
                width = max(1.5, bar.width() * count / max(1, node.size))
                painter.fillRect(QRectF(x, bar.top(), min(width, bar.right() - x), bar.height()), ink.colour[role])
                x += width
        text = f"{done:,} ✓" if node.finished is not None else f"{done:,}/{node.size:,}"
        left = rect.adjusted(_BATCH_BAR + 4, 0, 0, 0)
        self._text(painter, left, text)
        if ended:
            left.setLeft(left.left() + ink.width(ink.font, text) + _PAD)
            self._text(painter, left, f"{ended:,} ✕", role="error")

    def _share(self, painter: QPainter, rect: QRectF, share: float) -> None:
        """A tint behind a figure, as wide as its share of the whole run."""
        if share < 0.01:
            return
        room = rect.width() - 6
        width = room * min(1.0, share)
        painter.fillRect(
            QRectF(rect.right() - 3 - width, rect.top() + 3, width, rect.height() - 6), self._ink.tint("rlm", 34)
        )

    def _paint_duration(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        if node.status == "queued":
            return
        now = self._model.now()
        duration = call_text.duration(node, now)
        if node.parent is not None:
            start, _ = self._model.time_span()
            self._share(painter, rect, duration / max(0.001, (self._model.state.finished or now) - start))
        self._text(painter, rect, call_text.seconds(duration), right=True)

    def _paint_cost(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        tally = call_text.tally_of(node)
        total = self._model.state.totals.cost_usd
        if tally is not None and total and node.parent is not None:
            self._share(painter, rect, tally.cost_usd / total)
        self._text(painter, rect, call_text.cost(tally), right=True)

    # -- the waterfall --------------------------------------------------------------------------------------

    def _paint_timeline(self, painter: QPainter, rect: QRectF, row: int, node: Node) -> None:
        ink = self._ink
        start, end = self._model.time_span()
        left, room = rect.left() + _PAD, rect.width() - 2 * _PAD
        if room <= 8:
            return
        scale = room / (end - start)
        painter.setPen(ink.colour["line"])
        for tick in ticks(end - start):
            x = round(left + tick * scale) + 0.5
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        now = self._model.now()
        top = rect.center().y() - 4

        def bar(since: float, until: float, colour: QColor, inset: float = 0.0) -> None:
            x = left + max(0.0, since - start) * scale
            width = max(2.0, (min(until, end) - max(since, start)) * scale)
            painter.fillRect(QRectF(x, top + inset, width, 9 - 2 * inset), colour)

        until = node.finished if node.finished is not None else now
        failed = call_text.is_failure(node)
        if isinstance(node, IterationNode):
            bar(node.started, until, ink.tint("muted", 60), 3)
            if node.exchange is not None and node.exchange.requested is not None:
                answered = node.exchange.responded if node.exchange.responded is not None else until
                bar(node.exchange.requested, answered, ink.colour["rlm"])
            for cell in node.cells:
                role = "code" if cell.status in ("ok", "running") else "error"
                bar(cell.started, cell.finished if cell.finished is not None else until, ink.tint(role, 150), 2)
        elif isinstance(node, CallNode) and node.kind == "llm":
            asked = node.exchange.requested if node.exchange else None
            bar(node.started, until if asked is None else asked, ink.tint("muted", 90), 4)
            if asked is not None:
                bar(asked, until, ink.colour["error" if failed else "llm"])
        else:
            role = "batch" if isinstance(node, BatchNode) else "error" if failed else "rlm"
            bar(node.started, until, ink.tint(role, 150), 2)


def ticks(seconds: float) -> list[float]:
    """At most six round moments after the start of a span of so many seconds."""
    if seconds <= 0:
        return []
    rough = seconds / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough)
    return [step * number for number in range(1, int(seconds / step) + 1)]
