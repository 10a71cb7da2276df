"""The command line: the same engine and history as the window, without Qt.

Importing this package costs next to nothing; each command imports what it needs when it runs. The exit status is
0 for success, 1 when a run ended otherwise or something could not be done, 2 for wrong usage, 130 after Ctrl+C.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import NoReturn

from rlm_desktop import __version__, paths
from rlm_desktop.errors import RLMError, SettingsError, UsageError
from rlm_desktop.settings import Option, options

_log = logging.getLogger(__name__)

COMMANDS = ("ask", "text", "runs", "doctor")
ORDERS = (
    "question", "documents", "model", "started", "duration", "calls", "depth", "tokens", "cost", "end_state",
)  # fmt: skip
_TOP_OPTIONS = ("-h", "--help", "--version")
EXPORTS = ("events", "markdown", "html", "notebook", "perfetto", "otel", "csv", "rlms", "archive")
_WINDOW_SETTINGS = ("theme", "language", "density", "font_size", "check_updates", "updates_url", "database")

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
_WRITE_ERRORS = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EPIPE)


def is_command(arguments: Sequence[str]) -> bool:
    """Whether the arguments are for the command line; anything else opens the window."""
    return bool(arguments) and arguments[0] in (*COMMANDS, *_TOP_OPTIONS)


def main(arguments: Sequence[str]) -> int:
    """Run a command. Returns the process's exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    for name in ("stdout", "stderr"):
        if getattr(sys, name).isatty():
            from rlm_desktop.cli.output import PrintableStream

            setattr(sys, name, PrintableStream(getattr(sys, name)))
    try:
        chosen = make_parser().parse_args(arguments)
    except SystemExit:  # help, version or wrong usage
        try:
            sys.stdout.flush()
        except OSError as error:
            return _say_unwritten(error)
        raise
    with _logging_to_file():
        return _run(chosen)


def _run(chosen: argparse.Namespace) -> int:
    try:
        status = import_module(f"rlm_desktop.cli.{chosen.module}").run(chosen)
        sys.stdout.flush()
        return status
    except (UsageError, SettingsError) as error:
        return _say(error, WRONG_USAGE)
    except RLMError as error:
        return _say(error, FAILED)
    except KeyboardInterrupt:
        return _say("Stopped.", INTERRUPTED)
    except OSError as error:
        if error.errno not in _WRITE_ERRORS or error.filename is not None:
            return _say_bug(error)
        return _say_unwritten(error)
    except Exception as error:
        return _say_bug(error)


def _say_unwritten(error: OSError) -> int:
    # What is still to be written goes nowhere; without this, the interpreter would complain while it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # whoever read it has gone
        return FAILED
    return _say(f"The output cannot be written: {error.strerror}.", FAILED)


def _say_bug(error: Exception) -> int:
    _log.error("internal error", exc_info=error)
    text = f"Internal error: {type(error).__name__}: {error}. Please report it, with {paths.log_file()}."
    return _say(text, FAILED)


@contextlib.contextmanager
def _logging_to_file() -> Iterator[None]:
    """Send warnings and errors to the log file, made when there is one, and not to the terminal."""
    from rlm_desktop.engine.log_format import SecretFormatter

    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError, UsageError):
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(paths.log_file(), encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(SecretFormatter())
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def _say(text: object, status: int) -> int:
    from rlm_desktop.cli.output import warn

    warn(text)
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence and where the help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"rlm-desktop: {message}. See {self.prog} --help.\n")


_EPILOG = """\
Without a command, the window opens, with the files that are named as its documents:
  rlm-desktop [FILE ...] [--theme system|light|dark]
"""


