"""Writes the manual page from the parsers of the command line and of the window: no option can be missing."""

from __future__ import annotations

import argparse
import time

from rlm_desktop import __version__, app, cli

_BEGIN = """\
.TH RLM\\-DESKTOP 1 "{date}" "RLM Desktop {version}" "User Commands"
.SH NAME
rlm\\-desktop \\- desktop workbench for Recursive Language Models
.SH SYNOPSIS
.B rlm\\-desktop
[\\fIFILE\\fR ...] [\\fIOPTION\\fR ...]
.br
.B rlm\\-desktop {commands}
[\\fIOPTION\\fR ...]
.SH DESCRIPTION
Without a command the window opens, with the named files as documents.
Drop in documents that are far larger than any model's window, ask a question, and watch the answer being found.
Without a configured model the built\\-in offline model answers; it finds and quotes.
It needs no network and no key.
"""
_END = """\
.SH EXIT STATUS
0 for a completed run, 1 for a run that ended otherwise or what could not be done, 2 for wrong usage,
130 after Ctrl+C.
.SH ENVIRONMENT
.TP
.B OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL
Key, server and model to ask; they may also stand in a file .env.
.TP
.B RLM_DESKTOP_HOME
A folder for settings, history and log instead of the platform's own.
.SH FILES
.TP
.I ~/.config/rlm\\-desktop/settings.toml
The settings.
.TP
.I ~/.local/share/rlm\\-desktop/history.sqlite
The history: all sessions with their runs.
.TP
.I ~/.local/state/rlm\\-desktop/log
The log.
.SH SEE ALSO
The user guide is the first example of the window.
"""


def manual(seconds: int) -> str:
    """The page, in roff; `seconds` is the time of its date."""
    date = time.strftime("%Y-%m-%d", time.gmtime(seconds))
    parts = [_BEGIN.format(date=date, version=__version__, commands="|".join(cli.COMMANDS))]
    parts.append(".SH OPTIONS OF THE WINDOW\n" + _options(app.make_parser()))
    for name, parser in _commands(cli.make_parser()):
        parts.append(_section(f"rlm-desktop {name}", parser, level="SH"))
        for action, below in _commands(parser):
            parts.append(_section(f"rlm-desktop {name} {action}", below, level="SS"))
    return "".join([*parts, _END])


def _commands(parser: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    found = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return [(str(name), below) for choices in found for name, below in choices.items()]


def _section(title: str, parser: argparse.ArgumentParser, level: str) -> str:
    text = f"{_escaped(parser.description)}\n" if parser.description else ""
    return f".{level} {_escaped(title)}\n{text}{_options(parser)}"


def _options(parser: argparse.ArgumentParser) -> str:
    lines: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            continue
        value = "" if action.nargs == 0 else _value(action)
        names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in action.option_strings)
        lines += [".TP", f"{names} {value}".strip(), _escaped(_help(parser, action))]
    return "\n".join([*lines, ""]) if lines else ""


def _value(action: argparse.Action) -> str:
    shown = action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()
    return f"\\fI{_escaped(shown if isinstance(shown, str) else ' '.join(shown))}\\fR"


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return parser._get_formatter()._expand_help(action) if action.help else ""


def _escaped(text: str) -> str:
    """As roff takes it: no line begins with a dot or an apostrophe."""
    plain = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
