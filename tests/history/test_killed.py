"""SIGKILL at any moment: the file is sound, the trace is a prefix, the run shows as interrupted."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from rlm_desktop.history import History
from tests.history import traces
from tests.history.killed_writer import Kill

PROJECT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("HISTORY_KILLS", "20"))
"""The benchmark `history_write` kills a hundred times."""


@pytest.mark.skipif(sys.platform == "win32", reason="the writer is copied by fork")
def test_killed_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    program = [sys.executable, "-m", "tests.history.killed_writer", str(path), str(KILLS), "1", "150"]
    done = subprocess.run(program, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=300)
    kills = msgspec.json.Decoder(Kill).decode_lines(done.stdout)
    assert len(kills) == KILLS
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    expected = traces.run(iterations=200, ends=False)
    history = History(path)
    rows = {row.id: row for row in history.runs(limit=KILLS)}
    for kill in kills:
        run_id = kill.run_id
        if run_id not in rows:
            continue
        events = history.events(run_id)
        assert 0 < len(events) <= len(kill.emitted)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [type(event) for event in events] == [type(event) for event in expected[: len(events)]]
        assert rows[run_id].end_state == "interrupted"
        assert rows[run_id].events == len(events)
        assert history.state(run_id).status == "interrupted"
    assert rows
    assert history.search("summarise", wait=60)
    history.close()
    assert [one.name for one in tmp_path.iterdir() if "writer" in one.name] == []
