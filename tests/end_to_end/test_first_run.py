"""The first five minutes as a new person has them: a fresh home, a real window, mouse and keys, actions counted.

An action is a click, a drag, a shortcut, or a text that is typed. The servers are found as they are in life: at the
address that Ollama's own variable names.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from PySide6.QtGui import QImage

from tests.end_to_end.conftest import PROJECT, Program, until
from tests.end_to_end.drag_source import TITLE
from tests.end_to_end.test_main_job import QUESTION, write_document
from tests.provider_servers import Answer, Served, models, say, serving

Start = Callable[..., Awaitable[Program]]
SIZE = "1200x900"
ACCENT = 0xFF1F5FBF
"""Of the light theme: the colour of what one is expected to press."""
BORDER = 0xFFD9DDE4
_GAP, _STEP = 3, 8
"""Pixels: rows that lie so near belong together; every so many of a row are looked at."""
MOST_OFFLINE, MOST_LOCAL = 4, 6
ANSWER = "It was lit in 1871."


class Person:
    """Uses the window and counts what that takes.

    Attributes:
        actions: Since it was set to 0 last.
    """

    def __init__(self, window: Program) -> None:
        self._window = window
        self.actions = 0

    def click(self, x: int, y: int) -> None:
        self.actions += 1
        self._window.click(x, y)

    def key(self, keys: str) -> None:
        self.actions += 1
        self._window.key(keys)

    def type(self, text: str) -> None:
        self.actions += 1
        self._window.type(text)

    async def drag(self, source: DragSource) -> None:
        """Drag a file from another program's window into the middle of this one."""
        self.actions += 1
        at_source = ("mousemove", "--window", source.window)
        self._window.do(*at_source, "20", "20", "mousedown", "1", *at_source, "60", "60", *at_source, "80", "70")
        await source.told("dragging")
        self._window.do("mousemove", "--window", self._window.window, "600", "300")
        accepted = asyncio.ensure_future(source.told("accepted"))
        while not accepted.done():  # a move is lost while a busy window thinks about the last one: no hand rests
            self._window.do("mousemove_relative", "--", "5", "5", "mousemove_relative", "--", "-5", "-5")
            await asyncio.wait([accepted], timeout=0.2)
        await accepted
        self._window.do("mouseup", "1")
        await source.told("dropped")

    async def ask(self, source: DragSource) -> None:
        """A document and a question."""
        await self.drag(source)
        await self._window.logged(r"document chronicle.txt added")
        await self._window.has_focus("RLM Desktop")
        self.type(QUESTION)
        self.key("ctrl+Return")


class DragSource:
    """The window of another program."""

    def __init__(self, window: str, output: asyncio.StreamReader) -> None:
        self.window = window
        self._output = output

    async def told(self, word: str) -> None:
        """Return once it says so."""
        async with asyncio.timeout(30):
            while (line := (await self._output.readline()).decode().strip()) != word:
                assert line not in ("", "refused"), f"{line!r} in place of {word!r}"


@asynccontextmanager
async def files(program: Program, display: str, file: Path) -> AsyncIterator[DragSource]:
    """A window with a file beside the program's."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "tests.end_to_end.drag_source", str(file)]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=PROJECT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        source = DragSource("", process.stdout)
        await source.told("shown")
        source.window = await until(
            lambda: program.do("search", "--onlyvisible", "--pid", str(process.pid), "--name", TITLE).strip(),
            "the window with the file",
        )
        program.do("windowmove", "--sync", source.window, "1350", "200")
        program.do("windowactivate", "--sync", program.window)
        yield source
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def ollama() -> AsyncIterator[Served]:
    """A model server that says that it is Ollama, with one model."""

    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        if "chat" in request.path:
            return await say(request, f"FINAL({ANSWER})")
        return models("qwen3:8b", owned_by="library") if request.path == "/v1/models" else None

    async with serving(handler) as served:
        yield served


def bands(picture: bytes, colour: int, least_width: int) -> list[tuple[int, int]]:
    """The middles of what has rows of one colour, at least so broad, from the top to the bottom."""
    image = QImage.fromData(picture)
    found: list[list[tuple[int, int]]] = []
    for y in range(image.height()):
        xs = [x for x in range(0, image.width(), _STEP) if image.pixel(x, y) == colour]
        if _STEP * len(xs) < least_width:
            continue
        place = ((xs[0] + xs[-1]) // 2, y)
        if found and y <= found[-1][-1][1] + _GAP:
            found[-1].append(place)
        else:
            found.append([place])
    return [(band[0][0], (band[0][1] + band[-1][1]) // 2) for band in found]


async def first_page(window: Program) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where the recorded example and the model that was found are on the first page."""

    def look() -> tuple[tuple[int, int], tuple[int, int]] | None:
        picture = window.picture("first-run-1-fresh")
        buttons = bands(picture, ACCENT, 60)
        return (bands(picture, BORDER, 500)[0], buttons[1]) if len(buttons) == 2 else None

    (x, top), model = await until(look, "the two primary buttons of the first page")
    return (x, top + 20), model


async def test_the_first_five_minutes(program: Start, display: str, tmp_path: Path) -> None:
    document = write_document(tmp_path)
    async with ollama() as served:
        window = await program("--size", SIZE, OLLAMA_HOST=served.root)
        person = Person(window)
        window.do("windowmove", "--sync", window.window, "0", "0")
        await window.logged(r"local servers: ollama")
        example, model = await first_page(window)
        async with files(window, display, document) as source:
            person.click(*example)
            await window.logged(r"run \w+ is replayed")
            playing = window.picture("first-run-2-replay")
            await until(lambda: window.picture("first-run-2-replay") != playing, "the replay to move")
            assert person.actions == 1
            window.key("Escape", "ctrl+n")  # leaves the tour; a fresh page, as after the start

            person.actions = 0
            await person.ask(source)
            ended = await window.logged(r"run (\w+) ended: completed")
            assert person.actions <= MOST_OFFLINE, person.actions
            window.picture("first-run-3-offline")
            assert not served.asked("chat")
            window.key("ctrl+n")

            person.actions = 0
            person.click(*model)
            await person.ask(source)
            await window.logged(rf"run (?!{ended[1]})\w+ ended: completed")
            assert person.actions <= MOST_LOCAL, person.actions
            window.picture("first-run-4-local-server")
        assert await window.close() == 0
    local, offline, example_run = window.runs()
    assert (local.answer, local.root_model) == (ANSWER, "ollama/qwen3:8b")
    assert "1871" in offline.answer
    assert (offline.root_model, example_run.end_state) == ("offline", "completed")
