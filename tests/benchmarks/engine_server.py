"""A lean model server in a process of its own: `python -m tests.benchmarks.engine_server LATENCY`.

Plain HTTP/1.1 on asyncio's protocols, some 50 us a request, so that on a small machine the clients are measured
and not the server. What it answers is in the model's name: `answer` echoes, `batch:100` writes one cell with a
batch of 100 sub-calls, `tree:10x2` asks ten sub-RLMs that ask ten times each, `iterate:10` writes ten cells,
`stream:50` sends 50 chunks one by one; `dspy-batch:100` does it in DSPy's dialect.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any

PREFIX = "dspy-"
PACE = 0.02
"""Seconds between two chunks of a `stream` model."""


def reply_to(body: dict[str, Any]) -> str:
    """What the model named in a request says."""
    model: str = body["model"].split("/")[-1]
    if body["messages"][0]["role"] != "system":
        model = "answer"  # a plain sub-call, whatever model the engine asks for it
    dialect = _dspy if model.startswith(PREFIX) else _cell
    name, _, size = model.removeprefix(PREFIX).partition(":")
    turns = sum(message["role"] == "assistant" for message in body["messages"])
    return _MODELS[name](body, size, turns, dialect)


_Dialect = Callable[[str, str], str]


def _answer(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    return f"The answer to {_text(body['messages'][-1]['content'])[-40:]}"


def _final(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    return dialect("", "'done'")


def _batch(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    prompts = f"[f'{{context[:60]}} / question {{n}}' for n in range({size})]"
    code = f"replies = llm_query_batched({prompts})\nprint(len(set(replies)))"
    return dialect(code, "str(len(set(replies)))")


def _tree(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    width, _, levels = size.partition("x")
    code = (
        "level = context.count('|')\n"
        f"ask = rlm_query_batched if level + 1 < {levels} else llm_query_batched\n"
        f"replies = ask([f'{{context}}|part {{n}}' for n in range({width})])"
    )
    return dialect(code, "str(sum(int(reply) if reply.isdigit() else 1 for reply in replies))")


def _iterate(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    if dialect is _dspy:
        # DSPy shows earlier turns in one message; they are counted by what each of them printed.
        turns = _text(body["messages"][-1]["content"]).count("turn done")
    code = f"x = {turns}\nprint('turn', 'done', x)"
    return dialect(code, "str(x)" if turns + 1 >= int(size) else "")


def _length(body: dict[str, Any], size: str, turns: int, dialect: _Dialect) -> str:
    return dialect("", "str(len(context))")


_MODELS = {
    "answer": _answer,
    "final": _final,
    "batch": _batch,
    "tree": _tree,
    "iterate": _iterate,
    "length": _length,
}


def _cell(code: str, answer: str) -> str:
    end = f"\nanswer['content'] = {answer}\nanswer['ready'] = True" if answer else ""
    return f"I look at it.\n\n```repl\n{code}{end}\n```"


def _dspy(code: str, answer: str) -> str:
    end = f"\nSUBMIT({answer})" if answer else ""
    return (
        "[[ ## reasoning ## ]]\nI look at it.\n\n"
        f"[[ ## code ## ]]\n```python\n{code}{end}\n```\n\n[[ ## completed ## ]]"
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


# -- the protocol --------------------------------------------------------------------------------------------


def body_of(request: dict[str, Any], text: str) -> tuple[bytes, bytes]:
    """Content type and body of the response, streamed or not."""
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    head = {"id": "c", "created": 1, "model": request["model"]}
    if not request.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        whole = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
        return b"application/json", json.dumps(whole).encode()
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": usage},
    ]
    lines = [json.dumps({**head, "object": "chat.completion.chunk", **chunk}) for chunk in chunks]
    return b"text/event-stream", "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        start = head.find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        request = json.loads(body)
        if request["model"].startswith("stream:"):
            self._stream(int(request["model"].partition(":")[2]))
            return
        kind, content = body_of(request, reply_to(request))
        response = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
            kind,
            len(content),
            content,
        )
        asyncio.get_running_loop().call_later(self._latency, self._transport.write, response)

    def _stream(self, left: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )

        def send(left: int) -> None:
            delta = {"content": "word "} if left else {}
            finish = None if left else "stop"
            event = _event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
            self._transport.write(b"%x\r\n%b\r\n" % (len(event), event))
            if left:
                loop.call_later(PACE, send, left - 1)
            else:
                self._transport.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")

        send(left)


def _event(chunk: dict[str, Any]) -> bytes:
    chunk = {"id": "c", "created": 1, "model": "stream", "object": "chat.completion.chunk", **chunk}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


async def _serve(latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(latency), "127.0.0.1", 0, backlog=4096)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    # Ends with the process that started it, however that ends.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(float(sys.argv[1])))
