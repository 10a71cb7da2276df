"""Whole sessions from one history to another: the archive, and the import of any file.

An archive is a history of its own in one file: it opens, lists and replays wherever the program runs.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from rlm_desktop.documents.document import Document, from_text
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import imports
from rlm_desktop.history.exports.recorded import Clean, cleaned, common_secrets
from rlm_desktop.history.rows import RunRow
from rlm_desktop.history.store import History

ARCHIVE_SUFFIX = ".rlmarchive"
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Received:
    """What an import brought.

    Attributes:
        kind: Which kind of file it was, in words.
        run_ids: The runs that are in the history now, in order.
        remarks: What the person should know: parts left out, runs that were there already.
    """

    kind: str
    run_ids: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def save_archive(
    history: History,
    path: Path,
    run_ids: Sequence[str],
    *,
    with_documents: bool,
    clean: Clean | None = common_secrets,
) -> None:
    """Write runs to an archive; with `with_documents` the texts of their documents go along.

    Raises:
        HistoryError: A run is not there, or the file cannot be written. Nothing is left behind then.
    """
    rows = [history.run(run_id) for run_id in run_ids]
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".archive-") as folder:
            unfinished = Path(folder) / "history.sqlite"
            troubles: list[str] = []
            with closing(History(unfinished, on_trouble=troubles.append)) as archive:
                for row in rows:
                    _copy_run(history, archive, row, with_documents=with_documents, clean=clean)
                if not archive.flush() or troubles:
                    raise HistoryError(f"{path} cannot be written: {' '.join(troubles)}")
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
            unfinished.replace(path)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}.") from error


def _copy_run(
    source: History, target: History, row: RunRow, *, with_documents: bool, clean: Clean | None = None
) -> None:
    """One run with its names, tags and documents."""
    events = source.events(row.id)
    _write(target, events if clean is None else cleaned(events, clean), row.origin)
    if with_documents:
        for reference in row.documents:
            kept = source.document(reference.sha256, reference.name) if reference.sha256 else None
            if kept is not None:
                # The key of a file of this machine says nothing on another one.
                target.keep_documents([replace(kept, file_key="")])
    target.flush()
    if row.title:
        target.rename_run(row.id, row.title)
    if row.tags:
        target.tag_run(row.id, row.tags)
    session = source.session(row.session_id)
    if session.title:
        target.rename_session(row.session_id, session.title)
    if session.tags:
        target.tag_session(row.session_id, session.tags)


def _write(history: History, events: Sequence[AnyEvent], origin: str) -> None:
    """Put a trace into a history; a trace without an end stays interrupted."""
    sink = history.sink(origin)
    for event in events:
        sink(event)
    history.release(sink)


def receive(history: History, path: Path) -> Received:
    """Put the runs of a file into the history: an archive, a trace, or the log of another engine.

    Raises:
        HistoryError: The file cannot be read or is of no known kind.
    """
    try:
        with path.open("rb") as file:
            is_archive = file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error
    return _receive_archive(history, path) if is_archive else _receive_log(history, path)


def _receive_log(history: History, path: Path) -> Received:
    imported = imports.read(path)
    received = Received(imported.kind, [], list(imported.remarks))
    for run in imported.runs:
        if not _is_new(history, run.run_id, received):
            continue
        _write(history, run.events, run.origin)
        documents: list[Document] = [from_text(name, text) for name, text in run.texts.items()]
        history.keep_documents(documents)
    _check_written(history)
    return received


def _receive_archive(history: History, path: Path) -> Received:
    """An archive is read from a copy: opening may upgrade it, and it may lie where nothing can be written."""
    received = Received("archive")
    with tempfile.TemporaryDirectory(prefix="rlm-desktop-") as folder:
        copy = Path(folder) / "history.sqlite"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error
        with closing(History(copy, on_trouble=received.remarks.append)) as archive:
            before = None
            rows: list[RunRow] = []
            while page := archive.runs(before=before):
                rows += page
                before = page[-1]
            for row in reversed(rows):
                if _is_new(history, row.id, received):
                    _copy_run(archive, history, row, with_documents=True)
    if not rows and not received.remarks:
        raise HistoryError(f"{path} is an archive without runs.")
    _check_written(history)
    return received


def _is_new(history: History, run_id: str, received: Received) -> bool:
    """Whether the run is to be written; one that is there already, perhaps deleted, comes back to the lists."""
    received.run_ids.append(run_id)
    if not history.has_run(run_id):
        return True
    received.remarks.append(f"Run {run_id} was in the history already.")
    history.restore_run(run_id)
    history.restore_session(history.run(run_id).session_id)
    return False


def _check_written(history: History) -> None:
    if not history.flush():
        raise HistoryError(f"The import cannot be written yet. {history.trouble}")
