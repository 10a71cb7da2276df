"""How the worker describes values: short forms of any length, variables, and what a final answer is made of."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, cast

import msgspec

from rlm_desktop.repl import wire

_LIBRARY_TYPES = ("numpy", "pandas", "datetime", "decimal", "fractions", "pathlib", "collections", "re", "uuid")
"""Modules whose types have a short repr, or one that cuts itself."""
_SEQUENCES: dict[object, tuple[str, str]] = {
    cast(Any, list).__repr__: ("[", "]"),
    cast(Any, tuple).__repr__: ("(", ")"),
    cast(Any, set).__repr__: ("{", "}"),
    cast(Any, frozenset).__repr__: ("frozenset({", "})"),
    cast(Any, deque).__repr__: ("deque([", "])"),
}
_MAPPINGS: dict[object, tuple[str, str]] = {
    cast(Any, dict).__repr__: ("", ""),
    cast(Any, Counter).__repr__: ("Counter(", ")"),
    cast(Any, defaultdict).__repr__: ("defaultdict(", ")"),
    cast(Any, OrderedDict).__repr__: ("OrderedDict(", ")"),
}

_MOST_VARIABLES = 1_000
"""That are described, the latest: each takes some 30 microseconds, after every cell. The others are counted."""
NOT_PLAIN = (TypeError, ValueError, OverflowError, RecursionError)
"""What `plain_data` raises for what JSON has no form for."""
_MAX_FINAL_VALUES = wire.MAX_VALUES // 2
"""Of a final answer; it shares its message with the description of the variables."""


def brief(value: object, limit: int) -> str:
    """`repr(value)`, but never made longer than about `limit` characters: the rest is an ellipsis.

    A plain `repr` of a variable that holds 500 MB of text would take as much again.
    """
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value, limit, depth=0):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            return "".join(pieces)[: max(0, limit - 1)] + "…"
    return "".join(pieces)


def _pieces(value: object, limit: int, depth: int) -> Iterator[str]:
    form = type(value).__repr__
    if form is str.__repr__ or form is bytes.__repr__:
        yield _text_piece(cast("str | bytes", value), limit)
    elif depth > 20:
        yield "…"
    elif form in _MAPPINGS:
        opening, closing = _MAPPINGS[form]
        yield opening + "{"
        for index, (key, item) in enumerate(cast(dict[object, object], value).items()):
            yield ", " if index else ""
            yield from _pieces(key, limit, depth + 1)
            yield ": "
            yield from _pieces(item, limit, depth + 1)
        yield "}" + closing
    elif form in _SEQUENCES and value:
        opening, closing = _SEQUENCES[form]
        yield opening
        items = cast(tuple[object, ...], value)
        for index, item in enumerate(items):
            yield ", " if index else ""
            yield from _pieces(item, limit, depth + 1)
        yield "," + closing if opening == "(" and len(items) == 1 else closing
    else:
        yield cut(repr(value), limit)


def _text_piece(value: str | bytes, limit: int) -> str:
    return repr(value[: len(value)]) if len(value) <= limit else repr(value[:limit]) + "…"


def cut(text: str, limit: int) -> str:
    """The beginning of a text, at most `limit` characters; an ellipsis says that there was more."""
    return text if len(text) <= limit else text[: max(0, limit - 1)] + "…"


def variables(namespace: Mapping[str, object], hidden: frozenset[str]) -> tuple[list[wire.Variable], int]:
    """The latest of the model's own variables, and how many more there are; no modules, none that the REPL made."""
    own = [(name, value) for name, value in list(namespace.items()) if is_own(name, value, hidden)]
    latest = own[-_MOST_VARIABLES:]
    return [_variable(name, value) for name, value in latest], len(own) - len(latest)


def is_own(name: object, value: object, hidden: frozenset[str]) -> bool:
    """Whether the model made this variable; `globals()` takes any key."""
    return isinstance(name, str) and name not in hidden and not isinstance(value, ModuleType)


def _variable(name: str, value: object) -> wire.Variable:
    return wire.Variable(
        name=_utf8(name)[:200], type=_utf8(type(value).__name__)[:200], size=_size(value), preview=_preview(value)
    )


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _size(value: object) -> int | None:
    try:
        return len(cast(Any, value)) if hasattr(type(value), "__len__") else None
    except KeyboardInterrupt:
        raise
    except BaseException:  # the cell's own class may raise anything, SystemExit too
        return None


