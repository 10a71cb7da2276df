from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop import __version__
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.updates import Updates, fetch, is_newer


class Server:
    """A server on loopback that says one thing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: bytes = b""
        self.redirect = ""
        self.is_rude = False
        self.requests: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, dict(self.headers)))
                if outer.is_rude:
                    self.wfile.write(b"no HTTP at all\r\n")
                    return
                self.send_response(302 if outer.redirect else 200)
                if outer.redirect:
                    self.send_header("Location", outer.redirect)
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/newest.json"

    def says(self, **values: object) -> None:
        self.answer = json.dumps(values).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


class Scene:
    """The parts that the check needs."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.bar = MessageBar(self.parent)
        self.memory = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.errors: list[BaseException] = []
        self.tasks = Tasks(self.errors.append)

    async def start(self, **settings: object) -> list[str]:
        """The texts that are told at a start with these settings."""
        Updates(self.bar, self.memory, lambda: Settings().with_values(**settings), self.tasks).start()
        for task in list(self.tasks._tasks):
            await task
        assert self.errors == []
        return [message.text for message in self.bar.messages]


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Scene:
    return Scene(qtbot, tmp_path)


async def test_it_is_off_unless_switched_on(server: Server, scene: Scene) -> None:
    assert not Settings().check_updates
    assert await scene.start(updates_url=server.url) == []
    assert server.requests == []


async def test_a_newer_version_is_told_once_a_day(server: Server, scene: Scene) -> None:
    server.says(version="99.0", page="https://example.org/news")
    texts = await scene.start(check_updates=True, updates_url=server.url)
    assert texts == [f"RLM Desktop 99.0 is out; this is {__version__}."]
    await scene.start(check_updates=True, updates_url=server.url)
    assert len(server.requests) == 1
    scene.memory.setValue("updates/looked", 0.0)
    await scene.start(check_updates=True, updates_url=server.url)
    assert len(server.requests) == 2


async def test_nothing_about_the_person_is_sent(server: Server, scene: Scene) -> None:
    server.says(version=__version__)
    assert await scene.start(check_updates=True, updates_url=server.url) == []
    ((path, headers),) = server.requests
    assert path == "/newest.json"
    assert set(headers) <= {"Accept-Encoding", "Host", "User-Agent", "Connection"}
    assert headers["User-Agent"] == "rlm-desktop"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no JSON",
        b"[]",
        b'{"version": 3}',
        b'{"version": "next"}',
        b'{"version": "9", "page": "file:///x"}',
        b"[" * 9999,
    ],
)
async def test_a_bad_document_disturbs_nobody(server: Server, scene: Scene, answer: bytes) -> None:
    server.answer = answer
    assert await scene.start(check_updates=True, updates_url=server.url) == []


async def test_what_does_not_speak_http_disturbs_nobody(server: Server, scene: Scene) -> None:
    server.is_rude = True
    assert await scene.start(check_updates=True, updates_url=server.url) == []
    assert await scene.start(check_updates=True, updates_url="https://no host/newest.json") == []


async def test_a_server_that_is_not_there_disturbs_nobody(server: Server, scene: Scene) -> None:
    server.server.server_close()
    assert await scene.start(check_updates=True, updates_url=server.url) == []


def test_only_safe_addresses_are_asked(server: Server) -> None:
    for address in ("file:///etc/passwd", "http://example.org/x", "ftp://127.0.0.1/x", "x", ""):
        with pytest.raises(ValueError, match="address"):
            fetch(address)
    server.redirect = "http://example.org/x"
    with pytest.raises(ValueError, match="address"):
        fetch(server.url)
    server.redirect = ""
    server.answer = b"x" * 100_000
    with pytest.raises(ValueError, match="too long"):
        fetch(server.url)


def test_versions_are_compared_as_numbers() -> None:
    assert is_newer("0.10.0", "0.9.9")
    assert is_newer("1", "0.9")
    assert not is_newer("1.0", "1.0.0")
    assert not is_newer("1.0", "1.0.1")
