"""Writes a run to a disk that is really full, then makes room: `python -m tests.history.full_disk DIR`.

Prints what was said, a line each, and `same` when the whole trace is there in the end.
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

SECONDS = 60


def fill_disk(path: Path) -> None:
    """A file that takes all the room there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def main() -> None:
    """Write, run out of space, go on, make room."""
    folder = Path(sys.argv[1])
    said: list[str] = []
    changed = threading.Condition()

    def say(text: str) -> None:
        with changed:
            said.append(text)
            changed.notify_all()

    history = History(folder / "history.sqlite", on_trouble=say)
    history.open()
    fill_disk(folder / "filler")
    events: list[AnyEvent] = traces.run(question=os.urandom(200_000).hex())
    sink = history.sink()
    for event in events:
        sink(event)
    with changed:
        changed.wait_for(lambda: len(said) >= 1, SECONDS)
    assert not history.flush(1.0)
    assert history.runs() == []
    (folder / "filler").unlink()
    with changed:
        changed.wait_for(lambda: len(said) >= 2, SECONDS)
    is_same = history.events("run-1") == events
    history.close()
    print(*said, "same" if is_same else "different", sep="\n")


if __name__ == "__main__":
    main()
