"""Long texts to read: prompts, replies, output.

Three things hang a plain text widget, and all three are what an RLM run is made of: a line of a megabyte (75 s to
lay out, measured; 22 ms when it is broken every 2,000 characters), ten megabytes at once, and replacing everything
when a few characters were added. `TextPane` breaks long lines, shows the first part with *Load more*, and appends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.ui import figures, theme

LONGEST_LINE = 2_000
PART = 200_000
"""Characters that are shown at first and added by each *Load more*."""
_MARK = "▌ "


@dataclass(frozen=True)
class Section:
    """A part of a text under a heading."""

    heading: str
    text: str


def break_lines(text: str, column: int = 0, limit: int = LONGEST_LINE) -> tuple[str, int]:
    """`text` with a line break after every `limit` characters that have none.

    Args:
        text: What comes next.
        column: Characters that the line it begins in has already.
        limit: Longest line.

    Returns:
        The text, and the length of its last line.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        before = column if number == 0 else 0
        if before + len(line) > limit:
            first = max(0, limit - before)
            parts = [line[:first]] if first or before else []
            parts += [line[start : start + limit] for start in range(first, len(line), limit)]
            lines[number] = "\n".join(parts)
    shown = "\n".join(lines)
    last = shown.rfind("\n")
    return shown, len(shown) - last - 1 if last >= 0 else column + len(shown)


class _Headings(QSyntaxHighlighter):
    """Section headings in bold and in the accent."""

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit.document())
        self._edit = edit
        self.restyle()

    def restyle(self) -> None:
        self._format = QTextCharFormat()
        self._format.setFontWeight(QFont.Weight.DemiBold)
        self._format.setForeground(QColor(theme.colours_of(self._edit).accent))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line."""
        if text.startswith(_MARK):
            self.setFormat(0, len(text), self._format)


class TextPane(QWidget):
    """A long, perhaps growing text.

    Attributes:
        edit: The widget with the text.
    """

    def __init__(
        self,
        name: str,
        *,
        is_code: bool = False,
        wraps: bool = True,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit()
        self.edit.setReadOnly(True)
        self.edit.setUndoRedoEnabled(False)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(hint)
        self.edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        mode = QPlainTextEdit.LineWrapMode.WidgetWidth if wraps else QPlainTextEdit.LineWrapMode.NoWrap
        self.edit.setLineWrapMode(mode)
        self.edit.document().setDocumentMargin(8)
        self._is_code = is_code
        self._headings = _Headings(self.edit)
        self._source = ""
        self._shown = 0
        self._column = 0
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._more = QPushButton(self.tr("Load more"))
        self._more.clicked.connect(self.load_more)
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(8, 4, 8, 4)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._more)
        self._bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self._bar)
        self.setFocusProxy(self.edit)
        self._apply_font()

    @property
    def text(self) -> str:
        """The whole text, shown or not, without the breaks that were put in."""
        return self._source

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show texts under headings; empty ones are left out."""
        parts = [f"{_MARK}{section.heading}\n{section.text}" for section in sections if section.text]
        self.set_text("\n\n".join(parts))

    def set_text(self, text: str) -> None:
        """Show `text`; what it adds to the text shown now is appended."""
        if text == self._source:
            return
        if self._source and text.startswith(self._source):
            self._source = text
            self._show_up_to(max(self._shown, min(PART, len(text))))
            return
        self._source = text
        self._shown = 0
        self._column = 0
        self.edit.clear()
        self._show_up_to(min(PART, len(text)))
        self.edit.moveCursor(QTextCursor.MoveOperation.Start)

    def load_more(self) -> None:
        """Show the next part."""
        self._show_up_to(min(len(self._source), self._shown + PART))

    def _show_up_to(self, end: int) -> None:
        piece = self._source[self._shown : end]
        if piece:
            self._append(piece)
        self._shown = end
        left = len(self._source) - end
        self._bar.setVisible(left > 0)
        if left:
            text = self.tr("{count} of {all} characters are shown.")
            self._note.setText(text.format(count=figures.number(end), all=figures.number(len(self._source))))

    def _append(self, piece: str) -> None:
        bar = self.edit.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - 4 and self._shown > 0
        shown, self._column = break_lines(piece, self._column)
        cursor = QTextCursor(self.edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(shown)
        if was_at_end:
            bar.setValue(bar.maximum())

    def scroll_to_heading(self, heading: str) -> None:
        """Bring the line with that heading to the top."""
        found = self.edit.document().find(_MARK + heading)
        if not found.isNull():
            self.edit.moveCursor(QTextCursor.MoveOperation.End)
            found.clearSelection()
            self.edit.setTextCursor(found)
            self.edit.ensureCursorVisible()

    def _apply_font(self) -> None:
        self.edit.setFont(theme.code_font(self) if self._is_code else self.font())

    def changeEvent(self, event: QEvent) -> None:
        """Other colours, another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._apply_font()
        elif event.type() == QEvent.Type.PaletteChange:
            self._headings.restyle()
