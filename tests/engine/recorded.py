"""Runs that other engines recorded (../shared/data/runs), and a server that gives their replies again.

A recorded call is a list of turns: what its model said, and what each cell printed. The server knows which turn of
which call is asked for by the context that the call was given and the number of replies it has had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop.engine import events as ev
from tests.servers import Reply

RUNS = Path(__file__).parents[3] / "shared" / "data" / "runs"


def files(pattern: str) -> list[Any]:
    """The recorded files, as parameters of a test; one that skips where they are absent."""
    found = sorted(RUNS.glob(pattern))
    if not found:
        reason = f"there are no recorded runs here ({RUNS / pattern})"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="absent")]
    return [pytest.param(path, id=path.stem[-40:]) for path in found]


@dataclass
class Cell:
    """One recorded cell. `error` is the last line of what it raised, without a traceback."""

    code: str
    stdout: str
    error: str
    calls: list[Call] = field(default_factory=list["Call"])


@dataclass
class Turn:
    """One recorded turn; one without cells, after the last, is the model's last chance to answer."""

    response: str
    cells: list[Cell]


@dataclass
class Call:
    """A recorded call; `turns` is empty for a plain completion. `response` may be a structure."""

    prompt: str
    response: Any
    turns: list[Turn] = field(default_factory=list[Turn])

    def walk(self) -> Iterator[Call]:
        """This call and all below it."""
        yield self
        for turn in self.turns:
            for cell in turn.cells:
                for call in cell.calls:
                    yield from call.walk()


def read_rlms(path: Path) -> tuple[Call, dict[str, Any]]:
    """A completion of the official library: the root call and what was set for it (engines.md 3.1)."""
    data = json.loads(path.read_text("utf-8"))
    return _call(data), data["metadata"]["run_metadata"]


def _call(data: dict[str, Any]) -> Call:
    iterations = (data.get("metadata") or {}).get("iterations", [])
    return Call(data["prompt"], data["response"], [_turn(iteration) for iteration in iterations])


def _turn(iteration: dict[str, Any]) -> Turn:
    cells: list[Cell] = []
    for block in iteration["code_blocks"]:
        result = block["result"]
        error = result["stderr"].strip().splitlines()
        calls = [_call(call) for call in result["rlm_calls"]]
        cells.append(Cell(block["code"], result["stdout"], error[-1] if error else "", calls))
    return Turn(iteration["response"], cells)


# -- what our engine made of it ------------------------------------------------------------------------------


@dataclass
class Ran:
    """A cell as our engine ran it."""

    code: str
    status: str = ""
    stdout: str = ""
    error: str = ""


@dataclass
class RanCall:
    """A call as our engine made it."""

    number: int
    kind: str
    prompt: str
    iterations: int = 0
    result: str = ""
    cells: dict[int, list[Ran]] = field(default_factory=dict[int, list[Ran]])
    calls: list[RanCall] = field(default_factory=list["RanCall"])


def calls_of(events: list[ev.AnyEvent]) -> RanCall:
    """The tree of calls of a trace; the root is returned."""
    calls: dict[int, RanCall] = {}
    for event in events:
        match event:
            case ev.CallStarted():
                calls[event.call] = RanCall(event.call, event.kind, event.prompt)
                if event.parent is not None:
                    calls[event.parent].calls.append(calls[event.call])
            case ev.IterationStarted():
                calls[event.call].iterations = event.iteration
            case ev.CellStarted():
                calls[event.call].cells.setdefault(event.iteration, []).append(Ran(event.code))
            case ev.CellOutput(stream="stdout"):
                calls[event.call].cells[event.iteration][event.cell].stdout += event.text
            case ev.CellFinished():
                ran = calls[event.call].cells[event.iteration][event.cell]
                ran.status, ran.error = event.status, event.error
            case ev.CallFinished():
                calls[event.call].result = event.result
            case _:
                pass
    return calls[ev.ROOT]


def replies_of(
    root: Call, *, rlm_key: Callable[[list[dict[str, Any]]], str], plain: Callable[[str], str]
) -> Callable[[dict[str, Any]], Reply]:
    """A script for the server.

    Args:
        root: The recorded run.
        rlm_key: Messages of an rlm call -> the prompt of the recorded call that it repeats.
        plain: Prompt of a plain sub-call -> its reply.
    """
    by_prompt = {call.prompt: call for call in root.walk() if call.turns}

    def script(body: dict[str, Any]) -> Reply:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return plain(messages[-1]["content"])
        turns = by_prompt[rlm_key(messages)].turns
        return turns[sum(message["role"] == "assistant" for message in messages)].response

    return script
