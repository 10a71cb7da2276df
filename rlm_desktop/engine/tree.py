"""The rows of a run's tree and what they hold. Only `RunState` changes them; everybody else reads.

A run may have a million calls, so what a plain call holds is counted in bytes: what many rows have in common is one
object, what few have is kept apart, figures of a reply are packed, and sums that one request makes up are put
together when somebody looks.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, cast

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

    def copy(self) -> Tally:
        """The same sums, to be changed by themselves."""
        other = Tally()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def as_dict(self) -> dict[str, Any]:
        """The sums by name."""
        return {name: getattr(self, name) for name in self.__slots__}


_Figures = tuple[float, float | None, float | None, float | None, Usage | None]
"""Of a reply: `queued`, `first_token`, `duration`, `cost_usd`, `usage`."""
_NO_FIGURES: _Figures = (0.0, None, None, None, None)
_PACKED = struct.Struct("<B4d4I")
"""Which of them are unknown, a bit each; the four numbers; the four of the usage."""


def _packed(figures: _Figures) -> bytes | _Figures:
    """Figures in less than half of the memory; as they are where they do not fit."""
    *numbers, usage = figures
    if usage is None:
        return figures
    counts = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens)
    values = (*numbers, *counts)
    unknown = sum(1 << place for place, value in enumerate(values) if value is None)
    try:
        return _PACKED.pack(unknown, *(value or 0 for value in values))
    except (struct.error, OverflowError):
        return figures


def _unpacked(packed: bytes) -> _Figures:
    unknown, *values = _PACKED.unpack(packed)
    if unknown:
        values = cast("list[Any]", [None if unknown >> place & 1 else value for place, value in enumerate(values)])
    queued, first, duration, cost, given, written, cached, reasoning = values
    usage = Usage(input_tokens=given, output_tokens=written, cached_tokens=cached, reasoning_tokens=reasoning)
    return queued, first, duration, cost, usage


class _Form(NamedTuple):
    """What nearly all requests of a run have in common."""

    model: str = ""
    finish_reason: str = ""
    source: ev.ReplySource = "model"


_form = lru_cache(maxsize=256)(_Form)


class Exchange:
    """One request to a model and its reply, as far as it has come.

    Attributes:
        requested: Seconds since the run began at which it was sent; None while queued.
        attempts: (reason, delay) of each failed attempt.
    """

    __slots__ = (
        "_figures",
        "_form",
        "_messages",
        "_previous",
        "_reasoning",
        "_text",
        "attempts",
        "error",
        "kept",
        "parameters",
        "requested",
        "responded",
    )

    def __init__(self, previous: Exchange | None) -> None:
        self._previous = previous
        self._form = _form()
        self._figures: bytes | _Figures = _NO_FIGURES
        self._messages: tuple[Message, ...] | Message | Elsewhere = ()
        self._text: str | list[str] | Elsewhere = ""
        self._reasoning: str | list[str] | Elsewhere = ""
        self.kept = 0
        self.parameters: dict[str, Any] = {}
        self.requested: float | None = None
        self.responded: float | None = None
        self.attempts: tuple[tuple[str, float], ...] = ()
        self.error = ""

    @property
    def model(self) -> str:
        """Which model was asked."""
        return self._form.model

    @property
    def finish_reason(self) -> str:
        """Why the reply ended, in the provider's word."""
        return self._form.finish_reason

    @property
    def source(self) -> ev.ReplySource:
        """Who answered."""
        return self._form.source

    @property
    def figures(self) -> _Figures:
        """What is known of the reply: queued, first token, duration, cost, usage."""
        return _unpacked(self._figures) if isinstance(self._figures, bytes) else self._figures

    @property
    def queued(self) -> float:
        """Seconds of waiting for a free place before it was sent."""
        return self.figures[0]

    @property
    def first_token(self) -> float | None:
        """Seconds from sending to the first piece of the reply."""
        return self.figures[1]

    @property
    def duration(self) -> float | None:
        """Seconds from sending to the end of the reply."""
        return self.figures[2]

    @property
    def cost_usd(self) -> float | None:
        """US dollars."""
        return self.figures[3]

    @property
    def usage(self) -> Usage | None:
        """Tokens."""
        return self.figures[4]

    @property
    def is_counted(self) -> bool:
        """Whether its reply is one that a model was asked for."""
        return self.responded is not None and self._form.source == "model"

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
        messages = self._messages
        if isinstance(messages, tuple):
            return messages
        return (messages,) if isinstance(messages, Message) else messages.read()

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

    def take_request(self, event: ev.ModelRequested, at: float) -> None:
        """The request was sent."""
        self.requested = at
        self._form = _form(event.model)
        self.kept = event.kept
        self._messages = _alone(event.messages)
        self.parameters = event.parameters

    def take_response(self, event: ev.ModelResponded, at: float) -> None:
        """The reply is complete."""
        self.responded = at
        self._text = event.text
        if event.reasoning:
            self._reasoning = event.reasoning
        self._form = _form(self._form.model, event.finish_reason, event.source)
        self._figures = _packed((event.queued, event.first_token, event.duration, event.cost_usd, event.usage))

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
        self._stdout: Sequence[str | Elsewhere] = ()
        self._stderr: Sequence[str | Elsewhere] = ()
        self.error = ""
        self.traceback = ""
        self.line = 0
        self.duration: float | None = None
        self.computed: float | None = None
        self.dropped = 0
        self.variables: tuple[Variable, ...] = ()
        self.tool_calls: tuple[ev.ToolCalled, ...] = ()
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
        if event.stream == "stdout":
            self._stdout = _more(self._stdout, event.text)
        else:
            self._stderr = _more(self._stderr, event.text)

    def join_pieces(self) -> None:
        """Make one text of the pieces that have come so far."""
        for pieces in (self._stdout, self._stderr):
            if isinstance(pieces, list):
                _join(pieces)

    def take_finish(self, event: ev.CellFinished, at: float, before: tuple[Variable, ...]) -> None:
        """It ended; `before` are the variables after the cell before it, most of which are the same."""
        self.finished = at
        self.status = event.status
        self.error = event.error
        self.traceback = event.traceback
        self.line = event.line
        self.duration = event.duration
        self.computed = event.computed
        self.dropped = event.dropped
        known = {variable: variable for variable in before}
        self.variables = tuple(known.get(variable, variable) for variable in event.variables)
        if self.variables == before:
            self.variables = before
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


