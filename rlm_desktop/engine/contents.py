"""What the rows of a run's tree hold: requests to models, cells. Only `RunState` changes them.

A run may have a million calls, so what a plain call holds is counted in bytes: what many have in common is one
object, figures of a reply are packed, and sums that one request makes up are put together when somebody looks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import Message, Usage
from rlm_desktop.engine.tally import Tally
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


_Growing: TypeAlias = "str | Elsewhere | list[str | Elsewhere]"
"""A text that may have more added to it: one piece, or several."""


_Figures = tuple[float, float | None, float | None, float | None, Usage | None]
"""Of a reply: `queued`, `first_token`, `duration`, `cost_usd`, `usage`."""
_NO_FIGURES: _Figures = (0.0, None, None, None, None)
_Packed: TypeAlias = tuple[
    float, float | None, float | None, float | None, int | None, int | None, int | None, int | None
]
_unpack = msgspec.msgpack.Decoder(_Packed).decode


def _packed(figures: _Figures) -> bytes | _Figures:
    """Figures in a third of the memory; as they are where they do not fit."""
    queued, first, duration, cost, usage = figures
    if usage is None:
        return figures
    counts = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens)
    try:
        return msgspec.msgpack.encode((queued or 0, first, duration, cost, *counts))
    except OverflowError:
        return figures


def _unpacked(packed: bytes) -> _Figures:
    queued, first, duration, cost, given, written, cached, reasoning = _unpack(packed)
    usage = Usage(input_tokens=given, output_tokens=written, cached_tokens=cached, reasoning_tokens=reasoning)
    return queued, first, duration, cost, usage


class _Form(NamedTuple):
    """What nearly all requests of a run have in common."""

    model: str = ""
    finish_reason: str = ""
    source: ev.ReplySource = "model"
    kept: int = 0


_form = lru_cache(maxsize=256)(_Form)


class _Trouble(NamedTuple):
    """What most requests have nothing of."""

    attempts: tuple[tuple[str, float], ...] = ()
    error: str = ""


_NO_TROUBLE = _Trouble()


class Exchange:
    """One request to a model and its reply, as far as it has come.

    Attributes:
        requested: Seconds since the run began at which it was sent; None while queued.
    """

    __slots__ = (
        "_figures",
        "_form",
        "_messages",
        "_previous",
        "_reasoning",
        "_text",
        "_trouble",
        "parameters",
        "requested",
        "responded",
    )

    def __init__(self, previous: Exchange | None) -> None:
        self._previous = previous
        self._form = _form()
        self._figures: bytes | _Figures = _NO_FIGURES
        self._messages: tuple[str, ...] | str | Elsewhere = ()
        self._text: _Growing = ""
        self._reasoning: _Growing = ""
        self.parameters: dict[str, Any] = {}
        self.requested: float | None = None
        self.responded: float | None = None
        self._trouble = _NO_TROUBLE

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
        return (_unpack(self._figures) if isinstance(self._figures, bytes) else self._figures)[3]

    @property
    def usage(self) -> Usage | None:
        """Tokens."""
        return self.figures[4]

    @property
    def is_counted(self) -> bool:
        """Whether its reply is one that a model was asked for."""
        return self.responded is not None and self._form.source == "model"

    @property
    def attempts(self) -> tuple[tuple[str, float], ...]:
        """Reason and delay of each failed attempt."""
        return self._trouble.attempts

    @property
    def error(self) -> str:
        """Why it failed."""
        return self._trouble.error

    @property
    def text(self) -> str:
        """The reply so far."""
        return _read(self._text)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return _read(self._reasoning)

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
        self._trouble = self._trouble._replace(attempts=(*self.attempts, (event.reason, event.delay)))
        self._text = self._reasoning = ""

    def take_failure(self, event: ev.ModelFailed) -> None:
        """The last attempt failed."""
        self._trouble = self._trouble._replace(error=event.error)

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


class _Ending(NamedTuple):
    """What most cells have nothing of when they end."""

    error: str = ""
    traceback: str = ""
    line: int = 0
    dropped: int = 0
    threads: int = 0


_NO_ENDING = _Ending()


@lru_cache(maxsize=8192)
def _kept_once(value: Any) -> Any:
    """The first that was equal to it: most variables are the same after one cell as after the one before."""
    return value


class CellState:
    """One cell, as far as it has come. `status` is `running` or a `CellStatus`."""

    __slots__ = (
        "_ending",
        "_stderr",
        "_stdout",
        "code",
        "computed",
        "duration",
        "finished",
        "number",
        "started",
        "status",
        "tool_calls",
        "variables",
    )

    def __init__(self, number: int, code: str, started: float) -> None:
        self.number = number
        self.code = code
        self.started = started
        self.finished: float | None = None
        self.status = "running"
        self._stdout: _Growing = ""
        self._stderr: _Growing = ""
        self._ending = _NO_ENDING
        self.duration: float | None = None
        self.computed: float | None = None
        self.variables: tuple[Variable, ...] = ()
        self.tool_calls: Sequence[ev.ToolCalled] = ()

    @property
    def stdout(self) -> str:
        """What it printed so far, echoed values included."""
        return _read(self._stdout)

    @property
    def stderr(self) -> str:
        """What it wrote to standard error so far."""
        return _read(self._stderr)

    @property
    def error(self) -> str:
        """Why it failed, in a line."""
        return self._ending.error

    @property
    def traceback(self) -> str:
        """Where it failed."""
        return self._ending.traceback

    @property
    def line(self) -> int:
        """The line at which it failed, from 1; 0 when it did not, or nobody knows."""
        return self._ending.line

    @property
    def dropped(self) -> int:
        """Characters of its output that were not kept."""
        return self._ending.dropped

    @property
    def threads(self) -> int:
        """Threads that it left behind."""
        return self._ending.threads

    def take_output(self, event: ev.CellOutput) -> None:
        """It printed."""
        if event.stream == "stdout":
            self._stdout = _with(self._stdout, event.text)
        else:
            self._stderr = _with(self._stderr, event.text)

    def take_tool_call(self, event: ev.ToolCalled) -> None:
        """It called a function of the application; some cells do so a hundred thousand times."""
        if event.kept:  # for a run that goes on from this one, which reads the trace
            event = msgspec.structs.replace(event, kept="")
        if isinstance(self.tool_calls, list):
            self.tool_calls.append(event)
        else:
            self.tool_calls = [event]

    def join_pieces(self) -> None:
        """Make one text of the pieces that have come so far."""
        for pieces in (self._stdout, self._stderr):
            if isinstance(pieces, list):
                _join(pieces)

    def take_finish(self, event: ev.CellFinished, at: float) -> None:
        """It ended."""
        self.finished = at
        self.status = event.status
        self.duration = event.duration
        self.computed = event.computed
        self.variables = _kept_once(tuple(map(_kept_once, event.variables)))
        ending = _Ending(event.error, event.traceback, event.line, event.dropped, event.threads)
        if ending != _NO_ENDING:
            self._ending = ending


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


def _with(text: _Growing, piece: str | Elsewhere) -> _Growing:
    """`text` with one more piece. Mostly there is only one."""
    if isinstance(text, list):
        text.append(piece)
        return text
    return [text, piece] if text != "" else piece


def _read(pieces: _Growing) -> str:
    """The text of `pieces`, which are joined in place so that the next look costs nothing."""
    if isinstance(pieces, list):
        _join(pieces)
        return "".join(piece if isinstance(piece, str) else piece.read() for piece in pieces)
    return pieces if isinstance(pieces, str) else pieces.read()


def _join(pieces: list[Any]) -> None:
    """Make one of the neighbouring pieces that are here."""
    if len(pieces) > 1:
        joined: list[Any] = []
        for is_here, neighbours in groupby(pieces, lambda piece: isinstance(piece, str)):
            some = list(neighbours)
            joined += ["".join(some)] if is_here else some
        pieces[:] = joined
