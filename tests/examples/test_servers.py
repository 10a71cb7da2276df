"""The web servers of resources/examples, really started, on the offline model."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
PROJECT = EXAMPLES.parents[1]
CONTEXT = "Sales in Europe grew by 12 percent. " * 20 + "Sales in Asia fell by 3 percent. " * 20
QUESTION = "How much did sales in Asia fall?"
MANY = 32

COMMANDS = {
    "fastapi": ["-m", "uvicorn", "--app-dir", str(EXAMPLES), "--port", "{port}", "fastapi_app:app"],
    "aiohttp": [str(EXAMPLES / "aiohttp_app.py"), "{port}"],
}


class Client:
    """Asks one of the servers."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def ask(self, question: str = QUESTION, **fields: Any) -> dict[str, Any]:
        body = {"question": question, "context": CONTEXT, **fields}
        async with self._session.post(f"{self._address}/ask", json=body) as response:
            return {"status": response.status, **await response.json()}

    async def stream(self, **fields: Any) -> list[dict[str, Any]]:
        body = {"question": QUESTION, "context": CONTEXT, **fields}
        async with self._session.post(f"{self._address}/stream", json=body) as response:
            return [json.loads(line) async for line in response.content]

    async def health(self) -> int:
        async with self._session.get(f"{self._address}/health") as response:
            return (await response.json())["pid"]


@pytest_asyncio.fixture(params=COMMANDS, scope="module", loop_scope="module")
async def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    if request.param == "fastapi" and not (
        importlib.util.find_spec("fastapi") and importlib.util.find_spec("uvicorn")
    ):
        pytest.skip("FastAPI and uvicorn are not installed (pip install rlm-desktop[examples])")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [part.replace("{port}", port) for part in COMMANDS[request.param]]
    folder = tmp_path_factory.mktemp(request.param)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    environment |= {"PYTHONPATH": str(PROJECT), "RLM_DESKTOP_HOME": str(folder / "home")}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=folder, env=environment)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            one = Client(session, f"http://127.0.0.1:{port}")
            await _until_it_serves(one, process)
            yield one
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    assert process.returncode in (0, -15)


async def _until_it_serves(client: Client, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while process.returncode is None:
            try:
                assert await client.health() == process.pid
                return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    pytest.fail("the server ended at once")


async def test_questions_sessions_and_streams(client: Client) -> None:
    first = await client.ask()
    assert (first["status"], first["end_state"]) == (200, "completed")
    assert "3 percent" in first["answer"]

    second = await client.ask("And what of Europe?", session=first["session"])
    assert second["session"] == first["session"]

    events = await client.stream(session=first["session"])
    assert events[0]["event"] == "RunStarted"
    assert events[-1]["event"] == "RunFinished"
    asked = next(event for event in events if event["event"] == "ModelRequested")
    assert "And what of Europe?" in str(asked["messages"])

    refused = await client.ask("")
    assert refused["status"] == 422


async def test_many_questions_at_once_block_nothing(client: Client) -> None:
    asking = [asyncio.create_task(client.ask(context="Sales in Asia fell by 3 percent.")) for _ in range(MANY)]
    await client.health()
    assert not all(task.done() for task in asking)
    answers = await asyncio.gather(*asking)
    assert {answer["status"] for answer in answers} == {200}
    assert len({answer["answer"] for answer in answers}) == 1
    assert len({answer["session"] for answer in answers}) == MANY
