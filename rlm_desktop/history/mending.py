"""Events from a file of which some fields do not fit, as a number of tokens that is a word: the rest is kept."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent

_KINDS: dict[str, type[Any]] = {str(kind.__struct_config__.tag): kind for kind in ev.Event.__subclasses__()}
_S = TypeVar("_S", bound=msgspec.Struct)


def mended(value: Any, left_out: list[str]) -> AnyEvent | None:
    """The event that a value of JSON stands for, without the fields that do not fit.

    `left_out` gets their names. None when it is no event, or cannot do without one of them.
    """
    name = value.get("event") if isinstance(value, dict) else None
    kind = _KINDS.get(name) if isinstance(name, str) else None
    return None if kind is None else _made(kind, value, left_out)


def _made(kind: type[_S], value: dict[str, Any], left_out: list[str]) -> _S | None:
    fitting: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in value:
            continue
        item = value[field.encode_name]
        try:
            fitting[field.name] = msgspec.convert(item, field.type, strict=False)  # a number as a word is one
        except msgspec.ValidationError:
            if isinstance(item, dict) and field.type == ev.Usage | None:
                fitting[field.name] = _made(ev.Usage, item, left_out)
            else:
                left_out.append(field.name)
    try:
        return kind(**fitting)
    except TypeError:  # a field without which it says nothing
        return None
