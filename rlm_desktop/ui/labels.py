"""Labels that Qt does not have."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.figures import one_line

ICON_SIZE = 14


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` as it is: Qt takes for HTML whatever looks like it, also what a model wrote."""
    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>' if "<" in text else text


class ElidedLabel(QLabel):
    """One line of text that is cut with an ellipsis where the room ends; the tooltip has more of it."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def full_text(self) -> str:
        """The text before it was cut."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show the beginning of `text`."""
        if text == self._full:
            return
        self._full = text
        self.setToolTip(plain_tip(text[:2000]))
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._cut()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._cut()

    def _cut(self) -> None:
        line = one_line(self._full, 600)
        self.setText(self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, max(0, self.width() - 2)))


class StatusMark(QWidget):
    """A status: its icon and its words, in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self._status = ""
        self._icon = QLabel()
        self._icon.setFixedSize(ICON_SIZE, ICON_SIZE)
        self._words = QLabel()
        self._words.setObjectName("statusWords")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)

    @property
    def text(self) -> str:
        """The words."""
        return self._words.text()

    def show_status(self, status: str, text: str) -> None:
        """Show a status.

        Args:
            status: As in `RunState.status`; empty for none, which has no icon.
            text: The words.
        """
        if (status, text) == (self._status, self.text):
            return
        self._status = status
        self._words.setText(text)
        self.setAccessibleName(text)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        colour = getattr(theme.colours_of(self), theme.status_role(self._status) if self._status else "muted")
        self._words.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self._icon.setVisible(bool(self._status))
        if self._status:
            name = theme.status_icon(self._status)
            self._icon.setPixmap(theme.pixmap(name, colour, ICON_SIZE, self.devicePixelRatioF()))
