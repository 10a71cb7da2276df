"""A call of the application's function by a cell: done, or served from the record, and recorded."""

from __future__ import annotations

import contextlib
import hashlib
import reprlib
import time
from typing import TYPE_CHECKING, Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.tools import Billed
from rlm_desktop.errors import LimitExceeded
from rlm_desktop.repl.context import room_left
from rlm_desktop.repl.wire import plain

if TYPE_CHECKING:
    from rlm_desktop.engine.record import RecordedCall
    from rlm_desktop.engine.run import Run
    from rlm_desktop.repl.wire import ToolCall

SHOWN = 2_000
"""Characters of a call's arguments and of its result that the trace shows."""
KEPT = 100_000
"""Characters of a result that the trace keeps whole, for a run that goes on from this one."""
SHOWN_OF_ALL = 20_000_000
"""Characters that the trace of a run shows of all calls together; of further ones it shows little."""
KEPT_OF_ALL = 50_000_000
"""Characters that it keeps of all results together."""
_SHOWN_THEN = 100
_BYTES = 4
"""Of a character in UTF-8, at most."""


class Room:
    """What the trace of a run still takes of the calls of functions: a cell may make a million of them."""

    def __init__(self) -> None:
        self._shown = SHOWN_OF_ALL
        self._kept = KEPT_OF_ALL
        self._is_told = False

    def show(self, text: str) -> str:
        """So much of arguments or a result as the trace shows."""
        shown = text[: SHOWN if self._shown > 0 else _SHOWN_THEN]
        self._shown -= len(shown)
        return shown

    def keep(self, run: Run, number: int, result: str) -> str:
        """A result, if there is room for it; else nothing, and the first time a warning."""
        if len(result) <= self._kept:
            self._kept -= len(result)
            return result
        if not self._is_told:
            self._is_told = True
            text = (
                f"The results of functions are longer than {KEPT_OF_ALL:,} characters together. Those to come are "
                "not kept: a run that goes on from this one calls the functions again."
            )
            run.emit(ev.Noted(call=number, level="warning", text=text))
        return ""


async def call_tool(run: Run, call: ToolCall, record: RecordedCall | None, *, at: tuple[int, int, int]) -> Any:
    """Do a call, or serve what is on record of it, and record it. `at` is the number of the call, iteration, cell.

    Gives plain data: what a REPL of any kind can be given. Raises what the function raises.

    Raises:
        TypeError: The function gave something else.
    """
    number, iteration, cell = at
    started = time.monotonic()
    asked = _asked(call)
    kept, result = _on_record(record, iteration, cell, asked)
    is_served = bool(kept)
    billed, error = None, "Cancelled"
    try:
        if not is_served:
            result = await run.toolbox.call(call)
            if isinstance(result, Billed):
                billed, result = result, result.result
                run.requests.count(billed.usage, billed.cost_usd)
            data = _data(call.name, result)
            result = msgspec.msgpack.decode(data)
            kept = await _without_secret(run, _kept(result, data)) if asked else ""
        kept = run.tool_room.keep(run, number, kept)
        error = ""
        return result
    except Exception as failure:
        if isinstance(failure, LimitExceeded):
            run.reach_limit(failure)
        error = f"{type(failure).__name__}: {failure}"
        raise
    finally:
        show = run.tool_room.show
        texts = [show(_arguments(call)), "" if error else show(shown(result)), show(error)]
        arguments, text, error = run.redact_short(number, texts, "tool")
        run.emit(
            ev.ToolCalled(
                call=number,
                iteration=iteration,
                cell=cell,
                line=call.line,
                name=call.name,
                arguments=arguments,
                result=text,
                error=error,
                duration=time.monotonic() - started,
                usage=billed.usage if billed else None,
                cost_usd=billed.cost_usd if billed else None,
                asked=asked,
                kept=kept,
                source="record" if is_served else "function",
            )
        )


def _on_record(record: RecordedCall | None, iteration: int, cell: int, asked: str) -> tuple[str, Any]:
    """The result that is on record of a call, as it was kept and as it is; nothing where there is none."""
    kept = record.next_result(iteration, cell, asked) if record is not None and asked else ""
    try:
        return (kept, msgspec.json.decode(kept)) if kept else ("", None)
    except (msgspec.DecodeError, RecursionError):  # a record may be imported
        return "", None


def _arguments(call: ToolCall) -> str:
    return ", ".join([*map(shown, call.args), *(f"{name}={shown(value)}" for name, value in call.kwargs.items())])


def shown(value: Any) -> str:
    """A value for the trace; cut, as it may be of any size."""
    return repr(value[:SHOWN]) if isinstance(value, str) else _repr.repr(value)


_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 200
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 20
_repr.maxlevel = 3


# -- for a run that goes on from this one -----------------------------------------------------------------------


_UNTOLD = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)
"""What is raised for a value that is no plain data."""


def _asked(call: ToolCall) -> str:
    """What stands for a call's name and arguments; empty where they are too long for that, or no plain data."""
    arguments = [call.name, call.args, call.kwargs]
    with contextlib.suppress(*_UNTOLD):
        if room_left(arguments, KEPT) > 0:
            return hashlib.sha256(msgspec.msgpack.encode(arguments)).hexdigest()
    return ""


def _data(name: str, result: Any) -> bytes:
    """A result in msgpack, as it goes to a worker; lone surrogates are written as escapes.

    Raises:
        TypeError: It is no plain data.
    """
    try:
        try:
            return msgspec.msgpack.encode(result, enc_hook=_plainer)
        except UnicodeEncodeError:
            return msgspec.msgpack.encode(plain(result), enc_hook=_plainer)
    except _UNTOLD as error:
        raise TypeError(f"{name}() must give text, numbers, lists and dicts: {error}") from None


def _plainer(value: Any) -> Any:
    """What is plain but of a class of its own, as numpy's numbers and arrays."""
    if hasattr(value, "tolist"):
        return value.tolist()
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"a value of type {type(value).__name__}")


def _kept(result: Any, data: bytes) -> str:
    """A result as JSON, whole; empty where it is too long, or JSON would make something else of it."""
    if len(data) > _BYTES * KEPT:
        return ""
    with contextlib.suppress(*_UNTOLD):
        text = msgspec.json.encode(result).decode()
        if len(text) <= KEPT and msgspec.json.decode(text) == result:
            return text
    return ""


async def _without_secret(run: Run, text: str) -> str:
    """The text, if it holds no secret: with a marker in its place a cell would go on with something else."""
    _, replaced = await run.secret_filter.clean_async([text])
    return "" if replaced else text
