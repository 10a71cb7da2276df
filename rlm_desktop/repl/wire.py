"""What host and worker say to each other: typed messages in length-prefixed msgpack frames.

A frame is at most `FRAME_LIMIT` bytes. A longer message travels in a memory file whose descriptor goes with a short
frame: the host makes the file in both directions, so that what a worker can make the host hold is bounded by
`BULK_LIMIT`. Decoding is strict; whatever does not fit is a `WireError`, and the host kills a worker that sends it.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias, cast

import msgspec
from msgspec import Meta

FRAME_LIMIT = 1 << 20
"""Largest frame in bytes, without its header."""
BULK_LIMIT = 1 << 30
"""Largest message in bytes that may travel in a memory file."""
MAX_OPEN_CALLS = 64
"""Calls of one worker that may wait for their reply; a batch is one call."""
FRAMES_PER_TURN = 16
"""Frames of one worker that the host handles before other work gets its turn."""
OUTPUT_PIECE = 32_768
"""Characters in one piece of output."""
MAX_PROMPTS = 100_000
"""Prompts of one batch."""
MAX_VALUES = 20_000
"""Values in any other message, each number of a list among them: what a million of them cost the host is out of
proportion to their bytes."""
MAX_FINAL = 10_000_000
"""Characters of a final answer."""
MAX_VARIABLES = 300
"""Variables that are described after a cell."""
PREVIEW = 200
"""Characters of a variable's preview."""

HEADER = struct.Struct("<I")

Stream: TypeAlias = Literal["stdout", "stderr"]
FinalSource: TypeAlias = Literal["FINAL", "FINAL_VAR", "answer", "SUBMIT"]
QueryFunction: TypeAlias = Literal["llm_query", "llm_query_batch", "rlm_query", "rlm_query_batch"]

Line = Annotated[int, Meta(ge=0, le=10_000_000)]
Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(max_length=200)]
Sentence = Annotated[str, Meta(max_length=4_000)]


class WireError(Exception):
    """The other side does not keep to the protocol."""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable of the REPL after a cell: `size` is len() where there is one, `preview` at most 200 characters."""

    name: Name
    type: Name
    size: Count | None = None
    preview: Annotated[str, Meta(max_length=PREVIEW)] = ""
    changed: bool = False


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question of the code to a model.

    Attributes:
        function: What was called, without aliases.
        called_as: The name that the code used.
        prompts: One, or those of the batch.
        line: Line of the cell's code, from 1; 0 when not known.
    """

    function: QueryFunction
    called_as: Name
    prompts: Annotated[list[str], Meta(max_length=MAX_PROMPTS)]
    model: Name | None = None
    max_concurrent: Annotated[int, Meta(ge=1)] | None = None
    line: Line = 0


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of one of the tools that were handed in with the `ReplSpec`."""

    name: Name
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    line: Line = 0


class Final(msgspec.Struct, frozen=True, kw_only=True):
    """A final answer: its text, and its value where that is more than a text and not too much for a message.

    `is_none` tells a None, of which the text is `null` too, from the text `null`; `is_text` tells a text that code
    gave, which may look like JSON, from data written as JSON.
    """

    source: FinalSource
    text: Annotated[str, Meta(max_length=MAX_FINAL)]
    value: Any = None
    is_none: bool = False
    is_text: bool = False


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A function of the application that cells may call by `name`; `description` becomes its docstring."""

    name: Name
    description: str = ""


class DocumentMap(msgspec.Struct, frozen=True, array_like=True):
    """Where the characters of a document came from: starts of its places with their names, starts of its pages."""

    starts: list[int] = []
    labels: list[str] = []
    pages: list[int] = []


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """To the worker, first: what its namespace holds.

    `context` is msgpack; empty when the worker was forked from a zygote that holds the context. `maps` are those of
    `documents`, in their order.
    """

    context: bytes
    documents: list[dict[str, Any]]
    history: list[dict[str, Any]]
    tools: list[Tool]
    values: dict[str, Any]
    output_cap: int
    first_cell: int
    maps: list[DocumentMap] = []
    chance: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """To the worker: run this code as cell number `cell`."""

    cell: int
    code: str


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag="reply"):
    """To the worker: what call `call` brought; `error` stands for an exception raised in the cell."""

    call: int
    results: Any = None
    error: str | None = None


class Fetch(msgspec.Struct, frozen=True, kw_only=True, tag="fetch"):
    """To the worker: send a variable, as text of at most `limit` characters or as a final answer."""

    id: int
    name: str
    form: Literal["text", "final"]
    limit: int


class Interrupt(msgspec.Struct, frozen=True, kw_only=True, tag="interrupt"):
    """To the worker: stop the cell softly (where there are no signals)."""


class Room(msgspec.Struct, frozen=True, kw_only=True, tag="room"):
    """To the worker: the memory file that it wanted. Carries a descriptor."""


