"""What the rows of a run's tree hold: requests to models, cells. Only `RunState` changes them.

A run may have a million calls, so what a plain call holds is counted in bytes: what many have in common is one
object, figures of a reply are packed, and sums that one request makes up are put together when somebody looks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import Message, Usage
from rlm_desktop.engine.tally import Tally, packed
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


@lru_cache(maxsize=8192)
def _kept_once(value: Any) -> Any:
    """The first that was equal to it: most variables are the same after one cell as after the one before."""
    return value


class Figures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is known of a reply; `tokens` are those of its `Usage`, field by field."""

    queued: float = 0.0
    first_token: float | None = None
    duration: float | None = None
    cost_usd: float | None = None
    tokens: tuple[int | None, int | None, int | None, int | None] | None = None

    @property
    def usage(self) -> Usage | None:
        """Tokens, as the provider said."""
        if self.tokens is None:
            return None
        given, written, cached, reasoning = self.tokens
        return Usage(input_tokens=given, output_tokens=written, cached_tokens=cached, reasoning_tokens=reasoning)


_NO_FIGURES = Figures()
_unpacked = msgspec.msgpack.Decoder(Figures).decode


def _figures_of(event: ev.ModelResponded) -> bytes | Figures:
    """The figures of a reply, packed if they fit: of all that a request has, they would take most room."""
    usage = event.usage
    tokens = usage and (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens)
    figures = Figures(event.queued, event.first_token, event.duration, event.cost_usd, tokens)
    try:
        return packed(figures)
    except OverflowError:
        return figures


class _Parameters(dict[str, Any]):
    """Parameters of a request, which are not changed any more."""

    def __hash__(self) -> int:  # type: ignore[override]
        # By their values too: a run may give each of a million requests a seed of its own.
        return hash(frozenset(item for item in self.items() if isinstance(item[1], str | int | float)))


class _Form(msgspec.Struct, frozen=True, eq=False):
    """What nearly all requests of a run have in common; `roles` are those of the messages that one adds."""

    model: str = ""
    parameters: _Parameters = _Parameters()
    finish_reason: str = ""
    source: ev.ReplySource = "model"
    kept: int = 0
    roles: tuple[Literal["system", "user", "assistant"], ...] = ()
    attempts: tuple[tuple[str, float], ...] = ()
    error: str = ""


_NO_FORM = _Form()


@lru_cache(maxsize=1024)
def _changed(form: _Form, **values: Any) -> _Form:
    """Another form: one object for all requests that went the same way."""
    return msgspec.structs.replace(form, **values)


