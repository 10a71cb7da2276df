"""The panels of the window, each on its own."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QBoxLayout, QComboBox, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.providers import ModelChoice
from rlm_desktop.settings import Settings
from rlm_desktop.ui.question_panel import OFFLINE_LABEL, QuestionPanel
from rlm_desktop.ui.theme import Theme


class TestQuestion:
    @pytest.fixture
    def panel(self, qtbot: QtBot) -> QuestionPanel:
        panel = QuestionPanel(Settings())
        qtbot.addWidget(panel)
        panel.resize(900, 200)
        panel.show()
        return panel

    def test_the_offline_model_is_always_offered_and_named_as_what_it_is(self, panel: QuestionPanel) -> None:
        assert panel.root_model.currentText() == OFFLINE_LABEL
        assert panel.choices().root_model == "offline"

    def test_choices_become_settings(self, panel: QuestionPanel) -> None:
        panel.set_models([ModelChoice("gpt-5", "gpt-5 (openai)", "openai")])
        panel.root_model.setCurrentIndex(panel.root_model.findData("gpt-5"))
        panel.max_depth.setValue(3)
        panel.budget.setValue(0)
        settings = panel.choices().applied_to(Settings())
        assert (settings.root_model, settings.sub_model, settings.max_depth) == ("gpt-5", "", 3)
        assert settings.budget_usd is None

    def test_a_depth_that_was_lent_becomes_ones_own_when_one_chooses_it(self, panel: QuestionPanel) -> None:
        def depths() -> tuple[int, int]:
            return panel.choices().max_depth, panel.lasting_choices().max_depth

        panel.set_choices(Settings(max_depth=2))
        panel.lend_depth(3)
        panel.set_choices(Settings(max_depth=2, theme="dark"))
        assert depths() == (3, 2), "something else was changed in the settings"
        panel.show_asked(Settings(max_depth=3))
        assert depths() == (3, 2), "asked again as it was asked"
        panel.set_choices(Settings(max_depth=3))
        assert depths() == (3, 3)
        panel.return_depth()
        assert depths() == (3, 3)
        panel.lend_depth(4)
        panel.show_asked(Settings(max_depth=3))
        assert depths() == (3, 3), "an earlier run had another one"

    def test_new_models_do_not_change_what_is_chosen(self, panel: QuestionPanel) -> None:
        panel.set_choices(Settings(root_model="my-model", sub_model="offline"))
        panel.set_models([ModelChoice("gpt-5", "gpt-5 (openai)", "openai")])
        assert (panel.choices().root_model, panel.choices().sub_model) == ("my-model", "offline")

    def test_a_model_can_be_given_by_name_where_a_server_is_known(self, panel: QuestionPanel) -> None:
        assert not panel.root_model.isEditable()
        panel.set_models([ModelChoice("gpt-5", "gpt-5 (openai)", "openai")])
        assert panel.root_model.isEditable()
        panel.root_model.setEditText("gpt-5-experimental")
        assert panel.choices().root_model == "gpt-5-experimental"
        panel.root_model.setEditText("gpt-5 (openai)")
        assert panel.choices().root_model == "gpt-5"

    def test_the_last_entry_opens_the_list_and_changes_nothing(self, qtbot: QtBot, panel: QuestionPanel) -> None:
        wanted: list[bool] = []
        panel.models_requested.connect(wanted.append)
        box = panel.root_model
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_End)
        assert (wanted, box.currentText()) == ([True], OFFLINE_LABEL)
        assert panel.choices().root_model == "offline"
        panel.choose_model("lab/m", is_root=True)
        panel.choose_model("lab/s", is_root=False)
        assert (panel.choices().root_model, panel.choices().sub_model) == ("lab/m", "lab/s")
        assert box.itemText(box.count() - 1) == "All models…"

    def test_a_models_name_is_not_cut_by_what_stands_beside_it(
        self, qapp: QApplication, qtbot: QtBot, panel: QuestionPanel
    ) -> None:
        def is_whole(box: QComboBox) -> bool:
            option = QStyleOptionComboBox()
            box.initStyleOption(option)
            place = QStyle.SubControl.SC_ComboBoxEditField
            room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, place, box)
            return room.width() >= box.fontMetrics().horizontalAdvance(box.currentText())

        Theme(qapp, "light")
        beside, width = QBoxLayout.Direction.LeftToRight, 1600
        panel.resize(width, 200)
        qtbot.waitUntil(lambda: panel._lines.direction() == beside)
        while width and panel._lines.direction() == beside:
            width -= 4
            panel.resize(width, 200)
        assert width
        panel.resize(width + 4, 200)
        qtbot.waitUntil(lambda: is_whole(panel.root_model) and is_whole(panel.sub_model))
        panel.estimate.setText("$0.05 – $0.25")
        panel.estimate.show()
        qtbot.waitUntil(lambda: panel._lines.direction() != beside)

    def test_once_it_is_laid_out_it_is_left_alone(self, panel: QuestionPanel) -> None:
        """What asks for the next layout in each would keep the window busy for ever."""
        for _ in range(10):
            QCoreApplication.sendPostedEvents()
        with patch.object(panel, "_place_limits", wraps=panel._place_limits) as placed:
            for _ in range(10):
                QCoreApplication.sendPostedEvents()
        assert placed.call_count == 0

    def test_the_box_grows_with_its_text(self, panel: QuestionPanel) -> None:
        before = panel.edit.sizeHint().height()
        panel.set_text("\n".join("line" for _ in range(5)))
        grown = panel.edit.sizeHint().height()
        panel.set_text("\n".join("line" for _ in range(50)))
        assert before < grown < panel.edit.sizeHint().height() < 300

    def test_a_text_that_was_put_in_can_be_taken_back(self, qtbot: QtBot, panel: QuestionPanel) -> None:
        panel.set_text("first")
        panel.set_text("second")
        panel.edit.undo()
        assert panel.text == "first"

    def test_tab_leaves_the_box(self, qtbot: QtBot, panel: QuestionPanel) -> None:
        panel.activateWindow()
        panel.edit.setFocus()
        qtbot.keyClick(panel.edit, Qt.Key.Key_Tab)
        assert panel.text == ""
        assert panel.focusWidget() is panel.root_model
