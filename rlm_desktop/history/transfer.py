"""Runs from one history to another, and to files: the archive, the exports, and the import of any file.

An archive is a history of its own in one file: it opens, lists and replays wherever the program runs.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from secrets import token_hex

from rlm_desktop.documents.document import Document, from_text
from rlm_desktop.engine.events import AnyEvent, EndState, RunStarted, encode
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import exports, imports
from rlm_desktop.history.exports.recorded import Clean, Cleaned, Redactor, common_secrets
from rlm_desktop.history.imports.sound import Sound
from rlm_desktop.history.log_file import copy_with_log, lost_changes
from rlm_desktop.history.rows import RunRow
from rlm_desktop.history.store import History
from rlm_desktop.history.targets import check_replaceable, place_of
from rlm_desktop.history.watch import TransferCancelled, Watch

__all__ = [
    "ARCHIVE", "ARCHIVE_SUFFIX", "Exported", "Received", "StoredEvents", "TransferCancelled", "Watch",
    "export_runs", "receive", "save_archive",
]  # fmt: skip

ARCHIVE = "archive"
"""The form of export that holds several runs with their documents, and that can be taken in again whole."""
ARCHIVE_SUFFIX = ".rlmarchive"
_BLOCK = 100
"""Events that are written before the next are read: each text may be long."""
_LONGEST_NAME = 200
"""Bytes of a file's name before its ending: file systems take 255."""
_PASSES = 2
"""How often the events of a run are gone through: what a secret runs over is found before anything is written."""


