"""The button Test of the providers' page against every odd answer that servers are known for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.provider_settings import ProviderSettings, save
from rlm_desktop.keys import KeyStore
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.models.providers_page import ProvidersPage
from tests.engine.test_provider_check import REFUSALS
from tests.provider_servers import Answer, models, refusal, serving

Until = Callable[[Callable[[], bool]], Awaitable[None]]


async def test_every_refusal_is_explained_with_a_way_out(qtbot: QtBot, tasks: Tasks, wait_until: Until) -> None:
    now: list[Any] = []

    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        return refusal(*now) if "chat/completions" in request.path else models("m")

    async with serving(handler) as served:
        save([ProviderSettings(name="lab", base_url=served.url)])
        page = ProvidersPage(ProviderBook(keys=KeyStore()), tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: page.form.name.text() == "lab")
        verdict = page.form.verdict
        for name, status, body, reason in REFUSALS:
            now[:] = status, body
            qtbot.mouseClick(page.form.test, Qt.MouseButton.LeftButton)
            await wait_until(lambda: not tasks._tasks)
            assert verdict.text.startswith("✕"), name
            assert verdict._advice.text(), name
            qtbot.mouseClick(verdict.copy, Qt.MouseButton.LeftButton)
            assert f"reason: {reason}, HTTP {status}" in QGuiApplication.clipboard().text(), name
