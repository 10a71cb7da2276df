"""The list of documents and its chips, with real keys and mouse events."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import Found, PasswordNeeded, from_text
from rlm_desktop.engine.events import DocumentRef
from rlm_desktop.errors import DocumentError
from rlm_desktop.ui.documents.capacity import Capacity, window_of
from rlm_desktop.ui.documents.chips import MAX_CHIPS, ChipDelegate
from rlm_desktop.ui.documents.items import DocumentItem, Names, State
from rlm_desktop.ui.documents.model import Column, size_of
from rlm_desktop.ui.documents.panel import DocumentsPanel


def item(name: str = "a.txt", text: str = "some text") -> DocumentItem:
    return DocumentItem.of_document(from_text(name, text))


def names(panel: DocumentsPanel) -> list[str]:
    return [shown.name for shown in panel.items]


@pytest.fixture
def panel(qtbot: QtBot) -> DocumentsPanel:
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    return panel


@pytest.fixture
def listed(panel: DocumentsPanel) -> DocumentsPanel:
    """Four documents, shown as a list."""
    panel.add([item(f"{letter}.txt", letter) for letter in "abcd"])
    panel.show_list(True)
    return panel


class Painted(QObject):
    """Notes whether a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._count = 0
        widget.installEventFilter(self)

    def by(self, change: Callable[[], object]) -> bool:
        """Whether a change has it painted."""
        before = self._count
        change()
        QCoreApplication.sendPostedEvents()
        return self._count > before

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._count += event.type() == QEvent.Type.Paint
        return False


def select(panel: DocumentsPanel, rows: Sequence[int]) -> None:
    panel.table.selectRow(rows[0])
    for row in rows[1:]:
        index = panel.model.index(row, 0)
        panel.table.selectionModel().select(
            index,
            panel.table.selectionModel().SelectionFlag.Select | panel.table.selectionModel().SelectionFlag.Rows,
        )


class TestItems:
    def test_an_item_says_all_that_is_known(self) -> None:
        document = dataclasses.replace(
            from_text("report.pdf", "x" * 8000, "pdf"),
            pages=(0, 4000),
            path="/tmp/report.pdf",
            warnings=("No text.",),
            encoding="cp1252",
        )
        text = DocumentItem.of_document(document).describe()
        assert text.splitlines() == [
            "report.pdf", "pdf, 2 pages, 8,000 characters, ≈ 2.0 k tokens", "Encoding: CP1252", "/tmp/report.pdf",
            "⚠ No text.",
        ]  # fmt: skip

    def test_states(self) -> None:
        waiting = DocumentItem.of_file(Found("/x/a.pdf", "a.pdf", 1200))
        assert (waiting.state_text, waiting.is_asked, waiting.size_text) == ("waiting", False, "")
        waiting.refuse(PasswordNeeded("/x/a.pdf", "it is encrypted."), is_locked=True)
        assert waiting.state_text == "needs a password"
        waiting.refuse(DocumentError("/x/a.pdf", "it is damaged."), is_locked=False)
        assert waiting.describe().splitlines()[1] == "cannot be read: it is damaged."
        assert not waiting.may_change_encoding
        waiting.take(from_text("other", "text"))
        assert (waiting.name, waiting.is_asked, waiting.reason) == ("a.pdf", True, "")

    def test_a_document_of_the_history(self) -> None:
        ref = DocumentRef(name="old.pdf", kind="pdf", characters=1200, pages=3, sha256="ab", path="/x/old.pdf")
        shown = DocumentItem.of_ref(ref)
        assert (shown.size_text, shown.document, shown.state, shown.tokens) == ("3 p", None, State.READY, 300)

    def test_names(self) -> None:
        taken = Names(["notes.txt", "README"])
        assert [taken.free("notes.txt"), taken.free("notes.txt")] == ["notes (2).txt", "notes (3).txt"]
        assert [taken.free("README"), taken.free(".env"), taken.free(".env")] == ["README (2)", ".env", ".env (2)"]

    def test_sizes(self) -> None:
        assert [size_of(950), size_of(9500), size_of(1_234_567)] == ["950 B", "9.5 kB", "1.2 MB"]

    def test_what_a_plain_call_holds(self) -> None:
        assert window_of("openai/gpt-4.1-mini-2025-04-14") == 1_047_576
        assert window_of("my-model") == window_of("offline") == 128_000
        assert Capacity(90_000, 128_000).text == "fits one plain call"
        assert Capacity(192_000, 128_000).text == "2.0 × a plain call"
        assert "without an RLM" in Capacity(10, 128_000).hint


