"""Draws a `Plot` with a `QPainter`: the same strokes on the screen, into a picture and into an SVG file."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from rlm_desktop.ui import theme
from rlm_desktop.ui.calls.faces import Face
from rlm_desktop.ui.charts.plot import Plot, Series, steps
from rlm_desktop.ui.theme import Colours

BAR = 28
"""Height of one bar of a bar chart, its air included."""
_PAD = 12
_LINE = 20
_TICKS = 20
_MARKS = 22
"""Above the values, for the names of marks."""
_SWATCH = 10
_FILL = 200


class Faces:
    """The fonts of a chart; `ratio` as for a `Face`."""

    def __init__(self, font: QFont, ratio: float = 0.0) -> None:
        plain = theme.figures_font(font)
        bold = QFont(plain)
        bold.setBold(True)
        self.ratio = ratio
        self.plain, self.bold = Face(plain, _LINE, ratio), Face(bold, _LINE, ratio)


class PlotPainter:
    """Draws one plot into one rectangle, as often as one likes: where everything is, is worked out once."""

    def __init__(self, place: QRectF, plot: Plot, colours: Colours, faces: Faces) -> None:
        self._painter: QPainter
        self._plot = plot
        self._colours = colours
        self._place = place
        self._faces = faces
        self._inner = place.adjusted(_PAD, _PAD / 2, -_PAD, -_PAD / 2)
        self.area = self._area()

    def _area(self) -> QRectF:
        """Where the values are drawn."""
        plot = self._plot
        if plot.kind == "bars":
            left = max((self._width(slot) for slot in plot.slots), default=0.0) + 10
            left = min(left, self._inner.width() * 0.4)
            right = max((self._width(total) for total in plot.totals), default=0.0) + 8
        else:
            left = max((self._width(plot.text(value)) for value in [0.0, *self._value_steps()]), default=0.0) + 8
            right = 4.0
        above = 2 * _LINE + (_MARKS if plot.marks else 6)
        return self._inner.adjusted(left, above, -right, -_TICKS)

    def _width(self, text: str) -> float:
        return self._faces.plain.width(text)

    def _value_steps(self) -> list[float]:
        values = steps(self._plot.top, 4)
        # Half a request may be an average; half a call is nothing.
        return [value for value in values if self._plot.kind != "columns" or value == round(value)]

    # -- all of it ------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, slot: int = -1, readout: str = "") -> None:
        """Draw it, with one slot marked and its readout in place of the summary."""
        self._painter = painter
        painter.fillRect(self._place, QColor(self._colours.window))
        self._draw_head(readout or self._plot.summary, is_readout=bool(readout))
        if self._plot.is_empty:
            painter.setPen(QColor(self._colours.line))
            painter.drawLine(self.area.bottomLeft(), self.area.bottomRight())
            return
        if self._plot.kind == "bars":
            self._draw_bars(slot)
        else:
            self._draw_columns(slot)

    def _draw_head(self, line: str, *, is_readout: bool) -> None:
        first = QRectF(self._inner.left(), self._inner.top(), self._inner.width(), _LINE)
        second = first.translated(0, _LINE)
        names = self._legend_width()
        title = self._faces.bold.width(self._plot.title)
        fits = title + 12 + names <= first.width()
        if names and not fits and not is_readout:
            # The names of the colours say more than the sentence, whose figures are in the chart.
            self._draw_legend(second, names)
            line = ""
        legend = names if names and fits else 0.0
        if legend:
            self._draw_legend(first, legend)
        self._text(first.adjusted(0, 0, -legend, 0), self._plot.title, self._colours.text, is_bold=True)
        taken = title + 8
        if taken + self._width(self._plot.unit) + legend <= first.width():
            self._text(first.adjusted(taken, 0, -legend, 0), self._plot.unit, self._colours.muted)
        self._text(second, line, self._colours.text if is_readout else self._colours.muted)

    def _legend_width(self) -> float:
        """Room for the names of the series; none for a single one."""
        series = self._plot.series if len(self._plot.series) > 1 else ()
        return sum(self._width(one.name) + _SWATCH + 18 for one in series)

    def _draw_legend(self, line: QRectF, room: float) -> None:
        """Names of the series, at the right end of a line that has room, else from its beginning."""
        x = max(line.left(), line.right() - room + 12)
        for one in self._plot.series:
            box = QRectF(x, line.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
            self._painter.fillRect(box, self._ink(one))
            width = self._width(one.name)
            name = QRectF(x + _SWATCH + 6, line.top(), width + 2, line.height())
            self._text(name, one.name, self._colours.muted)
            x += width + _SWATCH + 18

    def _ink(self, series: Series) -> QColor:
        colour = QColor(getattr(self._colours, series.role))
        colour.setAlpha(_FILL)
        return colour

    def _text(
        self,
        place: QRectF,
        text: str,
        colour: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        is_bold: bool = False,
    ) -> None:
        if place.width() <= 4:
            return
        face = self._faces.bold if is_bold else self._faces.plain
        text, wide = face.fit(text, round(place.width()) + 1)
        self._painter.setFont(face.font)
        self._painter.setPen(QColor(colour))
        x = place.right() - wide if side == Qt.AlignmentFlag.AlignRight else place.left()
        face.draw(self._painter, x, place.center().y() - _LINE / 2, text)

    # -- over time, distributions ---------------------------------------------------------------------------

    def _draw_columns(self, marked: int) -> None:
        plot, area, painter = self._plot, self.area, self._painter
        self._draw_value_axis()
        self._draw_ticks()
        if 0 <= marked < len(plot.slots):
            width = area.width() / len(plot.slots)
            ground = QRectF(area.left() + marked * width, area.top(), max(1.0, width), area.height())
            painter.fillRect(ground, QColor(self._colours.selection))
        painter.setPen(Qt.PenStyle.NoPen)
        for one, columns in zip(plot.series, self._columns, strict=True):
            painter.setBrush(self._ink(one))
            painter.drawRects(columns)
        self._draw_limit()
        self._draw_marks()

    @cached_property
    def _columns(self) -> list[list[QRectF]]:
        """The rectangles of each series, one upon the other."""
        plot, area = self._plot, self.area
        width = area.width() / len(plot.slots)
        gap = 1.0 if plot.kind == "columns" and width > 4 else 0.0
        start, wide, least = area.left(), max(0.5, width - gap), 1.5 if plot.kind == "columns" else 0.0
        scale = area.height() / plot.top
        bottoms = [area.bottom()] * len(plot.slots)
        columns: list[list[QRectF]] = []
        for one in plot.series:
            columns.append([])
            for slot, value in enumerate(one.values):
                if value:
                    height = max(value * scale, least)
                    bottoms[slot] -= height
                    columns[-1].append(QRectF(start + slot * width, bottoms[slot], wide, height))
        return columns

    def _draw_value_axis(self) -> None:
        area, plot, painter = self.area, self._plot, self._painter
        for value in [0.0, *self._value_steps()]:
            y = area.bottom() - value / plot.top * area.height()
            if y < area.top() - 1:
                break
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), QColor(self._colours.line))
            label = QRectF(self._inner.left(), y - 9, area.left() - self._inner.left() - 6, 18)
            self._text(label, plot.text(value), self._colours.muted, Qt.AlignmentFlag.AlignRight)

    def _draw_ticks(self) -> None:
        area, free = self.area, self.area.left() - 1
        for tick in self._plot.ticks:
            x = area.left() + tick.place * area.width()
            width = self._width(tick.text)
            self._painter.fillRect(QRectF(x, area.bottom(), 1, 4), QColor(self._colours.line))
            if x - width / 2 > free and x + width / 2 <= self._inner.right():
                place = QRectF(x - width / 2, area.bottom() + 4, width + 2, _TICKS - 4)
                self._text(place, tick.text, self._colours.muted)
                free = x + width / 2 + 10

    def _draw_limit(self) -> None:
        if self._plot.limit is None or self._plot.limit[0] > self._plot.top:
            return
        value, name = self._plot.limit
        y = self.area.bottom() - value / self._plot.top * self.area.height()
        self._painter.setPen(QPen(QColor(self._colours.warning), 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QPointF(self.area.left(), y), QPointF(self.area.right(), y))
        text = f"{name} {self._plot.text(value)}"
        place = QRectF(self.area.right() - self._width(text) - 6, y + 1, self._width(text) + 4, 16)
        self._text(place, text, self._colours.warning)

    def _draw_marks(self) -> None:
        free = self.area.left() - 1
        for mark in self._plot.marks:
            x = self.area.left() + mark.place * self.area.width()
            self._painter.setPen(QPen(QColor(self._colours.text), 1, Qt.PenStyle.DotLine))
            self._painter.drawLine(QPointF(x, self.area.top() - 16), QPointF(x, self.area.bottom()))
            width = self._width(mark.text)
            left = x + 4 if x + 4 + width < self.area.right() else x - 4 - width
            if left > free:
                self._text(QRectF(left, self.area.top() - 18, width + 2, 16), mark.text, self._colours.text)
                free = left + width + 8

    # -- bars -----------------------------------------------------------------------------------------------

    def _draw_bars(self, marked: int) -> None:
        plot, area, painter = self._plot, self.area, self._painter
        height = min(float(BAR), area.height() / max(1, len(plot.slots)))
        self._draw_ticks()
        for tick in plot.ticks:
            x = area.left() + tick.place * area.width()
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), QColor(self._colours.line))
        for slot, name in enumerate(plot.slots):
            y = area.top() + slot * height
            if slot == marked:
                ground = QRectF(self._inner.left(), y, self._inner.width(), height)
                painter.fillRect(ground, QColor(self._colours.selection))
            label = QRectF(self._inner.left(), y, area.left() - self._inner.left() - 10, height)
            self._text(label, name, self._colours.text, Qt.AlignmentFlag.AlignRight)
            x = area.left()
            for one in plot.series:
                width = one.values[slot] / plot.top * area.width()
                painter.fillRect(QRectF(x, y + height * 0.2, width, height * 0.6), self._ink(one))
                x += width
            total = QRectF(x + 6, y, self._inner.right() - x, height)
            self._text(total, plot.totals[slot], self._colours.text)
        painter.fillRect(QRectF(area.left(), area.top(), 1, area.height()), QColor(self._colours.muted))

    def slot_at(self, position: QPointF) -> int:
        """The slot under a place, -1 for none."""
        plot, area = self._plot, self.area
        if plot.is_empty or not plot.slots:
            return -1
        if plot.kind == "bars":
            height = min(float(BAR), area.height() / len(plot.slots))
            slot = int((position.y() - area.top()) // max(1.0, height))
        else:
            slot = int((position.x() - area.left()) / max(1.0, area.width()) * len(plot.slots))
            if not area.left() <= position.x() <= area.right():
                return -1
        return slot if 0 <= slot < len(plot.slots) else -1
