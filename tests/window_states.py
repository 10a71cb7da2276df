"""The whole window in every state that a person meets, one after the other: for pictures and for audits."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

from rlm_desktop.engine.events import CellProposed, EndState, RunPaused
from rlm_desktop.engine.local_servers import LocalServer
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.compare.comparing import Comparing
from rlm_desktop.ui.compare.window import CompareWindow
from rlm_desktop.ui.documents.dialogs import EncodingDialog
from rlm_desktop.ui.feed import RunFeed
from rlm_desktop.ui.first_steps.tour import Tour
from rlm_desktop.ui.first_window import FirstWindow
from rlm_desktop.ui.models.connect import ConnectPanel
from rlm_desktop.ui.sessions.history_page import HistoryPage
from rlm_desktop.ui.settings.dialog import SettingsDialog
from rlm_desktop.ui.settings.pages import PAGES as PAGES_OF_SETTINGS
from tests import traces
from tests.gallery import SCENES
from tests.traces import Shape

LIVE = Shape(calls=300, depth=2, batch=40, concurrency=16, cut=2200, errors=0.08, seed=4)
DONE = Shape(calls=120, depth=1, batch=40, iterations=5, errors=0.08, seed=5)
LIMIT = Shape(calls=40, batch=12, end=EndState.BUDGET_EXCEEDED, knows_cost=True)
FAILED = Shape(calls=60, depth=3, batch=6, cell_errors=0.6, errors=0.5, end=EndState.FAILED, seed=9)

MANY_RUNS = 10_000
FULL_DISK = (
    "The history /home/ada/.local/share/rlm-desktop/history.db cannot be written: the disk is full."
    " The run goes on and is kept in memory until it can be written."
)

DIALOGS = (
    "settings",
    "shortcuts",
    "about",
    "guide",
    "system_check",
    "show_log",
    "import_runs",
    "export_runs",
    "fork",
    "choose_model",
    "compare",
    "rename_session",
    "tag_session",
)
"""Actions that open a window of their own."""
OF_DOCUMENTS = ("documents_password", "documents_ocr", "documents_left_out", "documents_text")
"""Scenes of the gallery that are dialogs about documents."""
PAGES = ("history",)
"""Actions that show a page in place of the work, and take it away again."""


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """A home that is thrown away."""
    kept = tempfile.TemporaryDirectory(prefix="rlm-states-", ignore_cleanup_errors=True)
    with kept as folder, patch.dict("os.environ", RLM_DESKTOP_HOME=folder):
        yield Path(folder)


@contextlib.asynccontextmanager
async def running(app: QApplication, settings: Settings) -> AsyncIterator[Application]:
    """The application with its window shown and usable."""
    first = FirstWindow(app, settings)
    first.window.show()
    application = Application(first, settings)
    try:
        await application.make_usable()
        await application.warm_up()
        yield application
    finally:
        await application.aclose(10.0)


async def states(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    """Bring the window into one state after the other.

    Yields:
        The name of the state and the window to look at: the main window or a dialog.
    """
    window, bench = application.window, application.workbench
    yield "first_run", window
    async for state in _first_model(application):
        yield state
    for level, text in (
        ("info", "“Which segments grew?” has ended: Completed."),
        ("warning", "report.pdf: 3 pages have no text and were not read"),
        ("error", "The provider “local” cannot be reached at http://localhost:8080/v1. Is the server running?"),
    ):
        window.messages.show_message(text, level, button="Show" if level == "info" else "")  # type: ignore[arg-type]
    yield "messages", window
    for message in window.messages.messages:
        message.dismiss()
    application.open_example()
    await bench.reader.done()
    yield "documents", window
    ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    bench.run_ended.connect(lambda live: ended.done() or ended.set_result(live))
    bench.ask()
    await asyncio.wait_for(ended, 90)
    yield "done", window
    async for state in _dialogs(application):
        yield state
    async for state in _pages(application):
        yield state
    async for state in _replay(application):
        yield state
    async for state in _example(application):
        yield state
    async for state in _traces(application):
        yield state


async def _first_model(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    """Model servers answer on this machine; a key is typed that does not work."""
    await _until(lambda: application.window.findChild(ConnectPanel) is not None)
    panel = application.window.findChild(ConnectPanel)
    assert panel is not None
    known = await panel._book.providers()
    studio, ollama = known.get("lmstudio"), known.get("ollama")
    assert studio is not None
    assert ollama is not None
    await _until(lambda: panel._book.has_looked)
    panel._book.servers = [LocalServer(studio, ()), LocalServer(ollama, ("qwen3:8b", "llama3.3:70b-instruct"))]
    panel._refresh()
    panel.key.setText("sk-or-a-key")
    panel.verdict.show_failure("OpenRouter does not know this key.", "")
    yield "first_model", application.window
    panel._book.servers = []
    panel._refresh()
    panel.key.clear()


async def _dialogs(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    window = application.window
    window.actions_by_name["palette"].trigger()
    palette = window.findChild(QFrame, "palette")
    assert palette is not None
    yield "palette", window
    palette.close()
    for name in DIALOGS:
        action = window.actions_by_name[name]
        if not action.isEnabled():
            continue
        async for dialog in _opened(action.trigger):
            yield name, dialog
            if isinstance(dialog, SettingsDialog):
                for page in PAGES_OF_SETTINGS[1:]:
                    dialog.show_page(page.name)
                    await asyncio.sleep(0)
                    yield f"{name}_{page.name}", dialog
    async for dialog in _opened(
        lambda: application._show_crash("Traceback (most recent call last):\nZeroDivisionError")
    ):
        yield "crash", dialog
    async for dialog in _opened(
        EncodingDialog("letter.txt", "Übung für Größe\n".encode("cp1252") * 9, "cp1252", window).open
    ):
        yield "encoding", dialog
    for name in OF_DOCUMENTS:
        scene = SCENES[name]()
        async for dialog in _opened(scene.show):
            yield name, dialog


async def _opened(show: Callable[[], object]) -> AsyncIterator[QWidget]:
    """The windows that `show` opens; closed afterwards."""
    before = _windows(QWidget)
    show()
    with contextlib.suppress(TimeoutError):
        await _until(lambda: len(_windows(QWidget)) > len(before))
    for widget in _windows(QWidget):
        if widget not in before:
            yield widget
            widget.close()
    await asyncio.sleep(0)


async def _pages(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    for name in PAGES:
        action = application.window.actions_by_name[name]
        action.trigger()
        page = application.window.page
        if isinstance(page, HistoryPage):
            await _until(lambda page=page: page.view is not None)
        yield name, application.window
        if isinstance(page, HistoryPage):
            _fill(page)
            yield f"{name}_many", application.window
        action.trigger()


def _fill(page: HistoryPage) -> None:
    """The history of some years, of which the first runs have been read."""
    row = page.runs.row(0)
    assert row is not None
    ends = (EndState.COMPLETED, EndState.BUDGET_EXCEEDED, EndState.FAILED, EndState.INTERRUPTED)
    ids = [f"{row.id}-{number}" for number in range(MANY_RUNS)]
    known = {
        run_id: replace(
            row, id=run_id, cost_usd=0.18 * number, unknown_cost=number % 3, end_state=ends[number * number % 4],
            input_tokens=1234 * number, started_at=f"{2026 - number // 40}-0{1 + number % 9}-03T10:00:00.000+00:00",
            tags=("baseline", "long") if number % 7 == 1 else (),
        )
        for number, run_id in enumerate(ids[:100])
    }  # fmt: skip
    page.show_runs(ids, known, keeps_place=False)


async def _replay(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    application.window.actions_by_name["replay"].trigger()
    await _until(lambda: application.workbench.is_replaying)
    application.window.actions_by_name["replay_play"].trigger()
    application.window.actions_by_name["replay_next_iteration"].trigger()
    yield "replay", application.window
    application.window.actions_by_name["replay"].trigger()
    await _until(lambda: not application.workbench.is_replaying)


async def _example(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    """The recorded run, on which the tour begins, and beside it the one that was asked."""
    window, bench = application.window, application.workbench
    asked = bench.run_id
    window.actions_by_name["replay_example"].trigger()
    await _until(lambda: window.findChild(QFrame, "tour") is not None)
    yield "tour", window
    for tour in window.findChildren(Tour):
        tour.leave()
    window.actions_by_name["replay"].trigger()
    await _until(lambda: not bench.is_replaying)
    for comparing in bench.findChildren(Comparing):
        comparing.compare(asked, bench.run_id)
        await _until(lambda: bool(_windows(CompareWindow)))
        for compared in _windows(CompareWindow):
            yield "comparison", compared
            compared.close()


def _windows(kind: type[QWidget]) -> list[QWidget]:
    """The windows of a kind that show."""
    return [
        one for one in QApplication.topLevelWidgets() if isValid(one) and isinstance(one, kind) and one.isVisible()
    ]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _traces(application: Application) -> AsyncIterator[tuple[str, QWidget]]:
    window, tree = application.window, application.window.work.tree
    show_state(application, traces.state(LIVE))
    yield "busy", window
    application._trouble.emit(FULL_DISK)
    yield "full_disk", window
    window.messages.messages[0].dismiss()
    paused = traces.state(LIVE)
    paused.apply(RunPaused(seq=paused.seq + 1, at=paused.now))
    show_state(application, paused)
    yield "paused", window
    waiting = traces.state(Shape(calls=5, cut=6))
    code = "parts = context.split()\nprint(len(parts))"
    waiting.apply(CellProposed(seq=waiting.seq + 1, at=waiting.now, call=0, iteration=1, cell=0, code=code))
    show_state(application, waiting)
    tree.select_node(waiting.nodes[-1])
    yield "step_mode", window
    done = traces.state(DONE)
    show_state(application, done)
    tree.select_node(next(node for node in done.nodes if isinstance(node, BatchNode)))
    yield "batch", window
    for number, name in ((1, "icicle"), (2, "charts")):
        tree.show_page(number)
        yield name, window
    tree.show_page(0)
    tree.focus_filter()
    tree.bar.field.setText("429")
    yield "filtered", window
    tree.bar.field.clear()
    for name, shape in (("limit", LIMIT), ("failed", FAILED)):
        show_state(application, traces.state(shape))
        application.workbench.show_answer()
        yield name, window
    application.workbench.new_session()


def show_state(application: Application, state: RunState) -> None:
    """Let the window show a run that never was."""
    feed = RunFeed(application.workbench)
    feed.load(state)
    application.workbench.run_id = ""
    application.workbench._show_feed(feed)