class TestChips:
    def test_equal_names_are_told_apart(self, panel: DocumentsPanel) -> None:
        for text in ("one", "two", "three"):
            panel.add(item("notes.txt", text))
        assert names(panel) == ["notes.txt", "notes (2).txt", "notes (3).txt"]

    def test_the_cross_removes(self, qtbot: QtBot, panel: DocumentsPanel) -> None:
        panel.add([item("a.txt"), item("b.txt", "other")])
        removed = []
        panel.removed.connect(lambda gone: removed.extend((row, item.name) for row, item in gone))
        place = ChipDelegate.cross(panel.chips.visualRect(panel.chips.chips.index(1, 0))).center()
        qtbot.mouseClick(panel.chips.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert removed == [(1, "b.txt")]
        assert names(panel) == ["a.txt"]

    def test_keys(self, qtbot: QtBot, panel: DocumentsPanel) -> None:
        panel.add([item("a.txt"), item("b.txt", "other")])
        opened = []
        panel.open_requested.connect(lambda shown: opened.append(shown.name))
        panel.chips.setCurrentIndex(panel.chips.chips.index(1, 0))
        qtbot.keyClick(panel.chips, Qt.Key.Key_Return)
        assert opened == ["b.txt"]
        with qtbot.waitSignal(panel.paste_requested):
            qtbot.keyClick(panel.chips, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(panel.chips, Qt.Key.Key_Delete)
        assert names(panel) == ["a.txt"]

    def test_many_documents_keep_the_panel_low(self, qtbot: QtBot, panel: DocumentsPanel) -> None:
        panel.replace(item(f"document number {n}.txt", str(n)) for n in range(500))
        assert panel.chips.height() < 120
        assert panel.chips.chips.rowCount() == MAX_CHIPS + 1
        last = panel.chips.chips.index(MAX_CHIPS, 0)
        assert last.data() == "460 more…"
        panel.chips.setCurrentIndex(last)
        qtbot.keyClick(panel.chips, Qt.Key.Key_Delete)
        assert len(panel.items) == 500
        qtbot.keyClick(panel.chips, Qt.Key.Key_Return)
        assert panel.view is panel.table
        panel.replace(())
        assert not panel.chips.isVisible()
        assert not panel.table.isVisible()

    def test_only_what_is_seen_is_painted_anew(self, panel: DocumentsPanel) -> None:
        """Ten times a second a hundred of thousands of rows look different."""
        panel.add([item(f"{n}.txt", str(n)) for n in range(1000)])
        panel.show_list(True)
        painted = Painted(panel.table.viewport())
        painted.by(lambda: None)  # what showing it left to do
        assert not painted.by(lambda: panel.model.touch_items(panel.items[500:601]))
        assert painted.by(lambda: panel.model.touch_items(panel.items[1:120]))
        painted.by(panel.table.scrollToBottom)
        assert painted.by(lambda: panel.model.touch_items(panel.items[-3:]))

    def test_progress_shows_and_goes(self, panel: DocumentsPanel) -> None:
        panel.show_progress("Reading 1 of 2: big.pdf", 0.1)
        assert panel._cancel.isVisible()
        assert panel._summary.full_text == "Reading 1 of 2: big.pdf"
        panel.show_progress(None)
        assert not panel._cancel.isVisible()


class TestList:
    def test_rows_say_what_is_known(self, listed: DocumentsPanel) -> None:
        broken = DocumentItem.of_file(Found("/x/broken.pdf", "broken.pdf", 2_500_000))
        broken.refuse(DocumentError("/x/broken.pdf", "it is damaged."), is_locked=False)
        listed.add(broken)
        row = [listed.model.index(4, column).data() for column in Column]
        assert row == ["broken.pdf", "", "2.5 MB", "", "", "", "it is damaged."]
        row = [listed.model.index(0, column).data() for column in Column]
        assert row == ["a.txt", "text", "1 B", "", "1", "1", "ready"]
        assert listed._summary.full_text.startswith("4 of 5 · 4 characters · ≈ 4 tokens · fits one plain call")
        assert listed._summary.full_text.endswith("1 cannot be read")

    def test_space_includes_and_excludes(self, qtbot: QtBot, listed: DocumentsPanel) -> None:
        select(listed, [1, 2])
        with qtbot.waitSignal(listed.model.edited):
            qtbot.keyClick(listed.table, Qt.Key.Key_Space)
        assert [shown.name for shown in listed.asked] == ["a.txt", "d.txt"]
        assert listed.model.index(1, Column.STATE).data() == "left out"
        qtbot.keyClick(listed.table, Qt.Key.Key_Space)
        assert len(listed.asked) == 4

    def test_the_check_box_excludes(self, listed: DocumentsPanel) -> None:
        index = listed.model.index(0, 0)
        assert listed.model.setData(index, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
        assert not listed.items[0].is_asked

    def test_alt_and_arrows_move(self, qtbot: QtBot, listed: DocumentsPanel) -> None:
        select(listed, [1, 2])
        qtbot.keyClick(listed.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert names(listed) == ["b.txt", "c.txt", "a.txt", "d.txt"]
        assert listed.table.chosen_rows == [0, 1]
        qtbot.keyClick(listed.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        for _ in range(3):
            qtbot.keyClick(listed.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert names(listed) == ["a.txt", "d.txt", "b.txt", "c.txt"]

    @pytest.mark.parametrize(
        ("dragged", "onto", "after"), [([0], 3, "bcad"), ([3], 0, "dabc"), ([0, 2], 3, "bacd")]
    )
    def test_rows_are_dragged(self, listed: DocumentsPanel, dragged: list[int], onto: int, after: str) -> None:
        data = listed.model.mimeData([listed.model.index(row, 0) for row in dragged])
        move = Qt.DropAction.MoveAction
        assert not listed.model.dropMimeData(data, move, onto, 0, listed.model.index(-1, -1))
        assert "".join(name[0] for name in names(listed)) == after

    def test_a_drop_on_the_list_moves_and_removes_nothing(self, listed: DocumentsPanel) -> None:
        table = listed.table
        data = listed.model.mimeData([listed.model.index(0, 0)])
        place = QPointF(table.visualRect(listed.model.index(2, 0)).center() + QPoint(0, 10))
        event = QDropEvent(
            place, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        table.dropEvent(event)
        assert sorted(names(listed)) == ["a.txt", "b.txt", "c.txt", "d.txt"]

    def test_foreign_drops_are_left_to_the_window(self, listed: DocumentsPanel) -> None:
        data = QMimeData()
        data.setText("text")
        move = Qt.DropAction.MoveAction
        assert not listed.model.dropMimeData(data, move, 0, 0, listed.model.index(-1, -1))
        assert names(listed) == ["a.txt", "b.txt", "c.txt", "d.txt"]

    def test_f2_renames(self, qtbot: QtBot, listed: DocumentsPanel) -> None:
        listed.table.setCurrentIndex(listed.model.index(1, Column.STATE))
        qtbot.keyClick(listed.table, Qt.Key.Key_F2)
        editor = listed.table.findChild(QLineEdit)
        assert editor is not None
        assert editor.text() == "b.txt"
        editor.clear()
        qtbot.keyClicks(editor, "a.txt")
        with qtbot.waitSignal(listed.model.edited):
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert names(listed)[1] == "a (2).txt"
        assert not listed.model.setData(listed.model.index(0, 0), "  ")

    def test_delete_removes_and_what_was_removed_comes_back(self, qtbot: QtBot, listed: DocumentsPanel) -> None:
        gone: list[tuple[int, DocumentItem]] = []
        listed.removed.connect(gone.extend)
        select(listed, [0, 1, 3])
        qtbot.keyClick(listed.table, Qt.Key.Key_Delete)
        assert names(listed) == ["c.txt"]
        listed.bring_back(gone)
        assert names(listed) == ["a.txt", "b.txt", "c.txt", "d.txt"]

    def test_many_are_removed_at_once(self, panel: DocumentsPanel) -> None:
        panel.replace(item(f"{n}.txt", str(n)) for n in range(5000))
        before = names(panel)
        gone: list[tuple[int, DocumentItem]] = []
        panel.removed.connect(gone.extend)
        panel.remove(range(0, 5000, 2))
        assert len(panel.items) == 2500
        panel.bring_back(gone)
        assert names(panel) == before

    def test_the_menu_offers_what_can_be_done(self, listed: DocumentsPanel) -> None:
        def offered(row: int) -> dict[str, bool]:
            menu = listed.table.menu_of(row)
            found = {
                action.text().split("\t")[0].replace("&", ""): action.isEnabled()
                for action in menu.actions()
                if not action.isSeparator()
            }
            menu.deleteLater()
            return found

        locked = DocumentItem.of_file(Found("/x/a.pdf", "a.pdf", 1200))
        locked.refuse(PasswordNeeded("/x/a.pdf", "it is encrypted."), is_locked=True)
        listed.add(locked)
        assert offered(0)["Show text"]
        assert not offered(0)["Encoding…"]
        assert offered(4)["Enter password…"]
        assert not offered(4)["Show text"]
        listed.items[0].refuse(DocumentError("", "it is damaged."), is_locked=False)
        assert "Remove all that cannot be read" in offered(1)

    def test_keys_that_the_window_uses_elsewhere_are_the_lists(self, qtbot: QtBot, listed: DocumentsPanel) -> None:
        with qtbot.waitSignal(listed.paste_requested):
            qtbot.keyClick(listed.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def test_little_room_hides_columns(self, listed: DocumentsPanel) -> None:
        listed.resize(500, 300)
        assert listed.table.isColumnHidden(Column.CHARACTERS)
        listed.resize(900, 300)
        assert not listed.table.isColumnHidden(Column.CHARACTERS)

    def test_waiting_documents_are_not_asked_over(self, panel: DocumentsPanel) -> None:
        panel.add([DocumentItem.of_file(Found(f"/x/{n}", f"{n}", 1)) for n in range(3)])
        assert (panel.model.totals().listed, panel.model.totals().asked) == (3, 0)
        assert panel.items[0].state is State.WAITING
