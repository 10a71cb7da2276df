"""The real program on a screen of its own: Xvfb, a window manager, xdotool for mouse and keys."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from rlm_desktop.history import History, RunRow

PROJECT = Path(__file__).resolve().parents[2]
ARTIFACTS = PROJECT / "artifacts" / "end_to_end"
TOOLS = ("Xvfb", "openbox", "xdotool", "import")
PATIENCE = 60.0
SCREEN = "1600x1000"
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.end_to_end)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


async def until(look: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Look again and again, until there is something to see."""
    try:
        async with asyncio.timeout(patience):
            while not (found := look()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # another process tells nobody
            return found
    except TimeoutError:
        pytest.fail(f"In vain waited {patience:g} s for {what}")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of a virtual screen with a window manager on it."""
    reader, writer = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as stream:
        number = stream.readline().strip()
    assert number, "Xvfb did not start"
    name = f":{number}"
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}, stderr=subprocess.DEVNULL)
    yield name
    for process in (manager, xvfb):
        process.terminate()
        process.wait(10)


class Program:
    """The program, started as a person starts it, with a home of its own.

    Attributes:
        home: Its data, settings and log.
    """

    def __init__(self, display: str, home: Path, **environment: str) -> None:
        self.home = home
        self._environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", **environment}
        self._environment["RLM_DESKTOP_HOME"] = str(home)
        self._environment.pop("QT_QPA_PLATFORMTHEME", None)
        self._process: subprocess.Popen[bytes] | None = None
        self.window = ""
        self._log_start = 0

    # -- its life -------------------------------------------------------------------------------------------

    async def start(self, *arguments: str) -> None:
        """Start it, and return when its window can be used."""
        self._log_start = len(self._whole_log())
        self._process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "rlm_desktop", *arguments], env=self._environment, cwd=PROJECT
        )
        await self.logged(r"usable after")
        self.window = await until(self._find_window, "the window")
        self.do("windowactivate", "--sync", self.window)

    def _find_window(self) -> str:
        assert self._process is not None
        found = self._xdotool("search", "--onlyvisible", "--pid", str(self._process.pid), "--name", "RLM Desktop")
        return found.split()[0] if found.split() else ""

    async def ended(self) -> int:
        """Its exit status, once it has ended."""
        process = self._process
        assert process is not None
        await until(lambda: process.poll() is not None, "the end of the program", 30.0)
        assert process.returncode is not None
        return process.returncode

    async def close(self) -> int:
        """Close its window. Returns the exit status."""
        self.key("ctrl+q")
        return await self.ended()

    def kill(self) -> None:
        """Take it away without a word."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    @property
    def pid(self) -> int:
        """Of its process."""
        assert self._process is not None
        return self._process.pid

    def terminate(self) -> None:
        """Ask it to end, as the end of a desktop session does."""
        os.kill(self.pid, signal.SIGTERM)

    # -- hands ----------------------------------------------------------------------------------------------

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout

    def do(self, *arguments: str) -> str:
        """Something that xdotool can do."""
        return self._xdotool(*arguments)

    def key(self, *keys: str) -> None:
        """Press keys, as `ctrl+Return`."""
        self.do("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.do("type", "--delay", "5", text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click into the window."""
        self.do("mousemove", "--window", self.window, str(x), str(y), "click", str(button))

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.do("windowsize", "--sync", self.window, str(width), str(height))

    async def has_focus(self, title: str) -> None:
        """Return when the window with these words in its title gets the keys."""
        await until(lambda: title in self.do("getactivewindow", "getwindowname"), f"the window {title!r}")

    # -- eyes -----------------------------------------------------------------------------------------------

    def log(self) -> str:
        """What it has logged since it was started last."""
        return self._whole_log()[self._log_start :]

    def _whole_log(self) -> str:
        file = self.home / "log" / "rlm-desktop.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    async def logged(self, pattern: str) -> re.Match[str]:
        """A line of the log, once it is there."""

        def look() -> re.Match[str] | None:
            if self._process is not None and self._process.poll() is not None:
                pytest.fail(f"The program ended with {self._process.returncode} before it logged {pattern!r}")
            return re.search(pattern, self.log())

        return await until(look, f"the log line {pattern!r}")

    def picture(self, name: str) -> bytes:
        """The window as a picture, kept among the artefacts."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        file = ARTIFACTS / f"{name}.png"
        subprocess.run(["import", "-window", self.window, str(file)], env=self._environment, check=True, timeout=30)
        return file.read_bytes()

    def runs(self) -> list[RunRow]:
        """What its history holds, read beside it."""
        history = History(self.home / "data" / "history.sqlite")
        try:
            return history.runs()
        finally:
            history.close()


@pytest.fixture
async def program(display: str, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Program]]]:
    """`await program("--open", file)` starts the program; started again it has the same home."""
    started: list[Program] = []

    async def start(*arguments: str, **environment: str) -> Program:
        home = started[0].home if started else tmp_path / "home"
        one = Program(display, home, **environment)
        started.append(one)
        await one.start(*arguments)
        return one

    yield start
    for one in started:
        one.kill()
