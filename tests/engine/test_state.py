"""The fold: any prefix of a trace, and any disorder of one, is a valid state."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Usage
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.trace import Trace
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.repl.wire import Variable

USAGES = st.one_of(
    st.none(),
    st.builds(
        Usage,
        input_tokens=st.one_of(st.none(), st.integers(0, 1000)),
        output_tokens=st.integers(0, 1000),
        cached_tokens=st.one_of(st.none(), st.integers(0, 500)),
    ),
)
COSTS = st.one_of(st.none(), st.floats(0, 1, allow_nan=False))
SMALL = st.integers(-1, 4)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)

ANY_EVENT: st.SearchStrategy[AnyEvent] = st.one_of(
    st.builds(ev.CallStarted, call=SMALL, parent=st.one_of(st.none(), SMALL), kind=st.sampled_from(["rlm", "llm"]),
              depth=SMALL, model=TEXTS, batch=st.one_of(st.none(), SMALL)),
    st.builds(ev.BatchStarted, call=SMALL, batch=SMALL, function=TEXTS, size=SMALL, iteration=SMALL, cell=SMALL),
    st.builds(ev.BatchFinished, call=SMALL, batch=SMALL, failed=SMALL),
    st.builds(ev.IterationStarted, call=SMALL, iteration=SMALL, of=SMALL),
    st.builds(ev.ModelRequested, call=SMALL, model=TEXTS, kept=SMALL),
    st.builds(ev.TextDelta, call=SMALL, text=TEXTS),
    st.builds(ev.ReasoningDelta, call=SMALL, text=TEXTS),
    st.builds(ev.ModelRetried, call=SMALL, attempt=SMALL, reason=TEXTS, delay=st.just(0.1), usage=USAGES),
    st.builds(ev.ModelResponded, call=SMALL, text=TEXTS, usage=USAGES, cost_usd=COSTS),
    st.builds(ev.ModelFailed, call=SMALL, error=TEXTS, usage=USAGES, cost_usd=COSTS),
    st.builds(ev.CellStarted, call=SMALL, iteration=SMALL, cell=SMALL, code=TEXTS),
    st.builds(ev.CellOutput, call=SMALL, iteration=SMALL, cell=SMALL, stream=st.just("stdout"), text=TEXTS),
    st.builds(ev.CellFinished, call=SMALL, iteration=SMALL, cell=SMALL,
              status=st.sampled_from(["ok", "error", "cancelled"])),
    st.builds(ev.ReplRestarted, call=SMALL, reason=TEXTS, lost=st.just(("x",))),
    st.builds(ev.AnswerSet, call=SMALL, answer=TEXTS, source=st.just("FINAL")),
    st.builds(ev.SecretsRedacted, call=SMALL, where=TEXTS, replaced=st.just({"key": 1})),
    st.builds(ev.Noted, call=SMALL, text=TEXTS),
    st.builds(ev.LimitReached, end_state=st.sampled_from(EndState), detail=TEXTS),
    st.builds(ev.CancelRequested, call=SMALL, by=st.just("user")),
    st.builds(ev.CallFinished, call=SMALL, end_state=st.sampled_from(EndState), result=TEXTS),
    st.builds(ev.RunFinished, end_state=st.sampled_from(EndState), answer=st.one_of(st.none(), TEXTS)),
)  # fmt: skip


def start() -> ev.RunStarted:
    return ev.RunStarted(run_id="r", session_id="s", question="q", root_model="a", sub_model="b", started_at="now")


def fold(events: list[AnyEvent]) -> RunState:
    state = RunState()
    trace = Trace([state.apply])  # type: ignore[list-item]
    for event in events:
        trace.emit(event)
    return state


def check(state: RunState) -> None:
    """What holds for every state."""
    assert [node.index for node in state.nodes] == list(range(len(state.nodes)))
    for node in state.nodes:
        assert node.parent is None or node in node.parent.children
        assert node.parent is None or node.parent.index < node.index
        assert node.level == len(list(node.ancestors()))
        if isinstance(node, BatchNode):
            calls = [child for child in node.children if isinstance(child, CallNode)]
            assert sum(node.counts.values()) == len(calls)
            assert all(count >= 0 for count in node.counts.values())
    assert state.active >= 0
    roots = [node for node in state.nodes if node.parent is None]
    assert len(roots) <= 1
    if roots:
        root = roots[0]
        assert isinstance(root, CallNode)
        assert root.subtree.as_dict() == pytest.approx(state.totals.as_dict())
    own = [call.own for call in state.calls.values()]
    for name in ("requests", "input_tokens", "output_tokens", "unknown_usage", "errors", "calls"):
        total = sum(getattr(tally, name) for tally in own)
        assert total == getattr(state.totals, name)
        assert total == sum(getattr(tally, name) for tally in state.by_depth.values())
        assert total == sum(getattr(tally, name) for tally in state.by_model.values())


@given(st.lists(ANY_EVENT, max_size=60))
def test_any_events_in_any_order_fold_to_a_sound_state(events: list[AnyEvent]) -> None:
    state = fold([start(), *events])
    check(state)
    state.close_interrupted()
    assert not state.is_running


class Counted(RunState):
    """Keeps every sum of every row from the beginning: none is put together when somebody looks."""

    def apply(self, event: AnyEvent) -> Node | None:
        touched = super().apply(event)
        for node in self.nodes:
            if isinstance(node, CallNode):
                node.own_to_change()
            if isinstance(node, CallNode | IterationNode | BatchNode):
                node.sums_to_change()
        return touched


def sums(state: RunState) -> list[dict[str, Any]]:
    found = [tally for node in state.nodes if isinstance(node, CallNode) for tally in (node.own, node.subtree)]
    found += [node.subtree for node in state.nodes if isinstance(node, IterationNode | BatchNode)]
    return [tally.as_dict() for tally in (*found, state.totals, *state.by_depth.values(), *state.by_model.values())]


@given(st.lists(ANY_EVENT, max_size=60))
def test_sums_that_are_made_up_are_those_that_are_counted(events: list[AnyEvent]) -> None:
    counted, made_up = Counted(), RunState()
    root = ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m")
    plain = ev.CallStarted(call=1, parent=0, kind="llm", depth=1, model="m")
    for event in (start(), root, plain, *events):
        counted.apply(event)
        made_up.apply(event)
        assert sums(counted) == sums(made_up)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (None, None),
        (Usage(), 0.1),
        (Usage(input_tokens=5, output_tokens=0, cached_tokens=None, reasoning_tokens=2**31), None),
        (Usage(input_tokens=2**70, output_tokens=1), 0.5),
        (Usage(input_tokens=-1, output_tokens=1), float("inf")),
    ],
)
def test_figures_of_a_reply_are_what_was_told(usage: Usage | None, cost: float | None) -> None:
    state = RunState()
    state.apply(ev.CallStarted(call=0, parent=None, kind="llm", depth=0, model="m"))
    state.apply(ev.ModelRequested(call=0, model="n"))
    told = ev.ModelResponded(call=0, text="", usage=usage, cost_usd=cost, queued=0.5, duration=2.0)
    state.apply(msgspec.structs.replace(told, finish_reason="x"))
    assert state.root is not None
    exchange = state.root.exchange
    assert exchange is not None
    assert (exchange.usage, exchange.cost_usd, exchange.queued, exchange.duration) == (usage, cost, 0.5, 2.0)
    assert (exchange.first_token, exchange.finish_reason, exchange.model) == (None, "x", "n")
    assert state.root.own.as_dict() == state.totals.as_dict()


def test_what_comes_after_the_end_of_a_batch_counts_in_that_batch_alone() -> None:
    """Ended batches share equal counts, and their sums are sealed."""
    events: list[AnyEvent] = [ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m")]
    events.append(ev.IterationStarted(call=0, iteration=1, of=2))
    for batch in (0, 1):
        call = batch + 1
        events += [
            ev.BatchStarted(call=0, batch=batch, function="f", size=1, iteration=1, cell=0),
            ev.CallStarted(call=call, parent=0, kind="llm", depth=1, model="m", batch=batch),
            ev.ModelRequested(call=call, model="m"),
            ev.ModelResponded(call=call, text="", usage=Usage(input_tokens=2**70, output_tokens=1)),
            ev.CallFinished(call=call, end_state=EndState.COMPLETED, result=""),
            ev.BatchFinished(call=0, batch=batch),
        ]
    late = ev.CallStarted(call=3, parent=0, kind="llm", depth=1, model="m", batch=0)
    state = fold([start(), *events, late])
    check(state)
    first, second = state.batches.values()
    assert first.counts == {"queued": 1, "running": 0, "completed": 1}
    assert second.counts == {"queued": 0, "running": 0, "completed": 1}
    assert [(batch.subtree.calls, batch.subtree.input_tokens) for batch in (first, second)] == [
        (2, 2**70),
        (1, 2**70),
    ]


def test_variables_that_stay_are_kept_once() -> None:
    def variables(*pairs: tuple[str, int]) -> tuple[Variable, ...]:
        return tuple(Variable(name=name, type="str", size=size) for name, size in pairs)

    state = RunState()
    state.apply(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    for number, held in enumerate((("a", 1), ("b", 2)), start=1):
        state.apply(ev.IterationStarted(call=0, iteration=number, of=3))
        state.apply(ev.CellStarted(call=0, iteration=number, cell=0, code="x"))
        of_cell = variables(held, ("same", 3))
        state.apply(ev.CellFinished(call=0, iteration=number, cell=0, status="ok", variables=of_cell))
    assert state.root is not None
    first, second = (iteration.cells[0].variables for iteration in state.root.iterations)
    assert (first, second) == (variables(("a", 1), ("same", 3)), variables(("b", 2), ("same", 3)))
    assert second[1] is first[1]


@given(ANY_EVENT)
def test_an_event_survives_its_json(event: AnyEvent) -> None:
    assert ev.decode(ev.encode(event)) == event


def stopped_run() -> list[AnyEvent]:
    """The events of a healthy run that the person stops in its first cell."""
    return [
        start(),
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="a"),
        ev.IterationStarted(call=0, iteration=1, of=4),
        ev.CellStarted(call=0, iteration=1, cell=0, code="llm_query('q')"),
        ev.CallStarted(call=1, parent=0, kind="llm", depth=1, model="b"),
        ev.CancelRequested(call=ev.RUN, by="user"),
        ev.CallFinished(call=1, end_state=EndState.CANCELLED),
        ev.CellFinished(call=0, iteration=1, cell=0, status="cancelled"),
        ev.CallFinished(call=0, end_state=EndState.CANCELLED),
        ev.RunFinished(end_state=EndState.CANCELLED),
    ]


def test_what_was_cancelled_is_no_error() -> None:
    state = fold(stopped_run())
    check(state)
    assert state.status == EndState.CANCELLED
    assert state.totals.errors == 0


def realistic(seed: int) -> list[AnyEvent]:
    """The events of a run with recursion, batches, retries and failures, as the engine emits them."""
    rng = random.Random(seed)
    events: list[AnyEvent] = [start()]
    numbers = iter(range(10_000))
    batches = iter(range(10_000))

    def usage() -> Usage | None:
        return (
            Usage(input_tokens=rng.randrange(100), output_tokens=rng.randrange(100)) if rng.random() < 0.9 else None
        )

    def ask(call: int, iteration: int) -> bool:
        events.append(ev.ModelRequested(call=call, model="m", iteration=iteration))
        if rng.random() < 0.2:
            events.append(ev.ModelRetried(call=call, attempt=1, reason="429", delay=0.1, usage=usage()))
        if rng.random() < 0.1:
            events.append(ev.ModelFailed(call=call, error="no", usage=usage()))
            return False
        events.append(ev.TextDelta(call=call, text="par"))
        events.append(ev.ModelResponded(call=call, text="part", usage=usage(), cost_usd=rng.random()))
        return True

    def call(parent: int | None, depth: int, batch: int | None) -> None:
        number = next(numbers)
        kind: Any = "rlm" if depth < 2 else "llm"
        events.append(
            ev.CallStarted(call=number, parent=parent, kind=kind, depth=depth, model=f"m{depth}", batch=batch)
        )
        is_fine = ask(number, 0) if kind == "llm" else iterate(number, depth)
        end = EndState.COMPLETED if is_fine else EndState.FAILED
        events.append(ev.CallFinished(call=number, end_state=end, result="r"))

    def iterate(number: int, depth: int) -> bool:
        for iteration in range(1, rng.randrange(2, 4)):
            events.append(ev.IterationStarted(call=number, iteration=iteration, of=3))
            if not ask(number, iteration):
                return False
            events.append(ev.CellStarted(call=number, iteration=iteration, cell=0, code="x"))
            batch = next(batches)
            size = rng.randrange(1, 4)
            events.append(
                ev.BatchStarted(call=number, batch=batch, function="f", size=size, iteration=iteration, cell=0)
            )
            for _ in range(size):
                call(number, depth + 1, batch)
            events.append(ev.BatchFinished(call=number, batch=batch))
            events.append(ev.CellFinished(call=number, iteration=iteration, cell=0, status="ok"))
        return True

    call(None, 0, None)
    events.append(ev.RunFinished(end_state=EndState.COMPLETED, answer="42"))
    return events


@given(st.integers(0, 10_000), st.floats(0, 1))
@settings(max_examples=50)
def test_any_prefix_of_a_trace_is_a_valid_state(seed: int, share: float) -> None:
    events = realistic(seed)
    prefix = events[: int(len(events) * share)]
    state = fold(prefix)
    check(state)
    state.close_interrupted()
    check(state)


def test_a_whole_trace_leaves_nothing_running() -> None:
    state = fold(realistic(7))
    assert state.status == EndState.COMPLETED
    assert state.answer == "42"
    assert state.active == 0
    assert all(node.finished is not None for node in state.nodes)


def test_requests_share_what_they_have_in_common_and_nothing_else() -> None:
    asked = [{"seed": 1, "stop": ["a"]}, {"stop": ["a"], "seed": 1}, {"seed": 2, "stop": ["a"]}, {"seed": 1}, {}]
    events: list[ev.AnyEvent] = [start()]
    for number, parameters in enumerate(asked):
        parent = None if number == 0 else 0
        events.append(ev.CallStarted(call=number, parent=parent, kind="llm", depth=min(1, number), model="m"))
        events.append(ev.ModelRequested(call=number, model="m", parameters=parameters))
        events.append(ev.ModelResponded(call=number, text="a"))
    state = fold(events)
    requests = [call.exchange for call in state.calls.values()]
    assert [dict(request.parameters) for request in requests if request] == asked
    assert len({id(request.parameters) for request in requests if request}) == 4


def test_the_conversation_is_put_together_from_its_pieces() -> None:
    message = ev.Message
    state = fold(
        [
            start(),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"),
            ev.IterationStarted(call=0, iteration=1, of=3),
            ev.ModelRequested(call=0, model="m", messages=(message("system", "s"), message("user", "1"))),
            ev.ModelResponded(call=0, text="a"),
            ev.IterationStarted(call=0, iteration=2, of=3),
            ev.ModelRequested(
                call=0, model="m", kept=2, messages=(message("assistant", "a"), message("user", "2"))
            ),
            ev.IterationStarted(call=0, iteration=3, of=3),
            ev.ModelRequested(call=0, model="m", kept=1, messages=(message("user", "summary"),)),
        ]
    )
    first, second, third = state.calls[0].iterations
    assert [m.content for m in first.messages()] == ["s", "1"]
    assert [m.content for m in second.messages()] == ["s", "1", "a", "2"]
    assert [m.content for m in third.messages()] == ["s", "summary"]
    assert state.calls[0].messages() == third.messages()


def test_a_retry_voids_the_text_that_had_come() -> None:
    state = fold(
        [
            start(),
            ev.CallStarted(call=0, parent=None, kind="llm", depth=0, model="m"),
            ev.ModelRequested(call=0, model="m"),
            ev.TextDelta(call=0, text="wrong"),
            ev.ModelRetried(call=0, attempt=1, reason="cut", delay=0),
            ev.TextDelta(call=0, text="ri"),
            ev.TextDelta(call=0, text="ght"),
        ]
    )
    exchange = state.calls[0].exchange
    assert exchange is not None
    assert exchange.text == "right"
    assert exchange.attempts == (("cut", 0),)


def test_a_newer_event_is_skipped_and_garbage_is_refused() -> None:
    assert ev.decode('{"event": "FromTheFuture", "seq": 3, "what": 1}') is None
    for bad in ('{"event": "TextDelta", "text": 5}', "[]", "nonsense", '{"event": "RunStarted"}'):
        with pytest.raises(msgspec.DecodeError):
            ev.decode(bad)


def test_a_cut_off_run_is_interrupted_everywhere() -> None:
    events = realistic(3)
    state = fold(events[: len(events) // 2])
    state.close_interrupted()
    assert state.status == EndState.INTERRUPTED
    kinds = {type(node) for node in state.nodes}
    assert kinds <= {CallNode, IterationNode, BatchNode}
    node: Node
    for node in state.nodes:
        assert node.finished is not None
        assert node.status not in ("queued", "running")