class _Site(NamedTuple):
    """Where a call was made and what kind it is: the same for all calls of a batch."""

    kind: ev.CallKind
    depth: int
    model: str
    function: str
    iteration: int
    cell: int
    line: int


_site = lru_cache(maxsize=1024)(_Site)


class _Rest:
    """What most plain calls have nothing of."""

    __slots__ = ("answer", "answer_source", "context_characters", "error", "is_recorded", "shared", "subtree")

    def __init__(self) -> None:
        self.answer: str | None = None
        self.answer_source = ""
        self.context_characters = 0
        self.error = ""
        self.is_recorded = False
        self.shared: int | None = None
        self.subtree: Tally | None = None

    def copy(self) -> _Rest:
        """The same, to be changed by itself."""
        if self is _NO_REST:
            return self
        other = _Rest()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.subtree = self.subtree.copy() if self.subtree is not None else None
        return other


_NO_REST = _Rest()


class CallNode(Node):
    """A call.

    Attributes:
        number: The call's number in the events.
        batch_index: Its place in its batch.
        exchange: For an llm call its one request; for an rlm call the latest.
        iterations: Of an rlm call.
    """

    __slots__ = (
        "_own",
        "_prompt",
        "_rest",
        "_result",
        "_site",
        "batch_index",
        "exchange",
        "iterations",
        "number",
    )

    def __init__(self, parent: Node | None, event: ev.CallStarted) -> None:
        super().__init__(parent, event.at)
        self.status = "queued"
        self.number = event.call
        self._site = _site(
            event.kind, event.depth, event.model, event.function, event.iteration, event.cell, event.line
        )
        self.batch_index = event.index
        self._prompt: str | Elsewhere = event.prompt
        self.exchange: Exchange | None = None
        self.iterations: Sequence[IterationNode] = ()
        self._result: str | Elsewhere = ""
        self._rest = _NO_REST
        self._own: Tally | None = None
        if event.context_characters:
            self._rest_to_change().context_characters = event.context_characters
        if event.kind == "rlm":
            self._own = Tally()
            self._own.calls = 1
            self._rest_to_change().subtree = Tally()

    @property
    def kind(self) -> ev.CallKind:
        """`rlm` or `llm`."""
        return self._site.kind

    @property
    def depth(self) -> int:
        """Number of calls above it."""
        return self._site.depth

    @property
    def model(self) -> str:
        """The model that it was made for."""
        return self._site.model

    @property
    def function(self) -> str:
        """The name that the code used."""
        return self._site.function

    @property
    def iteration(self) -> int:
        """The iteration of its caller that made it, from 1."""
        return self._site.iteration

    @property
    def cell(self) -> int:
        """The cell of that iteration, from 0."""
        return self._site.cell

    @property
    def line(self) -> int:
        """The line of that cell's code, from 1; 0 when not known."""
        return self._site.line

    @property
    def context_characters(self) -> int:
        """Length of its context."""
        return self._rest.context_characters

    @property
    def answer(self) -> str | None:
        """What it set as its answer."""
        return self._rest.answer

    @property
    def answer_source(self) -> str:
        """How it did."""
        return self._rest.answer_source

    @property
    def error(self) -> str:
        """Why it failed."""
        return self._rest.error

    @property
    def is_recorded(self) -> bool:
        """Whether its result came from another run's record."""
        return self._rest.is_recorded

    @property
    def shared(self) -> int | None:
        """The call whose identical request answered this one, if one did."""
        return self._rest.shared

    @property
    def own(self) -> Tally:
        """Sums over its own requests."""
        return self._own if self._own is not None else _made_up(self.exchange, calls=1)

    @property
    def subtree(self) -> Tally:
        """Sums over it and all below."""
        return self._rest.subtree if self._rest.subtree is not None else self.own

    def own_to_change(self) -> Tally:
        """The same as `own`, kept from now on."""
        if self._own is None:
            self._own = self.own
        return self._own

    def sums_to_change(self) -> Tally:
        """The same as `subtree`, kept apart from `own` from now on: something below it counts too."""
        rest = self._rest_to_change()
        if rest.subtree is None:
            rest.subtree = self.own.copy()
        return rest.subtree

    @property
    def has_sums_apart(self) -> bool:
        """Whether `subtree` may be more than `own`."""
        return self._rest.subtree is not None

    def _rest_to_change(self) -> _Rest:
        if self._rest is _NO_REST:
            self._rest = _Rest()
        return self._rest

    def take_answer(self, event: ev.AnswerSet) -> None:
        """It set its answer."""
        rest = self._rest_to_change()
        rest.answer, rest.answer_source = event.answer, event.source

    def take_finish(self, event: ev.CallFinished, at: float) -> None:
        """It ended."""
        self.finished = at
        self._result = event.result
        if self._rest is not _NO_REST or event.error or event.is_recorded or event.shared is not None:
            rest = self._rest_to_change()
            rest.error, rest.shared, rest.is_recorded = event.error, event.shared, event.is_recorded

    @property
    def are_sums_made_up(self) -> bool:
        """Whether its one request is all that there is to sum up."""
        return self._own is None

    @property
    def prompt(self) -> str:
        """What it was asked."""
        return self._prompt if isinstance(self._prompt, str) else self._prompt.read()

    @property
    def result(self) -> str:
        """What its caller got."""
        return self._result if isinstance(self._result, str) else self._result.read()

    def add_iteration(self, iteration: IterationNode) -> None:
        """It began another one."""
        self.iterations = [*self.iterations, iteration]


