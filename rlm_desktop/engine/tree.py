"""The rows of a run's tree and what they hold. Only `RunState` changes them; everybody else reads."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Message, Usage
from rlm_desktop.repl.wire import Variable


class Elsewhere(ABC):
    """A text, or messages, that a row does not hold: read from where it lies whenever it is looked at."""

    __slots__ = ()

    @abstractmethod
    def read(self) -> Any:
        """The value itself."""


class Tally:
    """Sums over requests. `unknown_usage` / `unknown_cost` count the requests whose figure nobody knows."""

    __slots__ = (
        "cached_tokens",
        "calls",
        "cost_usd",
        "errors",
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "requests",
        "unknown_cost",
        "unknown_usage",
    )

    def __init__(self) -> None:
        self.calls = 0
        self.requests = 0
        self.errors = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.cached_tokens = 0
        self.reasoning_tokens = 0
        self.cost_usd = 0.0
        self.unknown_usage = 0
        self.unknown_cost = 0

    def add_request(self, usage: Usage | None, cost_usd: float | None) -> None:
        """Count one request with the provider's figures."""
        self.requests += 1
        if usage is None or usage.input_tokens is None or usage.output_tokens is None:
            self.unknown_usage += 1
        if usage is not None:
            self.input_tokens += usage.input_tokens or 0
            self.output_tokens += usage.output_tokens or 0
            self.cached_tokens += usage.cached_tokens or 0
            self.reasoning_tokens += usage.reasoning_tokens or 0
        if cost_usd is None:
            self.unknown_cost += 1
        else:
            self.cost_usd += cost_usd

    def as_dict(self) -> dict[str, Any]:
        """The sums by name."""
        return {name: getattr(self, name) for name in self.__slots__}


class Exchange:
    """One request to a model and its reply, as far as it has come.

    Attributes:
        requested: Seconds since the run began at which it was sent; None while queued.
        attempts: (reason, delay) of each failed attempt.
    """

    __slots__ = (
        "_messages",
        "_previous",
        "_reasoning",
        "_text",
        "attempts",
        "cost_usd",
        "duration",
        "error",
        "finish_reason",
        "first_token",
        "kept",
        "model",
        "parameters",
        "queued",
        "requested",
        "responded",
        "source",
        "usage",
    )

    def __init__(self, previous: Exchange | None) -> None:
        self._previous = previous
        self._messages: tuple[Message, ...] | Elsewhere = ()
        self._text: str | list[str] | Elsewhere = ""
        self._reasoning: str | list[str] | Elsewhere = ""
        self.kept = 0
        self.model = ""
        self.parameters: dict[str, Any] = {}
        self.requested: float | None = None
        self.responded: float | None = None
        self.attempts: tuple[tuple[str, float], ...] = ()
        self.usage: Usage | None = None
        self.cost_usd: float | None = None
        self.finish_reason = ""
        self.source = "model"
        self.queued = 0.0
        self.first_token: float | None = None
        self.duration: float | None = None
        self.error = ""

    @property
    def text(self) -> str:
        """The reply so far."""
        return self._text if isinstance(self._text, str) else _read(self._text)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return self._reasoning if isinstance(self._reasoning, str) else _read(self._reasoning)

    @property
    def new_messages(self) -> tuple[Message, ...]:
        """What this request added to the conversation."""
        return self._messages.read() if isinstance(self._messages, Elsewhere) else self._messages

    def messages(self) -> tuple[Message, ...]:
        """The whole conversation as it was sent."""
        chain: list[Exchange] = []
        exchange: Exchange | None = self
        while exchange is not None:
            chain.append(exchange)
            exchange = exchange._previous if exchange.kept else None
        messages: tuple[Message, ...] = ()
        for link in reversed(chain):
            messages = messages[: link.kept] + link.new_messages
        return messages

    def take_request(self, event: ev.ModelRequested) -> None:
        """The request was sent."""
        self.requested = event.at
        self.model = sys.intern(event.model)
        self.kept = event.kept
        self._messages = event.messages
        self.parameters = event.parameters

    def take_response(self, event: ev.ModelResponded) -> None:
        """The reply is complete."""
        self.responded = event.at
        self._text = event.text
        if event.reasoning:
            self._reasoning = event.reasoning
        self.usage = event.usage
        self.cost_usd = event.cost_usd
        self.finish_reason = event.finish_reason
        self.queued = event.queued
        self.first_token = event.first_token
        self.source = event.source
        self.duration = event.duration

    def take_retry(self, event: ev.ModelRetried) -> None:
        """An attempt failed: what had arrived of it is void."""
        self.attempts += ((event.reason, event.delay),)
        self._text = self._reasoning = ""

    def add_text(self, text: str) -> None:
        """A piece of the reply."""
        self._text = _with(self._text, text)

    def add_reasoning(self, text: str) -> None:
        """A piece of the reasoning."""
        self._reasoning = _with(self._reasoning, text)

    def join_pieces(self) -> None:
        """Make one text of the pieces that have come so far."""
        for pieces in (self._text, self._reasoning):
            if isinstance(pieces, list):
                _join(pieces)


