"""Strict mode: cells run in Monty, an interpreter of its own for a part of Python, instead of real Python.

It needs nothing of the operating system, so it is what remains where workers cannot be confined. Optional: the
library `pydantic-monty`. What its models must know is in `resources/prompts/python.strict.md`. Sources: https://pypi.org/project/pydantic-monty/
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeVar, cast

import pydantic_monty as monty

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import describe, wire
from rlm_desktop.repl.clock import Clock
from rlm_desktop.repl.context import room_left
from rlm_desktop.repl.doors import Repl
from rlm_desktop.repl.functions import FUNCTIONS, bare_name, make_query, prompt_text, submitted
from rlm_desktop.repl.output import HeadAndTail, dropped_mark
from rlm_desktop.repl.places import Places
from rlm_desktop.repl.spec import CellResult, ReplSpec, Services
from rlm_desktop.repl.wire import Final

_T = TypeVar("_T")
_MAX_SESSIONS = 512
_PORTION = 1 << 18
"""Characters that are given to an interpreter at once: other threads stand still while they are converted."""
_FINALS = ("FINAL", "FINAL_VAR", "SUBMIT")
_DESCRIBE = """
def _repl_describe(value):
    kind = type(value).__name__
    if kind == 'str':
        return [kind, len(value), repr(value[:200])]
    if kind in ('list', 'dict', 'tuple', 'set', 'bytes', 'frozenset'):
        return [kind, len(value), repr(value)[:200]]
    return [kind, None, repr(value)[:200]]
"""


class StrictPool:
    """The interpreters of one host."""

    def __init__(self) -> None:
        self._pool: monty.AsyncMonty | None = None
        self._opening = asyncio.Lock()

    async def spawn(
        self,
        spec: ReplSpec,
        services: Services,
        on_closed: Callable[[Repl], None],
    ) -> StrictRepl:
        """A REPL whose interpreter stands."""
        async with self._opening:  # nobody may have it before it is open
            pool = self._pool
            if pool is None:
                pool = monty.AsyncMonty(max_processes=_MAX_SESSIONS)
                await pool.__aenter__()
                self._pool = pool
        given = await asyncio.to_thread(_given, spec)  # a context may be of any length
        repl = StrictRepl(pool, spec, given, services, on_closed)
        await repl.start()
        return repl

    async def aclose(self) -> None:
        """End all interpreters."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.__aexit__(None, None, None)


class _Cell:
    """The running cell: what it printed, asked and answered."""

    def __init__(self, code: str, cap: int) -> None:
        self.code = wire.plain(code)
        self.clock = Clock()
        self.output: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self.kept = HeadAndTail(cap)
        self.pending: dict[int, asyncio.Task[Any]] = {}
        self.open_calls = 0
        self.final: Final | None = None
        self.final_name = ""
        self.stopped = ""


