"""The first documents of the session as a line of chips: what shows while the whole list does not."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.model import AnyIndex, DocumentsModel
from rlm_desktop.ui.figures import number
from rlm_desktop.ui.theme import colours_of

MAX_CHIPS = 40
"""More would take longer to lay out than a frame lasts; the rest is in the list."""
MAX_CHIP_WIDTH = 320
MAX_CHIP_ROWS = 3
CHIP_HEIGHT = 26
CHIP_GAP = 6
SIGNS = {State.WAITING: "… ", State.LOCKED: "⚠ "}


class ChipsModel(QAbstractListModel):
    """The first rows of the documents, and one that says how many more there are."""

    def __init__(self, source: DocumentsModel) -> None:
        super().__init__(source)
        self.source = source
        self._count = 0
        for signal in (source.rowsInserted, source.rowsRemoved, source.modelReset, source.layoutChanged):
            signal.connect(self._renew)
        source.dataChanged.connect(self._touch)

    def _renew(self) -> None:
        self.beginResetModel()
        self._count = min(len(self.source.items), MAX_CHIPS)
        self.endResetModel()

    def _touch(self, first: QModelIndex) -> None:
        if first.row() < self._count:
            self.dataChanged.emit(self.index(first.row(), 0), self.index(self._count - 1, 0))

    @property
    def more(self) -> int:
        """How many documents have no chip."""
        return len(self.source.items) - self._count

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else self._count + bool(self.more)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        if index.row() < self._count:
            return self.source.data(self.source.index(index.row(), 0), role) if role in _ROLES else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.tr("{count} more…").format(count=number(self.more))
        return None


_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    DocumentsModel.ItemRole,
)


class ChipDelegate(QStyledItemDelegate):
    """Paints a document as a chip: name, size or state, a cross that removes it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: D102
        metrics = option.fontMetrics
        item: DocumentItem | None = index.data(DocumentsModel.ItemRole)
        height = max(CHIP_HEIGHT, metrics.height() + 8)
        if item is None:
            return QSize(metrics.horizontalAdvance(str(index.data())) + 24, height)
        width = metrics.horizontalAdvance(item.name) + metrics.horizontalAdvance("  " + _suffix(item)) + 48
        return QSize(min(width, MAX_CHIP_WIDTH), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: D102
        item: DocumentItem | None = index.data(DocumentsModel.ItemRole)
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        metrics = option.fontMetrics
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        border = palette.accent() if is_current else palette.mid()
        painter.setPen(border.color())
        painter.setBrush(palette.highlight() if is_current else palette.base())
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 6, 6)
        if item is None:
            painter.setPen(palette.placeholderText().color())
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data()))
            painter.restore()
            return
        suffix = _suffix(item)
        text = rect.adjusted(10, 0, -28, 0)
        room = text.width() - metrics.horizontalAdvance(suffix) - 8
        name = metrics.elidedText(item.name, Qt.TextElideMode.ElideMiddle, room)
        quiet = palette.placeholderText().color()
        painter.setPen(palette.text().color() if item.is_asked else quiet)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(_error_colour(option) if item.state is State.FAILED else quiet)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, suffix)
        painter.setPen(quiet)
        painter.drawText(self.cross(rect), Qt.AlignmentFlag.AlignCenter, "✕")
        painter.restore()

    @staticmethod
    def cross(rect: QRect) -> QRect:
        """Where the cross of a chip is."""
        return QRect(rect.right() - 24, rect.top(), 22, rect.height())


def _error_colour(option: QStyleOptionViewItem) -> QColor:
    view: QWidget = option.widget
    return QColor(colours_of(view).error)


def _suffix(item: DocumentItem) -> str:
    if item.state is State.FAILED:
        return item.state_text  # a cross would be taken for the one that removes the chip
    sign = SIGNS.get(item.state, "⚠ " if item.warnings else "")
    size = item.size_text
    return f"{sign}{size}".strip() if item.is_included else f"{sign}{item.state_text}".strip()


class ChipView(QListView):
    """The chips. Delete removes the current one; the view is as high as it needs, up to three lines.

    Signals:
        remove_requested: The row whose cross was clicked or that had the focus when Delete was pressed.
        open_requested: The row that was double-clicked or had the focus when Enter was pressed.
        list_requested: The whole list is wanted.
    """

    remove_requested = Signal(int)
    open_requested = Signal(int)
    list_requested = Signal()

    def __init__(self, source: DocumentsModel) -> None:
        super().__init__()
        self.chips = ChipsModel(source)
        self.setObjectName("chips")
        self.setAccessibleName(self.tr("Documents of the session"))
        self.setModel(self.chips)
        self.setItemDelegate(ChipDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(CHIP_GAP // 2)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.max_lines = MAX_CHIP_ROWS
        self.activated.connect(self._activate)
        self.chips.modelReset.connect(self.fit)

    def _activate(self, index: QModelIndex) -> None:
        if index.row() < len(self.chips.source.items) and index.data(DocumentsModel.ItemRole) is not None:
            self.open_requested.emit(index.row())
        else:
            self.list_requested.emit()

    def _is_document(self, index: QModelIndex) -> bool:
        return index.isValid() and index.data(DocumentsModel.ItemRole) is not None

    def document_at(self, place: QPoint) -> int:
        """The row of the document whose chip is there; -1 for none."""
        index = self.indexAt(place)
        return index.row() if self._is_document(index) else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._is_document(self.currentIndex()):
            self.remove_requested.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        point = event.position().toPoint()
        index = self.indexAt(point)
        if self._is_document(index) and ChipDelegate.cross(self.visualRect(index)).contains(point):
            self.remove_requested.emit(index.row())
            return
        if index.isValid() and not self._is_document(index):
            self.list_requested.emit()
            return
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Be as high as the chips need, within `max_lines`."""
        count = self.chips.rowCount()
        if not count:
            self.setFixedHeight(0)
            return
        self.doItemsLayout()
        line = self.sizeHintForRow(0) + CHIP_GAP
        last = self.visualRect(self.chips.index(count - 1, 0))
        lines = max(1, (last.bottom() + self.verticalOffset()) // line + 1)
        self.setFixedHeight(min(lines, self.max_lines) * line + 2)
