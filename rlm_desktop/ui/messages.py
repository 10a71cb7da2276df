"""The message bar: what the window says of what happened, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from rlm_desktop.ui.labels import Icon, IconButton, plain_tip
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import let_copy, muted

Level: TypeAlias = Literal["info", "warning", "error"]
MAX_MESSAGES = 3
"""More at once would push the work out of the window; the oldest gives way."""
UNDO_SECONDS = 12
MOST_SHOWN, MOST_LINES, MOST_IN_TIP = 360, 4, 3000
"""Letters and lines of a message, letters of its tooltip: a server may say a whole page. It is copied whole."""
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_ICONS = {"info": ("info", "rlm"), "warning": ("warning", "warning"), "error": ("error", "error")}
"""Icon and colour of each level."""


class Message(QFrame):
    """One message: a sentence, perhaps what to do about it or to take it back, and a way to close it.

    Signals:
        closed: It went away, whoever closed it.
    """

    closed = Signal()

    def __init__(
        self,
        text: str,
        level: Level,
        button: str,
        act: Callable[[], object] | None,
        undo: Callable[[], object] | None,
    ) -> None:
        super().__init__()
        self.setObjectName("message")
        self.setProperty("level", level)
        self._act = act
        self._undo = undo
        self.is_open = True
        self.text = text
        self.level = level
        level_words = {"info": self.tr("Notice"), "warning": self.tr("Warning"), "error": self.tr("Error")}[level]
        mark = Icon(*_ICONS[level], level_words)
        shown = _beginning(text)
        label = QLabel(_from_left(shown))
        label.setWordWrap(True)
        let_copy(label)
        label.setAccessibleName(f"{level_words}: {text}")
        label.setToolTip(plain_tip(text[:MOST_IN_TIP]) if shown != text else "")
        # However long its longest word is: a path must not make the window wider.
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(mark)
        layout.addWidget(label, 1)
        if button:
            self.button = QPushButton(button)
            self.button.clicked.connect(self.act)
            layout.addWidget(self.button)
        if undo is not None:
            self.undo_button = QPushButton(self.tr("Undo"))
            self.undo_button.clicked.connect(self.undo)
            layout.addWidget(self.undo_button)
        if level != "info" or shown != text:
            copy = IconButton("copy", self.tr("Copy this message"))
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
            layout.addWidget(copy)
        self._older = QLabel()
        muted(self._older)
        self._older.hide()
        layout.addWidget(self._older)
        close = IconButton("close", self.tr("Close this message"))
        close.clicked.connect(self.dismiss)
        layout.addWidget(close)

    @property
    def can_undo(self) -> bool:
        """Whether it tells of something that can be taken back."""
        return self._undo is not None

    def act(self) -> None:
        """Do what the button offers, and go away."""
        self._go_and(self._act)

    def undo(self) -> None:
        """Take back what the message tells of, and go away."""
        self._go_and(self._undo)

    def _go_and(self, do: Callable[[], object] | None) -> None:
        self.dismiss()
        if do is not None:
            do()

    def dismiss_unless_used(self) -> None:
        """Go away, but not under the pointer of who is about to click, nor while a button of it has the focus."""
        focused = self.window().focusWidget()
        if not self.underMouse() and (focused is None or not self.isAncestorOf(focused)):
            self.dismiss()

    def show_older(self, count: int) -> None:
        """Say how many older messages wait behind it."""
        self._older.setText(f"+{count}")
        self._older.setToolTip(self.tr("%n older message(s): close this one to see more", "", count))
        self._older.setAccessibleName(self._older.toolTip())
        self._older.setVisible(count > 0)

    def dismiss(self) -> None:
        """Go away; nothing happens when it went before."""
        self._act = self._undo = None  # they may hold what was removed, with its texts
        if self.is_open and isValid(self):
            self.is_open = False
            self.hide()
            self.closed.emit()
            self.deleteLater()


class MessageBar(QWidget):
    """The messages, newest first; takes no room when there are none.

    Signals:
        undo_offered: Whether there is something now that `undo` takes back.
    """

    undo_offered = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Messages"))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._messages: list[Message] = []
        self._most_shown = MAX_MESSAGES
        self.hide()

    @property
    def messages(self) -> list[Message]:
        """Those that have not gone, newest first."""
        return [message for message in self._messages if message.is_open]

    def set_low(self, is_low: bool) -> None:
        """Where there is little height the newest shows alone, and says how many are behind it."""
        most = 1 if is_low else MAX_MESSAGES
        if most != self._most_shown:
            self._most_shown = most
            self._arrange()

    def _arrange(self) -> None:
        messages = self.messages
        for place, message in enumerate(messages):
            message.setVisible(place < self._most_shown)
            message.show_older(len(messages) - 1 if self._most_shown == 1 else 0)

    def show_message(
        self,
        text: str,
        level: Level = "error",
        *,
        button: str = "",
        act: Callable[[], object] | None = None,
        undo: Callable[[], object] | None = None,
        seconds: float | None = None,
    ) -> Message:
        """Show a sentence.

        Args:
            text: What happened and what to do; an error of the rooms below is said in the window's language.
            level: How bad it is.
            button: Text of the button that does `act`.
            act: Called when the button is pressed.
            undo: Takes back what the message tells of; it is what `undo` does next.
            seconds: When it goes away by itself; never when None.
        """
        text = said(text)
        for shown in self.messages:
            if shown.text == text and not shown.can_undo:
                shown.dismiss()
        for old in self.messages[MAX_MESSAGES - 1 :]:
            old.dismiss()
        message = Message(text, level, button, act, undo)
        message.closed.connect(self._on_closed)
        self._messages.insert(0, message)
        self._layout.insertWidget(0, message)
        self._arrange()
        self.show()
        if seconds is not None:
            timer = QTimer(message, interval=int(seconds * 1000))
            timer.timeout.connect(message.dismiss_unless_used)
            timer.start()
        self.undo_offered.emit(self._undoable is not None)
        return message

    def offer_undo(self, text: str, undo: Callable[[], object]) -> Message:
        """Say what was done, and offer for a while to take it back."""
        return self.show_message(text, "info", undo=undo, seconds=UNDO_SECONDS)

    def undo(self) -> None:
        """Take back what was done last, if its message still shows; once more, what was done before."""
        if (message := self._undoable) is not None:
            message.undo()

    @property
    def _undoable(self) -> Message | None:
        return next((message for message in self.messages if message.can_undo), None)

    def clear(self, level: Level) -> None:
        """Take away the messages of one level."""
        for message in self.messages:
            if message.level == level:
                message.dismiss()

    def _on_closed(self) -> None:
        self._messages = self.messages
        self._arrange()
        self.undo_offered.emit(self._undoable is not None)
        self.setVisible(bool(self._messages))


def _beginning(text: str) -> str:
    """As much of a text as leaves room for the work."""
    shown = "\n".join(text[:MOST_SHOWN].split("\n")[:MOST_LINES])
    return text if shown == text else shown.rstrip() + "…"


def _from_left(text: str) -> str:
    """A sentence of ours from left to right, though it begins with a name that is written the other way."""
    import unicodedata  # not needed to start

    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return text if next(strong, "L") == "L" else f"{LEFT_TO_RIGHT}{text}"
