"""The documents of the session: a line of chips with the button that adds more and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.figures import counted, one_line, short_count, token_estimate
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.engine.events import DocumentRef

MAX_CHIP_WIDTH = 320
MAX_CHIP_ROWS = 3
CHIP_HEIGHT = 26
CHIP_GAP = 6
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(eq=False, slots=True)
class DocumentItem:
    """A document of the session: read from a file, or known from the history (`document` is None until needed).

    Attributes:
        warnings: What the loader had to say about it.
    """

    name: str
    kind: str
    characters: int
    pages: int | None = None
    path: str = ""
    sha256: str = ""
    warnings: tuple[str, ...] = ()
    document: Document | None = field(default=None, repr=False)

    @classmethod
    def of_document(cls, document: Document) -> DocumentItem:
        """An item for a document that was just read."""
        return cls(
            document.name,
            document.kind,
            document.characters,
            len(document.pages) or None,
            document.path,
            document.sha256,
            tuple(document.warnings),
            document,
        )

    @classmethod
    def of_ref(cls, ref: DocumentRef) -> DocumentItem:
        """An item for a document that an earlier run had; its text is in the history."""
        return cls(ref.name, ref.kind, ref.characters, ref.pages, ref.path, ref.sha256)

    @property
    def size_text(self) -> str:
        """Pages where there are pages, else characters."""
        return f"{self.pages:,} p" if self.pages else short_count(self.characters)

    def describe(self) -> str:
        """All that is known of it, for the tooltip and the screen reader."""
        pages = f"{counted(self.pages, 'page')}, " if self.pages else ""
        lines = [
            self.name,
            f"{self.kind}, {pages}{counted(self.characters, 'character')}, {token_estimate(self.characters)}",
        ]
        if self.path:
            lines.append(self.path)
        lines += [f"⚠ {warning}" for warning in self.warnings]
        return "\n".join(lines)


class DocumentsModel(QAbstractListModel):
    """The documents in the order in which they were added."""

    ItemRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[DocumentItem] = []

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.describe()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return item.describe().replace("\n", "; ")
        return item if role == self.ItemRole else None

    def insert(self, item: DocumentItem, row: int | None = None) -> None:
        """Put `item` at `row`, at the end when None."""
        row = len(self.items) if row is None else min(row, len(self.items))
        self.beginInsertRows(QModelIndex(), row, row)
        self.items.insert(row, item)
        self.endInsertRows()

    def remove(self, row: int) -> DocumentItem:
        """Take the item at `row` out."""
        self.beginRemoveRows(QModelIndex(), row, row)
        item = self.items.pop(row)
        self.endRemoveRows()
        return item

    def replace(self, items: Iterable[DocumentItem]) -> None:
        """Show other documents."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()


