"""A program that writes runs and kills itself (a copy of itself) at random moments.

`python -m tests.history.killed_writer DATABASE KILLS SEED MOST` kills each copy after at most MOST events and
prints a line of JSON for each, a `Kill`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import msgspec
import sqlalchemy.dialects.sqlite  # noqa: F401  (imported once, before the copies are made)

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.trace import Trace
from rlm_desktop.history import History, batches, changes, database, queries, settling, upgrade  # noqa: F401
from tests.history import traces

EVENTS = traces.run(iterations=200, ends=False)


class Kill(msgspec.Struct):
    """One copy that was killed.

    Attributes:
        killed: When the signal was sent, in seconds since the run began.
        emitted: When each event was emitted.
    """

    run_id: str
    killed: float
    emitted: list[float]

    def lost(self, kept: int) -> float:
        """Seconds of events that are lost when so many are kept: how old the first of the others was."""
        return self.killed - self.emitted[kept] if kept < len(self.emitted) else 0.0


def write(path: Path, run_id: str, report: int) -> None:
    """Emit events, about one a millisecond, until killed; tell how far it came."""
    history = History(path)
    history.open()
    events = [traces.started(run_id, f"session-{run_id}"), *EVENTS[1:]]

    def tell(event: AnyEvent) -> None:
        os.write(report, b"%.6f\n" % event.at)

    trace = Trace([tell, history.sink()])  # in this order: what is in the history was told of
    os.write(report, b"%.6f\n" % trace.started)
    for event in events:
        trace.emit(event)
        if trace.seq % 10 == 0:
            time.sleep(0.01)
    signal.pause()


def main() -> None:
    """Make copies of this process and kill them one after the other."""
    path, kills = Path(sys.argv[1]), int(sys.argv[2])
    moments, most = random.Random(int(sys.argv[3])), int(sys.argv[4])
    for number in range(kills):
        read, report = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            write(path, f"run-{number}", report)
        os.close(report)
        with os.fdopen(read, "rb") as lines:
            began = float(lines.readline())
            emitted = [float(lines.readline()) for _ in range(moments.randint(0, most))]
            time.sleep(moments.uniform(0.0, 0.005))
            os.kill(child, signal.SIGKILL)
            killed = time.monotonic() - began
            os.waitpid(child, 0)
            emitted += map(float, lines.read().split())
        print(msgspec.json.encode(Kill(f"run-{number}", killed, emitted)).decode(), flush=True)


if __name__ == "__main__":
    main()
