"""The Test button's function and a run against each kind of server with its odd answers."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import socket
import ssl
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from aiohttp import web

from rlm_desktop.engine import catalog, client, model_lists
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.failures import advice, transport_error
from rlm_desktop.engine.provider_check import Report, check
from rlm_desktop.engine.providers import Provider, Providers
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.run import RunResult
from rlm_desktop.errors import ModelError
from rlm_desktop.settings import Settings
from tests.provider_servers import Answer, models, refusal, say, serving, stream
from tests.servers import chunk, event

FINAL = "FINAL(done)"
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_MAX_BACKOFF", 0.001)


def provider(url: str, kind: str = "compatible", **more: Any) -> Provider:
    return Provider("box", url, KEY, kind=kind, **more)


async def ask(one: Provider, model: str = "m", **options: Any) -> tuple[RunResult, list[ev.AnyEvent]]:
    events: list[ev.AnyEvent] = []
    async with RLM(f"box/{model}", providers=Providers([one], env={}), max_depth=1, **options) as rlm:
        return await rlm.arun("What is it?", context="a text", sinks=[events.append]), events


async def check_and_run(
    chat: Callable[[web.Request, dict[str, Any]], Any], kind: str = "compatible", listed: Answer = None
) -> tuple[Report, RunResult]:
    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        if "chat/completions" in request.path:
            return await chat(request, body)
        return models("m") if listed is None else listed

    async with serving(handler) as served:
        one = provider(served.url if kind != "azure" else served.root, kind)
        report = await check(one, "m")
        result, _ = await ask(one)
    return report, result


REFUSALS = [
    ("wrong key", 401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, "key"),
    ("azure's wrong key", 401, {"error": {"code": "401", "message": "Access denied due to invalid key"}}, "key"),
    ("LiteLLM without a database", 400, {"error": {"message": "Authentication Error, no api key"}}, "key"),
    ("LiteLLM's unknown key", 400, {"error": {"message": "No connected db.", "type": "no_db_connection"}}, "key"),
    ("no right to the model", 403, {"error": {"message": "Project has no access to model"}}, "forbidden"),
    ("unknown model", 404, {"error": {"message": "model 'm' not found", "code": None}}, "model"),
    ("OpenAI's", 404, {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}, "model"),
    ("OpenRouter's", 400, {"error": {"message": "m is not a valid model ID", "code": 400}}, "model"),
    ("LiteLLM's", 400, {"error": {"message": "Invalid model name passed in model=m", "code": "400"}}, "model"),
    ("Azure's", 404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment ..."}}, "model"),
    ("uvicorn's", 404, {"detail": "Not Found"}, "address"),
    ("no credit at OpenRouter", 402, {"error": {"message": "Insufficient credits", "code": 402}}, "credit"),
    ("no credit at OpenAI", 429, {"error": {"message": "quota", "code": "insufficient_quota"}}, "credit"),
    ("rate limit", 429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, "rate"),
    ("llama.cpp's context", 400, {"error": {"code": 400, "type": "exceed_context_size_error"}}, "too_large"),
    ("LiteLLM's context", 400, {"error": {"message": "litellm.ContextWindowExceededError: x"}}, "too_large"),
    ("Hugging Face's text", 500, {"error": "boom"}, "server"),
    ("vLLM's validation", 422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, "refused_request"),
]


@pytest.mark.parametrize(
    ("status", "body", "reason"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
async def test_refusals_are_named_and_have_a_way_out(status: int, body: Any, reason: str) -> None:
    async def chat(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return refusal(status, body)

    report, result = await check_and_run(chat)
    assert (report.is_working, report.reason) == (False, reason)
    assert report.sentence
    assert report.advice
    assert result.error.endswith(report.advice)
    assert not result.success


async def test_a_quota_that_is_spent_is_not_asked_again() -> None:
    calls: list[int] = []

    async def chat(_request: web.Request, _body: dict[str, Any]) -> Answer:
        calls.append(1)
        return refusal(429, {"error": {"message": "quota", "code": "insufficient_quota"}})

    await check_and_run(chat)
    assert len(calls) == 2


async def test_a_web_page_in_place_of_an_api() -> None:
    async def chat(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return "<html><body>Welcome</body></html>"

    report, result = await check_and_run(chat, listed="<!doctype html><html></html>")
    assert report.reason == "html"
    assert "/v1" in report.advice
    assert "is the base URL right? Correct" in result.error


async def test_a_redirection_is_not_followed_with_the_key() -> None:
    async def chat(_request: web.Request, _body: dict[str, Any]) -> Answer:
        raise web.HTTPMovedPermanently("http://127.0.0.1:9/elsewhere")

    report, _ = await check_and_run(chat)
    assert report.reason == "address"
    assert "elsewhere" in report.sentence


async def test_openai_refuses_old_names_of_parameters() -> None:
    async def chat(request: web.Request, body: dict[str, Any]) -> Answer:
        if "max_tokens" in body:
            error = {"message": "Unsupported parameter: 'max_tokens'", "code": "unsupported_parameter"}
            return refusal(400, {"error": error})
        if body.get("temperature", 1) != 1:
            return refusal(
                400, {"error": {"message": "'temperature' does not support 0.2", "param": "temperature"}}
            )
        return await say(request, FINAL)

    report, _ = await check_and_run(chat, "openai")
    assert report.is_working

    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        return await chat(request, body)

    async with serving(handler) as served:
        parameters = {"temperature": 0.2, "max_completion_tokens": 99}
        result, _ = await ask(provider(served.url, "openai"), parameters=parameters)
        assert result.final_answer == "done"
        assert served.requests[-1][2]["max_completion_tokens"] == 99


async def test_ollama_gets_the_only_name_that_it_knows() -> None:
    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        return await say(request, FINAL) if "chat" in request.path else {"object": "list", "data": None}

    async with serving(handler) as served:
        result, _ = await ask(provider(served.url, "ollama"), parameters={"max_completion_tokens": 99})
        assert result.success
        assert served.requests[-1][2]["max_tokens"] == 99
        assert "max_completion_tokens" not in served.requests[-1][2]
        report = await check(provider(served.url, "ollama"))
    assert "no model yet" in report.sentence
    assert "ollama pull" in report.advice


async def test_azure_by_deployment() -> None:
    async def chat(request: web.Request, _body: dict[str, Any]) -> Answer:
        return await stream(
            request,
            event({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}),
            chunk(FINAL),
            chunk("", "stop"),
            event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}),
        )

    async with serving(chat) as served:
        one = provider(served.root, "azure", api_version="2024-10-21")
        report = await check(one, "my deployment")
        result, _ = await ask(one, "my deployment")
        nothing = await check(one)
    assert report.is_working
    assert result.usage.input_tokens == 9
    path, headers, _ = served.requests[-1]
    assert path == "POST /openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == KEY
    assert "Authorization" not in headers
    assert "deployment" in nothing.advice


async def test_azure_by_its_newer_address() -> None:
    async def chat(request: web.Request, _body: dict[str, Any]) -> Answer:
        return await say(request, FINAL) if "chat" in request.path else models("gpt-5")

    async with serving(chat) as served:
        assert (await check(provider(f"{served.root}/openai/v1", "azure"), "gpt-5")).is_working
    assert served.requests[-1][0] == "POST /openai/v1/chat/completions"


async def test_openrouter_errors_come_with_status_200() -> None:
    async def chat(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return {"error": {"message": "Insufficient credits", "code": 402}}

    report, result = await check_and_run(chat, "openrouter")
    assert report.reason == "credit"
    assert "Insufficient credits" in result.error


async def test_openrouter_says_what_it_cost() -> None:
    async def chat(request: web.Request, _body: dict[str, Any]) -> Answer:
        usage = event({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1, "cost": 0.25}})
        reasoning = event({"choices": [{"delta": {"reasoning": "hm", "content": ""}}]})
        return await stream(request, b": OPENROUTER PROCESSING\n\n", reasoning, chunk(FINAL, "stop"), usage)

    report, result = await check_and_run(chat, "openrouter")
    assert report.is_working
    assert result.cost_usd == 0.25


def chunk_of(delta: dict[str, Any]) -> bytes:
    return event({"choices": [{"delta": delta}]})


async def test_reasoning_under_either_name_and_no_usage() -> None:
    for field in ("reasoning", "reasoning_content"):

        async def chat(request: web.Request, _body: dict[str, Any], field: str = field) -> Answer:
            thought = chunk_of({field: "thinking"})
            return await stream(request, thought, chunk(FINAL, "stop"), b"data: [DONE]\n\n")

        async with serving(chat) as served:
            result, events = await ask(provider(served.url, "vllm"))
        assert result.usage.input_tokens is None
        assert next(event.reasoning for event in events if isinstance(event, ev.ModelResponded)) == "thinking"


async def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    report = await check(provider(url, "ollama"), "m")
    assert report.reason == "refused"
    assert "Start Ollama" in report.advice


async def test_tls_where_there_is_none() -> None:
    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return models("m")

    async with serving(handler) as served:
        report = await check(provider(served.url.replace("http:", "https:")), "m")
    assert report.reason == "tls"
    assert "http://" in report.advice


async def test_a_proxy_that_is_not_there() -> None:
    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return models("m")

    async with serving(handler) as served:
        report = await check(provider(served.url, proxy="http://127.0.0.1:9"), "m")
        assert report.reason == "proxy"
        assert served.requests == []


async def test_the_environments_proxy_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        return await say(request, "ready") if "chat" in request.path else models("m")

    async with serving(handler) as served:
        assert (await check(provider(served.url))).is_working


async def test_a_server_that_says_nothing_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(model_lists, "SECONDS", 0.1)
    gone = asyncio.Event()

    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        await gone.wait()
        return models("m")

    async with serving(handler) as served:
        report = await check(provider(served.url), "m")
        gone.set()
    assert report.reason == "timeout"
    assert "timeout" in report.advice


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(socket.gaierror(-2, "Name or service not known"), "unknown_host"), (ssl.SSLError("certificate"), "tls")],
)
def test_causes_that_no_loopback_server_can_show(cause: Exception, reason: str) -> None:
    error = httpx2.ConnectError("no")
    error.__cause__ = cause
    one = provider("https://api.example.org/v1")
    failure = transport_error(error, one)
    assert failure.reason == reason
    assert advice(failure, one, "m")


@pytest.mark.parametrize(
    "cause", [socket.gaierror(-2, "Name or service not known"), ConnectionRefusedError(errno.ECONNREFUSED, "no")]
)
@pytest.mark.parametrize(
    ("url", "is_typed"), [("https://api.openai.com/v1", False), ("https://api.example.org/v1", True)]
)
def test_nobody_is_told_to_correct_an_address_that_they_did_not_type(
    cause: Exception, url: str, is_typed: bool
) -> None:
    error = httpx2.ConnectError("no")
    error.__cause__ = cause
    one = provider(url, "openai")
    assert ("base URL" in advice(transport_error(error, one), one, "m")) == is_typed


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (httpx2.ReadError("reset"), "broken", "broke off in the middle of the response"),
        (httpx2.RemoteProtocolError("odd"), "broken", "failed: odd"),
        (TimeoutError(), "timeout", "in time"),
    ],
)
def test_a_connection_that_breaks_off_is_no_time_out(error: Exception, reason: str, words: str) -> None:
    failure = transport_error(error, provider("https://api.example.org/v1"))
    assert (failure.reason, failure.is_retryable) == (reason, True)
    assert words in str(failure)


@pytest.mark.parametrize(("kind", "words"), [("azure", "your deployment"), ("ollama", "ollama pull m")])
def test_a_model_that_is_not_there_is_called_as_the_provider_calls_it(kind: str, words: str) -> None:
    missing = ModelError("no such model")
    missing.reason = "model"
    assert words in advice(missing, provider("https://api.example.org/v1", kind), "m")


async def test_a_key_in_an_error_is_not_repeated() -> None:
    async def chat(request: web.Request, _body: dict[str, Any]) -> Answer:
        return refusal(401, {"error": {"message": f"{request.headers['Authorization']} is wrong"}})

    report, result = await check_and_run(chat)
    assert KEY not in report.sentence
    assert KEY not in result.error


# -- lists of models -----------------------------------------------------------------------------------------


async def test_windows_and_prices_of_a_list_are_kept(tmp_path: Any) -> None:
    item = {
        "id": "openai/gpt-5",
        "context_length": 400_000,
        "pricing": {"prompt": "0.00000125", "completion": "0.00001", "input_cache_read": "-1"},
    }

    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return {"data": [item, {"id": 7}, "plain", None, {"id": "openai/gpt-5"}]}

    async with serving(handler) as served:
        one = provider(served.url, "openrouter")
        found = await model_lists.fetch(one)
    assert [model.name for model in found.models] == ["openai/gpt-5", "plain"]
    known = catalog.info(one, "box/openai/gpt-5")
    assert known is not None
    assert (known.window, known.input, known.output, known.cached) == (400_000, 1.25, 10.0, None)
    assert catalog.cached(dataclasses.replace(one, base_url="http://127.0.0.1:1/v1")) is None


async def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_lists, "_MAX_BODY", 100_000)

    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" " * 10_000)
        return response

    async with serving(handler) as served:
        with pytest.raises(ModelError, match="far too long"):
            await model_lists.fetch(provider(served.url))


async def test_ollamas_windows() -> None:
    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        match request.path:
            case "/v1/models":
                return models("loaded:8b", "own:8b", "usual:latest", "gone:8b")
            case "/api/ps":
                return {"models": [{"name": "loaded:8b", "model": "loaded:8b", "context_length": 8192}]}
            case "/api/show" if body["model"] == "own:8b":
                return {"parameters": 'stop "<|end|>"\nnum_ctx                        32768\n'}
            case "/api/show" if body["model"] == "usual:latest":
                return {"parameters": 'stop "<|end|>"', "model_info": {"llama.context_length": 131072}}
        return None

    async with serving(handler) as served:
        one = provider(served.url, "ollama")
        found = await model_lists.fetch(one)
    windows = {model.name: (model.window, model.is_window_assumed) for model in found.models}
    assert windows == {
        "loaded:8b": (8192, False),
        "own:8b": (32768, False),
        "usual:latest": (4096, True),
        "gone:8b": (4096, True),
    }
    assert model_lists.too_small(one, "box/own:8b", 20_000) == ""
    assert "OLLAMA_CONTEXT_LENGTH" in model_lists.too_small(one, "box/usual", 20_000)
    assert "8,192" in model_lists.too_small(one, "box/loaded:8b", 20_000)


async def test_a_small_window_is_said_at_the_start_and_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        if "chat" in request.path:
            return await say(request, FINAL)
        return models("m", max_model_len=8_000) if request.path == "/v1/models" else None

    async with serving(handler) as served:
        one = provider(served.url, "vllm")
        await model_lists.fetch(one)
        events: list[ev.AnyEvent] = []
        known = Providers([one], env={})
        async with RLM.from_settings(Settings(root_model="box/m"), providers=known) as rlm:
            assert rlm.options.window == 8_000
            await rlm.arun("What is it?", context="text " * 40_000, sinks=[events.append])
    notes = [event for event in events if isinstance(event, ev.Noted)]
    assert "m holds 8,000 tokens" in notes[0].text


async def test_windows_of_lm_studio_llamacpp_and_vllm() -> None:
    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        match request.path:
            case "/v1/models":
                return models("m", max_model_len=16_384)
            case "/api/v0/models":
                return {"data": [{"id": "m", "max_context_length": 131_072, "loaded_context_length": 4096}]}
            case "/props":
                return {"default_generation_settings": {"n_ctx": 2048}}
        return None

    async with serving(handler) as served:
        for kind, window in (("lmstudio", 4096), ("llamacpp", 2048), ("vllm", 16_384), ("compatible", 16_384)):
            found = await model_lists.fetch(dataclasses.replace(provider(served.url, kind), name=kind))
            assert found.models[0].window == window


@pytest.mark.parametrize(
    "body", [{"data": "x"}, {}, [[]], {"models": {"a": 1}}, {"object": "list", "data": [None]}]
)
async def test_lists_that_are_none_harm_nothing(body: Any) -> None:
    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        return await say(request, "ready") if "chat" in request.path else body

    async with serving(handler) as served:
        assert (await check(provider(served.url), "m")).is_working
        assert not (await check(provider(served.url))).is_working
