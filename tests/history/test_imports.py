"""Logs of other engines: the real ones with their exact numbers, made ones of each kind, and hostile ones."""

from __future__ import annotations

import json
import tracemalloc
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import IterationNode
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, imports
from rlm_desktop.history.exports import FORMATS, render
from rlm_desktop.history.imports import own
from rlm_desktop.history.transfer import receive
from tests.conftest import SHARED_DATA
from tests.history import traces

RUNS = SHARED_DATA / "runs"
REAL = [
    # file, place in it, kind, iterations, calls, depth, failed cells, end state
    ("dspy-like/*_104_uniprot_*", 0, "dspy event log", 8, 1, 0, 0, "completed"),
    ("dspy-like/*_30_merged_loci*", 0, "dspy event log", 0, 1, 0, 0, "failed"),
    ("dspy-like/*_entity_lookup*", 0, "dspy event log", 5, 1, 0, 0, "completed"),
    ("dspy-like/*_hierarchy*", 0, "dspy event log", 3, 1, 0, 0, "completed"),
    ("dspy-like/*_property_find*", 0, "dspy event log", 6, 1, 0, 0, "completed"),
    ("fast-rlm/longbench*", 0, "fast-rlm log", 37, 3, 2, 0, "completed"),
    ("fast-rlm/oolong*", 0, "fast-rlm log", 6, 1, 0, 0, "completed"),
    ("fast-rlm/r_count*", 0, "fast-rlm log", 6, 2, 1, 0, "completed"),
    ("node-rlm/run-022*", 0, "node-rlm result", 8, 1, 0, 0, "completed"),
    ("node-rlm/run-022*", 1, "node-rlm result", 9, 1, 0, 0, "completed"),
    ("rlms-nested/completion_d1*", 0, "rlms completion", 4, 4, 1, 1, "completed"),
    ("rlms-nested/completion_d2*", 0, "rlms completion", 12, 13, 2, 3, "completed"),
    ("rlms-nested/completion_d3*", 0, "rlms completion", 24, 20, 3, 6, "completed"),
    ("rlms-nested/rlm_d1*", 0, "rlms log", 4, 4, 1, 1, "completed"),
    ("rlms-nested/rlm_d2*", 0, "rlms log", 12, 13, 2, 3, "completed"),
    ("rlms-nested/rlm_d3*", 0, "rlms log", 24, 20, 3, 6, "completed"),
    ("rlms/*bfs-176e*", 0, "rlms completion", 6, 1, 0, 1, "completed"),
    ("rlms/*bfs-ff1b*", 0, "rlms completion", 7, 1, 0, 2, "out of iterations"),
    ("rlms/*parents-1fc5*", 0, "rlms completion", 6, 1, 0, 0, "completed"),
    ("rlms/*parents-5fea*", 0, "rlms completion", 3, 1, 0, 0, "completed"),
    ("rlms/*hi-1*", 0, "rlms completion", 4, 1, 0, 0, "completed"),
    ("rlms/*hi-2*", 0, "rlms completion", 3, 1, 0, 0, "completed"),
]


def real_file(pattern: str) -> Path:
    if not RUNS.is_dir():
        pytest.skip("the shared recorded runs are not here")
    (found,) = RUNS.glob(pattern)
    return found


def iterations_of(state: RunState) -> list[IterationNode]:
    return [node for node in state.nodes if isinstance(node, IterationNode)]


def failed_cells(state: RunState) -> int:
    return sum(cell.status != "ok" for node in iterations_of(state) for cell in node.cells)


@pytest.mark.parametrize(("pattern", "place", "kind", "iterations", "calls", "depth", "failed", "end"), REAL)
def test_real_logs(
    pattern: str, place: int, kind: str, iterations: int, calls: int, depth: int, failed: int, end: str
) -> None:
    imported = imports.read(real_file(pattern))
    state = traces.folded(imported.runs[place].events)
    assert imported.kind == kind
    assert imported.remarks == []
    assert len(iterations_of(state)) == iterations
    assert state.totals.calls == calls
    assert max(call.depth for call in state.calls.values()) == depth
    assert failed_cells(state) == failed
    assert state.status == end


