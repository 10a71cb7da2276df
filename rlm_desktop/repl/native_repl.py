"""A REPL of real Python."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.doors import Repl
from rlm_desktop.repl.handle import WorkerHandle
from rlm_desktop.repl.launcher import Launcher, starting
from rlm_desktop.repl.spec import CellResult, ReplOptions, ReplSpec, Services
from rlm_desktop.repl.wire import Final


class NativeRepl(Repl):
    """Real Python in a worker process, which may die and be replaced."""

    def __init__(
        self,
        launcher: Launcher,
        options: ReplOptions,
        spec: ReplSpec,
        services: Services,
        on_closed: Callable[[Repl], None],
    ) -> None:
        self._on_closed = on_closed
        self._launcher = launcher
        self._options = options
        self._spec = spec
        self._services = services
        self._lock = asyncio.Lock()
        self._worker: WorkerHandle | None = None
        self._is_loss_told = False
        self._cells = 0
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
        self._worker = await self._begun(is_last=False) or await self._begun(is_last=True)

    async def _begun(self, *, is_last: bool) -> WorkerHandle | None:
        """A worker that stands; None when it died before that, as its zygote may do for want of memory.

        Raises:
            ReplError: It could not be started, or died although it was the `is_last` one to be tried.
        """
        with starting():
            launched = await self._launcher.launch(self._spec)
        worker = WorkerHandle(
            launched,
            services=self._services,
            output_cap=self._spec.output_cap,
            grace=self._options.grace,
        )
        try:
            self._launcher.confirm(await worker.begin(self._begin(launched.context)))
        except BaseException as error:
            has_died = bool(worker.death)
            await worker.aclose()
            if is_last or not (has_died and isinstance(error, ReplError)):
                raise
            return None
        return worker

    async def run_cell(self, code: str, *, timeout: float | None = None) -> CellResult:
        """See `Repl`."""
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
        more = worker.more_variables
        return CellResult(status="killed", error=worker.why_lost, lost=lost, more_variables=more)

    def interrupt(self) -> None:
        """See `Repl`."""
        if self._worker is not None:
            self._worker.interrupt()

    async def kill(self) -> None:
        """See `Repl`."""
        if self._worker is not None:
            self._is_loss_told = True
            self._worker.kill("it was stopped")
            await self._worker.aclose()

    async def final_var(self, name: str) -> Final | None:
        """See `Repl`."""
        async with self._lock:
            if self._worker is None or not self._worker.is_usable:
                return None
            fetched = await self._worker.fetch(name, "final", 0)
            return fetched.final if fetched is not None else None

    async def variable(self, name: str, limit: int = 65536) -> str | None:
        """See `Repl`."""
        async with self._lock:
            if self._worker is None or not self._worker.is_usable:
                return None
            fetched = await self._worker.fetch(name, "text", limit)
            return fetched.text if fetched is not None else None

    async def aclose(self) -> None:
        """See `Repl`."""
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
            maps=list(spec.maps),
            chance=spec.chance,
        )
