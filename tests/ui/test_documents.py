"""Documents through the whole window: files, folders, paste, passwords, encodings, previews, sessions."""

from __future__ import annotations

import asyncio
import contextlib
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from rlm_desktop.engine import catalog
from rlm_desktop.engine.catalog import ModelInfo
from rlm_desktop.engine.provider_settings import ProviderSettings, save
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.documents.controller import DocumentsController
from rlm_desktop.ui.documents.dialogs import EncodingDialog, LeftOutDialog, OcrDialog, PasswordDialog
from rlm_desktop.ui.documents.items import State
from rlm_desktop.ui.documents.preview import PreviewWindow
from tests.documents import made
from tests.ui.opened import opened_window

Until = Callable[..., Awaitable[None]]
Start = Callable[[], contextlib.AbstractAsyncContextManager[Application]]


@pytest.fixture
def start(qapp: QApplication) -> Start:
    """`async with start() as application` shows the window, usable, and closes it in the end."""

    return lambda: opened_window(qapp, beside=QDialog)


async def add(application: Application, *files: Path) -> DocumentsController:
    controller = application.workbench.documents
    controller.add_files([str(file) for file in files])
    await controller.reader.done()
    return controller


def names(controller: DocumentsController) -> list[str]:
    return [item.name for item in controller.panel.items]


def said(application: Application) -> list[str]:
    return [message.text for message in application.window.messages.messages]


def dialog_of(application: Application, kind: type[Any]) -> Any:
    return application.window.findChild(kind)


