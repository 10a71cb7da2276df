"""The composition root of the window: settings, history, event loop and main window, and the one way out.

Nothing that the first paint does not need is imported before it: asyncio comes right after it, the engine's OpenAI
SDK and the history's SQLAlchemy later, in threads.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.errors import UserError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.binding import check_binding, explain_failure

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.application import Application
    from rlm_desktop.ui.first_window import FirstWindow

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""For the runs to stop and the history to be written."""
EXIT_SECONDS = 12.0
"""From the beginning of the way out to the end of the process, whatever hangs, threads at exit included; the stacks
of all threads then go to standard error."""
LOG_BYTES, LOG_COUNT = 2_000_000, 3


class Options(NamedTuple):
    """The command line of the window."""

    open: tuple[str, ...] = ()
    theme: str = ""
    is_smoke: bool = False
    shot: str = ""
    is_timing: bool = False
    size: tuple[int, int] | None = None


def make_parser() -> argparse.ArgumentParser:
    """What the window can be told at its start; the manual page is made from it, too."""
    parser = argparse.ArgumentParser(prog="rlm-desktop", description="The window of RLM Desktop.")
    parser.add_argument(
        "--open", action="append", default=[], metavar="FILE", help="add a document; may be repeated"
    )
    parser.add_argument(
        "--theme", choices=("system", "light", "dark"), default="", help="colours, for this time only"
    )
    parser.add_argument(
        "--smoke", action="store_true", help="ask the example's question offline, wait for the answer, and leave"
    )
    parser.add_argument("--shot", metavar="FILE", default="", help="with --smoke: write a picture of the window")
    parser.add_argument("--timing", action="store_true", help="print the milliseconds from the start, and leave")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, this time")
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options; leaves with status 2 when they are wrong."""
    if not argv:
        return Options()  # making the parser takes 3 ms, which most starts need not
    parser = make_parser()
    found = parser.parse_args(argv)
    if found.shot and not found.smoke:
        parser.error("--shot needs --smoke")
    return Options(tuple(found.open), found.theme, found.smoke, found.shot, found.timing, found.size)


def _size(text: str) -> tuple[int, int]:
    """`1200x800` as numbers."""
    width, _, height = text.partition("x")
    return int(width), int(height)


def main(argv: Sequence[str] | None = None) -> int:
    """Show the window until it is closed. Returns the process's exit status; the process has to end soon after."""
    options = parse(sys.argv[1:] if argv is None else argv)
    try:
        check_binding()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    with _home(options):
        return _show(options)


@contextlib.contextmanager
def _home(options: Options) -> Iterator[None]:
    """For a smoke test, a home of its own that is thrown away, unless one is named."""
    if not options.is_smoke or os.environ.get("RLM_DESKTOP_HOME"):
        yield
        return
    import tempfile  # not needed to start, and it brings a dozen modules

    with tempfile.TemporaryDirectory(prefix="rlm-desktop-smoke-", ignore_cleanup_errors=True) as home:
        os.environ["RLM_DESKTOP_HOME"] = home
        try:
            yield
        finally:
            del os.environ["RLM_DESKTOP_HOME"]


@contextlib.contextmanager
def _log_file() -> Iterator[None]:
    """Write the log into its file, warnings to standard error too."""
    import logging.handlers

    from rlm_desktop.engine.log_format import SecretFormatter

    root = logging.getLogger("rlm_desktop")
    root.setLevel(logging.INFO)
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setLevel(logging.WARNING)
    try:
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                paths.log_file(), maxBytes=LOG_BYTES, backupCount=LOG_COUNT, encoding="utf-8"
            )
        )
    except OSError as error:
        print(f"No log is written: {error}", file=sys.stderr)
    for handler in handlers:
        handler.setFormatter(SecretFormatter())
        root.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _show(options: Options) -> int:
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.theme import STYLE

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        with explain_failure():
            app = QApplication([*sys.argv[:1], *STYLE])
    app.setApplicationName("rlm-desktop")
    app.setDesktopFileName(os.environ.get("FLATPAK_ID", "rlm-desktop"))  # a Flatpak has to rename the entry
    app.setQuitOnLastWindowClosed(False)

    from rlm_desktop.ui.first_window import FirstWindow

    settings, fault = _settings()
    if options.theme:
        settings = settings.overridden_by("--theme", theme=options.theme)
    first = FirstWindow(app, settings)
    if options.size is not None:
        first.window.resize(*options.size)
    if fault:
        first.window.messages.show_message(fault)
    first.paint()
    painted = _milliseconds_since_start()
    return _live(app, first, settings, options, painted)