@pytest.mark.parametrize("case", REAL, ids=lambda case: f"{case[0]}-{case[1]}")
def test_a_real_log_is_a_sound_trace(case: tuple[Any, ...]) -> None:
    events = list(imports.read(real_file(case[0])).runs[case[1]].events)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)
    state = traces.folded(events)
    assert all(node.finished is not None for node in state.nodes)
    for node in state.nodes:
        assert node.parent is None or node.parent.started <= node.started


def count_nested(iterations: list[Any]) -> tuple[int, int, int]:
    """Iterations, calls and levels below, straight from the JSON: what the import must agree with."""
    total, calls, deepest = len(iterations), 0, 0
    for iteration in iterations:
        for block in iteration["code_blocks"]:
            for call in block["result"]["rlm_calls"]:
                inner = count_nested(call.get("metadata", {}).get("iterations", []))
                total, calls, deepest = total + inner[0], calls + 1 + inner[1], max(deepest, 1 + inner[2])
    return total, calls, deepest


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_nested_calls_agree_with_the_json(depth: int) -> None:
    path = real_file(f"rlms-nested/completion_d{depth}.json")
    total, calls, deepest = count_nested(json.loads(path.read_text())["metadata"]["iterations"])
    state = traces.folded(imports.read(path).runs[0].events)
    assert len(iterations_of(state)) == total
    assert state.totals.calls == calls + 1
    assert max(call.depth for call in state.calls.values()) == deepest == depth


def test_details_of_a_nested_log() -> None:
    state = traces.folded(imports.read(real_file("rlms-nested/rlm_d2*")).runs[0].events)
    assert state.started is not None
    assert state.started.question == "What is in the text?"
    assert state.started.documents[0].characters == 907
    assert state.started.started_at == "2026-11-21T06:41:05.145+00:00"
    third = state.calls[0].iterations[2]
    assert [message.role for message in third.messages()].count("assistant") == 2
    kinds = [call.kind for call in state.calls.values() if call.depth == 1]
    assert kinds == ["rlm", "rlm", "llm", "llm", "llm"]
    assert [batch.size for batch in state.batches.values()] == [3, 3]
    leaf = next(call for call in state.calls.values() if call.prompt == "plain sub of level1")
    assert (leaf.own.input_tokens, leaf.own.output_tokens, leaf.depth) == (13, 8, 2)
    assert state.calls[0].own.unknown_usage == 4
    texts = " ".join(note.text for _, note in state.notes)
    assert "no tokens or cost" in texts


def test_details_of_fast_rlm() -> None:
    state = traces.folded(imports.read(real_file("fast-rlm/r_count*")).runs[0].events)
    child = state.calls[1]
    assert child.iteration == 2
    assert child.own.input_tokens == 2502 + 0
    assert child.result.startswith("1. Apple")
    assert (state.totals.unknown_usage, state.totals.unknown_cost) == (0, 0)
    assert state.answer is not None
    assert json.loads(state.answer)["Orange"] == 1
    assert state.now == pytest.approx(83.402, abs=0.01)


def test_a_log_goes_into_the_history_once(history: History) -> None:
    path = real_file("rlms-nested/rlm_d2*")
    first = receive(history, path)
    assert history.state(first.run_ids[0]).totals.calls == 13
    (row,) = history.runs()
    assert row.origin == "rlms"
    document = history.document(row.documents[0].sha256, "context")
    assert document is not None
    assert document.characters == 907
    history.delete_run(row.id)
    again = receive(history, path)
    assert again.run_ids == first.run_ids
    assert "already" in again.remarks[0]
    assert len(history.runs()) == 1


