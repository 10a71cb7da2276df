"""Layouts that give way where there is little width: in small windows, with large letters, in long languages."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem, QScrollArea, QSizePolicy, QWidget

from rlm_desktop.ui.theme import GRID, scaled


def scrolled(inside: QWidget) -> QScrollArea:
    """A place for `inside` that scrolls up and down where there is too little height, without a frame."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inside)
    return scroll


class FlowLayout(QLayout):
    """Widgets beside each other, and on further lines where one is full."""

    def __init__(self, spacing: int = GRID) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: D102
        self._items.append(item)

    def count(self) -> int:  # noqa: D102
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: D102
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: D102
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: D102
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: D102
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: D102
        lines = self._lines(width)
        return sum(line.height() for line in lines) + self.spacing() * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:  # noqa: D102
        lines = self._lines(1 << 20)
        return QSize(lines[0].width(), lines[0].height()) if lines else QSize()

    def minimumSize(self) -> QSize:  # noqa: D102
        least = QSize()
        for item in self._shown():
            least = least.expandedTo(item.minimumSize())
        return least

    def setGeometry(self, rect: QRect) -> None:  # noqa: D102
        super().setGeometry(rect)
        self._lines(rect.width(), rect)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int, place: QRect | None = None) -> list[QSize]:
        """The sizes of the lines in so much width; puts the items in place when there is one."""
        lines: list[QSize] = []
        x = y = 0
        for item in self._shown():
            size = item.sizeHint().boundedTo(QSize(max(width, item.minimumSize().width()), 1 << 20))
            if lines and x + size.width() > width:
                y += lines[-1].height() + self.spacing()
                x = 0
            if x == 0:
                lines.append(QSize())
            if place is not None:
                item.setGeometry(QRect(place.x() + x, place.y() + y, size.width(), size.height()))
            lines[-1] = QSize(x + size.width(), max(lines[-1].height(), size.height()))
            x += size.width() + self.spacing()
        return lines


class Beside(QWidget):
    """Two widgets side by side, or one above the other where there is too little width.

    Args:
        first: Left, or above.
        second: Right, or below.
        least: The width from which they stand beside each other, in letters of the usual size.
        stretch: How they share the room.
    """

    def __init__(self, first: QWidget, second: QWidget, *, least: int, stretch: tuple[int, int]) -> None:
        super().__init__()
        self._least = least
        self._both = first, second
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(2 * GRID)
        for widget, share in zip(self._both, stretch, strict=True):
            self._line.addWidget(widget, share)
        if all(widget.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed for widget in self._both):
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._line.setSpacing(GRID)

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider one: so that it can become as narrow."""
        widths = [max(one.minimumSizeHint().width(), one.minimumWidth()) for one in self._both]
        return QSize(max(widths), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        is_wide = self.width() >= scaled(self, self._least)
        wanted = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._line.direction() != wanted:
            self._line.setDirection(wanted)
            self._line.activate()  # at once, not a frame later
