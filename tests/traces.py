"""Makes realistic traces of runs, of any size, always the same for the same `Shape`.

A small simulation: calls are generators that say how long they wait, lanes of a batch share its calls, and the
events come out in the order of their (pretended) time, as a real run's would.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Message, Usage, Variable
from rlm_desktop.engine.state import RunState

QUESTION = "Which segments grew faster than the group in 2025, and why?"
ANSWER = """**Cloud** (+31 %) and **Services** (+14 %) grew faster than the group (+12 %).

| Segment | 2024 | 2025 | Growth |
|---|---:|---:|---:|
| Cloud | 412 | 540 | +31 % |
| Services | 288 | 328 | +14 % |
| Hardware | 300 | 282 | -6 % |

1. *Cloud* gained from the new regions in Spain and Poland.
2. *Services* followed the larger installed base.

> "Growth was led by the cloud segment." (acme-2025.pdf, p. 41)

```python
growth = {name: new / old - 1 for name, (old, new) in segments.items()}
```
"""
_VOCABULARY = """revenue segment growth quarter margin cloud services hardware group outlook region customer
contract increase decrease operating income compared year million euro driven by new demand lower prices higher
volume"""
_WORDS = _VOCABULARY.split()
_PROBE = """# what is there?
print(type(context), len(context))
print(context[:500])
sections = re.findall(r"^## (.+)$", context, re.M)
len(sections)"""
_BATCH = """parts = [context[i : i + 8000] for i in range(0, len(context), 8000)]
prompts = [f"Which segments grew, by how much and why?\\n\\n{{part}}" for part in parts]
answers = {function}(prompts)

found = []
for number, answer in enumerate(answers):
    if "nothing" not in answer.lower():   # keep what says something
        found.append((number, answer))
print(len(answers), "answers,", len(found), "of use")"""
_ASK = """draft = "\\n".join(text for _, text in found)
summary = {function}("Summarise:\\n" + draft)
summary"""
_TRACEBACK = """Traceback (most recent call last):
  File "<cell 1>", line 4, in <module>
    found.append(answers[index])
                 ~~~~~~~^^^^^^^
