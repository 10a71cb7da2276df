"""The final answer, rendered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDesktopServices,
    QGuiApplication,
    QPalette,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui import theme
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.inspector.answer_links import PlaceLink, SourcesButton, index_of, show_links
from rlm_desktop.ui.labels import CopyLabel, ElidedLabel, plain_tip
from rlm_desktop.ui.loop import Tasks

BAR_SPACING = 8
MOST_MARKDOWN = 100_000
"""Longer answers are shown as plain text: rendering takes 0.13 s per 100,000 characters."""


class MarkdownView(QTextBrowser):
    """Renders Markdown that nobody vouches for: no HTML, nothing loaded, no link followed by itself.

    Signals:
        place_chosen: The index of one of the places that `set_links` was given.
    """

    place_chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.document().setDocumentMargin(12)
        self.anchorClicked.connect(self._offer_link)
        self._source = ""
        self._links: Sequence[PlaceLink] = ()

    def set_source(self, text: str) -> None:
        """Show `text`."""
        if text == self._source:
            return
        self._source, self._links = text, ()
        self._render()

    def set_links(self, links: Sequence[PlaceLink]) -> None:
        """Make parts of the text links to places in documents, until another text is shown."""
        if self._links:
            self._links = ()
            self._render_again()
        self._links = links
        show_links(self.document(), links, theme.colours_of(self))

    def _render_again(self) -> None:
        """The same text anew: what is in sight and selected stays, for somebody may be reading."""
        top, selected = self.verticalScrollBar().value(), self.textCursor()
        start, end, is_link = selected.anchor(), selected.position(), selected.charFormat().isAnchor()
        self._render()
        if not is_link:  # one that was gone to with Tab; it may be another one now
            selected = QTextCursor(self.document())
            selected.setPosition(start)
            selected.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(selected)
        self.verticalScrollBar().setValue(top)

    def _render(self) -> None:
        if len(self._source) > MOST_MARKDOWN:
            self.setPlainText(self._source)
        else:
            self._render_markdown()
        show_links(self.document(), self._links, theme.colours_of(self))

    def _render_markdown(self) -> None:
        features = QTextDocument.MarkdownFeature
        self.document().setMarkdown(self._source, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
        self._dress()
        self._dress_tables()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _dress(self) -> None:
        """Give code blocks a ground and a font, and paragraphs some air: Qt's renderer gives them neither."""
        ground = QColor(theme.colours_of(self).panel)
        font = theme.code_font(self)
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            change = QTextBlockFormat()
            if block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
                change.setBackground(ground)
                change.setNonBreakableLines(False)
                cursor.mergeBlockFormat(change)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                characters = cursor.charFormat()
                characters.setFontFamilies(font.families())
                characters.setFontFixedPitch(True)
                cursor.mergeCharFormat(characters)
            elif block.textList() is None and cursor.currentTable() is None:
                change.setBottomMargin(6)
                cursor.mergeBlockFormat(change)
            block = block.next()

    def _dress_tables(self) -> None:
        line = QBrush(QColor(theme.colours_of(self).line))
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                shape = frame.format()
                shape.setBorderBrush(line)
                shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                shape.setBorderCollapse(True)
                shape.setCellPadding(4)
                shape.setTopMargin(4)
                shape.setBottomMargin(8)
                frame.setFormat(shape)

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        """Nothing is loaded: no image, no style sheet, from nowhere."""
        return None

    def _offer_link(self, link: QUrl) -> None:
        if (place := index_of(link)) is not None:
            if place < len(self._links):
                self.place_chosen.emit(place)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy link"), lambda: QGuiApplication.clipboard().setText(link.toString()))
        if link.scheme() in ("http", "https", "mailto"):
            text = self.tr("Open {place}").format(place=link.host() or link.toString())
            menu.addAction(text, lambda: QDesktopServices.openUrl(link))
        menu.popup(self.cursor().pos() + QPoint(2, 2))

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._source:
            self._render_again()


