"""Labels that Qt does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.figures import one_line
from rlm_desktop.ui.window_style import let_copy

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # Qt's class follows among the bases

ICON_SIZE = 14
LEAST_SHOWN = 5
"""Fewer letters than these say nothing; then the place stays empty."""


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` as it is: Qt takes for HTML whatever looks like it, also what a model wrote."""
    if "<" not in text:
        return text
    import html  # a large table, which few texts need

    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>'


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
        line, metrics, room = one_line(self._full, 600), self.fontMetrics(), max(0, self.width() - 2)
        is_too_little = room < LEAST_SHOWN * metrics.averageCharWidth() and metrics.horizontalAdvance(line) > room
        self.setText("" if is_too_little else metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))


class CopyLabel(QLabel):
    """A text that is shown as it is and can be copied: Tab comes to it, takes all of it, and Ctrl+C copies."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setIndent(0)  # what has a frame, as for its focus, would get one
        let_copy(self)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: D102
        super().setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if text else Qt.FocusPolicy.NoFocus)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.setSelection(0, len(self.text()))


class Dressed(_Widget):
    """A widget that looks otherwise in other colours; stands before Qt's class among the bases."""

    def _dress(self) -> None:
        """Take the colours of the theme; whoever is made calls this once itself."""
        raise NotImplementedError  # each has its own; Qt's classes have a metaclass, so this cannot be an ABC

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()


class IconButton(Dressed, QToolButton):
    """A button that is an icon in the colours of the theme.

    Args:
        icon: Its name.
        tip: What it does; also its name for screen readers.
    """

    def __init__(self, icon: str, tip: str) -> None:
        super().__init__()
        self._name = icon
        self.setAutoRaise(True)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self._dress()

    def _dress(self) -> None:
        self.setIcon(theme.icon(self._name, theme.colours_of(self)))


class Icon(Dressed, QLabel):
    """An icon in a colour of the theme, as large as one of a button.

    Args:
        name: Of the icon.
        role: The colour, as a field of `Colours`.
        meaning: For screen readers.
    """

    def __init__(self, name: str, role: str, meaning: str) -> None:
        super().__init__()
        self._name, self._role = name, role
        self.setAccessibleName(meaning)
        self._dress()

    def _dress(self) -> None:
        colour = getattr(theme.colours_of(self), self._role)
        self.setPixmap(theme.pixmap(self._name, colour, 16, self.devicePixelRatioF()))


class StatusMark(Dressed, QWidget):
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
        self._dress()

    def _dress(self) -> None:
        colour = getattr(theme.colours_of(self), theme.status_role(self._status) if self._status else "muted")
        self._words.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self._icon.setVisible(bool(self._status))
        if self._status:
            name = theme.status_icon(self._status)
            self._icon.setPixmap(theme.pixmap(name, colour, ICON_SIZE, self.devicePixelRatioF()))
