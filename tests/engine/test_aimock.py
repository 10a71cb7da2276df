"""The engine against a server that others wrote: `@copilotkit/aimock` from npm, with its own chaos switched on.

It skips without node, or where npm cannot install the package.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.rlm import RLM
from tests.engine.conftest import cell

SIZE = 40
BATCH = cell(f"FINAL(llm_query_batch([f'question-{{n:03}}.' for n in range({SIZE})]))")

Serve = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that starts the server."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("aimock")
    install = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--prefer-offline"]
    install += ["--fetch-retries=0", "--fetch-timeout=20000", "@copilotkit/aimock@1"]
    try:
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not install @copilotkit/aimock within a minute")
    program = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    if not program.exists():
        pytest.skip(f"npm could not install @copilotkit/aimock: {done.stderr.strip()[-300:]}")
    return [node, str(program)]


@pytest.fixture
def serve(aimock: list[str], tmp_path: Path) -> Serve:
    """Starts the server with its answers and options; gives its address."""

    @asynccontextmanager
    async def start(*options: str) -> AsyncIterator[str]:
        (tmp_path / "replies.json").write_text(json.dumps({"fixtures": _fixtures()}))
        process = await asyncio.create_subprocess_exec(
            *aimock, "-p", "0", "-f", str(tmp_path), "--strict", *options, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            while b"listening on " not in (line := await process.stdout.readline()):
                assert line, "aimock ended at once"
            yield line.split(b"listening on ")[1].split()[0].decode()
        finally:
            process.terminate()
            await process.communicate()

    return start


def _fixtures() -> list[dict[str, Any]]:
    root = {"match": {"systemMessage": "Recursive Language Model"}, "response": _reply(BATCH, 1000)}
    return [
        root,
        *(
            {"match": {"userMessage": f"question-{n:03}."}, "response": _reply(f"the answer {n}", n)}
            for n in range(SIZE)
        ),
    ]


def _reply(text: str, tokens: int) -> dict[str, Any]:
    usage = {"prompt_tokens": tokens, "completion_tokens": 7, "total_tokens": tokens + 7}
    return {"content": text, "usage": usage}


async def _ask(address: str) -> tuple[Any, list[ev.AnyEvent]]:
    events: list[ev.AnyEvent] = []
    async with RLM("gpt-5", base_url=f"{address}/v1", api_key="mock-key-123", max_depth=1) as rlm:
        result = await rlm.arun("What are the answers?", context="none", sinks=[events.append])
    assert result.value == [f"the answer {n}" for n in range(SIZE)]
    return result, events


async def _journal(address: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/__aimock/journal") as response:
        return await response.json()


async def test_a_run_with_a_batch(serve: Serve) -> None:
    async with serve() as address:
        result, _ = await _ask(address)
        journal = await _journal(address)
    assert len(journal) == SIZE + 1
    assert {entry["response"]["status"] for entry in journal} == {200}
    assert result.usage.input_tokens == 1000 + sum(range(SIZE))
    assert result.usage.output_tokens == 7 * (SIZE + 1)
    assert result.by_model["gpt-5"]["requests"] == SIZE + 1


async def test_a_run_under_its_chaos(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)
    monkeypatch.setattr(client_module, "MAX_ATTEMPTS", 12)
    chaos = ("--chaos-drop", "0.1", "--chaos-malformed", "0.1", "--chaos-disconnect", "0.1")
    async with serve(*chaos) as address:
        result, events = await _ask(address)
        journal = await _journal(address)
    actions = Counter(entry["response"].get("chaosAction") for entry in journal)
    requests = sum(isinstance(event, ev.ModelRequested) for event in events)
    retries = [event for event in events if isinstance(event, ev.ModelRetried)]
    assert requests + len(retries) == len(journal)
    assert len(retries) == len(journal) - actions[None]
    assert all(event.reason for event in retries)
    state = result.by_depth
    assert state[0]["input_tokens"] + state[1]["input_tokens"] == 1000 + sum(range(SIZE))
