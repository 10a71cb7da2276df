"""The page of the storage, on a real history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from rlm_desktop.history import History
from rlm_desktop.ui.first_steps.example import put_into
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.sessions.panel import HistoryPanel
from rlm_desktop.ui.sessions.stored import StoredSessions
from rlm_desktop.ui.settings.storage import StoragePage

Until = Callable[..., Any]


class Bench:
    """A page with what it works on."""

    def __init__(self, history: History, qtbot: QtBot) -> None:
        self.history = history
        self.errors: list[BaseException] = []
        self.tasks = Tasks(self.errors.append)
        self.panel, self.messages = HistoryPanel(), MessageBar()
        for widget in (self.panel, self.messages):
            qtbot.addWidget(widget)
        self.sessions = StoredSessions(self.panel, self.messages, self.tasks, going_on=set)
        self.forgotten = 0

    async def page(self, qtbot: QtBot, wait_until: Until) -> StoragePage:
        await self.sessions.use(self.history)
        page = StoragePage(self.sessions, self.tasks, self.forget)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: "MB" in page.place.text() and page.backup.isEnabled())
        return page

    def forget(self) -> None:
        self.forgotten += 1


@pytest.fixture
def bench(tmp_path: Path, qtbot: QtBot) -> Iterator[Bench]:
    history = History(tmp_path / "history.sqlite")
    put_into(history)
    bench = Bench(history, qtbot)
    yield bench
    history.close()
    assert not bench.errors


async def test_backed_up_deleted_and_restored(
    bench: Bench, tmp_path: Path, qtbot: QtBot, wait_until: Until
) -> None:
    page = await bench.page(qtbot, wait_until)
    assert "1 run" in page.place.text()
    copy = tmp_path / "copy.rlmarchive"
    page._do(lambda: page.back_up(copy))
    await wait_until(lambda: str(copy) in page.note.text())

    qtbot.mouseClick(page.delete, Qt.MouseButton.LeftButton)
    box = page.findChild(QMessageBox)
    assert box is not None
    assert box.defaultButton().text() == "Cancel"
    next(button for button in box.buttons() if "Delete" in button.text()).click()
    await wait_until(lambda: "are deleted" in page.note.text())
    assert "0 runs" in page.place.text()
    assert bench.forgotten == 1
    assert bench.history.find_runs() == []

    page._ask_restore(copy)
    box = page.findChildren(QMessageBox)[-1]
    next(button for button in box.buttons() if "Replace" in button.text()).click()
    await wait_until(lambda: page.note.text().startswith("Restored"))
    assert "1 run" in page.place.text()
    assert len(bench.panel.sessions) == 1
    await bench.tasks.aclose()


async def test_what_goes_wrong_is_said(bench: Bench, tmp_path: Path, qtbot: QtBot, wait_until: Until) -> None:
    page = await bench.page(qtbot, wait_until)
    page._do(lambda: page.bring_back(tmp_path / "missing"))
    await wait_until(lambda: "no backup" in page.note.text())
    assert page.backup.isEnabled()
    page._do(lambda: page.back_up(tmp_path / "no" / "such" / "folder.rlmarchive"))
    await wait_until(lambda: "cannot be written" in page.note.text())
    assert bench.forgotten == 0
    await bench.tasks.aclose()


async def test_the_page_may_be_closed_while_it_works(
    bench: Bench, tmp_path: Path, qtbot: QtBot, wait_until: Until
) -> None:
    page = await bench.page(qtbot, wait_until)
    copy = tmp_path / "copy.rlmarchive"
    await page.back_up(copy)
    page._do(page._show_place)
    page._do(lambda: page.bring_back(copy))
    await asyncio.sleep(0)
    page._do(page.delete_everything)
    shiboken6.delete(page)
    await wait_until(lambda: bench.forgotten == 1)
    await bench.tasks.aclose()
