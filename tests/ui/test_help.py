"""The guide, the system check, the log, and what a crash leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rlm_desktop.checks import Check
from rlm_desktop.ui.actions import ACTIONS
from rlm_desktop.ui.help.crash_file import CrashFile
from rlm_desktop.ui.help.desk import HelpDesk
from rlm_desktop.ui.help.guide import chapter, guide, search, sections
from rlm_desktop.ui.help.guide_window import GuideWindow
from rlm_desktop.ui.help.log_window import LogWindow, newest_part
from rlm_desktop.ui.help.system_check import SystemCheck
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow

Until = Callable[..., Any]
TERMS = ("session", "run", "call", "iteration", "cell", "batch", "depth", "context", "event", "trace", "limits")


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    yield tasks
    await tasks.aclose()
    assert not errors


class TestGuide:
    def test_it_lists_the_keys_that_there_are(self) -> None:
        text = next(section.text for section in guide() if section.title == "Keys on the keyboard")
        rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
        listed = [keys.strip() for row in rows[2:] for keys in row.split(", ")]
        spelled = {"Return": "Enter", ",": "comma", ".": "full stop"}
        first, others = set[str](), set[str]()
        for action in ACTIONS:
            keys = ["+".join(spelled.get(key, key) for key in keys.split("+")) for keys in action.keys]
            first.update(keys[:1])
            others.update(keys[1:])
        assert len(listed) == len(set(listed))
        assert first - set(listed) == set()
        assert set(listed) - first - others == {"Ctrl+C in a table"}  # which is no action of the window's own

    def test_it_explains_every_term(self) -> None:
        text = "\n".join(section.text for section in guide())
        assert not [term for term in TERMS if f"**{term}" not in text.lower()]

    def test_headings_in_code_are_none(self) -> None:
        found = sections("# A\n\n```bash\n# not a heading\n```\n\n## B\ntext\n### C\n## D")
        assert [(part.level, part.title) for part in found] == [(1, "A"), (2, "B"), (3, "C"), (2, "D")]
        assert "# not a heading" in found[0].text
        assert [part.title for part in chapter(found, 1)] == ["B", "C"]

    @given(st.text(alphabet="#`~ ab\n", max_size=200))
    def test_nothing_is_lost(self, text: str) -> None:
        kept = "".join(part.markdown for part in sections(text))
        assert kept.count("a") == text.count("a")
        assert kept.count("b") == text.count("b")

    @pytest.mark.parametrize(
        ("query", "title"), [("tier", "Isolation"), ("key refus", "Troubleshooting"), ("export", "")]
    )
    def test_what_is_looked_for_is_found(self, query: str, title: str) -> None:
        hits = search(guide(), query)
        assert hits
        assert title in "\n".join(hit.section.title for hit in hits)
        assert all(hit.snippet for hit in hits if hit.section.text)

    def test_nothing_fits(self) -> None:
        assert search(guide(), "zeppelin") == []
        assert search(guide(), " \t(") == []


class TestGuideWindow:
    @pytest.fixture
    def window(self, qtbot: QtBot) -> GuideWindow:
        window = GuideWindow()
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        window.show()
        return window

    def test_search_by_keyboard_alone(self, window: GuideWindow, qtbot: QtBot) -> None:
        everything = window.contents.count()
        qtbot.keyClicks(window.search, "model")
        assert 0 < window.contents.count() < everything
        first = window.view.toPlainText()
        qtbot.keyClick(window.search, Qt.Key.Key_Down)
        assert window.view.toPlainText() != first
        qtbot.keyClicks(window.search, " zeppelin")
        assert window.contents.count() == 0
        window.search.clear()
        assert window.contents.count() == everything

    def test_the_contents_wrap_and_do_not_scroll_sideways(self, window: GuideWindow, qtbot: QtBot) -> None:
        qtbot.keyClicks(window.search, "model")
        assert not window.contents.horizontalScrollBar().isVisible()

    def test_a_section_opens_with_all_below_it(self, window: GuideWindow) -> None:
        window.show_section("Models and keys")
        text = window.view.toPlainText()
        assert text.startswith("Models and keys")
        assert "The offline model" in text


class TestLog:
    def test_the_newest_part_begins_with_a_line(self, tmp_path: Path) -> None:
        file = tmp_path / "it.log"
        assert newest_part(file) == ""
        file.write_bytes(b"".join(b"line %d\n" % number for number in range(1000)) + b"\xff end\n")
        assert newest_part(file, 30).splitlines() == ["line 998", "line 999", "\ufffd end"]

    async def test_it_is_searched_from_the_end(
        self, tmp_path: Path, qtbot: QtBot, tasks: Tasks, wait_until: Until
    ) -> None:
        file = tmp_path / "it.log"
        file.write_text("one fault\ntwo\nthree fault\nfour\n", encoding="utf-8")
        window = LogWindow(file, tasks)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        await wait_until(window.text.toPlainText)
        qtbot.keyClicks(window.search, "fault")
        lines = []
        for _ in range(3):
            qtbot.keyClick(window.search, Qt.Key.Key_Return)
            lines.append(window.text.textCursor().block().text())
        assert lines == ["three fault", "one fault", "three fault"]

    async def test_one_that_cannot_be_read(
        self, tmp_path: Path, qtbot: QtBot, tasks: Tasks, wait_until: Until
    ) -> None:
        window = LogWindow(tmp_path, tasks)  # a folder
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        await wait_until(window.text.toPlainText)
        assert window.text.toPlainText() == "The log cannot be read: Is a directory."


class TestDesk:
    @pytest.mark.qt_log_ignore("does not support raise", extend=True)  # the offscreen platform
    async def test_a_closed_window_opens_again_at_once(self, tmp_path: Path, qtbot: QtBot, tasks: Tasks) -> None:
        main = MainWindow(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat), ())
        qtbot.addWidget(main)
        desk = HelpDesk(main, tasks, Path("it.log"))
        desk.show_guide()
        first = desk._open["guide"]
        desk.show_guide()
        assert desk._open["guide"] is first
        qtbot.keyClick(first, Qt.Key.Key_Escape)
        desk.show_guide("Isolation")  # before the first one is deleted
        again = desk._open["guide"]
        assert again is not first
        assert again.isVisible()
        again.close()
        assert not desk._open


class TestSystemCheck:
    async def test_each_check_has_its_line(self, qtbot: QtBot, tasks: Tasks, wait_until: Until) -> None:
        async def look() -> AsyncIterator[Check]:
            yield Check("Disk", "ok", "77 GB free")
            yield Check("Provider", "failed", "it <b>cannot</b> be reached", "Start it.")

        window = SystemCheck(look, tasks)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        await wait_until(lambda: window.state.text().startswith("1 thing"))
        window._copy()
        assert QGuiApplication.clipboard().text() == window.report
        assert window.report.splitlines() == [
            "✓ Disk: 77 GB free",
            "✕ Provider: it <b>cannot</b> be reached",
            "    Start it.",
        ]


class TestCrash:
    def run(self, folder: Path, end: str) -> int:
        """A process that arms the file and ends in some way; its number."""
        program = (
            "import faulthandler, os, signal, sys\nfrom pathlib import Path\n"
            "from rlm_desktop.ui.help.crash_file import CrashFile\n"
            f"crash = CrashFile(Path({str(folder)!r}))\ncrash.arm()\nprint(os.getpid(), flush=True)\n{end}\n"
        )
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
        return int(done.stdout)

    def test_a_crash_is_told_once(self, tmp_path: Path) -> None:
        number = self.run(tmp_path, "secret = 'the text of a document'\nos.abort()")
        report = CrashFile(tmp_path).take_last()
        assert f"process {number}" in report
        assert "Fatal Python error" in report
        assert "the text of a document" not in report
        assert CrashFile(tmp_path).take_last() == ""
        assert [path.name for path in tmp_path.iterdir()] == ["last-crash.txt"]

    def test_a_process_of_the_same_number_left_it(self, tmp_path: Path) -> None:
        """In a container every start may have the same one."""
        (tmp_path / f"crash-{os.getpid()}.txt").write_text("head\nstack\n", encoding="utf-8")
        assert "stack" in CrashFile(tmp_path).take_last()

    @pytest.mark.parametrize("end", ["crash.disarm()", "os.kill(os.getpid(), signal.SIGKILL)"])
    def test_other_ends_leave_nothing(self, tmp_path: Path, end: str) -> None:
        self.run(tmp_path, end)
        assert CrashFile(tmp_path).take_last() == ""
        assert not list(tmp_path.iterdir())

    @pytest.mark.expect_log_warnings
    def test_where_nothing_can_be_written_the_window_opens_all_the_same(self, tmp_path: Path) -> None:
        folder = tmp_path / "log"
        folder.write_text("a file where the folder should be", encoding="utf-8")
        crash = CrashFile(folder)
        assert crash.take_last() == ""
        crash.arm()
        crash.disarm()

    def test_another_window_that_runs_is_left_alone(self, tmp_path: Path) -> None:
        other = tmp_path / f"crash-{os.getppid()}.txt"
        other.write_text("head\nstack\n", encoding="utf-8")
        assert CrashFile(tmp_path).take_last() == ""
        assert other.exists()