def _live(app: QApplication, first: FirstWindow, settings: Settings, options: Options, painted: float) -> int:
    """Bring the painted window to life, until it is closed."""
    import asyncio

    from rlm_desktop.ui.loop import UiEventLoop

    with _log_file(), asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner:
        return runner.run(_run(first, settings, options, painted))


async def _run(first: FirstWindow, settings: Settings, options: Options, painted: float) -> int:
    import asyncio
    import faulthandler
    import signal

    from rlm_desktop.ui.application import Application
    from rlm_desktop.ui.help.crash_file import CrashFile

    crash = CrashFile(paths.log_dir())
    report = crash.take_last()
    crash.arm()
    application = Application(first, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not on Windows, and not off the main thread: there the window's own close is the way out.
        with contextlib.suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, application.quit)
    if report:
        application.tell_of_crash(report)
    work = asyncio.create_task(_work(application, options, painted), name="start")
    leave = asyncio.create_task(application.wait_for_quit(), name="wait for quit")
    try:
        await asyncio.wait([work, leave], return_when=asyncio.FIRST_COMPLETED)
        status = _status_of(work, application, options) if work.done() else 0
        if status is None:
            await leave
        return status or 0
    finally:
        for task in (work, leave):
            task.cancel()
        await asyncio.gather(work, leave, return_exceptions=True)
        faulthandler.dump_traceback_later(EXIT_SECONDS, exit=True)
        await application.aclose(STOP_SECONDS)
        crash.disarm()


def _status_of(work: asyncio.Task[int | None], application: Application, options: Options) -> int | None:
    """The exit status with which `work` wants to leave; None when the window stays."""
    error = work.exception()
    if error is None:
        return work.result()
    application.funnel.handle(error)
    return 1 if options.is_smoke or options.is_timing else None


def _settings() -> tuple[Settings, str]:
    """The settings, and what was wrong with them."""
    settings, faults = settings_file.load_what_fits()
    if not faults:
        return settings, ""
    file = paths.settings_file()
    return settings, f"{' '.join(faults)} The defaults are used for these; the file is kept as {file}.broken."


async def _work(application: Application, options: Options, painted: float) -> int | None:
    """What happens after the first paint. Returns an exit status when the program shall leave by itself."""
    await application.make_usable()
    if options.is_timing:
        print(f"first_paint_ms={painted:.0f} usable_ms={_milliseconds_since_start():.0f}", flush=True)
        return 0
    log.info("window shown after %.0f ms, usable after %.0f ms", painted, _milliseconds_since_start())
    if options.is_smoke:
        await application.warm_up()
        return await application.smoke(Path(options.shot) if options.shot else None)
    if options.open:  # as if they had been dropped: an archive is imported, not read
        application.window.files_dropped.emit(list(options.open))
    await application.warm_up()
    return None


def _milliseconds_since_start() -> float:
    """Since the process was started, the interpreter's own start included; since this module on other systems."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")) * 1000
    except (OSError, AttributeError, ValueError):
        return (time.monotonic() - _IMPORTED) * 1000


_IMPORTED = time.monotonic()

if __name__ == "__main__":
    raise SystemExit(main())
