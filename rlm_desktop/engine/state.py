"""The state of a run, folded from its events.

`RunState.apply(event)` is the one way from events to something to look at: the live view, a reopened run and the
replay all use it and nothing else, so they cannot differ. The state depends on the events alone (no clock, no
look outside); any prefix of a trace is a valid state; events of an unknown order (a damaged trace) are ignored
rather than raised on.

The tree: the root `CallNode` has `IterationNode`s; an iteration has the `BatchNode`s and `CallNode`s that its cells
made; a batch has its calls. `RunState.nodes` holds every node in order of creation and only ever grows, so a view
learns what is new by remembering how many it has seen.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, ClassVar, TypeVar

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Usage
from rlm_desktop.engine.numbered import Numbered
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node, Tally

_Key = TypeVar("_Key")


class RunState:
    """A run as far as its events tell. See the module's text for the tree.

    Attributes:
        status: `queued` before the first event, then `running`, then an `EndState` value.
        active: Calls whose model is being asked right now.
        now: `at` of the last event.
        notes: Notices and warnings, with their call.
        by_depth / by_model: Sums of requests.
    """

    def __init__(self) -> None:
        self.started: ev.RunStarted | None = None
        self.status = "queued"
        self.nodes: list[Node] = []
        self.calls: MutableMapping[int, CallNode] = Numbered()
        self.batches: MutableMapping[int, BatchNode] = Numbered()
        self.by_depth: dict[int, Tally] = {}
        self.by_model: dict[str, Tally] = {}
        self.totals = Tally()
        self.active = 0
        self.seq = 0
        self.now = 0.0
        self.finished: float | None = None
        self.answer: str | None = None
        self.value: Any = None
        self.error = ""
        self.cancel_requested = False
        self.is_paused = False
        self.limit: ev.LimitReached | None = None
        self.redacted: dict[str, int] = {}
        self.notes: list[tuple[int, ev.Noted]] = []

    @property
    def root(self) -> CallNode | None:
        """The root call, once it has started."""
        return self.calls.get(ev.ROOT)

    @property
    def is_running(self) -> bool:
        """Whether the run has begun and not ended."""
        return self.status == "running"

    def apply(self, event: AnyEvent) -> Node | None:
        """Take one event in. Returns the row that it touched, None when it touched the run as a whole."""
        self.seq = event.seq
        if event.at != self.now:  # mostly one moment is the time of several events: one number for all of them
            self.now = event.at
        handler = self._HANDLERS.get(type(event))
        return handler(self, event) if handler else None

    def close_interrupted(self) -> None:
        """Mark everything that has not ended as interrupted: the trace was cut off and nothing more will come."""
        if not self.is_running:
            return
        self.status = EndState.INTERRUPTED
        self.finished = self.now
        self.active = 0
        for node in self.nodes:
            if node.finished is None:
                if isinstance(node.parent, BatchNode):
                    node.parent.recount(node.status, EndState.INTERRUPTED)
                node.status = EndState.INTERRUPTED
                node.finished = self.now
            if isinstance(node, IterationNode):
                for cell in node.cells:
                    if cell.finished is None:
                        cell.status, cell.finished = "interrupted", self.now

    # -- one method an event --------------------------------------------------------------------------------

    def _add(self, node: Node) -> Node:
        node.index = len(self.nodes)
        node.started = self.now
        self.nodes.append(node)
        if isinstance(node, CallNode) and 0 <= node.number < node.index:
            node.number = self.nodes[node.number].index  # equal: of a million numbers only one object is kept
        if node.parent is not None:
            node.parent.add(node)
        return node

    def _run_started(self, event: ev.RunStarted) -> None:
        self.started = event
        self.status = "running"

    def _call_started(self, event: ev.CallStarted) -> Node | None:
        if event.call in self.calls:
            return None
        parent: Node | None = None
        if event.parent is not None:
            caller = self.calls.get(event.parent)
            if caller is None:
                return None
            parent = self.batches.get(event.batch) if event.batch is not None else None
            if parent is None:
                parent = caller.current
        elif self.calls:
            return None
        node = CallNode(parent, event)
        self.calls[event.call] = node
        for tally in self._tallies(node):
            tally.calls += 1
        if isinstance(parent, BatchNode):
            parent.recount(None, node.status)
        return self._add(node)

    def _tallies(self, node: CallNode) -> list[Tally]:
        """Every sum that a request of this call counts in, but its own."""
        tallies = [self.totals, _sums_of(self.by_depth, node.depth), _sums_of(self.by_model, node.model)]
        if node.has_sums_apart:
            tallies.append(node.sums_to_change())
        tallies += [ancestor.sums_to_change() for ancestor in node.ancestors()]
        return tallies

    def _count_request(self, node: CallNode, usage: Usage | None, cost_usd: float | None) -> None:
        self._keep_sums(node)
        self._sum_up(node, usage, cost_usd)

    def _keep_sums(self, node: CallNode) -> None:
        """The sums of the row with the request are about to be more than those of its one reply."""
        row = self._summed_row(node)
        if isinstance(row, IterationNode):
            row.sums_to_change()
        else:
            row.own_to_change()

    @staticmethod
    def _summed_row(call: CallNode) -> CallNode | IterationNode:
        """The row in whose sums a call's current request counts first."""
        return call.current if call.kind == "rlm" else call

    def _sum_up(self, node: CallNode, usage: Usage | None, cost_usd: float | None) -> None:
        """Count a request in every sum but that which is made up from the reply when somebody looks."""
        if node.kind == "rlm" or not node.are_sums_made_up:
            node.own_to_change().add_request(usage, cost_usd)
        for tally in self._tallies(node):
            tally.add_request(usage, cost_usd)
        row = self._summed_row(node)
        if isinstance(row, IterationNode) and not row.are_sums_made_up:
            row.sums_to_change().add_request(usage, cost_usd)

    def _count_error(self, node: CallNode) -> None:
        node.own_to_change().errors += 1
        for tally in self._tallies(node):
            tally.errors += 1

    def _batch_started(self, event: ev.BatchStarted) -> Node | None:
        caller = self.calls.get(event.call)
        if caller is None or event.batch in self.batches:
            return None
        batch = BatchNode(caller.current, event)
        self.batches[event.batch] = batch
        return self._add(batch)

    def _batch_finished(self, event: ev.BatchFinished) -> Node | None:
        batch = self.batches.get(event.batch)
        if batch is not None:
            batch.finished = self.now
            batch.status = EndState.FAILED if event.failed else EndState.COMPLETED
            batch.seal()
        return batch

    def _iteration_started(self, event: ev.IterationStarted) -> Node | None:
        call = self.calls.get(event.call)
        if call is None:
            return None
        self._set_status(call, "running")
        self._finish_iteration(call, EndState.COMPLETED)
        node = IterationNode(call, event)
        return self._add(node)

    def _finish_iteration(self, call: CallNode, status: str) -> None:
        """The last iteration of a call, if it has not ended, ends with what comes next."""
        node = call.current
        if isinstance(node, IterationNode) and node.finished is None:
            node.finished = self.now
            failed = node.cells and node.cells[-1].status not in ("ok", "running")
            node.status = EndState.FAILED if failed and status == EndState.COMPLETED else status
            node.seal()

    def _set_status(self, call: CallNode, status: str) -> None:
        if call.status == status:
            return
        if isinstance(call.parent, BatchNode):
            call.parent.recount(call.status, status)
        call.status = status

    def _model_requested(self, event: ev.ModelRequested) -> Node | None:
        call = self.calls.get(event.call)
        if call is None:
            return None
        exchange = Exchange()
        exchange.take_request(event, self.now)
        before = self._summed_row(call).exchange
        if before is not None and before.is_counted:
            self._keep_sums(call)
        call.current.add_request(exchange)
        self._set_status(call, "running")
        self.active += 1
        return call.current

    def _asked(self, call: int) -> tuple[CallNode, Exchange] | None:
        """A call with its current request."""
        node = self.calls.get(call)
        if node is None or (exchange := node.exchange) is None:
            return None
        return node, exchange

    def _text_delta(self, event: ev.TextDelta) -> Node | None:
        if (asked := self._asked(event.call)) is None:
            return None
        call, exchange = asked
        exchange.add_text(event.text)
        return call.current

    def _reasoning_delta(self, event: ev.ReasoningDelta) -> Node | None:
        if (asked := self._asked(event.call)) is None:
            return None
        call, exchange = asked
        exchange.add_reasoning(event.text)
        return call.current

    def _model_retried(self, event: ev.ModelRetried) -> Node | None:
        if (asked := self._asked(event.call)) is None:
            return None
        call, exchange = asked
        exchange.take_retry(event)
        self._count_request(call, event.usage, event.cost_usd)
        return call.current

    def _model_responded(self, event: ev.ModelResponded) -> Node | None:
        if (asked := self._asked(event.call)) is None:
            return None
        call, exchange = asked
        if exchange.responded is not None or self._summed_row(call).exchange is not exchange:
            self._keep_sums(call)
        exchange.take_response(event, self.now)
        self.active = max(0, self.active - 1)
        if event.source == "model":
            self._sum_up(call, event.usage, event.cost_usd)
        return call.current

    def _model_failed(self, event: ev.ModelFailed) -> Node | None:
        if (asked := self._asked(event.call)) is None:
            return None
        call, exchange = asked
        exchange.take_failure(event)
        self.active = max(0, self.active - 1)
        if event.was_sent:
            self._count_request(call, event.usage, event.cost_usd)
        return call.current

    def _iteration(self, call: int, number: int) -> IterationNode | None:
        node = self.calls.get(call)
        if node is None or not 0 < number <= len(node.iterations):
            return None
        return node.iterations[number - 1]

    def _cell(self, event: ev.CellOutput | ev.CellFinished) -> tuple[IterationNode, CellState] | None:
        iteration = self._iteration(event.call, event.iteration)
        if iteration is None or not 0 <= event.cell < len(iteration.cells):
            return None
        return iteration, iteration.cells[event.cell]

    def _cell_proposed(self, event: ev.CellProposed) -> Node | None:
        iteration = self._iteration(event.call, event.iteration)
        if iteration is not None:
            iteration.proposed = event
        return iteration

    def _cell_decided(self, event: ev.CellDecided) -> Node | None:
        iteration = self._iteration(event.call, event.iteration)
        if iteration is not None:
            iteration.proposed = None
        return iteration

    def _run_paused(self, event: ev.RunPaused) -> None:
        self.is_paused = True

    def _run_continued(self, event: ev.RunContinued) -> None:
        self.is_paused = False

    def _cell_started(self, event: ev.CellStarted) -> Node | None:
        iteration = self._iteration(event.call, event.iteration)
        if iteration is None or event.cell != len(iteration.cells):
            return None
        iteration.cells = (*iteration.cells, CellState(event.cell, event.code, self.now))
        return iteration

    def _cell_output(self, event: ev.CellOutput) -> Node | None:
        found = self._cell(event)
        if found is None:
            return None
        found[1].take_output(event)
        return found[0]

    def _cell_finished(self, event: ev.CellFinished) -> Node | None:
        found = self._cell(event)
        if found is None:
            return None
        iteration, cell = found
        cell.take_finish(event, self.now)
        if ev.is_error(event):
            self._count_error(iteration.call)
        return iteration

    def _tool_called(self, event: ev.ToolCalled) -> Node | None:
        iteration = self._iteration(event.call, event.iteration)
        if iteration is None or not 0 <= event.cell < len(iteration.cells):
            return None
        iteration.cells[event.cell].take_tool_call(event)
        if event.usage is not None:
            self._count_request(iteration.call, event.usage, event.cost_usd)
        return iteration

    def _answer_set(self, event: ev.AnswerSet) -> Node | None:
        call = self.calls.get(event.call)
        if call is None:
            return None
        call.take_answer(event)
        return call.current

    def _answer_rejected(self, event: ev.AnswerRejected) -> Node | None:
        text = f"Final answer not accepted: {event.reason}"
        return self._noted(ev.Noted(call=event.call, seq=event.seq, at=event.at, level="warning", text=text))

    def _secrets_redacted(self, event: ev.SecretsRedacted) -> None:
        for kind, count in event.replaced.items():
            self.redacted[kind] = self.redacted.get(kind, 0) + count

    def _noted(self, event: ev.Noted) -> Node | None:
        self.notes.append((event.call, event))
        return self.calls.get(event.call)

    def _repl_restarted(self, event: ev.ReplRestarted) -> Node | None:
        lost = f" Variables lost: {', '.join(event.lost)}." if event.lost else ""
        note = ev.Noted(call=event.call, seq=event.seq, at=event.at, level="warning", text=event.reason + lost)
        return self._noted(note)

    def _limit_reached(self, event: ev.LimitReached) -> None:
        self.limit = event

    def _cancel_requested(self, event: ev.CancelRequested) -> None:
        if event.call == ev.RUN:
            self.cancel_requested = True

    def _call_finished(self, event: ev.CallFinished) -> Node | None:
        call = self.calls.get(event.call)
        if call is None or call.finished is not None:
            return None
        exchange = call.exchange
        if exchange is not None and exchange.responded is None and not exchange.error:
            self.active = max(0, self.active - 1)
        self._set_status(call, event.end_state)
        call.take_finish(event, self.now)
        self._finish_iteration(call, event.end_state)
        if ev.is_error(event):
            self._count_error(call)
        call.seal()
        return call

    def _run_finished(self, event: ev.RunFinished) -> None:
        self.status = event.end_state
        self.finished = self.now
        self.answer = event.answer
        self.value = event.value
        self.error = event.error
        self.active = 0

    _HANDLERS: ClassVar[dict[type, Callable[..., Node | None]]] = {
        ev.RunStarted: _run_started,
        ev.CallStarted: _call_started,
        ev.BatchStarted: _batch_started,
        ev.BatchFinished: _batch_finished,
        ev.IterationStarted: _iteration_started,
        ev.ModelRequested: _model_requested,
        ev.TextDelta: _text_delta,
        ev.ReasoningDelta: _reasoning_delta,
        ev.ModelRetried: _model_retried,
        ev.ModelResponded: _model_responded,
        ev.ModelFailed: _model_failed,
        ev.CellProposed: _cell_proposed,
        ev.CellDecided: _cell_decided,
        ev.RunPaused: _run_paused,
        ev.RunContinued: _run_continued,
        ev.CellStarted: _cell_started,
        ev.CellOutput: _cell_output,
        ev.CellFinished: _cell_finished,
        ev.ReplRestarted: _repl_restarted,
        ev.ToolCalled: _tool_called,
        ev.AnswerSet: _answer_set,
        ev.AnswerRejected: _answer_rejected,
        ev.SecretsRedacted: _secrets_redacted,
        ev.Noted: _noted,
        ev.LimitReached: _limit_reached,
        ev.CancelRequested: _cancel_requested,
        ev.CallFinished: _call_finished,
        ev.RunFinished: _run_finished,
    }


def _sums_of(sums: dict[_Key, Tally], key: _Key) -> Tally:
    found = sums.get(key)
    if found is None:
        found = sums[key] = Tally()
    return found
