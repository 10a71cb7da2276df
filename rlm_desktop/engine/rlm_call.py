"""An rlm call: the loop in which a model writes cells, sees their output and answers."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine import prompts
from rlm_desktop.engine.client import Completion
from rlm_desktop.engine.context import Context
from rlm_desktop.engine.control import CellDecision, CellProposal
from rlm_desktop.engine.estimate import estimate_tokens
from rlm_desktop.engine.events import EndState, Message
from rlm_desktop.engine.parsing import Block, Reply, TextFinal, final_in_code, parse_reply
from rlm_desktop.engine.record import RecordedCall
from rlm_desktop.engine.run import Outcome, Run, cancel_and_wait, to_the_end
from rlm_desktop.engine.stalls import MAX_STALLS, Stalls
from rlm_desktop.engine.sub_calls import SubCalls
from rlm_desktop.engine.tool_calls import call_tool
from rlm_desktop.errors import LimitExceeded, ModelError
from rlm_desktop.repl.describe import cut
from rlm_desktop.repl.host import CellResult, Repl, ReplSpec
from rlm_desktop.repl.output import dropped_mark
from rlm_desktop.repl.wire import PREVIEW, Final, ToolCall

_INTERRUPT_GRACE = 2.0
_WORTH_RECURSION = 2_000
"""Characters of a context below which it does not matter whether a child gets all of it again."""
_COMPACT_MINIMUM = 4
_COMPACT_AT = 0.85
"""Share of the model's window at which a conversation is compacted (as the reference implementation)."""
_F_STRING = re.compile(r"(?:[fF][rR]?|[rR][fF])[\"']")
_NO_LAST_CHANCE = frozenset({EndState.TIMEOUT_EXCEEDED})


