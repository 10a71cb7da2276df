"""Paints the rows of the call tree straight from the run's state.

Lean on purpose: a delegate costs an index, an option and several calls between C++ and Python for every cell, 250
cells a frame (measured: nine times what this takes). Here each column is one loop over the visible rows, so that
fonts and pens seldom change; texts are measured and shortened once, and what is the same for all rows is worked out
once a frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from rlm_desktop.engine.tree import BatchNode, IterationNode, Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import RIGHT_ALIGNED, CallModel, Column, more_text
from rlm_desktop.ui.calls.faces import Face
from rlm_desktop.ui.calls.waterfall import Waterfall
from rlm_desktop.ui.figures import number

INDENT = 12
DEEPEST_INDENT = 12
"""Rows deeper than this are not moved further right; a chip says their depth."""
ROOM_FOR_NAME = 124
"""Of the cell of a call, whatever its depth: triangle, icon, chip and the beginning of the name."""
_PAD = 8
_MARGIN = 4
_ICON = 16
_BATCH_BAR = 52
_LEAST_TEXT = 36
_LEAST_TIMELINE = 8
_CACHE_LIMIT = 8192
_KIND_ROLES = {"rlm": "rlm", "llm": "llm", "iteration": "muted", "batch": "batch"}
_CALM = frozenset(("queued", "running", "completed", "cancelled"))


@dataclass(frozen=True)
class Section:
    """A visible column and where it is."""

    column: int
    left: int
    width: int


class _Style:
    """Colours, fonts and sizes of one palette, font, density and screen."""

    def __init__(self, widget: QWidget) -> None:
        self.colours = theme.colours_of(widget)
        self.ratio = widget.devicePixelRatioF()
        self.ink = {name: QColor(value) for name, value in self.colours._asdict().items() if isinstance(value, str)}
        self.tints = {
            (role, alpha): self._tint(role, alpha) for role in self.ink for alpha in (34, 60, 90, 150, 255)
        }
        font = theme.figures_font(widget.font())
        bold, small, figures = QFont(font), QFont(font), QFont(font)
        bold.setBold(True)
        small.setPointSizeF(font.pointSizeF() * 0.85)
        figures.setKerning(False)  # the same figures are as wide in every row, and are known without measuring
        self.icons: dict[tuple[str, str], QPixmap] = {}
        self.row_height = theme.row_height(widget)
        self.middle = self.row_height // 2
        fonts = (font, bold, small, figures, theme.code_font(widget))
        self.plain, self.bold, self.small, self.figures, self.code = (
            Face(font, self.row_height, self.ratio) for font in fonts
        )

    def _tint(self, role: str, alpha: int) -> QColor:
        colour = QColor(self.ink[role])
        colour.setAlpha(alpha)
        return colour


class _Frame:
    """What is the same for all rows of one painting."""

    def __init__(self, model: CallModel, painter: QPainter, style: _Style) -> None:
        self.painter = painter
        self.now = model.now()
        self.scale = model.time_scale()
        state = model.state
        self.total_seconds = max(0.001, (state.finished or self.now) - self.scale.start)
        self.total_cost = state.totals.cost_usd
        self._ink = style.ink
        self._face: Face | None = None
        self._role = ""

    def text(self, x: float, y: int, text: str, face: Face, role: str = "text") -> None:
        if face is not self._face:
            self.painter.setFont(face.font)
            self._face = face
        if role != self._role:
            self.painter.setPen(self._ink[role])
            self._role = role
        face.draw(self.painter, x, y, text)

    def forget_pen(self) -> None:
        self._role = ""


_Row: TypeAlias = tuple[int, int, Node]
"""Where it is from the top, its number, what it shows."""
_Paint: TypeAlias = Callable[[_Frame, int, int, Sequence[_Row]], None]
"""Paints a column: its left, its width, the rows."""


class CallPainter:
    """The painter of `CallModel`'s rows.

    Attributes:
        hover_row: The row under the pointer, -1 for none.
        needs: What columns need for the names and figures of this run to be read that were painted cut.
    """

    def __init__(self, model: CallModel, widget: QWidget) -> None:
        self._model = model
        self._widget = widget
        self.hover_row = -1
        self.needs: dict[int, int] = {}
        self._style = _Style(widget)
        self._latency_texts: dict[int, tuple[int, str]] = {}
        self._prefixes: dict[int, int] = {}
        self._deepest_indent = DEEPEST_INDENT
        self._looks: dict[tuple[str, bool, bool], tuple[str, str, str, bool]] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._paints: dict[int, _Paint] = {
            Column.CALL: self._paint_calls,
            Column.STATUS: self._paint_statuses,
            Column.DURATION: self._paint_durations,
            Column.COST: self._paint_costs,
        }

    def forget(self) -> None:
        """Another run is shown, or another moment of it."""
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
        self.needs = {}

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
        tree, height = self._model.rows, self._style.row_height
        frame = _Frame(self._model, painter, self._style)
        nodes: list[_Row] = []
        more: list[_Row] = []
        for y, row in zip(range(top, top + len(rows) * height, height), rows, strict=True):
            (more if tree.is_more(row) else nodes).append((y, row, tree.node(row)))
            if row in (selected, self.hover_row):
                self._paint_ground(painter, y, width, is_selected=row == selected)
        for section in sections:
            left, wide = section.left, section.width
            if section.column == Column.TIMELINE:
                self._paint_timeline(frame, left, wide, top, rows)
            elif (paint := self._paints.get(section.column)) is not None:
                paint(frame, left, wide, nodes)
            else:
                self._paint_texts(frame, section, nodes)
            if section.column == Column.CALL:
                self._paint_more(frame, left, wide, more)

    def _paint_ground(self, painter: QPainter, y: int, width: int, *, is_selected: bool) -> None:
        """What is behind the row that is selected, or under the pointer."""
        ink, height = self._style.ink, self._style.row_height
        painter.fillRect(0, y, width, height, ink["selection" if is_selected else "hover"])
        if is_selected:
            painter.fillRect(0, y, 3, height, ink["rlm"])

    # -- pieces ---------------------------------------------------------------------------------------------

    def _write_right(self, frame: _Frame, section: Section, y: int, text: str) -> None:
        face, room, right = self._style.figures, section.width - 2 * _PAD, section.left + section.width - _PAD
        shown, wide = face.fit(text, room)
        if shown != text:
            self._need(section.column, math.ceil(face.width(text)) + 2 * _PAD)
        frame.text(right - wide, y, shown, face, "muted" if text == call_text.UNKNOWN else "text")

    def _paint_texts(self, frame: _Frame, section: Section, rows: Sequence[_Row]) -> None:
        """A column that has nothing but a text."""
        column, left, room = section.column, section.left + _PAD, section.width - 2 * _PAD
        is_right = column in RIGHT_ALIGNED
        plain = self._style.plain
        for y, row, node in rows:
            text = self._known(node, column)
            if text is None:
                text = self._keep(node, column, self._model.text(row, column))
            if text and is_right:
                self._write_right(frame, section, y, text)
            elif text:
                frame.text(left, y, plain.fit(text, room)[0], plain)

    def _known(self, node: Node, column: int) -> str | None:
        """A text that stays as it is since its row has ended, and need not be put together again."""
        return self._texts.get((node.index, column))

    def _keep(self, node: Node, column: int, text: str) -> str:
        if node.finished is not None:
            if len(self._texts) > _CACHE_LIMIT:
                self._texts.clear()
            self._texts[node.index, column] = text
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
        return _PAD // 2 + min(level, self._deepest_indent) * INDENT

    def _need(self, column: int, width: int) -> None:
        if width > self.needs.get(column, 0):
            self.needs = {**self.needs, column: width}

    def _room_for(self, node: Node, name: str) -> int:
        """Of the cell of a call, for its name to be read."""
        level = self._model.rows.level(node)
        chip = self._style.small.width(f"d{call_text.depth(node)}") + 14 if level > DEEPEST_INDENT else 0
        signs = _PAD // 2 + min(level, DEEPEST_INDENT) * INDENT + INDENT + _ICON + 6 + chip
        face = self._style.bold if node.parent is None else self._style.plain
        return math.ceil(signs + face.width(name) + _MARGIN) + 1  # where it begins is between two pixels

    def _paint_calls(self, frame: _Frame, left: int, width: int, rows: Sequence[_Row]) -> None:
        end = left + width - _MARGIN
        self._deepest_indent = max(0, min(DEEPEST_INDENT, (width - ROOM_FOR_NAME) // INDENT))
        for y, row, node in rows:
            x = self._paint_signs(frame, left + self.indent(row), y, node)
            self._paint_name(frame, x, end, y, node)

    def _paint_signs(self, frame: _Frame, x: float, y: int, node: Node) -> float:
        """Triangle, icon and chip; returns where the name begins."""
        rows = self._model.rows
        if node.children:
            self._triangle(frame, x, y, is_open=rows.is_open(node))
        kind = call_text.kind(node)
        self._icon(frame, x + INDENT, y, kind, _KIND_ROLES[kind])
        x += INDENT + _ICON + 6
        if rows.level(node) > self._deepest_indent:
            x = self._chip(frame, x, y, f"d{call_text.depth(node)}")
        return x

    def _paint_name(self, frame: _Frame, x: float, end: int, y: int, node: Node) -> None:
        face = self._style.bold if node.parent is None else self._style.plain
        title = call_text.title(node)
        name, wide = face.fit(title, int(end - x))
        if name != title:
            self._need(Column.CALL, self._room_for(node, title))
        frame.text(x, y, name, face, "muted" if self._model.rows.is_dimmed(node) else "text")
        x += wide + 10
        if end - x >= 40 and (preview := self._preview(node)):
            face = self._style.code if isinstance(node, IterationNode) else self._style.plain
            frame.text(x, y, face.fit(preview, int(end - x))[0], face, "muted")

    def _preview(self, node: Node) -> str:
        if isinstance(node, BatchNode):
            return self._latencies(node)
        text = self._known(node, Column.CALL)
        if text is None:
            text = self._keep(node, Column.CALL, call_text.preview(node, self._shared(node.parent)))
        return text

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

    def _paint_more(self, frame: _Frame, left: int, width: int, rows: Sequence[_Row]) -> None:
        face = self._style.plain
        for y, row, node in rows:
            x = left + self.indent(row) + INDENT + _ICON + 6
            text = more_text(self._model.rows.hidden_count(node))
            frame.text(x, y, face.fit(text, left + width - _MARGIN - x)[0], face, "muted")

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
        frame.text(x + 4, y, text, self._style.small, "muted")
        return x + width + 6

    # -- status and figures ---------------------------------------------------------------------------------

    def _paint_statuses(self, frame: _Frame, left: int, width: int, rows: Sequence[_Row]) -> None:
        room = width - _ICON - 4 - 2 * _PAD
        face = self._style.plain
        for y, _, node in rows:
            if isinstance(node, BatchNode):
                self._paint_batch_status(frame, left, width, y, node)
                continue
            icon, role, words, is_calm = self._look(node)
            self._icon(frame, left + _PAD, y, icon, role)
            if room >= _LEAST_TEXT:
                shown, _ = face.fit(words, room)
                frame.text(left + _PAD + _ICON + 4, y, shown, face, "text" if is_calm else role)

    def _look(self, node: Node) -> tuple[str, str, str, bool]:
        """Icon and colour of a status, its words, and whether these are in the colour of all others."""
        has_cells = isinstance(node, IterationNode) and bool(node.cells)
        key = (node.status, has_cells, call_text.waits(node))
        look = self._looks.get(key)
        if look is None:
            is_calm = node.status in _CALM and not key[2]
            look = self._looks[key] = (*call_text.look(node), call_text.short_status(node), is_calm)
        return look

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
        plain = self._style.plain
        frame.text(end + 6, y, text, plain)
        if ended:
            x, failed = end + 6 + plain.width(text) + _PAD, f"{number(ended)} ✕"
            frame.text(x, y, failed, plain, "error")
            if (needed := math.ceil(x + plain.width(failed) + _MARGIN - left)) > width:
                self._need(Column.STATUS, needed)

    def _share(self, frame: _Frame, left: int, width: int, y: int, share: float) -> None:
        """A tint behind a figure, as wide as its share of the whole run."""
        if share >= 0.01:
            room = (width - 6) * min(1.0, share)
            place = QRectF(left + width - 3 - room, y + 3, room, self._style.row_height - 6)
            frame.painter.fillRect(place, self._style.tints["rlm", 34])

    def _paint_durations(self, frame: _Frame, left: int, width: int, rows: Sequence[_Row]) -> None:
        section = Section(Column.DURATION, left, width)
        for y, _, node in rows:
            if node.status == "queued":
                continue
            duration = call_text.duration(node, frame.now)
            if node.parent is not None:
                self._share(frame, left, width, y, duration / frame.total_seconds)
            text = self._known(node, Column.DURATION)
            if text is None:
                text = self._keep(node, Column.DURATION, call_text.seconds(duration))
            self._write_right(frame, section, y, text)

    def _paint_costs(self, frame: _Frame, left: int, width: int, rows: Sequence[_Row]) -> None:
        section = Section(Column.COST, left, width)
        for y, _, node in rows:
            text = self._known(node, Column.COST)
            if text is None:
                text = self._keep(node, Column.COST, call_text.cost(call_text.tally_of(node)))
            if not text:
                continue
            if frame.total_cost and node.parent is not None:
                self._share(frame, left, width, y, (call_text.cost_usd(node) or 0.0) / frame.total_cost)
            self._write_right(frame, section, y, text)

    def _paint_timeline(self, frame: _Frame, left: int, width: int, top: int, rows: range) -> None:
        if width - 2 * _PAD <= _LEAST_TIMELINE:
            return
        tree, style = self._model.rows, self._style
        waterfall = Waterfall(frame.scale, frame.now, style.tints, style.row_height)
        shown = [None if tree.is_more(row) else tree.node(row) for row in rows]
        waterfall.paint(frame.painter, left + _PAD, width - 2 * _PAD, top, shown)
