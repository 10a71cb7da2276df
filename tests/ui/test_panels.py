"""The panels of the window, each on its own."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import from_text
from rlm_desktop.engine.events import DocumentRef
from rlm_desktop.engine.providers import ModelChoice
from rlm_desktop.settings import Settings
from rlm_desktop.ui.documents.panel import ChipDelegate, DocumentItem, DocumentsPanel
from rlm_desktop.ui.question_panel import OFFLINE_LABEL, QuestionPanel
from rlm_desktop.ui.settings.dialog import SettingsDialog


def item(name: str = "a.txt", text: str = "some text") -> DocumentItem:
    return DocumentItem.of_document(from_text(name, text))


class TestDocuments:
    @pytest.fixture
    def panel(self, qtbot: QtBot) -> DocumentsPanel:
        panel = DocumentsPanel()
        qtbot.addWidget(panel)
        panel.resize(700, 200)
        panel.show()
        return panel

    def test_an_item_says_all_that_is_known(self) -> None:
        document = dataclasses.replace(
            from_text("report.pdf", "x" * 8000, "pdf"),
            pages=(0, 4000),
            path="/tmp/report.pdf",
            warnings=("No text.",),
        )
        text = DocumentItem.of_document(document).describe()
        assert text.splitlines() == [
            "report.pdf", "pdf, 2 pages, 8,000 characters, ≈ 2.0 k tokens", "/tmp/report.pdf", "⚠ No text."
        ]  # fmt: skip

    def test_equal_names_are_told_apart(self, panel: DocumentsPanel) -> None:
        for text in ("one", "two", "three"):
            panel.add(item("notes.txt", text))
        panel.add(item("README", "a"))
        panel.add(item("README", "b"))
        names = [shown.name for shown in panel.items]
        assert names == ["notes.txt", "notes (2).txt", "notes (3).txt", "README", "README (2)"]

    def test_the_cross_removes(self, qtbot: QtBot, panel: DocumentsPanel) -> None:
        panel.add(item("a.txt"))
        panel.add(item("b.txt", "other"))
        removed = []
        panel.removed.connect(lambda gone, row: removed.append((gone.name, row)))
        place = ChipDelegate.cross(panel.view.visualRect(panel.model.index(1, 0))).center()
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert removed == [("b.txt", 1)]
        assert [shown.name for shown in panel.items] == ["a.txt"]

    def test_delete_removes_the_current_one(self, qtbot: QtBot, panel: DocumentsPanel) -> None:
        panel.add(item("a.txt"))
        panel.add(item("b.txt", "other"))
        panel.view.setCurrentIndex(panel.model.index(0, 0))
        qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
        assert [shown.name for shown in panel.items] == ["b.txt"]

    def test_many_documents_keep_the_panel_low(self, panel: DocumentsPanel) -> None:
        panel.replace(item(f"document number {n}.txt", str(n)) for n in range(500))
        assert panel.view.height() < 120
        panel.replace(())
        assert not panel.view.isVisible()

    def test_a_document_of_the_history(self) -> None:
        ref = DocumentRef(name="old.pdf", kind="pdf", characters=1200, pages=3, sha256="ab", path="/x/old.pdf")
        shown = DocumentItem.of_ref(ref)
        assert (shown.size_text, shown.document) == ("3 p", None)

    def test_progress_shows_and_goes(self, panel: DocumentsPanel) -> None:
        panel.show_progress("Reading 1 of 2: big.pdf", 20, 200)
        assert panel._cancel.isVisible()
        panel.show_progress(None)
        assert not panel._cancel.isVisible()


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


class TestSettingsDialog:
    def test_what_is_chosen_comes_back(self, qtbot: QtBot) -> None:
        dialog = SettingsDialog(Settings(max_depth=3, budget_usd=None))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        taken: list[Settings] = []
        dialog.accepted_settings.connect(taken.append)
        dialog.findChild(QLineEdit, "max_iterations").setText("7")
        dialog.findChild(QComboBox, "theme").setCurrentText("Dark")
        dialog._take()
        assert taken == [Settings(max_depth=3, budget_usd=None, max_iterations=7, theme="dark")]

    def test_what_is_not_allowed_is_said_in_place(self, qtbot: QtBot) -> None:
        dialog = SettingsDialog(Settings())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        taken: list[Settings] = []
        dialog.accepted_settings.connect(taken.append)
        dialog.findChild(QLineEdit, "max_depth").setText("many")
        dialog._take()
        assert not taken
        assert dialog.isVisible()
        assert "max_depth" in dialog._fault.text()
        assert dialog._fault.isVisible()
