"""What every export is made from: a run's trace and its fold, cleaned of secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.secrets import SecretFilter
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, IterationNode, Node, Tally
from rlm_desktop.history.watch import Watch

_FILTER = SecretFilter()
_KEPT = ("event", "run_id", "session_id", "started_at")
Clean = Callable[[str], str]
"""Replaces the secrets in a text by marks."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run to be exported."""

    events: Sequence[AnyEvent]
    state: RunState

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


def recorded(events: Sequence[AnyEvent], clean: Clean | None = None) -> Recorded:
    """A run from its trace; with `clean`, every text in it goes through that first."""
    if clean is not None:
        events = cleaned(events, clean)
    state = RunState()
    for event in events:
        state.apply(event)
    state.close_interrupted()
    return Recorded(events, state)


def common_secrets(text: str) -> str:
    """`text` without what looks like a key of a well-known kind."""
    return _FILTER.clean(text)[0]


class Redactor:
    """Replaces secrets and counts them.

    Attributes:
        replaced: How many of each kind; one that stands in several events counts in each.
    """

    def __init__(self, secrets: Iterable[str] = (), watch: Watch | None = None) -> None:
        """`secrets` are the configured ones, besides those that look like a key of a well-known kind."""
        self._filter = SecretFilter(secrets)
        self._watch = watch
        self.replaced: dict[str, int] = {}

    def __call__(self, text: str) -> str:
        """`text` without its secrets."""
        if self._watch is not None:
            self._watch.step(0)
        text, replaced = self._filter.clean(text)
        for kind, count in replaced.items():
            self.replaced[kind] = self.replaced.get(kind, 0) + count
        return text


def cleaned(events: Sequence[AnyEvent], clean: Clean) -> list[AnyEvent]:
    """The events with every text in them cleaned, those too that came in pieces."""
    done = [_cleaned_event(event, clean) for event in events]
    streams: dict[tuple[object, ...], list[int]] = {}
    for place, event in enumerate(done):
        if isinstance(event, ev.ModelRequested | ev.ModelRetried):
            streams[ev.TextDelta, event.call, place] = streams.pop((ev.TextDelta, event.call), [])
            streams[ev.ReasoningDelta, event.call, place] = streams.pop((ev.ReasoningDelta, event.call), [])
        elif isinstance(event, ev.TextDelta | ev.ReasoningDelta):
            streams.setdefault((type(event), event.call), []).append(place)
        elif isinstance(event, ev.CellOutput):
            key = (event.call, event.iteration, event.cell, event.stream)
            streams.setdefault(key, []).append(place)
    for places in streams.values():
        _clean_stream(done, places, clean)
    return done


def _clean_stream(events: list[AnyEvent], places: list[int], clean: Clean) -> None:
    """Clean a text that came in pieces: when a secret runs over them, the first piece gets the whole clean text."""
    text = "".join(_piece(events[place]) for place in places)
    if (clean_text := clean(text)) == text:
        return
    for place in places:
        piece = clean_text if place == places[0] else ""
        events[place] = msgspec.structs.replace(events[place], text=piece)


def _piece(event: AnyEvent) -> str:
    return event.text if isinstance(event, ev.TextDelta | ev.ReasoningDelta | ev.CellOutput) else ""


def _cleaned_event(event: AnyEvent, clean: Clean) -> AnyEvent:
    """The event with every text in it cleaned; the very same when there is nothing to clean."""
    original = msgspec.json.decode(ev.encode(event))
    plain = {name: clean_value(value, clean) for name, value in original.items()}
    if plain == original:
        return event
    plain.update({name: original[name] for name in _KEPT if name in original})
    return msgspec.convert(plain, type(event))


def clean_value(value: Any, clean: Clean) -> Any:
    """Plain data with every text in it cleaned, names too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {
            clean(key) if isinstance(key, str) else key: clean_value(item, clean) for key, item in value.items()
        }
    if isinstance(value, list):
        return [clean_value(item, clean) for item in value]
    return value


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
