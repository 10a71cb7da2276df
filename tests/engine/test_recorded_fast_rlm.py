"""A run recorded with fast-rlm: its cells, with `await llm_query(...)` and `FINAL_VAR(value)`, in our engine.

Its logs hold no contexts (engines.md 3.2), so only the run whose contexts are short enough to be printed whole in
the opening step can be repeated. Where ours differs on purpose:

- PROBE: step 0 is fast-rlm's own look at the context, which no model asked for.
- PREFIX: its outputs begin with a remark on how much of them is shown.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import MakeBench, cell
from tests.engine.recorded import Call, Cell, RanCall, Turn, calls_of, files, replies_of

_PREFIX = "[FULL OUTPUT SHOWN]... "
_PROBE = "Context: "


def read(path: Path) -> Call:
    """The root call of a log, its sub-agents placed by their prompts."""
    agents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        agents[entry["run_id"]].append(entry)
    calls = {run_id: _agent(entries) for run_id, entries in agents.items()}
    root = next(calls[run_id] for run_id, entries in agents.items() if "parent_run_id" not in entries[0])
    below = [call for call in calls.values() if call is not root]
    for turn in root.turns:
        turn.cells[0].calls = [call for call in below if call.prompt in turn.cells[0].code]
    return root


def _agent(entries: list[dict[str, Any]]) -> Call:
    steps = sorted((entry for entry in entries if "step" in entry), key=lambda entry: entry["step"])
    context = steps[0]["output"].partition(_PROBE)[2].strip()
    result = next(entry["result"] for entry in entries if entry["event_type"] == "final_result")
    turns = [
        Turn(cell(step["code"]), [Cell(step["code"], step.get("output", "").removeprefix(_PREFIX), "")])
        for step in steps[1:]  # PROBE
    ]
    return Call(context, result, turns)


@pytest.mark.parametrize("path", files("fast-rlm/r_count*.jsonl"))
async def test_a_run_with_a_sub_agent(bench: MakeBench, path: Path) -> None:
    recorded = read(path)
    script = replies_of(recorded, rlm_key=lambda messages: _context_of(messages, recorded), plain=str)
    one = await bench(script, max_depth=2)
    result = await one.ask("Do what the context says.", context=recorded.prompt)
    assert result.success
    assert result.value == recorded.response
    _compare(recorded, calls_of(one.events))


def _context_of(messages: list[dict[str, Any]], recorded: Call) -> str:
    return next(call.prompt for call in recorded.walk() if call.prompt[:100] in messages[1]["content"])


def _compare(recorded: Call, ours: RanCall) -> None:
    assert ours.iterations == len(recorded.turns)
    calls = iter(ours.calls)
    for number, turn in enumerate(recorded.turns, 1):
        (ran,) = ours.cells[number]
        assert (ran.status, ran.error) == ("ok", "")
        if turn.cells[0].stdout:
            assert ran.stdout.strip() == turn.cells[0].stdout.strip()  # PREFIX
        for call in turn.cells[0].calls:
            child = next(calls)
            assert child.prompt == call.prompt
            assert child.result == call.response
            _compare(call, child)
    assert next(calls, None) is None
