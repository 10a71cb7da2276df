"""Shows a cell's code: coloured, with line numbers, and in the margin the calls that each line made."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.inspector.text_view import break_lines

_RLM_NAMES = (
    "context|documents|history|answer|FINAL|FINAL_VAR|SUBMIT|SHOW_VARS|"
    "(?:llm|rlm)_query(?:_batch(?:ed)?)?(?:_async)?|llm_batch"
)
_TRIPLE = r"(?:[rbuf]|br|rb|fr|rf)?(?P<quote>'''|\"\"\")"
_TOKEN = re.compile(
    rf"""(?P<comment>\#.*)
    |(?P<triple>{_TRIPLE})
    |(?P<string>(?:[rbufRBUF]|br|rb|fr|rf)?(?:'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?))
    |(?P<number>\b(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b)
    |(?P<rlm>\b(?:{_RLM_NAMES})\b)
    |(?P<keyword>\b(?:{"|".join(keyword.kwlist)})\b)
    |(?P<builtin>\b(?:{"|".join(name for name in dir(builtins) if name.islower() and not name.startswith("_"))})\b)
    """,
    re.VERBOSE,
)
_ROLES = {
    "comment": "muted",
    "string": "ok",
    "number": "batch",
    "rlm": "llm",
    "keyword": "code",
    "builtin": "rlm",
}


_READING = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class PythonHighlighter(QSyntaxHighlighter):
    """Colours Python with one regular expression per line; a state per line for strings over several lines."""

    _QUOTES = ("", "'''", '"""')

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit.document())
        self._edit = edit
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the palette."""
        colours = theme.colours_of(self._edit)
        self._formats: dict[str, QTextCharFormat] = {}
        for kind, role in _ROLES.items():
            made = QTextCharFormat()
            made.setForeground(QColor(getattr(colours, role)))
            if kind == "rlm":
                made.setFontWeight(QFont.Weight.DemiBold)
            if kind == "comment":
                made.setFontItalic(True)
            self._formats[kind] = made
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line."""
        position = 0
        open_quote = max(0, self.previousBlockState())
        if open_quote:
            position = self._close_string(text, 0, self._QUOTES[open_quote])
            if position < 0:
                return
        self.setCurrentBlockState(0)
        while match := _TOKEN.search(text, position):
            kind = match.lastgroup or ""
            if match["triple"]:
                position = self._close_string(text, match.start(), match["quote"], match.end())
                if position < 0:
                    return
                continue
            self.setFormat(match.start(), match.end() - match.start(), self._formats[kind])
            position = match.end()

    def _close_string(self, text: str, start: int, quote: str, search_from: int = 0) -> int:
        """Colour a long string from `start`; where it ends on this line, or -1."""
        end = text.find(quote, search_from)
        if end < 0:
            self.setFormat(start, len(text) - start, self._formats["string"])
            self.setCurrentBlockState(self._QUOTES.index(quote))
            return -1
        self.setFormat(start, end + 3 - start, self._formats["string"])
        return end + 3


class _Margin(QWidget):
    """Line numbers and marks beside the code."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Lines that made calls"))

    def sizeHint(self) -> QSize:
        """As wide as the numbers and marks."""
        return QSize(self._view.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is visible."""
        self._view.paint_margin(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a mark."""
        line = self._view.line_at(event.position())
        if line in self._view.marks:
            self._view.mark_clicked.emit(line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks can be clicked, and look it."""
        is_mark = self._view.line_at(event.position()) in self._view.marks
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_mark else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """What a mark stands for."""
        if isinstance(event, QHelpEvent):
            line = self._view.line_at(QPointF(event.pos()))
            if line in self._view.marks:
                text = self.tr("Line {number} made {calls}. Click to go there.")
                QToolTip.showText(event.globalPos(), text.format(number=line, calls=self._view.marks[line]))
        return super().event(event)


class CodeView(QPlainTextEdit):
    """Code, to be read unless it is shown by `set_code_to_edit`.

    Attributes:
        marks: Line number from 1 -> what it called, as `×250` or `llm_query`.

    Signals:
        mark_clicked: The line of a mark.
    """

    mark_clicked = Signal(int)

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._let_edit(False)
        self.setAccessibleName(name or self.tr("Code of the cell"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.document().setDocumentMargin(6)
        self.marks: dict[int, str] = {}
        self._error_line = 0
        self._source = ""
        self._highlighter = PythonHighlighter(self)
        self._margin = _Margin(self)
        self.blockCountChanged.connect(self._fit_margin)
        self.updateRequest.connect(self._on_update_request)
        self.setFont(theme.code_font())
        self._fit_margin()

    @property
    def source(self) -> str:
        """The code, without the line breaks that were put into very long lines."""
        return self._source

    def set_code(self, code: str, *, marks: Mapping[int, str] | None = None, error_line: int = 0) -> None:
        """Show code.

        Args:
            code: What to show.
            marks: Line number from 1 -> what that line called, in a few characters.
            error_line: The line that failed, 0 for none.
        """
        if code != self._source or self.is_changed:
            self._source = code
            self.setPlainText(break_lines(code)[0])
        if dict(marks or {}) != self.marks:
            self.marks = dict(marks or {})
            self._fit_margin()
            self._margin.update()
        if error_line != self._error_line:
            self._error_line = error_line
            self._mark_error_line()

    def set_code_to_edit(self, code: str, *, can_edit: bool = True) -> None:
        """Show code that may be changed; not where very long lines show with breaks that are not in it."""
        self.set_code(code)
        self._let_edit(can_edit and self._typed == code)

    def _let_edit(self, can_edit: bool) -> None:
        self.setReadOnly(not can_edit)
        self.setUndoRedoEnabled(can_edit)
        if not can_edit:
            self.setTextInteractionFlags(_READING)  # read-only alone, it would not be selected by keys

    @property
    def code(self) -> str:
        """What was given, with what the person has changed in it."""
        return self._source if self.isReadOnly() else self._typed

    @property
    def is_changed(self) -> bool:
        """Whether the person has changed something in it."""
        return self.code != self._source

    @property
    def _typed(self) -> str:
        return self.document().toRawText().replace("\u2029", "\n")  # the plain text has other spaces

    def _mark_error_line(self) -> None:
        block = self.document().findBlockByNumber(self._error_line - 1)
        if not self._error_line or not block.isValid():
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        ground = QColor(theme.colours_of(self).error)
        ground.setAlpha(38)
        line_format = QTextCharFormat()
        line_format.setBackground(ground)
        line_format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection.format = line_format
        selection.cursor = QTextCursor(block)
        self.setExtraSelections([selection])

    # -- the margin -----------------------------------------------------------------------------------------

    def margin_width(self) -> int:
        """Room for the numbers and, where there are any, the marks."""
        metrics = self.fontMetrics()
        digits = metrics.horizontalAdvance("9") * max(2, len(str(self.blockCount())))
        widest = max((metrics.horizontalAdvance(mark) for mark in self.marks.values()), default=0)
        return digits + 16 + (widest + 14 if widest else 0)

    def line_at(self, position: QPointF) -> int:
        """The number of the line beside a place of the margin."""
        return self.cursorForPosition(QPointF(0, position.y()).toPoint()).blockNumber() + 1

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paint numbers and marks beside the visible lines."""
        colours = theme.colours_of(self)
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), QColor(colours.panel))
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            if box.bottom() >= event.rect().top():
                self._paint_line(painter, block, box.toRect())
            block = block.next()
        painter.end()

    def _paint_line(self, painter: QPainter, block: QTextBlock, box: QRect) -> None:
        colours = theme.colours_of(self)
        line = block.blockNumber() + 1
        height = self.fontMetrics().height()
        right = self._margin.width() - 8
        painter.setPen(QColor(colours.error if line == self._error_line else colours.muted))
        painter.drawText(QRect(0, box.top(), right, height), Qt.AlignmentFlag.AlignRight, str(line))
        mark = self.marks.get(line)
        if mark:
            pill = QRectF(4, box.top(), self.fontMetrics().horizontalAdvance(mark) + 10, height)
            ground = QColor(colours.batch)
            ground.setAlpha(40)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(pill, 4, 4)
            painter.setPen(QColor(colours.batch))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, mark)

    def _fit_margin(self) -> None:
        width = self.margin_width()
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self._margin.setGeometry(QRect(area.left(), area.top(), width, area.height()))

    def _on_update_request(self, area: QRect, moved: int) -> None:
        if moved:
            self._margin.scroll(0, moved)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The margin is as high as the view."""
        super().resizeEvent(event)
        self._fit_margin()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlighter.restyle()
            self._mark_error_line()
