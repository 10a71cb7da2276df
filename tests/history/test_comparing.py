"""Two runs side by side: alignment, differences, distributions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.traces as real
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.history import comparing
from rlm_desktop.history.comparing import (
    aligned,
    choices,
    figures,
    kind_of,
    matched,
    result_of,
    spreads,
    text_diff,
)

CALL = st.builds(
    ev.CallStarted,
    parent=st.just(0),
    kind=st.sampled_from(["rlm", "llm"]),
    depth=st.just(1),
    model=st.just("m"),
    function=st.sampled_from(["llm_query", "rlm_query"]),
    prompt=st.sampled_from("abc"),
)
ROWS = st.lists(CALL.map(lambda event: CallNode(None, event)), max_size=12)


def rows_of(state: RunState) -> list[Node]:
    """All rows but the calls of batches, in the order of the tree."""
    found: list[Node] = []
    waiting: list[Node] = [state.root] if state.root else []
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, BatchNode):
            waiting += reversed(node.children)
    return found


@settings(max_examples=200, deadline=None)
@given(ROWS, ROWS, st.sampled_from([0, 10**6]))
def test_rows_are_matched_in_order_and_by_kind(left: list[Node], right: list[Node], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "MOST_CELLS", most)
        pairs = matched(left, right)
    assert [one for one, _ in pairs if one is not None] == left
    assert [two for _, two in pairs if two is not None] == right
    assert all(kind_of(one) == kind_of(two) for one, two in pairs if one is not None and two is not None)
    assert all(one is not None or two is not None for one, two in pairs)
    if most:
        left_kinds, right_kinds = [kind_of(one) for one in left], [kind_of(two) for two in right]
        for one, two in pairwise(pairs):
            # Neighbours that could have been a pair are one.
            assert one[0] is None or two[1] is None or one[1] or two[0] or kind_of(one[0]) != kind_of(two[1])
        if not set(left_kinds) & set(right_kinds):
            assert len(pairs) == len(left) + len(right)


@given(ROWS)
def test_a_list_is_matched_with_itself(rows: list[Node]) -> None:
    assert matched(rows, rows) == [(row, row) for row in rows]


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2)])
def test_every_row_of_both_runs_is_there_once(seeds: tuple[int, int]) -> None:
    left, right = (real.state(real.Shape(calls=80, depth=3, seed=seed, cell_errors=0.2)) for seed in seeds)
    pairs = aligned(left, right)
    assert [pair.left for pair in pairs if pair.left is not None] == rows_of(left)
    assert [pair.right for pair in pairs if pair.right is not None] == rows_of(right)
    if seeds[0] == seeds[1]:
        assert all(pair.is_whole and not pair.differs for pair in pairs)
    assert (pairs[0].left, pairs[0].right) == (left.root, right.root)


@pytest.mark.parametrize("most", [0, 10**6])
def test_another_cell_in_the_middle_is_only_in_one(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(comparing, "MOST_CELLS", most)

    def iterations(*codes: str) -> list[Node]:
        call = CallNode(None, ev.CallStarted(parent=None, kind="rlm", depth=0, model="m"))
        rows: list[Node] = []
        for number, code in enumerate(codes, start=1):
            row = IterationNode(call, ev.IterationStarted(iteration=number, of=9))
            row.cells = (comparing_cell(code),)
            rows.append(row)
        return rows

    left, right = iterations("a", "b", "c"), iterations("a", "x", "b", "c")
    assert matched(left, right) == [(left[0], right[0]), (None, right[1]), (left[1], right[2]), (left[2], right[3])]
    left, right = iterations("a", "b"), iterations("a", "x", "y")
    assert matched(left, right) == [(left[0], right[0]), (left[1], right[1]), (None, right[2])]


def comparing_cell(code: str):  # type: ignore[no-untyped-def]
    from rlm_desktop.engine.tree import CellState

    return CellState(0, code, 0.0)


def test_figures_say_what_is_not_known() -> None:
    known = real.state(real.Shape(calls=20))
    unpriced = real.state(real.Shape(calls=20, knows_cost=False))
    assert known.root is not None
    assert unpriced.root is not None
    assert figures(known.root, known.now).cost_usd == pytest.approx(known.totals.cost_usd)
    assert figures(known.root, known.now).tokens == known.totals.input_tokens + known.totals.output_tokens
    assert figures(unpriced.root, unpriced.now).cost_usd is None
    assert figures(known.root, known.now).calls == known.totals.calls
    asked_nothing = CallNode(None, ev.CallStarted(parent=None, kind="rlm", depth=0, model="m"))
    assert (figures(asked_nothing, 1.0).tokens, figures(asked_nothing, 1.0).cost_usd) == (0, 0.0)


def test_an_interrupted_run_has_no_answer() -> None:
    events = list(real.events(real.Shape(calls=20)))
    whole, cut = RunState(), RunState()
    for event in events:
        whole.apply(event)
    for event in events[: len(events) // 2]:
        cut.apply(event)
    assert isinstance(cut.root, CallNode)
    assert cut.root.exchange is not None
    assert cut.root.exchange.text
    assert result_of(cut.root) == ""  # it runs
    cut.close_interrupted()
    assert result_of(cut.root) == ""
    assert result_of(whole.root) == whole.answer != ""


def test_batches_are_distributions_in_the_same_steps() -> None:
    left = real.state(real.Shape(calls=100, depth=1, batch=40, seed=1))
    right = real.state(real.Shape(calls=100, depth=1, batch=60, seed=2))
    one, two = (next(node for node in state.nodes if isinstance(node, BatchNode)) for state in (left, right))
    first, second = spreads(one, two)
    assert first is not None
    assert second is not None
    assert (first.size, second.size) == (40, 60)
    assert (sum(first.counts), sum(second.counts)) == (40, 60)
    assert first.least <= first.median <= first.most
    assert max(first.counts[-1], second.counts[-1]) >= 1
    assert spreads(one, None)[1] is None
    assert spreads(None, None) == (None, None)


def test_what_was_chosen_differs_first() -> None:
    left, right = RunState(), RunState()
    for state, model in ((left, "a"), (right, "b")):
        state.apply(
            ev.RunStarted(
                run_id=model, session_id="s", question="q", root_model=model, sub_model="c", started_at="",
                settings={"budget_usd": None, "max_depth": 2},
            )
        )  # fmt: skip
    rows = choices(left, right)
    assert rows[0] == ("root_model", "a", "b")
    assert ("budget_usd", "none", "none") in rows
    assert choices(RunState(), RunState()) == []


def test_the_diff_of_texts() -> None:
    assert text_diff("a\nb", "a\nb") == []
    assert text_diff("a\nb", "a\nc")[1:] == [" a", "-b", "+c"]
    assert "not compared" in text_diff("a\n" * 30_000, "b\n")[-1]
