"""Draws the whole window in every state: `python -m tests.gallery_window FOLDER [--scale 2] [STATE]...`.

Each state is drawn light and dark, small and large, in English and German.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import UiEventLoop
from rlm_desktop.ui.theme import STYLE, Mode, Theme
from tests.window_states import home, running, states

SIZES = ((900, 600), (1600, 1000))
MODES: tuple[Mode, ...] = ("light", "dark")
SETTLE_SECONDS = 0.4


async def draw(folder: Path, options: argparse.Namespace, app: QApplication) -> None:
    for language in options.languages:
        with home():
            settings = Settings(theme=MODES[0], language=language, density=options.density, font_size=options.font)
            async with running(app, settings) as application:
                async for name, widget in states(application):
                    if not options.states or name in options.states:
                        await _draw_state(folder, f"{name}_{language}", widget, application.theme, options)


async def _draw_state(folder: Path, name: str, widget: QWidget, theme: Theme, options: argparse.Namespace) -> None:
    sizes: Iterable[Any] = options.sizes if isinstance(widget, QMainWindow) else (None,)
    for size, mode in itertools.product(sizes, options.modes):
        theme.set_mode(mode)
        if size is not None:
            widget.resize(*size)
        await asyncio.sleep(SETTLE_SECONDS)
        part = f"_{size[0]}" if size else ""
        widget.grab().save(str(folder / f"{name}{part}_{mode}.png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("states", nargs="*", metavar="STATE")
    parser.add_argument("--scale", type=float, help="device pixels per pixel")
    parser.add_argument("--languages", nargs="+", default=["en", "de"])
    parser.add_argument("--modes", nargs="+", default=list(MODES))
    parser.add_argument("--sizes", nargs="+", type=_size, default=list(SIZES))
    parser.add_argument("--density", default="normal")
    parser.add_argument("--font", type=int, default=100)
    options = parser.parse_args()
    if options.scale:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([*sys.argv[:1], *STYLE])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner:
        runner.run(draw(options.folder, options, app))


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    main()
