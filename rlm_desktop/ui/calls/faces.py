"""Fonts with what has been measured of them, for widgets that paint hundreds of short texts a frame.

To Qt every text is a new one: it is shaped to be measured, again to be cut and again to be drawn, 10 to 60 us each.
Here what a character takes is asked once, and a text that is drawn again is kept laid out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText, QTransform

_CACHE_LIMIT = 8192
_LAID_OUT_LIMIT = 2048
_SIMPLE = re.compile(r"[ -~\u00a0-\u024f–…→≤≥×·✓✕]*")
"""Texts whose characters stand side by side, each as wide as it is alone, but for kerning."""


class _Advances(dict[str, float]):
    """How wide each character is; measured when it comes first."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        super().__init__()
        self._metrics = metrics

    def __missing__(self, character: str) -> float:
        advance = self[character] = self._metrics.horizontalAdvance(character)
        return advance


class Face:
    """A font, for rows of one height.

    Args:
        font: It.
        row_height: Of the rows that texts are drawn in.
        ratio: Pixels of the screen for each one of the window; 0 for what is no screen, such as a file.

    Attributes:
        font: It.
        baseline: Below the top of a row, so that a text stands in its middle.
    """

    def __init__(self, font: QFont, row_height: int, ratio: float = 0.0) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self._ascent = self._metrics.ascent()
        self.baseline = round((row_height + self._ascent - self._metrics.descent()) / 2)
        self._advance = _Advances(self._metrics).__getitem__
        self._ellipsis = self._metrics.horizontalAdvance("…")
        self._narrow = self._metrics.averageCharWidth() * 0.5
        self._fitted: dict[tuple[str, int], tuple[str, float]] = {}
        self._drawn: dict[str, QStaticText | None] = {}
        # Between the pixels of a fraction Qt places a text that is laid out otherwise than one that is not.
        self._keeps_laid_out = ratio >= 1 and ratio == int(ratio)

    def width(self, text: str) -> float:
        """How wide a text is; a little more than that where letters are kerned."""
        if _SIMPLE.fullmatch(text):
            return sum(map(self._advance, text))
        return self._metrics.horizontalAdvance(text)

    def fit(self, text: str, room: int) -> tuple[str, float]:
        """`text`, cut with an ellipsis where it needs more than `room`, and how wide that is."""
        fitted = self._fitted.get((text, room))
        if fitted is None:
            if len(self._fitted) > _CACHE_LIMIT:
                self._fitted.clear()
            beginning = text[: max(8, int(room / self._narrow))]  # all that can be seen, but of very thin letters
            fitted = self._cut(beginning, room)
            if fitted[0] == beginning and beginning != text:
                fitted = self._cut(text, room)
            self._fitted[text, room] = fitted
        return fitted

    def _cut(self, text: str, room: int) -> tuple[str, float]:
        if not _SIMPLE.fullmatch(text):
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
            wide = self._metrics.horizontalAdvance(text)
            return (text, wide) if wide <= room else ("", 0.0)
        ends = list(accumulate(map(self._advance, text), initial=0.0))
        if ends[-1] <= room:
            return text, ends[-1]
        if room < self._ellipsis:
            return "", 0.0
        kept = bisect_right(ends, room - self._ellipsis) - 1
        return text[:kept] + "…", ends[kept] + self._ellipsis

    def draw(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Draw a text in the row that begins at `y`; the painter has the font and the colour already."""
        static = self._drawn.get(text)
        if static is None and self._keeps_laid_out:
            static = self._keep(text)
        if static is not None:
            painter.drawStaticText(QPointF(int(x), y + self.baseline - self._ascent), static)
        else:
            painter.drawText(QPointF(int(x), y + self.baseline), text)  # PySide finds this one sooner than (x, y)

    def _keep(self, text: str) -> QStaticText | None:
        """A text that is drawn the second time, laid out. To do so takes as long as to draw it three times."""
        if text in self._drawn:
            static = self._drawn[text] = self._laid_out(text)
            return static
        if len(self._drawn) > _LAID_OUT_LIMIT:
            self._drawn.clear()
        self._drawn[text] = None
        return None

    def _laid_out(self, text: str) -> QStaticText:
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.prepare(QTransform(), self.font)
        return static