@pytest.mark.parametrize("case", REAL, ids=lambda case: f"{case[0]}-{case[1]}")
def test_export_and_import_again(case: tuple[Any, ...], tmp_path: Path) -> None:
    events = list(imports.read(real_file(case[0])).runs[case[1]].events)
    path = tmp_path / "trace.jsonl"
    path.write_text("".join(render(events, "events", clean=None)), encoding="utf-8")
    assert list(imports.read(path).runs[0].events) == events


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_through_the_log_of_rlms_and_back(depth: int, tmp_path: Path) -> None:
    state = traces.folded(imports.read(real_file(f"rlms-nested/completion_d{depth}.json")).runs[0].events)
    events = imports.read(real_file(f"rlms-nested/completion_d{depth}.json")).runs[0].events
    path = tmp_path / "log.jsonl"
    path.write_text("".join(render(events, "rlms")), encoding="utf-8")
    again = imports.read(path)
    other = traces.folded(again.runs[0].events)
    assert again.kind == "rlms log"
    assert other.answer == state.answer
    assert len(iterations_of(other)) == len(iterations_of(state))
    assert [call.kind for call in other.calls.values()] == [call.kind for call in state.calls.values()]
    assert (
        sorted(call.prompt for call in other.calls.values())[1:]
        == sorted(call.prompt for call in state.calls.values())[1:]
    )
    assert failed_cells(other) == failed_cells(state)


# -- kinds of which there is no real file --------------------------------------------------------------------------

DSPY = {
    "trajectory": [
        {"reasoning": "Look.", "code": "print(1)", "output": "1"},
        {"reasoning": "Fail.", "code": "1/0", "output": "[Error] ZeroDivisionError: division by zero"},
        {"reasoning": "End.", "code": "SUBMIT(answer='2')", "output": "FINAL: {'answer': '2'}"},
    ],
    "final_reasoning": "…",
    "answer": "2",
}


def step(sequence: int, kind: str, node: str, parent: str = "", **data: Any) -> dict[str, Any]:
    at = sequence * 0.5
    values = {"sequence": sequence, "kind": kind, "elapsed_seconds": at, "depth": 0, "data": data}
    return {**values, "node_id": node, "parent_id": parent}


GRISHAHQ = {
    "schema_version": 1,
    "termination_reason": "completed",
    "answer": "42",
    "stats": {"llm_calls": 3},
    "config": {"model": "gpt-5", "max_depth": 3},
    "trajectory": [
        step(1, "run_start", "run-1"),
        step(2, "rlm_start", "rlm-1", "run-1", query="How many?", context_chars=1000),
        step(3, "model_call_start", "llm-1", "rlm-1", model="gpt-5", is_leaf=False, attempt=1, messages=[]),
        step(4, "model_call_end", "llm-1", "rlm-1", model="gpt-5", is_leaf=False, response="print(len(context))"),
        step(5, "model_call_start", "llm-2", "rlm-1", model="mini", is_leaf=True, attempt=1,
             messages=[{"role": "user", "content": "count"}]),
        step(6, "model_call_error", "llm-2", "rlm-1", model="mini", error_type="Timeout", error="too slow"),
        step(7, "repl_step", "rlm-1", "run-1", status="error", code="print(len(context))", output="Error: no"),
        step(8, "rlm_start", "rlm-2", "rlm-1", query_chars=12),
        step(9, "model_call_start", "llm-3", "rlm-2", model="mini", is_leaf=False, attempt=1),
        step(10, "model_call_end", "llm-3", "rlm-2", model="mini", response_chars=9),
        step(11, "final_answer", "rlm-2", "rlm-1", method="directive", answer_chars=2),
        step(12, "rlm_end", "rlm-2", "rlm-1"),
        step(13, "final_answer", "rlm-1", "run-1", method="directive", answer="42"),
        step(14, "rlm_end", "rlm-1", "run-1"),
    ],
}  # fmt: skip


def pyrlm_step(number: int, kind: str, depth: int = 0, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("prompt_summary", "code", "output", "stdout", "error", "usage", "model"))
    return {**empty, "step_id": number, "kind": kind, "depth": depth, "elapsed": 1.0, **values}


