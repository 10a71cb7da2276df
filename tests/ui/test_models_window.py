"""Models in the whole window: what is found at the start, what the environment chose, the first answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rlm_desktop import settings as settings_file
from rlm_desktop.engine import provider_settings
from rlm_desktop.engine.provider_settings import ProviderSettings
from rlm_desktop.keys import KeyStore
from rlm_desktop.settings import Settings
from rlm_desktop.ui.forks.dialog import ForkDialog
from rlm_desktop.ui.models import controller
from rlm_desktop.ui.models.connect import ConnectPanel
from rlm_desktop.ui.settings.dialog import SettingsDialog
from tests.provider_servers import Answer, Served, models, say, serving
from tests.ui.opened import drop, opened_window

Until = Callable[..., Awaitable[None]]


@contextlib.asynccontextmanager
async def ollama(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """Ollama with one model, where `OLLAMA_HOST` says."""

    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        if "chat" in request.path:
            return await say(request, f"FINAL(answered by {body['model']})")
        return models("qwen3:8b", "gemma3:4b", owned_by="library") if request.path == "/v1/models" else None

    async with serving(handler) as served:
        monkeypatch.setenv("OLLAMA_HOST", served.root)
        yield served


async def test_from_a_fresh_home_to_an_answer_of_a_local_server_in_four_actions(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Until,
    wait_for_signal: Any,
) -> None:
    file = tmp_path / "chronicle.txt"
    file.write_text("The lighthouse was lit in 1871. " * 50)
    async with ollama(monkeypatch) as served, opened_window(qapp, is_warm=True) as application:
        panel = application.window.first_run.findChild(ConnectPanel)
        assert panel is not None
        await wait_until(lambda: bool(panel.buttons))
        application.window.resize(900, 600)
        await wait_until(lambda: panel.visibleRegion().boundingRect() == panel.rect())
        qtbot.mouseClick(panel.buttons[0], Qt.MouseButton.LeftButton)  # 1
        assert application.workbench.settings.root_model == "ollama/qwen3:8b"
        drop(application, file)  # 2
        question = application.window.work.question
        await wait_until(lambda: question.estimate.isVisible())
        assert question.estimate.text() == "⚠ may be cut · free"
        assert "Ollama usually gives a model 4,096 tokens" in question.estimate.toolTip()
        qtbot.keyClicks(question.edit, "When was it lit?")  # 3
        ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 60.0))
        qtbot.keyClick(question.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)  # 4
        (live,) = await ended
        assert live.result.final_answer == "answered by qwen3:8b"
        assert live.state.started.root_model == "ollama/qwen3:8b"
        application.window.actions_by_name["fork"].trigger()
        await wait_until(lambda: application.window.findChild(ForkDialog) is not None)
        fork = application.window.findChild(ForkDialog)
        offered = {fork.root_model.itemText(row) for row in range(fork.root_model.count())}
        assert {"offline", "ollama/qwen3:8b", "ollama/gemma3:4b"} <= offered
        fork.close()
        await wait_until(lambda: settings_file.load().root_model == "ollama/qwen3:8b")
    assert "Authorization" in served.requests[-1][1]


async def test_the_environment_preselects_its_model(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, wait_until: Until
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test-0123456789")
    monkeypatch.setenv("OPENAI_MODEL", "gpt-5")
    monkeypatch.setenv("OPENAI_SUB_MODEL", "gpt-5-mini")
    async with opened_window(qapp) as application:
        choices = application.window.work.question.choices()
        assert (choices.root_model, choices.sub_model) == ("gpt-5", "gpt-5-mini")
    async with opened_window(qapp, Settings(root_model="o3")) as application:
        assert application.window.work.question.choices().root_model == "o3"


async def test_what_a_preset_changed_shows_beside_the_question_and_in_the_settings(
    qapp: QApplication, qtbot: QtBot
) -> None:
    preset = Settings(root_model="lab/m", max_depth=4, theme="light")
    async with opened_window(qapp) as application:
        application._models.settings_chosen.emit(preset)
        assert application.window.work.question.choices().max_depth == 4
        assert application.workbench.settings.root_model == "lab/m"
    dialog = SettingsDialog(Settings())
    dialog.show_settings(preset)
    assert dialog.fields["max_depth"].value == 4
    dialog.fields["max_iterations"].set_value(7)
    assert dialog.settings == preset.with_values(max_iterations=7)
    dialog.deleteLater()


async def test_a_key_store_that_waits_does_not_hold_up_the_start(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, wait_until: Until
) -> None:
    """It may be waiting for its password; the window can be used with the offline model meanwhile."""
    gate = threading.Event()

    def wait(_keys: KeyStore, _provider: str, _place: str = "system") -> str:
        gate.wait(30)
        return "sk-unlocked-0123456789"

    provider_settings.save([ProviderSettings(name="lab", base_url="http://127.0.0.1:9/v1", key="system")])
    monkeypatch.setattr(controller, "PATIENCE", 0.05)
    monkeypatch.setattr(KeyStore, "get", wait)
    try:
        async with opened_window(qapp) as application:
            assert application._models.book.known is None
            assert application.window.work.question.choices().root_model == "offline"
            gate.set()
            await wait_until(lambda: application._models.book.known is not None)
    finally:
        gate.set()


async def test_leaving_while_the_settings_ask_what_the_month_has_cost_is_quiet(
    qapp: QApplication, wait_until: Until
) -> None:
    async with opened_window(qapp, beside=SettingsDialog) as application:
        await application.workbench.sessions.aclose()  # what comes first when the window is closed
        application.window.actions_by_name["settings"].trigger()
        await wait_until(lambda: not application.tasks._tasks)
