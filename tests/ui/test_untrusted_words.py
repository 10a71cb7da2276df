"""What files are called and what models write is shown as it is, never as HTML."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import LeftOut, from_text
from rlm_desktop.ui.compare.panes import ChoicesPane
from rlm_desktop.ui.documents.dialogs import LeftOutDialog
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.inspector.inspector import FactsPage
from rlm_desktop.ui.labels import plain_tip

NAME = "<img src='/etc/hostname'><b>report</b>.txt"
SHOWN = "&lt;b&gt;report&lt;/b&gt;"


def test_a_tip_without_marks_stays_as_it_is() -> None:
    assert plain_tip("a & b\n> c") == "a & b\n> c"


def test_names_of_documents(qtbot: QtBot) -> None:
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.add(DocumentItem.of_document(from_text(NAME, "text")))
    assert SHOWN in panel.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert panel.model.index(0, 0).data() == NAME


@pytest.mark.parametrize("role", [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole])
def test_names_of_files_that_were_left_out(qtbot: QtBot, role: Any) -> None:
    dialog = LeftOutDialog([LeftOut(NAME, "hidden")])
    qtbot.addWidget(dialog)
    said = dialog.table.model().index(0, 0).data(role)
    assert (said == NAME) == (role == Qt.ItemDataRole.DisplayRole)


def test_settings_of_an_imported_run(qtbot: QtBot) -> None:
    pane = ChoicesPane([("root_model", NAME, "offline")])
    qtbot.addWidget(pane)
    cell = pane.item(0, 1)
    assert cell is not None
    assert SHOWN in cell.toolTip()


def test_facts(qtbot: QtBot) -> None:
    page = FactsPage()
    qtbot.addWidget(page)
    page.show_facts([("Documents", [(NAME, NAME)])])
    shown = [label for label in page.findChildren(QLabel) if label.text() == NAME]
    assert [label.textFormat() for label in shown] == [Qt.TextFormat.PlainText] * 2
