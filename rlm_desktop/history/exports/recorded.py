"""What every export is made from: a run's trace and its fold, cleaned of secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.providers import labels
from rlm_desktop.engine.secrets import MIN_SECRET, SecretFilter
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, IterationNode, Node, Tally
from rlm_desktop.errors import HistoryError
from rlm_desktop.history.tape import Tape
from rlm_desktop.history.watch import Watch
from rlm_desktop.repl.describe import cut
from rlm_desktop.repl.wire import PREVIEW

_FILTER = SecretFilter()
_KEPT = ("event", "run_id", "session_id", "started_at")
_PORTION = 32
"""Events that are held with their texts while they are folded: each text may be long."""
_DEEPEST = 100
"""Levels of a value that are gone through: Python's own stack ends at some hundred."""
Clean = Callable[[str], str]
"""Replaces the secrets in a text by marks."""


class Recorded:
    """A run to be exported, its longer texts on a tape: memory is taken by the rows of its tree only.

    Attributes:
        events: Its trace, which can be gone through again and again.
    """

    def __init__(self, events: Iterable[AnyEvent], tape: Tape | None = None) -> None:
        self.events = events
        self._tape = Tape() if tape is None else tape

    @cached_property
    def state(self) -> RunState:
        """Its fold; what had not ended is interrupted."""
        state = RunState()
        events = iter(self.events)
        while portion := list(islice(events, _PORTION)):
            for event in self._tape.add_events(portion):
                state.apply(event)
        state.close_interrupted()
        return state

    @property
    def started(self) -> ev.RunStarted:
        """Its first event."""
        return self.state.started or ev.RunStarted(
            run_id="", session_id="", question="", root_model="", sub_model="", started_at=""
        )

    @property
    def began(self) -> float:
        """When it began, in seconds since 1970; 0 when that is not known."""
        try:
            return datetime.fromisoformat(self.started.started_at).timestamp()
        except (ValueError, OverflowError):
            return 0.0

    def stamp(self, at: float) -> str:
        """The time `at` seconds after the run began: UTC, ISO 8601."""
        return datetime.fromtimestamp(self.began + at, UTC).isoformat(timespec="microseconds")


def common_secrets(text: str) -> str:
    """`text` without what looks like a key of a well-known kind."""
    return _FILTER.clean(text)[0]


class Redactor:
    """Replaces secrets and counts them.

    Attributes:
        replaced: How many of each kind; one that stands in several events counts in each.
    """

    def __init__(
        self,
        secrets: Iterable[str] = (),
        watch: Watch | None = None,
        patterns: Mapping[str, str] | None = None,
    ) -> None:
        """`secrets` are the configured ones, besides those of a well-known kind and of the `patterns`."""
        self._filter = SecretFilter(secrets, patterns)
        self._shortest = 1 if patterns else MIN_SECRET
        self._watch = watch
        self.replaced: dict[str, int] = {}

    def __call__(self, text: str) -> str:
        """`text` without its secrets."""
        if self._watch is not None:
            self._watch.step(0)
        if len(text) < self._shortest:
            return text
        text, replaced = self._filter.clean(text)
        for kind, count in replaced.items():
            self.replaced[kind] = self.replaced.get(kind, 0) + count
        return text


class Cleaned:
    """The events of a run with every text in them cleaned, those too that came in pieces.

    To go through it is to go twice through the events, of which only the pieces of texts that have not ended are
    held: a secret that runs over several of them shows with the last.
    """

    def __init__(self, events: Iterable[AnyEvent], clean: Clean) -> None:
        """`events` can be gone through again and again."""
        self._events = events
        self._clean = clean

    def __iter__(self) -> Iterator[AnyEvent]:
        changed, count = self._changed_pieces()
        for place, event in enumerate(islice(self._events, count)):  # of a run that goes on, more may have come
            if not isinstance(event, _PIECES):
                yield _cleaned_event(event, self._clean)
            else:
                yield msgspec.structs.replace(event, text=changed[place]) if place in changed else event

    def _changed_pieces(self) -> tuple[dict[int, str], int]:
        """What is to stand in place of pieces that hold secrets, or parts, by their place; how many events."""
        count = 0
        streams: dict[tuple[object, ...], list[tuple[int, str]]] = {}
        changed: dict[int, str] = {}
        for place, event in enumerate(self._events):
            count = place + 1
            if isinstance(event, _PIECES):
                streams.setdefault(_stream_of(event), []).append((place, event.text))
            else:
                for key in _streams_ended_by(event):
                    self._clean_stream(streams.pop(key, []), changed)
        for pieces in streams.values():
            self._clean_stream(pieces, changed)
        return changed, count

    def _clean_stream(self, pieces: list[tuple[int, str]], changed: dict[int, str]) -> None:
        """Clean a text in pieces: when a secret runs over them, the first piece gets the whole clean text."""
        clean_pieces = [self._clean(text) for _, text in pieces]
        text = "".join(clean_pieces)
        if len(pieces) > 1 and (clean_text := self._clean(text)) != text:
            clean_pieces = [clean_text, *[""] * (len(pieces) - 1)]
        for (place, text), clean_text in zip(pieces, clean_pieces, strict=True):
            if clean_text != text:
                changed[place] = clean_text


