"""Plays a stored run: the clock of a replay, and the feed that the widgets read while it goes on."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from rlm_desktop.history.replay import Marker, Replay
from rlm_desktop.history.watch import TransferCancelled, Watch
from rlm_desktop.ui.feed import RunFeed

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_FRAME_MS = 33
_FAILURES = ("error", "limit")
"""Kinds of markers."""


class ReplayPlayer(QObject):
    """Moves the playhead of a `Replay` by the clock or by hand, and shows its state through a `RunFeed`.

    Attributes:
        replay: What is played.
        feed: Holds the state at the playhead; widgets read it as they read a live run's.

    Signals:
        moved: The playhead is elsewhere.
        playing_changed: It started or stopped to play.
        prepared: Jumps are quick now.
        failure_reached: The playhead was put at something that failed; the number of the call.
    """

    moved = Signal()
    playing_changed = Signal(bool)
    prepared = Signal()
    failure_reached = Signal(int)

    def __init__(self, replay: Replay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.replay = replay
        self.feed = RunFeed(self)
        self._speed = 1.0
        self._skip_waiting = True
        self._pause_at_markers = False
        self._position = 0.0
        self._ticked = 0.0
        self._timer = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._dragged = QTimer(self, singleShot=True, interval=0)
        self._dragged.timeout.connect(self._on_dragged)
        self._wanted: int | None = None
        self._watch: Watch | None = None
        self.feed.load(replay.seek(replay.last_seq) if replay.is_prepared else replay.state)
        self._position = self.duration if replay.is_prepared else 0.0

    async def prepare(self) -> None:
        """Make jumps quick, in a thread; until then it can be played, and a jump waits for this."""
        if self.replay.is_prepared:
            return
        watch = self._watch = Watch()
        try:
            await asyncio.to_thread(self.replay.prepare, watch)
        except TransferCancelled:
            return
        finally:
            watch.cancel()  # the thread goes on by itself when this task is cancelled
        if isValid(self):
            self._watch = None
            self.prepared.emit()
            if self._wanted is not None:
                self.seek_event(self._wanted)

    @property
    def preparing(self) -> float | None:
        """How much is done until jumps are quick, from 0 to 1; None when they are."""
        return self._watch.share if self._watch is not None else None

    def stop(self) -> None:
        """Pause, and give up what is being prepared: nobody watches any more."""
        self.pause()
        self._dragged.stop()
        if self._watch is not None:
            self._watch.cancel()

    # -- what it is like --------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether the clock moves the playhead."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """How many times as fast as it happened."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed

    @property
    def skips_waiting(self) -> bool:
        """Whether long waits are cut short."""
        return self._skip_waiting

    @skips_waiting.setter
    def skips_waiting(self, skip: bool) -> None:
        self._skip_waiting = skip
        self._position = self._time_of(self.replay.seq)
        self.moved.emit()

    @property
    def pauses_at_markers(self) -> bool:
        """Whether playing stops at each marker."""
        return self._pause_at_markers

    @pauses_at_markers.setter
    def pauses_at_markers(self, pause: bool) -> None:
        self._pause_at_markers = pause

    @property
    def duration(self) -> float:
        """Seconds of the whole film at normal speed."""
        return self.replay.duration(skip_waiting=self._skip_waiting)

    @property
    def position(self) -> float:
        """Seconds of the film before the playhead."""
        return self._position

    @property
    def has_errors(self) -> bool:
        """Whether there is something for `step_error`."""
        return any(marker.kind in _FAILURES for marker in self.replay.markers)

    def place_of(self, marker: Marker) -> float:
        """Seconds of the film at which a marker stands."""
        return self._time_of(marker.seq)

    # -- playing ----------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play on; from the beginning when the playhead is at the end."""
        if self.is_playing:
            return
        if self.replay.seq >= self.replay.last_seq:
            self.seek_event(0)
        self._ticked = time.monotonic()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop where the playhead is."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def _tick(self) -> None:
        now = time.monotonic()
        self._position += (now - self._ticked) * self._speed
        self._ticked = now
        seq = self.replay.seq_at(self._position, skip_waiting=self._skip_waiting)
        if self._pause_at_markers:
            marker = self.replay.next_marker(self.replay.seq)
            if self.replay.seq < marker <= seq:
                self.pause()
                self.seek_event(marker)
                return
        self._show(seq)
        if seq >= self.replay.last_seq:
            self._position = self.duration
            self.pause()
        self.moved.emit()

    # -- by hand ----------------------------------------------------------------------------------------------

    def seek_event(self, seq: int) -> None:
        """Put the playhead after the event `seq`; 0 is before the first."""
        self._show(max(0, min(seq, self.replay.last_seq)))
        self._position = self._time_of(self.replay.seq)
        self.moved.emit()

    def seek_marker(self, marker: Marker) -> None:
        """Put the playhead at a marker."""
        self.seek_event(marker.seq)
        if marker.kind in _FAILURES and self.replay.seq == marker.seq:
            self.failure_reached.emit(marker.call)

    def drag_to(self, seconds: float) -> None:
        """Put the playhead at a time of the film; what then was shows when there is time for it.

        Of the places that it is dragged over meanwhile only the last counts.
        """
        self._position = max(0.0, min(seconds, self.duration))
        self._dragged.start()
        self.moved.emit()

    def _on_dragged(self) -> None:
        self.seek_seconds(self._position)

    def seek_seconds(self, seconds: float) -> None:
        """Put the playhead at a time of the film."""
        self._position = max(0.0, min(seconds, self.duration))
        self._show(self.replay.seq_at(self._position, skip_waiting=self._skip_waiting))
        self.moved.emit()

    def step_event(self, by: int) -> None:
        """Go one event on (`by` 1) or back (-1), and pause."""
        self.pause()
        replay = self.replay
        self.seek_event(replay.next_event(replay.seq) if by > 0 else replay.previous_event(replay.seq))

    def step_iteration(self, by: int) -> None:
        """Go to the next (`by` 1) or the previous (-1) iteration of the root call, and pause."""
        self.pause()
        replay = self.replay
        step = replay.next_marker if by > 0 else replay.previous_marker
        self.seek_event(step(replay.seq, "iteration"))

    def step_error(self, by: int) -> None:
        """Go to the next (`by` 1) or the previous (-1) error or limit, if there is one, and pause."""
        self.pause()
        found = [marker for marker in self.replay.markers if marker.kind in _FAILURES]
        seq = self.replay.seq
        place = bisect_right(found, seq, key=_seq) if by > 0 else bisect_left(found, seq, key=_seq) - 1
        if 0 <= place < len(found):
            self.seek_marker(found[place])

    def _time_of(self, seq: int) -> float:
        return self.replay.time_of(seq, skip_waiting=self._skip_waiting)

    def _show(self, seq: int) -> None:
        self._dragged.stop()
        if not self.replay.is_near(seq):
            self._wanted = seq
            return
        self._wanted = None
        if seq == self.replay.seq:
            return
        state = self.replay.seek(seq)
        if state is self.feed.state:
            self.feed.changed.emit()
        else:
            self.feed.load(state)


def _seq(marker: Marker) -> int:
    return marker.seq
