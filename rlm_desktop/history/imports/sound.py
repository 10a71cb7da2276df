"""Events as this program writes them, whoever made the file: in order, with times and numbers that can be held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

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
        for seq, event in enumerate(self._events, start=1):
            at = min(max(at, event.at), LONGEST)
            if isinstance(event, ev.RunStarted):
                event = _sound_start(event)
            elif not _is_sane(event):
                text = f"{type(event).__name__} holds an absurd number and is left out."
                event = ev.Noted(level="warning", text=text)
            yield event if (event.seq, event.at) == (seq, at) else replace(event, seq=seq, at=at)


def _sound_start(started: ev.RunStarted) -> ev.RunStarted:
    if not _is_sane(started):
        started = replace(started, documents=(), context_characters=0, parent_iteration=None, spent_before=None)
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


def _is_sane(value: Any) -> bool:
    """Whether the numbers of an event can be held; a variable may well be nearly as long: `range(10**18)`."""
    if isinstance(value, Struct):
        return all(_is_sane(getattr(value, name)) for name in value.__struct_fields__ if name not in ("seq", "at"))
    if isinstance(value, tuple):
        return all(map(_is_sane, value))
    return not isinstance(value, int | float) or -LARGEST <= value <= LARGEST