@dataclass(frozen=True, slots=True)
class Received:
    """What an import brought.

    Attributes:
        kind: Which kind of file it was, in words.
        run_ids: The runs that are in the history now, in order.
        new: Those of them that were not there before.
        remarks: What the person should know: parts left out, runs that were there already.
    """

    kind: str
    run_ids: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote.

    Attributes:
        redacted: How many secrets of each kind were replaced.
        remarks: What the person should know: texts that could not go along.
    """

    files: list[Path]
    redacted: dict[str, int]
    remarks: list[str] = field(default_factory=list)


# -- out ----------------------------------------------------------------------------------------------------------


def export_runs(
    history: History,
    run_ids: Sequence[str],
    form: str,
    target: Path,
    *,
    with_documents: bool = False,
    secrets: Sequence[str] = (),
    patterns: Mapping[str, str] | None = None,
    watch: Watch | None = None,
) -> Exported:
    """Write runs to files.

    Args:
        history: Where they are.
        run_ids: Which.
        form: `ARCHIVE` or a key of `exports.FORMATS`.
        target: The file; a folder, where several runs are written in a form that holds one.
        with_documents: Whether the texts of the documents go along; only an archive has room for them.
        secrets: The configured secrets; what looks like a key is replaced in any case.
        patterns: Further kinds of secrets: name -> regular expression.
        watch: Told of the progress, asked whether to go on.

    Raises:
        HistoryError: A run is not there, a file cannot be written, or it was cancelled.
    """
    watch = watch or Watch()
    run_ids = list(dict.fromkeys(run_ids))
    rows = [history.run(run_id) for run_id in run_ids]
    watch.total = sum(row.events for row in rows) * _PASSES
    clean = Redactor(secrets, watch, patterns)
    if form == ARCHIVE:
        remarks = save_archive(history, target, run_ids, with_documents=with_documents, clean=clean, watch=watch)
        return Exported([target], clean.replaced, remarks)
    files = [target] if len(rows) == 1 else _file_names(rows, form, target)
    written: list[Path] = []
    try:
        for row, file in zip(rows, files, strict=True):
            events = StoredEvents(history, row.id, watch)
            exports.export(events, form, file, clean=clean, tape=history.tape(), watch=watch)
            written.append(file)
    except HistoryError:
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return Exported(files, clean.replaced)


def file_name(row: RunRow, suffix: str) -> str:
    """A name for the file of a run: when it started, and the beginning of its question; letters and digits only."""
    words = re.findall(r"\w+", (row.title or row.question).lower()) or ["run"]
    name = "-".join([*re.findall(r"\w+", row.started_at[:10]), *words])
    return name[:71].encode()[:_LONGEST_NAME].decode(errors="ignore").strip("-_") + suffix


def _file_names(rows: Sequence[RunRow], form: str, folder: Path) -> list[Path]:
    """A file for each run in a folder; none that is there is overwritten."""
    suffix = next(format_.suffix for format_ in exports.FORMATS if format_.key == form)
    taken: set[str] = set()
    files: list[Path] = []
    for row in rows:
        name, count = file_name(row, suffix), 1
        while name in taken or (folder / name).exists():
            count += 1
            name = file_name(row, f"-{count}{suffix}")
        taken.add(name)
        files.append(folder / name)
    return files


class StoredEvents:
    """The events of a stored run, to be gone through again and again; some hundred are in memory at a time."""

    def __init__(self, history: History, run_id: str, watch: Watch | None = None) -> None:
        """`watch` is told of each event."""
        self._history = history
        self._run_id = run_id
        self._watch = watch or Watch()

    def __iter__(self) -> Iterator[AnyEvent]:
        for block in self._history.event_blocks(self._run_id):
            self._watch.step(len(block))
            yield from block

    def first(self) -> AnyEvent | None:
        """The first one."""
        return next((event for block in self._history.event_blocks(self._run_id) for event in block), None)


def save_archive(
    history: History,
    path: Path,
    run_ids: Sequence[str],
    *,
    with_documents: bool,
    clean: Clean | None = common_secrets,
    watch: Watch | None = None,
) -> list[str]:
    """Write runs to an archive; with `with_documents` the texts of their documents go along.

    Returns what the person should know: documents whose texts are not kept.

    Raises:
        HistoryError: A run is not there, the file cannot be written, or it was cancelled. Nothing is left then.
    """
    rows = [history.run(run_id) for run_id in run_ids]
    remarks: list[str] = []
    try:
        check_replaceable(path)
        place = place_of(path)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".archive-") as folder:
            unfinished = Path(folder) / "history.sqlite"
            troubles: list[str] = []
            with closing(History(unfinished, on_trouble=troubles.append)) as archive, _named(unfinished, path):
                for row in rows:
                    if damage := _damage(history, row):
                        remarks.append(damage)
                        continue
                    _copy_run(
                        history, archive, row, with_documents=with_documents, clean=clean, watch=watch or Watch(),
                        remarks=remarks,
                    )  # fmt: skip
                if not archive.flush() or troubles:
                    raise HistoryError(f"{path} cannot be written: {' '.join(troubles)}")
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
            unfinished.replace(place)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}.") from error
    return list(dict.fromkeys(remarks))


@contextmanager
def _named(unfinished: Path, path: Path) -> Iterator[None]:
    """Have errors speak of the file that the person knows."""
    try:
        yield
    except HistoryError as error:
        raise type(error)(str(error).replace(str(unfinished), str(path))) from error


def _damage(source: History, row: RunRow) -> str:
    """Why a run cannot be copied, or nothing: without its beginning nobody knows what it is."""
    first = StoredEvents(source, row.id).first()
    if isinstance(first, RunStarted) and first.run_id == row.id:
        return ""
    return f"Run {row.id} is damaged and left out: its beginning cannot be read."


def _copy_run(
    source: History,
    target: History,
    row: RunRow,
    *,
    with_documents: bool,
    watch: Watch,
    remarks: list[str],
    clean: Clean | None = None,
) -> None:
    """One run with its names, tags and documents."""
    events = StoredEvents(source, row.id, watch)
    _write(target, events if clean is None else Cleaned(events, clean), row.origin, watch)
    if with_documents:
        for reference in row.documents:
            kept = source.document(reference.sha256, reference.name) if reference.sha256 else None
            if kept is not None:
                # The key of a file of this machine says nothing on another one.
                target.keep_documents([replace(kept, file_key="")])
            else:
                remarks.append(f"The text of {reference.name} is not kept here and does not go along.")
    target.flush()
    clean = clean or str
    if row.title:
        target.rename_run(row.id, clean(row.title))
    if row.tags:
        target.tag_run(row.id, list(map(clean, row.tags)))
    session = source.session(row.session_id)
    if session.title:
        target.rename_session(row.session_id, clean(session.title))
    if session.tags:
        target.tag_session(row.session_id, list(map(clean, session.tags)))


def _write(history: History, events: Iterable[AnyEvent], origin: str, watch: Watch) -> None:
    """Put a trace into a history, no quicker than it writes; a trace without an end stays interrupted.

    Where it cannot be written for now, what is there already is kept in memory and nothing more is read.

    Raises:
        HistoryError: It cannot be written.
    """
    sink = history.sink(origin)
    remaining = iter(Sound(events))
    try:
        while some := list(islice(remaining, _BLOCK)):
            for event in some:
                sink(event)
            if not history.flush():
                raise HistoryError(history.trouble)
            watch.step(0)
    finally:
        history.release(sink)


# -- in -----------------------------------------------------------------------------------------------------------


def receive(history: History, path: Path, *, watch: Watch | None = None) -> Received:
    """Put the runs of a file into the history: an archive, a trace, or the log of another engine.

    Raises:
        HistoryError: The file cannot be read or is of no known kind, or it was cancelled. Nothing of it is in the
            history then.
    """
    watch = watch or Watch()
    coming = _Coming(history)
    try:
        if imports.is_archive(path):
            received = _receive_archive(history, path, coming, watch)
        else:
            received = _receive_log(history, path, coming, watch)
        watch.step(0)
    except HistoryError as error:
        if not coming.run_ids:
            raise
        if not history.flush():
            raise HistoryError(
                f"{path} was imported in part only; import it again when it can be. {history.trouble}"
            ) from error
        coming.take_back()
        raise
    if not history.flush():
        raise HistoryError(f"The import cannot be written yet. {history.trouble}")
    coming.keep()
    new = [run_id for run_id in dict.fromkeys(coming.run_ids) if run_id in received.run_ids]
    received.new.extend(run_id for run_id in new if run_id not in coming.parts)
    received.remarks.extend(f"Run {run_id} was in the history in part; it is whole now." for run_id in coming.parts)
    return received


class _Coming:
    """The runs that an import writes, to be kept or taken back as a whole.

    Attributes:
        run_ids: Those that it writes.
        parts: Those of them of which the history had a part, and under which id that stands meanwhile.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.run_ids: list[str] = []
        self.parts: dict[str, str] = {}

    def make_room(self, run_id: str) -> None:
        """Put aside what the history has of a run that comes whole."""
        if run_id in self.run_ids:  # it is twice in the file
            self._history.discard([run_id])
            return
        self.parts[run_id] = f"{run_id}-{token_hex(4)}"
        self._history.change_run_id(run_id, self.parts[run_id])

    def keep(self) -> None:
        """All is there: each run takes the place of its part."""
        for run_id, part in self.parts.items():
            row = self._history.run(part)
            if row.title:
                self._history.rename_run(run_id, row.title)
            if row.tags:
                self._history.tag_run(run_id, row.tags)
            self._history.pin_run(run_id, row.is_pinned)
            self._history.discard([part])

    def take_back(self) -> None:
        """Leave the history as it was."""
        self._history.discard(self.run_ids)
        for run_id, part in self.parts.items():
            self._history.change_run_id(part, run_id)