_PIECES = (ev.TextDelta, ev.ReasoningDelta, ev.CellOutput)


def _stream_of(piece: ev.TextDelta | ev.ReasoningDelta | ev.CellOutput) -> tuple[object, ...]:
    """What tells the text that a piece belongs to from others that are under way."""
    if isinstance(piece, ev.CellOutput):
        return piece.call, piece.iteration, piece.cell, piece.stream
    return type(piece), piece.call


def _streams_ended_by(event: AnyEvent) -> tuple[tuple[object, ...], ...]:
    """The texts that get no more pieces after an event."""
    if isinstance(event, ev.ModelRequested | ev.ModelRetried | ev.ModelResponded | ev.ModelFailed):
        return (ev.TextDelta, event.call), (ev.ReasoningDelta, event.call)
    if isinstance(event, ev.CellFinished):
        place = event.call, event.iteration, event.cell
        return (*place, "stdout"), (*place, "stderr")
    return ()


def cleaned(events: Sequence[AnyEvent], clean: Clean) -> list[AnyEvent]:
    """As `Cleaned`, at once."""
    return list(Cleaned(events, clean))


def _cleaned_event(event: AnyEvent, clean: Clean) -> AnyEvent:
    """The event with every text in it cleaned; the very same when there is nothing to clean."""
    original = msgspec.json.decode(ev.encode(event))
    plain = {name: clean_value(value, clean) for name, value in original.items()}
    if plain == original:
        return event
    plain.update({name: original[name] for name in _KEPT if name in original})
    if isinstance(event, ev.CellFinished):
        # Marks may be longer than what they stand for, and what is said of a variable is not.
        plain["variables"] = [
            {name: cut(value, PREVIEW) if isinstance(value, str) else value for name, value in variable.items()}
            for variable in plain.get("variables", ())
        ]
    try:
        return msgspec.convert(plain, type(event))
    except msgspec.ValidationError as error:
        raise HistoryError(
            "A kind of secret fits the words of the record itself, as those for the state of a call. Make its "
            "regular expression narrower."
        ) from error


def clean_value(value: Any, clean: Clean, level: int = 0) -> Any:
    """Plain data with every text in it cleaned, names too; of what is nested too deeply the rest is left out."""
    if isinstance(value, str):
        return clean(value)
    if level > _DEEPEST and isinstance(value, dict | list):
        return "..."
    if isinstance(value, dict):
        return {
            clean(key) if isinstance(key, str) else key: clean_value(item, clean, level + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [clean_value(item, clean, level + 1) for item in value]
    return value


def json_pieces(value: Any) -> Iterator[str]:
    """`value` as JSON in one line, piece by piece: an iterator in it becomes a list without ever being one."""
    if isinstance(value, dict):
        mark = "{"
        for key, item in value.items():
            yield f"{mark}{json.dumps(key)}: "
            yield from json_pieces(item)
            mark = ", "
        yield "{}" if mark == "{" else "}"
    elif isinstance(value, Iterator):
        yield "["
        mark = ""
        for item in value:
            yield mark
            yield from json_pieces(item)
            mark = ", "
        yield "]"
    else:
        yield json.dumps(value)


def depth_first(node: Node) -> Iterator[Node]:
    """A row and all below it, each before those below it."""
    waiting = [node]
    while waiting:
        row = waiting.pop()
        yield row
        waiting += reversed(row.children)


def title_of(node: Node) -> str:
    """A row in a few words."""
    if isinstance(node, CallNode):
        name = node.function or ("question" if node.parent is None else node.kind)
        return f"{name} (call {node.number}, depth {node.depth})"
    if isinstance(node, IterationNode):
        return f"Iteration {node.number}"
    return "Batch"


def figures_of(run: Recorded) -> Iterator[tuple[str, str]]:
    """What a report says of the run as a whole: name and value."""
    state, started = run.state, run.started
    depth = max((call.depth for call in state.calls.values()), default=0)
    yield "End state", str(state.status)
    yield "Started", started.started_at
    yield "Duration", f"{state.now:.2f} s"
    yield "Models", labels(started.root_model, started.sub_model)
    yield "Documents", ", ".join(document.name for document in started.documents) or "none"
    yield "Calls", f"{state.totals.calls}, depth {depth}"
    yield "Errors", str(state.totals.errors)
    yield "Tokens", tokens(state.totals)
    yield "Cost", cost(state.totals)
    yield "Isolation", started.isolation or "unknown"
    yield "Run", started.run_id


def cost(tally: Tally) -> str:
    """The cost, unknown where it is not known."""
    if tally.requests and tally.requests == tally.unknown_cost:
        return "unknown"
    more = f" and {tally.unknown_cost} requests of unknown cost" if tally.unknown_cost else ""
    return f"${tally.cost_usd:.4f}{more}"


def tokens(tally: Tally) -> str:
    """The tokens, unknown where they are not known."""
    if tally.requests and tally.requests == tally.unknown_usage:
        return "unknown"
    more = f" and {tally.unknown_usage} requests of unknown usage" if tally.unknown_usage else ""
    return f"{tally.input_tokens:,} in, {tally.output_tokens:,} out{more}"


def seconds(node: Node) -> str:
    """How long a row took."""
    return "not ended" if node.finished is None else f"{node.finished - node.started:.2f} s"
