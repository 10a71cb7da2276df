"""The replay: the player against the fold of each prefix, the bar with real keys and clicks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.state import RunState
from rlm_desktop.history.replay import Replay
from rlm_desktop.ui.inspector.inspector import Inspector
from rlm_desktop.ui.replay.bar import ReplayBar, Scrubber
from rlm_desktop.ui.replay.player import ReplayPlayer
from tests import traces

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


def test_the_scrubber_by_mouse_and_keys(qtbot: QtBot) -> None:
    bar = ReplayBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 80)
    bar.show()
    player = ReplayPlayer(Replay(EVENTS))
    bar.set_player(player)
    scrubber = bar.findChild(Scrubber)
    assert isinstance(scrubber, Scrubber)
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
