"""Functions and values of the application that the REPL's code may use."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, TypeAlias, cast

from rlm_desktop.engine.events import Usage
from rlm_desktop.errors import UsageError
from rlm_desktop.repl.functions import RESERVED
from rlm_desktop.repl.wire import Tool, ToolCall, plain, unfit

ToolLike: TypeAlias = Any
"""A function, a function with its description `(function, "...")`, or plain data."""


@dataclass(frozen=True, slots=True)
class Billed:
    """What a tool that asked a model returns: the result, and what asking used."""

    result: Any
    usage: Usage
    cost_usd: float | None


class Toolbox:
    """The tools and values of an RLM.

    A tool runs in the application's process: in a thread, or on the loop when it is a coroutine function. What it
    gets and returns is plain data; what it raises is a `RuntimeError` in the cell that names it.

    Raises:
        UsageError: A name that is no Python name, or one that the REPL uses itself; a value that is no plain data.
    """

    def __init__(self, tools: Mapping[str, ToolLike] | None = None) -> None:
        self.values: dict[str, Any] = {}
        self._functions: dict[str, Callable[..., Any]] = {}
        self._descriptions: dict[str, str] = {}
        for name, tool in (tools or {}).items():
            if not name.isidentifier() or iskeyword(name):
                raise UsageError(f"A tool's name must be a Python name; {name!r} is not.")
            if name.removesuffix("_async") in RESERVED:
                raise UsageError(f"A tool may not be called {name!r}: the REPL has that name for something else.")
            self._add(name, tool)

    def _add(self, name: str, tool: ToolLike) -> None:
        pair: list[Any] = list(cast("tuple[Any, ...]", tool)) if isinstance(tool, tuple) else []
        is_described = len(pair) == 2 and callable(pair[0])
        function = cast(Any, pair[0] if is_described else tool)
        if not callable(function):
            if why := unfit(tool):
                raise UsageError(f"The value {name!r} must be text, numbers, lists and dicts: {why}.")
            self.values[name] = plain(tool)
            return
        self._functions[name] = function
        self._descriptions[name] = str(pair[1]) if is_described else inspect.getdoc(function) or ""

    @property
    def specs(self) -> tuple[Tool, ...]:
        """What the REPL needs to know of them."""
        return tuple(Tool(name=name, description=text) for name, text in self._descriptions.items())

    def described(self) -> list[tuple[str, str]]:
        """Signature and description of each, for the prompt."""
        functions = [
            (f"{name}{_signature(self._functions[name])}", text) for name, text in self._descriptions.items()
        ]
        values = [(name, f"a value, {type(value).__name__}") for name, value in self.values.items()]
        return functions + values

    async def call(self, call: ToolCall) -> Any:
        """Do a call. Raises what the function raises."""
        function = self._functions.get(call.name)
        if function is None:
            raise UsageError(f"there is no tool {call.name!r}")
        if inspect.iscoroutinefunction(function):
            result = function(*call.args, **call.kwargs)
        else:
            result = await _in_thread(function, call)
        # Also what a plain function gave: `lambda text: client.search(text)` may be a coroutine's maker.
        return await _awaited(result, call.name) if inspect.isawaitable(result) else result


async def _in_thread(function: Callable[..., Any], call: ToolCall) -> Any:
    """What a function gives, in a thread that nobody waits for at the end: it may never come back."""
    done = Future[Any]()
    context = contextvars.copy_context()

    def work() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(context.run(_called, function, call))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, name=f"tool {call.name}", daemon=True).start()
    return await asyncio.wrap_future(done)


def _called(function: Callable[..., Any], call: ToolCall) -> Any:
    """What a function gives, called in this thread."""
    try:
        return function(*call.args, **call.kwargs)
    except BaseException as error:
        if isinstance(error, _NO_ERRORS) or not isinstance(error, Exception):
            raise _as_error(error, call.name) from error
        raise


async def _awaited(result: Awaitable[Any], name: str) -> Any:
    """What comes of an awaitable."""
    task = asyncio.current_task()
    try:
        return await result
    except (SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise _as_error(error, name) from error


_NO_ERRORS = (StopIteration, CancelledError)
"""What a future takes for something else: who waits for it would wait for ever, or be cancelled."""


def _as_error(error: BaseException, name: str) -> RuntimeError:
    """What ends a program, a loop or a task, as an error of the cell that called `name`."""
    return RuntimeError(f"{name}() raised {type(error).__name__}" + (f": {error}" if str(error) else ""))


def _signature(function: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(function, eval_str=True))
    except Exception:  # annotations may hold anything
        return "(...)"
