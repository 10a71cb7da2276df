"""The host of all REPLs, and the names that the rest of the application needs of them."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from typing import TYPE_CHECKING

from rlm_desktop.errors import ReplError
from rlm_desktop.repl.doors import Repl
from rlm_desktop.repl.handle import WorkerHandle
from rlm_desktop.repl.isolation import HOW_TO_GO_ON, STRICT, UNSAFE, Layers, describe, probe, with_libraries
from rlm_desktop.repl.launcher import Launcher, starting
from rlm_desktop.repl.native_repl import NativeRepl
from rlm_desktop.repl.spec import (
    CellResult,
    Isolation,
    Mode,
    OnOutput,
    ReplOptions,
    ReplSpec,
    Serve,
    ServeTool,
    Services,
    no_tools,
)
from rlm_desktop.repl.watch import Watch
from rlm_desktop.repl.wire import Final, Query, Tool, ToolCall, Variable

if TYPE_CHECKING:
    from rlm_desktop.repl.strict import StrictPool

__all__ = [
    "CellResult",
    "Final",
    "Isolation",
    "Query",
    "Repl",
    "ReplHost",
    "ReplOptions",
    "ReplSpec",
    "Tool",
    "ToolCall",
    "Variable",
]


class ReplHost:
    """Starts REPL workers. One for the application; all its methods belong to one running loop."""

    def __init__(
        self,
        options: ReplOptions = ReplOptions(),
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
        self._launchers: dict[tuple[Mode, tuple[str, ...]], Launcher] = {}
        self._watch = Watch(options.memory_budget_mb, self._workers)
        self._strict: StrictPool | None = None
        self._repls: set[Repl] = set()
        self._is_closed = False

    @property
    def isolation(self) -> Isolation:
        """What confines the workers here. Tries the layers at the first use, which takes some 20 ms."""
        if self._layers is None:
            self._layers = probe()
        return describe(self._layers)

    def isolation_of(self, mode: Mode) -> Isolation:
        """What confines the cells of a REPL of this mode."""
        return {"unsafe": UNSAFE, "strict": STRICT}.get(mode) or self.isolation

    async def find_isolation(self, mode: Mode = "confined") -> Isolation:
        """The same, without holding up the loop."""
        if self._layers is None:
            self._layers = await asyncio.to_thread(probe)
        return self.isolation_of(mode)

    async def start(self, mode: Mode = "confined", libraries: tuple[str, ...] = ()) -> Isolation:
        """Get ready to start workers quickly; `spawn` does it too. Worth calling when the application starts.

        Args:
            mode: That of the REPLs to come.
            libraries: Theirs.

        Returns:
            What confines them; tier C means that they will be refused.

        Raises:
            ReplError: Workers cannot be started; never raised only because they cannot be confined.
        """
        isolation = await self.find_isolation(mode)
        if mode == "strict":
            _check_strict()
        elif isolation.tier != "C":
            with starting():
                await self._launcher(mode, libraries).start()
        return isolation

    async def spawn(
        self, spec: ReplSpec, *, serve: Serve, on_output: OnOutput, serve_tool: ServeTool = no_tools
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
        services = Services(serve, on_output, serve_tool)
        if spec.mode == "strict":
            return await self._spawn_strict(spec, services)
        await self.start(spec.mode, spec.libraries)
        launcher = self._launcher(spec.mode, spec.libraries)
        repl = NativeRepl(launcher, self._options, spec, services, self._closed)
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
        if self._strict is not None:
            await self._strict.aclose()

    async def _spawn_strict(self, spec: ReplSpec, services: Services) -> Repl:
        _check_strict()
        from rlm_desktop.repl.strict import StrictPool

        if self._strict is None:
            self._strict = StrictPool()
        repl = await self._strict.spawn(spec, services, self._closed)
        self._repls.add(repl)
        return repl

    def _closed(self, repl: Repl) -> None:
        self._repls.discard(repl)
        if not self._repls:
            self._watch.rest()

    def _workers(self) -> list[WorkerHandle]:
        found = (repl.worker for repl in self._repls if isinstance(repl, NativeRepl))
        return [worker for worker in found if worker is not None]

    def _launcher(self, mode: Mode, libraries: tuple[str, ...]) -> Launcher:
        key = mode, libraries
        if key not in self._launchers:
            self._launchers[key] = self._new_launcher(mode, libraries)
        return self._launchers[key]

    def _new_launcher(self, mode: Mode, libraries: tuple[str, ...]) -> Launcher:
        layers = self._layers
        assert layers is not None
        if mode == "unsafe":
            layers = Layers()
        elif self.isolation.tier == "C":
            raise ReplError(f"{self.isolation.description}. {HOW_TO_GO_ON}")
        layers = with_libraries(layers, libraries)
        if sys.platform == "linux" and layers.starts_by_forking:
            from rlm_desktop.repl.native import NativeLauncher

            return NativeLauncher(libraries, layers)
        if sys.platform == "win32":
            from rlm_desktop.repl.windows import WindowsLauncher

            return WindowsLauncher(libraries, layers)
        from rlm_desktop.repl.fresh import FreshLauncher

        return FreshLauncher(libraries, layers)


def _check_strict() -> None:
    if importlib.util.find_spec("pydantic_monty") is None:
        raise ReplError(
            "Strict mode needs the library pydantic-monty: pip install pydantic-monty, or on Debian and Ubuntu "
            "install the package rlm-desktop-libraries."
        )
