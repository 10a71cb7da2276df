"""Events as the history stores them: lines of JSON in compressed blocks, long texts apart.

A line is the event's JSON. An event that holds a text longer than `LONG_TEXT` characters is a line of the form
`[event, [path, sha256], ...]`: each such text is empty in the event and stands under its hash among the blobs. An
event is an object, so the first character tells the two apart, whatever the texts say.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history.mending import mended

LONG_TEXT = 4096
PART = 1 << 20
"""Characters of a text in one row, so that a text of any length is written in short transactions."""
RAW, ZLIB = 0, 1
_LARGEST = 1 << 28
"""Bytes of a block before it was compressed: an archive may come from anybody."""

SOME = 500
_T = TypeVar("_T")

_encode = msgspec.json.Encoder(enc_hook=repr).encode
_decode = msgspec.json.Decoder().decode
_References: TypeAlias = list[tuple[list[str | int], Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]]]


class LongText(NamedTuple):
    """A text that stands among the blobs."""

    sha256: bytes
    text: str


class Line(NamedTuple):
    """An event ready to be stored."""

    data: bytes
    texts: list[LongText]


class Block(NamedTuple):
    """Consecutive events of a run, as they lie in the table."""

    first: int
    last: int
    codec: int
    data: bytes


def digest(text: str) -> bytes:
    """The key of a text: SHA-256 of its UTF-8 form."""
    return hashlib.sha256(text.encode()).digest()


def pack(event: AnyEvent) -> Line:
    """The line of an event. Never fails: what JSON cannot hold is replaced, not lost with its event."""
    try:
        data = _encode(event)
    except (UnicodeEncodeError, ValueError, TypeError, OverflowError, RecursionError):
        plain = _storable(msgspec.structs.asdict(event), 0)
        plain["event"] = type(event).__name__
        data = _encode(plain)
    if len(data) <= LONG_TEXT:
        return Line(data, [])
    plain = _decode(data)
    found: list[tuple[list[str | int], LongText]] = []
    _take_out(plain, found)
    if not found:
        return Line(data, [])
    references = [[path, long.sha256.hex()] for path, long in found]
    return Line(_encode([plain, *references]), [long for _, long in found])


def _storable(value: Any, level: int) -> Any:
    """`value` as JSON can hold it: no lone surrogates, no foreign objects, not endlessly deep."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if level > 100:
        return "..."
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {_storable(str(key), level): _storable(item, level + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_storable(item, level + 1) for item in value]
    return _storable(repr(value), level)


def _take_out(value: Any, found: list[tuple[list[str | int], LongText]]) -> None:
    """Replace each long text below `value` by an empty one and note it with its path."""
    # Not recursive: on Python 3.13 JSON may be nested deeper than the interpreter's own stack allows.
    open_values: list[tuple[list[str | int], Any]] = [([], value)]
    while open_values:
        path, container = open_values.pop()
        items: Iterable[tuple[str | int, Any]]
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for key, item in items:
            if isinstance(item, str):
                if len(item) > LONG_TEXT:
                    found.append(([*path, key], LongText(digest(item), item)))
                    container[key] = ""
            elif isinstance(item, dict | list):
                open_values.append(([*path, key], item))


def block(lines: list[bytes], first: int, last: int, *, level: int = 1) -> Block:
    """The lines as one row."""
    return Block(first, last, *deflated(b"\n".join(lines), level))


def deflated(raw: bytes, level: int = 1) -> tuple[int, bytes]:
    """Codec and data of `raw`, compressed where that makes it smaller."""
    packed = zlib.compress(raw, level) if len(raw) > 200 else raw
    return (ZLIB, packed) if len(packed) < len(raw) else (RAW, raw)


def lines_of(codec: int, data: bytes) -> list[bytes]:
    """The lines of a row.

    Raises:
        ValueError: The row is damaged.
    """
    return inflate(codec, data).split(b"\n")


def inflate(codec: int, data: bytes) -> bytes:
    """What `data` was before it was compressed.

    Raises:
        ValueError: It is damaged.
    """
    if not isinstance(data, bytes):  # a damaged page of SQLite's may hold anything
        raise ValueError("damaged block: it is no sequence of bytes")
    if codec == RAW:
        return data
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(data, _LARGEST)
    except (zlib.error, TypeError) as error:
        raise ValueError(f"damaged block: {error}") from error
    if not inflater.eof:
        raise ValueError("damaged block: it is cut off, or larger than anything that is stored")
    return raw


def joined(parts: Iterable[tuple[int, bytes]]) -> str:
    """The text of its parts, each with its codec; of a damaged one it is said."""
    try:
        return b"".join(inflate(codec, data) for codec, data in parts).decode()
    except ValueError:
        return "(this text is damaged in the history)"


def parts_of(text: str) -> Iterator[tuple[int, int, bytes]]:
    """A text as its rows: number, codec, data."""
    for part, start in enumerate(range(0, max(1, len(text)), PART)):
        yield (part, *deflated(text[start : start + PART].encode()))


_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def unpack_plain(raw: bytes) -> list[AnyEvent] | None:
    """The events of a block at once, which is quick; None when it must be read line by line.

    That is when a line has texts that stand elsewhere, or is of a kind that this version does not know.
    """
    if raw.startswith(b"[") or b"\n[" in raw:
        return None
    try:
        return _events.decode_lines(raw)
    except msgspec.DecodeError:
        return None


def references(line: bytes) -> list[str]:
    """The hashes of the texts that a line needs.

    Raises:
        ValueError: The line is damaged.
    """
    return [sha256 for _, sha256 in references_by_path(line)]


def references_by_path(line: bytes) -> list[tuple[list[str | int], str]]:
    """Where in its event a line needs texts, and their hashes.

    Raises:
        ValueError: The line is damaged.
    """
    if not line.startswith(b"["):
        return []
    try:
        return msgspec.convert(_decode(line)[1:], _References)
    except RecursionError as error:
        raise ValueError(f"damaged event: {error}") from error


def unpack(line: bytes, texts: Mapping[str, str], left_out: list[str] | None = None) -> AnyEvent | None:
    """The event of a line; None for a kind that this version does not know. A text that is missing says so.

    Fields that do not fit are left out of it, as an archive may have them that another program wrote; `left_out`
    gets their names.

    Raises:
        ValueError: The line is damaged.
    """
    try:
        whole = _with_texts(line, texts) if line.startswith(b"[") else line
        try:
            return ev.decode(whole)
        except msgspec.ValidationError:
            event = mended(_decode(whole), [] if left_out is None else left_out)
            if event is None:
                raise
            return event
    except (LookupError, TypeError, RecursionError) as error:
        raise ValueError(f"damaged event: {error}") from error


def _with_texts(line: bytes, texts: Mapping[str, str]) -> bytes:
    plain, *found = _decode(line)
    for path, sha256 in found:
        _put_back(plain, path, texts.get(sha256, "(this text is missing from the history)"))
    return _encode(plain)


def _put_back(value: Any, path: list[str | int], text: str) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = text


def portions(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`items` in slices that fit into one statement."""
    for start in range(0, len(items), SOME):
        yield items[start : start + SOME]
