"""The whole window for a test, usable, and closed in the end; widgets with larger letters."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from PySide6.QtWidgets import QApplication, QWidget

from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.first_window import FirstWindow


@contextlib.asynccontextmanager
async def opened_window(app: QApplication, beside: type[QWidget] | None = None) -> AsyncIterator[Application]:
    """The program's window; at the end the windows of the kind `beside` are closed before it."""
    settings = Settings(theme="light")
    first = FirstWindow(app, settings)
    first.window.show()
    application = Application(first, settings)
    try:
        await application.make_usable()
        yield application
    finally:
        for window in application.window.findChildren(beside) if beside is not None else ():
            window.close()
        await application.aclose(10.0)


def enlarge(widget: QWidget, times: float) -> None:
    """Give a widget larger letters, as the setting of the text's size does."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * times)
    widget.setFont(font)
