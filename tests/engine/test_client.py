"""The client against a real server on loopback, with every odd answer of reference/providers.md section 5."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine.client import Completion, FailedAttempt, ModelClient
from rlm_desktop.engine.events import Message
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import ModelError
from tests.servers import Fault, ModelServer, Script

MESSAGES = [Message("user", "Say hello to the world")]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off in milliseconds."""
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)


class Asker:
    """A client with what it told."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.client = ModelClient(Provider("test", server.url, "key"))
        self.retries: list[FailedAttempt] = []
        self.texts: list[str] = []

    async def ask(self, messages: list[Message] | None = None, **parameters: object) -> Completion:
        return await self.client.complete(
            "m",
            messages or MESSAGES,
            parameters,
            on_text=lambda text, reasoning: self.texts.append(text + reasoning),
            on_retry=self._note,
        )

    async def _note(self, failed: FailedAttempt) -> None:
        self.retries.append(failed)


Ask = Callable[[Script], Awaitable[Asker]]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another task brings about."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it is no event that is waited for
            await asyncio.sleep(0)


@pytest_asyncio.fixture(loop_scope="module")
async def ask() -> AsyncIterator[Ask]:
    opened: list[Asker] = []

    async def start(script: Script) -> Asker:
        server = ModelServer(script)
        await server.__aenter__()
        opened.append(Asker(server))
        return opened[-1]

    yield start
    for asker in opened:
        await asker.client.aclose()
        await asker.server.__aexit__()


async def test_a_streamed_reply(ask: Ask) -> None:
    asker = await ask(["Hello to the wide world"])
    completion = await asker.ask()
    assert completion.text == "Hello to the wide world"
    assert completion.finish_reason == "stop"
    assert completion.usage is not None
    assert (completion.usage.input_tokens, completion.usage.output_tokens) == (5, 5)
    assert completion.usage.cached_tokens == 2
    assert completion.attempts == 1
    assert completion.first_token is not None
    assert completion.text.startswith("".join(asker.texts))
    assert asker.server.log[0].body["stream_options"] == {"include_usage": True}


async def test_a_server_that_does_not_stream(ask: Ask) -> None:
    completion = await (await ask([Fault("plain", text="whole")])).ask()
    assert completion.text == "whole"
    assert completion.usage is not None


async def test_a_stream_that_has_ended_is_not_waited_for(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_END_PATIENCE", 0.01)
    asker = await ask([Fault("stays_open", text="so")])
    completion = await asker.ask()
    assert (completion.text, completion.attempts, asker.retries) == ("so", 1, [])


async def test_what_a_server_says_in_place_of_an_answer_is_told(ask: Ask) -> None:
    asker = await ask([Fault("other", body='{"object": "error", "message": "prompt too long"}'), "fine"])
    assert (await asker.ask()).text == "fine"
    assert "prompt too long" in asker.retries[0].reason


async def test_missing_usage_is_unknown(ask: Ask) -> None:
    completion = await (await ask([Fault("no_usage", text="hi")])).ask()
    assert (completion.text, completion.usage) == ("hi", None)


@pytest.mark.parametrize(
    ("fault", "may_cost"),
    [
        (Fault("status", 500), False),
        (Fault("status", 503), False),
        (Fault("status", 429), False),
        (Fault("status", 429, headers={"Retry-After": "0"}), False),
        (Fault("status", 429, headers={"retry-after-ms": "2"}), False),
        (Fault("status", 503, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}), False),
        (Fault("reset"), True),
        (Fault("cut_stream"), True),
        (Fault("broken_sse"), True),
        (Fault("broken_json"), True),
        (Fault("no_choices"), True),
        (Fault("null_choices"), True),
        (Fault("error_in_200", 502), True),
        (Fault("error_in_stream"), True),
    ],
    ids=lambda value: f"{value.kind} {value.status}" if isinstance(value, Fault) else None,
)
async def test_a_passing_fault_is_retried(ask: Ask, fault: Fault, may_cost: bool) -> None:
    asker = await ask([fault, "fine"])
    completion = await asker.ask()
    assert (completion.text, completion.attempts) == ("fine", 2)
    assert [failed.attempt for failed in asker.retries] == [1]
    assert asker.retries[0].may_cost is may_cost
    assert asker.retries[0].reason
    assert asker.retries[0].delay > 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", 401), "key was refused"),
        (Fault("status", 404), "does not know this model"),
        (Fault("status", 422, body='{"detail": [{"msg": "bad field"}]}'), "bad field"),
        (Fault("status", 400, body='{"error": "plain text"}'), "plain text"),
        (Fault("status", 402, body='{"error": {"message": "pay", "code": 402}}'), "no credit"),
        (Fault("html"), "web page"),
        (Fault("error_in_200", 401), "upstream broke"),
        (Fault("status", 429, headers={"Retry-After": "900"}), "900 seconds"),
    ],
    ids=lambda value: f"{value.kind} {value.status}" if isinstance(value, Fault) else None,
)
async def test_a_lasting_fault_fails_at_once_and_says_what_to_do(ask: Ask, fault: Fault, words: str) -> None:
    asker = await ask([fault, "never asked"])
    with pytest.raises(ModelError, match=words):
        await asker.ask()
    assert len(asker.server.log) == 1


async def test_attempts_end(ask: Ask) -> None:
    asker = await ask(lambda _: Fault("status", 500))
    with pytest.raises(ModelError, match="HTTP 500"):
        await asker.ask()
    assert len(asker.server.log) == client_module.MAX_ATTEMPTS


async def test_a_refused_connection_says_where(ask: Ask) -> None:
    asker = await ask(["never"])
    await asker.server.__aexit__()
    with pytest.raises(ModelError, match=r"The connection to http://127\.0\.0\.1") as caught:
        await asker.ask()
    assert not any(failed.may_cost for failed in asker.retries)  # it never got there
    assert not caught.value.may_cost


async def test_a_request_that_is_never_answered_may_cost(ask: Ask) -> None:
    asker = await ask([Fault("hang"), "fine"])
    asker.client.provider = replace(asker.client.provider, timeout=0.3)
    assert (await asker.ask()).text == "fine"
    assert "in time" in asker.retries[0].reason
    assert asker.retries[0].may_cost


async def test_a_parameter_that_the_model_refuses_is_dropped_and_remembered(ask: Ask) -> None:
    def script(body: dict[str, object]) -> str | Fault:
        if "temperature" in body:
            message = "Unsupported value: 'temperature' does not support 0.2"
            return Fault("status", 400, body=f'{{"error": {{"message": "{message}"}}}}')
        if "max_tokens" in body:
            message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return Fault("status", 400, body=f'{{"error": {{"message": "{message}"}}}}')
        return "fine"

    asker = await ask(script)
    assert (await asker.ask(temperature=0.2, max_tokens=9)).text == "fine"
    assert (await asker.ask(temperature=0.2, max_tokens=9)).attempts == 1
    assert asker.server.log[-1].body["max_completion_tokens"] == 9
    assert "temperature" not in asker.server.log[-1].body


async def test_a_rate_limit_holds_back_all_calls(ask: Ask) -> None:
    asker = await ask([Fault("status", 429, headers={"retry-after-ms": "80"}), "a", "b"])
    loop = asyncio.get_running_loop()
    first = asyncio.create_task(asker.ask())
    await until(lambda: bool(asker.retries))
    held = loop.time()
    await asker.ask()
    assert loop.time() - held >= 0.07
    assert (await first).attempts == 2


async def test_a_lone_surrogate_is_sent_as_a_mark(ask: Ask) -> None:
    asker = await ask(["fine"])
    assert (await asker.ask([Message("user", "bad \udc80 text")])).text == "fine"
    assert asker.server.log[0].body["messages"][0]["content"] == "bad ? text"


async def test_the_headers_hold_the_key_and_nothing_of_this_machine(ask: Ask) -> None:
    asker = await ask(["fine"])
    await asker.ask()
    headers = {name.lower(): value for name, value in asker.server.log[0].headers.items()}
    assert headers["authorization"] == "Bearer key"
    assert headers["content-type"] == "application/json"
    assert not [name for name in headers if name.startswith("x-stainless")]


async def test_cancelling_closes_the_request(ask: Ask) -> None:
    asker = await ask([Fault("hang")])
    task = asyncio.create_task(asker.ask())
    await until(lambda: asker.server.active > 0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_parallel_calls_share_connections_and_keep_their_replies(ask: Ask) -> None:
    asker = await ask(lambda body: f"re: {body['messages'][0]['content']}")
    completions = await asyncio.gather(*(asker.ask([Message("user", f"q{n}")]) for n in range(100)))
    assert [completion.text for completion in completions] == [f"re: q{n}" for n in range(100)]


async def test_what_a_failed_attempt_used_is_kept_where_the_provider_said_it(ask: Ask) -> None:
    asker = await ask([Fault("usage_then_error"), "fine"])
    assert (await asker.ask()).text == "fine"
    used = asker.retries[0].usage
    assert used is not None
    assert (used.input_tokens, used.output_tokens) == (7, 2)
