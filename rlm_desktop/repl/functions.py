"""The functions that cells can call: questions to models, final answers, a look at the variables."""

from __future__ import annotations

import inspect
import json
import sys
import threading
from asyncio import wrap_future
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from concurrent.futures import Future
from typing import Any, cast

from rlm_desktop.repl import describe, wire

FUNCTIONS: dict[str, wire.QueryFunction] = {
    "llm_query": "llm_query",
    "rlm_query": "rlm_query",
    "llm_query_batch": "llm_query_batch",
    "llm_query_batched": "llm_query_batch",
    "llm_batch": "llm_query_batch",
    "rlm_query_batch": "rlm_query_batch",
    "rlm_query_batched": "rlm_query_batch",
}
"""Every name under which cells find a question to a model; each has an awaitable form with `_async` at its end."""
RESERVED = frozenset(
    (
        *FUNCTIONS,
        "context",
        "context_0",
        "documents",
        "history",
        "answer",
        "FINAL",
        "FINAL_VAR",
        "SUBMIT",
        "SHOW_VARS",
    )
)
"""Names that have the REPL's own meaning again after every cell."""

_LONGEST_NAME = 200
"""Characters of a model's name: the code of some models gives a text as the second argument."""

Ask = Callable[[wire.Query], "Future[list[str]]"]
AskTool = Callable[[wire.ToolCall], "Future[Any]"]


class CellEnded(BaseException):
    """A final answer was given: the cell ends at once. Not an `Exception`: `except Exception` must let it by."""


class Text(str):
    """A reply. `await llm_query(...)` is what some models write, so a reply may be awaited and gives itself."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, str]:
        """Itself, at once."""
        return str(self)
        yield  # makes this a generator

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Copies and pickles are plain."""
        return str, (str(self),)


class Texts(list[str]):
    """The replies of a batch, which may be awaited like `Text`."""

    def __await__(self) -> Generator[Any, None, list[str]]:
        """Themselves, at once."""
        return list(self)
        yield  # makes this a generator

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Copies and pickles are plain."""
        return list, (list(self),)


# What a reply is, for whoever looks: a text that can be awaited is of no interest to the code.
Text.__name__ = Text.__qualname__ = "str"
Texts.__name__ = Texts.__qualname__ = "list"
Text.__module__ = Texts.__module__ = "builtins"


class Finals:
    """The final answer of the running cell: the first one given counts."""

    def __init__(self, namespace: MutableMapping[str, Any], hidden: Callable[[], frozenset[str]]) -> None:
        self._namespace = namespace
        self._hidden = hidden
        self.given: wire.Final | None = None

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The names that cells know."""
        return {"FINAL": self._final, "FINAL_VAR": self._final_var, "SUBMIT": self._submit, "SHOW_VARS": self._show}

    def of_variable(self, name: str) -> wire.Final | None:
        """The variable `name` as a final answer."""
        name = bare_name(name)
        if name not in self._namespace:
            return None
        return describe.final_var(name, self._namespace[name])

    def _give(self, final: wire.Final) -> None:
        if self.given is None:
            self.given = final
        raise CellEnded

    def _final(self, answer: Any) -> None:
        """End the run with `answer`."""
        self._give(describe.final("FINAL", answer))

    _final.__qualname__ = "FINAL"  # as the code knows it, in the errors of a wrong call

    def _final_var(self, name: Any) -> None:
        """End the run with the value of the variable called `name`."""
        if not isinstance(name, str) or not bare_name(name).isidentifier():
            self._give(describe.final("FINAL_VAR", name))
            return
        final = self.of_variable(name)
        if final is None:
            raise NameError(f"FINAL_VAR: there is no variable {name!r}. {self._show()}")
        self._give(final)

    _final_var.__qualname__ = "FINAL_VAR"

    def _submit(self, *answer: Any, **fields: Any) -> None:
        """End the run with a typed answer, given field by field."""
        self._give(submitted(answer, fields))

    def _show(self) -> str:
        """The variables made so far, with type and size."""
        return describe.show(*describe.variables(self._namespace, self._hidden()))


