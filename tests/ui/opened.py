"""The whole window for a test, usable, and closed in the end, with what a person does in it; larger letters."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.first_window import FirstWindow

Until = Callable[..., Awaitable[None]]
Start = Callable[..., contextlib.AbstractAsyncContextManager[Application]]
"""Types of the fixtures `wait_until` and `start`."""
QUESTION = "When was the lighthouse lit for the first time?"
TEXT = "\n\n".join(
    [*(f"In {year} the harbour had {year % 70} boats." for year in range(1800, 1900)),
     "The lighthouse was lit for the first time on 14 March 1871."]
)  # fmt: skip


@contextlib.asynccontextmanager
async def opened_window(
    app: QApplication,
    settings: Settings | None = None,
    *,
    is_warm: bool = False,
    beside: type[QWidget] | None = None,
) -> AsyncIterator[Application]:
    """The program's window.

    Args:
        app: Shows it.
        settings: Those of the person; light colours and else the defaults when None.
        is_warm: Whether it is also ready for the first question, and has looked for model servers.
        beside: Windows of this kind are closed before it in the end.
    """
    settings = settings or Settings(theme="light")
    first = FirstWindow(app, settings)
    first.window.show()
    application = Application(first, settings)
    try:
        await application.make_usable()
        if is_warm:
            await application.warm_up()
        yield application
    finally:
        for window in application.window.findChildren(beside) if beside is not None else ():
            window.close()
        await application.aclose(10.0)


async def add(application: Application, *files: Path) -> None:
    """Add files to the session, and wait until they are read."""
    application.workbench.add_files([str(file) for file in files])
    await application.workbench.reader.done()


async def ask(application: Application, wait_for_signal: Any, question: str = QUESTION) -> Any:
    """Ask a question; the `LiveRun` when it has ended."""
    application.window.work.question.set_text(question)
    ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 60.0))
    application.workbench.ask()
    (live,) = await ended
    return live


def drop(application: Application, *files: Path) -> None:
    """Drop files on the window, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    application.window.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, buttons, keys))


def shown_messages(application: Application) -> list[str]:
    """What the window says, newest first."""
    return [message.text for message in application.window.messages.messages]


def enlarge(widget: QWidget, times: float) -> None:
    """Give a widget larger letters, as the setting of the text's size does."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * times)
    widget.setFont(font)