class Exchange(msgspec.Struct, eq=False, gc=False):
    """One request to a model and its reply, as far as it has come.

    Attributes:
        requested / responded: Seconds since the run began at which it was sent, and its reply complete.
    """

    requested: float | None = None
    responded: float | None = None
    _form: _Form = _NO_FORM
    _figures: bytes | Figures = _NO_FIGURES
    _messages: tuple[str, ...] | str | Elsewhere = ()
    _text: _Growing = ""
    _reasoning: _Growing = ""

    @property
    def model(self) -> str:
        """Which model was asked."""
        return self._form.model

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Temperature and the like."""
        return self._form.parameters

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
    def figures(self) -> Figures:
        """All its figures: one look takes as long as a look at any of them."""
        return _unpacked(self._figures) if isinstance(self._figures, bytes) else self._figures

    @property
    def queued(self) -> float:
        """Seconds of waiting for a free place before it was sent."""
        return self.figures.queued

    @property
    def first_token(self) -> float | None:
        """Seconds from sending to the first piece of the reply."""
        return self.figures.first_token

    @property
    def duration(self) -> float | None:
        """Seconds from sending to the end of the reply."""
        return self.figures.duration

    @property
    def cost_usd(self) -> float | None:
        """US dollars."""
        return self.figures.cost_usd

    @property
    def usage(self) -> Usage | None:
        """Tokens."""
        return self.figures.usage

    @property
    def is_counted(self) -> bool:
        """Whether its reply is one that a model was asked for."""
        return self.responded is not None and self._form.source == "model"

    @property
    def attempts(self) -> tuple[tuple[str, float], ...]:
        """Reason and delay of each failed attempt."""
        return self._form.attempts

    @property
    def error(self) -> str:
        """Why it failed."""
        return self._form.error

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
        contents = self._messages
        if isinstance(contents, Elsewhere):
            return contents.read()
        return tuple(map(Message, self._form.roles, (contents,) if isinstance(contents, str) else contents))

    def take_request(self, event: ev.ModelRequested, at: float) -> None:
        """The request was sent."""
        self.requested = at
        messages, roles = event.messages, ()
        if isinstance(messages, Elsewhere):
            self._messages = messages
        else:
            roles = tuple([message.role for message in messages])
            self._messages = (
                messages[0].content if len(messages) == 1 else tuple([message.content for message in messages])
            )
        parameters = _Parameters(event.parameters)
        self._form = _changed(_NO_FORM, model=event.model, parameters=parameters, kept=event.kept, roles=roles)

    def take_response(self, event: ev.ModelResponded, at: float) -> None:
        """The reply is complete."""
        self.responded = at
        self._text = event.text
        if event.reasoning:
            self._reasoning = event.reasoning
        self._figures = _figures_of(event)
        self._form = _changed(self._form, finish_reason=event.finish_reason, source=event.source)

    def take_retry(self, event: ev.ModelRetried) -> None:
        """An attempt failed: what had arrived of it is void."""
        self._form = _changed(self._form, attempts=(*self.attempts, (event.reason, event.delay)))
        self._text = self._reasoning = ""

    def take_failure(self, event: ev.ModelFailed) -> None:
        """The last attempt failed."""
        self._form = _changed(self._form, error=event.error)

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


class _Aside(NamedTuple):
    """What most cells have nothing of."""

    stderr: _Growing = ""
    tool_calls: Sequence[ev.ToolCalled] = ()
    error: str = ""
    traceback: str = ""
    line: int = 0
    dropped: int = 0
    threads: int = 0
    more_variables: int = 0


_NO_ASIDE = _Aside()


class CellState(msgspec.Struct, eq=False, gc=False):
    """One cell, as far as it has come. `status` is `running` or a `CellStatus`."""

    number: int
    code: str
    started: float
    finished: float | None = None
    status: str = "running"
    duration: float | None = None
    computed: float | None = None
    variables: tuple[Variable, ...] = ()
    _stdout: _Growing = ""
    _aside: _Aside = _NO_ASIDE

    @property
    def stdout(self) -> str:
        """What it printed so far, echoed values included."""
        return _read(self._stdout)

    @property
    def stderr(self) -> str:
        """What it wrote to standard error so far."""
        return _read(self._aside.stderr)

    @property
    def error(self) -> str:
        """Why it failed, in a line."""
        return self._aside.error

    @property
    def traceback(self) -> str:
        """Where it failed."""
        return self._aside.traceback

    @property
    def line(self) -> int:
        """The line at which it failed, from 1; 0 when it did not, or nobody knows."""
        return self._aside.line

    @property
    def dropped(self) -> int:
        """Characters of its output that were not kept."""
        return self._aside.dropped

    @property
    def threads(self) -> int:
        """Threads that it left behind."""
        return self._aside.threads

    @property
    def more_variables(self) -> int:
        """How many variables it left beside `variables`."""
        return self._aside.more_variables

    @property
    def tool_calls(self) -> Sequence[ev.ToolCalled]:
        """Its calls of functions of the application."""
        return self._aside.tool_calls

    def set_aside(self, **changed: Any) -> None:
        """Change what most cells have nothing of."""
        self._aside = self._aside._replace(**changed)

    def take_output(self, event: ev.CellOutput) -> None:
        """It printed."""
        if event.stream == "stdout":
            self._stdout = _with(self._stdout, event.text)
        else:
            self.set_aside(stderr=_with(self._aside.stderr, event.text))

    def take_tool_call(self, event: ev.ToolCalled) -> None:
        """It called a function of the application; some cells do so a hundred thousand times."""
        if event.kept:  # for a run that goes on from this one, which reads the trace
            event = msgspec.structs.replace(event, kept="")
        if isinstance(self.tool_calls, list):
            self.tool_calls.append(event)
        else:
            self.set_aside(tool_calls=[event])

    def join_pieces(self) -> None:
        """Make one text of the pieces that have come so far."""
        for pieces in (self._stdout, self._aside.stderr):
            if isinstance(pieces, list):
                _join(pieces)

    def take_finish(self, event: ev.CellFinished, at: float) -> None:
        """It ended."""
        self.finished = at
        self.status = event.status
        self.duration = event.duration
        self.computed = event.computed
        self.variables = _kept_once(tuple(map(_kept_once, event.variables)))
        if event.error or event.traceback or event.line or event.dropped or event.threads or event.more_variables:
            self.set_aside(
                error=event.error,
                traceback=event.traceback,
                line=event.line,
                dropped=event.dropped,
                threads=event.threads,
                more_variables=event.more_variables,
            )


def conversation(newest_first: Iterable[Exchange]) -> tuple[Message, ...]:
    """The whole conversation as the first of these requests sent it; the others are those before it."""
    chain: list[Exchange] = []
    for exchange in newest_first:
        chain.append(exchange)
        if not exchange.kept:
            break
    messages: tuple[Message, ...] = ()
    for exchange in reversed(chain):
        messages = messages[: exchange.kept] + exchange.new_messages
    return messages


def made_up(exchange: Exchange | None, *, calls: int) -> Tally:
    """The sums of a row that has had one request at most, without errors or retries."""
    tally = Tally(calls=calls)
    if exchange is not None and exchange.is_counted:
        figures = exchange.figures
        tally.add_request(figures.usage, figures.cost_usd)
    return tally


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
