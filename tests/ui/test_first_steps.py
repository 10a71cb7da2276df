"""The first five minutes: the recorded example, the tour, the place to connect a model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.events import ModelRetried
from rlm_desktop.engine.tree import BatchNode, CallNode
from rlm_desktop.history import History
from rlm_desktop.ui.first_run import FirstRun
from rlm_desktop.ui.first_steps.example import TITLE, put_into
from rlm_desktop.ui.first_steps.tour import MOST, Hint, Tour
from rlm_desktop.ui.samples import samples
from tests.ui.opened import enlarge


class TestExample:
    def test_it_shows_what_it_says(self, tmp_path: Path) -> None:
        history = History(tmp_path / "history.sqlite")
        try:
            run = put_into(history)
            state = history.state(run.id)
            assert run.end_state == "completed"
            assert max(node.depth for node in state.nodes if isinstance(node, CallNode)) == 3
            assert any(isinstance(node, BatchNode) for node in state.nodes)
            assert state.totals.errors
            assert sum(isinstance(event, ModelRetried) for event in history.events(run.id)) == 1
            assert 10 < (state.finished or 0) < 16, "the first page says 13 seconds"
            assert state.started is not None
            (document,) = state.started.documents
            assert history.document(document.sha256, document.name)
            assert "/" not in document.path
            assert history.session(run.session_id).title == TITLE

            history.rename_session(run.session_id, "Mine")
            assert put_into(history).id == run.id
            history.flush()
            assert history.session(run.session_id).title == "Mine"
        finally:
            history.close()


class TestTour:
    @pytest.fixture
    def window(self, qtbot: QtBot) -> QWidget:
        window = QWidget()
        window.resize(900, 600)
        qtbot.addWidget(window)
        window.show()
        return window

    def test_by_keyboard_alone_and_inside_the_window(self, window: QWidget, qtbot: QtBot) -> None:
        places = [(0, 0, 200, 50), (700, 0, 200, 600), (0, 0, 900, 600), (100, 550, 300, 50)]
        parts: list[QWidget] = []
        for place in places:
            part = QLabel("part", window)
            part.setGeometry(*place)
            part.show()
            parts.append(part)
        hidden = QLabel("hidden", window)
        hidden.hide()
        hints = [Hint(f"Hint {n}", "Text " * 20, lambda part=part: part) for n, part in enumerate([*parts, hidden])]
        tour = Tour(window, hints)
        ended: list[bool] = []
        tour.ended.connect(lambda: ended.append(True))
        assert tour.count == len(places) <= MOST
        tour.begin()
        for _ in places:
            assert window.rect().contains(tour.geometry())
            qtbot.keyClick(tour._next, Qt.Key.Key_Space)
        assert ended == [True]

    def test_escape_leaves_it(self, window: QWidget, qtbot: QtBot) -> None:
        tour = Tour(window, [Hint("A", "a", lambda: window), Hint("B", "b", lambda: window)])
        with qtbot.waitSignal(tour.ended):
            tour.begin()
            qtbot.keyClick(tour, Qt.Key.Key_Escape)

    def test_larger_letters_have_room(self, window: QWidget, qtbot: QtBot) -> None:
        enlarge(window, 2)
        tour = Tour(window, [Hint("A", "a", lambda: window), Hint("B", "b", lambda: window)])
        tour._leave.setText("Leave the tour, in a long language")
        tour.begin()
        for button in (tour._leave, tour._next):
            assert button.width() >= button.minimumSizeHint().width()
        tour.leave()

    def test_a_tour_of_nothing_ends_at_once(self, window: QWidget, qtbot: QtBot) -> None:
        tour = Tour(window, [])
        with qtbot.waitSignal(tour.ended):
            tour.begin()


class TestFirstPage:
    @pytest.fixture
    def page(self, qtbot: QtBot) -> FirstRun:
        page = FirstRun(samples())
        qtbot.addWidget(page)
        page.show()
        return page

    def test_the_panel_is_there_while_the_offline_model_answers(self, page: FirstRun) -> None:
        panel = QLabel("connect")
        page.offer_to_connect(panel)
        page.show_model("Offline", is_offline=True)
        assert panel.isVisible()
        page.show_model("gpt", is_offline=False)
        assert not panel.isVisible()

    def test_skip_is_one_click(self, page: FirstRun, qtbot: QtBot) -> None:
        page.offer_to_connect(QLabel("connect"))
        skip = next(button for button in page.findChildren(QPushButton) if button.text() == "Skip for now")
        with qtbot.waitSignal(page.skip_requested):
            qtbot.mouseClick(skip, Qt.MouseButton.LeftButton)
        page.offer_quietly()
        quiet = next(b for b in page.findChildren(QPushButton) if b.text().startswith("No language model"))
        with qtbot.waitSignal(page.connect_requested):
            qtbot.mouseClick(quiet, Qt.MouseButton.LeftButton)


async def test_a_hint_follows_its_part_when_the_window_changes(
    qtbot: QtBot, wait_until: Callable[..., Awaitable[None]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    part = QLabel("part", window)
    part.setGeometry(0, 0, 300, 80)
    window.show()
    tour = Tour(window, [Hint("This", "is it.", lambda: part)])
    tour.begin()
    before = tour.pos()
    assert not tour.geometry().intersects(part.geometry())
    part.setGeometry(0, 300, 300, 80)
    window.resize(880, 580)
    await wait_until(lambda: tour.pos() != before)
    assert not tour.geometry().intersects(part.geometry())
    tour.leave()
