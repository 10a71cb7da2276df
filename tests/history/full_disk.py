"""Writes a run to a disk that is really full, then makes room: `python -m tests.history.full_disk DIR`.

Then it does so once more with a history that somebody has removed meanwhile. Prints what was said, a line each, and
`same` when the whole trace is there in the end.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history import History
from tests.history import traces
from tests.history.test_store import keep

SECONDS = 60


def fill_disk(path: Path) -> None:
    """A file that takes all the room there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def write(folder: Path, *, is_removed: bool) -> None:
    """Write, run out of space, go on, make room."""
    said: list[str] = []
    changed = threading.Condition()

    def say(text: str) -> None:
        with changed:
            said.append(text)
            changed.notify_all()

    history = History(folder / "history.sqlite", on_trouble=say)
    history.open()
    if is_removed:
        keep(history, traces.run("before"))
    fill_disk(folder / "filler")
    if is_removed:
        (folder / "history.sqlite").unlink()
    events: list[AnyEvent] = traces.run(question=os.urandom(200_000).hex())
    sink = history.sink()
    for event in events:
        sink(event)
    with changed:
        changed.wait_for(lambda: len(said) >= 1, SECONDS)
    assert not history.flush(1.0)
    if not is_removed:
        assert history.runs() == []
    (folder / "filler").unlink()
    with changed:
        changed.wait_for(lambda: "again" in said[-1], SECONDS)
    is_same = history.events("run-1") == events
    if is_removed:
        is_same &= history.events("before") == traces.run("before")
    history.close()
    print(*said, "same" if is_same else "different", sep="\n")


if __name__ == "__main__":
    for is_removed in (False, True):
        write(Path(sys.argv[1]), is_removed=is_removed)
        (Path(sys.argv[1]) / "history.sqlite").unlink()
