"""Replay: a stored trace as a film. It knows no window and no clock; it tells the times and the state at any."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.history.keyframes import Keyframes
from rlm_desktop.history.tape import Tape
from rlm_desktop.history.watch import Watch

if TYPE_CHECKING:
    from rlm_desktop.history import History

KEYFRAME_WORK = 200
"""What is folded between two keyframes, in events; see `Keyframes`. With 300 the worst seek takes a third more, and
keyframes a seventh less memory."""
GO_ON_EVENTS = 300
"""A seek forward over at most this many events goes on from the state that is there."""
PREPARED_EVENTS = 5_000
"""A trace of at most this many events is prepared in a moment."""
LONGEST_WAIT = 0.5
"""Seconds that remain of a wait when waiting is skipped."""

MarkerKind: TypeAlias = Literal["iteration", "error", "limit", "answer"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment worth jumping to.

    Attributes:
        seq: The event.
        call: The call it belongs to, or `RUN`.
        text: A few words on it.
    """

    kind: MarkerKind
    seq: int
    call: int
    text: str


class Replay:
    """The film of one run.

    Args:
        events: Of the run.
        work: How much is folded between two keyframes.
        is_prepared: Whether seeks are quick at once. It folds the whole trace, which takes seconds when it is very
            long; else call `prepare` in a thread. Until it is done the film can be played from its beginning.

    Attributes:
        markers: Iterations of the root call, errors, limits and the answer, in order.
        seq: The event that the playhead is at; 0 is before the first.
    """

    def __init__(self, events: Sequence[AnyEvent], *, work: int = KEYFRAME_WORK, is_prepared: bool = True) -> None:
        self._events: Sequence[AnyEvent] = events if isinstance(events, Tape) else _in_order(events)
        self._work = work
        self._frames: Keyframes | None = None
        self._applied = 0
        self._state = RunState()
        self._seqs, self._times = array("q"), array("d")
        self._waits_skipped: Sequence[float] = ()
        self.markers: list[Marker] = []
        self._marked: dict[MarkerKind, list[int]] = {"iteration": [], "error": [], "limit": [], "answer": []}
        self.seq = 0
        self._take(self._events)
        self._waits_skipped = times_without_waits(self._times)
        if is_prepared:
            self.prepare()

    @classmethod
    def of_run(cls, history: History, run_id: str, watch: Watch | None = None) -> Replay:
        """The film of a stored run, which can be played at once; of a long one `prepare` is still to be called.

        Raises:
            HistoryError: The run is not there, or the history cannot be read; or, as `TransferCancelled`, the watch
                says that nobody wants it any more.
        """
        watch = watch or Watch()
        watch.total = history.run(run_id).events
        tape = history.tape()
        replay = cls((), is_prepared=False)
        for events in history.onto_tape(run_id, tape):
            if watch.is_cancelled:
                break  # the reading of the history ends with the loop
            replay._take(events)
            watch.done += len(events)
            time.sleep(0)  # other threads get their turn
        watch.step(0)
        if any(later < earlier for earlier, later in pairwise(replay._seqs)):  # a trace from elsewhere, or mended
            return cls(list(tape), is_prepared=len(tape) <= PREPARED_EVENTS)
        replay._events = tape
        replay._waits_skipped = times_without_waits(replay._times)
        if len(tape) <= PREPARED_EVENTS:
            replay.prepare()
        return replay

    def _take(self, events: Iterable[AnyEvent]) -> None:
        """Note what is to be known of all events at any time: number, time, whether it deserves a marker."""
        for event in events:
            self._seqs.append(event.seq)
            self._times.append(event.at)
            marker = _marker(event)
            if marker is not None:
                self.markers.append(marker)
                self._marked[marker.kind].append(marker.seq)

    def prepare(self, watch: Watch | None = None) -> None:
        """Make every seek quick.

        Raises:
            TransferCancelled: The watch says that nobody wants it any more.
        """
        if self._frames is None:
            watch = watch or Watch()
            watch.total = len(self._events)
            self._frames = Keyframes(self._events, self._work, watch)

    @property
    def is_prepared(self) -> bool:
        """Whether every seek is quick."""
        return self._frames is not None

    def is_near(self, seq: int) -> bool:
        """Whether a seek to there is quick already."""
        return self.is_prepared or self._applied <= bisect_right(self._seqs, seq) <= self._applied + GO_ON_EVENTS

    @property
    def last_seq(self) -> int:
        """The last event."""
        return self._seqs[-1] if self._seqs else 0

    @property
    def state(self) -> RunState:
        """The state at the playhead."""
        return self._state

    def seek(self, seq: int) -> RunState:
        """The state after the event `seq` (and all before it): exactly what the live run showed then.

        Going on a little keeps the same state and rows; any other seek gives a new one and makes the old one void.
        """
        wanted = bisect_right(self._seqs, seq)
        frames = self._frames
        if frames is None:
            if wanted < self._applied:
                self._state, self._applied = RunState(), 0
            for event in self._events[self._applied : wanted]:
                self._state.apply(event)
        elif self._applied <= wanted <= self._applied + GO_ON_EVENTS:
            frames.go_on(self._state, self._applied, wanted)
        else:
            self._state = frames.state_after(wanted)
        self._applied = wanted
        self.seq = self._seqs[wanted - 1] if wanted else 0
        return self._state

    def next_event(self, seq: int) -> int:
        """The event after `seq`, or the last one."""
        at = bisect_right(self._seqs, seq)
        return self._seqs[at] if at < len(self._seqs) else self.last_seq

    def previous_event(self, seq: int) -> int:
        """The event before `seq`, or 0."""
        at = bisect_left(self._seqs, seq)
        return self._seqs[at - 1] if at else 0

    def next_marker(self, seq: int, *kinds: MarkerKind) -> int:
        """The next marker of these kinds (of any, when none is named) after `seq`, or the last event."""
        chosen = [self._marked[kind] for kind in kinds or self._marked]
        found = [seqs[at] for seqs in chosen if (at := bisect_right(seqs, seq)) < len(seqs)]
        return min(found, default=self.last_seq)

    def previous_marker(self, seq: int, *kinds: MarkerKind) -> int:
        """The last marker of these kinds (of any, when none is named) before `seq`, or 0."""
        chosen = [self._marked[kind] for kind in kinds or self._marked]
        return max((seqs[at - 1] for seqs in chosen if (at := bisect_left(seqs, seq))), default=0)

    def duration(self, *, skip_waiting: bool) -> float:
        """Seconds that the film lasts at normal speed."""
        times = self._waits_skipped if skip_waiting else self._times
        return times[-1] if times else 0.0

    def time_of(self, seq: int, *, skip_waiting: bool) -> float:
        """When the event `seq` happens in the film, in seconds at normal speed."""
        times = self._waits_skipped if skip_waiting else self._times
        at = bisect_right(self._seqs, seq)
        return times[at - 1] if at else 0.0

    def seq_at(self, seconds: float, *, skip_waiting: bool) -> int:
        """The last event that has happened at that time of the film."""
        at = bisect_right(self._waits_skipped if skip_waiting else self._times, seconds)
        return self._seqs[at - 1] if at else 0