class InFile(msgspec.Struct, frozen=True, kw_only=True, tag="in_file"):
    """To the worker: the next message is in a memory file. Carries a descriptor."""

    size: int


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """From the worker: it is confined and its namespace stands. `faults` lists what the self-test could do."""

    pid: int
    layers: Annotated[list[Name], Meta(max_length=64)] = []
    faults: Annotated[list[Name], Meta(max_length=64)] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """From the worker: it cannot start, and why."""

    reason: Sentence


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """From the worker: code asks a model."""

    id: Count
    query: Query


class CallTool(msgspec.Struct, frozen=True, kw_only=True, tag="call_tool"):
    """From the worker: code calls a tool."""

    id: Count
    tool: ToolCall


class Output(msgspec.Struct, frozen=True, kw_only=True, tag="output"):
    """From the worker: code printed, after `dropped` characters that are not kept."""

    cell: Count
    stream: Stream
    text: Annotated[str, Meta(max_length=OUTPUT_PIECE)]
    dropped: Count = 0


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """From the worker: the cell ended, and left these variables and `more_variables` that are not described."""

    cell: Count
    status: Literal["ok", "error", "interrupted"]
    error: Sentence = ""
    traceback: Annotated[str, Meta(max_length=100_000)] = ""
    line: Line = 0
    dropped: Count = 0
    variables: Annotated[list[Variable], Meta(max_length=MAX_VARIABLES)] = []
    more_variables: Count = 0
    threads: Count = 0
    final: Final | None = None


class Fetched(msgspec.Struct, frozen=True, kw_only=True, tag="fetched"):
    """From the worker: the variable asked for; both None when there is none."""

    id: Count
    text: str | None = None
    final: Final | None = None


class Want(msgspec.Struct, frozen=True, kw_only=True, tag="want"):
    """From the worker: give me a memory file of `size` bytes for my next message."""

    size: Annotated[int, Meta(gt=FRAME_LIMIT, le=BULK_LIMIT)]


class Filled(msgspec.Struct, frozen=True, kw_only=True, tag="filled"):
    """From the worker: the message is in the memory file."""


ToWorker: TypeAlias = Begin | Run | Reply | Fetch | Interrupt | Room | InFile
FromWorker: TypeAlias = Ready | Refused | Call | CallTool | Output | Done | Fetched | Want | Filled

_encoder = msgspec.msgpack.Encoder()
_to_worker = msgspec.msgpack.Decoder(ToWorker)
_from_worker = msgspec.msgpack.Decoder(FromWorker)


def decode_to_worker(data: bytes | bytearray | memoryview) -> ToWorker:
    """A message of the host."""
    return cast(ToWorker, _decode(_to_worker, data))


_SMALL = 8_192
_STEP = 1_000
_LIGHT = (b"\xa4type\xa6output", b"\xa4type\xa4call")
"""How messages begin whose fields all have types of their own: there bytes tell what decoding costs."""


def is_heavy(payload: bytes) -> bool:
    """Whether decoding this message of a worker may take too long for the event loop."""
    return len(payload) > _SMALL and not payload.startswith(_LIGHT, 1)


def decode_heavy(data: bytes | bytearray) -> FromWorker:
    """`decode_from_worker` for any message: it is measured before anything is built of it."""
    if len(data) > _SMALL:
        deque(check_values(data), maxlen=0)
    return decode_from_worker(data)


def decode_from_worker(data: bytes | bytearray | memoryview) -> FromWorker:
    """A message of a worker, which may be hostile."""
    message = cast(FromWorker, _decode(_from_worker, data))
    if isinstance(message, CallTool):
        _refuse_exotic([message.tool.args, message.tool.kwargs])
    elif isinstance(message, Done | Fetched) and message.final is not None:
        _refuse_exotic(message.final.value)
    return message


def has_too_many(data: bytes | bytearray) -> bool:
    """Whether a message holds more values than it may."""
    return len(data) > _SMALL and items(data, _limit(data)) > _limit(data)


def _limit(data: bytes | bytearray) -> int:
    return MAX_PROMPTS + 100 if data.startswith(_LIGHT, 1) else MAX_VALUES


def items(data: bytes | bytearray, limit: int) -> int:
    """How many values msgpack holds; when there are more than `limit`, how many at least. Texts cost nothing.

    Raises:
        WireError: It is no msgpack.
    """
    *_, count = _counting(data, limit)
    return count


def check_values(data: bytes | bytearray) -> Iterator[None]:
    """`has_too_many` in small steps, between which other work may get its turn.

    Raises:
        WireError: There are too many, or it is no msgpack.
    """
    limit = _limit(data)
    for count in _counting(data, limit):
        if count > limit:
            raise WireError(f"more than {limit:,} values in one message")
        yield