class IterationNode(Node):
    """An iteration of an rlm call: its request, its cells; its children are what the cells called.

    Attributes:
        proposed: In step mode, the cell that waits for the person's decision.
    """

    __slots__ = ("_sums", "call", "cells", "exchange", "number", "of", "proposed")

    def __init__(self, call: CallNode, event: ev.IterationStarted) -> None:
        super().__init__(call, event.at)
        self.call = call
        self.number = event.iteration
        self.of = event.of
        self.exchange: Exchange | None = None
        self.proposed: ev.CellProposed | None = None
        self.cells: tuple[CellState, ...] = ()
        self._sums: Tally | None = None if call.kind == "rlm" else Tally()

    @property
    def subtree(self) -> Tally:
        """Sums over its request and all below."""
        return self._sums if self._sums is not None else _made_up(self.exchange, calls=0)

    def sums_to_change(self) -> Tally:
        """The same, kept from now on."""
        if self._sums is None:
            self._sums = self.subtree
        return self._sums

    @property
    def are_sums_made_up(self) -> bool:
        """Whether its one request is all that there is to sum up."""
        return self._sums is None


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

    def sums_to_change(self) -> Tally:
        """The same as `subtree`."""
        return self.subtree


def _made_up(exchange: Exchange | None, *, calls: int) -> Tally:
    """The sums of a row that has had one request at most, without errors or retries."""
    tally = Tally()
    tally.calls = calls
    if exchange is not None and exchange.is_counted:
        _, _, _, cost, usage = exchange.figures
        tally.add_request(usage, cost)
    return tally


def _alone(messages: tuple[Message, ...] | Elsewhere) -> tuple[Message, ...] | Message | Elsewhere:
    """A single message without a tuple around it."""
    return messages[0] if isinstance(messages, tuple) and len(messages) == 1 else messages


def _more(pieces: Sequence[str | Elsewhere], piece: str | Elsewhere) -> Sequence[str | Elsewhere]:
    """One more piece; a cell prints mostly one or none."""
    if isinstance(pieces, list):
        pieces.append(piece)
        return pieces
    return [*pieces, piece] if pieces else (piece,)


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
