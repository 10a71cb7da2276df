"""Servers that others wrote, where they are installed: a LiteLLM proxy with mock replies, and llama.cpp's server.

`RLM_TEST_LITELLM` names the command of a LiteLLM proxy (else `litellm` on the path); llama.cpp needs `llama-server`
on the path and `RLM_TEST_GGUF`, a model file: the tests download no weights. `@copilotkit/aimock` is in
`test_aimock.py`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import model_lists
from rlm_desktop.engine.provider_check import check
from rlm_desktop.engine.providers import Provider, Providers
from rlm_desktop.engine.rlm import RLM

KEY = "sk-lite-0123456789"
CONFIG = f"""\
model_list:
  - model_name: mock
    litellm_params: {{model: openai/mock, api_key: none, mock_response: "FINAL(from the mock)"}}
  - model_name: limited
    litellm_params: {{model: openai/limited, api_key: none, mock_response: "litellm.RateLimitError"}}
  - model_name: narrow
    litellm_params: {{model: openai/narrow, api_key: none, mock_response: "litellm.ContextWindowExceededError"}}
  - model_name: broken
    litellm_params: {{model: openai/broken, api_key: none, mock_response: "litellm.InternalServerError"}}
  - model_name: dead
    litellm_params: {{model: openai/dead, api_key: none, api_base: "http://127.0.0.1:9/v1"}}
litellm_settings: {{drop_params: true, num_retries: 0}}
general_settings: {{master_key: {KEY}}}
"""
PATIENCE = 120


@asynccontextmanager
async def running(command: list[str], path: str, folder: Path) -> AsyncIterator[str]:
    """A server's address, once `path` answers there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *command,
        "--port",
        str(port),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while not await _answers(session, url + path):
                assert process.returncode is None, "the server ended at once"
                await asyncio.sleep(0.25)
        yield url
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def test_a_litellm_proxy_with_mock_replies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # it would look for prices in the network
    program = os.environ.get("RLM_TEST_LITELLM") or shutil.which("litellm")
    if program is None:
        pytest.skip("no LiteLLM proxy is installed; RLM_TEST_LITELLM can name one")
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG)
    command = [program, "--config", str(config), "--host", "127.0.0.1"]
    async with running(command, "/health/liveliness", tmp_path) as url:
        right = Provider("lite", f"{url}/v1", KEY)
        wrong = Provider("lite", f"{url}/v1", "sk-wrong-0123456789")
        assert (await check(right)).is_working
        for one, model, reason in (
            (wrong, "mock", "key"),
            (right, "no-such-model", "model"),
            (right, "limited", "rate"),
            (right, "narrow", "too_large"),
            (right, "broken", "server"),
            (right, "dead", "server"),
        ):
            report = await check(one, model)
            assert (report.is_working, report.reason) == (False, reason), (model, report)
            assert report.advice
        async with RLM("lite/mock", providers=Providers([right], env={})) as rlm:
            result = await rlm.arun("What does it say?", context="nothing")
        failed = {model: await _error_of(right, model) for model in ("limited", "narrow", "broken")}
    assert result.final_answer == "from the mock"
    assert result.usage.input_tokens
    assert "rate limit" in failed["limited"]
    assert "too large" in failed["narrow"]
    assert "HTTP 500" in failed["broken"]


async def _error_of(provider: Provider, model: str) -> str:
    """Why a run with this model failed."""
    async with RLM(f"lite/{model}", providers=Providers([provider], env={})) as rlm:
        result = await rlm.arun("What does it say?", context="nothing")
    assert not result.success
    return result.error


async def test_the_server_of_llama_cpp(tmp_path: Path) -> None:
    program, weights = shutil.which("llama-server"), os.environ.get("RLM_TEST_GGUF")
    if program is None or weights is None:
        pytest.skip("llama-server is not on the path, or RLM_TEST_GGUF names no model file")
    async with running([program, "-m", weights, "-c", "2048", "-np", "1"], "/health", tmp_path) as url:
        one = Provider("llama", f"{url}/v1", kind="llamacpp")
        assert (await check(one)).is_working
        assert (await model_lists.fetch(one)).models[0].window == 2048