IndexError: list index out of range"""


@dataclass(frozen=True)
class Shape:
    """What kind of run.

    Attributes:
        calls: About how many calls in all.
        depth: Deepest level of a call, at least 1.
        batch: Calls of one batch of the root; deeper batches have a quarter.
        chunks: Pieces that a reply comes in.
        errors / retries: Share of calls that fail for good, or once.
        cell_errors: Share of cells that raise.
        end: How the run ends.
        cut: Stop after this many events, as a run that is going on or was cut off; None for the whole.
    """

    calls: int = 60
    depth: int = 2
    iterations: int = 4
    batch: int = 12
    concurrency: int = 8
    chunks: int = 4
    errors: float = 0.04
    retries: float = 0.05
    cell_errors: float = 0.08
    words: int = 60
    knows_cost: bool = True
    end: EndState = EndState.COMPLETED
    seed: int = 7
    cut: int | None = None


_Process: TypeAlias = Generator["float | list[_Process]", None, None]


class _Simulation:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.random = random.Random(shape.seed)
        self.now = 0.0
        self.seq = 0
        self.out: list[AnyEvent] = []
        self.left = shape.calls
        self.next_call = 1
        self.next_batch = 0
        self._queue: list[tuple[float, int, _Process]] = []
        self._order = 0
        self._waiting: dict[int, tuple[list[int], _Process]] = {}

    # -- the clock ------------------------------------------------------------------------------------------

    def run(self, root: _Process) -> Iterator[AnyEvent]:
        self._schedule(0.0, root)
        while self._queue:
            self.now, _, process = heapq.heappop(self._queue)
            self._advance(process)
            yield from self.out
            self.out.clear()

    def _schedule(self, delay: float, process: _Process) -> None:
        self._order += 1
        heapq.heappush(self._queue, (self.now + delay, self._order, process))

    def _advance(self, process: _Process) -> None:
        try:
            wish = next(process)
        except StopIteration:
            self._ended(process)
            return
        if isinstance(wish, float | int):
            self._schedule(wish, process)
            return
        count = [len(wish)]
        for part in wish:
            self._waiting[id(part)] = (count, process)
            self._schedule(0.0, part)

    def _ended(self, process: _Process) -> None:
        count, waiter = self._waiting.pop(id(process), ([0], process))
        count[0] -= 1
        if count[0] == 0:
            self._schedule(0.0, waiter)

    def emit(self, event: AnyEvent) -> None:
        self.seq += 1
        self.out.append(msgspec.structs.replace(event, seq=self.seq, at=round(self.now, 4)))

    def text(self, words: int) -> str:
        return " ".join(self.random.choices(_WORDS, k=max(1, words)))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    # -- what happens ---------------------------------------------------------------------------------------

    def root(self) -> _Process:
        shape = self.shape
        self.emit(
            ev.RunStarted(
                run_id=f"run-{shape.seed}",
                session_id="session-1",
                question=QUESTION,
                root_model="gpt-5",
                sub_model="gpt-5-mini",
                started_at="2026-03-12T14:02:11Z",
                documents=(
                    ev.DocumentRef(name="acme-2024.pdf", kind="pdf", characters=912_400, pages=412),
                    ev.DocumentRef(name="acme-2025.pdf", kind="pdf", characters=988_100, pages=388),
                ),
                context_type="dict",
                context_characters=1_900_500,
                settings={"max_depth": shape.depth, "max_iterations": 20},
                isolation="separate process, no network",
            )
        )
        self.left -= 1
        started = ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="gpt-5", prompt=QUESTION)
        self.emit(msgspec.structs.replace(started, context_characters=1_900_500))
        yield from self._rlm(0, 0, shape.iterations)
        is_done = shape.end is EndState.COMPLETED
        if is_done:
            self.emit(ev.AnswerSet(call=0, answer=ANSWER, source="FINAL"))
        else:
            self.emit(ev.LimitReached(end_state=shape.end, detail="The budget of $1.00 is used up."))
        self.emit(ev.CallFinished(call=0, end_state=shape.end, result=ANSWER if is_done else ""))
        self.emit(ev.RunFinished(end_state=shape.end, answer=ANSWER if is_done else None))

    def _rlm(self, call: int, depth: int, iterations: int) -> _Process:
        for iteration in range(1, iterations + 1):
            self.emit(ev.IterationStarted(call=call, iteration=iteration, of=20))
            function = "rlm_query_batch" if depth + 1 < self.shape.depth else "llm_query_batch"
            is_last = iteration == iterations
            code = _PROBE if iteration == 1 else _ASK if is_last else _BATCH
            code = code.replace("{function}", "llm_query" if is_last else function).replace("{{part}}", "{part}")
            system = Message("system", "You answer questions with a Python REPL. " + self.text(40))
            ask = Message("user", f"{QUESTION}\n\ncontext: dict of 2 documents, 1,900,500 characters.")
            output = Message("user", "Output of your cell:\n\n" + self.text(self.shape.words))
            if iteration == 1:
                yield from self._model(call, iteration, 0, (system, ask), code)
            else:
                reply = Message("assistant", "I look at what came back.")
                yield from self._model(call, iteration, iteration * 2 - 2, (reply, output), code)
            yield from self._cell(call, depth, iteration, code, is_last=is_last)

    def _model(
        self, call: int, iteration: int, kept: int, messages: tuple[Message, ...], code: str = ""
    ) -> _Process:
        shape = self.shape
        model = "gpt-5" if call == 0 else "gpt-5-mini"
        self.emit(
            ev.ModelRequested(
                call=call,
                model=model,
                iteration=iteration,
                kept=kept,
                messages=messages,
                parameters={"temperature": 0.2},
            )
        )
        attempts = 1
        if self.chance(shape.retries):
            yield self.random.uniform(0.1, 0.6)
            self.emit(ev.ModelRetried(call=call, attempt=1, reason="429 Too Many Requests", delay=1.5, status=429))
            yield 1.5
            attempts = 2
        text = self.text(self.random.randint(shape.words // 2, shape.words * 2))
        if code:
            text = f"{text.capitalize()}.\n\n```repl\n{code}\n```"
        first = self.random.uniform(0.2, 0.9)
        yield first
        rest = self.random.lognormvariate(0.2, 0.6)
        size = len(text) // max(1, shape.chunks) + 1
        for start in range(0, len(text), size) if shape.chunks else ():
            self.emit(ev.TextDelta(call=call, text=text[start : start + size]))
            yield rest / shape.chunks
        usage = Usage(
            input_tokens=self.random.randint(300, 9000),
            output_tokens=len(text) // 4,
            cached_tokens=self.random.choice((0, 0, 1024)),
        )
        self.emit(
            ev.ModelResponded(
                call=call,
                text=text,
                reasoning="The parts differ; the tables matter most." if self.chance(0.2) else "",
                usage=usage,
                cost_usd=(usage.input_tokens or 0) * 4e-7 + len(text) * 4e-7 if shape.knows_cost else None,
                finish_reason="stop",
                queued=0.01,
                first_token=first,
                duration=first + rest,
                attempts=attempts,
            )
        )

    def _cell(self, call: int, depth: int, iteration: int, code: str, *, is_last: bool) -> _Process:
        self.emit(ev.CellStarted(call=call, iteration=iteration, cell=0, code=code))
        began = self.now
        yield 0.02
        size = min(self.shape.batch if depth == 0 else max(2, self.shape.batch // 4), self.left)
        if iteration > 1 and not is_last and size > 0:
            yield from self._batch(call, depth, iteration, size)
        elif is_last and self.left > 0:
            number = self._call(call, depth + 1, iteration, "llm_query", None, 0, 2)
            yield from self._finish_llm(number)
        self.emit(
            ev.CellOutput(
                call=call, iteration=iteration, cell=0, stream="stdout", text=f"{size} answers\n{self.text(30)}\n"
            )
        )
        failed = self.chance(self.shape.cell_errors)
        variables = (
            Variable(name="answers", type="list", size=size, preview="['Cloud grew by 31 %', …", changed=True),
            Variable(name="found", type="list", size=max(0, size - 1), preview="[(0, 'Cloud grew…", changed=True),
            Variable(name="parts", type="list", size=size, preview="['# Annual report…"),
            Variable(name="context", type="dict", size=2, preview="{'acme-2024.pdf': '…"),
        )
        self.emit(
            ev.CellFinished(
                call=call,
                iteration=iteration,
                cell=0,
                status="error" if failed else "ok",
                error="IndexError: list index out of range" if failed else "",
                traceback=_TRACEBACK if failed else "",
                line=4 if failed else 0,
                duration=self.now - began,
                computed=0.02,
                variables=variables,
            )
        )

    def _call(
        self, parent: int, depth: int, iteration: int, function: str, batch: int | None, index: int, line: int
    ) -> int:
        number = self.next_call
        self.next_call += 1
        self.left -= 1
        kind = "rlm" if depth < self.shape.depth and batch is not None else "llm"
        self.emit(
            ev.CallStarted(
                call=number,
                parent=parent,
                kind=kind,
                depth=depth,
                model="gpt-5-mini",
                function=function,
                iteration=iteration,
                cell=0,
                line=line,
                batch=batch,
                index=index,
                prompt=f"Which segments grew, and why?\n\nPart {index + 1}: {self.text(self.shape.words)}",
                context_characters=8000 if kind == "rlm" else 0,
            )
        )
        return number

    def _batch(self, call: int, depth: int, iteration: int, size: int) -> _Process:
        batch = self.next_batch
        self.next_batch += 1
        is_rlm = depth + 1 < self.shape.depth
        function = "rlm_query_batch" if is_rlm else "llm_query_batch"
        self.emit(
            ev.BatchStarted(
                call=call, batch=batch, function=function, size=size, iteration=iteration, cell=0, line=3
            )
        )
        numbers = [self._call(call, depth + 1, iteration, function, batch, index, 3) for index in range(size)]
        queue = iter(numbers)
        failed: list[int] = []

        def lane() -> _Process:
            for number in queue:
                if is_rlm:
                    yield from self._rlm(number, depth + 1, 3)
                    self.emit(
                        ev.CallFinished(call=number, end_state=EndState.COMPLETED, result="Cloud.", iterations=3)
                    )
                else:
                    yield from self._finish_llm(number, failed)

        yield [lane() for _ in range(min(self.shape.concurrency, size))]
        self.emit(ev.BatchFinished(call=call, batch=batch, failed=len(failed)))

    def _finish_llm(self, number: int, failed: list[int] | None = None) -> _Process:
        messages = (Message("user", f"Which segments grew?\n\n{self.text(self.shape.words)}"),)
        if self.chance(self.shape.errors) and failed is not None:
            self.emit(ev.ModelRequested(call=number, model="gpt-5-mini", messages=messages))
            yield self.random.uniform(0.5, 3.0)
            self.emit(ev.ModelFailed(call=number, error="429 Too Many Requests", status=429))
            error = "429 Too Many Requests: the provider refused four times."
            self.emit(
                ev.CallFinished(call=number, end_state=EndState.FAILED, result=f"Error: {error}", error=error)
            )
            failed.append(number)
            return
        yield from self._model(number, 0, 0, messages)
        self.emit(ev.CallFinished(call=number, end_state=EndState.COMPLETED, result="Cloud grew by 31 %."))


def events(shape: Shape | None = None) -> Iterator[AnyEvent]:
    """The events of a run of that shape, in order."""
    shape = shape or Shape()
    simulation = _Simulation(shape)
    for event in simulation.run(simulation.root()):
        if shape.cut is not None and event.seq > shape.cut:
            return
        yield event


def state(shape: Shape | None = None) -> RunState:
    """The same, folded."""
    folded = RunState()
    for event in events(shape):
        folded.apply(event)
    return folded
