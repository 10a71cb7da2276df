"""`rlm-desktop ask`: one run in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rlm_desktop import settings as settings_file
from rlm_desktop.cli.outgoing import EventLines, print_clean_json
from rlm_desktop.cli.output import say, warn
from rlm_desktop.cli.progress import LiveTree, PlainLines, progress_on
from rlm_desktop.documents import Document, expand, load_all, load_bytes
from rlm_desktop.documents.load import Known
from rlm_desktop.engine.providers import OFFLINE, default_models, label
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.run import Run, RunResult
from rlm_desktop.engine.trace import Sink
from rlm_desktop.errors import DocumentError, HistoryError, UsageError
from rlm_desktop.history import History
from rlm_desktop.settings import Settings, options


def run(chosen: argparse.Namespace) -> int:
    """Ask, show, print. 0 only when the run completed."""
    return report(chosen, asyncio.run(_ask(chosen)))


def report(chosen: argparse.Namespace, result: RunResult) -> int:
    """Print a result as it was asked for; the exit status."""
    if chosen.json:
        print_clean_json(result)
    elif not chosen.events and result.final_answer is not None:
        print(result.final_answer)
    if not result.success:
        reason = f": {result.error}" if result.error else ""
        warn(f"the run ended without success, {result.end_state}{reason}")
    return 0 if result.success else 1


async def _ask(chosen: argparse.Namespace) -> RunResult:
    if not chosen.question.strip():
        raise UsageError("The question is empty: say what you want to know.")
    settings = chosen_settings(chosen)
    async with RLM.from_settings(settings, base_url=chosen.base_url, **unsafe(chosen)) as rlm:
        history = History(settings.history_place, on_trouble=warn, on_wait=warn)
        try:
            session, turns, documents = await _what_is_asked_of(chosen, history)
            return await watched(
                rlm,
                chosen.question,
                chosen,
                None if chosen.no_history else history,
                documents=documents,
                session=session,
                history=turns,
            )
        finally:
            await asyncio.to_thread(history.close)


async def watched(
    rlm: RLM, question: str, chosen: argparse.Namespace, kept_in: History | None, **arguments: Any
) -> RunResult:
    """Start a run, show its progress, wait for its end. `arguments` are those of `RLM.start`."""
    sinks: list[Sink] = []
    if chosen.events:
        sinks.append(EventLines(rlm.secret_filter).take)
    if kept_in is not None:
        kept_in.keep_documents(arguments["documents"])
        sinks.append(kept_in.sink())
        with contextlib.suppress(HistoryError):  # the history itself says so
            await asyncio.to_thread(kept_in.open)  # what happens before would be lost if this process were killed
    progress = _progress(chosen, rlm.options.model)
    if isinstance(progress, PlainLines):
        sinks.append(progress.take)
    going = await rlm.start(question, sinks=sinks, **arguments)
    with _stopping(going):
        if progress is None:
            return await going.wait()
        async with progress.showing(going.state):
            return await going.wait()


def unsafe(chosen: argparse.Namespace) -> dict[str, Any]:
    """What `--unsafe` changes, for this run only."""
    if not chosen.unsafe:
        return {}
    if chosen.repl_mode is not None:
        raise UsageError("--unsafe and --repl-mode exclude each other.")
    warn("NOT CONFINED: the code that models write in this run can read your files and use your network.")
    return {"repl_mode": "unsafe"}


def given_settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line names."""
    return {
        option.name: option.parse(text)
        for option in options()
        if (text := getattr(chosen, option.name, None)) is not None
    }


def chosen_settings(chosen: argparse.Namespace) -> Settings:
    """The settings file with the options of the command line over it.

    Without a model in either, the one that the environment names (`OPENAI_MODEL`), else the offline model.
    """
    settings = settings_file.load()
    given = given_settings(chosen)
    if "root_model" not in given and settings.root_model == OFFLINE:
        root, sub = default_models()
        given = {"root_model": root, "sub_model": settings.sub_model or sub, **given}
    return settings.with_values(**given)


async def _what_is_asked_of(
    chosen: argparse.Namespace, history: History
) -> tuple[str | None, list[dict[str, Any]], list[Document]]:
    """Session, its earlier turns and the documents: those that are named, else the session's."""
    documents = await _load(chosen.document, history)
    if not chosen.session:
        return None, [], documents
    from rlm_desktop.cli.runs import find_session
    from rlm_desktop.history.continuing import turns_of

    session = await asyncio.to_thread(find_session, history, chosen.session)
    turns = await asyncio.to_thread(turns_of, history, session.id)
    if not documents:
        for reference in session.documents:
            kept = await asyncio.to_thread(history.document, reference.sha256, reference.name, reference.path)
            if kept is None:
                raise UsageError(f"The text of {reference.name} is not in the history: name the file with -d.")
            documents.append(kept)
    return session.id, turns, documents


async def _load(named: Sequence[str], history: History) -> list[Document]:
    """The documents in order; `-` is standard input, in any format that files may have.

    What the history knows of a file that has not changed is not extracted again.

    Raises:
        DocumentError: A file that was named cannot be read, or a folder holds nothing that can.
    """
    if not named:
        return []
    documents: list[Document] = []
    known = await _known(history)
    for name in named:
        documents += [_read_input()] if name == "-" else await _load_path(name, known)
    for document in documents:
        for warning in document.warnings:
            warn(f"{document.name}: {warning}")
    return documents


async def _known(history: History) -> Known:
    """What the history has of files that were read before; where it cannot be opened, nothing: no run needs it."""
    try:
        await asyncio.to_thread(history.open)
    except HistoryError:
        return lambda key, name, path: None
    return history.document_of_file


def _read_input() -> Document:
    return load_bytes("standard input", sys.stdin.buffer.read())


async def _load_path(name: str, known: Known) -> list[Document]:
    """A file, or what can be read of the files of a folder or a pattern."""
    listing = await asyncio.to_thread(expand, [name])
    results = await load_all(listing.files, known=known)
    errors = [result for result in results if isinstance(result, DocumentError)]
    documents = [result for result in results if isinstance(result, Document)]
    if errors and not documents:
        raise errors[0]
    if not documents:
        raise DocumentError(name, "the folder holds no file that can be read.")
    for left in listing.left_out:
        warn(f"left out: {left.path}: {left.reason}")
    for error in errors:
        warn(f"left out: {error}")
    return documents


def _progress(chosen: argparse.Namespace, model: str) -> LiveTree | PlainLines | None:
    if chosen.quiet:
        return None
    say(label(model))
    return progress_on(sys.stderr)


@contextlib.contextmanager
def _stopping(run: Run) -> Iterator[None]:
    """The first Ctrl+C stops the run, with all of it kept; the second one ends the program."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        run.stop("user")
        remove()

    def remove() -> None:
        for number in numbers:
            with contextlib.suppress(NotImplementedError, ValueError):
                loop.remove_signal_handler(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in numbers:
        # Windows' loops have no signal handlers: there Ctrl+C cancels the waiting, which stops the run as well.
        with contextlib.suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        remove()
