"""The namespace of a worker and how a cell runs in it."""

from __future__ import annotations

import ast
import asyncio
import builtins
import inspect
import io
import linecache
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn, cast

import msgspec

from rlm_desktop.repl import describe, wire
from rlm_desktop.repl.functions import CellEnded, Finals, Queries
from rlm_desktop.repl.output import FLUSHER, Output
from rlm_desktop.repl.places import Places

READER = "repl reader"
_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_ECHO = "__repl_echo__"
_PYTHON_NAMES = frozenset(vars(ModuleType("__main__"))) | {
    "__builtins__",
    "__annotations__",
    "__warningregistry__",
}
_OWN_THREADS = frozenset({READER, FLUSHER})
_SIGINT, _take_signal = signal.SIGINT, signal.signal
"""As they are before any cell may change them."""


class Interrupts:
    """Turns SIGINT into a KeyboardInterrupt while a cell runs, and into nothing at any other time."""

    def __init__(self) -> None:
        self._is_open = False
        self._shielded = 0
        self._is_pending = False

    def install(self) -> None:
        """Take the signal; must be called in the main thread."""
        _take_signal(_SIGINT, lambda _number, _frame: self._on_signal())

    def _on_signal(self) -> None:
        if not self._is_open:
            return
        if self._shielded:
            self._is_pending = True
        else:
            raise KeyboardInterrupt

    @contextmanager
    def allowed(self) -> Generator[None]:
        """The code within may be interrupted."""
        self._is_pending = False
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False

    @contextmanager
    def shielded(self) -> Generator[None]:
        """An interrupt within waits until the end: half a frame on the wire would break the protocol."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._shielded += 1
        try:
            yield
        finally:
            self._shielded -= 1
            if self._is_pending and not self._shielded and self._is_open:
                self._is_pending = False
                raise KeyboardInterrupt


class Namespace:
    """What cells see and leave behind.

    Attributes:
        values: The variables by name: the globals of every cell.
        finals: The final answer of the running cell.
    """

    def __init__(self, begin: wire.Begin, context: Any, queries: Queries, output: Output, interrupts: Interrupts):
        self.values = _main_module()
        self.finals = Finals(self.values, lambda: self._hidden)
        self._output = output
        self._interrupts = interrupts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._known: dict[str, tuple[int, wire.Variable]] = {}
        self._answer: dict[str, Any] = {"content": "", "ready": False}
        self._fixed = {
            "context_0": context,
            "documents": begin.documents,
            "history": begin.history,
            **queries.functions(),
            **self.finals.functions(),
            **{name: function for tool in begin.tools for name, function in queries.tool(tool).items()},
        }
        places = Places(context, begin.documents, begin.maps)
        self._builtins = {**_cell_builtins(self._echo), **places.functions()}
        self._hidden = frozenset(self._fixed) | _PYTHON_NAMES | {"context", "answer"}
        self.values.update(begin.values)
        self._put_back()
        *_, self._known = self._snapshot()

    def run(self, cell: int, code: str) -> wire.Done:
        """Run `code` and say how it went. Raises nothing that the code raises."""
        self.finals.given = None
        self._output.begin()
        try:
            with self._interrupts.allowed():
                done = self._execute(cell, code)
                done = self._described(done)
        except KeyboardInterrupt:
            done = wire.Done(cell=cell, status="interrupted", error="KeyboardInterrupt")
        except BaseException as error:  # of a value where it was looked at
            done = _failed(cell, "error", error)
        self._put_back()
        self._output.end()
        return done

    def describe_into(self, done: wire.Done) -> wire.Done:
        """`done` with what is known at its very end: output dropped, threads left."""
        return _replace(done, dropped=self._output.dropped, threads=_stray_threads())

    def _execute(self, cell: int, code: str) -> wire.Done:
        filename = cell_name(cell)
        # Each line with its end: traceback places its marks by it.
        lines = io.StringIO(f"{code}\n", newline=None).readlines()
        linecache.cache[filename] = (len(code), None, lines, filename)
        try:
            self._run_compiled(_compile(code, filename))
        except CellEnded:
            pass
        except SystemExit as ended:
            if ended.code not in (None, 0):
                return _failed(cell, "error", ended)
        except KeyboardInterrupt as error:
            return _failed(cell, "interrupted", error)
        except BaseException as error:
            if not _is_end(error):
                return _failed(cell, "error", error)
        return wire.Done(cell=cell, status="ok", final=self.finals.given or self._ready_answer())

    def _run_compiled(self, compiled: CodeType) -> None:
        if compiled.co_flags & inspect.CO_COROUTINE:
            self._run_coroutine(cast("Coroutine[Any, Any, None]", eval(compiled, self.values)))
        else:
            exec(compiled, self.values)

    def _run_coroutine(self, coroutine: Coroutine[Any, Any, None]) -> None:
        loop = self._event_loop()
        task = loop.create_task(coroutine)
        try:
            loop.run_until_complete(task)
        except BaseException:
            if not task.done():
                # Interrupted in the midst: let the cell's own `finally` clauses run.
                task.cancel()
                loop.run_until_complete(asyncio.wait([task], timeout=0.5))
            raise

    def _event_loop(self) -> asyncio.AbstractEventLoop:
        """One loop for the life of the worker, so that a task may outlast its cell."""
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self._loop

    def _echo(self, value: object) -> None:
        """Show the value of a bare last expression."""
        if value is not None:
            text = describe.brief(value, _ECHO_LIMIT)
            self._output.write("stdout", text + "\n")

    def _ready_answer(self) -> wire.Final | None:
        answer = self.values.get("answer")
        if isinstance(answer, dict) and cast(dict[str, Any], answer).get("ready"):
            return describe.final("answer", cast(dict[str, Any], answer).get("content", ""))
        return None

    def _described(self, done: wire.Done) -> wire.Done:
        found, more, known = self._snapshot()
        before, self._known = self._known, known
        describe.mark_changed(found, before, {name: identity for name, (identity, _) in known.items()})
        if done.final is None and self.finals.given is not None and done.status == "ok":
            done = _replace(done, final=self.finals.given)
        kept = found[: wire.MAX_VARIABLES]
        return _replace(done, variables=kept, more_variables=more + len(found) - len(kept))

    def _snapshot(self) -> tuple[list[wire.Variable], int, dict[str, tuple[int, wire.Variable]]]:
        found, more = describe.variables(self.values, self._hidden)
        values = self.values
        return found, more, {variable.name: (id(values.get(variable.name)), variable) for variable in found}

    def _put_back(self) -> None:
        """Give the reserved names and SIGINT their meaning again, whatever the cell made of them."""
        self._interrupts.install()
        answer = self.values.get("answer")
        if answer is not self._answer and answer is not None:
            self._answer.update(describe.as_answer(answer))
        self._answer["ready"] = False
        self.values.update(self._fixed)
        if "context" not in self.values:
            self.values["context"] = _copied(self._fixed["context_0"])
        self.values["answer"] = self._answer
        self.values["__name__"] = "__main__"
        self.values["__builtins__"] = self._builtins
        sys.stdout, sys.stderr = cast(Any, self._output.stdout), cast(Any, self._output.stderr)


_ECHO_LIMIT = 1_000_000
_DEEPEST = 1_100
"""Frames of a traceback, more than Python's own limit: code that raised it may end a hundred thousand deep."""