USAGE = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
PYRLM = [
    pyrlm_step(1, "root_call", output="I look.", model="big", usage=USAGE, prompt_summary="What?"),
    pyrlm_step(2, "subcall", 1, output="a", model="small", usage=USAGE, parallel_group_id="g", parallel_index=0,
               parallel_total=2),
    pyrlm_step(3, "subcall", 1, output="b", model="small", usage=USAGE, parallel_group_id="g", parallel_index=1,
               parallel_total=2, error="late"),
    pyrlm_step(4, "repl_exec", code="llm_batch(p)", stdout="['a', 'b']"),
    pyrlm_step(5, "root_call", output="I recurse.", model="big", usage=USAGE),
    pyrlm_step(6, "sub_root_call", 1, output="below", model="small", usage=USAGE),
    pyrlm_step(7, "sub_repl_exec", 1, code="1/0", error="ZeroDivisionError: division by zero"),
    pyrlm_step(8, "recursive_subcall", 1, output="c"),
    pyrlm_step(9, "repl_exec", code="answer = llm_query(x)", output="c"),
]  # fmt: skip


def imported_state(tmp_path: Path, value: Any) -> tuple[str, RunState]:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    imported = imports.read(path)
    return imported.kind, traces.folded(imported.runs[0].events)


def test_dspy(tmp_path: Path) -> None:
    kind, state = imported_state(tmp_path, DSPY)
    assert (kind, len(iterations_of(state)), failed_cells(state), state.answer) == ("dspy trajectory", 3, 1, "2")
    kind, state = imported_state(tmp_path, DSPY["trajectory"])
    assert (kind, state.answer) == ("dspy trajectory", "{'answer': '2'}")


def test_grishahq(tmp_path: Path) -> None:
    kind, state = imported_state(tmp_path, GRISHAHQ)
    assert kind == "recursive-llm result"
    assert [(call.kind, call.depth) for call in state.calls.values()] == [("rlm", 0), ("llm", 1), ("rlm", 1)]
    assert len(iterations_of(state)) == 2
    assert failed_cells(state) == 1
    assert state.calls[1].error == "Timeout: too slow"
    assert (state.answer, state.status) == ("42", "completed")
    assert state.started is not None
    assert (state.started.question, state.started.root_model) == ("How many?", "gpt-5")
    assert any("lengths of texts only" in note.text for _, note in state.notes)


def test_pyrlm(tmp_path: Path) -> None:
    kind, state = imported_state(tmp_path, PYRLM)
    assert kind == "pyrlm trace"
    assert [(call.kind, call.depth) for call in state.calls.values()] == [
        ("rlm", 0), ("llm", 1), ("llm", 1), ("rlm", 1)
    ]  # fmt: skip
    assert [batch.size for batch in state.batches.values()] == [2]
    assert len(iterations_of(state)) == 3
    assert failed_cells(state) == 1
    assert state.totals.input_tokens == 50
    assert state.answer == "c"


# -- hostile files -------------------------------------------------------------------------------------------------


def test_pyrlm_steps_that_are_alike_stay_in_their_own_cells(tmp_path: Path) -> None:
    asked = pyrlm_step(1, "subcall", 1, output="a", model="small", prompt_summary="the same")
    cells = [pyrlm_step(2, "repl_exec", code=code, stdout="a") for code in ("first()", "second()")]
    root = pyrlm_step(0, "root_call", output="I look.", model="big")
    _, state = imported_state(tmp_path, {"steps": [root, asked, cells[0], root, asked, cells[1]]})
    assert [cell.code for one in iterations_of(state) for cell in one.cells] == ["first()", "second()"]


def test_a_truncated_log_is_imported_as_far_as_it_goes(tmp_path: Path) -> None:
    lines = real_file("rlms-nested/rlm_d2*").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "cut.jsonl"
    path.write_text("\n".join([*lines[:3], lines[3][:1000]]), encoding="utf-8")
    imported = imports.read(path)
    assert imported.remarks == ["Line 4 is no JSON and was left out."]
    state = traces.folded(imported.runs[0].events)
    assert (len(iterations_of(state)), state.status) == (2, "running")


