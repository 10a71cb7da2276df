"""A stored run of a million calls in the window; takes some minutes and some gigabytes.

Three levels of RLMs, ten sub-calls each, and under each of the last a batch of ten thousand plain calls. Made of
events directly: the simulation of `tests.traces` would take ten times as long.
"""

from __future__ import annotations

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Message, Usage
from rlm_desktop.engine.state import RunState
from tests.benchmarks import Figure
from tests.benchmarks.ui_size import measure

NAME = "ui_million"
WIDE, BATCH = 10, 10_000


def run() -> list[Figure]:
    """The figures."""
    return measure("1,000,000", _state, open_goal=3000)


def _state() -> RunState:
    maker = _Maker()
    started = ev.RunStarted(run_id="r", session_id="s", question="?", root_model="m", sub_model="m", started_at="")
    maker.apply(started)
    maker.rlm(None, 0, None, 0)
    maker.apply(ev.RunFinished(end_state=EndState.COMPLETED, answer="x", at=maker.now))
    return maker.state


class _Maker:
    def __init__(self) -> None:
        self.state = RunState()
        self.apply = self.state.apply
        self.now = 0.0
        self._calls = 0
        self._batches = 0

    def _start(self, parent: int | None, depth: int, batch: int | None, index: int, kind: ev.CallKind) -> int:
        number = self._calls
        self._calls += 1
        topic = "the outlook" if number % 1000 == 0 else "the segments"
        self.apply(
            ev.CallStarted(
                call=number,
                parent=parent,
                kind=kind,
                depth=depth,
                model="model",
                function="query" if parent is not None else "",
                batch=batch,
                index=index,
                iteration=1,
                prompt=f"Part {number}: what is said of {topic}?",
                at=self.now,
            )
        )
        return number

    def rlm(self, parent: int | None, depth: int, batch: int | None, index: int) -> None:
        number = self._start(parent, depth, batch, index, "rlm")
        self.apply(ev.IterationStarted(call=number, iteration=1, of=9, at=self.now))
        self._ask(number, 1)
        self.apply(ev.CellStarted(call=number, iteration=1, cell=0, code="x = query(parts)", at=self.now))
        made = self._batches
        self._batches += 1
        size = BATCH if depth == 2 else WIDE
        self.apply(
            ev.BatchStarted(
                call=number, batch=made, function="query", size=size, iteration=1, cell=0, line=1, at=self.now
            )
        )
        for place in range(size):
            if depth < 2:
                self.rlm(number, depth + 1, made, place)
            else:
                self._llm(number, depth + 1, made, place)
        self.apply(ev.BatchFinished(call=number, batch=made, at=self.now))
        self.apply(ev.CellFinished(call=number, iteration=1, cell=0, status="ok", at=self.now))
        self.apply(ev.CallFinished(call=number, end_state=EndState.COMPLETED, result="x", at=self.now))

    def _llm(self, parent: int, depth: int, batch: int, index: int) -> None:
        number = self._start(parent, depth, batch, index, "llm")
        self._ask(number, 0)
        is_bad = number % 5000 == 7
        end = EndState.FAILED if is_bad else EndState.COMPLETED
        error = "429" if is_bad else ""
        self.apply(ev.CallFinished(call=number, end_state=end, result="Grew.", error=error, at=self.now))

    def _ask(self, call: int, iteration: int) -> None:
        messages = (Message("user", f"What is said in {call}?"),)
        self.apply(ev.ModelRequested(call=call, model="model", iteration=iteration, messages=messages, at=self.now))
        self.now += 0.001 + call % 97 * 0.0001
        usage = Usage(input_tokens=1000 + call % 777, output_tokens=20 + call % 50)
        self.apply(
            ev.ModelResponded(
                call=call,
                text=f"It grew by {call % 40} %.",
                usage=usage,
                cost_usd=call % 100 * 1e-6,
                duration=1.0,
                at=self.now,
            )
        )
