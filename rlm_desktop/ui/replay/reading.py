"""Reads a run of the history to be replayed: in a thread, shown and cancelled while it lasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from rlm_desktop.history.replay import Replay
from rlm_desktop.history.watch import Watch

if TYPE_CHECKING:
    from rlm_desktop.history import History
    from rlm_desktop.ui.replay.bar import ReplayBar


async def read_replay(
    do: Callable[[Callable[[History], Replay]], Awaitable[Replay]], run_id: str, bar: ReplayBar
) -> Replay:
    """The film of a run; `do` does something with the history in a thread. The bar shows how far it is.

    When the task is cancelled, the thread ends soon by itself.

    Raises:
        UserError: The run is not there, or the history cannot be read.
    """
    watch = Watch()
    bar.show_reading(watch)
    try:
        return await do(lambda history: Replay.of_run(history, run_id, watch))
    finally:
        watch.cancel()
        bar.show_reading(None)
