"""A tour of at most five hints, each beside the part of the window that it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import muted

MOST = 5
WIDTH = 320
_GAP, _MARGIN = 8, 16


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said, and beside what.

    Attributes:
        part: Gives the part of the window; a hint whose part does not show is left out.
    """

    title: str
    text: str
    part: Callable[[], QWidget]


class Tour(QFrame):
    """Shows one hint after the other, over the window.

    Signals:
        ended: It was seen to its end, or left.
    """

    ended = Signal()

    def __init__(self, window: QWidget, hints: Sequence[Hint]) -> None:
        # The window is not kept: when its last reference is that of its child, it is deleted amid the deletion of
        # the child, and deletes it once more.
        super().__init__(window)
        self.setObjectName("tour")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._hints = [hint for hint in hints if hint.part().isVisible()][:MOST]
        self.position = 0
        self._came_from: QWidget | None = None
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._count = QLabel()
        muted(self._count)
        self._leave = QPushButton(self.tr("Leave the tour"))
        self._leave.setFlat(True)
        self._leave.clicked.connect(self.leave)
        self._next = QPushButton()
        self._next.setProperty("primary", True)
        self._next.clicked.connect(self.go_on)
        self._line = QHBoxLayout()
        self._line.addWidget(self._count)
        self._line.addStretch(1)
        self._line.addWidget(self._leave)
        self._line.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 12, _MARGIN, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(self._line)

    @property
    def count(self) -> int:
        """How many hints there are."""
        return len(self._hints)

    def begin(self) -> None:
        """Show the first hint."""
        if not self._hints:
            self.leave()
            return
        self._came_from = self.window().focusWidget()
        self.window().installEventFilter(self)
        self._show()
        self.show()
        self.raise_()
        self._next.setFocus()

    def go_on(self) -> None:
        """Show the next hint; after the last one the tour ends."""
        self.position += 1
        if self.position >= len(self._hints):
            self.leave()
        else:
            self._show()

    def leave(self) -> None:
        """End it, and go back to where one came from."""
        if self._came_from is not None and isValid(self._came_from) and self._came_from.isVisible():
            self._came_from.setFocus()
        self.window().removeEventFilter(self)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def _show(self) -> None:
        hint = self._hints[self.position]
        is_last = self.position + 1 == len(self._hints)
        self._title.setText(hint.title)
        self._text.setText(hint.text)
        self._count.setText(f"{self.position + 1} / {len(self._hints)}")
        self._next.setText(self.tr("Done") if is_last else self.tr("Next"))
        self._leave.setVisible(not is_last)
        self.setAccessibleName(f"{hint.title}: {hint.text}")
        self._put()

    def _put(self) -> None:
        """Stand where it belongs now."""
        if self.position < len(self._hints):
            self.setFixedWidth(max(scaled(self, WIDTH), self._line.minimumSize().width() + 2 * _MARGIN))
            self.adjustSize()
            self.move(self._place(self._hints[self.position].part()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once the window has other sizes, its parts lie elsewhere."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self._put)  # after the layouts
        return False

    def _place(self, part: QWidget) -> QPoint:
        """Beside the part, below or above it, where there is room; else over its corner. Always in the window."""
        window = self.window()
        area = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
        left, top = area.left() + 3 * _GAP, area.top() + _GAP
        inside = window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        for x, y in (
            (area.right() + _GAP, top),
            (area.left() - self.width() - _GAP, top),
            (left, area.bottom() + _GAP),
            (left, area.top() - self.height() - _GAP),
        ):
            if inside.contains(QRect(x, y, self.width(), self.height())):
                return QPoint(x, y)
        y = area.bottom() - self.height() - 3 * _GAP
        x = min(max(left, inside.left()), inside.right() - self.width())
        return QPoint(x, min(max(y, inside.top()), inside.bottom() - self.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