def _counting(data: bytes | bytearray, limit: int) -> Iterator[int]:
    """The number of values so far, now and then and at the end."""
    position = count = 0
    waiting = 1
    try:
        while waiting and count + waiting <= limit:
            head = data[position]
            size, length, inside = _SHAPES[head]
            if length:
                given = int.from_bytes(data[position + 1 : position + 1 + length])
                size, inside = (size, given * inside) if inside else (size + given, 0)
            position += 1 + length + size
            waiting += inside - 1
            count += 1
            if not count % _STEP:
                yield count
    except IndexError:
        raise WireError("a message that ends too soon") from None
    yield count + waiting


def _shapes() -> list[tuple[int, int, int]]:
    """For each first byte of a value in msgpack: bytes that follow, bytes of its length, values in it for each.

    Where there is a length, it counts bytes if no values are in it, else values.
    https://github.com/msgpack/msgpack/blob/master/spec.md
    """
    shapes = [(0, 0, 0)] * 256
    shapes[0x80:0xC0] = [
        *((0, 0, 2 * number) for number in range(16)),
        *((0, 0, number) for number in range(16)),
        *((number, 0, 0) for number in range(32)),
    ]
    shapes[0xC4:0xE0] = [
        *((0, length, 0) for length in (1, 2, 4)),
        *((1, length, 0) for length in (1, 2, 4)),
        *((size, 0, 0) for size in (4, 8, 1, 2, 4, 8, 1, 2, 4, 8)),
        *((size, 0, 0) for size in (2, 3, 5, 9, 17)),
        *((0, length, 0) for length in (1, 2, 4)),
        *((0, length, 1) for length in (2, 4)),
        *((0, length, 2) for length in (2, 4)),
    ]
    return shapes


_SHAPES = _shapes()


_DEEPEST = 200
"""Levels of lists and dicts in what a message of the host holds: what reads it goes down by itself, too."""
_PIECE = 1 << 18
_PLAIN = frozenset({str, int, float, bool, type(None)})


def _refuse_exotic(value: Any) -> None:
    """Let by only what JSON has: msgpack also knows bytes, times and extensions."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = cast(type[object], type(item))
        if kind is list:
            waiting += item
        elif kind is dict:
            if not all(type(key) is str for key in item):
                raise WireError("a key that is not a text")
            waiting += item.values()
        elif kind not in _PLAIN:
            raise WireError(f"a value of type {kind.__name__}")


def _decode(decoder: msgspec.msgpack.Decoder[Any], data: bytes | bytearray | memoryview) -> Any:
    # The last two: a hostile timestamp overflows datetime, hostile nesting the stack.
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError, RecursionError) as error:
        raise WireError(f"not a message of the protocol: {error}") from None


def encode(message: ToWorker | FromWorker) -> bytes:
    """The message without its header. Lone surrogates, which UTF-8 cannot hold, are written as escapes."""
    try:
        return _encoder.encode(message)
    except UnicodeEncodeError:
        tag = {"type": message.__struct_config__.tag}
        return _encoder.encode(tag | {name: plain(getattr(message, name)) for name in message.__struct_fields__})


def plain(value: Any) -> Any:
    """`value` built of str, int, float, list, dict and None, without lone surrogates."""
    if isinstance(value, str):
        is_plain = type(value) is str and _is_sound(value)
        return value if is_plain else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in cast(dict[Any, Any], value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast(list[Any], value)]
    return value


def _is_sound(text: str) -> bool:
    """Whether UTF-8 can hold a text; looks at it in pieces: other threads stand still for as long as one takes."""
    if text.isascii():
        return True
    try:
        for start in range(0, len(text), _PIECE):
            text[start : start + _PIECE].encode()
    except UnicodeEncodeError:
        return False
    return True


def unfit(value: Any) -> str:
    """Why no message can hold `value`, in words; empty where one can. Texts take no time."""
    try:
        _refuse_unfit(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return str(error)
    return ""


def _refuse_unfit(value: Any, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} times")
    if isinstance(value, dict):
        for key, item in cast(dict[Any, Any], value).items():
            _refuse_unfit(key, depth + 1)
            _refuse_unfit(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in cast(list[Any], value):
            _refuse_unfit(item, depth + 1)
    elif not isinstance(value, str):
        _encoder.encode(value)


def frame(payload: bytes) -> bytes:
    """The payload with its header."""
    return HEADER.pack(len(payload)) + payload


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self, limit: int = FRAME_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Add what has been read."""
        self._buffer += data

    def frames(self) -> Iterator[bytes]:
        """The complete frames so far, each taken off the buffer as it is given out.

        Raises:
            WireError: A header announces more than the limit.
        """
        while len(self._buffer) >= HEADER.size:
            (size,) = HEADER.unpack_from(self._buffer)
            if size > self._limit:
                raise WireError(f"a frame of {size} bytes; the limit is {self._limit}")
            end = HEADER.size + size
            if len(self._buffer) < end:
                return
            payload = bytes(memoryview(self._buffer)[HEADER.size : end])
            del self._buffer[:end]
            yield payload