class TestAdding:
    async def test_a_folder_with_what_it_leaves_out(self, start: Start, tmp_path: Path) -> None:
        root = tmp_path / "project"
        for name in ("a.py", "b.md", "c.png", ".hidden.txt", "build/x.txt"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"text of {name}")
        (root / ".gitignore").write_text("build/\n")
        async with start() as application:
            controller = await add(application, root)
            assert names(controller) == ["project/a.py", "project/b.md"]
            assert controller.panel._left_out.text() == "4 left out"
            controller.panel._left_out.click()
            table = dialog_of(application, LeftOutDialog).table
            shown = {table.model().index(row, 0).data(): table.model().index(row, 1).data() for row in range(4)}
            assert shown["project/c.png"] == "holds no text"
            assert shown["project/build/"] == "named in .gitignore"
            assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("named in .gitignore")
            QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            assert "project/c.png\tholds no text" in QGuiApplication.clipboard().text().splitlines()

    async def test_a_changed_file_takes_its_place_again(self, start: Start, tmp_path: Path) -> None:
        one, two = tmp_path / "one.txt", tmp_path / "two.txt"
        one.write_text("first")
        two.write_text("second")
        async with start() as application:
            controller = await add(application, one, two)
            one.write_text("first, changed")
            await add(application, one, two)
            assert names(controller) == ["one.txt", "two.txt"]
            assert controller.panel.items[0].document is not None
            assert controller.panel.items[0].document.text == "first, changed"
            assert said(application) == ["two.txt is in the session already."]

    async def test_files_can_be_dropped_on_the_list(self, start: Start, tmp_path: Path) -> None:
        (tmp_path / "one.txt").write_text("first")
        async with start() as application:
            controller = await add(application, tmp_path / "one.txt")
            controller.panel.show_list(True)
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(tmp_path / "one.txt"))])
            with warnings.catch_warnings():  # PySide 6.12 wants a QPointF, which 6.11 does not take
                warnings.simplefilter("ignore", DeprecationWarning)
                event = QDragEnterEvent(
                    QPoint(20, 40),
                    Qt.DropAction.CopyAction,
                    data,
                    Qt.MouseButton.LeftButton,
                    Qt.KeyboardModifier.NoModifier,
                )
            QCoreApplication.sendEvent(controller.panel.table.viewport(), event)
            assert event.isAccepted()

    @pytest.mark.expect_log_warnings
    async def test_no_warning_hides_what_cannot_be_read(self, start: Start, tmp_path: Path) -> None:
        files = {f"{name}.docm": made.docx(extra={"word/vbaProject.bin": b"x"}) for name in "abcd"}
        files["broken.pdf"] = b"%PDF-1.4 nothing in it"
        files["locked.zip"] = made.locked_zip("a.txt", b"secret text", b"key")
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        async with start() as application:
            await add(application, *(tmp_path / name for name in files))
            assert [text.partition(" ")[0] for text in said(application)] == ["locked.zip", "broken.pdf", "4"]

    async def test_equal_texts_are_kept_once(self, start: Start, tmp_path: Path) -> None:
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text("the very same words " * 1000)
        async with start() as application:
            controller = await add(application, tmp_path / "a.txt", tmp_path / "b.txt")
            first, second = [item.document for item in controller.panel.items]
            assert first is not None
            assert second is not None
            assert first.text is second.text

    async def test_an_unchanged_file_is_not_extracted_again(
        self, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book = tmp_path / "book.pdf"
        book.write_bytes(made.pdf("One page.", "Another page."))
        async with start() as application:
            controller = await add(application, book)
            application.workbench.new_session()
            assert names(controller) == []
            monkeypatch.setattr("rlm_desktop.documents.workers.WorkerPool.take", None)
            await add(application, book)
            assert controller.panel.items[0].pages == 2

    async def test_many_files_come_in_batches(self, start: Start, tmp_path: Path) -> None:
        root = tmp_path / "many"
        root.mkdir()
        for number in range(600):
            (root / f"{number:03}.txt").write_text(f"text number {number}")
        async with start() as application:
            touched: list[int] = []
            panel = application.window.work.documents
            panel.model.dataChanged.connect(lambda *_: touched.append(1))
            panel.model.rowsInserted.connect(lambda *_: touched.append(1))
            began = time.monotonic()
            controller = await add(application, root)
            assert len(controller.panel.asked) == 600
            assert len(touched) < 40 + 25 * (time.monotonic() - began)  # so often in a second, not for each file
            assert controller.panel.chips.chips.rowCount() < 60

    async def test_cancel_leaves_nothing_behind(self, start: Start, tmp_path: Path, wait_until: Until) -> None:
        (tmp_path / "long.pdf").write_bytes(made.pdf(*["some words"] * 3000))
        async with start() as application:
            controller = application.workbench.documents
            controller.add_files([str(tmp_path / "long.pdf")])
            await wait_until(lambda: bool(controller.panel.items))
            assert controller.panel._cancel.isVisible()
            controller.panel._cancel.click()
            assert names(controller) == []
            assert not controller.reader.is_reading
            assert not application.window.is_working

    async def test_cancel_keeps_what_was_read_before(self, start: Start, tmp_path: Path, wait_until: Until) -> None:
        (tmp_path / "long.pdf").write_bytes(made.pdf(*["some words"] * 3000))
        async with start() as application:
            controller = await add(application, tmp_path / "long.pdf")
            item = controller.panel.items[0]
            item.ocr = "eng"  # not known, so it is read again from the beginning
            controller.panel.table.read_again_requested.emit(item)
            assert item.state is State.WAITING
            controller.cancel()
            assert item.is_asked

    async def test_a_folder_twice_while_it_is_read(self, start: Start, tmp_path: Path) -> None:
        root = tmp_path / "many"
        root.mkdir()
        for number in range(30):
            (root / f"{number:02}.txt").write_text(f"text number {number}")
        async with start() as application:
            controller = application.workbench.documents
            controller.add_files([str(root)])
            await add(application, root, root / "05.txt")
            assert len(controller.panel.asked) == len(controller.panel.items) == 30


class TestPaste:
    async def test_text(self, start: Start, wait_until: Until) -> None:
        async with start() as application:
            QGuiApplication.clipboard().setText("# Minutes of the meeting\n\nNothing was decided.")
            application.window.actions_by_name["paste_documents"].trigger()
            controller = application.workbench.documents
            await wait_until(lambda: bool(controller.panel.asked))
            assert names(controller)[0].startswith("Minutes of the meeting Nothing")
            assert application.window.is_working
            controller.paste()
            await wait_until(lambda: bool(said(application)))
            assert said(application)[0].startswith("This text is in the session already")

    @pytest.mark.parametrize("as_urls", [True, False])
    async def test_files(self, start: Start, tmp_path: Path, as_urls: bool) -> None:
        folder = tmp_path / "files"
        folder.mkdir()
        file = folder / "with space.txt"
        file.write_text("some text")
        data = QMimeData()
        if as_urls:
            data.setUrls([QUrl.fromLocalFile(str(file))])
        else:
            data.setText(f"{QUrl.fromLocalFile(str(file)).toString()}\n{folder}\n")
        async with start() as application:
            QGuiApplication.clipboard().setMimeData(data)
            controller = application.workbench.documents
            controller.paste()
            await controller.reader.done()
            expected = ["with space.txt"] if as_urls else ["with space.txt", "files/with space.txt"]
            assert names(controller) == expected

    async def test_nothing(self, start: Start) -> None:
        async with start() as application:
            QGuiApplication.clipboard().clear()
            application.workbench.documents.paste()
            assert said(application) == ["There is neither text nor a file on the clipboard."]


@pytest.mark.expect_log_warnings
class TestQuestions:
    async def test_a_password_opens_this_and_later_files(
        self, start: Start, tmp_path: Path, wait_until: Until, qtbot: QtBot
    ) -> None:
        for name in ("one.zip", "two.zip"):
            (tmp_path / name).write_bytes(made.locked_zip("a.txt", f"The text of {name}.".encode(), b"secret"))
        async with start() as application:
            controller = await add(application, tmp_path / "one.zip")
            assert controller.panel.items[0].state is State.LOCKED
            assert dialog_of(application, PasswordDialog) is None, "it would come over what is being typed"
            (message,) = application.window.messages.messages
            assert message.text == "one.zip needs a password."
            qtbot.mouseClick(message.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
            for password, is_right in (("wrong", False), ("secret", True)):
                await wait_until(lambda: dialog_of(application, PasswordDialog) is not None)
                dialog = dialog_of(application, PasswordDialog)
                qtbot.keyClicks(dialog.edit, password)
                qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
                await controller.reader.done()
                await wait_until(lambda dialog=dialog: dialog_of(application, PasswordDialog) is not dialog)
                assert (controller.panel.items[0].state is State.READY) is is_right
            await add(application, tmp_path / "two.zip")
            await controller.reader.done()
            assert [item.state for item in controller.panel.items] == [State.READY] * 2
            assert dialog_of(application, PasswordDialog) is None
            assert "secret" not in repr(controller.panel.items)

    async def test_another_encoding(self, start: Start, tmp_path: Path, wait_until: Until) -> None:
        file = tmp_path / "letter.txt"
        file.write_bytes("Übung für Größe".encode("cp1252") * 20)
        async with start() as application:
            controller = await add(application, file)
            item = controller.panel.items[0]
            controller.panel.table.encoding_requested.emit(item)
            await wait_until(lambda: dialog_of(application, EncodingDialog) is not None)
            dialog: EncodingDialog = dialog_of(application, EncodingDialog)
            dialog.box.setCurrentText("nonsense")
            assert not dialog._read.isEnabled()
            dialog.box.setCurrentText("CP1251")
            assert dialog.preview.toPlainText().startswith("Ьbung fьr")
            dialog._read.click()
            await controller.reader.done()
            assert item.encoding == "cp1251"
            assert item.document is not None
            assert item.document.text.startswith("Ьbung")

    async def test_an_encoding_for_what_was_taken_for_no_text(
        self, start: Start, tmp_path: Path, wait_until: Until
    ) -> None:
        file = tmp_path / "tape.txt"
        file.write_bytes("READINGS OF 1974".encode("cp037") + bytes(range(16)))
        async with start() as application:
            controller = await add(application, file)
            (item,) = controller.panel.items
            assert item.state is State.FAILED
            for encoding, state in (("cp037", State.READY), ("", State.FAILED)):
                assert item.may_change_encoding
                controller.panel.table.encoding_requested.emit(item)
                await wait_until(lambda: dialog_of(application, EncodingDialog) is not None)
                dialog: EncodingDialog = dialog_of(application, EncodingDialog)
                assert all(dialog.box.itemText(index) for index in range(dialog.box.count()))
                dialog.box.setCurrentText(encoding or dialog.box.itemText(0))
                dialog._read.click()
                await controller.reader.done()
                assert item.state is state
                await wait_until(lambda: dialog_of(application, EncodingDialog) is None)

    @pytest.mark.parametrize("languages", [(), ("deu", "eng")])
    async def test_a_scan(
        self,
        start: Start,
        tmp_path: Path,
        wait_until: Until,
        monkeypatch: pytest.MonkeyPatch,
        languages: tuple[str, ...],
    ) -> None:
        monkeypatch.setattr("rlm_desktop.documents.ocr_languages", lambda: languages)
        (tmp_path / "scan.pdf").write_bytes(made.scan())
        async with start() as application:
            await add(application, tmp_path / "scan.pdf")
            await wait_until(lambda: bool(said(application)))
            message = application.window.messages.messages[0]
            assert "1 page without text in scan.pdf" in message.text
            if languages:
                message.act()
                dialog: OcrDialog = dialog_of(application, OcrDialog)
                assert dialog.languages == "eng"
            else:
                assert "install Tesseract" in message.text


class TestPreview:
    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        file = tmp_path / "book.pdf"
        file.write_bytes(
            made.pdf("The harbour was small.", "The lighthouse was lit.", "The end of the lighthouse.")
        )
        return file

    async def shown(self, application: Application, wait_until: Until) -> PreviewWindow:
        application.workbench.documents.show_text(application.window.work.documents.items[0])
        await wait_until(lambda: dialog_of(application, PreviewWindow) is not None)
        window: PreviewWindow = dialog_of(application, PreviewWindow)
        await wait_until(window.isVisible)
        return window

    async def test_pages_and_search(self, start: Start, book: Path, wait_until: Until, qtbot: QtBot) -> None:
        async with start() as application:
            await add(application, book)
            window = await self.shown(application, wait_until)
            assert window.page.suffix() == " of 3"
            qtbot.keyClicks(window.query, "LIGHTHOUSE")
            await wait_until(lambda: window._count.text() == "1 of 2")
            assert window.text.textCursor().block().text() == "The lighthouse was lit."
            qtbot.keyClick(window.query, Qt.Key.Key_Return)
            assert window._count.text() == "2 of 2"
            assert len(window.text.extraSelections()) == 2
            qtbot.keyClicks(window.query, "xyz")
            await wait_until(lambda: window._count.text() == "not found")
            window.page.setValue(3)
            assert window.text.textCursor().block().text() == "The end of the lighthouse."
            assert window.isVisible()

    async def test_outline(self, start: Start, tmp_path: Path, wait_until: Until) -> None:
        file = tmp_path / "notes.md"
        file.write_text("# One\n\ntext\n\n## Inner\n\nmore\n\n# Two\n\nend\n")
        async with start() as application:
            await add(application, file)
            window = await self.shown(application, wait_until)
            assert window.outline.topLevelItemCount() == 2
            entry = window.outline.topLevelItem(0).child(0)  # type: ignore[union-attr]
            window.outline.itemActivated.emit(entry, 0)
            assert window.text.textCursor().block().text() == "## Inner"
            assert not window.page.isVisible()

    async def test_a_text_of_the_history(
        self, start: Start, book: Path, wait_until: Until, wait_for_signal: Any
    ) -> None:
        async with start() as application:
            await application.warm_up()
            await add(application, book)
            bench = application.workbench
            application.window.work.question.set_text("Who lit the lighthouse?")
            ended = asyncio.ensure_future(wait_for_signal(bench.run_ended, 60.0))
            bench.ask()
            (live,) = await ended
            bench.new_session()
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bool(application.window.work.documents.items))
            item = application.window.work.documents.items[0]
            assert item.document is None
            window = await self.shown(application, wait_until)
            assert len(window.document.pages) == 3
            assert window.document.page_text(2).strip() == "The lighthouse was lit."
            assert window.text.toPlainText().startswith("The harbour")


async def test_excluded_documents_are_not_asked_over(start: Start, tmp_path: Path, wait_for_signal: Any) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"The ship {name} left the harbour in 1871.")
    async with start() as application:
        await application.warm_up()
        controller = await add(application, tmp_path / "a.txt", tmp_path / "b.txt")
        controller.panel.model.include([0], False)
        application.window.work.question.set_text("When did the ship leave?")
        ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 60.0))
        application.workbench.ask()
        (live,) = await ended
        assert [document.name for document in live.state.started.documents] == ["b.txt"]


async def test_a_plain_call_holds_what_the_server_says(start: Start, tmp_path: Path, wait_until: Until) -> None:
    (tmp_path / "long.txt").write_text("Twelve words stand in this line, so that it counts a little.\n" * 2000)
    async with start() as application:
        controller = await add(application, tmp_path / "long.txt")
        book, question = application._models.book, application.window.work.question
        save([ProviderSettings(name="lab", base_url="http://127.0.0.1:9/v1")])
        lab = (await book.reload()).get("lab")
        assert lab is not None
        book.lists["lab"] = catalog.make_list(lab, [ModelInfo("llama", 8192)])
        question.choose_model("lab/llama", is_root=True)
        await wait_until(lambda: "5.0 × a plain call" in controller.panel._summary.full_text)
        book.lists["lab"] = catalog.make_list(lab, [ModelInfo("llama", 131_072)])
        book.changed.emit()
        await wait_until(lambda: "fits one plain call" in controller.panel._summary.full_text)