def test_a_reused_logger_gives_several_runs(tmp_path: Path) -> None:
    lines = real_file("rlms-nested/rlm_d1*").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "twice.jsonl"
    path.write_text("\n".join([*lines, *lines[1:]]), encoding="utf-8")
    assert [len(iterations_of(traces.folded(run.events))) for run in imports.read(path).runs] == [4, 4]


def test_an_error_behind_many_empty_lines_is_found(tmp_path: Path) -> None:
    block = {"code": "c", "result": {"stderr": "\n" * 200_000 + "  ValueError: no\nmore" + "\n" * 200_000}}
    lines = [
        {"type": "metadata", "root_model": "m", "timestamp": "2026-01-01"},
        {"type": "iteration", "iteration": 1, "response": "r", "code_blocks": [block]},
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (iteration,) = iterations_of(traces.folded(imports.read(path).runs[0].events))
    assert [cell.error for cell in iteration.cells] == ["ValueError: no"]


def test_a_variable_with_a_very_long_name_can_be_read_again(tmp_path: Path) -> None:
    block = {"code": "c", "result": {"locals": {"v" * 300: "w" * 300}}}
    lines = [
        {"type": "metadata", "root_model": "m", "timestamp": "2026-01-01"},
        {"type": "iteration", "iteration": 1, "response": "r", "code_blocks": [block]},
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    events = list(imports.read(path).runs[0].events)
    assert [ev.decode(ev.encode(event)) for event in events] == events


def test_endless_nesting_is_cut(tmp_path: Path) -> None:
    call: dict[str, Any] = {"root_model": "m", "prompt": "p", "response": "r", "usage_summary": {}}
    for _ in range(60):
        block = {"code": "", "result": {"rlm_calls": [call]}}
        inner = [{"type": "iteration", "iteration": 1, "code_blocks": [block], "response": ""}]
        call = {"root_model": "m", "response": "r", "usage_summary": {}, "metadata": {"iterations": inner}}
    _, state = imported_state(tmp_path, call)
    assert max(one.depth for one in state.calls.values()) == 40
    assert any("levels deep" in note.text for _, note in state.notes)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \n",
        b"no json",
        b"[" * 200_000,
        b'{"a": ' * 100_000,
        b"\x00\xff\xfe" * 100,
        b"[]",
        b"{}",
        b"null",
        b'{"event": "CellStarted"}',
        b'{"type": "iteration"}',
        b"1e999",
    ],
)
def test_what_is_no_log_gives_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(HistoryError):
        imports.read(path)


def own_lines(count: int = 1) -> bytes:
    """Traces of this program, an event a line."""
    events = [event for number in range(count) for event in traces.run(f"run-{number}")]
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


def test_traces_are_read_line_by_line(tmp_path: Path, history: History) -> None:
    path = tmp_path / "two.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + own_lines(2).replace(b"\n", b"\r\n\r\n"))
    imported = imports.read(path)
    assert imported.remarks == []
    assert [(run.run_id, len(run.events)) for run in imported.runs] == [
        (f"run-{number}", len(traces.run())) for number in range(2)
    ]
    assert [list(run.events) for run in imported.runs] == [traces.run("run-0"), traces.run("run-1")]
    assert receive(history, path).run_ids == ["run-0", "run-1"]
    assert history.events("run-1") == traces.run("run-1")


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: History
) -> None:
    monkeypatch.setattr(own, "LARGEST", 100_000)
    path = tmp_path / "long.jsonl"
    first, *rest = own_lines().splitlines(keepends=True)
    long = b'{"event": "Noted", "text": "' + b"x" * 3_000_000 + b'"}\n'
    path.write_bytes(b"".join([first, long, *rest, long[:-1]]))
    received = receive(history, path)
    assert received.run_ids == ["run-0"]
    assert [remark.partition(" is ")[0] for remark in received.remarks] == ["Line 2", f"Line {len(rest) + 3}"]
    assert history.events("run-0") == traces.run("run-0")


