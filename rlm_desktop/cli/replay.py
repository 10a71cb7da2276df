"""`rlm-desktop runs show --replay`: a stored run once more as it happened, in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys

from rlm_desktop.cli.output import local_time, say
from rlm_desktop.cli.progress import PlainLines, progress_on
from rlm_desktop.engine.state import RunState
from rlm_desktop.errors import UsageError
from rlm_desktop.history import History, RunRow
from rlm_desktop.history.replay import times_without_waits

_AT_ONCE = 200
"""Events that are applied before the picture gets its turn, when the replay is faster than it can be shown."""


def play(history: History, row: RunRow, chosen: argparse.Namespace) -> int:
    """Play a run; its answer goes to standard output, as `ask` does it."""
    if not (math.isfinite(chosen.speed) and chosen.speed > 0):
        raise UsageError(f"--speed must be more than 0, not {chosen.speed:g}.")
    say(f"Replay of a run of {local_time(row.started_at)}: recorded, no model calls")
    state = asyncio.run(_play(history, row, chosen))
    if state.answer is not None:
        print(state.answer)
    return 0


async def _play(history: History, row: RunRow, chosen: argparse.Namespace) -> RunState:
    """Apply each event at its moment: on a terminal to a live tree, elsewhere as plain lines."""
    events = await asyncio.to_thread(history.events, row.id)
    times = [event.at for event in events]
    if not chosen.with_waiting:
        times = times_without_waits(times)
    state = RunState()
    progress = progress_on(sys.stderr)
    async with progress.showing(state):
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, (event, at) in enumerate(zip(events, times, strict=True)):
            wait = began + at / chosen.speed - loop.time()
            if wait > 0 or number % _AT_ONCE == 0:
                await asyncio.sleep(max(0.0, wait))
            state.apply(event)
            if isinstance(progress, PlainLines):
                progress.take(event)
        if not row.is_running:
            state.close_interrupted()
    return state
