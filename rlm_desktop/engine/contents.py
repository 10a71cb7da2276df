"""What the rows of a run's tree hold: requests to models, cells, sums. Only `RunState` changes them.

A run may have a million calls, so what a plain call holds is counted in bytes: what many have in common is one
object, figures of a reply are packed, and sums that one request makes up are put together when somebody looks.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, cast

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import Message, Usage
from rlm_desktop.repl.wire import Variable


class Elsewhere(ABC):
    """A text, or messages, that a row does not hold: read from where it lies whenever it is looked at."""

    __slots__ = ()

    @abstractmethod
    def read(self) -> Any:
        """The value itself."""

    @abstractmethod
    def beginning(self, characters: int) -> str:
        """The first characters of a text, without the time and the memory that a long one takes."""


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
    kept: int = 0


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
        "parameters",
        "requested",
        "responded",
    )

    def __init__(self, previous: Exchange | None) -> None:
        self._previous = previous
        self._form = _form()
        self._figures: bytes | _Figures = _NO_FIGURES
        self._messages: tuple[str, ...] | str | Elsewhere = ()
        self._text: str | list[str] | Elsewhere = ""
        self._reasoning: str | list[str] | Elsewhere = ""
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
    def kept(self) -> int:
        """How many messages of the request before it come first."""
        return self._form.kept

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
        if isinstance(self._figures, bytes):
            unknown, _, _, _, cost, *_ = _PACKED.unpack(self._figures)
            return None if unknown & 8 else cost
        return self._figures[3]

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
        if isinstance(messages, str):
            return (Message("user", messages),)
        if isinstance(messages, Elsewhere):
            return messages.read()
        return tuple(map(Message, cast("tuple[Any, ...]", messages[::2]), messages[1::2]))

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
        self._form = _form(event.model, "", "model", event.kept)
        self._messages = _bare(event.messages)
        self.parameters = event.parameters

    def take_response(self, event: ev.ModelResponded, at: float) -> None:
        """The reply is complete."""
        self.responded = at
        self._text = event.text
        if event.reasoning:
            self._reasoning = event.reasoning
        self._form = _form(self._form.model, event.finish_reason, event.source, self._form.kept)
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
        self.tool_calls: Sequence[ev.ToolCalled] = ()
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

    def take_tool_call(self, event: ev.ToolCalled) -> None:
        """It called a function of the application; some cells do so a hundred thousand times."""
        if isinstance(self.tool_calls, list):
            self.tool_calls.append(event)
        else:
            self.tool_calls = [event]

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


def made_up(exchange: Exchange | None, *, calls: int) -> Tally:
    """The sums of a row that has had one request at most, without errors or retries."""
    tally = Tally()
    tally.calls = calls
    if exchange is not None and exchange.is_counted:
        _, _, _, cost, usage = exchange.figures
        tally.add_request(usage, cost)
    return tally


def _bare(messages: tuple[Message, ...] | Elsewhere) -> tuple[str, ...] | str | Elsewhere:
    """Role and text of each message in turn; the text alone of a single one of the user, as plain calls have."""
    if isinstance(messages, Elsewhere):
        return messages
    if len(messages) == 1 and messages[0].role == "user":
        return messages[0].content
    return tuple(part for message in messages for part in (message.role, message.content))


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
