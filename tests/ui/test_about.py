from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop.ui import licences
from rlm_desktop.ui.about import AboutDialog
from rlm_desktop.ui.licences import Licence
from rlm_desktop.ui.loop import Tasks


def fail(error: BaseException) -> None:
    raise error


async def test_about_lists_the_parts_and_shows_the_licence_of_the_selected(qtbot: QtBot) -> None:
    tasks = Tasks(fail)
    dialog = AboutDialog(tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    await next(iter(tasks._tasks))
    rows = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert dialog.list.currentRow() >= 0
    assert dialog.text.toPlainText()
    dialog.list.setCurrentRow(next(row for row, text in enumerate(rows) if text.startswith("msgspec ")))
    assert dialog.text.toPlainText().startswith("BSD-3-Clause")
    assert str(len(rows)) in dialog.state.text()
    await tasks.aclose()


def test_every_part_names_its_licence() -> None:
    found = licences.all_licences()
    assert {"openai", "lxml", "shiboken6"} <= {licence.name for licence in found}
    assert [licence.name for licence in found if not licence.licence] == []


def test_what_a_bundle_carries_is_read_back(tmp_path: Path) -> None:
    wanted = [Licence("a part/ä", "1.0", "MIT", "Text.\n\nMore, für alle."), Licence("B", "", "see its text", "")]
    licences.write(reversed(wanted), tmp_path)
    found = licences.read(tmp_path)
    assert [(each.name, each.version, each.licence, each.text.rstrip()) for each in found] == [
        (each.name, each.version, each.licence, each.text) for each in wanted
    ]


def test_the_icon_is_a_picture(qtbot: QtBot) -> None:
    from PySide6.QtGui import QIcon

    assert not QIcon(str(paths.resource("rlm-desktop.svg"))).pixmap(32, 32).isNull()