def _in_order(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    return sorted(events, key=lambda event: event.seq)


def times_without_waits(times: Sequence[float]) -> Sequence[float]:
    """The times of events with every gap cut to `LONGEST_WAIT`."""
    total = min(times[0], LONGEST_WAIT) if times else 0.0
    shortened = array("d", [total] if times else [])
    for earlier, later in pairwise(times):
        total += min(max(later - earlier, 0.0), LONGEST_WAIT)
        shortened.append(total)
    return shortened


def _marker(event: AnyEvent) -> Marker | None:
    """The marker that an event deserves, if any."""
    kind: MarkerKind
    match event:
        case ev.IterationStarted(call=ev.ROOT):
            kind, text = "iteration", f"Iteration {event.iteration}"
        case ev.CellFinished() if event.status != "ok":
            kind, text = "error", event.error or f"Cell {event.status}"
        case ev.ModelFailed():
            kind, text = "error", event.error
        case ev.CallFinished() if event.end_state is not EndState.COMPLETED:
            kind, text = "error", event.error or f"Call {event.end_state}"
        case ev.LimitReached():
            kind, text = "limit", event.detail or str(event.end_state)
        case ev.AnswerSet(call=ev.ROOT):
            kind, text = "answer", f"Answer by {event.source}"
        case _:
            return None
    return Marker(kind, event.seq, event.call, text)
