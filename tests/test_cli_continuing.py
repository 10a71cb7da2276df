"""Resume, fork and replay on the command line; what was paid is counted at the server."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop import paths
from rlm_desktop.engine import events as ev
from rlm_desktop.history import History
from tests.engine.conftest import cell
from tests.servers import ModelServer, serving_beside
from tests.test_cli import TIMEOUT, guide, run, run_with_server, start_with_server

__all__ = ["guide"]
LAST = "part 11"


def script(body: dict[str, Any]) -> str:
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"read {messages[-1]['content']}"
    if len(messages) == 2:
        return cell(
            "found = llm_query_batch([f'part {n}' for n in range(12)], max_concurrent=2)\nprint(len(found))"
        )
    return cell("FINAL(f'{len(found)} parts, {found[-1]}')")


class Slow(ModelServer):
    """Answers half of the batch; the rest waits until the event is set."""

    def __init__(self) -> None:
        super().__init__(script)
        self.is_held = True
        self.held = threading.Event()

    async def _answer(self, request: Any, text: str, logged: Any, **how: Any) -> Any:
        if self.is_held and sum(one.usage is not None for one in self.log) > 6:
            self.held.set()
            await asyncio.sleep(3600)
        return await super()._answer(request, text, logged, **how)


def stored() -> list[list[ev.AnyEvent]]:
    history = History(paths.history_file())
    events = [history.events(row.id) for row in history.runs()]
    history.close()
    return events


def started(events: list[ev.AnyEvent]) -> ev.RunStarted:
    assert isinstance(events[0], ev.RunStarted)
    return events[0]


def responses(runs: list[list[ev.AnyEvent]]) -> int:
    return sum(isinstance(event, ev.ModelResponded) for events in runs for event in events)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_is_resumed_and_pays_nothing_twice(guide: Path) -> None:
    with serving_beside(Slow()) as server:
        arguments = ("--model", "m", "--max-depth", "1", "--base-url", server.url)
        killed = start_with_server(server, "ask", "-q", "-d", guide, *arguments, "What is there?")
        assert server.held.wait(TIMEOUT)
        patience = time.monotonic() + TIMEOUT
        while (answered := responses(stored())) < len(server.log) - 2:
            assert time.monotonic() < patience, "what was answered is not on the disk"
            with pytest.raises(subprocess.TimeoutExpired):  # it goes on, and tells nobody of what it has written
                killed.wait(0.02)
        killed.kill()
        killed.communicate(timeout=TIMEOUT)
        (events,) = stored()
        server.is_held = False
        before = len(server.log)
        status, out, _ = run_with_server(
            server, "runs", "resume", "-q", "--base-url", server.url, started(events).run_id[:8]
        )
        assert (status, out.strip()) == (0, f"12 parts, read {LAST}")
        assert len(server.log) - before == 14 - answered
        paid = [str(one.body["messages"]) for one in server.log if one.usage is not None]
        assert len(paid) == len(set(paid)) == 14
        resumed = started(stored()[0])
        assert (resumed.parent_run, resumed.parent_iteration) == (started(events).run_id, None)
        assert resumed.session_id == started(events).session_id
        status, out, _ = run_with_server(server, "runs", "show", started(events).run_id)
        assert status == 0
        assert "interrupted" in out
        assert f"{resumed.run_id[:8]} was resumed from it: completed" in out


def test_a_run_is_forked_with_other_code_and_replayed(guide: Path, tmp_path: Path) -> None:
    code = tmp_path / "cell.py"
    code.write_text("FINAL('forked: ' + found[0])", encoding="utf-8")
    with serving_beside(ModelServer(script)) as server:
        arguments = ("--base-url", server.url)
        run_with_server(
            server, "ask", "-q", "-d", guide, "--model", "m", "--max-depth", "1", *arguments, "What is there?"
        )
        (events,) = stored()
        run_id = started(events).run_id
        before = len(server.log)
        fork = ("runs", "fork", run_id, "--iteration", "2", *arguments)
        status, out, _ = run_with_server(server, *fork, "-q", "--code", code, "--max-iterations", "7")
        assert (status, out.strip()) == (0, "forked: read part 0")
        assert len(server.log) == before
        status, out, _ = run_with_server(server, *fork, "--json", "--instruction", "Be brief.")
        result = json.loads(out)
        assert result["final_answer"] == f"12 parts, read {LAST}"
        assert len(server.log) == before + 1
        assert "Be brief." in str(server.log[-1].body)
        second, first, _ = map(started, stored())
        assert first.settings["max_iterations"] == 7
        assert (second.parent_run, second.parent_iteration) == (run_id, 2)
        status, out, err = run_with_server(server, "runs", "show", run_id, "--replay", "--speed", "1000")
        assert (status, out.strip()) == (0, f"12 parts, read {LAST}")
        assert "no model calls" in err
        assert "llm_query_batch ×12" in err
        assert len(server.log) == before + 1


def test_what_cannot_be_done_is_said(guide: Path) -> None:
    with serving_beside(ModelServer(script)) as server:
        model = ("--model", "m", "--max-depth", "1", "--base-url", server.url)
        run_with_server(server, "ask", "-q", "-d", guide, *model, "What is there?")
    run_id = started(stored()[0]).run_id
    for arguments, sentence in (
        (("resume", run_id), "completed"),
        (("fork", run_id, "--iteration", "9"), "1 to 3"),
        (("fork", run_id, "--iteration", "1", "--code", "missing.py"), "cannot be read"),
        (("show", run_id, "--replay", "--speed", "0"), "--speed"),
    ):
        refused = run("runs", *arguments)
        assert refused.returncode == 2, refused.stdout
        assert sentence in refused.stderr


def test_a_later_question_sees_the_variables_of_the_earlier_ones(guide: Path) -> None:
    later = "FINAL(', '.join(f\"{turn['answer']} {turn['variables'][0]['name']}\" for turn in history))"
    replies = [cell("berths = 12\nFINAL('twelve')"), cell(later)]
    with serving_beside(ModelServer(replies)) as server:
        model = ("ask", "-q", "--model", "m", "--base-url", server.url)
        run_with_server(server, *model, "-d", guide, "How many berths?")
        session = started(stored()[0]).session_id
        status, out, err = run_with_server(server, *model, "--session", session, "And how did you know?")
    assert (status, out.strip()) == (0, "twelve berths"), err
