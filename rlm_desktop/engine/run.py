"""One run: from a question to its final answer.

`Run` is what the outside holds: its events, its state, `stop` and `wait`. It owns what all calls of the tree share:
the trace, the requests, the limit that was reached.

Two kinds of slots keep the concurrency in bounds without a deadlock: a slot for a request is held only while a
model is being asked, never while waiting for a child; a slot for a live rlm call is held for its life, and each
depth has slots of its own, so that a parent never waits for one that only its own children could free.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.cache import CompletionCache
from rlm_desktop.engine.client import ModelClient
from rlm_desktop.engine.context import Context
from rlm_desktop.engine.control import Approve, Gate
from rlm_desktop.engine.events import AnyEvent, EndState, Usage
from rlm_desktop.engine.options import RunOptions
from rlm_desktop.engine.record import Past
from rlm_desktop.engine.requests import Requests
from rlm_desktop.engine.secrets import SecretFilter
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tool_calls import Room
from rlm_desktop.engine.tools import Toolbox
from rlm_desktop.engine.trace import Sink, Trace
from rlm_desktop.engine.typed_output import OutputType
from rlm_desktop.errors import LimitExceeded, ModelError, RLMError
from rlm_desktop.repl.host import Repl, ReplHost

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended.

    Attributes:
        text: Its answer as far as there is one.
        value: The answer's structure, where it is more than a text.
        shared: The call whose identical request answered this one.
        is_recorded: Whether it came from another run's record.
    """

    end_state: EndState
    text: str = ""
    value: Any = None
    error: str = ""
    iterations: int = 0
    shared: int | None = None
    is_recorded: bool = False

    @property
    def result(self) -> str:
        """What the caller's code gets: the answer, or the error as text."""
        return self.text if self.text or not self.error else f"Error: {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run brought.

    Attributes:
        final_answer: None when there is none; the best answer so far when a limit was reached.
        success: Whether the run completed.
        iterations: Of the root call; the last chance to answer, which follows a limit, is one too.
        usage: The providers' figures over the whole tree; None where any of them is unknown.
        cost_usd: None where any request's cost is unknown.
        calls: Calls of the tree, the root included.
        value: The final answer's structure, where it is more than a text; with `output=` a Pydantic model, an
            instance of it.
        duration: Seconds.
        by_depth / by_model: Sums of calls, requests, tokens and cost.
    """

    final_answer: str | None
    success: bool
    iterations: int
    end_state: EndState
    usage: Usage
    cost_usd: float | None
    calls: int
    run_id: str
    session_id: str
    error: str = ""
    value: Any = None
    duration: float = 0.0
    by_depth: dict[int, dict[str, Any]]
    by_model: dict[str, dict[str, Any]]


class Run:
    """A run in progress; made by `RLM.start`.

    Attributes:
        state: The run so far, folded from its events.
        trace: Where its events go.
        toolbox: The application's functions and values for the REPLs.
        tool_room: What the trace still takes of their calls.
        requests: Asks the models.
        typed_value: The final answer in that form.
        past: What is taken over from another run's record, if anything.
        approve: In step mode, decides about each cell.
        gate: Holds the calls while the run is paused.
        output: The form that the final answer must have, if any.
        shared: (model, prompt) of the plain sub-calls so far -> the call that asks, and what comes of it.
    """

    def __init__(
        self,
        question: str,
        context: Context,
        options: RunOptions,
        *,
        client_of: Callable[[str], ModelClient],
        repl_host: ReplHost,
        secret_filter: SecretFilter,
        session_id: str,
        history: Sequence[dict[str, Any]] = (),
        toolbox: Toolbox | None = None,
        output: OutputType | None = None,
        cache: CompletionCache | None = None,
        past: Past | None = None,
        approve: Approve | None = None,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self.run_id = uuid.uuid4().hex
        self.session_id = session_id
        self.question = question
        self.context = context
        self.options = options
        self.history = tuple(history)
        self.state = RunState()
        self.trace = Trace([self._fold, *sinks])
        self.repl_host = repl_host
        self.secret_filter = secret_filter
        self.toolbox = toolbox or Toolbox()
        self.tool_room = Room()
        self.output = output
        self.past = past
        self.chance = (past.chance if past is not None else "") or self.run_id
        self.approve = approve
        self.gate = Gate()
        self.limit: LimitExceeded | None = None
        self.limit_reached = asyncio.Event()
        self.typed_value: Any = None
        self.requests = Requests(options, self.trace, client_of, cache)
        self._call_slots: dict[int, asyncio.Semaphore] = {}
        self._next_call = 0
        self._next_batch = 0
        self._call_tasks: dict[int, asyncio.Task[Any]] = {}
        self._repls: dict[int, Repl] = {}
        self._cancelled_calls: set[int] = set()
        self._stopped_by: Literal["", "user", "shutdown"] = ""
        self._has_begun = False
        self.shared: dict[tuple[str, str], tuple[int, asyncio.Future[Outcome | None]]] = {}
        self._task: asyncio.Task[RunResult] | None = None

    # -- the outside ------------------------------------------------------------------------------------------

    def start(self, root: Callable[[Run], Awaitable[Outcome]]) -> None:
        """Begin, with `root` as the root call. Needs a running loop; returns at once."""
        self._task = asyncio.create_task(self._main(root), name=f"run {self.run_id[:8]}")

    async def wait(self) -> RunResult:
        """The result. Cancelling the waiter stops the run, and returns when nothing of it is left running."""
        assert self._task is not None, "start() comes first"
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait([self._task])
            raise

    def stop(self, by: str = "user") -> None:
        """Stop the run: nothing new starts, what is in flight is cancelled, all of it is kept.

        Args:
            by: `user` or `shutdown`; goes into the trace.
        """
        if self._task is None or self._task.done() or self._stopped_by:
            return
        self._stopped_by = "shutdown" if by == "shutdown" else "user"
        if self._has_begun:
            self.emit(ev.CancelRequested(by=self._stopped_by))
            self._task.cancel()

    def pause(self) -> None:
        """Hold each call at its next iteration; what is in flight goes on. The time limit does not stop."""
        if not self.gate.is_closed and self.state.finished is None:
            self.gate.close()
            if self._has_begun:  # else it is told behind the beginning
                self.emit(ev.RunPaused())

    def unpause(self) -> None:
        """Let a paused run go on."""
        if self.gate.is_closed:
            self.gate.open()
            if self._has_begun and self.state.finished is None:
                self.emit(ev.RunContinued())

    def stop_call(self, number: int) -> None:
        """Stop one call with all below it; its caller gets an error as its result, and the run goes on."""
        if number == ev.ROOT:
            self.stop()
            return
        task = self._call_tasks.get(number)
        if task is not None and not task.done() and number not in self._cancelled_calls:
            self._cancelled_calls.add(number)
            self.emit(ev.CancelRequested(call=number, by="user"))
            task.cancel()

    async def variable(self, call: int, name: str, limit: int = 65_536) -> str | None:
        """A variable of an rlm call as it is now, as text of at most about `limit` characters, secrets replaced.

        Waits while a cell of that call is running. None when the variable or the call's REPL is not there (any
        more).
        """
        repl = self._repls.get(call)
        text = await repl.variable(name, limit) if repl is not None else None
        if text is None:
            return None
        cleaned, _ = await self.secret_filter.clean_async([text])
        return cleaned[0]

    # -- what the calls use -----------------------------------------------------------------------------------

    def emit(self, event: AnyEvent) -> None:
        """Put an event into the trace."""
        self.trace.emit(event)

    def next_call(self) -> int:
        """A number for a new call."""
        self._next_call += 1
        return self._next_call - 1

    def next_batch(self) -> int:
        """A number for a new batch."""
        self._next_batch += 1
        return self._next_batch - 1

    def call_slot(self, depth: int) -> asyncio.Semaphore:
        """The slots of the rlm calls alive at `depth`."""
        return self._call_slots.setdefault(depth, asyncio.Semaphore(self.options.max_concurrent))

    def register(self, call: int, task: asyncio.Task[Any]) -> None:
        """Make a call stoppable on its own, until its task ends."""
        self._call_tasks[call] = task
        task.add_done_callback(lambda _: self._call_tasks.pop(call, None))

    def take_repl(self, call: int, repl: Repl | None) -> None:
        """The REPL of an rlm call, for who looks at its variables; None when it is gone."""
        if repl is None:
            self._repls.pop(call, None)
        else:
            self._repls[call] = repl

    def is_stopped_alone(self, call: int) -> bool:
        """Whether this call was stopped by itself, while the run goes on."""
        return call in self._cancelled_calls and not self._stopped_by and self.limit is None

    def reach_limit(self, limit: LimitExceeded) -> None:
        """A limit was reached: every call but the root is cancelled; the root winds up."""
        if self.limit is not None:
            return
        self.limit = limit
        self.emit(ev.LimitReached(end_state=EndState(limit.end_state), detail=str(limit)))
        self.limit_reached.set()
        current = asyncio.current_task()
        for task in list(self._call_tasks.values()):
            # The call that found the limit ends by itself; cancelled as well it would end as a cancellation.
            if task is not current:
                task.cancel()

    async def unless_limit(self, work: Awaitable[_T]) -> _T:
        """Do `work` for the root call, but give it up when a limit is reached.

        Raises:
            LimitExceeded: A limit was reached first.
        """
        task = asyncio.ensure_future(work)
        limit = asyncio.ensure_future(self.limit_reached.wait())
        try:
            await asyncio.wait((task, limit), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise self.limit or AssertionError("limit_reached is set with the limit")
        finally:
            await cancel_and_wait(limit, task)

    async def redact(self, call: int, text: str, where: str) -> str:
        """`text` as it may leave the engine; what was replaced goes into the trace."""
        return (await self.redact_all(call, [text], where))[0]

    async def redact_all(self, call: int, texts: Sequence[str], where: str) -> list[str]:
        """`redact` for several texts."""
        cleaned, replaced = await self.secret_filter.clean_async(texts)
        self._tell_redacted(call, where, replaced)
        return cleaned

    def redact_short(self, call: int, texts: Sequence[str], where: str) -> list[str]:
        """`redact_all` for short texts, at once."""
        cleaned, replaced = self.secret_filter.clean_all(texts)
        self._tell_redacted(call, where, replaced)
        return cleaned

    def _tell_redacted(self, call: int, where: str, replaced: dict[str, int]) -> None:
        if replaced:
            self.emit(ev.SecretsRedacted(call=call, where=where, replaced=replaced))

    # -- the whole --------------------------------------------------------------------------------------------

    def _fold(self, event: AnyEvent) -> None:
        self.state.apply(event)

    async def _main(self, root: Callable[[Run], Awaitable[Outcome]]) -> RunResult:
        self._has_begun = True
        self._emit_start()
        if self._stopped_by:
            # Stopped before its first step: a task that is cancelled then would never run at all.
            self.emit(ev.CancelRequested(by=self._stopped_by))
            self._finish(Outcome(EndState.CANCELLED))
            return self.result()
        if self.gate.is_closed:
            self.emit(ev.RunPaused())
        timer = self._start_timer()
        try:
            outcome = await root(self)
        except asyncio.CancelledError:
            outcome = Outcome(EndState.CANCELLED)
            if not self._stopped_by:
                self._finish(outcome)
                raise
            take_back_cancellation()
        except Exception as error:
            outcome = failed_outcome(error, "the run")
        finally:
            if timer is not None:
                timer.cancel()
        self._finish(outcome)
        return self.result()

    def _emit_start(self) -> None:
        from rlm_desktop import __version__

        own_prompt = self.options.system_prompt or ""
        (self.question, prompt), replaced = self.secret_filter.clean_all([self.question, own_prompt])
        if prompt != own_prompt:
            self.options = replace(self.options, system_prompt=prompt)
        self.emit(
            ev.RunStarted(
                run_id=self.run_id,
                session_id=self.session_id,
                question=self.question,
                root_model=self.options.model_at(0),
                sub_model=self.options.model_at(1),
                started_at=ev.as_utc(datetime.now(UTC)),
                documents=self.context.documents,
                context_type=self.context.type,
                context_characters=self.context.characters,
                settings=self.options.as_settings(),
                parent_run=self.past.run_id if self.past else "",
                parent_iteration=self.past.iteration if self.past else None,
                chance=self.chance,
                spent_before=self.past.spent if self.past else None,
                isolation=self.repl_host.isolation_of(self.options.repl_mode).label,
                app_version=__version__,
            )
        )
        self._tell_redacted(ev.ROOT, "question", replaced)
        for warning in self.context.warnings:
            self.emit(ev.Noted(level="warning", text=warning))
        if self.past is not None and self.past.spent is not None:
            self.requests.carry_over(self.past.spent)

    def _start_timer(self) -> asyncio.TimerHandle | None:
        seconds = self.requests.remaining_time()
        if seconds is None:
            return None
        return asyncio.get_running_loop().call_later(seconds, self.reach_limit, self.requests.out_of_time())

    def _finish(self, outcome: Outcome) -> None:
        answer = outcome.text or None
        self.emit(
            ev.RunFinished(end_state=outcome.end_state, answer=answer, value=outcome.value, error=outcome.error)
        )

    def result(self) -> RunResult:
        """The result as far as the run has come."""
        state = self.state
        totals = state.totals
        is_known = totals.unknown_usage == 0
        root = state.root
        return RunResult(
            final_answer=state.answer,
            success=state.status == EndState.COMPLETED,
            iterations=len(root.iterations) if root else 0,
            end_state=EndState(state.status) if state.finished is not None else EndState.INTERRUPTED,
            usage=Usage(
                input_tokens=totals.input_tokens if is_known else None,
                output_tokens=totals.output_tokens if is_known else None,
                cached_tokens=totals.cached_tokens,
                reasoning_tokens=totals.reasoning_tokens,
            ),
            cost_usd=totals.cost_usd if totals.unknown_cost == 0 else None,
            calls=totals.calls,
            run_id=self.run_id,
            session_id=self.session_id,
            error=state.error,
            value=state.value if self.typed_value is None else self.typed_value,
            duration=state.finished if state.finished is not None else self.trace.elapsed(),
            by_depth={depth: tally.as_dict() for depth, tally in sorted(state.by_depth.items())},
            by_model={model: tally.as_dict() for model, tally in state.by_model.items()},
        )


def failed_outcome(error: Exception, what: str, *, iterations: int = 0, is_root: bool = False) -> Outcome:
    """The outcome of `what` that raised: the error's own words; a bug also goes to the log.

    A person reads why the root failed, and gets advice; models read why the others did.
    """
    if is_root and isinstance(error, ModelError) and error.advice:
        text = str(error) if str(error).endswith((".", "?", "!")) else f"{error}."
        text = f"{text} {error.advice}"
        return Outcome(EndState.FAILED, error=text, iterations=iterations)
    if isinstance(error, RLMError):
        return Outcome(EndState.FAILED, error=str(error), iterations=iterations)
    _log.error("%s failed by a bug", what, exc_info=error)
    text = f"Internal error: {type(error).__name__}: {error}"
    return Outcome(EndState.FAILED, error=text, iterations=iterations)


async def cancel_and_wait(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks and wait until they have ended, whatever they raise."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def to_the_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Do `work` however often the waiting task is cancelled; the cancellation is raised when it is done.

    A call may be cancelled twice, by a limit and by its caller's end, and must clean up all the same.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return task.result()


def take_back_cancellation() -> None:
    """Take back one cancellation of the current task that was meant for it alone and is dealt with."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