def _main_module() -> dict[str, Any]:
    """The globals of a fresh `__main__`: there pickle, dataclasses and typing look for what cells define."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    return vars(module)


def _copied(context: Any) -> Any:
    """The context for the code to change: `context_0` keeps the original."""
    return cast("list[Any] | dict[Any, Any]", context).copy() if isinstance(context, list | dict) else context


def cell_name(cell: int) -> str:
    """The file name under which a cell is compiled."""
    return f"<cell {cell}>"


def _compile(code: str, filename: str) -> CodeType:
    tree = ast.parse(code, filename)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        call = ast.Call(ast.Name(_ECHO, ast.Load()), [last.value], [])
        tree.body[-1] = ast.copy_location(ast.Expr(call), last)
        ast.fix_missing_locations(tree)
    return compile(tree, filename, "exec", flags=_FLAGS, dont_inherit=True)


def _is_end(error: BaseException) -> bool:
    """Whether it is a final answer that a task of a group gave."""
    if not isinstance(error, BaseExceptionGroup):
        return False
    return cast("BaseExceptionGroup[BaseException]", error).split(CellEnded)[1] is None


def _failed(cell: int, status: Any, error: BaseException) -> wire.Done:
    summary = "".join(traceback.format_exception_only(error)).strip().splitlines()
    text = summary[-1] if summary else type(error).__name__
    return wire.Done(
        cell=cell,
        status=status,
        error=describe.cut(text, 4_000),
        traceback=describe.cut(_cell_traceback(error), 100_000),
        line=_failing_line(error, cell_name(cell)),
    )


def _cell_traceback(error: BaseException) -> str:
    """The traceback without the frames of the REPL and of libraries."""
    try:
        whole = traceback.TracebackException.from_exception(error, limit=-_DEEPEST, max_group_depth=5)
        _keep_cells(whole, depth=0)
        return "".join(whole.format())
    except Exception:  # the cell's own exception may fail at being shown
        return f"{type(error).__name__} (its traceback could not be formatted)"


def _keep_cells(trace: traceback.TracebackException, depth: int) -> None:
    trace.stack = traceback.StackSummary.from_list([frame for frame in trace.stack if is_cell(frame.filename)])
    for other in (trace.__cause__, trace.__context__, *(trace.exceptions or ())):
        if other is not None and depth < 20:
            _keep_cells(other, depth + 1)


def is_cell(filename: str) -> bool:
    """Whether `cell_name` made it."""
    return filename.startswith("<cell ")


def _failing_line(error: BaseException, filename: str) -> int:
    if isinstance(error, SyntaxError) and error.filename == filename:
        return max(0, error.lineno or 0)
    line = 0
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            line = step.tb_lineno or 0
        step = step.tb_next
    return line


def _stray_threads() -> int:
    return sum(
        thread.is_alive() and thread is not threading.main_thread() and thread.name not in _OWN_THREADS
        for thread in threading.enumerate()
    )


def _replace(done: wire.Done, **changes: Any) -> wire.Done:
    return msgspec.structs.replace(done, **changes)


def _cell_builtins(echo: Callable[[object], None]) -> dict[str, Any]:
    def leave(code: object = None) -> NoReturn:
        raise SystemExit(code)

    own = {_ECHO: echo, "input": _no_input, "exit": leave, "quit": leave}
    return {**vars(builtins), **own}


def _no_input(prompt: object = "") -> NoReturn:
    raise io.UnsupportedOperation(
        "input() does not work here: nobody is there to answer. Use context, or llm_query()."
    )


def prepare_process() -> None:
    """What all cells of this process need: nested `asyncio.run`, a loop when asked, quiet threads, small stacks."""
    asyncio.run = cast(Any, _run_nested(asyncio.run))
    asyncio.get_event_loop = _made_when_asked(asyncio.get_event_loop)
    threading.excepthook = _thread_failed
    threading.stack_size(512 << 10)


def _run_nested(run: Callable[..., Any]) -> Callable[..., Any]:
    """`asyncio.run` that works inside a running loop too, by setting that loop aside meanwhile."""

    def run_anywhere(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
        loop = asyncio._get_running_loop()
        task = asyncio.current_task(loop) if loop is not None else None
        if loop is None or task is None:
            return run(main, **options)
        asyncio._leave_task(loop, task)
        asyncio._set_running_loop(None)
        try:
            return run(main, **options)
        finally:
            asyncio._set_running_loop(loop)
            asyncio._enter_task(loop, task)

    return run_anywhere


def _made_when_asked(get: Callable[[], asyncio.AbstractEventLoop]) -> Callable[[], asyncio.AbstractEventLoop]:
    """`asyncio.get_event_loop` as models know it: from Python 3.14 on it makes none in the main thread any more."""

    def get_or_make() -> asyncio.AbstractEventLoop:
        try:
            return get()
        except RuntimeError:
            if threading.current_thread() is not threading.main_thread():
                raise
            asyncio.set_event_loop(asyncio.new_event_loop())
            return get()

    return get_or_make


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not issubclass(failure.exc_type, CellEnded | SystemExit):
        sys.stderr.write(f"Exception in thread:\n{_cell_traceback(failure.exc_value)}")