class RlmCall:
    """One rlm call.

    Attributes:
        number: Of the call in the events.
        iteration / cell: Where it is: the iteration from 1, the cell from 0.
        record: Of the same call in another run, which is served before any model is asked.
    """

    def __init__(
        self,
        run: Run,
        *,
        number: int,
        depth: int,
        model: str,
        question: str | None,
        context: Context,
        chance: str,
        record: RecordedCall | None = None,
    ) -> None:
        """`chance` is what its cells' random numbers are drawn from; the same call in another run has the same."""
        self.run = run
        self.number = number
        self.depth = depth
        self.iteration = 0
        self.cell = 0
        self.record = record
        self._question = question
        self._context = context
        self._chance = chance
        self._asked: Counter[str] = Counter()
        self._options = run.options
        self._model = model
        self._of = run.options.iterations_at(depth)
        self._messages: list[Message] = []
        self._sent = 0
        self._sub_calls = SubCalls(self)
        self._repl: Repl | None = None
        self._errors = 0
        self._stalls = Stalls()
        self._results: list[CellResult] = []
        self._output_filters = {stream: run.secret_filter.stream() for stream in ("stdout", "stderr")}

    def holds(self, prompt: str) -> bool:
        """Whether `prompt` gives a child all of this call's context again, so that recursion would gain nothing."""
        context = self._context.value
        if not isinstance(context, str) or len(context) < _WORTH_RECURSION:
            return False
        return len(prompt) >= len(context) and context in prompt

    def child_chance(self, prompt: str) -> str:
        """What the next child that is given this prompt draws its random numbers from.

        Children may come in any order, so it depends on what they are given and not on how they are numbered.
        """
        key = hashlib.sha256(f"{self._chance} {prompt}".encode("utf-8", "surrogatepass")).hexdigest()
        self._asked[key] += 1
        return f"{key}-{self._asked[key]}"

    @property
    def is_root(self) -> bool:
        """Whether it is the run's root call."""
        return self.number == ev.ROOT

    async def execute(self) -> Outcome:
        """Run to the end.

        Raises:
            ModelError: The model could not be asked.
            LimitExceeded: A limit of the run was reached, and this is not the root.
        """
        self._messages = await self._opening()
        spawning = asyncio.ensure_future(self._spawn())
        try:
            return await self._iterate(spawning)
        except LimitExceeded as limit:
            if not self.is_root:
                raise
            self.run.reach_limit(limit)
            return await self._last_chance(EndState(limit.end_state), str(limit))
        finally:
            await to_the_end(self._close(spawning))

    async def _close(self, spawning: asyncio.Future[Repl]) -> None:
        self.run.take_repl(self.number, None)
        await self._sub_calls.aclose()
        await cancel_and_wait(spawning)
        if not spawning.cancelled() and spawning.exception() is None:
            await spawning.result().aclose()

    # -- the loop ---------------------------------------------------------------------------------------------

    async def _iterate(self, spawning: asyncio.Future[Repl]) -> Outcome:
        while self.iteration < self._of:
            self.iteration += 1
            await self._guarded(self.run.gate.wait())
            await self._guarded(self._compact())
            self._add_instruction()
            self.run.emit(ev.IterationStarted(call=self.number, iteration=self.iteration, of=self._of))
            completion = await self._guarded(self._ask())
            if self._repl is None:
                self._repl = await spawning
                self.run.take_repl(self.number, self._repl)
            outcome = await self._finish_iteration(completion)
            if outcome is not None:
                return outcome
            if self._options.limits.max_errors is not None and self._errors >= self._options.limits.max_errors:
                reason = f"{self._errors} iterations in a row ended with an error"
                return await self._last_chance(EndState.ERROR_THRESHOLD_EXCEEDED, reason)
            if self._stalls.count >= MAX_STALLS:
                reason = f"the last {self._stalls.count} responses brought nothing new"
                return await self._last_chance(EndState.ERROR_THRESHOLD_EXCEEDED, reason)
        return await self._last_chance(EndState.OUT_OF_ITERATIONS, f"all {self._of} iterations are used")

    async def _guarded(self, work: Any) -> Any:
        return await (self.run.unless_limit(work) if self.is_root else work)

    def _add_instruction(self) -> None:
        """Tell the model what the person said when they forked the run here."""
        past = self.run.past
        if self.is_root and past is not None and past.iteration == self.iteration and past.instruction:
            self._say(self.run.redact_short(self.number, [past.instruction], "instruction")[0])

    async def _ask(self, *, is_last_chance: bool = False) -> Completion:
        reply = self.record.next_reply(is_last_chance=is_last_chance) if self.record is not None else None
        requests, number, model, messages = self.run.requests, self.number, self._model, self._messages
        if reply is not None:
            completion = requests.serve(number, model, messages, reply, kept=self._sent, iteration=self.iteration)
        else:
            completion = await requests.ask(
                number,
                model,
                messages,
                kept=self._sent,
                iteration=self.iteration,
                # The one request that the limit on calls keeps free is the root's.
                is_last_chance=is_last_chance and self.is_root,
            )
        self._sent = len(self._messages)
        # An empty assistant message is refused by several servers.
        self._messages.append(Message("assistant", completion.text or "(no response)"))
        return completion

    async def _finish_iteration(self, completion: Completion) -> Outcome | None:
        """Do what a reply says; the outcome when it ends the call."""
        reply = parse_reply(completion.text, python_fences=self._options.python_fences)
        is_unfinished = not reply.blocks[-1].is_closed if reply.blocks else reply.final is None
        if is_unfinished and completion.finish_reason == "length":
            self._stalls.add()
            self._say(prompts.cut_reply_message())
            return None
        if not reply.blocks:
            return await self._finish_without_code(reply)
        results = await self._run_cells(reply.blocks)
        self._stalls.look_at(reply.blocks, results)
        last = results[-1]
        if self.is_root and self.run.limit is not None:
            # What the cell made of refused calls is no answer; the last chance is told of its output.
            raise self.run.limit
        # An answer that is not accepted is an error too, and does not end the count of those before it.
        if last.final is not None:
            return await self._answer(last.final)
        if last.status != "ok":
            self._errors += 1
        elif reply.final is None:
            self._errors = 0
        else:
            outcome = await self._text_answer(reply.final)
            if outcome is not None:
                return outcome
        self._say(await self._feedback(results))
        if reply.plays_on:
            self._say(prompts.invented_output_message())
        return None

    async def _finish_without_code(self, reply: Reply) -> Outcome | None:
        if reply.final is not None:
            return await self._text_answer(reply.final)
        self._stalls.add()
        self._say(prompts.no_code_message(self.iteration + 1, self._of))
        return None

    def _say(self, text: str) -> None:
        if self._messages[-1].role == "user":
            text = f"{self._messages.pop().content}\n\n{text}"
        self._messages.append(Message("user", text))

    # -- cells ------------------------------------------------------------------------------------------------

    async def _run_cells(self, blocks: Sequence[Block]) -> list[CellResult]:
        """Run the blocks in order, up to the first that fails or answers."""
        results: list[CellResult] = []
        self._results = results
        for number, block in enumerate(blocks):
            self.cell = number
            results.append(await self._decide_and_run(block.code))
            if results[-1].status != "ok" or results[-1].final is not None:
                break
        return results

    async def _decide_and_run(self, code: str) -> CellResult:
        """Run a cell, in step mode as the person decides."""
        decision = await self._decision(code)
        if decision.action == "answer":
            return CellResult(status="ok", final=Final(source="answer", text=decision.answer))
        if decision.action == "skip":
            return CellResult(status="ok", stdout=prompts.skipped_cell_text())
        if decision.code is None or decision.code == code:
            return await self._run_cell(code)
        result = await self._run_cell(decision.code)
        return replace(result, stdout=f"{prompts.edited_cell_text(decision.code)}\n{result.stdout}")

    async def _decision(self, code: str) -> CellDecision:
        """What becomes of a cell: what was decided on record, in step mode what the person decides."""
        recorded = self.record.decisions.pop((self.iteration, self.cell), None) if self.record is not None else None
        approve = None if self.record is not None and self.record.replies else self.run.approve
        if recorded is None and approve is None:
            return CellDecision()
        place = {"call": self.number, "iteration": self.iteration, "cell": self.cell}
        self.run.emit(ev.CellProposed(**place, code=code))
        if recorded is None and approve is not None:
            recorded = await self._guarded(approve(CellProposal(**place, code=code)))
        decision = recorded or CellDecision()
        self.run.emit(ev.CellDecided(**place, action=decision.action, code=decision.code))
        return decision

    async def _run_cell(self, code: str) -> CellResult:
        assert self._repl is not None
        self.run.emit(ev.CellStarted(call=self.number, iteration=self.iteration, cell=self.cell, code=code))
        running = asyncio.ensure_future(self._repl.run_cell(code, timeout=self._options.cell_timeout))
        limit: LimitExceeded | None = None
        try:
            try:
                result = await self._guarded(asyncio.shield(running))
            except LimitExceeded as reached:
                limit = reached
                result = await self._interrupted(self._repl, running)
        except BaseException as error:
            try:
                await to_the_end(self._abandon(running))
            finally:
                self._emit_abandoned(error)
            raise
        self._emit_finished(result)
        if limit is not None:
            self._results.append(result)
            raise limit
        if result.status == "killed":
            self.run.emit(ev.ReplRestarted(call=self.number, reason=result.error, lost=result.lost))
        return result

    async def _interrupted(self, repl: Repl, running: asyncio.Future[CellResult]) -> CellResult:
        """The result of a cell that is stopped softly, else by force."""
        repl.interrupt()
        done, _ = await asyncio.wait([running], timeout=_INTERRUPT_GRACE)
        if not done:
            await repl.kill()
        return await running

    async def _abandon(self, running: asyncio.Future[CellResult]) -> None:
        await self._sub_calls.aclose()
        await cancel_and_wait(running)

    def _emit_abandoned(self, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            self._emit_finished(CellResult(status="interrupted", error="Cancelled"), status="cancelled")
        else:
            self._emit_finished(CellResult(status="killed", error=f"{type(error).__name__}: {error}"))

    def _emit_finished(self, result: CellResult, *, status: ev.CellStatus | None = None) -> None:
        for stream, output_filter in self._output_filters.items():
            self._emit_output(stream, *output_filter.flush())
        texts = [result.error, result.traceback, *(variable.preview for variable in result.variables)]
        error, traceback, *previews = self.run.redact_short(self.number, texts, "result of a cell")
        variables = zip(result.variables, previews, strict=True)
        self.run.emit(
            ev.CellFinished(
                call=self.number,
                iteration=self.iteration,
                cell=self.cell,
                status=status or result.status,
                error=error,
                traceback=traceback,
                line=result.line,
                duration=result.duration,
                computed=result.computed,
                dropped=result.dropped,
                # A mark may be longer than what it stands for, and a longer preview could not be read again.
                variables=tuple(
                    msgspec.structs.replace(known, preview=cut(text, PREVIEW)) for known, text in variables
                ),
                more_variables=result.more_variables,
                threads=result.threads,
            )
        )

    async def _spawn(self) -> Repl:
        spec = ReplSpec(
            context=self._context.value,
            documents=self._context.summaries,
            maps=self._context.maps,
            history=self.run.history if self.is_root else (),
            memory_limit_mb=self._options.memory_limit_mb,
            mode=self._options.repl_mode,
            libraries=tuple(self._options.repl_libraries),
            tools=self.run.toolbox.specs,
            values=self.run.toolbox.values,
            chance=self._chance,
        )
        return await self.run.repl_host.spawn(
            spec, serve=self._sub_calls.serve, on_output=self._on_output, serve_tool=self._serve_tool
        )

    async def _serve_tool(self, call: ToolCall) -> Any:
        return await call_tool(self.run, call, self.record, at=(self.number, self.iteration, self.cell))

    def _on_output(self, stream: str, text: str) -> None:
        self._emit_output(stream, *self._output_filters[stream].feed(text))

    def _emit_output(self, stream: str, cleaned: str, replaced: dict[str, int]) -> None:
        if replaced:
            self.run.emit(ev.SecretsRedacted(call=self.number, where="output", replaced=replaced))
        if not cleaned:
            return
        self.run.emit(
            ev.CellOutput(
                call=self.number,
                iteration=self.iteration,
                cell=self.cell,
                stream="stderr" if stream == "stderr" else "stdout",
                text=cleaned,
            )
        )

    async def _feedback(self, results: Sequence[CellResult]) -> str:
        cells = [
            prompts.CellShown(
                stdout=result.stdout,
                stderr=result.stderr,
                uncounted=result.dropped - len(dropped_mark(result.dropped)) if result.dropped else 0,
                error=_told_error(result),
                status=result.status,
                variables=[variable.name for variable in result.variables],
                more_variables=result.more_variables,
            )
            for result in results
        ]
        text = prompts.feedback(
            cells, iteration=self.iteration + 1, of=self._of, output_limit=self._options.output_limit_at(self.depth)
        )
        if self._stalls.count:
            told = prompts.repeated_code_message(self.iteration + 1, self._of, times=self._stalls.count)
            text = f"{text}\n\n{told}"
        return await self.run.redact(self.number, text, "output to the model")

    # -- answers ----------------------------------------------------------------------------------------------

    async def _answer(self, final: Final) -> Outcome | None:
        """The outcome of a final answer; None when it has not the form that it must have, and the model is told."""
        text = await self.run.redact(self.number, final.text, "answer")
        value = final.value if text == final.text else None
        output = self.run.output if self.is_root else None
        if self.is_root and output is None and (final.is_none or not text.strip()):
            none = "It is None: say in words what was found, or that nothing was."
            self._reject(none if final.is_none else "It is empty.")
            return None
        if output is not None:
            try:
                value = output.check(msgspec.structs.replace(final, text=text, value=value))
            except ValueError as error:
                self._reject(str(error))
                return None
            self.run.typed_value = value
            value = output.plain(value)
        self.run.emit(ev.AnswerSet(call=self.number, answer=text, source=final.source, value=value))
        return Outcome(EndState.COMPLETED, text, value, iterations=self.iteration)

    async def _text_answer(self, final: TextFinal) -> Outcome | None:
        """A final answer given in the reply's text; None when it named a variable that does not exist."""
        assert self._repl is not None
        name = final.name
        # Models write FINAL(name) and mean the variable (reference/providers.md, recorded gpt-4o runs).
        if final.kind == "FINAL_VAR" or name.isidentifier():
            found = await self._repl.final_var(name)
            if found is not None:
                return await self._answer(found)
            if final.kind == "FINAL_VAR":
                self._reject(f"There is no variable {name!r} in the REPL that can be an answer.")
                return None
        if _F_STRING.match(final.argument):
            self._reject("It is an f-string, and outside a block nothing is computed: write FINAL(...) in a block.")
            return None
        return await self._answer(Final(source="FINAL", text=final.argument))

    def _reject(self, reason: str) -> None:
        self._errors += 1
        self.run.emit(ev.AnswerRejected(call=self.number, reason=reason))
        self._say(prompts.invalid_answer_message(reason))

    async def _last_chance(self, end_state: EndState, reason: str) -> Outcome:
        """Ask once for the best answer so far, if the limit leaves room for it."""
        partial = self._results[-1].final.text if self._results and self._results[-1].final else ""
        failed = Outcome(end_state, partial, error=reason, iterations=self.iteration)
        if end_state in _NO_LAST_CHANCE:
            return failed
        if self._results and self._messages[-1].role == "assistant":
            self._say(await self._feedback(self._results))
        self._say(prompts.last_chance_message(reason))
        self.iteration += 1
        self.run.emit(ev.IterationStarted(call=self.number, iteration=self.iteration, of=self._of))
        try:
            async with asyncio.timeout(self.run.requests.remaining_time()):
                completion = await self._ask(is_last_chance=True)
        except (LimitExceeded, ModelError, TimeoutError):
            return failed
        reply = parse_reply(completion.text, python_fences=False)
        # Code that was asked not to be written is no answer, but it may say one.
        text = reply.prose or ("" if reply.blocks else completion.text)
        source = "text"
        final = reply.final or final_in_code("\n".join(block.code for block in reply.blocks))
        if final is not None:
            text, source, name = final.argument, final.kind, final.name
            if self._repl is not None and name.isidentifier():
                with suppress(Exception):  # whatever ails the REPL, what the model wrote is an answer
                    found = await self._repl.final_var(name)
                    text = found.text if found else text
        text = await self.run.redact(self.number, text.strip(), "answer")
        if text:
            self.run.emit(ev.AnswerSet(call=self.number, answer=text, source=source))
        return Outcome(end_state, text, error=reason, iterations=self.iteration)

    # -- messages ---------------------------------------------------------------------------------------------

    async def _opening(self) -> list[Message]:
        options = self._options
        system = prompts.system_prompt(
            depth=self.depth,
            max_depth=options.max_depth,
            sub_calls=options.sub_calls,
            custom=options.system_prompt,
            output_limit=options.output_limit_at(self.depth),
            tools=self.run.toolbox.described(),
            repl_mode=options.repl_mode,
            libraries=options.repl_libraries,
        )
        is_task = self._question is None
        summary = prompts.summarize_context(self._context.value, is_task=True) if is_task else self._context.summary
        first = prompts.first_message(
            question=self._question,
            context=summary,
            depth=self.depth,
            max_depth=options.max_depth,
            iterations=self._of,
            history=[(str(turn["question"]), str(turn["answer"])) for turn in self.run.history]
            if self.is_root
            else (),
        )
        if self.is_root and self.run.output is not None:
            first = f"{first}\n\n{self.run.output.description()}"
        system, first = await self.run.redact_all(self.number, [system, first], "first message")
        return [Message("system", system), Message("user", first)]

    async def _compact(self) -> None:
        """Near the model's window, replace the conversation by the model's own summary of it.

        The whole conversation stays in the trace, and in the REPL as the variable `conversation`.
        """
        tokens = estimate_tokens(self._messages)
        if tokens < self._options.window * _COMPACT_AT or len(self._messages) <= _COMPACT_MINIMUM:
            return
        request = prompts.compaction_message()
        conversation = [*self._messages, Message("user", request)]
        summary = await self._sub_calls.ask_aside("compaction", self._model, conversation)
        if not summary.strip():
            text = "The model gave no summary: the conversation stays as it is."
            self.run.emit(ev.Noted(call=self.number, level="warning", text=text))
            return
        lost = await self._keep_conversation(self._repl) if self._repl is not None else ""
        self.run.emit(
            ev.Noted(
                call=self.number, text=f"The conversation of about {tokens:,} tokens was replaced by a summary."
            )
        )
        system, first = self._messages[:2]
        self._messages = [system, Message("user", prompts.compacted(first.content, summary))]
        self._sent = 1
        self._stalls.forget()
        if lost:
            self._say(lost)

    async def _keep_conversation(self, repl: Repl) -> str:
        """Put the conversation into the REPL; what to tell the model if its worker was lost since the last cell."""
        plain = [{"role": message.role, "content": message.content} for message in self._messages]
        code = f"conversation = {plain!r}"
        result = await repl.run_cell(code)
        if result.status != "killed":
            return ""
        self.run.emit(ev.ReplRestarted(call=self.number, reason=result.error, lost=result.lost))
        await repl.run_cell(code)
        return _told_error(result)


def _told_error(result: CellResult) -> str:
    """What the model is told of a cell that failed."""
    text = result.traceback or result.error
    if result.status == "timeout" and result.error not in text:
        # The interrupt that stopped it looks like somebody's Ctrl+C.
        text = f"{text.rstrip()}\n{result.error}"
    if result.lost:
        lost = prompts.listed_names(result.lost, result.more_variables)
        text += f"\nThe REPL was started afresh. Variables lost: {lost}."
    return text
