"""Reads chat-completion replies, streamed or not, from the bytes of the response.

Below the SDK's typed layer on purpose: splitting the stream here costs a third of the time per chunk
(reference/qt.md 1.5), and servers answer in ways that the typed layer lets through silently (HTML with status 200,
`choices: null`, an error inside a 200; reference/providers.md 5). Everything odd becomes a `ModelError`.
"""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec

from rlm_desktop.engine.events import Usage
from rlm_desktop.errors import ModelError

_RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})

MAX_REPLY = 64 << 20
"""Bytes of one reply, far above what any model says: a server that goes on without end is given up."""


class _Message(msgspec.Struct):
    content: Any = None
    tool_calls: Any = None
    function_call: Any = None
    reasoning: Any = None
    reasoning_content: Any = None
    refusal: Any = None


class _Choice(msgspec.Struct):
    delta: _Message | None = None
    message: _Message | None = None
    finish_reason: Any = None


class _Body(msgspec.Struct):
    """A chunk of a stream or a whole completion: the same fields but for `delta` and `message`."""

    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


_decode_body = msgspec.json.Decoder(_Body, strict=False).decode
_MOST = 1e15
"""Figures from which on a count of tokens or a cost is none."""


_BOM = b"\xef\xbb\xbf"
"""Some servers put it before all that they send."""
TOOL_CALL = "```tool_call\n"
"""How a call of a tool is shown in a reply's text: nobody asked for one, but it is what the model said."""
_EVENTS = (b"data:", b"event:", b": ")
"""How an event stream begins, and neither JSON nor a web page."""