def _preview(value: object) -> str:
    module = type(value).__module__.partition(".")[0]
    if module != "builtins" and module not in _LIBRARY_TYPES and type(value).__repr__ is not object.__repr__:
        # A repr that the model wrote may be slow or endless: only the cell itself may call it.
        return f"<{_utf8(type(value).__name__)[:150]} object>"
    try:
        return _utf8(brief(value, wire.PREVIEW))[: wire.PREVIEW]
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return failed_repr(error)


def failed_repr(error: BaseException) -> str:
    """What stands for a value whose repr raised `error`."""
    return f"<{type(error).__name__[:200]} in repr>"


def mark_changed(
    now: list[wire.Variable], before: dict[str, tuple[int, wire.Variable]], ids: dict[str, int]
) -> None:
    """Replace in `now` those variables that are new or not as they were; the largest change comes first."""
    for index, variable in enumerate(now):
        old = before.get(variable.name)
        if old is None or old != (ids.get(variable.name), variable):
            now[index] = msgspec.structs.replace(variable, changed=True)
    now.sort(key=lambda variable: (not variable.changed, -(variable.size or 0), variable.name))


def show(found: list[wire.Variable], more: int) -> str:
    """What `SHOW_VARS()` gives of variables and how many more there are."""
    if not found:
        return "No variables created yet."
    earlier = f" and {more:,} earlier" if more else ""
    return "Available variables: {" + ", ".join(map(_shown, found)) + "}" + earlier


def _shown(variable: wire.Variable) -> str:
    size = "" if variable.size is None else f" ({variable.size:,})"
    return f"{variable.name!r}: {variable.type}{size}"


def final(source: wire.FinalSource, value: object) -> wire.Final:
    """The final answer that `value` makes: a text stays as it is, plain data becomes JSON, the rest its `str`."""
    if isinstance(value, bytes | bytearray):
        value = value.decode("utf-8", "backslashreplace")
    if isinstance(value, str):
        return text_answer(source, str(value), is_text=True)
    try:
        data = plain_data(value)
    except NOT_PLAIN:
        return text_answer(source, str(value))
    if isinstance(data, str):  # of a date or a Decimal, say
        return text_answer(source, data)
    if data is None and value is not None:  # a figure that JSON has no form for, as nan
        return text_answer(source, str(value))
    return text_answer(source, json.dumps(data, ensure_ascii=False), data, is_none=data is None)


def as_answer(value: Any) -> dict[str, Any]:
    """What was assigned to `answer` in the form of that dict: code that does not know it keeps its answer there."""
    given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {"content": value} if {"content", "ready"}.isdisjoint(given) else given


def final_var(name: str, value: object) -> wire.Final:
    """The final answer that the variable `name` makes; of the dict `answer` it is the content."""
    if name == "answer" and isinstance(value, dict):
        value = cast(dict[str, Any], value).get("content", value)
    return final("FINAL_VAR", value)


def text_answer(
    source: wire.FinalSource, text: str, value: Any = None, *, is_none: bool = False, is_text: bool = False
) -> wire.Final:
    """A final answer that a message can hold: a longer text is cut, and the cut counted."""
    if len(text) > wire.MAX_FINAL:
        marker = f"\n... [{len(text) - wire.MAX_FINAL + 100:,} characters cut]"
        return wire.Final(source=source, text=text[: wire.MAX_FINAL - 100] + marker, is_text=is_text)
    if value is not None and not _fits(value):
        value = None
    return wire.Final(source=source, text=text, value=value, is_none=is_none, is_text=is_text)


def _fits(value: Any) -> bool:
    try:
        return wire.items(msgspec.msgpack.encode(value), _MAX_FINAL_VALUES) <= _MAX_FINAL_VALUES
    except OverflowError:  # a number that JSON has a form for, and msgpack none
        return False


def plain_data(value: object) -> Any:
    """`value` as JSON would hold it: dataclasses, dates, sets and tuples included.

    Raises:
        TypeError: It holds something that JSON has no form for.
    """
    data = msgspec.to_builtins(value, str_keys=True, enc_hook=_numpy_data)
    if data is None or isinstance(data, bool | int | float | str | list | tuple | dict):
        return msgspec.json.decode(msgspec.json.encode(data))
    raise TypeError(f"{type(value).__name__} is not plain data")


def _numpy_data(value: Any) -> Any:
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not plain data")