class CellState:
    """One cell, as far as it has come. `status` is `running` or a `CellStatus`."""

    __slots__ = (
        "_stderr",
        "_stdout",
        "code",
        "computed",
        "dropped",
        "duration",
        "error",
        "finished",
        "line",
        "number",
        "started",
        "status",
        "threads",
        "tool_calls",
        "traceback",
        "variables",
    )

    def __init__(self, number: int, code: str, started: float) -> None:
        self.number = number
        self.code = code
        self.started = started
        self.finished: float | None = None
        self.status = "running"
        self._stdout: list[str | Elsewhere] = []
        self._stderr: list[str | Elsewhere] = []
        self.error = ""
        self.traceback = ""
        self.line = 0
        self.duration: float | None = None
        self.computed: float | None = None
        self.dropped = 0
        self.variables: tuple[Variable, ...] = ()
        self.tool_calls: list[ev.ToolCalled] = []
        self.threads = 0

    @property
    def stdout(self) -> str:
        """What it printed so far, echoed values included."""
        return _read(self._stdout)

    @property
    def stderr(self) -> str:
        """What it wrote to standard error so far."""
        return _read(self._stderr)

    def take_output(self, event: ev.CellOutput) -> None:
        """It printed."""
        (self._stdout if event.stream == "stdout" else self._stderr).append(event.text)

    def join_pieces(self) -> None:
        """Make one text of the pieces that have come so far."""
        _join(self._stdout)
        _join(self._stderr)

    def take_finish(self, event: ev.CellFinished) -> None:
        """It ended."""
        self.finished = event.at
        self.status = event.status
        self.error = event.error
        self.traceback = event.traceback
        self.line = event.line
        self.duration = event.duration
        self.computed = event.computed
        self.dropped = event.dropped
        self.variables = event.variables
        self.threads = event.threads


