"""Tree and inspector show whatever the fold makes of a damaged trace, and texts of any kind."""

from __future__ import annotations

import random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.inspector.inspector import Inspector
from tests import traces
from tests.traces import Shape

ODD = "\u202eright to left\u2066 \x00\x07\ufffc\U0001f600\u0301\u2028" + "x" * 300 + "\n\r\t<b>&amp;</b> ▌ "


def _show_all(view: CallTreeView, inspector: Inspector, state: RunState) -> None:
    view.set_state(state)
    if not state.nodes:
        return
    view.model.rows.open_all(state.nodes[0])
    view.grab()
    view.show_page(1)
    view.grab()
    view.show_page(0)
    for node in random.Random(1).sample(state.nodes, min(6, len(state.nodes))):
        view.select_node(node)
        inspector.show_node(state, node)
        for number in range(inspector.tabs.count()):
            inspector.tabs.setCurrentIndex(number)
        inspector.grab()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), drop=st.sampled_from((0.05, 0.3, 0.7)), swaps=st.integers(0, 200))
def test_a_damaged_trace_can_be_shown(qtbot: QtBot, seed: int, drop: float, swaps: int) -> None:
    chance = random.Random(seed)
    events = [
        event
        for event in traces.events(Shape(calls=25, depth=3, batch=10, errors=0.2, seed=seed % 7, words=4))
        if isinstance(event, ev.RunStarted) or chance.random() > drop
    ]
    for _ in range(swaps):
        a, b = chance.randrange(len(events)), chance.randrange(len(events))
        events[a], events[b] = events[b], events[a]
    view, inspector = CallTreeView(), Inspector()
    state = RunState()
    view.set_state(state)
    for number, event in enumerate(events):
        state.apply(event)
        if number % 40 == 0:
            view.refresh()
    _show_all(view, inspector, state)
    state.close_interrupted()
    view.refresh()
    view.grab()
    for widget in (view, inspector):
        widget.close()
        widget.deleteLater()


def test_odd_texts_can_be_shown(qtbot: QtBot) -> None:
    state = RunState()
    for event in traces.events(Shape(calls=12, depth=2, batch=4)):
        fields = {
            name: ODD
            for name in ("prompt", "text", "code", "error", "traceback", "function", "model", "result", "answer")
            if isinstance(getattr(event, name, None), str)
        }
        state.apply(msgspec.structs.replace(event, **fields))
    view, inspector = CallTreeView(), Inspector()
    qtbot.addWidget(view)
    qtbot.addWidget(inspector)
    _show_all(view, inspector, state)
    for node in state.nodes:
        inspector.show_node(state, node)
        assert "<b>&amp;" not in inspector.breadcrumb.text()
