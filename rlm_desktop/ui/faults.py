"""Where every error ends that nobody caught: a sentence for the message bar, or a crash report in its dialog."""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from rlm_desktop import __version__, paths
from rlm_desktop.engine.log_format import without_secrets
from rlm_desktop.errors import SettingsError, UserError
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.theme import code_font
from rlm_desktop.ui.window_style import without_icons

log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """Says that a bug was met, and lets the person copy the report."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        heading = QLabel(self.tr("This is a fault of the program, not of what you did."))
        heading.setObjectName("heading")
        text = QLabel(
            self.tr(
                "Your sessions are safe and you can go on working. The report below is also in the log folder; "
                "it holds no document text and no keys of yours unless an error message quoted them."
            )
        )
        text.setWordWrap(True)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setFont(code_font(self))
        self.report.setAccessibleName(self.tr("Crash report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("&Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        folder = buttons.addButton(self.tr("Open &log folder"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        folder.clicked.connect(open_log_folder)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(text)
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)
        furnish(self, 720, 420)


def open_log_folder() -> None:
    """Show the folder of the log in the platform's file manager."""
    folder = paths.log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def crash_report(error: BaseException) -> str:
    """What a developer needs to know about `error`."""
    from PySide6 import __version__ as pyside

    versions = f"RLM Desktop {__version__}, Python {platform.python_version()}, PySide {pyside}"
    text = f"{versions}, {platform.platform()}\n\n" + "".join(traceback.format_exception(error))
    return without_secrets(text)


class ErrorFunnel(QObject):
    """Every error that nobody caught ends here, from whichever thread, slot or task.

    Signals:
        user_error: A sentence for the message bar.
        setting_error: The same, of what is mended in the settings.
        crashed: The report of a bug.
    """

    user_error = Signal(str)
    setting_error = Signal(str)
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
            is_setting = isinstance(error, SettingsError)
            (self.setting_error if is_setting else self.user_error).emit(str(error))
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
