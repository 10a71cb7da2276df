"""The text of a document as the models get it: beside its page numbers, with an outline and a search."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTextEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui import theme
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.documents.finding import MOST, matches
from rlm_desktop.ui.documents.parts import Part, part_from, start_around, start_before
from rlm_desktop.ui.figures import counted, number, short_count
from rlm_desktop.ui.labels import ElidedLabel, plain_tip
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import inset_figures, muted

if TYPE_CHECKING:
    from rlm_desktop.documents import Document

FIND_AFTER_MS = 120
MAX_OUTLINE = 2_000
MAX_MARKED = 500
MOST_COPIED = 32 << 20
"""The clipboard of a longer text would hold up the window for seconds."""
MOST_STRIKING = 2_000
"""Characters of a passage that stands out like what was found; a whole page is marked with less colour."""
LINES_UP_TO = 16 << 20
"""Counting the lines of a longer text would hold up the window: there the gutter shows characters."""


class PagedText(QPlainTextEdit):
    """A part of a document's text; beside it pages, slides or sheets, else lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(self.tr("Text of the document"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(8)
        self.part = Part(0, 0, "", (0,))
        self._text = ""
        self._pages: tuple[int, ...] = ()
        self._first_line = 1
        self._gutter = _Gutter(self)
        self.updateRequest.connect(self._scroll_gutter)
        self.blockCountChanged.connect(self._fit)

    def show_part(self, text: str, pages: tuple[int, ...], part: Part) -> None:
        """Show a part of a text."""
        self._text, self._pages, self.part = text, pages, part
        counts = not pages and len(text) <= LINES_UP_TO
        self._first_line = text.count("\n", 0, part.start) + 1 if counts else 0
        self.setPlainText(part.shown)
        self._fit()

    def go_to(self, offset: int, length: int = 0) -> None:
        """Bring a character of the text, which must be in the part, to the upper third; select so many from it."""
        cursor = self._cursor(offset, offset + length)
        block = self.part.block_of(offset)
        top = QTextCursor(self.document().findBlockByNumber(max(0, block - 3)))
        self.moveCursor(QTextCursor.MoveOperation.End)
        self.setTextCursor(top)
        self.setTextCursor(cursor)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        """Selects characters of the text; by positions, for a cursor that is moved goes by whole letters."""
        cursor = QTextCursor(self.document())
        for offset, mode in ((start, QTextCursor.MoveMode.MoveAnchor), (end, QTextCursor.MoveMode.KeepAnchor)):
            block, column = self.part.position_of(self._text, offset)
            place = self.document().findBlockByNumber(block).position() + column
            cursor.setPosition(min(place, self.document().characterCount() - 1), mode)
        return cursor

    def mark(self, spans: list[tuple[int, int]], current: int) -> None:
        """Mark places of the part that were found, the current one more than the others."""
        colours = theme.colours_of(self)
        marks: list[QTextEdit.ExtraSelection] = []
        for place, end in spans[:MAX_MARKED]:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._cursor(place, end)
            is_current = place == current
            mark.format.setBackground(QColor(colours.accent if is_current else colours.selection))
            if is_current:
                mark.format.setForeground(QColor(colours.on_accent))
            marks.append(mark)
        self.setExtraSelections(marks)

    @property
    def first_visible(self) -> int:
        """The character of the text that begins the uppermost line in sight."""
        block = self.firstVisibleBlock().blockNumber()
        return self.part.starts[min(max(0, block), len(self.part.starts) - 1)]

    # -- the gutter -----------------------------------------------------------------------------------------

    def _label(self, offset: int, before: int | None) -> str:
        """What stands beside a line; nothing where it is the same as beside the line before."""
        if self._pages:
            page = bisect_right(self._pages, offset)
            is_new = before is None or bisect_right(self._pages, before) != page
            return number(page) if is_new and page else ""
        if not self._first_line:
            return short_count(offset)
        return ""

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Paint the numbers beside the lines in sight."""
        painter = QPainter(self._gutter)
        colours = theme.colours_of(self)
        painter.fillRect(event.rect(), QColor(colours.panel))
        painter.setFont(theme.figures_font(self.font()))
        painter.setPen(QColor(colours.muted))
        width, height = self._gutter.width() - 8, self.fontMetrics().height()
        block = self.firstVisibleBlock()
        before: int | None = None
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() > event.rect().bottom():
                break
            row = block.blockNumber()
            if row < len(self.part.starts):
                offset = self.part.starts[row]
                label = self._label(offset, before) or self._line_label(row, offset)
                painter.drawText(QRect(0, int(area.top()), width, height), Qt.AlignmentFlag.AlignRight, label)
                before = offset
            block = block.next()
        painter.end()

    def _line_label(self, row: int, offset: int) -> str:
        """The number of a line; nothing for the rest of a line that was broken."""
        if self._pages or not self._first_line:
            return ""
        if offset and self._text[offset - 1] != "\n":
            return ""
        return number(self._first_line + self._breaks_before(row))

    def _breaks_before(self, row: int) -> int:
        start = self.part.starts[row]
        return self._text.count("\n", self.part.start, start)

    def gutter_width(self) -> int:
        """As wide as the widest number."""
        if self._pages:
            widest = number(len(self._pages))
        elif self._first_line:
            widest = number(self._first_line + self.part.shown.count("\n"))
        else:
            widest = "000.0 M"
        return self.fontMetrics().horizontalAdvance("0" * max(3, len(widest))) + 20

    def _fit(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_width(), area.height()))

    def _scroll_gutter(self, area: QRect, by: int) -> None:
        if by:
            self._gutter.scroll(0, by)
        self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit()


class _Gutter(QWidget):
    def __init__(self, text: PagedText) -> None:
        super().__init__(text)
        self._text = text

    def sizeHint(self) -> QSize:
        return QSize(self._text.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_gutter(event)


class PreviewWindow(QDialog):
    """The text of a document. Stays open beside the main window; another document takes its place."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._tasks = tasks
        self._document: Document | None = None
        self._found: list[tuple[int, int]] = []
        self._current = -1
        self._passage = (0, 0)
        self._search: asyncio.Task[None] | None = None
        self._is_searching = False
        self._soon = QTimer(self, singleShot=True, interval=FIND_AFTER_MS)
        self._soon.timeout.connect(self._start_search)
        self._build()
        self._connect()

    # -- building -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._about = ElidedLabel()
        muted(self._about)
        self.query = QLineEdit()
        self.query.setPlaceholderText(self.tr("Find in the text (Ctrl+F)"))
        self.query.setAccessibleName(self.tr("Find in the text"))
        self.query.setClearButtonEnabled(True)
        self._count = QLabel()
        muted(self._count)
        self._back = self._button("↑", self.tr("Found before (Shift+Enter)"))
        self._on = self._button("↓", self.tr("Found next (Enter)"))
        self.page = QSpinBox()
        inset_figures(self.page)
        self.page.setAccessibleName(self.tr("Page"))
        self.page.setKeyboardTracking(False)
        self._copy = QPushButton(self.tr("Copy all"))
        self._copy.setAccessibleName(self.tr("Copy the whole text"))
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.query, 1)
        for widget in (self._count, self._back, self._on, self.page, self._copy):
            bar.addWidget(widget)
        self.outline = QTreeWidget()
        self.outline.setObjectName("outline")
        self.outline.setHeaderHidden(True)
        self.outline.setAccessibleName(self.tr("Headings of the document"))
        self.text = PagedText()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.outline)
        self._split.addWidget(self.text)
        self._split.setStretchFactor(1, 1)
        self._earlier = QPushButton(self.tr("Earlier"))
        self._later = QPushButton(self.tr("Later"))
        self._where = QLabel()
        self._where.setAlignment(Qt.AlignmentFlag.AlignCenter)
        muted(self._where)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self._earlier)
        foot.addWidget(self._where, 1)
        foot.addWidget(self._later)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._about)
        layout.addLayout(bar)
        layout.addWidget(self._split, 1)
        layout.addWidget(self._foot)
        furnish(self, 900, 680, margin=8)

    def _button(self, sign: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setEnabled(False)
        return button

    def _connect(self) -> None:
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._focus_find)
        QShortcut(QKeySequence("F3"), self).activated.connect(lambda: self.go_found(1))
        QShortcut(QKeySequence("Shift+F3"), self).activated.connect(lambda: self.go_found(-1))
        QShortcut(QKeySequence("Ctrl+PgDown"), self).activated.connect(self._show_later)
        QShortcut(QKeySequence("Ctrl+PgUp"), self).activated.connect(self._show_earlier)
        self.query.returnPressed.connect(self._go_found_by_key)
        self.query.textChanged.connect(lambda _text: self._soon.start())
        self._back.clicked.connect(lambda: self.go_found(-1))
        self._on.clicked.connect(lambda: self.go_found(1))
        self.page.valueChanged.connect(self._go_page)
        self._copy.clicked.connect(self._copy_all)
        self.outline.itemActivated.connect(self._go_heading)
        self.outline.itemClicked.connect(self._go_heading)
        self._earlier.clicked.connect(self._show_earlier)
        self._later.clicked.connect(self._show_later)
        self.text.verticalScrollBar().valueChanged.connect(self._say_where)

    # -- the document ---------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """What is shown."""
        assert self._document is not None, "show_document() comes first"
        return self._document

    def show_document(self, document: Document, offset: int = 0, length: int = 0) -> None:
        """Show a document, from a character on; mark so many from it."""
        self._stop_search()
        self._passage = (offset, offset + length)
        self._document = document
        self.setWindowTitle(document.name)
        self.text.setAccessibleName(self.tr("Text of {name}").format(name=document.name))
        pages = [counted(len(document.pages), document.page_kind)] if document.pages else []
        encoding = [document.encoding.upper()] if document.encoding else []
        tokens = self.tr("≈ {count} tokens").format(count=short_count(document.estimated_tokens))
        characters = counted(document.characters, "character")
        about = [document.kind, *pages, characters, tokens, *encoding, *map(said, document.warnings)]
        self._about.set_full_text(" · ".join(about))
        self.page.blockSignals(True)
        self.page.setVisible(bool(document.pages))
        self.page.setRange(1, max(1, len(document.pages)))
        self.page.setPrefix(
            {"slide": self.tr("slide "), "sheet": self.tr("sheet ")}.get(document.page_kind, self.tr("page "))
        )
        self.page.setSuffix(self.tr(" of {count}").format(count=number(len(document.pages))))
        self.page.blockSignals(False)
        self._copy.setEnabled(document.characters <= MOST_COPIED)
        self._fill_outline(document)
        self._show(part_from(document.text, start_around(document.text, offset) if offset else 0))
        if offset:
            self.text.go_to(offset)
        self._say_where()
        if length:
            self.query.clear()
            self._soon.stop()
        self._start_search()
        self.text.setFocus()

    def _fill_outline(self, document: Document) -> None:
        self.outline.clear()
        above: list[tuple[int, QTreeWidgetItem]] = []
        for heading in document.outline[:MAX_OUTLINE]:
            while above and above[-1][0] >= heading.level:
                above.pop()
            entry = QTreeWidgetItem([heading.title])
            entry.setToolTip(0, plain_tip(heading.title))
            entry.setData(0, Qt.ItemDataRole.UserRole, heading.start)
            if above:
                above[-1][1].addChild(entry)
            else:
                self.outline.addTopLevelItem(entry)
            above.append((heading.level, entry))
        if len(tops := [entry for _, entry in above[:1]]) and self.outline.topLevelItemCount() == 1:
            tops[0].setExpanded(True)
        self.outline.setVisible(bool(document.outline))
        self._split.setSizes([240, 640])

    def _show(self, part: Part) -> None:
        document = self.document
        self.text.show_part(document.text, document.pages, part)
        is_whole = part.start == 0 and part.end >= document.characters
        self._foot.setVisible(not is_whole)
        self._earlier.setEnabled(part.start > 0)
        self._later.setEnabled(part.end < document.characters)
        self._say_where()
        self._mark_found()

    def go_to(self, offset: int, length: int = 0) -> None:
        """Show a character; select so many from it."""
        part, text = self.text.part, self.document.text
        if not part.start <= offset < max(part.end, part.start + 1) or offset + length > part.end:
            self._show(part_from(text, start_around(text, offset)))
        self.text.go_to(offset, length)
        self._say_where()

    def _show_earlier(self) -> None:
        if self.text.part.start > 0:
            end = self.text.part.start
            self._show(part_from(self.document.text, start_before(self.document.text, end)))
            self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _show_later(self) -> None:
        if self.text.part.end < self.document.characters:
            self._show(part_from(self.document.text, self.text.part.end))

    def _say_where(self) -> None:
        """The page in sight, and which part of the text is shown."""
        if self._document is None:
            return
        part, document = self.text.part, self._document
        if document.pages:
            self.page.blockSignals(True)
            self.page.setValue(max(1, bisect_right(document.pages, self.text.first_visible)))
            self.page.blockSignals(False)
        shown = self.tr("Characters {first} to {last} of {all}")
        first, last = number(part.start + 1), number(part.end)
        self._where.setText(shown.format(first=first, last=last, all=number(document.characters)))

    def _go_page(self, page: int) -> None:
        self.go_to(self.document.pages[page - 1])

    def _go_heading(self, entry: QTreeWidgetItem) -> None:
        self.go_to(int(entry.data(0, Qt.ItemDataRole.UserRole)))

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.document.text)

    # -- searching ------------------------------------------------------------------------------------------

    def _focus_find(self) -> None:
        self.query.setFocus()
        self.query.selectAll()

    def _stop_search(self) -> None:
        self._soon.stop()
        if self._search is not None:
            self._search.cancel()
            self._search = None
        self._is_searching = False

    def _start_search(self) -> None:
        self._stop_search()
        self._found, self._current = [], -1
        words = self.query.text().strip()
        if words and self._document is not None:
            self._is_searching = True
            self._search = self._tasks.spawn(self._find(words), name="find in a document")
        self._say_found()
        self._mark_found()

    async def _find(self, words: str) -> None:
        """Shows the first place at or after what is in sight as soon as it is found."""
        since = self.text.first_visible
        async for spans in matches(self.document.text, words):
            self._found += spans
            if self._current < 0 and spans[-1][0] >= since:
                self._go_found_at(bisect_left(self._found, (since, 0)))
            self._say_found()
        self._is_searching = False
        if self._current < 0 and self._found:
            self._go_found_at(0)
        self._say_found()

    def go_found(self, by: int) -> None:
        """Go to the place that was found after or before the current one; around the end."""
        if self._found:
            self._go_found_at((self._current + by) % len(self._found))
            self._say_found()

    def _go_found_by_key(self) -> None:
        is_back = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.go_found(-1 if is_back else 1)

    def _go_found_at(self, index: int) -> None:
        self._current = index
        self.go_to(self._found[index][0])
        self._mark_found()

    def _mark_found(self) -> None:
        part = self.text.part
        here = self._found[bisect_left(self._found, (part.start, 0)) : bisect_left(self._found, (part.end, 0))]
        current = self._found[self._current][0] if self._current >= 0 else -1
        if len(here) > MAX_MARKED:
            here = here[max(0, bisect_left(here, (current, 0)) - MAX_MARKED // 2) :]
        start, end = max(self._passage[0], part.start), min(self._passage[1], part.end)
        if start < end and not self.query.text().strip():
            here, current = [(start, end)], start if end - start <= MOST_STRIKING else -1
        self.text.mark(here, current)

    def _say_found(self) -> None:
        words = self.query.text().strip()
        total = number(len(self._found)) + ("+" if self._is_searching or len(self._found) >= MOST else "")
        if not words:
            text = ""
        elif self._found:
            text = self.tr("{which} of {all}").format(which=number(self._current + 1), all=total)
        else:
            text = self.tr("searching…") if self._is_searching else self.tr("not found")
        self._count.setText(text)
        for button in (self._back, self._on):
            button.setEnabled(bool(self._found))

    # -- Qt's events ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # never closes it
        super().keyPressEvent(event)

    def done(self, result: int) -> None:  # noqa: D102
        self._stop_search()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._document is not None:
            self._mark_found()