class Queries:
    """The functions that ask models, and the tools."""

    def __init__(self, ask: Ask, ask_tool: AskTool, filename: Callable[[], str]) -> None:
        self._ask = ask
        self._ask_tool = ask_tool
        self._filename = filename

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The names that cells know."""
        made: dict[str, Callable[..., Any]] = {}
        for called_as, function in FUNCTIONS.items():
            maker = self._batch if function.endswith("_batch") else self._single
            made[called_as] = maker(called_as, function, is_async=False)
            made[called_as + "_async"] = maker(called_as + "_async", function, is_async=True)
        return made

    def tool(self, tool: wire.Tool) -> dict[str, Callable[..., Any]]:
        """The function that calls `tool` in the application, and its awaitable form."""

        def start(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Future[Any]:
            try:
                data = describe.plain_data([list(args), kwargs])
            except describe.NOT_PLAIN as error:
                raise TypeError(f"{tool.name}() takes text, numbers, lists and dicts: {error}") from None
            call = wire.ToolCall(name=tool.name, args=data[0], kwargs=data[1], line=self._line())
            return self._ask_tool(call)

        def call(*args: Any, **kwargs: Any) -> Any:
            return _wait(start(args, kwargs))

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            return await wrap_future(start(args, kwargs))

        name = f"{tool.name}_async"
        return {
            tool.name: _named(call, tool.name, tool.description),
            name: _named(call_async, name, tool.description),
        }

    def _single(self, called_as: str, function: wire.QueryFunction, *, is_async: bool) -> Callable[..., Any]:
        def start(prompt: Any, model: str | None) -> Future[list[str]]:
            return self._start(function, called_as, [prompt_text(prompt)], model, None)

        def query(prompt: Any, model: str | None = None) -> str:
            return Text(_wait(start(prompt, model))[0])

        def query_async(prompt: Any, model: str | None = None) -> Awaitable[str]:
            return _first(start(prompt, model))

        return _named(query_async if is_async else query, called_as, "Ask a model.")

    def _batch(self, called_as: str, function: wire.QueryFunction, *, is_async: bool) -> Callable[..., Any]:
        def start(prompts: Iterable[Any], model: str | None, most: int | None) -> Future[list[str]]:
            if isinstance(prompts, str | bytes | dict):
                kind = type(cast(object, prompts)).__name__
                raise TypeError(f"{called_as}() takes a list of prompts, not one {kind}")
            texts = [prompt_text(prompt) for prompt in prompts]
            return self._start(function, called_as, texts, model, most) if texts else _nothing()

        def query(prompts: Iterable[Any], model: str | None = None, max_concurrent: int | None = None) -> list[str]:
            return Texts(_wait(start(prompts, model, max_concurrent)))

        def query_async(
            prompts: Iterable[Any], model: str | None = None, max_concurrent: int | None = None
        ) -> Awaitable[list[str]]:
            return _all(start(prompts, model, max_concurrent))

        return _named(query_async if is_async else query, called_as, "Ask a model many things at once.")

    def _start(
        self, function: wire.QueryFunction, called_as: str, prompts: list[str], model: str | None, most: int | None
    ) -> Future[list[str]]:
        return self._ask(make_query(function, called_as, prompts, model, most, self._line()))

    def _line(self) -> int:
        """Line of the cell from which this call comes; in a thread of a pool, where the cell waits for it."""
        filename = self._filename()
        line = _line_of(inspect.currentframe(), filename)
        if line or threading.current_thread() is threading.main_thread():
            return line
        frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
        return _line_of(frames.get(threading.main_thread().ident or 0), filename)


def submitted(answer: tuple[Any, ...], fields: dict[str, Any]) -> wire.Final:
    """The final answer that `SUBMIT(*answer, **fields)` gives; several values without names are a list.

    Raises:
        TypeError: Some have names and others none, or they are no plain data.
    """
    if answer and fields:
        raise TypeError("SUBMIT() takes named fields, as SUBMIT(answer=..., sources=[...])")
    try:
        value = describe.plain_data(list(answer) if len(answer) > 1 else answer[0] if answer else fields)
    except describe.NOT_PLAIN as error:
        raise TypeError(f"SUBMIT() takes text, numbers, lists and dicts: {error}") from None
    return describe.final("SUBMIT", value)


def make_query(
    function: wire.QueryFunction, called_as: str, prompts: list[str], model: Any, most: Any, line: int
) -> wire.Query:
    """What a cell asks by calling `called_as`.

    Raises:
        TypeError: `model` is no name.
        ValueError: There are too many prompts, `model` is a text, or `most`, how many at once, is no number.
    """
    if len(prompts) > wire.MAX_PROMPTS:
        raise ValueError(f"{called_as}() takes at most {wire.MAX_PROMPTS:,} prompts at once")
    if model is not None and not isinstance(model, str):
        raise TypeError(f"{called_as}(): model must be a name, not {type(model).__name__}")
    if model and (len(model) > _LONGEST_NAME or "\n" in model):
        raise ValueError(f"{called_as}(): model must be a name; what the question is about belongs into the prompt")
    if most is not None and (not isinstance(most, int) or most < 1):
        raise ValueError(f"{called_as}(): max_concurrent must be a whole number from 1")
    return wire.Query(
        function=function,
        called_as=called_as,
        prompts=prompts,
        model=model or None,
        max_concurrent=most,
        line=line,
    )


def _line_of(frame: Any, filename: str) -> int:
    while frame is not None:
        if frame.f_code.co_filename == filename:
            return frame.f_lineno or 0
        frame = frame.f_back
    return 0


def _wait(future: Future[Any]) -> Any:
    if sys.platform != "win32":
        return future.result()
    # There the wait for a lock cannot be interrupted.
    while True:
        try:
            return future.result(timeout=0.1)
        except TimeoutError:
            if future.done():
                raise


async def _first(future: Future[list[str]]) -> str:
    return (await wrap_future(future))[0]


async def _all(future: Future[list[str]]) -> list[str]:
    return await wrap_future(future)


def _nothing() -> Future[list[str]]:
    future: Future[list[str]] = Future()
    future.set_result([])
    return future


def bare_name(name: str) -> str:
    """A variable's name without the quotes or backticks that models write around it."""
    return name.strip().strip("\"'`").strip()


def prompt_text(prompt: Any) -> str:
    """A prompt as text: plain data becomes JSON, anything else its `str`."""
    if isinstance(prompt, str):
        return str(prompt)
    if isinstance(prompt, list | dict | tuple):
        try:
            return json.dumps(cast(Any, prompt), ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            pass
    return str(cast(object, prompt))


def _named(function: Callable[..., Any], name: str, text: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = text
    return function
