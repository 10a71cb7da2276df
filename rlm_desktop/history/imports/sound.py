"""Events as this program writes them, whoever made the file: in order, with times and numbers that can be held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from operator import is_
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields, replace

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history.imports.builder import LONGEST
from rlm_desktop.history.imports.reading import LATEST
from rlm_desktop.history.summary import LARGEST, plain

_FIRST, _LAST = (ev.as_utc(datetime.fromtimestamp(seconds, UTC)) for seconds in (0, LATEST))


class Sound:
    """The events of a run from a file; they can be gone through as often as those that they are made from."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        self._events = events

    def __iter__(self) -> Iterator[AnyEvent]:
        at = 0.0
        for seq, event in enumerate(self._sound_events(), start=1):
            at = min(max(at, event.at), LONGEST)
            yield event if (event.seq, event.at) == (seq, at) else replace(event, seq=seq, at=at)

    def _sound_events(self) -> Iterator[AnyEvent]:
        is_told = False
        for event in self._events:
            sound = _sound(event)
            if sound is _OUT:
                text = f"{type(event).__name__} holds an absurd number and is left out."
                yield ev.Noted(level="warning", text=text, at=event.at)
                continue
            yield _sound_start(sound) if isinstance(sound, ev.RunStarted) else sound
            if sound is not event and not is_told:
                is_told = True
                text = "Figures that cannot be true, below zero or absurdly large, are left out of this run."
                yield ev.Noted(level="warning", text=text, at=event.at)


def _sound_start(started: ev.RunStarted) -> ev.RunStarted:
    return replace(
        started,
        call=ev.RUN,
        run_id=plain(started.run_id),
        session_id=plain(started.session_id),
        parent_run=plain(started.parent_run),
        started_at=_moment(started.started_at),
    )


def _moment(text: str) -> str:
    """`text` if it is a moment that can be shown anywhere on earth, else the first one that there is."""
    try:
        found = datetime.fromisoformat(text)
        utc = ev.as_utc(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return _FIRST
    return text if _FIRST <= utc < _LAST else _FIRST


_OUT = object()
"""What cannot do without a number that is not sound."""


def _sound(value: Any) -> Any:
    """The same without numbers that are not sound: itself where all are, `_OUT` where it cannot do without one."""
    if isinstance(value, Struct):
        return _sound_struct(value)
    if isinstance(value, tuple):
        found = tuple(_sound(item) for item in value)
        return value if all(map(is_, found, value)) else tuple(one for one in found if one is not _OUT)
    if isinstance(value, dict):
        sound = {key: _sound(item) for key, item in value.items()}
        is_same = all(sound[key] is item for key, item in value.items())
        return value if is_same else {key: item for key, item in sound.items() if item is not _OUT}
    return value


def _sound_struct(value: Struct) -> Any:
    changed: dict[str, Any] = {}
    for name, default in _fields(type(value)):
        item = getattr(value, name)
        sound = _sound_number(value, name, item) if isinstance(item, int | float) else _sound(item)
        if sound is _OUT and default is NODEFAULT:
            return _OUT
        if sound is not item:
            changed[name] = default if sound is _OUT else sound
    return replace(value, **changed) if changed else value


def _sound_number(owner: Struct, name: str, number: float) -> Any:
    """A number that can be held, and be true; a variable may well be nearly as long: `range(10**18)`."""
    is_figure = name == "cost_usd" or isinstance(owner, ev.Usage | ev.Spent)
    return number if (0 if is_figure else -LARGEST) <= number <= LARGEST else _OUT


@cache
def _fields(kind: type[Struct]) -> list[tuple[str, Any]]:
    """The fields of a kind of event but those that are given anew, each with its default."""
    return [(field.name, field.default) for field in fields(kind) if field.name not in ("seq", "at")]