def _receive_log(history: History, path: Path, coming: _Coming, watch: Watch) -> Received:
    imported = imports.read(path)
    watch.total = sum(len(run.events) for run in imported.runs)
    received = Received(imported.kind, remarks=list(imported.remarks))
    for run in imported.runs:
        if _is_new(history, run.run_id, run.events, received, coming, watch):
            coming.run_ids.append(run.run_id)
            _write(history, _told(run.events, watch), run.origin, watch)
            documents: list[Document] = [from_text(name, text) for name, text in run.texts.items()]
            history.keep_documents(documents)
        else:
            watch.step(len(run.events))
    return received


def _told(events: Iterable[AnyEvent], watch: Watch) -> Iterator[AnyEvent]:
    """The events, each of which the watch is told of."""
    for event in events:
        watch.step()
        yield event


def _receive_archive(history: History, path: Path, coming: _Coming, watch: Watch) -> Received:
    """An archive is read from a copy: opening may upgrade it, and it may lie where nothing can be written."""
    lost = lost_changes(path)
    received = Received("archive", remarks=[lost] if lost else [])
    troubles: list[str] = []
    with _copy_of(path) as copy, closing(History(copy, on_trouble=troubles.append)) as archive, _named(copy, path):
        try:
            rows = [archive.run(run_id) for run_id in archive.find_runs(order="started", descending=False)]
            watch.total = sum(row.events for row in rows)
            for row in rows:
                if damage := _damage(archive, row):
                    received.remarks.append(damage)
                elif _is_new(history, row.id, StoredEvents(archive, row.id), received, coming, watch):
                    coming.run_ids.append(row.id)
                    _copy_run(archive, history, row, with_documents=True, watch=watch, remarks=received.remarks)
                else:
                    watch.step(row.events)
        except (ValueError, TypeError, LookupError) as error:  # rows that this program would not have written
            raise HistoryError(f"{path} is damaged and cannot be imported: {error}.") from error
    if troubles:
        received.remarks.insert(0, f"{path} is damaged: what can be read of it was taken over.")
    if not received.run_ids:
        what = "is damaged, and no run in it can be read" if troubles or rows else "is an archive without runs"
        raise HistoryError(f"{path} {what}.")
    return received


@contextmanager
def _copy_of(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rlm-desktop-") as folder:
        copy = Path(folder) / "history.sqlite"
        try:
            copy_with_log(path, copy)
        except OSError as error:
            raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error
        yield copy


def _is_new(
    history: History, run_id: str, events: Iterable[AnyEvent], received: Received, coming: _Coming, watch: Watch
) -> bool:
    """Whether the run is to be written; one that is there already, perhaps deleted, comes back to the lists.

    One of which the history has only a part, because an import was cut off, makes room for the whole. One that has
    ended never does, nor one that began otherwise: whoever made the file may have given any run its id.
    """
    received.run_ids.append(run_id)
    if not history.has_run(run_id):
        return True
    row = history.run(run_id)
    remark = f"Run {run_id} was in the history already."
    if row.end_state == EndState.INTERRUPTED:
        theirs = _beyond(history, run_id, events, watch)
        if theirs is None:
            remark = f"Run {run_id} is in the history with other events than in the file; it stays as it is."
        elif next(theirs, None) is not None:
            coming.make_room(run_id)
            return True
    received.remarks.append(remark)
    history.restore_run(run_id)
    history.restore_session(row.session_id)
    return False


def _beyond(history: History, run_id: str, events: Iterable[AnyEvent], watch: Watch) -> Iterator[AnyEvent] | None:
    """What comes in `events` behind those that the history has of a run; None where they differ from these."""
    theirs = iter(Sound(events))
    for block in history.event_blocks(run_id):
        watch.step(0)
        for mine, other in zip(block, islice(theirs, len(block)), strict=False):
            if encode(mine) != encode(other):
                return None
    return theirs
