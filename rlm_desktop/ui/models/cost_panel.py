"""The running cost of the run that is shown, by depth and by model, in a panel above the status line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.labels import IconButton
from rlm_desktop.ui.models.cost import CostTable

REFRESH_MS = 500
_GAP = 8


class CostPanel(QFrame):
    """Stays open while the run goes on, and leaves the work usable; Esc closes it.

    Args:
        window: Over which it lies.
        beside: The button above which it opens.
        state: Gives the run that is shown; None for none.
    """

    def __init__(self, window: QWidget, beside: QWidget, state: Callable[[], RunState | None]) -> None:
        super().__init__(window)
        self.setObjectName("costPanel")
        self.setAccessibleName(self.tr("Costs of the run"))
        self._window = window
        self._beside = beside
        self._state = state
        self._came_from: QWidget | None = None
        self.table = CostTable()
        title = QLabel(self.tr("Costs of the run"))
        title.setObjectName("heading")
        close = IconButton("close", self.tr("Close the costs (Esc)"))
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close)
        self.setContentsMargins(12, 8, 12, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        window.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.isVisible():
            self.leave()
        elif self._state() is not None:
            self._came_from = self._window.focusWidget()
            self.show()
            self.raise_()
            self.table.setFocus()

    def leave(self) -> None:
        """Close it, and go back to where one came from."""
        self.hide()
        if self._came_from is not None and isValid(self._came_from) and self._came_from.isVisible():
            self._came_from.setFocus()

    def refresh(self) -> None:
        """Show the figures of now; goes away with the run."""
        state = self._state()
        if state is None:
            self.hide()
            return
        self.table.set_state(state)
        self._place()

    def _place(self) -> None:
        """Above its button, inside the window, as high as its rows need."""
        window, most = self._window.rect(), self._beside.mapTo(self._window, QPoint(0, 0))
        room = window.adjusted(_GAP, _GAP, -_GAP, 0)
        margins = self.contentsMargins()
        head = self.sizeHint().height() - self.table.sizeHint().height()
        width = min(self.table.sizeHint().width() + margins.left() + margins.right(), room.width())
        height = min(self.table.sizeHint().height() + head, most.y() - 2 * _GAP)
        x = max(room.left(), min(most.x(), room.right() - width))
        self.setGeometry(x, most.y() - _GAP - height, width, height)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102
        super().hideEvent(event)
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            QTimer.singleShot(0, self, self._place)  # when the status line has its new place
        return super().eventFilter(watched, event)

    def event(self, e: QEvent) -> bool:
        """Esc is for this panel while it has the keys, not for the run."""
        if (
            isinstance(e, QKeyEvent)
            and e.key() == Qt.Key.Key_Escape
            and e.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        ):
            if e.type() == QEvent.Type.KeyPress:
                self.leave()
            e.accept()
            return True
        return super().event(e)
