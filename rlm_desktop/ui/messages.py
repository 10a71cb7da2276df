"""What the window says when something went wrong: the message bar, the crash dialog and how errors get there."""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop import paths
from rlm_desktop.errors import UserError
from rlm_desktop.ui.window_style import without_icons

log = logging.getLogger(__name__)

Level: TypeAlias = Literal["info", "warning", "error"]
MAX_MESSAGES = 3
"""More at once would push the work out of the window; the oldest gives way."""
UNDO_SECONDS = 12
MARKS = {"info": "ℹ", "warning": "⚠", "error": "✕"}


class Message(QFrame):
    """One message: a sentence, perhaps one thing to do about it, and a way to close it.

    Signals:
        closed: It went away, whoever closed it.
    """

    closed = Signal()

    def __init__(self, text: str, level: Level, button: str, act: Callable[[], object] | None) -> None:
        super().__init__()
        self.setObjectName("message")
        self.setProperty("level", level)
        self._act = act
        self.text = text
        self.level = level
        mark = QLabel(MARKS[level])
        mark.setProperty("level", level)
        mark.setAccessibleName({"info": "Notice", "warning": "Warning", "error": "Error"}[level])
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setAccessibleName(f"{level.capitalize()}: {text}")
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 4, 4)
        layout.setSpacing(8)
        layout.addWidget(mark)
        layout.addWidget(label, 1)
        if button:
            self.button = QPushButton(button)
            self.button.clicked.connect(self.act)
            layout.addWidget(self.button)
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setToolTip("Close this message")
        close.setAccessibleName("Close this message")
        close.clicked.connect(self.dismiss)
        layout.addWidget(close)

    def act(self) -> None:
        """Do what the button offers, and go away."""
        act, self._act = self._act, None
        self.dismiss()
        if act is not None:
            act()

    def dismiss(self) -> None:
        """Go away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()
            self.deleteLater()


class MessageBar(QWidget):
    """The messages, newest first; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Messages")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._messages: list[Message] = []
        self._undo: Message | None = None
        self.hide()

    @property
    def messages(self) -> list[Message]:
        """What shows now, newest first."""
        return [message for message in self._messages if not message.isHidden()]

    def show_message(
        self,
        text: str,
        level: Level = "error",
        *,
        button: str = "",
        act: Callable[[], object] | None = None,
        seconds: float | None = None,
    ) -> Message:
        """Show a sentence.

        Args:
            text: What happened and what to do.
            level: How bad it is.
            button: Text of the button that does `act`.
            act: Called when the button is pressed.
            seconds: When it goes away by itself; never when None.
        """
        for shown in self.messages:
            if shown.text == text:
                shown.dismiss()
        for old in self.messages[MAX_MESSAGES - 1 :]:
            old.dismiss()
        message = Message(text, level, button, act)
        message.closed.connect(self._on_closed)
        self._messages.insert(0, message)
        self._layout.insertWidget(0, message)
        message.show()
        self.show()
        if seconds is not None:
            timer = QTimer(message, singleShot=True)
            timer.timeout.connect(message.dismiss)
            timer.start(int(seconds * 1000))
        return message

    def offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        """Say what was done, and offer for a while to take it back."""
        self._undo = self.show_message(text, "info", button="Undo", act=undo, seconds=UNDO_SECONDS)

    def undo(self) -> None:
        """Take back what was done last, if its message still shows."""
        if self._undo is not None and self._undo in self._messages:
            self._undo.act()

    def clear(self, level: Level) -> None:
        """Take away the messages of one level."""
        for message in self.messages:
            if message.level == level:
                message.dismiss()

    def _on_closed(self) -> None:
        self._messages = self.messages
        self.setVisible(bool(self._messages))


class CrashDialog(QDialog):
    """Says that a bug was met, and lets the person copy the report."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Something went wrong")
        self.resize(720, 420)
        heading = QLabel("This is a fault of the program, not of what you did.")
        heading.setObjectName("heading")
        text = QLabel(
            "Your sessions are safe and you can go on working. The report below is also in the log folder; "
            "it holds no document text and no keys of yours unless an error message quoted them."
        )
        text.setWordWrap(True)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setAccessibleName("Crash report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("&Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        folder = buttons.addButton("Open &log folder", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        folder.clicked.connect(open_log_folder)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(text)
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)


def open_log_folder() -> None:
    """Show the folder of the log in the platform's file manager."""
    folder = paths.log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def app_version() -> str:
    """The version of this program."""
    import rlm_desktop

    return getattr(rlm_desktop, "__version__", "development")


def crash_report(error: BaseException) -> str:
    """What a developer needs to know about `error`."""
    from PySide6 import __version__ as pyside

    versions = f"RLM Desktop {app_version()}, Python {platform.python_version()}, PySide {pyside}"
    return f"{versions}, {platform.platform()}\n\n" + "".join(traceback.format_exception(error))


class ErrorFunnel(QObject):
    """Every error that nobody caught ends here, from whichever thread, slot or task.

    Signals:
        user_error: A sentence for the message bar.
        crashed: The report of a bug.
    """

    user_error = Signal(str)
    crashed = Signal(str)

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Catch what Python, its threads and the loop would only print."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        loop.set_exception_handler(self._on_loop_error)

    def uninstall(self) -> None:
        """Give the hooks of Python back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def handle(self, error: BaseException) -> None:
        """Show `error`: a sentence for what the person can mend, else a crash report and a log entry."""
        if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
            return
        if isinstance(error, UserError):
            log.warning("%s", error)
            self.user_error.emit(str(error))
            return
        log.error("unexpected error", exc_info=error)
        self.crashed.emit(crash_report(error))

    def _on_exception(self, _kind: type[BaseException], error: BaseException, _tb: TracebackType | None) -> None:
        self.handle(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.handle(args.exc_value)

    def _on_loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.handle(error)
        else:
            log.error("event loop: %s", context.get("message"))
