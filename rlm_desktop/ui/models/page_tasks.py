"""What pages of a dialog have in common: tasks that end with them, and fields in which Enter is only Enter."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton, QWidget

from rlm_desktop.ui.loop import Tasks


def ignore_enter(page: QWidget) -> None:
    """Let no button of a page be pressed by Enter in one of its fields, as a dialog would have it."""
    for button in page.findChildren(QPushButton):
        button.setAutoDefault(False)


class PageTasks:
    """Starts tasks that are cancelled when their page is gone: they would write on widgets that are no more."""

    def __init__(self, page: QObject, tasks: Tasks) -> None:
        self._page = page
        self._tasks = tasks
        self._running: set[asyncio.Task[Any]] = set()
        running = self._running

        def cancel() -> None:
            for task in list(running):
                task.cancel()

        page.destroyed.connect(cancel)

    def is_alive(self) -> bool:
        """Whether the page is still there: also asked in the `finally` of its tasks."""
        return shiboken6.isValid(self._page)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> None:
        """Start `work`; its errors go where those of all tasks go."""
        task = self._tasks.spawn(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