def make_parser() -> argparse.ArgumentParser:
    """All commands with their arguments; the manual page is made from it, too."""
    parser = _Parser(
        prog="rlm-desktop",
        description="A workbench for Recursive Language Models.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rlm-desktop {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_ask(commands.add_parser("ask", help="ask a question and wait for the answer"))
    _add_text(commands.add_parser("text", help="print the text of documents as the loader extracts it"))
    _add_runs(
        commands.add_parser(
            "runs", help="list, show, replay, resume, fork, compare, search, export, import or delete runs"
        )
    )
    _add_doctor(commands.add_parser("doctor", help="say what works on this machine"))
    return parser


def _add_json(parser: argparse._ActionsContainer, text: str) -> None:
    parser.add_argument("--json", action="store_true", help=text)


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.description = "One run: live progress on standard error, the answer on standard output."
    parser.set_defaults(module="ask")
    parser.add_argument("question", metavar="TEXT", help="what you want to know")
    parser.add_argument(
        "-d",
        "--document",
        action="append",
        default=[],
        metavar="FILE",
        help="a document; may be repeated; - reads text",
    )
    parser.add_argument("--session", metavar="ID", help="continue a session: its documents and earlier answers")
    _add_run_options(parser, "the defaults are those of the settings file")


def _add_run_options(parser: argparse.ArgumentParser, defaults: str) -> None:
    """What every command that starts a run takes."""
    parser.add_argument(
        "--base-url", metavar="URL", help="an OpenAI-compatible server; its key comes from OPENAI_API_KEY"
    )
    form = parser.add_mutually_exclusive_group()
    _add_json(form, "print the result with its figures as JSON")
    form.add_argument("--events", action="store_true", help="print every event as a line of JSON, as it happens")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--no-history", action="store_true", help="do not keep the run in the history")
    parser.add_argument(
        "--unsafe",
        action="store_true",
        help="do NOT confine the code that models write: it can read your files and use your network",
    )
    group = parser.add_argument_group("settings", f"for this run only; {defaults}")
    for option in options():
        if option.name not in _WINDOW_SETTINGS:
            _add_setting(group, option)


def _add_setting(group: argparse._ArgumentGroup, option: Option) -> None:
    names = ["--" + option.name.replace("_", "-")]
    if option.name == "root_model":
        names.insert(0, "--model")
    unit = f" ({option.unit})" if option.unit else ""
    text = "TEXT" if option.is_long else "NAME"
    metavar = "|".join(option.allowed) or {bool: "true|false", str: text}.get(option.kind, "N")
    default = "" if option.default in (None, "") else f"; default {option.default}"
    group.add_argument(*names, dest=option.name, metavar=metavar, help=f"{option.text}{unit}{default}")


def _add_text(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="text")
    parser.add_argument("files", nargs="+", metavar="FILE")
    _add_json(parser, "print kind, pages, offsets and warnings as well, as JSON")


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="runs")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("run", metavar="RUN", help="a run's id, or its first letters")
    action = actions.add_parser("list", help="the latest runs")
    action.add_argument("-n", "--limit", type=int, default=20, metavar="N", help="at most so many; default 20")
    action.add_argument("--sort", choices=ORDERS, default="started", help="the order; default started")
    action.add_argument("--ascending", action="store_true", help="the smallest or oldest first")
    _add_filter(action)
    _add_json(action, "as JSON")
    action = actions.add_parser("show", parents=[one], help="one run: its tree, figures and answer")
    form = action.add_mutually_exclusive_group()
    _add_json(form, "the whole tree as JSON: calls, iterations, cells, totals")
    form.add_argument("--replay", action="store_true", help="play it as it happened; no model is asked")
    action.add_argument("--speed", type=float, default=1.0, metavar="N", help="of the replay; default 1")
    action.add_argument("--with-waiting", action="store_true", help="do not cut the waits of the replay short")
    action = actions.add_parser("resume", parents=[one], help="let a run that was cut off go on")
    action.description = "A new run: what was finished is served from the record, the rest is asked."
    _add_run_options(action, "the defaults are those of the run")
    action = actions.add_parser("fork", parents=[one], help="a new run that shares the beginning of another one")
    action.description = "What came before the iteration is served from the record; from there on the run is live."
    action.add_argument("--iteration", type=int, required=True, metavar="N", help="the first one that is done anew")
    action.add_argument("--code", metavar="FILE", help="the code of that iteration; - reads standard input")
    action.add_argument("--instruction", default="", metavar="TEXT", help="what the model is told before it")
    _add_run_options(action, "the defaults are those of the run")
    action = actions.add_parser("compare", help="two runs side by side: their rows, figures, settings and answers")
    action.add_argument("runs", nargs=2, metavar="RUN", help="a run's id, or its first letters")
    _add_json(action, "as JSON")
    action = actions.add_parser("search", help="search all texts of all runs")
    action.description = (
        'All words must be in one text. "A phrase", a prefix*, and fields as in code:regex or answer:berth; '
        "the fields are question, answer, prompt, response, code, output, error, document."
    )
    action.add_argument("words", nargs="+", metavar="WORD")
    action.add_argument("-n", "--limit", type=int, default=20, metavar="N", help="at most so many; default 20")
    _add_filter(action)
    _add_json(action, "as JSON")
    action = actions.add_parser("export", help="write a run into a file, in one of several forms")
    action.add_argument("runs", nargs="+", metavar="RUN", help="a run's id, or its first letters")
    action.add_argument(
        "-o", "--output", metavar="FILE", help="the file, or for several runs the folder; else standard output"
    )
    action.add_argument(
        "-f",
        "--format",
        choices=EXPORTS,
        default=EXPORTS[0],
        help=f"the form; default {EXPORTS[0]}, one event a line",
    )
    action.add_argument("--documents", action="store_true", help="put the documents' texts into an archive as well")
    _add_json(action, "say as JSON what was written and what was redacted; needs --output")
    action = actions.add_parser("import", help="take in an export, an archive, or the log of another engine")
    action.add_argument("file", metavar="FILE", help="the file; - reads standard input")
    _add_json(action, "as JSON")
    action = actions.add_parser("delete", help="delete runs")
    action.add_argument("runs", nargs="+", metavar="RUN", help="a run's id, or its first letters")
    action.add_argument("-y", "--yes", action="store_true", help="do not ask")
    _add_json(action, "as JSON")


def _add_filter(parser: argparse.ArgumentParser) -> None:
    """What restricts the runs that a command looks at."""
    group = parser.add_argument_group("filter")
    group.add_argument("--session", metavar="ID", help="only runs of this session")
    group.add_argument("--filter", default="", metavar="WORDS", help="in question, names, documents, tags")
    group.add_argument("--state", action="append", default=[], metavar="STATE", help="end state; may be repeated")
    group.add_argument("--model", dest="of_model", default="", metavar="NAME", help="root or sub-call model")
    group.add_argument("--tag", default="", metavar="TAG", help="a tag of the run or of its session")
    group.add_argument("--since", default="", metavar="DATE", help="started on that day or later, as 2026-11-21")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="doctor")
    _add_json(parser, "as JSON")
