"""What a REPL is asked to be, and what it tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from rlm_desktop.repl.wire import DocumentMap, Final, Query, Tool, ToolCall, Variable

Serve: TypeAlias = Callable[[Query], Awaitable[list[str]]]
"""Answers a query with one text for each prompt."""
ServeTool: TypeAlias = Callable[[ToolCall], Coroutine[Any, Any, Any]]
"""Does what a tool is for; returns plain data."""
OnOutput: TypeAlias = Callable[[str, str], None]
"""Takes what a cell prints while it runs: stream and text."""
Mode: TypeAlias = Literal["confined", "strict", "unsafe"]
"""Real Python that is confined or refused; a restricted interpreter; real Python without confinement."""
Tier: TypeAlias = Literal["A", "B", "B2", "C", "strict", "unsafe"]


async def no_tools(call: ToolCall) -> Any:
    """Serves REPLs that were promised none: their code may ask all the same."""
    raise NameError(f"there is no tool {call.name!r}")


@dataclass(frozen=True)
class Services:
    """What the application does for a REPL.

    Attributes:
        serve: Answers the queries of its cells.
        on_output: Takes what its cells print, while they run.
        serve_tool: Does what the tools promise.
    """

    serve: Serve
    on_output: OnOutput
    serve_tool: ServeTool


@dataclass(frozen=True)
class ReplOptions:
    """What holds for all REPLs of a host.

    Attributes:
        grace: Seconds that a cell has to end after a soft interrupt; then its worker is killed.
        memory_budget_mb: Memory of all workers together; above it the largest is killed. None: three quarters of
            what the machine has free when the first worker starts.
    """

    grace: float = 1.0
    memory_budget_mb: int | None = None


@dataclass(frozen=True)
class ReplSpec:
    """One REPL.

    Attributes:
        context: What `context` holds.
        documents: Name, kind, characters, pages and outline of each loaded document.
        maps: Where the characters of each document came from, in the same order.
        history: Earlier questions, answers and variables of the session.
        memory_limit_mb: Memory of the worker on top of a shared context.
        output_cap: Characters kept of one cell's output, its beginning and its end; the rest is counted.
        tools: Functions of the application that cells may call.
        values: Further variables, of plain data.
        mode: What runs the cells. "unsafe" must be chosen by the person, for this run only.
        chance: What its random numbers are drawn from: the same cells with the same chance draw the same ones.
            Without, they are new each time.
        libraries: Installed libraries that cells of real Python may import besides the standard library, as numpy
            and pandas.
    """

    context: str | list[Any] | dict[str, Any]
    documents: tuple[dict[str, Any], ...] = ()
    maps: tuple[DocumentMap, ...] = ()
    history: tuple[dict[str, Any], ...] = ()
    memory_limit_mb: int = 2048
    output_cap: int = 1_000_000
    tools: tuple[Tool, ...] = ()
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    mode: Mode = "confined"
    libraries: tuple[str, ...] = ()
    chance: str = ""


@dataclass(frozen=True)
class CellResult:
    """How a cell ended.

    Attributes:
        status: "killed" means that the worker died: the next cell gets a fresh one.
        error: One line, as `ZeroDivisionError: division by zero`; for a killed worker what happened to it.
        traceback: With the failing line of the cell.
        line: The failing line, from 1; 0 when not known.
        duration: Seconds, waiting for models included; `computed` without that waiting.
        dropped: Characters of output over the cap.
        variables: Variables of the model after the cell, largest change first.
        more_variables: How many there are beside those, or beside `lost`.
        threads: Threads that the cell left running.
        final: The final answer, if the cell gave one.
        lost: Names of the variables that died with the worker.
    """

    status: Literal["ok", "error", "interrupted", "timeout", "killed"]
    stdout: str = ""
    stderr: str = ""
    error: str = ""
    traceback: str = ""
    line: int = 0
    duration: float = 0.0
    computed: float = 0.0
    dropped: int = 0
    variables: tuple[Variable, ...] = ()
    more_variables: int = 0
    threads: int = 0
    final: Final | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Isolation:
    """What confines the workers.

    Attributes:
        tier: A to C as in the documentation, or the mode that replaces real Python.
        description: One sentence for the status line.
        detail: The layers that hold, and what is missing with the way to get it.
    """

    tier: Tier
    description: str
    detail: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Tier and description, as a run's trace keeps them."""
        return self.description if self.tier in ("strict", "unsafe") else f"tier {self.tier}: {self.description}"
