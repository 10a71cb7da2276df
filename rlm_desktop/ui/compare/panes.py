"""What shows below the pairs: differences of texts, choices, distributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from rlm_desktop.history.comparing import BINS, Spread
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls.call_text import seconds
from rlm_desktop.ui.copying import let_copy_rows, row_lines
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.inspector.text_view import LONGEST_LINE
from rlm_desktop.ui.labels import plain_tip

MOST_CHARACTERS = 400_000
"""Of a difference that is shown."""


class _Marks(QSyntaxHighlighter):
    """Lines of A in one colour, lines of B in another, places in the quiet one."""

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit.document())
        self._edit = edit
        self.restyle()

    def restyle(self) -> None:
        colours = theme.colours_of(self._edit)
        self._formats: dict[str, QTextCharFormat] = {}
        for mark, colour in (("-", colours.batch), ("+", colours.llm), ("@", colours.muted)):
            self._formats[mark] = QTextCharFormat()
            self._formats[mark].setForeground(QColor(colour))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line."""
        if text[:1] in self._formats:
            self.setFormat(0, len(text), self._formats[text[0]])


def _parts(line: str) -> Iterator[str]:
    """A line of a difference; a very long one, which would hang the widget, as several with its mark."""
    yield line[:LONGEST_LINE]
    for start in range(LONGEST_LINE, len(line), LONGEST_LINE):
        yield line[0] + line[start : start + LONGEST_LINE]


class DiffPane(QPlainTextEdit):
    """The lines that differ: `-` those of A, `+` those of B.

    Args:
        name: For those who cannot see it.
        wraps: Whether it is prose, of which a line is a paragraph.
    """

    def __init__(self, name: str, *, wraps: bool = False) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(name)
        if not wraps:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(8)
        self.setFont(theme.code_font(self))
        self._marks = _Marks(self)

    def show_diff(self, lines: Sequence[str], hint: str) -> None:
        """Show these lines; `hint` where there are none."""
        kept = "\n".join(lines)[:MOST_CHARACTERS].split("\n")
        text = "\n".join(part for line in kept for part in _parts(line))
        self.setPlaceholderText(hint)
        if text != self.toPlainText():
            self.setPlainText(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_marks"):
            self._marks.restyle()


class ChoicesPane(QTableWidget):
    """What was chosen for both runs; what differs comes first, in bold."""

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(len(rows), 3)
        self.setAccessibleName(self.tr("Settings of both runs"))
        self.setHorizontalHeaderLabels([self.tr("Setting"), self.tr("A"), self.tr("B")])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        let_copy_rows(self, lambda: row_lines(self))
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for place, (name, left, right) in enumerate(rows):
            for column, text in enumerate((name.replace("_", " ").capitalize(), left, right)):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                if left != right:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.setItem(place, column, item)


class SpreadPane(QWidget):
    """The durations of two batches as two histograms over one scale."""

    def __init__(self) -> None:
        super().__init__()
        self._sides: tuple[Spread | None, Spread | None] = (None, None)
        self.setMinimumHeight(120)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(400, 160)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return self._sides == (None, None)

    def show_spreads(self, left: Spread | None, right: Spread | None) -> None:
        """Show these distributions."""
        self._sides = (left, right)
        self.setAccessibleName(
            "; ".join(self._words(name, side) for name, side in zip("AB", self._sides, strict=True))
        )
        self.update()

    def _words(self, name: str, side: Spread | None) -> str:
        if side is None:
            return self.tr("{name}: no calls").format(name=name)
        return self.tr("{name}: {calls}, {least} to {most}, median {median}").format(
            name=name,
            calls=counted(side.size, "call"),
            least=seconds(side.least),
            most=seconds(side.most),
            median=seconds(side.median),
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        if self.is_empty:
            painter.setPen(QColor(colours.muted))
            hint = self.tr("Select a batch to see how long its calls took.")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, hint)
            return
        most = max((max(side.counts) for side in self._sides if side is not None), default=1)
        half = self.height() / 2
        for place, (name, side) in enumerate(zip("AB", self._sides, strict=True)):
            area = QRectF(16, place * half + 8, self.width() - 32, half - 16)
            self._paint_side(
                painter, area, self._words(name, side), side, most, (colours.batch, colours.llm)[place]
            )

    def _paint_side(
        self, painter: QPainter, area: QRectF, words: str, side: Spread | None, most: int, colour: str
    ) -> None:
        colours = theme.colours_of(self)
        line = self.fontMetrics().lineSpacing()
        painter.setPen(QColor(colours.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)
        area.setTop(area.top() + line + 2)
        painter.setPen(QColor(colours.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if side is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        width = area.width() / BINS
        for step, count in enumerate(side.counts):
            height = area.height() * count / most
            corner = QPointF(area.left() + step * width + 1, area.bottom() - height)
            painter.drawRect(QRectF(corner, QPointF(area.left() + (step + 1) * width - 1, area.bottom())))
