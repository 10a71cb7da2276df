"""Presets and prices, with real keys and clicks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QLabel,
    QMessageBox,
)
from pytestqt.qtbot import QtBot

from rlm_desktop import presets
from rlm_desktop.engine import prices
from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.presets_page import PresetsPage
from rlm_desktop.ui.models.prices_page import PricesPage

Until = Callable[..., Awaitable[None]]


def delete_selected(qtbot: QtBot, page: PresetsPage) -> None:
    """Press Delete, and say yes."""
    qtbot.mouseClick(page._delete, Qt.MouseButton.LeftButton)
    box = page.findChildren(QMessageBox)[-1]
    qtbot.mouseClick(next(one for one in box.buttons() if one.text() == "&Delete"), Qt.MouseButton.LeftButton)


class TestPresets:
    async def test_keep_apply_give_away_and_take_in(
        self, qtbot: QtBot, tasks: Tasks, tmp_path: Path, wait_until: Until
    ) -> None:
        now = Settings(root_model="lab/m", temperature=0.2, budget_usd=None, max_errors=None, theme="dark")
        page = PresetsPage(lambda: now, tasks)
        qtbot.addWidget(page)
        page.show()
        applied: list[Settings] = []
        page.chosen.connect(applied.append)
        qtbot.keyClicks(page.name, "Contracts, careful")
        qtbot.keyClick(page.name, Qt.Key.Key_Return)
        await wait_until(lambda: page.list.count() == 1)
        now = Settings(root_model="other", max_depth=5, theme="light")
        qtbot.mouseClick(page.apply, Qt.MouseButton.LeftButton)
        assert applied == [Settings(root_model="lab/m", temperature=0.2, max_errors=None, theme="light")]
        given = presets.save(presets.load_all()[0][0], tmp_path / "given.toml")
        delete_selected(qtbot, page)
        await wait_until(lambda: not presets.load_all()[0])
        page.take_in(str(given))
        await wait_until(lambda: not tasks._tasks)
        assert page.list.count() == 1
        assert presets.load_all()[0][0].values["root_model"] == "lab/m"
        assert "Max consecutive errors: no limit" in page._holds.text()

    @pytest.mark.parametrize("what", ["preset", "prices"])
    def test_who_reads_while_it_is_written_sees_the_old_one_or_the_new_one(self, what: str) -> None:
        def write(number: int) -> Path:
            if what == "preset":
                return presets.save(presets.Preset("Careful", {"max_depth": number}))
            prices.save_own({"m": prices.Price(number, number)})
            return prices.own_file()

        with write(2).open(encoding="utf-8") as reader:
            write(3)
            assert "2" in reader.read()

    @pytest.mark.parametrize("text", ["a=" + "[" * 9999, "a=" + "9" * 9999, "", "name = 3"])
    def test_what_is_no_preset_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(SettingsError, match="This is no preset"):
            presets.decode(text)

    async def test_the_file_that_was_read_is_replaced_and_deleted_whatever_it_is_called(
        self, qtbot: QtBot, tasks: Tasks, wait_until: Until
    ) -> None:
        presets.folder().mkdir(parents=True)
        given, other = (presets.folder() / name for name in ("copy (2).toml", "other.toml"))
        given.write_text('name = "Careful"\n[settings]\nmax_depth = 3\n')
        other.write_text('name = "copy (2)"\n[settings]\n')
        presets.save(presets.Preset("Careful", {"max_depth": 4}))
        assert sorted(presets.folder().iterdir()) == [given, other]
        assert "max_depth = 4" in given.read_text()
        page = PresetsPage(Settings, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: page.list.count() == 2)
        page.list.setCurrentRow(0)
        assert page.selected is not None
        assert page.selected.name == "Careful"
        delete_selected(qtbot, page)
        await wait_until(lambda: page.list.count() == 1)
        assert list(presets.folder().iterdir()) == [other]
        beside = presets.save(presets.Preset("other", {}))
        assert beside.name == "other (2).toml"
        assert [preset.name for preset in presets.load_all()[0]] == ["copy (2)", "other"]

    async def test_a_file_that_is_none_is_said(
        self, qtbot: QtBot, tasks: Tasks, tmp_path: Path, wait_until: Until
    ) -> None:
        presets.folder().mkdir(parents=True)
        (presets.folder() / "broken.toml").write_text("name = ")
        (presets.folder() / "wrong.toml").write_text('name = "w"\n[settings]\nmax_depth = 99\n')
        page = PresetsPage(Settings, tasks)
        qtbot.addWidget(page)
        page.show()
        await wait_until(lambda: "broken.toml" in page.verdict.text)
        assert "max_depth" in page.verdict.text
        page.take_in(str(tmp_path / "nowhere.toml"))
        await wait_until(lambda: "nowhere.toml" in page.verdict.text)


class TestPrices:
    def cell(self, page: PricesPage, name: str, column: int) -> Any:
        row = next(row for row in range(page.table.rowCount()) if page._text(row, 0) == name)
        return page.table.item(row, column)

    async def test_own_prices_come_first_and_can_be_taken_back(
        self, qtbot: QtBot, tasks: Tasks, wait_until: Until
    ) -> None:
        page = PricesPage(tasks)
        written = QSignalSpy(page.changed)
        qtbot.addWidget(page)
        page.show()
        assert any("March 2026" in label.text() for label in page.findChildren(QLabel)), "2026-03 in the file"
        self.cell(page, "gpt-5", 1).setText("9.5")
        assert prices.own() == {}, "a thread writes them"
        await wait_until(lambda: written.count() == 1)
        price = prices.price_of("gpt-5")
        assert price is not None
        assert (price.input, price.output) == (9.5, 10.0)
        self.cell(page, "gpt-5", 2).setText("cheap")
        assert "no price" in page.verdict.text
        assert prices.own()["gpt-5"].output == 10.0
        self.cell(page, "gpt-5", 2).setText("-1")
        assert prices.own()["gpt-5"].output == 10.0
        page.table.selectRow(self.cell(page, "gpt-5", 0).row())
        qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)
        await wait_until(lambda: written.count() == 2)
        restored = prices.price_of("gpt-5")
        assert restored is not None
        assert restored.input == 1.25

    async def test_a_model_of_ones_own(self, qtbot: QtBot, tasks: Tasks, wait_until: Until) -> None:
        page = PricesPage(tasks)
        qtbot.addWidget(page)
        page.show()
        qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
        row = page.table.rowCount() - 1
        for column, text in enumerate(("lab/M-1", "1", "2,5")):
            page.table.item(row, column).setText(text)
        await wait_until(lambda: prices.own() == {"lab/m-1": prices.Price(1.0, 2.5)})
        await wait_until(lambda: not tasks._tasks)

    async def test_what_cannot_be_written_is_said(
        self, qtbot: QtBot, tasks: Tasks, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(own: object) -> None:
            raise SettingsError("The prices cannot be written.")

        page = PricesPage(tasks)
        qtbot.addWidget(page)
        monkeypatch.setattr(prices, "save_own", refuse)
        self.cell(page, "gpt-5", 1).setText("9.5")
        await wait_until(lambda: "cannot be written" in page.verdict.text)