class ChipDelegate(QStyledItemDelegate):
    """Paints a document as a chip: name, size, a warning sign, a cross that removes it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: D102
        metrics = option.fontMetrics
        item: DocumentItem = index.data(DocumentsModel.ItemRole)
        width = metrics.horizontalAdvance(item.name) + metrics.horizontalAdvance("  " + self._suffix(item)) + 48
        return QSize(min(width, MAX_CHIP_WIDTH), max(CHIP_HEIGHT, metrics.height() + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: D102
        item: DocumentItem | None = index.data(DocumentsModel.ItemRole)
        if item is None:
            return
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        border = palette.accent() if is_current else palette.mid()
        painter.setPen(border.color())
        painter.setBrush(palette.highlight() if is_current else palette.base())
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 6, 6)
        suffix = self._suffix(item)
        metrics = option.fontMetrics
        suffix_width = metrics.horizontalAdvance(suffix)
        text = rect.adjusted(10, 0, -28, 0)
        name = metrics.elidedText(item.name, Qt.TextElideMode.ElideMiddle, text.width() - suffix_width - 8)
        painter.setPen(palette.text().color())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, suffix)
        painter.drawText(self.cross(rect), Qt.AlignmentFlag.AlignCenter, "✕")
        painter.restore()

    @staticmethod
    def cross(rect: QRect) -> QRect:
        """Where the cross of a chip is."""
        return QRect(rect.right() - 24, rect.top(), 22, rect.height())

    @staticmethod
    def _suffix(item: DocumentItem) -> str:
        return ("⚠ " if item.warnings else "") + item.size_text


class ChipView(QListView):
    """The chips. Delete removes the current one; the view is as high as it needs, up to three lines.

    Signals:
        remove_requested: The row whose cross was clicked or that had the focus when Delete was pressed.
    """

    remove_requested = Signal(int)

    def __init__(self, model: DocumentsModel) -> None:
        super().__init__()
        self.setObjectName("chips")
        self.setAccessibleName("Documents of the session")
        self.setModel(model)
        self.setItemDelegate(ChipDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(CHIP_GAP // 2)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.max_lines = MAX_CHIP_ROWS
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self.fit)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex().isValid():
            self.remove_requested.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and ChipDelegate.cross(self.visualRect(index)).contains(event.position().toPoint()):
            self.remove_requested.emit(index.row())
            return
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Be as high as the chips need, within `max_lines`."""
        count = self.model().rowCount()
        self.setVisible(count > 0)
        if not count:
            return
        self.doItemsLayout()
        line = self.sizeHintForRow(0) + CHIP_GAP
        last = self.visualRect(self.model().index(count - 1, 0))
        lines = max(1, (last.bottom() + self.verticalOffset()) // line + 1)
        self.setFixedHeight(min(lines, self.max_lines) * line + 2)


class DocumentsPanel(QWidget):
    """The documents bar.

    Signals:
        add_requested: The person wants to choose files.
        cancel_requested: The reading of files shall stop.
        removed: A document was taken out: the item and the row that it had.
    """

    add_requested = Signal()
    cancel_requested = Signal()
    removed = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DocumentsModel(self)
        heading = QLabel("Documents")
        heading.setObjectName("heading")
        self._summary = QLabel()
        muted(self._summary)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(120, 6)
        self._progress.setAccessibleName("Reading of documents")
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName("Cancel the reading of documents")
        self._cancel.clicked.connect(self.cancel_requested)
        add = QPushButton("+ Add…")
        add.setAccessibleName("Add documents")
        add.setToolTip("Choose files (Ctrl+O), or drop them on the window")
        add.clicked.connect(self.add_requested)
        self.view = ChipView(self.model)
        self.view.remove_requested.connect(self.remove)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(heading)
        self._line.addWidget(self._summary, 1)
        self._line.addWidget(self._progress)
        self._line.addWidget(self._cancel)
        self._line.addWidget(add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._line)
        self._column.addWidget(self.view)
        self._is_compact = False
        self._busy_text = ""
        self.show_progress(None)

    def set_compact(self, is_compact: bool) -> None:
        """Where there is little height, the chips stand in the heading's line."""
        if is_compact == self._is_compact:
            return
        self._is_compact = is_compact
        self.view.max_lines = 1 if is_compact else MAX_CHIP_ROWS
        if is_compact:
            self._line.insertWidget(2, self.view, 3)
        else:
            self._column.addWidget(self.view)
        self._summarise()
        self.view.fit()

    @property
    def items(self) -> Sequence[DocumentItem]:
        """The documents, in order."""
        return self.model.items

    def add(self, item: DocumentItem, row: int | None = None) -> None:
        """Show one more document. A name that is taken gets a number, for the REPL tells documents by name."""
        item.name = _free_name(item.name, {other.name for other in self.items})
        self.model.insert(item, row)
        self._summarise()

    def find_text(self, sha256: str) -> DocumentItem | None:
        """The document with this text, if it is there already."""
        return next((item for item in self.items if item.sha256 == sha256), None)

    def remove(self, row: int) -> None:
        """Take a document out."""
        item = self.model.remove(row)
        self._summarise()
        self.removed.emit(item, row)

    def replace(self, items: Iterable[DocumentItem]) -> None:
        """Show the documents of another session."""
        self.model.replace(items)
        self._summarise()

    def show_progress(self, text: str | None, done: int = 0, total: int = 0) -> None:
        """Say what is being read; None when nothing is."""
        self._progress.setVisible(text is not None)
        self._cancel.setVisible(text is not None)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._busy_text = "" if text is None else one_line(text, 80)
        self._summarise()

    def _summarise(self) -> None:
        characters = sum(item.characters for item in self.items)
        summary = "none yet: drop files here"
        if self.items:
            size = f"{short_count(characters)} characters · {token_estimate(characters)}"
            summary = f"{len(self.items)} · {size} in the context"
        self._summary.setText(self._busy_text or summary)
        self._summary.setVisible(not self._is_compact or bool(self._busy_text) or not self.items)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.view.scheduleDelayedItemsLayout()


def _free_name(name: str, taken: set[str]) -> str:
    """`name`, or `name (2).txt` and so on when it is taken."""
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    number = 2
    while (candidate := f"{stem} ({number}).{ending}" if dot else f"{name} ({number})") in taken:
        number += 1
    return candidate