class Node:
    """A row of the tree.

    Attributes:
        index: Place in `RunState.nodes`.
        level: Number of ancestors in the tree of rows (not the depth of the recursion).
        started / finished: Seconds since the run began; `finished` is None while it runs.
        status: `queued`, `running`, or an `EndState` value.
    """

    __slots__ = ("children", "finished", "index", "level", "parent", "started", "status")

    def __init__(self, parent: Node | None, started: float) -> None:
        self.index = -1
        self.parent = parent
        self.level = 0 if parent is None else parent.level + 1
        self.children: Sequence[Node] = ()
        self.started = started
        self.finished: float | None = None
        self.status = "running"

    def add(self, child: Node) -> None:
        """One more row below it."""
        # Most rows have none: in a run of a million calls their empty lists would be 60 MB.
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [child]

    def ancestors(self) -> Iterator[Node]:
        """Parent, grandparent ... up to the root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.finished is None

    @property
    def has_error(self) -> bool:
        """Whether it ended in another way than completed."""
        return self.status not in ("queued", "running", EndState.COMPLETED)


class CallNode(Node):
    """A call.

    Attributes:
        number: The call's number in the events.
        exchange: For an llm call its one request; for an rlm call the latest.
        is_recorded: Whether its result came from another run's record.
        shared: The call whose identical request answered this one, if one did.
        subtree: Sums over it and all below; `own` without those below. For an llm call they are the same object.
    """

    __slots__ = (
        "_prompt",
        "_result",
        "answer",
        "answer_source",
        "batch_index",
        "cell",
        "context_characters",
        "depth",
        "error",
        "exchange",
        "function",
        "is_recorded",
        "iteration",
        "iterations",
        "kind",
        "line",
        "model",
        "number",
        "own",
        "shared",
        "subtree",
    )

    def __init__(self, parent: Node | None, event: ev.CallStarted) -> None:
        super().__init__(parent, event.at)
        self.status = "queued"
        self.number = event.call
        self.kind = event.kind
        self.depth = event.depth
        self.model = sys.intern(event.model)
        self.function = sys.intern(event.function)
        self.iteration = event.iteration
        self.cell = event.cell
        self.line = event.line
        self.batch_index = event.index
        self._prompt: str | Elsewhere = event.prompt
        self.context_characters = event.context_characters
        self.exchange: Exchange | None = None
        self.iterations: Sequence[IterationNode] = ()
        self._result: str | Elsewhere = ""
        self.error = ""
        self.shared: int | None = None
        self.is_recorded = False
        self.answer: str | None = None
        self.answer_source = ""
        self.own = Tally()
        self.subtree = self.own if event.kind == "llm" else Tally()

    @property
    def prompt(self) -> str:
        """What it was asked."""
        return self._prompt if isinstance(self._prompt, str) else self._prompt.read()

    @property
    def result(self) -> str:
        """What its caller got."""
        return self._result if isinstance(self._result, str) else self._result.read()

    @result.setter
    def result(self, text: str | Elsewhere) -> None:
        self._result = text

    def add_iteration(self, iteration: IterationNode) -> None:
        """It began another one."""
        self.iterations = [*self.iterations, iteration]


class IterationNode(Node):
    """An iteration of an rlm call: its request, its cells; its children are what the cells called.

    Attributes:
        proposed: In step mode, the cell that waits for the person's decision.
    """

    __slots__ = ("call", "cells", "exchange", "number", "of", "proposed", "subtree")

    def __init__(self, call: CallNode, event: ev.IterationStarted) -> None:
        super().__init__(call, event.at)
        self.call = call
        self.number = event.iteration
        self.of = event.of
        self.exchange: Exchange | None = None
        self.proposed: ev.CellProposed | None = None
        self.cells: list[CellState] = []
        self.subtree = Tally()


class BatchNode(Node):
    """The calls of one batched function call, `counts` by status."""

    __slots__ = ("cell", "counts", "function", "line", "max_concurrent", "number", "size", "subtree")

    def __init__(self, parent: Node, event: ev.BatchStarted) -> None:
        super().__init__(parent, event.at)
        self.number = event.batch
        self.function = event.function
        self.size = event.size
        self.cell = event.cell
        self.line = event.line
        self.max_concurrent = event.max_concurrent
        self.counts: dict[str, int] = {}
        self.subtree = Tally()


def _with(text: str | list[str] | Elsewhere, piece: str) -> list[str]:
    """`text` in pieces, with one more."""
    if isinstance(text, list):
        text.append(piece)
        return text
    before: str = text if isinstance(text, str) else text.read()
    return [before, piece] if before else [piece]


def _read(pieces: Sequence[str | Elsewhere] | Elsewhere) -> str:
    """The text of `pieces`, which are joined in place so that the next look costs nothing."""
    if isinstance(pieces, Elsewhere):
        return pieces.read()
    if isinstance(pieces, list):
        _join(pieces)
    return "".join(piece if isinstance(piece, str) else piece.read() for piece in pieces)


def _join(pieces: list[Any]) -> None:
    """Make one of the neighbouring pieces that are here."""
    if len(pieces) > 1:
        joined: list[Any] = []
        for is_here, neighbours in groupby(pieces, lambda piece: isinstance(piece, str)):
            some = list(neighbours)
            joined += ["".join(some)] if is_here else some
        pieces[:] = joined
