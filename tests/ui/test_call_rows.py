"""The flat list mirrors the tree of `RunState`, whatever happens in whatever order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, Node
from rlm_desktop.history.replay import Replay
from rlm_desktop.ui.calls import call_rows, row_look
from rlm_desktop.ui.calls.call_rows import CallRows
from rlm_desktop.ui.calls.call_text import is_failure
from rlm_desktop.ui.calls.row_look import BIG_BATCH, MOST_LIFTED, ORDERS
from tests import traces
from tests.traces import Shape


def _rows(later: Callable[[], None] | None = None) -> CallRows:
    def splice(row: int, removed: int, inserted: list[int]) -> None:
        rows.visible[row : row + removed] = inserted

    def replace(all_of_them: list[int]) -> None:
        rows.visible = all_of_them

    rows = CallRows(splice, replace, later)
    return rows


def _expected(rows: CallRows) -> Iterator[int]:
    """What is to be seen, by plain recursion over the tree."""

    def below(node: Node) -> Iterator[int]:
        yield node.index
        if rows.is_open(node):
            for child in rows.in_order(node):
                yield from below(child)
        elif isinstance(node, BatchNode) and node.size > BIG_BATCH:
            failed = [child.index for child in node.children if is_failure(child)]
            if failed:
                yield from failed[:MOST_LIFTED]
                yield ~node.index

    if rows.state.nodes:
        yield from below(rows.state.nodes[0])


shapes = st.builds(
    Shape,
    calls=st.integers(1, 80),
    depth=st.integers(1, 3),
    iterations=st.integers(1, 5),
    batch=st.integers(1, 30),
    concurrency=st.integers(1, 10),
    chunks=st.integers(0, 2),
    errors=st.sampled_from((0.0, 0.1, 0.6)),
    cell_errors=st.sampled_from((0.0, 0.3)),
    seed=st.integers(0, 1000),
    words=st.just(2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shape=shapes,
    choices=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6)), max_size=30),
    frame=st.integers(1, 60),
)
def test_rows_mirror_the_tree_while_it_grows_and_is_used(
    shape: Shape, choices: list[tuple[int, int]], frame: int
) -> None:
    rows = _rows()
    state = RunState()
    rows.visible = rows.reset(state)
    waiting = list(choices)
    for number, event in enumerate(traces.events(shape)):
        state.apply(event)
        if number % frame == 0:
            if waiting and rows.visible:
                _use(rows, *waiting.pop())
            rows.refresh()
            assert rows.visible == list(_expected(rows))
    rows.refresh()
    assert rows.visible == list(_expected(rows))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(  # calls that came after a row was sorted, but before it had any
    shape=Shape(calls=3, depth=1, iterations=3, batch=2, seed=84, words=2), choices=[(2, 6)], frame=6, pieces=0
)
@given(
    shape=shapes,
    choices=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6)), max_size=30),
    frame=st.integers(1, 20),
    pieces=st.integers(0, 3),
)
def test_rows_that_are_arranged_in_pieces_are_the_same_in_the_end(
    shape: Shape, choices: list[tuple[int, int]], frame: int, pieces: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (call_rows, row_look):
            patch.setattr(module, "PIECE", 3)
        patch.setattr(row_look, "_FEW", pieces)
        patch.setattr(call_rows, "_AT_ONCE", 0)
        patch.setattr(call_rows, "_AT_ONCE_SECONDS", 0.0)
        rows = _rows(later=lambda: None)
        state = RunState()
        rows.visible = rows.reset(state)
        waiting = list(choices)
        for number, event in enumerate(traces.events(shape)):
            state.apply(event)
            if number % frame == 0:
                if waiting and rows.visible:
                    _use(rows, *waiting.pop())
                for _ in range(pieces):
                    rows.go_on(0.0)
                before = list(rows.visible)
                rows.refresh()
                assert rows.visible == (before if rows.is_working else list(_expected(rows)))
        rows.go_on(math.inf)
        rows.refresh()
        assert rows.visible == list(_expected(rows))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shape=shapes,
    steps=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 400), st.integers(0, 9)), max_size=12),
    is_slow=st.booleans(),
)
def test_rows_of_any_moment_are_those_of_a_fresh_view_of_it(
    shape: Shape, steps: list[tuple[int, int, int]], is_slow: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if is_slow:
            patch.setattr(row_look, "PIECE", 3)
            patch.setattr(call_rows, "_AT_ONCE", 0)
            patch.setattr(call_rows, "_AT_ONCE_SECONDS", 0.0)
        replay = Replay(list(traces.events(shape)), work=20)
        rows = _rows(later=lambda: None)
        state = replay.seek(replay.last_seq)
        rows.visible = rows.reset(state)
        for percent, place, what in steps:
            if rows.visible:
                _arrange(rows, place, what)
            before, state = state, replay.seek(replay.last_seq * percent // 100)
            if state is before:  # a little on: what is sorted stays where it is
                rows.refresh()
                continue
            rows.visible = rows.move_to(state)
            assert all(0 <= rows.node(row).index < len(state.nodes) for row in range(len(rows.visible)))
            rows.go_on(math.inf)
            assert rows.visible == _afresh(rows)


def _arrange(rows: CallRows, place: int, what: int) -> None:
    if what == 7 or (what in (4, 5) and rows.matches is not None):
        rows.set_matches(None)
    elif what == 8:
        rows.set_matches({node.index for node in rows.state.nodes if node.index % 7 == place % 7})
    elif what == 9:
        rows.set_focus(rows.node(place % len(rows.visible)) if place % 2 else None)
    elif what in (4, 5) and rows.focus is not None:
        rows.set_focus(None)
    else:
        _use(rows, place, what)
    rows.go_on(math.inf)


def _afresh(rows: CallRows) -> list[int]:
    """The rows of a view that was at no other moment: with the same open rows, focus, order and filter."""
    fresh = _rows()
    fresh.visible = fresh.reset(rows.state)
    fresh.set_focus(rows.focus)  # which opens it; it may have been closed since
    fresh._growth.opened = set(rows._growth.opened)
    fresh.set_order(rows.order, is_ascending=rows.is_ascending)
    fresh.set_matches(rows.matches)
    for index in rows._look.shut if rows.matches is not None else ():
        if index < len(rows.state.nodes):
            fresh.close(rows.state.nodes[index])
    return fresh.visible


def test_a_filter_is_given_up_for_the_next_one_and_kept_when_rows_are_sorted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(row_look, "PIECE", 1)
    monkeypatch.setattr(call_rows, "_AT_ONCE", 0)
    monkeypatch.setattr(call_rows, "_AT_ONCE_SECONDS", 0.0)
    rows = _rows(later=lambda: None)
    state = traces.state(Shape(calls=60, depth=2))
    rows.visible = rows.reset(state)
    before = list(rows.visible)
    hit, other = state.nodes[-1], state.nodes[-3]
    rows.set_matches({other.index})
    rows.set_matches({hit.index})
    rows.set_order("cost")
    assert (rows.is_working, rows.visible, rows.matches) == (True, before, None)
    assert rows.order == "cost"
    rows.go_on(math.inf)
    assert (rows.matches, rows.order) == ({hit.index}, "cost")
    assert rows.visible == [*reversed([above.index for above in hit.ancestors()]), hit.index]


@pytest.mark.parametrize("use", [CallRows.open_all, CallRows.close_all])
def test_a_very_wide_batch_is_gone_over_in_pieces_too(
    monkeypatch: pytest.MonkeyPatch, use: Callable[[CallRows, Node], None]
) -> None:
    """Opening everything once took its pieces by parents, of which each may have 10,000 children."""
    monkeypatch.setattr(call_rows, "PIECE", 2)
    monkeypatch.setattr(call_rows, "_AT_ONCE", 0)
    monkeypatch.setattr(call_rows, "_AT_ONCE_SECONDS", 0.0)
    rows = _rows(later=lambda: None)
    state = traces.state(Shape(calls=200, depth=1, batch=160))
    rows.visible = rows.reset(state)
    use(rows, state.nodes[0])
    pieces = 1
    while not rows.go_on(0.0):
        pieces += 1
    assert pieces >= len(state.nodes) // (2 * call_rows._LOOKED_AT)


def _use(rows: CallRows, place: int, what: int) -> None:
    node = rows.node(place % len(rows.visible))
    if what == 0:
        rows.open(node)
    elif what == 1:
        rows.close(node)
    elif what == 2:
        rows.open_all(node)
    elif what == 3:
        rows.close_all(node)
    elif what == 6:
        rows.set_order(ORDERS[place % len(ORDERS)], is_ascending=place % 2 == 0)
    else:
        hidden = rows.state.nodes[place % len(rows.state.nodes)]
        rows.reveal(hidden)
        assert rows.row_of(hidden) >= 0


def test_a_stored_run_shows_the_same_rows_as_a_live_one_after_opening_all() -> None:
    live, stored = _rows(), _rows()
    state = RunState()
    live.visible = live.reset(state)
    for event in traces.events(Shape(calls=100, depth=3)):
        state.apply(event)
        live.refresh()
    stored.visible = stored.reset(state)
    for rows in (live, stored):
        rows.open_all(state.nodes[0])
    assert live.visible == stored.visible
    assert sorted(live.visible) == list(range(len(state.nodes)))


def test_a_big_batch_is_closed_with_its_failures_lifted_out() -> None:
    rows = _rows()
    state = traces.state(Shape(calls=60, depth=1, batch=30, errors=0.2))
    rows.visible = rows.reset(state)
    batch = next(node for node in state.batches.values() if node.size > BIG_BATCH)
    row = rows.row_of(batch)
    failed = [child for child in batch.children if is_failure(child)]
    assert not rows.is_open(batch)
    assert [rows.node(row + 1 + number) for number in range(len(failed))] == failed
    assert rows.is_more(row + 1 + len(failed))
    assert rows.hidden_count(batch) == batch.size - len(failed)


def test_what_was_closed_by_hand_stays_closed_when_something_fails_below() -> None:
    rows = _rows()
    state = RunState()
    rows.visible = rows.reset(state)
    closed = None
    for event in traces.events(Shape(calls=100, depth=1, batch=6, errors=0.5)):
        state.apply(event)
        rows.refresh()
        if closed is None and state.batches:
            closed = next(iter(state.batches.values())).parent
            assert closed is not None
            rows.close(closed)
    assert closed is not None
    assert any(is_failure(node) for node in state.nodes if closed in node.ancestors())
    assert not rows.is_open(closed)


def test_a_filter_keeps_the_ancestors_of_hits() -> None:
    rows = _rows()
    state = traces.state(Shape(calls=60))
    rows.visible = rows.reset(state)
    hit = next(node for node in reversed(state.nodes) if isinstance(node, CallNode) and node.level > 2)
    rows.set_matches({hit.index})
    assert rows.visible == [*(ancestor.index for ancestor in reversed(list(hit.ancestors()))), hit.index]
    assert rows.is_dimmed(state.nodes[0])
    assert not rows.is_dimmed(hit)
    rows.close(state.nodes[0])
    assert rows.visible == [0]
    rows.set_matches(None)
    assert len(rows.visible) > 5


def test_focus_shows_one_subtree() -> None:
    rows = _rows()
    state = traces.state(Shape(calls=60))
    rows.visible = rows.reset(state)
    iteration = state.nodes[0].children[1]
    rows.set_focus(iteration)
    assert rows.visible[0] == iteration.index
    assert rows.level(iteration) == 0
    assert all(
        rows.node(row) is iteration or iteration in rows.node(row).ancestors() for row in range(len(rows.visible))
    )


@pytest.mark.parametrize("step", [1, -1])
def test_failures_are_visited_in_the_order_of_the_tree_and_around(step: int) -> None:
    rows = _rows()
    state = traces.state(Shape(calls=80, depth=3, errors=0.3, seed=3))
    rows.visible = rows.reset(state)
    rows.open_all(state.nodes[0])
    expected = [index for index in rows.visible if is_failure(state.nodes[index])]
    expected = [index for index in expected if not isinstance(state.nodes[index], BatchNode)]
    assert len(expected) > 3
    if step < 0:
        expected.reverse()
    node: Node | None = None
    visited = []
    for _ in range(len(expected) + 1):
        node = rows.failure_after(node, step)
        assert node is not None
        visited.append(node.index)
    assert visited == [*expected, expected[0]]


def test_a_very_deep_run_needs_no_recursion() -> None:
    rows = _rows()
    state = RunState()
    state.apply(
        ev.RunStarted(run_id="r", session_id="s", question="?", root_model="m", sub_model="m", started_at="")
    )
    for number in range(1500):
        parent = number - 1 if number else None
        state.apply(ev.CallStarted(call=number, parent=parent, kind="rlm", depth=number, model="m"))
    rows.visible = rows.reset(state)
    rows.open_all(state.nodes[0])
    assert len(rows.visible) == 1500


@pytest.mark.parametrize("piece", [512, 3])
@pytest.mark.parametrize("is_ascending", [True, False])
def test_what_comes_after_the_sorting_goes_where_it_belongs_and_nothing_else_moves(
    monkeypatch: pytest.MonkeyPatch, is_ascending: bool, piece: int
) -> None:
    monkeypatch.setattr(row_look, "PIECE", piece)
    rows, state = _rows(), RunState()
    rows.visible = rows.reset(state)
    state.apply(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    state.apply(ev.IterationStarted(call=0, iteration=1, of=1))
    for call, cost in enumerate((0.3, 0.5, None), start=1):
        _call(state, call, cost)
    rows.refresh()
    rows.set_order("cost", is_ascending=is_ascending)
    for call, cost in enumerate((0.4, 0.1, None, 0.4, 0.9), start=4):
        _call(state, call, cost)
    rows.refresh()
    shown = [rows.node(row).index for row in range(2, len(rows.visible))]
    assert shown == ([6, 2, 5, 8, 3, 9, 4, 7] if is_ascending else [9, 3, 5, 8, 2, 6, 4, 7])
    before = list(rows.visible)
    state.apply(ev.ModelRequested(call=3, model="m"))
    state.apply(ev.ModelResponded(call=3, text="", usage=None, cost_usd=7.0))
    rows.refresh()
    assert rows.visible == before, "what grows stays where it is"


def test_what_has_grown_much_since_it_was_sorted_is_sorted_in_pieces_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (call_rows, row_look):
        monkeypatch.setattr(module, "PIECE", 3)
    monkeypatch.setattr(call_rows, "_AT_ONCE", 0)
    monkeypatch.setattr(call_rows, "_AT_ONCE_SECONDS", 0.0)
    rows, state = _rows(later=lambda: None), RunState()
    rows.visible = rows.reset(state)
    state.apply(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    state.apply(ev.IterationStarted(call=0, iteration=1, of=1))
    _call(state, 1, 0.3)
    rows.set_order("cost")
    rows.close(state.nodes[1])
    for call in range(2, 32):
        _call(state, call, call % 7 / 10)
    rows.open(state.nodes[1])
    pieces = 1
    while not rows.go_on(0.0):
        pieces += 1
    assert pieces > 15, "nine to sort what came, ten to list the rows"
    costs = [node.exchange.cost_usd for node in map(rows.node, range(2, len(rows.visible)))]  # type: ignore[attr-defined]
    assert len(costs) == 31
    assert costs == sorted(costs, reverse=True)


def _call(state: RunState, call: int, cost: float | None) -> None:
    state.apply(ev.CallStarted(call=call, parent=0, kind="llm", depth=1, model="m"))
    state.apply(ev.ModelRequested(call=call, model="m"))
    state.apply(ev.ModelResponded(call=call, text="", usage=None, cost_usd=cost))


def test_a_live_run_is_sorted_once_and_again_when_the_person_says_so() -> None:
    rows, state = _rows(), RunState()
    rows.visible = rows.reset(state)
    events = list(traces.events(Shape(calls=40, depth=1, batch=12, iterations=3, concurrency=3)))
    for event in events[: len(events) // 2]:
        state.apply(event)
    rows.refresh()
    rows.set_order("tokens")
    batch = state.batches[0]
    rows.open(batch)
    before = [node.index for node in rows.in_order(batch)]
    for event in events[len(events) // 2 :]:
        state.apply(event)
    rows.refresh()
    assert [node.index for node in rows.in_order(batch) if node.index in before] == before
    rows.set_order("tokens", is_ascending=True)
    tokens = [node.subtree.input_tokens for node in rows.in_order(batch)]  # type: ignore[attr-defined]
    assert sorted(tokens) == tokens
    rows.set_order("time")
    assert rows.in_order(batch) is batch.children


@pytest.mark.parametrize("is_ascending", [True, False])
def test_what_nobody_knows_is_sorted_to_the_end(is_ascending: bool) -> None:
    """A call whose cost is not known did not cost nothing."""
    state = RunState()
    state.apply(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    state.apply(ev.IterationStarted(call=0, iteration=1, of=1))
    for call, cost in enumerate((0.2, None, 0.0, 0.1), start=1):
        state.apply(ev.CallStarted(call=call, parent=0, kind="llm", depth=1, model="m"))
        state.apply(ev.ModelRequested(call=call, model="m"))
        state.apply(ev.ModelResponded(call=call, text="", usage=None, cost_usd=cost))
    rows = _rows()
    rows.visible = rows.reset(state)
    rows.set_order("cost", is_ascending=is_ascending)
    shown = [node.exchange.cost_usd for node in rows.in_order(state.nodes[1])]  # type: ignore[attr-defined]
    assert shown == ([0.0, 0.1, 0.2, None] if is_ascending else [0.2, 0.1, 0.0, None])
    rows.set_order("tokens", is_ascending=is_ascending)
    assert [node.index for node in rows.in_order(state.nodes[1])] == [2, 3, 4, 5]


@pytest.mark.parametrize("arrange", [lambda rows: rows.set_order("cost"), lambda rows: rows.set_matches({0})])
def test_the_path_to_a_failure_opens_however_the_rows_are_arranged(arrange: Callable[[CallRows], None]) -> None:
    rows, state = _rows(), RunState()
    rows.visible = rows.reset(state)
    for call in range(4):
        kind = "llm" if call == 3 else "rlm"
        parent = call - 1 if call else None
        state.apply(ev.CallStarted(call=call, parent=parent, kind=kind, depth=call, model="m"))
        if kind == "rlm":
            state.apply(ev.IterationStarted(call=call, iteration=1, of=1))
    rows.refresh()
    failed = state.calls[3]
    assert failed.index not in rows.visible, "too deep to be shown by itself"
    state.apply(ev.CallFinished(call=3, end_state=EndState.FAILED, error="429"))
    arrange(rows)
    rows.set_matches(None)
    assert failed.index in rows.visible


def test_the_path_to_a_failure_that_comes_while_a_filter_is_on_is_open_without_it() -> None:
    rows, state = _rows(), RunState()
    rows.visible = rows.reset(state)
    for call in range(3):
        parent = call - 1 if call else None
        state.apply(ev.CallStarted(call=call, parent=parent, kind="rlm", depth=call, model="m"))
        state.apply(ev.IterationStarted(call=call, iteration=1, of=1))
    rows.refresh()
    rows.set_matches({0})
    state.apply(ev.CallStarted(call=3, parent=2, kind="llm", depth=3, model="m"))
    state.apply(ev.CallFinished(call=3, end_state=EndState.FAILED, error="429"))
    rows.refresh()
    rows.set_matches(None)
    assert state.calls[3].index in rows.visible
