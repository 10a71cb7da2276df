"""The calls that a cell makes: llm_query, rlm_query and their batches."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.chat import TOOL_CALL
from rlm_desktop.engine.context import prompt_context
from rlm_desktop.engine.events import EndState, Message
from rlm_desktop.engine.record import RecordedCall
from rlm_desktop.engine.run import Outcome, cancel_and_wait, failed_outcome, take_back_cancellation
from rlm_desktop.errors import LimitExceeded
from rlm_desktop.repl.wire import Query

if TYPE_CHECKING:
    from rlm_desktop.engine.rlm_call import RlmCall


_WHY_EMPTY = {"length": "cut off at its output limit", "content_filter": "withheld by its provider's filter"}
"""By the reason of a response's end, as the server said it."""
_AT_ONCE = 100
"""Calls that are started, or shared, before other work gets its turn: some milliseconds."""


class SubCalls:
    """Serves the queries of one rlm call's cells, and ends with it."""

    def __init__(self, caller: RlmCall) -> None:
        self._caller = caller
        self._run = caller.run
        self._serving: set[asyncio.Task[Any]] = set()

    async def serve(self, query: Query) -> list[str]:
        """The results for a query's prompts, in order. A failing call is an `Error: ...` in its place."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            return await self._serve(query)
        finally:
            self._serving.discard(task)

    async def ask_aside(self, function: str, model: str, messages: list[Message]) -> str:
        """A completion that the engine itself needs, as a call of its own in the tree; empty if it is stopped."""
        run, caller = self._run, self._caller
        call = _SubCall(run.next_call(), caller.depth + 1, "llm", model, messages[-1].content)
        call.record = self._recorded(call)
        run.emit(
            ev.CallStarted(
                call=call.number,
                parent=caller.number,
                kind="llm",
                depth=call.depth,
                model=model,
                function=function,
                iteration=caller.iteration,
                prompt=call.prompt,
            )
        )
        outcome = Outcome(EndState.CANCELLED, error="cancelled")
        try:
            if call.record is not None and call.record.result is not None:
                outcome = self._from_record(call, call.record, messages)
            else:
                outcome = await self._ask_stoppable(call, messages)
        except Exception as error:
            outcome = failed_outcome(error, f"call {call.number}")
            raise
        finally:
            self._finish(call, outcome)
        return outcome.text

    async def _ask_stoppable(self, call: _SubCall, messages: list[Message]) -> Outcome:
        """Ask in a task of its own: what is done in the caller's could only be stopped with the caller."""
        run, caller = self._run, asyncio.current_task()
        assert caller is not None
        asking = asyncio.ensure_future(run.requests.ask(call.number, call.model, messages))
        run.register(call.number, asking)
        try:
            return Outcome(EndState.COMPLETED, (await asking).text)
        except asyncio.CancelledError:
            if caller.cancelling():
                raise
            if run.is_stopped_alone(call.number):
                return Outcome(EndState.CANCELLED, error="the call was stopped by the user")
            if run.limit is not None:
                raise run.limit from None
            raise

    async def aclose(self) -> None:
        """Cancel what is still being served and wait for its end."""
        await cancel_and_wait(*self._serving)

    async def _serve(self, query: Query) -> list[str]:
        run = self._run
        if run.limit is not None:
            return [f"Error: {run.limit}"] * len(query.prompts)
        prompts = await run.redact_all(self._caller.number, query.prompts, "prompts of sub-calls")
        batch = self._start_batch(query)
        slots = asyncio.Semaphore(query.max_concurrent) if query.max_concurrent else None
        calls: list[_SubCall] = []
        tasks: list[asyncio.Task[Outcome]] = []
        try:
            for index, prompt in enumerate(prompts):
                calls.append(self._start_call(query, prompt, index, batch))
                tasks.append(asyncio.create_task(self._complete(calls[-1], slots)))
                if len(calls) % _AT_ONCE == 0:
                    await asyncio.sleep(0)
            outcomes = await asyncio.gather(*tasks)
        except BaseException:
            await cancel_and_wait(*tasks)
            for call in calls:
                # A task that is cancelled before its first step never runs at all.
                self._finish(call, Outcome(EndState.CANCELLED, error="cancelled"))
            raise
        finally:
            if batch is not None:
                failed = sum(not _succeeded(task) for task in tasks)
                run.emit(ev.BatchFinished(call=self._caller.number, batch=batch, failed=failed))
        return [outcome.result for outcome in outcomes]

    def _start_batch(self, query: Query) -> int | None:
        if not query.function.endswith("_batch"):
            return None
        batch = self._run.next_batch()
        self._run.emit(
            ev.BatchStarted(
                call=self._caller.number,
                batch=batch,
                function=query.called_as,
                size=len(query.prompts),
                iteration=self._caller.iteration,
                cell=self._caller.cell,
                line=query.line,
                max_concurrent=query.max_concurrent,
            )
        )
        return batch

    def _start_call(self, query: Query, prompt: str, index: int, batch: int | None) -> _SubCall:
        run = self._run
        depth = self._caller.depth + 1
        recurses = run.options.recurses(query.function, depth)
        repeats = recurses and self._caller.holds(prompt)
        model = query.model or run.options.model_at(depth)
        kind: ev.CallKind = "rlm" if recurses and not repeats else "llm"
        call = _SubCall(run.next_call(), depth, kind, model, prompt)
        call.record = self._recorded(call)
        call.chance = self._caller.child_chance(prompt) if kind == "rlm" else ""
        run.emit(
            ev.CallStarted(
                call=call.number,
                parent=self._caller.number,
                kind=kind,
                depth=depth,
                model=model,
                function=query.called_as,
                iteration=self._caller.iteration,
                cell=self._caller.cell,
                line=query.line,
                batch=batch,
                index=index,
                prompt=prompt,
                context_characters=len(prompt) if kind == "rlm" else 0,
            )
        )
        if repeats:
            text = "It was given its caller's whole context again: asked plainly, as recursion would gain nothing."
            run.emit(ev.Noted(call=call.number, text=text))
        return call

    async def _complete(self, call: _SubCall, slots: asyncio.Semaphore | None) -> Outcome:
        """Do one call to its end and record how it ended. Raises nothing but a cancellation of more than itself."""
        run = self._run
        task = asyncio.current_task()
        assert task is not None
        run.register(call.number, task)
        try:
            outcome = await self._do(call, slots)
        except asyncio.CancelledError:
            if run.is_stopped_alone(call.number):
                outcome = Outcome(EndState.CANCELLED, error="the call was stopped by the user")
                take_back_cancellation()
            elif run.limit is not None:
                outcome = Outcome(EndState(run.limit.end_state), error=str(run.limit))
                take_back_cancellation()
            else:
                self._finish(call, Outcome(EndState.CANCELLED, error="cancelled"))
                raise
        except LimitExceeded as limit:
            run.reach_limit(limit)
            outcome = Outcome(EndState(limit.end_state), error=str(limit))
        except Exception as error:
            outcome = failed_outcome(error, f"call {call.number}")
        self._finish(call, outcome)
        return outcome

    def _finish(self, call: _SubCall, outcome: Outcome) -> None:
        if call.is_finished:
            return
        call.is_finished = True
        self._run.emit(
            ev.CallFinished(
                call=call.number,
                end_state=outcome.end_state,
                result=outcome.result,
                error=outcome.error,
                iterations=outcome.iterations,
                shared=outcome.shared,
                is_recorded=outcome.is_recorded,
            )
        )

    async def _do(self, call: _SubCall, slots: asyncio.Semaphore | None) -> Outcome:
        async with AsyncExitStack() as held:
            if self._run.limit is not None:
                raise self._run.limit
            if call.record is not None and call.record.result is not None:
                outcome = self._from_record(call, call.record, [Message("user", call.prompt)])
                await self._share(call, outcome)
                return outcome
            if slots is not None:
                await held.enter_async_context(slots)
            if call.kind == "llm":
                return await self._ask(call)
            await held.enter_async_context(self._run.call_slot(call.depth))
            return await self._recurse(call)

    def _recorded(self, call: _SubCall) -> RecordedCall | None:
        record = self._caller.record
        return record.take_child(call.kind, call.prompt, call.model) if record is not None else None

    def _from_record(self, call: _SubCall, record: RecordedCall, messages: list[Message]) -> Outcome:
        if record.kind == call.kind == "llm" and (reply := record.next_reply()) is not None:
            self._run.requests.serve(call.number, call.model, messages, reply)
        return Outcome(EndState.COMPLETED, record.result or "", is_recorded=True)

    async def _share(self, call: _SubCall, outcome: Outcome) -> None:
        """Let results on record answer later requests like theirs, as those of requests would."""
        if call.kind == "llm":
            self._offer(call, call.model, call.prompt, replace(outcome, is_recorded=False))
        elif call.record is not None:
            for count, (model, prompt, text) in enumerate(call.record.plain_results(), start=1):
                self._offer(call, model, prompt, Outcome(EndState.COMPLETED, text))
                if count % _AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _offer(self, call: _SubCall, model: str, prompt: str, outcome: Outcome) -> None:
        key = (model, prompt)
        if self._run.options.share_identical and key not in self._run.shared:
            answered: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
            answered.set_result(outcome)
            self._run.shared[key] = (call.number, answered)

    async def _ask(self, call: _SubCall) -> Outcome:
        """One completion; identical requests of one run are answered by the first of them."""
        run = self._run
        if not run.options.share_identical:
            return await self._complete_plainly(call)
        key = (call.model, call.prompt)
        if key in run.shared:
            number, answered = run.shared[key]
            outcome = await asyncio.shield(answered)
            if outcome is not None:
                return replace(outcome, shared=number)
        answered = asyncio.get_running_loop().create_future()
        run.shared[key] = (call.number, answered)
        outcome = None
        try:
            outcome = await self._complete_plainly(call)
            return outcome
        finally:
            if outcome is None or outcome.end_state is not EndState.COMPLETED:
                if run.shared.get(key) == (call.number, answered):
                    del run.shared[key]
                outcome = None
            answered.set_result(outcome)

    async def _complete_plainly(self, call: _SubCall) -> Outcome:
        completion = await self._run.requests.ask(call.number, call.model, [Message("user", call.prompt)])
        if not completion.text.strip():
            reason = _WHY_EMPTY.get(completion.finish_reason, "empty")
            return Outcome(EndState.FAILED, error=f"the model's response was {reason}")
        if completion.text.startswith(TOOL_CALL):
            return Outcome(EndState.FAILED, error=f"the model called a tool, and there are none: {completion.text}")
        return Outcome(EndState.COMPLETED, completion.text)

    async def _recurse(self, call: _SubCall) -> Outcome:
        from rlm_desktop.engine.rlm_call import RlmCall

        child = RlmCall(
            self._run,
            number=call.number,
            depth=call.depth,
            model=call.model,
            question=None,
            context=prompt_context(call.prompt),
            chance=call.chance,
            record=call.record,
        )
        return await child.execute()


class _SubCall:
    __slots__ = ("chance", "depth", "is_finished", "kind", "model", "number", "prompt", "record")

    def __init__(self, number: int, depth: int, kind: ev.CallKind, model: str, prompt: str) -> None:
        self.number = number
        self.depth = depth
        self.kind: ev.CallKind = kind
        self.model = model
        self.prompt = prompt
        self.chance = ""
        self.is_finished = False
        self.record: RecordedCall | None = None


def _succeeded(task: asyncio.Future[Outcome]) -> bool:
    if not task.done() or task.cancelled() or task.exception() is not None:
        return False
    return task.result().end_state is EndState.COMPLETED
