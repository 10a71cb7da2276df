"""Providers, the chooser, the estimate, costs and the first model, with real keys, clicks and servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import shiboken6
from aiohttp import web
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rlm_desktop import paths, settings
from rlm_desktop.engine import catalog
from rlm_desktop.engine.catalog import ModelInfo
from rlm_desktop.engine.local_servers import LocalServer
from rlm_desktop.engine.provider_settings import ProviderSettings, save
from rlm_desktop.history.spending import Spending
from rlm_desktop.keys import KeyStore
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.models.chooser import ModelChooser
from rlm_desktop.ui.models.connect import ConnectPanel
from rlm_desktop.ui.models.cost import CostTable, month_line
from rlm_desktop.ui.models.cost_panel import CostPanel
from rlm_desktop.ui.models.estimate_label import EstimateLabel, estimate_of, estimate_text
from rlm_desktop.ui.models.presets_page import PresetsPage
from rlm_desktop.ui.models.prices_page import PricesPage
from rlm_desktop.ui.models.providers_page import ProvidersPage
from tests import traces
from tests.engine.test_provider_settings import Memory
from tests.provider_servers import Answer, Served, models, refusal, say, serving

Until = Callable[..., Awaitable[None]]
KEY = "sk-typed-by-hand-0123456789"


@pytest.fixture
def store() -> Memory:
    return Memory()


@pytest.fixture
def book(store: Memory) -> ProviderBook:
    return ProviderBook(keys=KeyStore(store))


@asynccontextmanager
async def server() -> AsyncIterator[Served]:
    """Accepts one key, has two models."""

    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return refusal(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        return await say(request, "ready") if "chat" in request.path else models("text-embed", "big/model-7b")

    async with serving(handler) as served:
        yield served


def select(page: ProvidersPage, name: str) -> None:
    rows = {page.list.item(row).data(Qt.ItemDataRole.UserRole): row for row in range(page.list.count())}
    page.list.setCurrentRow(rows[name])


class TestProvidersPage:
    async def test_from_nothing_to_a_tested_provider(
        self, qtbot: QtBot, book: ProviderBook, store: Memory, tasks: Tasks, wait_until: Until
    ) -> None:
        async with server() as served:
            page = ProvidersPage(book, tasks)
            qtbot.addWidget(page)
            page.show()
            await wait_until(lambda: page.form.name.text() == "openai")
            page.add("compatible")
            form = page.form
            form.name.clear()
            qtbot.keyClicks(form.name, "lab")
            qtbot.keyClicks(form.base_url, served.url)
            form.place.setCurrentIndex(form.place.findData("system"))
            qtbot.keyClicks(form.key, "sk-wrong-0123456789")
            qtbot.mouseClick(form.test, Qt.MouseButton.LeftButton)
            await wait_until(lambda: form.verdict.text.startswith("✕"))
            assert "key was refused" in form.verdict.text
            assert "Copy the key again" in form.verdict.text
            form.key.clear()
            qtbot.keyClicks(form.key, KEY)
            assert form.verdict.text == ""
            qtbot.keyClick(form.key, Qt.Key.Key_Return)
            await wait_until(lambda: form.verdict.text.startswith("✓"))
            assert "big/model-7b answered" in form.verdict.text
            assert "press Save" in form.verdict.text
            assert page.is_unsaved
            assert not paths.settings_file().exists()
            qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
            await wait_until(lambda: page.list.count() == 1)
            assert store.kept == {("rlm-desktop", "lab"): KEY}
            text = paths.settings_file().read_text()
            assert 'name = "lab"' in text
            assert KEY not in text
            known = await book.providers()
            assert known.find("lab/big/model-7b").api_key == KEY
            await wait_until(lambda: not tasks._tasks)
            assert form.key.text() == ""
            assert not page.is_unsaved

    async def test_the_first_provider_waits_for_whom_it_may_concern(
        self, qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until
    ) -> None:
        """Who opens the settings to search in them must not type into the field of a key."""
        whole, search, page = QWidget(), QLineEdit(), ProvidersPage(book, tasks)
        layout = QVBoxLayout(whole)
        layout.addWidget(search)
        layout.addWidget(page)
        qtbot.addWidget(whole)
        whole.show()
        search.setFocus()
        await wait_until(lambda: page.form.name.text() == "openai")
        assert whole.focusWidget() is search
        page.add("openrouter")
        assert whole.focusWidget() is page.form.key

    async def test_a_change_keeps_the_key_and_a_removal_deletes_it(
        self, qtbot: QtBot, book: ProviderBook, store: Memory, tasks: Tasks, wait_until: Until
    ) -> None:
        save([ProviderSettings(name="lab", base_url="http://127.0.0.1:9/v1", key="system")])
        store.kept[("rlm-desktop", "lab")] = KEY
        page = ProvidersPage(book, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: page.form.name.text() == "lab")
        page.form.name.selectAll()
        qtbot.keyClicks(page.form.name, "lab2")
        qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
        await wait_until(lambda: not tasks._tasks)
        assert store.kept == {("rlm-desktop", "lab2"): KEY}
        page.form.place.setCurrentIndex(page.form.place.findData("session"))
        page.form.place.activated.emit(0)
        qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
        await wait_until(lambda: not tasks._tasks)
        assert store.kept == {}
        assert (await book.providers()).find("lab2/m").api_key == KEY
        qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
        yes = next(one for one in page.findChild(QMessageBox).buttons() if one.text() == "&Remove")
        qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
        await wait_until(lambda: not tasks._tasks)
        assert book.known is not None
        assert not book.known.all
        assert book.keys.get("lab2", "session") == ""

    async def test_what_was_typed_is_not_lost_by_a_look_at_another_provider(
        self, qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until
    ) -> None:
        addresses = {name: f"http://127.0.0.1:9/{name}" for name in ("lab", "home")}
        save([ProviderSettings(name=name, base_url=url) for name, url in addresses.items()])
        page = ProvidersPage(book, tasks)
        qtbot.addWidget(page)
        page.show()
        form = page.form
        await wait_until(lambda: form.name.text() == "lab")
        qtbot.keyClicks(form.base_url, "/v1")
        for words, is_left in (("Cancel", False), ("Discard", True)):
            qtbot.keyClick(page.list, Qt.Key.Key_Down)
            await wait_until(lambda: bool(page.findChildren(QMessageBox)))
            assert page.list.currentItem().text() == form.name.text() == "lab"
            assert form.base_url.text() == f"{addresses['lab']}/v1"
            box = page.findChildren(QMessageBox)[-1]
            next(button for button in box.buttons() if words in button.text()).click()
            await wait_until(lambda: not page.findChildren(QMessageBox))
            assert page.is_unsaved is not is_left
        assert page.list.currentItem().text() == form.name.text() == "home"
        page.add("compatible")
        qtbot.keyClicks(form.base_url, "http://127.0.0.1:9")
        select(page, "lab")
        await wait_until(lambda: bool(page.findChildren(QMessageBox)))
        assert page.list.currentItem() is None
        page.findChildren(QMessageBox)[-1].reject()
        assert form.base_url.text() == "http://127.0.0.1:9"

    async def test_what_cannot_be_used_is_said_and_nothing_is_kept(
        self, qtbot: QtBot, book: ProviderBook, store: Memory, tasks: Tasks, wait_until: Until
    ) -> None:
        page = ProvidersPage(book, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: page.form.name.text() == "openai")
        page.form.name.setText("open ai")
        qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
        await wait_until(lambda: "cannot name a provider" in page.form.verdict.text)
        assert store.kept == {}
        assert not paths.settings_file().exists()

    async def test_those_of_the_environment_are_shown_as_such(
        self,
        qtbot: QtBot,
        book: ProviderBook,
        tasks: Tasks,
        wait_until: Until,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        page = ProvidersPage(book, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: page.list.count() == 1)
        assert page.list.item(0).text() == "openai (environment)"
        assert not page.form.name.isEnabled()
        assert not page.remove.isEnabled()
        assert KEY not in {edit.text() for edit in (page.form.key, page.form.variable, page.form.base_url)}

    async def test_a_table_that_cannot_be_used_is_shown_with_its_fault(
        self, qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until
    ) -> None:
        settings.save_tables("providers", [{"name": "a b", "base_url": "http://h/v1"}])
        page = ProvidersPage(book, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: not tasks._tasks)
        assert page.list.item(0).text() == "a b"
        assert "cannot name a provider" in page._note.text()
        assert not page.form.name.isEnabled()

    async def test_without_a_key_store_the_session_is_offered(
        self, qtbot: QtBot, tasks: Tasks, wait_until: Until
    ) -> None:
        from keyring.backends import fail

        page = ProvidersPage(ProviderBook(keys=KeyStore(fail.Keyring())), tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: not tasks._tasks)
        assert page.form.place.findData("system") < 0
        assert page.form.place.currentData() == "session"
        assert "No key store" in page.form._place_note.text()


class TestChooser:
    @pytest.fixture
    async def chooser(self, qtbot: QtBot, book: ProviderBook, tasks: Tasks) -> AsyncIterator[ModelChooser]:
        save([ProviderSettings(name="lab", base_url="http://127.0.0.1:9/v1")])
        lab = (await book.providers()).get("lab")
        assert lab is not None
        book.lists["lab"] = catalog.make_list(
            lab,
            [
                ModelInfo("qwen3-8b", 32_768, input=0.1, output=0.2),
                ModelInfo("llama-70b", 8192, True),
                ModelInfo("llama-7", 8192),
            ],
        )
        made = ModelChooser(book, tasks, "lab/llama-70b")
        made.show()
        yield made
        if shiboken6.isValid(made):
            made.close()

    async def test_search_and_enter(self, qtbot: QtBot, chooser: ModelChooser) -> None:
        chosen: list[str] = []
        chooser.chosen.connect(chosen.append)
        assert chooser.selected == "lab/llama-70b"
        qtbot.keyClicks(chooser.search, "lab QWEN")
        assert chooser.filter.rowCount() == 1
        texts = [chooser.filter.index(0, column).data() for column in range(5)]
        assert texts[:3] == ["qwen3-8b", "lab", "33 k"]
        assert "0.1" in texts[3]
        qtbot.keyClick(chooser.search, Qt.Key.Key_Return)
        assert chosen == ["lab/qwen3-8b"]

    async def test_what_is_called_as_typed_comes_before_what_begins_so(
        self, qtbot: QtBot, chooser: ModelChooser
    ) -> None:
        qtbot.keyClicks(chooser.search, "llama-7")
        assert chooser.filter.rowCount() == 2
        assert chooser.selected == "lab/llama-7"

    async def test_arrows_walk_through_the_list(self, qtbot: QtBot, chooser: ModelChooser) -> None:
        qtbot.keyClicks(chooser.search, "lab")
        qtbot.keyClick(chooser.search, Qt.Key.Key_Down)
        assert chooser.selected == "lab/llama-70b"
        qtbot.keyClick(chooser.search, Qt.Key.Key_Up)
        assert chooser.selected == "lab/qwen3-8b"

    async def test_a_name_that_no_list_has(self, qtbot: QtBot, chooser: ModelChooser) -> None:
        chosen: list[str] = []
        chooser.chosen.connect(chosen.append)
        qtbot.keyClicks(chooser.search, "lab/brand-new")
        assert "asked for at lab" in chooser._note.text()
        qtbot.keyClick(chooser.search, Qt.Key.Key_Return)
        assert chosen == ["lab/brand-new"]

    async def test_a_list_that_cannot_be_had_is_said(
        self, chooser: ModelChooser, qtbot: QtBot, wait_until: Until
    ) -> None:
        qtbot.mouseClick(chooser._fetch, Qt.MouseButton.LeftButton)
        await wait_until(lambda: "lab:" in chooser._note.text())
        assert "refused" in chooser._note.text()
        assert chooser.table.rowCount() == 4


class TestEstimate:
    async def test_free_priced_unknown_and_too_small(self, qtbot: QtBot, book: ProviderBook) -> None:
        known = await book.providers()
        label = EstimateLabel()
        qtbot.addWidget(label)
        label.show_estimate(book, Settings(), 0)
        assert not label.isVisibleTo(None)  # type: ignore[arg-type]
        offline = estimate_of(book, Settings(), 400_000)
        assert estimate_text(offline) == "free"
        priced = estimate_of(book, Settings(root_model="gpt-5", sub_model="gpt-5-mini"), 4_000_000)
        assert priced.chunks == 40
        assert priced.low_usd is not None
        assert priced.high_usd is not None
        assert 0 < priced.low_usd < priced.high_usd < 10
        unknown = estimate_of(book, Settings(root_model="gpt-5", sub_model="lab/who-knows"), 400_000)
        assert estimate_text(unknown) == "cost unknown"
        assert known.get("ollama") is not None
        label.show_estimate(book, Settings(root_model="ollama/qwen3"), 400_000)
        assert label.text() == "⚠ may be cut · free"
        assert "OLLAMA_CONTEXT_LENGTH" in label.toolTip()

    def test_more_text_never_costs_less(self, book: ProviderBook) -> None:
        settings = Settings(root_model="gpt-5", sub_model="gpt-5-mini")
        costs = [estimate_of(book, settings, size) for size in (100, 10_000, 10**6, 10**8)]
        highs = [found.high_usd or 0 for found in costs]
        assert highs == sorted(highs)
        assert all((found.low_usd or 0) <= (found.high_usd or 0) for found in costs)


class TestConnect:
    async def test_a_local_server_comes_first_and_takes_one_click(
        self, qtbot: QtBot, book: ProviderBook, tasks: Tasks
    ) -> None:
        known = await book.providers()
        ollama, studio = known.get("ollama"), known.get("lmstudio")
        assert ollama is not None
        assert studio is not None
        panel = ConnectPanel(book, tasks)
        qtbot.addWidget(panel)
        panel.show()
        assert panel.buttons == []
        book.servers = [LocalServer(studio, ()), LocalServer(ollama, ("nomic-embed-text", "qwen3:8b"))]
        book.changed.emit()
        chosen: list[str] = []
        panel.connected.connect(chosen.append)
        assert [button.isEnabled() for button in panel.buttons] == [True, False]
        assert "qwen3:8b" in panel.buttons[0].text()
        qtbot.mouseClick(panel.buttons[0], Qt.MouseButton.LeftButton)
        assert chosen == ["ollama/qwen3:8b"]

    async def test_a_key_is_tested_before_it_is_kept(
        self,
        qtbot: QtBot,
        book: ProviderBook,
        store: Memory,
        tasks: Tasks,
        wait_until: Until,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        import dataclasses

        from rlm_desktop.engine import provider_settings
        from rlm_desktop.engine.provider_kinds import KINDS

        async with server() as served:
            there = dataclasses.replace(KINDS["openai"], base_url=served.url)
            monkeypatch.setitem(KINDS, "openai", there)
            panel = ConnectPanel(book, tasks)
            qtbot.addWidget(panel)
            panel.show()
            chosen: list[str] = []
            panel.connected.connect(chosen.append)
            qtbot.keyClicks(panel.key, "sk-wrong-0123456789")
            qtbot.keyClick(panel.key, Qt.Key.Key_Return)
            await wait_until(lambda: "key was refused" in panel.verdict.text)
            qtbot.mouseClick(panel.verdict.copy, Qt.MouseButton.LeftButton)
            copied = QGuiApplication.clipboard().text()
            assert f"address: {served.url}" in copied
            assert "reason: key, HTTP 401" in copied
            assert "sk-wrong" not in copied
            assert store.kept == {}
            panel.key.clear()
            qtbot.keyClicks(panel.key, KEY)
            qtbot.keyClick(panel.key, Qt.Key.Key_Return)
            await wait_until(lambda: bool(chosen))
        assert chosen == ["openai/big/model-7b"]
        assert store.kept == {("rlm-desktop", "openai"): KEY}
        assert provider_settings.load()[0][0].key == "system"


class TestCost:
    async def test_by_depth_and_model_with_what_is_unknown(self, qtbot: QtBot) -> None:
        state = traces.state(traces.Shape(calls=30, batch=10, knows_cost=False))
        table = CostTable()
        qtbot.addWidget(table)
        table.set_state(state)
        assert table.topLevelItemCount() == 3
        assert table.topLevelItem(2).text(4) == "unknown"
        first = table.topLevelItem(0).child(0)
        known = traces.state(traces.Shape(calls=30, batch=10, errors=0.0))
        table.set_state(known)
        assert table.topLevelItem(2).text(4).startswith("≥ $")
        assert table.topLevelItem(0).child(0) is first, "a run that moves on keeps its rows"
        assert sum(table.topLevelItem(0).child(row).text(1) != "0" for row in range(2)) == 2

    async def test_the_panel_follows_the_run_above_its_button(self, qtbot: QtBot, wait_until: Until) -> None:
        window = QMainWindow()
        qtbot.addWidget(window)
        button = QPushButton("Costs")
        window.statusBar().addWidget(button)
        field = QLineEdit()
        window.setCentralWidget(field)
        window.resize(600, 400)
        window.show()
        field.setFocus()
        shown: list[Any] = [traces.state(traces.Shape(calls=30, batch=10, knows_cost=False))]
        panel = CostPanel(window, button, lambda: shown[0])
        button.clicked.connect(panel.toggle)
        panel.toggle()  # as its shortcut does
        assert panel.isVisible()
        shown[0] = traces.state(traces.Shape(calls=30, batch=10, errors=0.0))
        await wait_until(lambda: panel.table.topLevelItem(2).text(4).startswith("≥ $"))
        window.resize(300, 200)
        await wait_until(lambda: window.rect().contains(panel.geometry()))
        qtbot.keyClick(panel.table, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        assert field.hasFocus()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        shown[0] = None
        await wait_until(lambda: not panel.isVisible())

    def test_the_month_in_a_sentence(self) -> None:
        assert "and 1 request of unknown cost" in month_line(Spending(2, 0.5, 1))
        assert "unknown" not in month_line(Spending(2, 0.5, 0))


async def test_every_control_has_a_name(qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit

    pages: list[QWidget] = [ProvidersPage(book, tasks), PresetsPage(Settings, tasks), PricesPage(tasks)]
    pages += [ConnectPanel(book, tasks), ModelChooser(book, tasks)]
    for page in pages:
        qtbot.addWidget(page)
    await wait_until(lambda: not tasks._tasks)
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
    for page in pages:
        for control in (one for kind in kinds for one in page.findChildren(kind)):
            is_inner = control.objectName().startswith("qt_") or isinstance(
                control.parent(), (QComboBox, QAbstractSpinBox, QLineEdit)
            )
            text = control.text() if isinstance(control, QAbstractButton) else ""
            assert is_inner or control.accessibleName() or text, (page, control)


async def test_enter_in_a_field_presses_no_button(
    qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until
) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    page = ProvidersPage(book, tasks)
    QVBoxLayout(dialog).addWidget(page)
    dialog.show()
    await wait_until(lambda: not tasks._tasks)
    pressed: list[str] = []
    for button in page.findChildren(QPushButton):
        button.clicked.connect(lambda _=False, button=button: pressed.append(button.text()))
    page.form.name.setFocus()
    qtbot.keyClick(page.form.name, Qt.Key.Key_Return)
    assert pressed == []


async def test_pages_that_close_while_they_wait_leave_nothing(
    qtbot: QtBot, book: ProviderBook, tasks: Tasks, wait_until: Until
) -> None:
    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        await gone.wait()
        return models("m")

    gone = asyncio.Event()
    async with serving(handler) as served:
        save([ProviderSettings(name="lab", base_url=served.url)])
        page, chooser = ProvidersPage(book, tasks), ModelChooser(book, tasks)
        await wait_until(lambda: page.form.name.text() == "lab")
        qtbot.mouseClick(page.form.test, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(chooser._fetch, Qt.MouseButton.LeftButton)
        await wait_until(lambda: len(served.requests) == 2)
        shiboken6.delete(page)
        shiboken6.delete(chooser)
        await wait_until(lambda: not tasks._tasks)
        gone.set()
