"""The replay: the player against the fold of each prefix, the bar with real keys and clicks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.events import RunStarted
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode
from rlm_desktop.history import History
from rlm_desktop.history.replay import Replay
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.inspector.inspector import Inspector
from rlm_desktop.ui.replay.bar import ReplayBar, Scrubber
from rlm_desktop.ui.replay.player import ReplayPlayer
from tests import traces
from tests.ui.opened import opened_window

Until = Callable[[Callable[[], bool]], Awaitable[None]]
EVENTS = list(traces.events(traces.Shape()))


def folded(seq: int) -> RunState:
    state = RunState()
    for event in EVENTS:
        if event.seq <= seq:
            state.apply(event)
    return state


def check(player: ReplayPlayer) -> None:
    wanted = folded(player.replay.seq)
    state = player.feed.state
    assert state.seq == wanted.seq
    assert state.totals.as_dict() == wanted.totals.as_dict()
    assert [node.status for node in state.nodes] == [node.status for node in wanted.nodes]


def test_it_opens_at_the_end_and_steps_through_the_run(qtbot: QtBot) -> None:
    player = ReplayPlayer(Replay(EVENTS))
    assert player.replay.seq == EVENTS[-1].seq
    check(player)
    player.seek_event(0)
    assert player.feed.state.nodes == []
    for _ in range(5):
        player.step_event(1)
        check(player)
    player.step_iteration(1)
    check(player)
    player.step_iteration(-1)
    player.step_event(-1)
    check(player)
    player.seek_event(10**9)
    assert player.replay.seq == EVENTS[-1].seq


def test_seeking_back_and_forth_shows_what_was_then(qtbot: QtBot) -> None:
    player = ReplayPlayer(Replay(EVENTS))
    last = EVENTS[-1].seq
    for seq in (last // 2, 3, last - 1, last // 3, last // 3 + 1, 1, last):
        player.seek_event(seq)
        check(player)


def test_playing_ends_at_the_end(qtbot: QtBot) -> None:
    player = ReplayPlayer(Replay(EVENTS))
    player.seek_event(player.replay.previous_event(player.replay.last_seq))
    player.speed = 16.0
    with qtbot.waitSignal(
        player.playing_changed, check_params_cb=lambda is_playing: not is_playing, timeout=20_000
    ):
        player.play()
        assert player.is_playing
    assert player.replay.seq == player.replay.last_seq
    check(player)


def test_playing_from_the_end_begins_anew_and_stops_at_markers(qtbot: QtBot) -> None:
    player = ReplayPlayer(Replay(EVENTS))
    player.pauses_at_markers = True
    player.speed = 16.0
    with qtbot.waitSignal(
        player.playing_changed, check_params_cb=lambda is_playing: not is_playing, timeout=20_000
    ):
        player.play()
    assert player.replay.seq == player.replay.markers[0].seq
    check(player)


def test_waiting_can_be_left_in(qtbot: QtBot) -> None:
    player = ReplayPlayer(Replay(EVENTS))
    short = player.duration
    player.skips_waiting = False
    assert player.duration >= short
    assert player.position == player.duration


async def test_it_plays_before_jumps_are_quick(qtbot: QtBot) -> None:
    events = list(traces.events(traces.Shape(calls=200, batch=80)))
    player = ReplayPlayer(Replay(events, is_prepared=False))
    assert player.replay.seq == 0
    player.step_event(1)
    assert player.replay.seq == 1
    player.seek_event(events[-1].seq)
    assert player.replay.seq == 1  # the jump waits
    await player.prepare()
    assert player.replay.seq == events[-1].seq
    player.seek_event(events[-1].seq // 2)
    assert player.replay.seq == events[-1].seq // 2
    assert player.feed.state.seq == player.replay.seq


def test_the_bar(qtbot: QtBot) -> None:
    bar = ReplayBar()
    qtbot.addWidget(bar)
    bar.resize(900, 80)
    bar.show()
    player = ReplayPlayer(Replay(EVENTS))
    bar.set_player(player)
    buttons = {button.accessibleName(): button for button in bar.findChildren(QToolButton)}
    qtbot.mouseClick(buttons["Previous event"], Qt.MouseButton.LeftButton)
    assert player.replay.seq == player.replay.previous_event(player.replay.last_seq)
    qtbot.mouseClick(buttons["Previous iteration"], Qt.MouseButton.LeftButton)
    assert player.replay.seq == player.replay.previous_marker(player.replay.last_seq, "iteration")
    qtbot.mouseClick(buttons["Play"], Qt.MouseButton.LeftButton)
    assert player.is_playing
    player.pause()
    speed = bar.findChild(QComboBox)
    assert isinstance(speed, QComboBox)
    speed.setCurrentText("4×")
    assert player.speed == 4.0
    with qtbot.waitSignal(bar.exit_requested):
        bar._exit.click()
    bar.set_player(None)
    assert bar.player is None


def test_the_banner_says_what_there_is_room_for(qtbot: QtBot) -> None:
    """Nothing of it is cut, and why the film is shorter than the run is said."""
    player = ReplayPlayer(Replay(list(traces.events(traces.Shape(calls=60, depth=2)))))
    bar = ReplayBar()
    qtbot.addWidget(bar)
    bar.set_player(player)
    bar.show()
    banner, said = bar._banner, list[str]()
    for width in (bar.minimumSizeHint().width(), 560, 660, 1000):
        bar.setFixedWidth(width)
        assert QLabel.sizeHint(banner).width() <= banner.width()
        said.append(banner.text())
    assert len(set(said)) == 4
    assert said[0] == "<b>Replay</b>"
    assert said[2] == "<b>Replay</b>: recorded, no model calls"
    assert said[3] == f"{said[2]} · the run took 0:32; without waiting it plays in 0:29"
    player.skips_waiting = False
    bar._on_skip(False)
    assert banner.text() == said[2]


def scrubbed(qtbot: QtBot, width: int) -> tuple[ReplayBar, ReplayPlayer, Scrubber]:
    """A bar, to be held, the player that it shows and its scrubber."""
    bar = ReplayBar()
    qtbot.addWidget(bar)
    bar.resize(width, 80)
    bar.show()
    player = ReplayPlayer(Replay(EVENTS))
    bar.set_player(player)
    scrubber = bar.findChild(Scrubber)
    assert isinstance(scrubber, Scrubber)
    return bar, player, scrubber


def test_the_scrubber_by_mouse_and_keys(qtbot: QtBot) -> None:
    _bar, player, scrubber = scrubbed(qtbot, 1200)
    qtbot.keyClick(scrubber, Qt.Key.Key_Home)
    assert player.position == 0.0
    qtbot.keyClick(scrubber, Qt.Key.Key_End)
    assert player.replay.seq == player.replay.last_seq
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(8, 14))
    assert player.replay.seq <= player.replay.markers[0].seq
    check(player)
    marker = player.replay.markers[-1]
    spot = QPoint(round(scrubber._x(player.place_of(marker))), 14)
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=spot)
    check(player)


def test_of_the_places_that_the_playhead_is_dragged_over_only_the_last_counts(qtbot: QtBot) -> None:
    """It follows the pointer at once; what then was shows when there is time."""
    _bar, player, scrubber = scrubbed(qtbot, 900)
    moments = QSignalSpy(player.feed.changed)
    shown = player.replay.seq
    for x in range(60, 160, 10):
        place = QPointF(x, 14)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            scrubber.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(scrubber, move)
        assert player.position == scrubber._seconds(x)
    assert player.replay.seq == shown
    qtbot.waitUntil(lambda: player.replay.seq != shown)
    assert moments.count() == 1
    assert player.replay.seq == player.replay.seq_at(player.position, skip_waiting=True)
    check(player)


async def test_a_jump_to_an_error_selects_what_failed(qapp: QApplication, qtbot: QtBot, wait_until: Until) -> None:
    async with opened_window(qapp) as application:
        run = await asyncio.to_thread(keep, application.workbench.sessions.history, 8)
        await application.workbench.replay_run(*run)
        work, actions = application.window.work, application.window.actions_by_name
        player = work.replay.player
        assert player is not None
        player.pause()
        await player.prepare()
        player.seek_event(0)
        errors = [marker for marker in player.replay.markers if marker.kind == "error"]
        assert len(errors) > 1
        actions["replay_next_error"].trigger()
        actions["replay_next_error"].trigger()
        assert player.replay.seq == errors[1].seq
        buttons = {button.accessibleName(): button for button in work.replay.findChildren(QToolButton)}
        qtbot.mouseClick(buttons["Previous error"], Qt.MouseButton.LeftButton)
        assert player.replay.seq == errors[0].seq
        player.step_error(-1)
        assert player.replay.seq == errors[0].seq, "there is none before"
        scrubber = work.replay.findChild(Scrubber)
        assert isinstance(scrubber, Scrubber)
        spot = QPoint(round(scrubber._x(player.place_of(errors[1]))), 14)
        qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=spot)
        failed = work.tree.selected_node()
        assert failed is not None
        assert failed is player.feed.state.nodes[failed.index]
        assert call_text.is_failure(failed) or any(cell.error for cell in getattr(failed, "cells", ()))
        await wait_until(lambda: work.inspector.node is failed)


def shown_texts(inspector: Inspector) -> list[str]:
    """All that the inspector says, page by page."""
    texts: list[str] = [inspector.caption.full_text]
    for page in range(inspector.tabs.count()):
        inspector.tabs.setCurrentIndex(page)
        widget = inspector.tabs.currentWidget()
        texts += [edit.toPlainText() for edit in widget.findChildren(QPlainTextEdit)]
        texts += [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]
    return texts


def test_the_inspector_follows_the_playhead_back(qtbot: QtBot) -> None:
    """A row may be the same object before and after a jump: what shows must be what it was then."""
    events = list(traces.events(traces.Shape(calls=30, depth=2, batch=8)))
    replay = Replay(events)
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show()
    last = replay.last_seq
    replay.seek(last)
    for seq in (last, last * 3 // 4, last // 2, last // 4, last // 2, 12):
        state = replay.seek(seq)
        for place in (0, 1, 2, 3):
            if place >= len(state.nodes):
                continue
            inspector.show_node(state, state.nodes[place])
            fresh = Inspector()
            fresh.resize(inspector.size())
            qtbot.addWidget(fresh)
            fresh.show_node(state, state.nodes[place])
            assert shown_texts(inspector) == shown_texts(fresh)
            fresh.deleteLater()


async def test_what_is_prepared_is_given_up_with_the_replay(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    events = list(traces.events(traces.Shape(calls=200, batch=80)))
    gate = threading.Event()

    class Slow(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            gate.wait(20)
            return super().__iter__()

    replay = Replay(events, is_prepared=False)
    monkeypatch.setattr(replay, "_events", Slow(events))
    player = ReplayPlayer(replay)
    bar = ReplayBar()
    qtbot.addWidget(bar)
    preparing = asyncio.ensure_future(player.prepare())
    await asyncio.sleep(0)
    bar.set_player(player)
    assert player.preparing == 0
    assert "0%" in bar._banner.text()
    player.stop()
    gate.set()
    await preparing
    assert not player.replay.is_prepared


async def test_a_jump_leaves_the_tree_as_it_was_arranged(qapp: QApplication, wait_until: Until) -> None:
    """What is opened and closed, looked for and sorted by."""
    async with opened_window(qapp) as application:
        run = await asyncio.to_thread(keep, application.workbench.sessions.history)
        await application.workbench.replay_run(*run)
        work = application.window.work
        player, tree = work.replay.player, work.tree
        assert player is not None
        player.pause()
        await player.prepare()
        player.seek_event(player.replay.last_seq)
        batch = next(node for node in player.feed.state.nodes if isinstance(node, BatchNode))
        for is_open in (True, False):
            row = player.feed.state.nodes[batch.index]
            (tree.model.rows.open if is_open else tree.model.rows.close)(row)
            player.seek_event(player.replay.last_seq // 2)
            player.seek_event(player.replay.last_seq - 1)
            assert tree.model.rows.is_open(player.feed.state.nodes[batch.index]) == is_open
        tree.model.set_order("cost")
        tree.bar.field.setText("cloud")
        await wait_until(lambda: tree.model.rows.matches is not None)
        player.seek_event(player.replay.last_seq - 9)
        await wait_until(lambda: tree.model.rows.matches is not None)
        assert tree.bar.field.text() == "cloud"
        assert tree.model.rows.order == "cost"


class TestReading:
    async def test_it_shows_how_far_it_is_and_can_be_given_up(
        self, qapp: QApplication, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same keys that began it end it; nothing of it comes later."""
        async with opened_window(qapp) as application:
            session_id, run_id = await asyncio.to_thread(keep, application.workbench.sessions.history)
            bench, bar = application.workbench, application.window.work.replay
            bench.open_run(session_id, run_id)
            await wait_until(lambda: bench.run_id == run_id and bar.player is None and bench._opening.done())
            begun, gate, ended = threading.Event(), threading.Event(), threading.Event()
            onto_tape = History.onto_tape

            def slowly(*arguments: Any) -> Iterator[Any]:
                begun.set()
                try:
                    for portion in onto_tape(*arguments):
                        gate.wait(20)
                        yield portion
                finally:
                    ended.set()

            monkeypatch.setattr(History, "onto_tape", slowly)
            toggle = application.window.actions_by_name["replay"].trigger
            toggle()
            await wait_until(lambda: bar.is_reading and begun.is_set())  # what has not begun never will
            assert bar.isVisible()
            assert bar._exit.isEnabled()
            assert not bar._play.isEnabled()
            assert "0%" in bar._banner.text()
            shown = bench.state
            toggle()
            await wait_until(lambda: not bar.is_reading)
            assert bar.isHidden()
            gate.set()
            await wait_until(ended.is_set)
            assert bench.state is shown
            toggle()
            await wait_until(lambda: bar.player is not None)
            assert bar._play.isEnabled()
            toggle()

    async def test_another_run_is_opened_meanwhile(
        self, qapp: QApplication, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened_window(qapp) as application:
            history = application.workbench.sessions.history
            first = await asyncio.to_thread(keep, history)
            other = await asyncio.to_thread(keep, history, 8)
            gate = threading.Event()
            of_run = Replay.of_run

            def slowly(*arguments: Any) -> Replay:
                gate.wait(20)
                return of_run(*arguments)

            monkeypatch.setattr(Replay, "of_run", slowly)
            bench, bar = application.workbench, application.window.work.replay
            replaying = asyncio.ensure_future(bench.replay_run(*first))
            await wait_until(lambda: bar.is_reading)
            bench.open_run(*other)
            await replaying
            await wait_until(lambda: bench.run_id == other[1])
            gate.set()
            assert bar.player is None
            assert bar.isHidden()


def keep(history: History | None, seed: int = 7) -> tuple[str, str]:
    """Put a run into the history; its session and its id."""
    assert history is not None
    events = list(traces.events(traces.Shape(calls=60, seed=seed)))
    sink = history.sink()
    for event in events:
        sink(event)
    history.flush()
    assert isinstance(events[0], RunStarted)
    return events[0].session_id, events[0].run_id