class AnswerPage(QWidget):
    """The answer with what can be done with it.

    Attributes:
        bar: How the answer was given, and the buttons; below it, but where there is little height.
        origin: How the answer was given, and what is to be said of it.

    Signals:
        saved: A file was written; its path.
        failed: It could not be; the reason.
        shown: An answer shows, perhaps the same as before.
    """

    shown = Signal()
    saved = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = ""
        self._given = ""
        self._remark = ("", "")
        self._tasks = Tasks(lambda error: self.failed.emit(str(error)))
        self.view = MarkdownView(self.tr("Final answer"))
        # Not the view's placeholder, of which Qt shows the first line only.
        self.nothing = CopyLabel()
        self.nothing.setProperty("muted", True)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(12, 12, 12, 12)
        self.nothing.setBackgroundRole(QPalette.ColorRole.Base)
        self.nothing.setAutoFillBackground(True)
        self.sources = SourcesButton(self.view.place_chosen.emit)
        self.origin = ElidedLabel()
        self.origin.setProperty("muted", True)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the answer as Markdown"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._answer))
        self.save = QPushButton(self.tr("Save…"))
        self.save.setToolTip(self.tr("Save the answer as a Markdown file"))
        self.save.clicked.connect(self._choose_file)
        for button in (self.sources, self.copy, self.save):
            button.setObjectName("small")
        self.bar = QWidget()
        bar = QHBoxLayout(self.bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(BAR_SPACING)
        bar.addWidget(self.origin, 1)
        bar.addWidget(self.sources)
        bar.addWidget(self.copy)
        bar.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.nothing, 1)
        self.take_bar()
        self.show_answer(None, "")

    def take_bar(self) -> None:
        """Put `bar` below the answer, back from where it was put instead."""
        layout = self.layout()
        assert layout is not None
        self.bar.setContentsMargins(12, 6, 12, 6)
        self.origin.show()
        layout.addWidget(self.bar)
        self.bar.show()

    def lend_bar(self) -> QWidget:
        """The bar, without what only a wide one has room for, to be put elsewhere until `take_bar`."""
        self.bar.setContentsMargins(12, 0, 12, 4)
        self.origin.hide()
        return self.bar

    @property
    def lent_width(self) -> int:
        """What the bar takes elsewhere, its sources included, which come later than the answer."""
        buttons = (self.sources, self.copy, self.save)
        return sum(button.sizeHint().width() + BAR_SPACING for button in buttons) + 24

    def show_answer(self, answer: str | None, source: str, *, instead: str = "") -> None:
        """Show an answer and how it was given; where there is none, `instead`, or that it is still to come."""
        self._answer = answer or ""
        self.nothing.setText(instead or self.tr("The answer appears here when the run has found it."))
        self.view.set_source(self._answer)  # first: hidden, it would hand the focus from link to link
        self.nothing.setVisible(not answer)
        self.view.setVisible(bool(answer))
        given = self.tr("Given by {source}").format(source=source)
        self._given = given if answer is not None and source else ""
        self._say_source()
        for button in (self.copy, self.save):
            button.setEnabled(bool(answer))
        self.shown.emit()

    @property
    def answer(self) -> str:
        """The answer that shows, in Markdown; empty when there is none."""
        return self._answer

    def set_remark(self, text: str, details: str) -> None:
        """Say something of the answer beside how it was given, with details for who looks closer."""
        self._remark = (text, details)
        self._say_source()

    def _say_source(self) -> None:
        text, details = self._remark
        self.origin.set_full_text(" · ".join(filter(None, (text, self._given))))
        self.origin.setAccessibleDescription(details)
        if details:
            self.origin.setToolTip(plain_tip(f"{self.origin.full_text}\n{details}"))

    def set_links(self, links: Sequence[PlaceLink]) -> None:
        """Link the places that the answer names, and list them."""
        self.view.set_links(links)
        self.sources.set_links(links)

    def _choose_file(self) -> None:
        kinds = self.tr("Markdown (*.md);;All files (*)")
        dialog = file_dialog(self, self.tr("Save the answer"), filters=kinds, save_as="answer.md", suffix="md")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write the answer to a file, off the loop: it may lie on a slow drive."""
        self._tasks.spawn(self._save_to(path, self._answer), name="save answer")

    async def _save_to(self, path: str, answer: str) -> None:
        failure: OSError | None = None
        try:
            await asyncio.to_thread(Path(path).write_text, answer, encoding="utf-8")
        except OSError as error:
            failure = error
        if not shiboken6.isValid(self):  # the window was closed meanwhile
            return
        if failure is None:
            self.saved.emit(path)
        else:
            text = self.tr("{path}: {reason}. Choose another place.")
            self.failed.emit(text.format(path=path, reason=failure.strerror or failure))
