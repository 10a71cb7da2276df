"""One worker process as the host sees it: its cells, its open calls, its deadline, its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass, field
from typing import Any, Literal

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.clock import Clock
from rlm_desktop.repl.launcher import Launched
from rlm_desktop.repl.output import dropped_mark
from rlm_desktop.repl.spec import CellResult, Services
from rlm_desktop.repl.watch import resident

_READY_TIMEOUT = 90.0
"""As for the process that starts workers."""
_EXIT_TIMEOUT = 1.0
_FETCH_TIMEOUT = 10.0
_CPU_SHARE = 2.0
"""Seconds of processor time that a cell may use for each second of its time limit, on several cores."""


@dataclass
class _Running:
    """The cell that runs now."""

    number: int
    timeout: float | None
    done: asyncio.Future[wire.Done]
    clock: Clock = field(default_factory=Clock)
    output: dict[wire.Stream, list[str]] = field(default_factory=lambda: {"stdout": [], "stderr": []})
    room: int = 0
    dropped: int = 0
    stopped: Literal["", "interrupted", "timeout"] = ""
    cpu_before: float | None = None
    timer: asyncio.TimerHandle | None = None


class WorkerHandle:
    """Runs cells in one worker process until that ends.

    Attributes:
        memory_mb: Memory that it was last seen to use.
        is_unmeasured: Whether it has run a cell since then.
        inherited: Bytes of memory that it had when it started; None when it shares a large context.
        death: Why it ended; empty while it lives.
        variables: What the last cell left.
        more_variables: How many it left beside those.
    """

    def __init__(
        self,
        launched: Launched,
        *,
        services: Services,
        output_cap: int,
        grace: float,
    ) -> None:
        self._process = launched.process
        self._has_shared_context = not launched.context
        self._services = services
        self._output_cap = output_cap
        self._grace = grace
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[wire.Ready] = self._loop.create_future()
        self._running: _Running | None = None
        self._calls: dict[int, asyncio.Task[Any]] = {}
        self._fetching: dict[int, asyncio.Future[wire.Fetched]] = {}
        self._fetches = self._answered = 0
        self._kill_reason = ""
        self._is_stopped = False
        self.memory_mb = 0.0
        self.is_unmeasured = False
        self.inherited: int | None = None
        self.death = ""
        self.variables: tuple[wire.Variable, ...] = ()
        self.more_variables = 0
        self._connection = launched.connect(self._received, self._on_lost)
        self._ended: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def scratch(self) -> str:
        """Its folder, where that lies on the person's disk."""
        return self._process.scratch

    @property
    def open_calls(self) -> int:
        """Calls that nobody has answered yet."""
        return sum(not task.done() for task in self._calls.values())

    @property
    def is_usable(self) -> bool:
        """Whether it can run another cell."""
        return not self.death and not self._kill_reason

    @property
    def why_lost(self) -> str:
        """What became of it, in a sentence."""
        return self.death or f"The REPL worker was lost: {self._kill_reason}."

    @property
    def is_running(self) -> bool:
        """Whether a cell runs now."""
        return self._running is not None

    async def begin(self, begin: wire.Begin) -> wire.Ready:
        """Give the worker its namespace and wait until it stands.

        Raises:
            ReplError: It did not start.
        """
        self._connection.send(begin)
        try:
            async with asyncio.timeout(_READY_TIMEOUT):
                ready = await self._ready
        except TimeoutError:
            self.kill("it did not start in time")
            raise ReplError("The REPL worker did not start in time.") from None
        if not self._has_shared_context:
            with contextlib.suppress(OSError):
                self.inherited = resident(self._process.pid)
        self._pause()
        return ready

    async def run(self, number: int, code: str, timeout: float | None) -> CellResult:
        """Run a cell; never raises for what the code does."""
        running = _Running(number, timeout, self._loop.create_future(), room=self._output_cap)
        self._running = running
        self.is_unmeasured = True
        try:
            self._resume()
            self._connection.send(wire.Run(cell=number, code=code))
            self._clock_changed(running)
            done = await running.done
            return self._result(running, done)
        except ReplError as death:
            return self._killed(running, str(death))
        finally:
            self._running = None
            _cancel_timer(running)
            if running.done.cancelled():
                # Whoever waited was cancelled: nobody will ask for this cell's end.
                self.kill("its call was cancelled")

    async def fetch(self, name: str, form: Literal["text", "final"], limit: int) -> wire.Fetched | None:
        """A variable; None when the worker cannot say."""
        self._fetches += 1
        number = self._fetches
        future = self._fetching[number] = self._loop.create_future()
        self._resume()
        self._connection.send(wire.Fetch(id=number, name=name, form=form, limit=limit))
        try:
            for patience in (_FETCH_TIMEOUT, self._grace):
                await asyncio.wait((future,), timeout=patience)
                if future.done():
                    return future.result()
                self._interrupt()  # a repr that the cell's code wrote may be without end
            self.kill("it did not answer")
            return None
        except ReplError:
            return None
        finally:
            self._fetching.pop(number, None)
            self._pause()

    def interrupt(self) -> None:
        """Stop the running cell softly; kill the worker when it has not ended after the grace time."""
        self._stop("interrupted")

    def kill(self, reason: str) -> None:
        """End the process at once."""
        self._kill_reason = self._kill_reason or reason
        self._process.kill()

    def note_cpu(self, seconds: float) -> None:
        """Processor time of its process so far: code must not compute for ever under cover of an open call."""
        running = self._running
        if running is None or running.timeout is None:
            return
        if running.cpu_before is None:
            running.cpu_before = seconds
        elif seconds - running.cpu_before > _CPU_SHARE * running.timeout:
            self._stop("timeout")

    async def aclose(self) -> None:
        """Kill it and wait for its end."""
        self.kill("it was closed")
        for task in self._calls.values():
            task.cancel()
        self._connection.close()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)
        await self._wait_for_exit()
        self._die("The REPL worker was closed.")
        self._process.forget()

    def _received(self, message: wire.FromWorker) -> None:
        match message:
            case wire.Output():
                self._take_output(message)
            case wire.Call() | wire.CallTool():
                self._take_call(message)
            case wire.Done():
                self._take_done(message)
            case wire.Fetched():
                if not self._answered < message.id <= self._fetches:
                    raise wire.WireError("a variable that nobody asked for")
                self._answered = message.id
                future = self._fetching.get(message.id)
                if future is not None and not future.done():
                    future.set_result(message)
            case wire.Ready():
                if not self._ready.done():
                    self._ready.set_result(message)
            case wire.Refused(reason=reason):
                if not self._ready.done():
                    self._ready.set_exception(ReplError(f"The REPL worker could not be confined: {reason}."))
            case _:
                raise wire.WireError("a message out of place")

    def _take_output(self, output: wire.Output) -> None:
        running = self._running
        if running is None or output.cell != running.number:
            return
        kept = output.text[: running.room]
        running.room -= len(kept)
        running.dropped += len(output.text) - len(kept)
        if kept:
            text = f"{dropped_mark(output.dropped)}{kept}" if output.dropped else kept
            running.output[output.stream].append(text)
            self._services.on_output(output.stream, text)

    def _take_done(self, done: wire.Done) -> None:
        running = self._running
        if running is None or done.cell != running.number or running.done.done():
            raise wire.WireError("the end of a cell that does not run")
        running.done.set_result(done)
        self._pause()

    def _take_call(self, call: wire.Call | wire.CallTool) -> None:
        if call.id in self._calls:
            raise wire.WireError("the number of an open call was used again")
        if len(self._calls) >= wire.MAX_OPEN_CALLS:
            raise wire.WireError(f"more than {wire.MAX_OPEN_CALLS} calls at once")
        if self._running is None or self._running.done.done() or self._running.stopped:
            self._refuse(call.id, "no cell is running")
            return
        self._running.clock.pause()
        _cancel_timer_unless_stopped(self._running)
        work = self._ask(call.query) if isinstance(call, wire.Call) else self._services.serve_tool(call.tool)
        task = self._calls[call.id] = self._loop.create_task(work, name="repl call")
        # Not at the end of the task itself: one that is cancelled before its first step has none.
        task.add_done_callback(lambda done: self._answer(call.id, done))

    def _answer(self, number: int, done: asyncio.Task[Any]) -> None:
        self._calls.pop(number, None)
        try:
            self._connection.send(wire.Reply(call=number, results=done.result()))
        except asyncio.CancelledError:
            self._refuse(number, "the call was cancelled")
        except BaseException as error:  # a tool may raise anything, and give what cannot be sent
            self._refuse(number, f"{type(error).__name__}: {error}"[:4_000])
        if not self._calls and self._running is not None:
            self._running.clock.go_on()
            self._clock_changed(self._running)

    def _refuse(self, number: int, why: str) -> None:
        self._connection.send(wire.Reply(call=number, error=why))

    async def _ask(self, query: wire.Query) -> list[str]:
        try:
            results = [str(result) for result in await self._services.serve(query)]
        except Exception as error:
            results = [f"Error: {str(error) or type(error).__name__}"] * len(query.prompts)
        missing = len(query.prompts) - len(results)
        return results[: len(query.prompts)] + ["Error: no response"] * missing

    def _clock_changed(self, running: _Running) -> None:
        """Set the timer for what is left of the cell's time."""
        if running.timeout is not None and not running.stopped and not running.done.done():
            _cancel_timer(running)
            left = max(0.0, running.timeout - running.clock.computed)
            running.timer = self._loop.call_later(left, self._stop, "timeout")

    def _stop(self, why: Literal["interrupted", "timeout"]) -> None:
        running = self._running
        if running is None or running.done.done() or running.stopped:
            return
        running.stopped = why
        _cancel_timer(running)
        self._resume()
        self._interrupt()
        what = "its time limit" if why == "timeout" else "it was interrupted"
        reason = f"the cell did not end within {self._grace:g} s after {what}"
        running.timer = self._loop.call_later(self._grace, self.kill, reason)
        for task in list(self._calls.values()):
            task.cancel()

    def _interrupt(self) -> None:
        if not self._process.interrupt():
            self._connection.send(wire.Interrupt())

    def _result(self, running: _Running, done: wire.Done) -> CellResult:
        status = done.status
        if done.variables or status != "interrupted":  # what is interrupted while it is described has none
            self.variables, self.more_variables = tuple(done.variables), done.more_variables
        if status == "interrupted":
            for task in list(self._calls.values()):
                task.cancel()
        error = done.error
        if status == "interrupted" and running.stopped == "timeout":
            error = f"TimeoutError: the cell computed for longer than {running.timeout:g} s and was stopped"
        return CellResult(
            status="timeout" if status == "interrupted" and running.stopped == "timeout" else status,
            stdout="".join(running.output["stdout"]),
            stderr="".join(running.output["stderr"]),
            error=error,
            traceback=done.traceback,
            line=done.line,
            duration=running.clock.elapsed,
            computed=running.clock.computed,
            dropped=running.dropped + done.dropped,
            variables=self.variables,
            more_variables=self.more_variables,
            threads=done.threads,
            final=done.final,
        )

    def _killed(self, running: _Running, why: str) -> CellResult:
        return CellResult(
            status="killed",
            stdout="".join(running.output["stdout"]),
            stderr="".join(running.output["stderr"]),
            error=why,
            duration=running.clock.elapsed,
            computed=running.clock.computed,
            dropped=running.dropped,
            more_variables=self.more_variables,
            lost=tuple(variable.name for variable in self.variables),
        )

    def _on_lost(self, protocol_error: str) -> None:
        """The worker hung up or broke the protocol: it is done for either way."""
        if protocol_error:
            self._kill_reason = self._kill_reason or f"it broke the protocol: {protocol_error}"
        self._process.go_on()
        self._ended = self._loop.create_task(self._find_death(), name="repl worker end")

    async def _find_death(self) -> None:
        if self._kill_reason:
            self._process.kill()
        code = await self._wait_for_exit()
        self._die(f"The REPL worker was lost: {self._kill_reason or _reason(code)}.")

    async def _wait_for_exit(self) -> int:
        try:
            async with asyncio.timeout(_EXIT_TIMEOUT):
                return await asyncio.shield(self._process.exited)
        except TimeoutError:
            self._process.kill()
            return await self._process.exited

    def _die(self, reason: str) -> None:
        if self.death:
            return
        self.death = reason
        self._connection.close()
        for task in self._calls.values():
            task.cancel()
        waiting: list[asyncio.Future[Any]] = [self._ready, *self._fetching.values()]
        if self._running is not None:
            waiting.append(self._running.done)
        for future in waiting:
            if not future.done():
                future.set_exception(ReplError(reason))
                future.exception()
        self._process.forget()

    def _resume(self) -> None:
        if self._is_stopped:
            self._is_stopped = False
            self._process.go_on()

    def _pause(self) -> None:
        """Between cells the worker is stopped: threads that a cell left must not compute."""
        if not self._is_stopped and not self.death:
            self._is_stopped = True
            self._process.stop()


def _cancel_timer(running: _Running) -> None:
    if running.timer is not None:
        running.timer.cancel()
        running.timer = None


def _cancel_timer_unless_stopped(running: _Running) -> None:
    if not running.stopped:
        _cancel_timer(running)


def _reason(code: int) -> str:
    if code >= 0:
        return f"the code ended the interpreter (exit status {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:  # real-time signals have no names
        name = "a signal ended it"
    return f"{_SIGNALS.get(name, name)} (signal {-code})"


_SIGNALS = {
    "SIGSEGV": "it crashed with a segmentation fault",
    "SIGABRT": "it aborted",
    "SIGKILL": "the system killed it, most likely for want of memory",
    "SIGBUS": "it crashed with a bus error",
    "SIGFPE": "it crashed with an arithmetic fault",
    "SIGSYS": "it made a system call of a foreign kind",
}
