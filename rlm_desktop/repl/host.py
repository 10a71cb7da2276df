"""The doors: `ReplHost` starts REPL workers, `Repl` runs cells in one and survives its death."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.handle import WorkerHandle
from rlm_desktop.repl.isolation import HOW_TO_GO_ON, STRICT, UNSAFE, Layers, describe, probe
from rlm_desktop.repl.native import NativeLauncher
from rlm_desktop.repl.spec import (
    CellResult,
    Isolation,
    Mode,
    OnOutput,
    ReplOptions,
    ReplSpec,
    ReplStatus,
    Serve,
    ServeTool,
)
from rlm_desktop.repl.watch import Watch
from rlm_desktop.repl.wire import Final, Query, Tool, ToolCall, Variable

__all__ = [
    "CellResult",
    "Final",
    "Isolation",
    "Query",
    "Repl",
    "ReplHost",
    "ReplOptions",
    "ReplSpec",
    "ReplStatus",
    "Tool",
    "ToolCall",
    "Variable",
]


class ReplHost:
    """Starts REPL workers. One for the application; all its methods belong to one running loop."""

    def __init__(
        self,
        options: ReplOptions = ReplOptions(),  # noqa: B008 (frozen)
        *,
        layers: Layers | None = None,
    ) -> None:
        """Get ready, without starting anything.

        Args:
            options: What holds for all REPLs.
            layers: What confines the workers; None: what this machine can do, found by trying.
        """
        self._options = options
        self._layers = layers
        self._launchers: dict[Mode, NativeLauncher] = {}
        self._watch = Watch(options.memory_budget_mb, self._workers)
        self._repls: set[Repl] = set()
        self._is_closed = False

    @property
    def isolation(self) -> Isolation:
        """What confines the workers here. Tries the layers at the first use, which takes some 20 ms."""
        if self._layers is None:
            self._layers = probe(self._options.libraries)
        return describe(self._layers)

    def isolation_of(self, mode: Mode) -> Isolation:
        """What confines the cells of a REPL of this mode."""
        return {"unsafe": UNSAFE, "strict": STRICT}.get(mode) or self.isolation

    async def start(self) -> Isolation:
        """Get ready to start workers quickly; `spawn` does it too. Worth calling when the application starts.

        Raises:
            ReplError: Workers cannot be started; never raised only because they cannot be confined.
        """
        if self._layers is None:
            self._layers = await asyncio.to_thread(probe, self._options.libraries)
        if self.isolation.tier != "C":
            await self._launcher("confined").start()
        return self.isolation

    async def spawn(
        self, spec: ReplSpec, *, serve: Serve, on_output: OnOutput, serve_tool: ServeTool | None = None
    ) -> Repl:
        """A REPL whose worker stands.

        Args:
            spec: What it is to be.
            serve: Answers the queries of its cells.
            on_output: Takes what its cells print, while they run.
            serve_tool: Does what `spec.tools` promise.

        Raises:
            ReplError: No worker could be started.
        """
        if self._is_closed:
            raise ReplError("The REPL host is closed.")
        await self.start()
        launcher = self._launcher(spec.mode)
        repl = Repl(launcher, self._options, spec, serve, on_output, serve_tool, self._repls.discard)
        self._repls.add(repl)
        launcher.hold(spec)
        self._watch.start()
        try:
            await repl.start()
        except BaseException:
            await repl.aclose()
            raise
        return repl

    async def aclose(self) -> None:
        """End all workers."""
        self._is_closed = True
        await asyncio.gather(*(repl.aclose() for repl in list(self._repls)))
        await asyncio.gather(self._watch.aclose(), *(launcher.aclose() for launcher in self._launchers.values()))

    def _workers(self) -> list[WorkerHandle]:
        return [worker for repl in self._repls if (worker := repl.worker) is not None]

    def _launcher(self, mode: Mode) -> NativeLauncher:
        if mode not in self._launchers:
            self._launchers[mode] = self._new_launcher(mode)
        return self._launchers[mode]

    def _new_launcher(self, mode: Mode) -> NativeLauncher:
        assert self._layers is not None
        if mode == "unsafe":
            return NativeLauncher(self._options, Layers(None, landlock=False, seccomp=False))
        if self.isolation.tier == "C":
            raise ReplError(f"{self.isolation.description}. {HOW_TO_GO_ON}")
        return NativeLauncher(self._options, self._layers)


class Repl:
    """The REPL of one call."""

    def __init__(
        self,
        launcher: NativeLauncher,
        options: ReplOptions,
        spec: ReplSpec,
        serve: Serve,
        on_output: OnOutput,
        serve_tool: ServeTool | None,
        on_closed: Callable[[Repl], None],
    ) -> None:
        self._on_closed = on_closed
        self._launcher = launcher
        self._options = options
        self._spec = spec
        self._serve = serve
        self._on_output = on_output
        self._serve_tool = serve_tool
        self._lock = asyncio.Lock()
        self._worker: WorkerHandle | None = None
        self._is_loss_told = False
        self._cells = 0
        self._restarts = 0
        self._is_closed = False

    @property
    def worker(self) -> WorkerHandle | None:
        """The worker that can run cells now, if there is one."""
        return self._worker if self._worker is not None and self._worker.is_usable else None

    async def start(self) -> None:
        """Start the worker, if none lives.

        Raises:
            ReplError: It could not be started.
        """
        if self._worker is not None:
            if self._worker.is_usable:
                return
            await self._worker.aclose()
            self._worker = None
            self._restarts += 1
        sock, process, context = await self._launcher.launch(self._spec)
        worker = WorkerHandle(
            sock,
            process,
            serve=self._serve,
            serve_tool=self._serve_tool,
            on_output=self._on_output,
            output_cap=self._spec.output_cap,
            grace=self._options.grace,
            has_shared_context=not context,
        )
        try:
            self._launcher.confirm(await worker.begin(self._begin(context)))
        except BaseException:
            await worker.aclose()
            raise
        self._worker = worker

    async def run_cell(self, code: str, *, timeout: float | None = None) -> CellResult:
        """Run a cell.

        Never raises for what the code does: when the worker dies the status is "killed", and the next cell gets a
        fresh worker.

        Args:
            code: Python, with top-level `await` if it likes.
            timeout: Seconds that it may compute; waiting for models does not count.

        Raises:
            ReplError: The REPL is closed.
        """
        async with self._lock:
            if self._is_closed:
                raise ReplError("The REPL is closed.")
            self._cells += 1
            if lost := self._untold_loss():
                return lost
            try:
                await self.start()
            except ReplError as error:
                return CellResult(status="killed", error=str(error))
            assert self._worker is not None
            result = await self._worker.run(self._cells, code, timeout)
            self._is_loss_told = result.status == "killed"
            return result

    def _untold_loss(self) -> CellResult | None:
        """What to tell when the worker died between two cells with variables in it."""
        worker = self._worker
        if worker is None or worker.is_usable or self._is_loss_told or not worker.variables:
            return None
        self._is_loss_told = True
        lost = tuple(variable.name for variable in worker.variables)
        return CellResult(status="killed", error=worker.why_lost, lost=lost)

    def interrupt(self) -> None:
        """Stop the running cell softly, keeping the variables; killed when it has not ended after the grace."""
        if self._worker is not None:
            self._worker.interrupt()

    async def kill(self) -> None:
        """Kill the worker at once; the next cell gets a fresh one."""
        if self._worker is not None:
            self._is_loss_told = True
            self._worker.kill("it was stopped")
            await self._worker.aclose()

    def status(self) -> ReplStatus:
        """What it is doing."""
        worker = self._worker
        if self._is_closed:
            return ReplStatus("closed", cells=self._cells, restarts=self._restarts)
        if worker is None or not worker.is_usable:
            return ReplStatus("dead", cells=self._cells, restarts=self._restarts)
        state = "running" if worker.is_running else "idle"
        return ReplStatus(state, worker.open_calls, self._cells, self._restarts, worker.pid, worker.memory_mb)

    async def final_var(self, name: str) -> Final | None:
        """The variable `name` as a final answer; None when there is none."""
        async with self._lock:
            if self._worker is None or not self._worker.is_usable:
                return None
            fetched = await self._worker.fetch(name, "final", 0)
            return fetched.final if fetched is not None else None

    async def variable(self, name: str, limit: int = 65536) -> str | None:
        """The variable `name` as text of at most about `limit` characters; None when there is none."""
        async with self._lock:
            if self._worker is None or not self._worker.is_usable:
                return None
            fetched = await self._worker.fetch(name, "text", limit)
            return fetched.text if fetched is not None else None

    async def aclose(self) -> None:
        """End the worker for good."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._worker is not None:
            await self._worker.aclose()
        await self._launcher.release(self._spec)
        self._on_closed(self)

    def _begin(self, context: bytes) -> wire.Begin:
        spec = self._spec
        return wire.Begin(
            context=context,
            documents=list(spec.documents),
            history=list(spec.history),
            tools=list(spec.tools),
            values=dict(spec.values),
            output_cap=spec.output_cap,
            first_cell=self._cells,
        )