def test_a_long_trace_is_never_held_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    long = [traces.started(), *(ev.Noted(seq=seq, text=f"{seq} " * 500) for seq in range(2, 1_002))]
    path.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in long))
    tracemalloc.start()
    try:
        (run,) = imports.read(path).runs
        for _ in render(run.events, "events"):
            pass
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 4
    finally:
        tracemalloc.stop()
    assert list(run.events) == long


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_crash(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cut off, overwritten and repeated anywhere: an error that says so, or runs that can be shown."""
    content = bytearray(data.draw(st.sampled_from([own_lines(), *(json.dumps(seed).encode() for seed in SEEDS)])))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content[start:end] = data.draw(
            st.binary(max_size=5)
            | st.sampled_from([b"NaN", b"1e999", b'"\\ud800"', b"[" * 3000, b"9" * 5000, b"\n"])
        )
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    file = tmp_path_factory.getbasetemp() / "damaged.jsonl"
    file.write_bytes(content)
    try:
        runs = imports.read(file).runs
    except HistoryError:
        return
    for run in runs:
        traces.folded(run.events)
        for form in FORMATS:
            for _ in render(run.events, form.key):
                pass


ODD = [
    None, True, 0, -1, 2**53, 2**70, -0.5, 1e308, "", "x", "2026-01-01T00:00:00Z", "9999-12-31", [], {}, [[]],
    [None], [{}], [{"a": 1}], {"": None}, {"x": []}, {"x": {"x": [1]}}, [1, "2", {"role": 3}], {"content": [{}]},
]  # fmt: skip
"""Of each type, empty and nested; drawn from a list, which takes hypothesis half as long as to make them up."""
JSON = st.sampled_from(ODD) | st.integers() | st.floats() | st.text(max_size=5)
SEEDS: list[Any] = [
    DSPY,
    GRISHAHQ,
    PYRLM,
    [{"type": "metadata", "root_model": "m", "timestamp": "2026-01-01"},
     {"type": "iteration", "iteration": 1, "timestamp": "x", "prompt": [{"role": "user", "content": "q"}],
      "response": "r", "iteration_time": 1, "final_answer": "a", "code_blocks": [
          {"code": "c", "result": {"stdout": "s", "stderr": "", "locals": {}, "execution_time": 1, "rlm_calls": [
              {"root_model": "m", "prompt": "p", "response": "r", "usage_summary": {}, "execution_time": 0.5}]}}]}],
    [{"run_id": "1", "depth": 0, "step": 1, "event_type": "code_generated", "time": "2026-01-01T00:00:00Z",
      "code": "x", "usage": {"prompt_tokens": 1}},
     {"run_id": "2", "parent_run_id": "1", "depth": 1, "event_type": "final_result", "result": 1}],
    [{"timestamp": "2026-01-01", "event_type": "iteration", "data": {"reasoning": "r", "code": "c", "output": "o"}},
     {"event_type": "run_complete", "data": {"lm_usage": {"prompt_tokens": 1, "completion_tokens": 2}}}],
    {"results": [{"taskId": "t", "trace": [{"reasoning": "r", "code": ["c"], "output": "o", "error": None}]}]},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += places(item, (*path, key))
    return found


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_wrong_values_anywhere_never_crash(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    value = json.loads(json.dumps(data.draw(st.sampled_from(SEEDS))))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(value)))
        target = value
        try:
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = deepcopy(data.draw(JSON))  # else it could be put into itself
        except (KeyError, IndexError, TypeError):
            continue
    file = tmp_path_factory.getbasetemp() / "fuzzed.json"
    file.write_text(json.dumps(value), encoding="utf-8", errors="replace")
    try:
        runs = imports.read(file).runs
    except HistoryError:
        return
    for run in runs:
        traces.folded(run.events)
        "".join(render(run.events, "events"))