class StrictRepl(Repl):
    """A REPL in Monty. A cell that is stopped takes its variables with it."""

    def __init__(
        self,
        pool: monty.AsyncMonty,
        spec: ReplSpec,
        given: dict[str, Any],
        services: Services,
        on_closed: Callable[[Repl], None],
    ) -> None:
        """`given` are the variables that are there before the first cell."""
        self._pool = pool
        self._spec = spec
        self._services = services
        self._on_closed = on_closed
        self._tools = {tool.name for tool in spec.tools}
        self._places = Places(spec.context, spec.documents, spec.maps).functions()
        self._lock = asyncio.Lock()
        self._tool_slots = asyncio.Semaphore(wire.MAX_OPEN_CALLS)
        self._given = given
        self._loop = asyncio.get_running_loop()
        self._session: monty.AsyncMontySession | None = None
        self._names: dict[str, None] = {}
        self._spoilt: set[str] = set()
        self._variables: dict[str, wire.Variable] = {}
        self._more_variables = 0
        self._cell: _Cell | None = None
        self._feeding: asyncio.Task[Any] | None = None
        self._is_closed = False

    async def start(self) -> None:
        """Start the interpreter, if none lives."""
        if self._session is not None:
            return
        limits = monty.ResourceLimits(max_memory=self._spec.memory_limit_mb << 20, max_suspensions=10_000_000)
        session = self._pool.checkout(limits=limits)
        try:
            await session.__aenter__()
        except (monty.MontyError, RuntimeError) as error:
            raise ReplError(f"The strict interpreter could not be started: {error}") from error
        self._session = session
        try:
            for code, portion in _portions(self._given):
                await session.feed_run(code, inputs={"_repl_given": portion})
            await session.feed_run(_DESCRIBE)
        except BaseException as error:
            await self._lose()
            if isinstance(error, monty.MontyError | RuntimeError):
                raise ReplError(f"The strict interpreter could not be started: {error}") from error
            raise

    async def run_cell(self, code: str, *, timeout: float | None = None) -> CellResult:
        """See `Repl`."""
        async with self._lock:
            if self._is_closed:
                raise ReplError("The REPL is closed.")
            await self.start()
            self._cell = cell = _Cell(code, self._spec.output_cap)
            self._feeding = self._loop.create_task(self._feed(cell), name="repl strict cell")
            if timeout is not None:
                self._check_time(cell, timeout)
            try:
                return await self._outcome(cell, self._feeding)
            except asyncio.CancelledError:
                await self._lose()
                raise
            finally:
                for task in cell.pending.values():
                    task.cancel()
                self._cell = self._feeding = None

    def interrupt(self) -> None:
        """See `Repl`."""
        self._stop("interrupted")

    async def kill(self) -> None:
        """See `Repl`."""
        self._stop("stopped")
        async with self._lock:
            await self._lose()

    async def final_var(self, name: str) -> Final | None:
        """See `Repl`."""
        async with self._lock:
            return await self._final_of(bare_name(name))

    async def variable(self, name: str, limit: int = 65536) -> str | None:
        """See `Repl`."""
        async with self._lock:
            found = await self._value(name)
            if found is None:
                return None
            (value,) = found
            return value[:limit] if isinstance(value, str) else describe.brief(value, limit)

    async def aclose(self) -> None:
        """See `Repl`."""
        if self._is_closed:
            return
        self._is_closed = True
        self._stop("closed")
        async with self._lock:
            await self._lose()
        self._on_closed(self)

    async def _outcome(self, cell: _Cell, feeding: asyncio.Task[Any]) -> CellResult:
        try:
            await asyncio.shield(feeding)
        except monty.MontyCrashedError as error:
            return await self._killed(cell, f"the interpreter ended: {error}")
        except monty.MontyError as error:
            if cell.final is None and not cell.final_name:
                return await self._failed(cell, error)
        except RuntimeError as error:
            return await self._killed(cell, str(error))
        except asyncio.CancelledError:
            if not cell.stopped:
                feeding.cancel()
                raise
            return await self._killed(cell, f"the cell {cell.stopped} and strict mode cannot keep its variables")
        if cell.final_name:
            cell.final = await self._final_of(cell.final_name)
            if cell.final is None:
                error = f"NameError: FINAL_VAR: there is no variable {cell.final_name!r}. {self._shown()}"
                return await self._done(cell, "error", error=error)
        return await self._done(cell, "ok")

    async def _feed(self, cell: _Cell) -> None:
        assert self._session is not None
        given = {"context_0", "documents", "history", "answer"}
        spoilt, self._spoilt = self._spoilt, given.intersection(_assigned(cell.code))
        if "context_0" in spoilt:
            await self._session.feed_run("context_0 = _repl_context")
        reserved = {name: self._given[name] for name in spoilt - {"context_0"}}

        def printed(stream: str, text: str) -> None:
            self._loop.call_soon_threadsafe(self._printed, cell, stream, text)

        step = await self._session.feed_start(cell.code, inputs=reserved, print_callback=printed)
        while not isinstance(step, monty.MontyComplete):
            if isinstance(step, monty.AsyncFunctionSnapshot):
                step = await self._answer(cell, step)
            elif isinstance(step, monty.AsyncNameLookupSnapshot):
                known = self._is_function(step.variable_name)
                step = await (step.resume(value=_stand_in(step.variable_name)) if known else step.resume())
            else:
                step = await self._settle(cell, step)
        if step.output is not None and not cell.code.rstrip().endswith(";"):
            self._printed(cell, "stdout", describe.brief(step.output, 1_000_000) + "\n")

    def _is_function(self, name: str) -> bool:
        base = name.removesuffix("_async")
        own = (*_FINALS, "SHOW_VARS", *self._places)
        return base in FUNCTIONS or name in own or bool(self._tool(name))

    def _tool(self, name: str) -> str:
        """The tool that the code calls so, by its own name or by that of its awaitable form; empty for none."""
        return next((tool for tool in (name, name.removesuffix("_async")) if tool in self._tools), "")

    async def _answer(self, cell: _Cell, call: Any) -> Any:
        name = str(call.function_name)
        if call.is_os_function:
            return await call.resume_not_handled()
        if not self._is_function(name):
            return await call.resume({"exc_type": "NameError", "message": f"name {name!r} is not defined"})
        try:
            if name in _FINALS:
                self._finish(cell, name, call.args, call.kwargs)
                return await call.resume({"exc_type": "SystemExit", "message": name})
            if name == "SHOW_VARS":
                return await call.resume({"return_value": self._shown()})
            if name in self._places:
                return await call.resume({"return_value": self._places[name](*call.args, **call.kwargs)})
            line = cell.code.encode()[: call.position.start].count(b"\n") + 1
            work = self._work(cell, name, line, call.args, call.kwargs)
        except (TypeError, ValueError, IndexError) as error:
            return await call.resume({"exc_type": type(error).__name__, "message": str(error)})
        except monty.MontyError:
            raise
        except Exception as error:  # what hostile arguments do to a helper is an error of the cell
            return await call.resume({"exc_type": "RuntimeError", "message": f"{type(error).__name__}: {error}"})
        if name.endswith("_async") and name not in self._tools:
            cell.pending[call.call_id] = self._loop.create_task(work, name="repl strict call")
            return await call.resume({"future": ...})
        return await call.resume(await _settled(work))

    async def _settle(self, cell: _Cell, step: Any) -> Any:
        waiting = {number: cell.pending[number] for number in step.pending_call_ids}
        await asyncio.wait(waiting.values(), return_when=asyncio.FIRST_COMPLETED)
        ready = {number: cell.pending.pop(number) for number, task in waiting.items() if task.done()}
        return await step.resume({number: await _settled(task) for number, task in ready.items()})

    def _work(self, cell: _Cell, name: str, line: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a call of the code asks of the application, as a coroutine.

        Raises:
            TypeError: The arguments do not fit.
            ValueError: They do not fit.
        """
        if tool := self._tool(name):
            call = wire.ToolCall(name=tool, args=describe.plain_data(list(args)), kwargs=kwargs, line=line)
            return self._counted(cell, self._use_tool(call))
        function = FUNCTIONS[name.removesuffix("_async")]
        prompts, model, most = _arguments(name, function, *args, **kwargs)
        query = make_query(function, name, prompts, model, most, line)
        return self._counted(cell, self._ask(query)) if prompts else _nothing()

    async def _counted(self, cell: _Cell, work: Any) -> Any:
        cell.open_calls += 1
        cell.clock.pause()
        try:
            return await work
        finally:
            cell.open_calls -= 1
            if not cell.open_calls:
                cell.clock.go_on()

    async def _ask(self, query: wire.Query) -> Any:
        try:
            results = await self._services.serve(query)
        except Exception as error:
            results = [f"Error: {str(error) or type(error).__name__}"] * len(query.prompts)
        return results if query.function.endswith("_batch") else results[0]

    async def _use_tool(self, call: wire.ToolCall) -> Any:
        async with self._tool_slots:  # each call may take a thread of the application
            return await self._services.serve_tool(call)

    def _finish(self, cell: _Cell, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if cell.final is not None or cell.final_name:
            return
        given = [*args, *kwargs.values()]
        if name == "SUBMIT":
            cell.final = submitted(args, kwargs)
        elif len(given) != 1 or not kwargs.keys() <= {"name" if name == "FINAL_VAR" else "answer"}:
            raise TypeError(f"{name}() takes one argument")
        elif name == "FINAL_VAR" and isinstance(given[0], str) and bare_name(given[0]).isidentifier():
            cell.final_name = bare_name(given[0])
        else:
            cell.final = describe.final(cast(wire.FinalSource, name), given[0])

    def _printed(self, cell: _Cell, stream: str, text: str) -> None:
        kept = cell.kept.beginning(cast(wire.Stream, stream), text)
        if kept:
            self._show(cell, stream, kept)

    def _show_end(self, cell: _Cell) -> None:
        """Show the end of a long output, which the cell's own end has told."""
        for number, (stream, text) in enumerate(cell.kept.end()):
            mark = dropped_mark(cell.kept.dropped) if cell.kept.dropped and number == 0 else ""
            self._show(cell, stream, mark + text)

    def _show(self, cell: _Cell, stream: str, text: str) -> None:
        cell.output[stream].append(text)
        self._services.on_output(stream, text)

    def _check_time(self, cell: _Cell, timeout: float) -> None:
        """Stop the cell when its time is over, else look again when it may be."""
        left = timeout - cell.clock.computed
        if self._cell is cell and left > 0:
            self._loop.call_later(max(0.01, left), self._check_time, cell, timeout)
        elif self._cell is cell:
            self._stop(f"computed for longer than {timeout:g} s")

    def _stop(self, why: str) -> None:
        if self._cell is not None and self._feeding is not None and not self._cell.stopped:
            self._cell.stopped = "was " + why if why in ("interrupted", "stopped", "closed") else why
            self._feeding.cancel()

    async def _failed(self, cell: _Cell, error: monty.MontyError) -> CellResult:
        if not isinstance(error, monty.MontyRuntimeError | monty.MontySyntaxError):
            return await self._killed(cell, str(error))
        frames = error.traceback()
        text = error.display("traceback")
        return await self._done(
            cell, "error", error=error.display("type-msg"), traceback=text, line=frames[-1].line if frames else 0
        )

    async def _done(
        self, cell: _Cell, status: Literal["ok", "error"], *, error: str = "", traceback: str = "", line: int = 0
    ) -> CellResult:
        self._show_end(cell)
        ready = await self._ready_answer()
        variables = await self._describe(cell)
        return CellResult(
            status=status,
            stdout="".join(cell.output["stdout"]),
            stderr="".join(cell.output["stderr"]),
            error=error,
            traceback=traceback,
            line=line,
            duration=cell.clock.elapsed,
            computed=cell.clock.computed,
            dropped=cell.kept.dropped,
            variables=variables,
            more_variables=self._more_variables,
            final=cell.final or ready if status == "ok" else None,
        )

    async def _killed(self, cell: _Cell, why: str) -> CellResult:
        lost, more = tuple(self._variables), self._more_variables
        self._show_end(cell)
        await self._lose()
        return CellResult(
            status="killed",
            stdout="".join(cell.output["stdout"]),
            stderr="".join(cell.output["stderr"]),
            error=f"The REPL worker was lost: {why}.",
            duration=cell.clock.elapsed,
            computed=cell.clock.computed,
            dropped=cell.kept.dropped,
            more_variables=more,
            lost=lost,
        )

    async def _lose(self) -> None:
        session, self._session = self._session, None
        self._names, self._variables, self._more_variables = {}, {}, 0
        if session is not None:
            with contextlib.suppress(monty.MontyError, RuntimeError):
                await session.__aexit__(None, None, None)

    async def _describe(self, cell: _Cell) -> tuple[wire.Variable, ...]:
        """The variables: Monty cannot list them, so the names are read off the code of the cells."""
        given = {*self._given, "context_0"}
        self._names |= dict.fromkeys(name for name in _assigned(cell.code) if name not in given)
        latest = list(self._names)[-wire.MAX_VARIABLES :]
        self._more_variables = len(self._names) - len(latest)
        found: list[wire.Variable] = []
        for name in latest:
            described = await self._value(f"_repl_describe({name})")
            if described is not None:
                kind, size, preview = described[0]
                found.append(wire.Variable(name=name[:200], type=kind, size=size, preview=preview))
        before = {name: (0, variable) for name, variable in self._variables.items()}
        self._variables = {variable.name: variable for variable in found}
        describe.mark_changed(found, before, dict.fromkeys(self._variables, 0))
        return tuple(found)

    def _shown(self) -> str:
        return describe.show(list(self._variables.values()), self._more_variables)

    async def _value(self, expression: str) -> tuple[Any] | None:
        if self._session is None:
            return None
        with contextlib.suppress(monty.MontyError):
            return (await self._session.feed_run(expression, print_callback=_silent),)
        return None

    async def _final_of(self, name: str) -> Final | None:
        found = await self._value(name) if name.isidentifier() else None
        return describe.final_var(name, found[0]) if found is not None else None

    async def _ready_answer(self) -> Final | None:
        found = await self._value("answer")
        if found is None or found[0] is None:
            return None
        answer = describe.as_answer(found[0])
        self._given["answer"] = {"content": "", **answer, "ready": False}
        if not answer.get("ready"):
            return None
        await self._value("answer['ready'] = False")
        return describe.final("answer", answer.get("content", ""))


def _arguments(
    name: str, function: str, prompt: Any = None, model: Any = None, max_concurrent: Any = None, **more: Any
) -> tuple[list[str], Any, Any]:
    is_batch = function.endswith("_batch")
    prompt = more.pop("prompts", prompt) if is_batch else prompt
    if more:
        raise TypeError(f"{name}() got an unexpected argument {next(iter(more))!r}")
    if max_concurrent is not None and not is_batch:
        raise TypeError(f"{name}() takes a prompt and a model, no more")
    if is_batch and (prompt is None or isinstance(prompt, str | bytes | dict)):
        raise TypeError(f"{name}() takes a list of prompts, not one {type(cast(object, prompt)).__name__}")
    prompts = [prompt_text(each) for each in (cast(list[Any], prompt) if is_batch else [prompt])]
    return prompts, model, max_concurrent


def _stand_in(name: str) -> Any:
    def function(*_args: Any, **_kwargs: Any) -> None: ...

    function.__name__ = function.__qualname__ = name
    return function


async def _settled(work: Any) -> Any:
    try:
        return {"return_value": await work}
    except Exception as error:
        return {"exc_type": "RuntimeError", "message": str(error)}


def _given(spec: ReplSpec) -> dict[str, Any]:
    """The variables that are there before the first cell; Monty's texts hold no lone surrogates."""
    given = {
        "context": spec.context,
        "documents": spec.documents,
        "history": spec.history,
        "answer": {"content": "", "ready": False},
        **spec.values,
    }
    return wire.plain(given)


def _portions(given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Code that makes the variables `given`, with what it finds in `_repl_given`: a portion at once, no more."""
    for name, value in given.items():
        yield from _in_portions(name, value)
    copied = {str: "context", list: "list(context)", dict: "dict(context)"}[type(given["context"])]
    yield f"_repl_context = context_0 = {copied}", None


def _in_portions(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    part = f"_repl_part_{depth}"
    if room_left(value, _PORTION) > 0:
        yield f"{name} = _repl_given", value
    elif isinstance(value, str):
        yield f"{part} = []", None
        for start in range(0, len(value), _PORTION):
            yield f"{part}.append(_repl_given)", value[start : start + _PORTION]
        yield f"{name} = ''.join({part})\n{part} = None", None
    elif isinstance(value, dict):
        yield f"{name} = {{}}", None
        for group in _groups(cast(dict[Any, Any], value).items()):
            if len(group) > 1:
                yield f"{name}.update(_repl_given)", dict(group)
            else:
                yield from _in_portions(part, group[0][1], depth + 1)
                yield f"{name}[_repl_given] = {part}", group[0][0]
    else:
        yield f"{name} = []", None
        for group in _groups(cast(list[Any], value)):
            if len(group) > 1:
                yield f"{name}.extend(_repl_given)", group
            else:
                yield from _in_portions(part, group[0], depth + 1)
                yield f"{name}.append({part})", None


def _groups(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in groups, none longer than a portion unless it is a single one."""
    group: list[_T] = []
    room = _PORTION
    for item in items:
        left = room_left([item], room)
        if group and left <= 0:
            yield group
            group, left = [], room_left([item], _PORTION)
        group.append(item)
        room = left
    if group:
        yield group


async def _nothing() -> list[str]:
    return []


def _silent(_stream: str, _text: str) -> None:
    """Prints of our own look-ups are nobody's."""


def _assigned(code: str) -> list[str]:
    """Names that a cell may have bound at its top level, in order."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names: list[tuple[int, int, str]] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append((node.lineno, node.col_offset, node.name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.col_offset, node.id))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp):
            waiting += ast.iter_child_nodes(node)
    return [name for *_, name in sorted(names)]
