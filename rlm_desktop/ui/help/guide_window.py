"""The guide in a window of its own: contents and search on the left, the chapter on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.help.guide import Section, chapter, guide, search
from rlm_desktop.ui.inspector.answer import MarkdownView
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import muted

SIZE = QSize(960, 680)
CONTENTS_WIDTH = 290
NUMBER = Qt.ItemDataRole.UserRole


class GuideWindow(QDialog):
    """Help, searchable, beside the work: it is not modal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("RLM Desktop guide"))
        self._sections = guide()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the guide"))
        self.search.setAccessibleName(self.tr("Search the guide"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.contents = QListWidget()
        self.contents.setObjectName("guideContents")
        self.contents.setAccessibleName(self.tr("Contents of the guide"))
        self.contents.setWordWrap(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.currentItemChanged.connect(self._show_current)
        self._count = QLabel()
        muted(self._count)
        self.view = MarkdownView(self.tr("The guide"))
        self._arrange()
        QShortcut(QKeySequence.StandardKey.Find, self, self._go_search)
        self._fill("")
        self.search.setFocus()

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.contents, 1)
        column.addWidget(self._count)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(left)
        across.addWidget(self.view)
        left.setMinimumWidth(scaled(self, CONTENTS_WIDTH // 2))
        across.setSizes([CONTENTS_WIDTH, SIZE.width() - CONTENTS_WIDTH])
        across.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(across)
        furnish(self, SIZE.width(), SIZE.height(), margin=0)

    def show_section(self, title: str) -> None:
        """Open the section with that heading, if there is one."""
        self.search.clear()
        for row in range(self.contents.count()):
            item = self.contents.item(row)
            if self._sections[item.data(NUMBER)].title == title:
                self.contents.setCurrentRow(row)
                return

    def _fill(self, query: str) -> None:
        """List all headings, or what the query finds."""
        self.contents.clear()
        if query.strip():
            for hit in search(self._sections, query):
                self._add(hit.section, f"{hit.section.title}\n{hit.snippet}")
            count = self.contents.count()
            self._count.setText(
                self.tr("%n section(s) found", "", count)
                if count
                else self.tr("Nothing in the guide has these words.")
            )
        else:
            for section in self._sections:
                self._add(section, "    " * max(section.level - 2, 0) + section.title)
            self._count.setText("")
        self._count.setVisible(bool(self._count.text()))
        self.contents.setCurrentRow(0)

    def _add(self, section: Section, text: str) -> None:
        item = QListWidgetItem(text, self.contents)
        item.setData(NUMBER, section.number)
        item.setToolTip(section.title)

    def _show_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            parts = chapter(self._sections, item.data(NUMBER))
            self.view.set_source("\n\n".join(part.markdown for part in parts))

    def _go_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def eventFilter(self, watched: object, event: object) -> bool:  # noqa: D102
        # The arrow keys move through what was found while one goes on typing.
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.contents.currentRow() + step
                self.contents.setCurrentRow(min(max(row, 0), self.contents.count() - 1))
                return True
        return False