class ReplyReader:
    """Takes the response's bytes in and collects the reply.

    Attributes:
        usage: The provider's figures, None when it gave none.
        cost_usd: The provider's own figure, None when it gave none.
        finish_reason: As the server said it.
        is_streamed: Whether the body is an event stream, whatever the server called it.
        is_done: Whether the server said that the stream has ended.
    """

    def __init__(self, *, is_streamed: bool) -> None:
        self.is_streamed = is_streamed
        self.usage: Usage | None = None
        self.cost_usd: float | None = None
        self.finish_reason = ""
        self._buffer = bytearray()
        self._taken = 0
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._tool_calls: dict[int, list[str]] = {}
        self._has_choice = False
        self._other = b""
        self.is_done = False

    @property
    def text(self) -> str:
        """The reply so far, the calls of tools at its end."""
        calls = [f"{TOOL_CALL}{''.join(pieces)}\n```" for pieces in self._tool_calls.values()]
        return "\n\n".join(filter(None, ["".join(self._text), *calls]))

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self._reasoning)

    def feed(self, data: bytes) -> tuple[str, str]:
        """Take bytes in; returns the text and the reasoning that they brought.

        Raises:
            ModelError: The server said that it failed, or nothing that can be read.
        """
        if not self._taken:
            data = data.removeprefix(_BOM)
        self._taken += len(data)
        if self._taken > MAX_REPLY:
            raise ModelError(f"The server's response is longer than {MAX_REPLY:,} bytes.")
        before = len(self._buffer)
        self._buffer += data
        if not self.is_streamed:
            if self._taken > len(data) or not self._buffer.startswith(_EVENTS):
                return "", ""
            # Some proxies call an event stream plain text.
            self.is_streamed = True
        # Looked for in what is new only: a line without end would be searched again and again.
        end = self._buffer.rfind(b"\n", before)
        if end < 0:
            return "", ""
        lines = bytes(self._buffer[:end]).split(b"\n")
        del self._buffer[: end + 1]
        texts, thoughts = len(self._text), len(self._reasoning)
        for line in lines:
            self._take_line(line)
        return "".join(self._text[texts:]), "".join(self._reasoning[thoughts:])

    @property
    def is_complete(self) -> bool:
        """Whether nothing more is to come: the server says so, or why the reply ended and its use are known."""
        return self.is_done or (bool(self.finish_reason) and self.usage is not None)

    def finish(self) -> None:
        """The response has ended.

        Raises:
            ModelError: What came is no reply.
        """
        if self.is_streamed:
            if self._buffer.strip():
                self._take_line(bytes(self._buffer))
        else:
            self._take_body(bytes(self._buffer))
        if not self._has_choice:
            if said := _shown(self._other):
                raise ModelError(f"The server's response holds no answer (no choices): {said}", is_retryable=True)
            raise ModelError("The server's response holds no answer (no choices).", is_retryable=True)
        if self.is_streamed and not (self.is_done or self.finish_reason or self.usage):
            raise ModelError("The server's response broke off before its end.", is_retryable=True)

    def _take_line(self, line: bytes) -> None:
        # `data:` lines carry everything; comments (":"), `event:`, `id:` and `retry:` lines are of no use here.
        if not line.startswith(b"data:"):
            return
        payload = line[5:].strip()
        if payload == b"[DONE]":
            self.is_done = True
        elif payload:
            self._take_body(payload)

    def _take_body(self, payload: bytes) -> None:
        try:
            body = _decode_body(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            body = _decoded_mended(payload)
            if body is None:
                shown = _shown(payload) or "an empty body"
                if shown.startswith("<"):
                    raise ModelError("The server answered with a web page: is the base URL right?") from error
                raise ModelError(
                    f"The server's response cannot be read ({error}): {shown}", is_retryable=True
                ) from error
        if body.error:
            raise error_in_body(body.error)
        if body.usage and (usage := _dict(body.usage)):
            self._take_usage(usage)
        for choice in body.choices or ():
            self._has_choice = True
            self._take_choice(choice)
        if not self._has_choice and body.usage is None:
            self._other = payload

    def _take_choice(self, choice: _Choice) -> None:
        message = choice.delta or choice.message
        if message is not None:
            if text := _text_of(message.content) or _text_of(message.refusal):
                self._text.append(text)
            reasoning = _text_of(message.reasoning_content) or _text_of(message.reasoning)
            if not isinstance(message.content, str):
                reasoning = reasoning or _thoughts_in(message.content)
            if reasoning:
                self._reasoning.append(reasoning)
            for call in _dicts_in(message.tool_calls):
                self._take_tool_call(call.get("index"), call.get("function"))
            self._take_tool_call(0, message.function_call)
        if choice.finish_reason:
            self.finish_reason = str(choice.finish_reason)

    def _take_tool_call(self, index: Any, function: Any) -> None:
        """A call of a tool; a streamed one comes in pieces that have its index."""
        if not isinstance(function, dict):
            return
        fields = cast("dict[str, Any]", function)
        key = index if isinstance(index, int) else len(self._tool_calls)
        pieces = self._tool_calls.setdefault(key, [f"{fields.get('name')} "])
        arguments = fields.get("arguments") or ""
        pieces.append(arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode())

    def _take_usage(self, usage: dict[str, Any]) -> None:
        prompt, completion = (_dict(usage.get(f"{part}_tokens_details")) for part in ("prompt", "completion"))
        cost = usage.get("cost")
        self.cost_usd = _figure(_dict(cost).get("total_cost") if isinstance(cost, dict) else cost)
        self.usage = Usage(
            input_tokens=_count(usage.get("prompt_tokens")),
            output_tokens=_count(usage.get("completion_tokens")),
            cached_tokens=_count(prompt.get("cached_tokens")),
            reasoning_tokens=_count(completion.get("reasoning_tokens")),
        )


def _decoded_mended(payload: bytes) -> _Body | None:
    """A body that is no sound JSON, for half a character in it or a bare line break; None where that is not all."""
    try:
        lax = json.loads(payload.decode("utf-8", "replace"), strict=False)
        return _decode_body(json.dumps(lax, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _shown(payload: bytes) -> str:
    """The beginning of what a server sent, for an error."""
    return payload[:200].decode("utf-8", "replace").strip()


def _figure(value: Any) -> float | None:
    """A figure as the server gave it, maybe in quotes; one below zero, or of no sense, says nothing."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value < _MOST else None


def _count(value: Any) -> int | None:
    figure = _figure(value)
    return None if figure is None else int(figure)


def _dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text_of(content: Any) -> str:
    """Text of a content field: a string, or a list of parts as some servers send."""
    if isinstance(content, str):
        return content
    return "".join(_text_of(part.get("text")) for part in _dicts_in(content))


def _thoughts_in(content: Any) -> str:
    """The parts of a content field that are thoughts, as Mistral's models send them."""
    return "".join(_text_of(part.get("thinking")) for part in _dicts_in(content))


def _dicts_in(value: Any) -> list[dict[str, Any]]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


def error_in_body(error: Any, status: int | None = None) -> ModelError:
    """The error that a server describes in a body: `{"error": {...}}`, `{"error": "text"}` and the like."""
    message: Any = error
    if isinstance(error, dict):
        fields = cast("dict[str, Any]", error)
        message = fields.get("message") or fields.get("detail") or fields
        code = str(fields.get("code"))
        if status is None and code.isdigit():
            status = int(code)
    text = message if isinstance(message, str) else str(message)
    return ModelError(
        f"The server refused: {text.strip()[:1000]}",
        status=status,
        is_retryable=status is None or status in _RETRYABLE,
    )


def is_retryable_status(status: int) -> bool:
    """Whether the same request may succeed later."""
    return status in _RETRYABLE
