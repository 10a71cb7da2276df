"""Runs recorded with the official library (rlms): its models' real replies drive our engine.

What the cells print, the errors, the turns and the answer must be those of the record. Where ours differ on
purpose, the difference has a name here:

- ECHO: the value of a bare expression at a cell's end is shown, as in a notebook; rlms drops it.
- STOP: the cells of a reply after one that failed do not run; rlms runs them all.
- ISOLATED: cells of parallel children print into their own output. rlms swaps the process's `sys.stdout` while they
  run, so that its records miss or mix up output under `rlm_query_batched` (engines.md 2.1, defect a).
- LOOPS: rlms closes the event loop under a batch that still runs, and items fail with "Event loop is closed".
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.limits import Limits
from tests.engine.conftest import MakeBench
from tests.engine.recorded import Call, Cell, Ran, RanCall, calls_of, files, read_rlms, replies_of

_CLOSED_LOOP = "Error: llm() call failed - Event loop is closed"


@pytest.mark.parametrize("path", files("rlms/*.json"))
async def test_real_replies_give_what_they_gave(bench: MakeBench, path: Path) -> None:
    recorded, settings = read_rlms(path)
    one = await bench(
        [turn.response for turn in recorded.turns],
        max_iterations=settings["max_iterations"],
        max_depth=settings["max_depth"],
        limits=Limits(max_errors=None),
    )
    result = await one.ask("Follow the instructions in the context.", context=recorded.prompt)
    assert result.final_answer == recorded.response.strip()
    ours = calls_of(one.events)
    assert ours.iterations == len(recorded.turns)
    for number, turn in enumerate(recorded.turns, 1):
        _compare_cells(turn.cells, ours.cells.get(number, []))
    ran_out = not recorded.turns[-1].cells
    assert result.end_state is (EndState.OUT_OF_ITERATIONS if ran_out else EndState.COMPLETED)


def _compare_cells(recorded: list[Cell], ours: list[Ran]) -> None:
    for cell, ran in zip(recorded, ours, strict=False):
        assert ran.code.strip() == cell.code.strip()
        assert ran.error == cell.error
        if _ends_with_expression(cell.code):  # ECHO
            assert ran.stdout.strip().startswith(cell.stdout.strip())
        else:
            assert ran.stdout.strip() == cell.stdout.strip()
    if len(ours) < len(recorded):  # STOP
        assert ours[-1].status == "error"


def _ends_with_expression(code: str) -> bool:
    body = ast.parse(code).body
    return bool(body) and isinstance(body[-1], ast.Expr)


@pytest.mark.parametrize("path", files("rlms-nested/*.json"))
async def test_nested_runs_make_the_same_tree(bench: MakeBench, path: Path) -> None:
    recorded, settings = read_rlms(path)
    one = await bench(
        replies_of(recorded, rlm_key=lambda messages: _context_of(messages, recorded), plain=_plain),
        max_iterations=settings["max_iterations"],
        iterations=dict.fromkeys(range(settings["max_depth"]), settings["max_iterations"]),
        max_depth=settings["max_depth"],
        sub_calls="explicit",
    )
    result = await one.ask("What is in the text?", context=recorded.prompt)
    ours = calls_of(one.events)
    _compare_calls(recorded, ours)
    assert result.final_answer == ours.result.strip()
    assert result.calls == sum(1 for _ in _walk(ours))
    assert result.success


def _plain(prompt: str) -> str:
    """What the scripted model of the recording said to a plain sub-call."""
    return f"sub reply to: {prompt[:40]}"


def _context_of(messages: list[dict[str, Any]], recorded: Call) -> str:
    """The recorded prompt that this call was given: the longest that its first message shows."""
    first = messages[1]["content"]
    shown = [call.prompt for call in recorded.walk() if call.turns and call.prompt[:300] in first]
    return max(shown, key=len)


def _walk(call: RanCall) -> Any:
    yield call
    for below in call.calls:
        yield from _walk(below)


def _compare_calls(recorded: Call, ours: RanCall) -> None:
    assert _matches(recorded.response, ours.result), (recorded.response, ours.result)
    assert ours.kind == ("rlm" if recorded.turns else "llm")
    if not recorded.turns:
        return
    assert ours.iterations == len(recorded.turns)
    calls = iter(ours.calls)
    for number, turn in enumerate(recorded.turns, 1):
        for cell, ran in zip(turn.cells, ours.cells[number], strict=False):
            assert ran.code.strip() == cell.code.strip()
            assert ran.error == cell.error
            if not _matches(cell.stdout, ran.stdout):  # ISOLATED
                # The recorded cell printed its variable `buf`, which is the call's answer.
                assert ran.stdout.strip() == ours.result.strip()
            _compare_sub_calls(cell.calls, [next(calls) for _ in range(_expected_calls(cell))])
        if len(ours.cells[number]) < len(turn.cells):  # STOP
            assert ours.cells[number][-1].status == "error"
    assert next(calls, None) is None


def _expected_calls(cell: Cell) -> int:
    """Calls that the cell of the recording makes: five at a level that splits, two at one that asks on."""
    if not cell.calls:
        return 0
    return 5 if any(call.prompt.startswith("plain three") for call in cell.calls) else 2


def _compare_sub_calls(recorded: list[Call], ours: list[RanCall]) -> None:
    by_prompt = {call.prompt: call for call in ours}
    assert len(by_prompt) == len(ours)
    for call in recorded:  # LOOPS: items that failed are not in the record at all
        _compare_calls(call, by_prompt.pop(call.prompt))
    for call in by_prompt.values():
        assert call.result == _plain(call.prompt)


def _matches(recorded: str, ours: str) -> bool:
    """Whether they are the same, but for recorded items that failed by LOOPS."""
    pattern = re.escape(recorded.strip()).replace(re.escape(_CLOSED_LOOP), "sub reply to: .{0,60}?")
    return re.fullmatch(pattern, ours.strip(), re.DOTALL) is not None
