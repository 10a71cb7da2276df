"""The history: keeps every run, lists them, gives their events and texts back."""

from __future__ import annotations

import atexit
import concurrent.futures
import contextlib
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import msgspec

from rlm_desktop.engine.events import AnyEvent, as_utc
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.trace import Sink
from rlm_desktop.errors import HistoryError
from rlm_desktop.history.presence import FilePresence, Presence, ServerPresence
from rlm_desktop.history.rows import (
    RUNNING,
    Facets,
    RunFilter,
    RunRow,
    SearchHit,
    SearchOptions,
    SearchStep,
    SessionRow,
)
from rlm_desktop.history.settler import Settler
from rlm_desktop.history.summary import plain
from rlm_desktop.history.writer import Slices, Writer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rlm_desktop.documents.document import Document
    from rlm_desktop.history.database import Database
    from rlm_desktop.history.spending import Spending
    from rlm_desktop.history.storage import Storage
    from rlm_desktop.history.tape import Tape

CLOSE_SECONDS = 5.0
UNDO_DAYS = 1
"""How long what was deleted can be brought back."""


class History:
    """Every run, kept in one SQLite file (or, by its address, in another database).

    Making one costs nothing: the database is opened, and SQLAlchemy imported, when it is first needed. `sink` and
    `keep_documents` never wait. The other methods do, mostly for a few milliseconds: a window calls them in a
    thread. Any thread may use it; several processes may use the same file at the same time.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        on_trouble: Callable[[str], None] | None = None,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        """`path` is a file or the address of a database.

        `on_trouble` gets a sentence, once, when nothing can be written (disk full, file locked or read-only), when
        it goes on, when a damaged file was replaced, and when a write-ahead log is missing. It is called on the
        writer's thread, or on whichever finds out. `on_wait` gets one before opening takes long.
        """
        self._target = _target(path)
        self._on_wait = on_wait or (lambda text: None)
        self._token = secrets.token_hex(8)
        self._presence: Presence | None = None
        self._lock = threading.Lock()
        self._opened: Database | None = None
        self._is_closed = self._is_shut = False
        self._writer = Writer(
            self._database,
            self._token,
            on_trouble=on_trouble or (lambda text: None),
            on_ended=lambda: self._settler.later(),
            on_damage=self._rescue,
        )
        self._settler = Settler(self._writer, self._is_live, self._token, lambda: self._is_closed)
        atexit.register(self.close)

    @property
    def trouble(self) -> str:
        """Why nothing can be written right now; empty when all is well."""
        return self._writer.trouble

    def open(self) -> None:
        """Open the database now; any other method does it by itself.

        Raises:
            HistoryError: It cannot be opened.
        """
        self._database()

    def sink(self, origin: str = "") -> Sink:
        """A receiver for the events of one run. Each takes a few microseconds and never waits.

        `origin` names what the run is imported from.
        """
        self._check_not_closed()
        return self._writer.sink(origin)

    def release(self, sink: Sink) -> None:
        """Say that a sink gets no more events: a run that has not ended shows as interrupted from now on."""
        self._writer.release(sink)

    def keep_documents(self, documents: Iterable[Document]) -> None:
        """Have the texts of documents kept, each once. Does not wait."""
        self._check_not_closed()
        for document in documents:
            self._writer.keep(_document_slices(document))

    def sessions(
        self, limit: int = 200, before: SessionRow | None = None, *, chosen: RunFilter | None = None
    ) -> list[SessionRow]:
        """Sessions with their runs, the pinned ones first, then the latest used.

        `before` is the last one of the previous page; `chosen` is what at least one run of a session must be.

        Raises:
            HistoryError: The database cannot be read. (So do the other methods that read.)
        """
        from rlm_desktop.history import filters, queries

        with self._up_to_date().read() as connection:
            wanted = filters.conditions(connection, self._is_live, chosen or RunFilter())
            return queries.session_page(connection, self._is_live, limit, before, wanted)

    def count_sessions(self) -> int:
        """How many sessions `sessions` gives in all."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.session_count(connection)

    def find_runs(
        self, chosen: RunFilter | None = None, *, order: str = "started", descending: bool = True
    ) -> list[str]:
        """The ids of all runs that pass a filter, sorted by a column of `filters.ORDERS`; `rows` has the rows."""
        from rlm_desktop.history import filters

        with self._up_to_date().read() as connection:
            return filters.find(connection, self._is_live, chosen or RunFilter(), order, descending=descending)

    def rows(self, run_ids: Sequence[str]) -> dict[str, RunRow]:
        """Runs by their ids; those that are not there, or deleted, are left out."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.run_rows(connection, self._is_live, run_ids)

    def facets(self) -> Facets:
        """The models and tags that there are, for a filter to choose from."""
        from rlm_desktop.history import filters

        with self._up_to_date().read() as connection:
            return filters.facets(connection)

    def runs(self, session_id: str | None = None, limit: int = 200, before: RunRow | None = None) -> list[RunRow]:
        """Runs of one session (the last made first) or of all (the latest first).

        `before` is the last one of the previous page.
        """
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.run_page(connection, self._is_live, session_id, limit, before)

    def run(self, run_id: str) -> RunRow:
        """One run.

        Raises:
            HistoryError: There is none of that id.
        """
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            row = queries.run_row(connection, self._is_live, run_id)
        if row is None:
            raise HistoryError(f"There is no run {run_id} in the history.")
        return row

    def family(self, run_id: str) -> list[RunRow]:
        """The runs that were resumed or forked from one another, this one among them, the oldest first."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.family(connection, self._is_live, run_id)

    def has_run(self, run_id: str) -> bool:
        """Whether a run is in the history, deleted or not."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.run_number(connection, run_id) is not None

    def session(self, session_id: str) -> SessionRow:
        """One session.

        Raises:
            HistoryError: There is none of that id.
        """
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            found = queries.one_session(connection, self._is_live, session_id)
        if found is None:
            raise HistoryError(f"There is no session {session_id} in the history.")
        return found

    def events(self, run_id: str) -> list[AnyEvent]:
        """The trace of a run.

        Raises:
            HistoryError: There is no run of that id.
        """
        return [event for some in self.event_blocks(run_id) for event in some]

    def event_blocks(self, run_id: str) -> Iterator[list[AnyEvent]]:
        """The trace of a run in portions of some hundred events, for those who show the first at once.

        Raises:
            HistoryError: There is no run of that id.
        """
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            yield from queries.run_events(connection, self._number(connection, run_id))

    @staticmethod
    def _number(connection: Connection, run_id: str) -> int:
        from rlm_desktop.history import queries

        number = queries.run_number(connection, run_id)
        if number is None:
            raise HistoryError(f"There is no run {run_id} in the history.")
        return number

    def tape(self) -> Tape:
        """An empty tape, for `onto_tape`."""
        from rlm_desktop.history.tape import Tape

        return Tape(self._target.parent if isinstance(self._target, Path) else None)

    def onto_tape(self, run_id: str, tape: Tape) -> Iterator[list[AnyEvent]]:
        """The trace of a run in portions, its longer texts left on `tape`: the way to long runs in little memory.

        Raises:
            HistoryError: There is no run of that id.
        """
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            yield from queries.onto_tape(connection, self._number(connection, run_id), tape)

    def state(self, run_id: str) -> RunState:
        """A run folded from its events; what had not ended when it was cut off is interrupted.

        Raises:
            HistoryError: There is no run of that id.
        """
        is_going_on = self.run(run_id).is_running
        state = RunState()
        for events in self.event_blocks(run_id):
            for event in events:
                state.apply(event)
        if not is_going_on:
            state.close_interrupted()
        return state

    def document(self, sha256: str, name: str, path: str = "") -> Document | None:
        """A kept document with its pages, outline and places, under a name; None when it is not kept."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.document(connection, bytes.fromhex(sha256), name, path)

    def document_of_file(self, file_key: str, name: str, path: str) -> Document | None:
        """What a file gave when it was read before; None when it is not kept, or the file has changed since."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            sha256 = queries.document_of_file(connection, file_key)
            return queries.document(connection, sha256, name, path) if sha256 else None

    def search(self, text: str, **options: Unpack[SearchOptions]) -> list[SearchHit]:
        """All that `search_steps` finds."""
        return [hit for step in self.search_steps(text, **options) for hit in step.hits]

    def search_steps(self, text: str, **options: Unpack[SearchOptions]) -> Iterator[SearchStep]:
        """Texts of all runs that have the words of `text`, the latest first (see `history.wording`).

        Any text is a valid search. What is found comes step by step, each some hundredths of a second's work, and
        nothing is held between them. A run that is going on is found when it has ended. Who closes the history need
        not wait for it.
        """
        from rlm_desktop.history import search

        database, is_unwanted = self._up_to_date(), options.get("is_stale")

        def is_stale() -> bool:
            return self._is_closed or (is_unwanted is not None and is_unwanted())

        options["is_stale"] = is_stale
        if (wait := options.get("wait", 1.0)) > 0:
            self._settler.wait(wait, is_stale)
        return search.steps(database.read, self._is_live, text, options)

    def unindexed(self) -> int:
        """How many runs have ended and cannot be found by `search` yet."""
        from rlm_desktop.history import queries

        with self._up_to_date().read() as connection:
            return queries.unindexed(connection)

    def spending(self, since: str) -> Spending:
        """What the runs since then (UTC, ISO 8601) have cost."""
        from rlm_desktop.history.spending import spending

        with self._up_to_date().read() as connection:
            return spending(connection, since)

    def rename_session(self, session_id: str, title: str) -> None:
        """Give a session a name; an empty one takes it away.

        Raises:
            HistoryError: There is no such session, or it cannot be written. (So do the other changes.)
        """
        self._change("session", session_id, title=title)

    def tag_session(self, session_id: str, tags: Sequence[str]) -> None:
        """Replace the tags of a session."""
        self._change("session", session_id, tags=_as_list(tags))

    def pin_session(self, session_id: str, is_pinned: bool) -> None:
        """Pin a session or loosen it."""
        self._change("session", session_id, is_pinned=is_pinned)

    def delete_session(self, session_id: str) -> None:
        """Take a session with its runs out of the lists; `restore_session` brings it back for a day."""
        if any(run.is_running for run in self.runs(session_id)):
            raise HistoryError("A run of this session is still going on; stop it first.")
        self._change("session", session_id, deleted_at=_now())

    def restore_session(self, session_id: str) -> None:
        """Undo `delete_session`."""
        self._change("session", session_id, deleted_at=None)

    def rename_run(self, run_id: str, title: str) -> None:
        """Give a run a name; an empty one takes it away."""
        self._change("run", run_id, title=title)

    def tag_run(self, run_id: str, tags: Sequence[str]) -> None:
        """Replace the tags of a run."""
        self._change("run", run_id, tags=_as_list(tags))

    def pin_run(self, run_id: str, is_pinned: bool) -> None:
        """Pin a run or loosen it."""
        self._change("run", run_id, is_pinned=is_pinned)

    def delete_run(self, run_id: str) -> None:
        """Take a run out of the lists; `restore_run` brings it back for a day."""
        self.delete_runs([run_id])

    def restore_run(self, run_id: str) -> None:
        """Undo `delete_run`."""
        self.restore_runs([run_id])

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Take runs out of the lists; `restore_runs` brings them back for a day."""
        if not set(run_ids).isdisjoint(self.find_runs(RunFilter(end_states=(RUNNING,)))):
            raise HistoryError("This run is still going on; stop it first.")
        self._change("run", *run_ids, deleted_at=_now())

    def restore_runs(self, run_ids: Sequence[str]) -> None:
        """Undo `delete_runs`."""
        self._change("run", *run_ids, deleted_at=None)

    def change_run_id(self, run_id: str, new_id: str) -> None:
        """Give a run another id in the lists; its events keep theirs."""
        self._change("run", run_id, id=new_id)

    def discard(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good, now: those of an import that was broken off."""
        from rlm_desktop.history import changes

        self._done(lambda database: changes.discard(database, run_ids))

    def purge(self, older_than_days: float = 0) -> None:
        """Remove for good what was deleted that long ago, and give its space to new runs."""
        from rlm_desktop.history import changes

        self._done(lambda database: changes.purge(database, changes.now(minus_days=older_than_days)))

    @property
    def storage(self) -> Storage:
        """Where it lies and how large it is; a copy of it and back, all of it gone."""
        from rlm_desktop.history.storage import Storage

        return Storage(self._target, self._database, self._done, self._has_open_runs)

    def _has_open_runs(self) -> bool:
        return bool(self.find_runs(RunFilter(end_states=(RUNNING,))))

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything so far is written; False when it could not be."""
        try:
            self._writer.do(_nothing).result(timeout)
        except (HistoryError, concurrent.futures.TimeoutError):
            return False
        return True

    def close(self) -> None:
        """Write what is left and close the database; safe to call twice."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        atexit.unregister(self.close)
        if not self._writer.close(CLOSE_SECONDS):
            self._writer.tell(f"Not all of the history could be written. {self._writer.trouble}".strip())
        self._is_shut = True
        if self._presence is not None:
            self._presence.withdraw()
        if self._opened is not None:
            self._close_database(self._opened)
            self._opened = None

    def _close_database(self, database: Database) -> None:
        try:
            database.tidy(is_last=self._presence is None or not self._presence.is_anybody_alive())
        except HistoryError as error:  # the file was removed, and there is no room to write it anew
            self._writer.tell(str(error))
        database.close()

    def _check_not_closed(self) -> None:
        if self._is_closed:
            raise HistoryError("The history is closed.")

    def _database(self) -> Database:
        """The database, opened on first need."""
        if self._opened is None:
            with self._lock:
                if self._opened is None and not self._is_shut:
                    self._open_now()
        if self._opened is None:
            raise HistoryError("The history is closed.")
        return self._opened

    def _open_now(self) -> None:
        from rlm_desktop.history.upgrade import open_database

        self._opened, remark = open_database(self._target, self._on_wait)
        self._watch(self._opened)
        if isinstance(self._target, Path):
            self._presence = FilePresence(self._target, self._token)
        else:
            self._presence = ServerPresence(self._opened, self._token)
        self._presence.announce()
        if remark:
            self._writer.tell(remark)
        self._writer.do(_mark_slices, is_chore=True)
        self._settler.later()
        self._writer.do(self._purge_slices, is_chore=True)

    def _rescue(self) -> None:
        """Go on with a fresh database with all that can be read of the damaged one, or with what is there now."""
        from rlm_desktop.history.upgrade import open_database, rescue

        with self._lock:
            before, presence = self._opened, self._presence
            if before is None or presence is None or not isinstance(self._target, Path):
                return
            is_gone = before.is_gone()
            before.close()
            if is_gone:
                presence.withdraw()  # its file is probably gone as well
                self._opened, remark = open_database(self._target)
                presence.announce()
            else:
                self._opened, remark = rescue(self._target)
            self._watch(self._opened)
        if remark:
            self._writer.tell(remark)

    def _watch(self, database: Database) -> None:
        """Have the database replaced when reading shows that it is damaged, and tell what it remarks."""
        database.on_remark = self._writer.tell
        database.on_commit = self._note_commit

        def slices(current: Database) -> Iterator[None]:
            if current is database:  # else it has been replaced already
                self._writer.replace_database()
            yield from ()

        database.on_damage = lambda: self._writer.do(slices)

    def _note_commit(self, number: int) -> None:
        if self._presence is not None:
            self._presence.note(number)

    def _purge_slices(self, database: Database) -> Iterator[None]:
        from rlm_desktop.history import changes

        return changes.purge(database, changes.now(minus_days=UNDO_DAYS))

    def _up_to_date(self) -> Database:
        """The database with everything so far written, unless nothing can be written."""
        self._check_not_closed()
        if self._writer.has_events and not self._writer.trouble:
            with contextlib.suppress(HistoryError):
                self._writer.wait_for_events().result()
        return self._database()

    def _is_live(self, run_id: str, token: str) -> bool:
        if token == self._token:
            return self._writer.is_writing(run_id)
        return self._presence is not None and self._presence.is_alive(token)

    def _change(self, what: str, *keys: str, **values: object) -> None:
        from rlm_desktop.history import changes

        self._done(changes.rows(what, keys, values), is_quick=True)

    def _done(self, slices: Slices, *, is_quick: bool = False) -> None:
        """Have the writer do something and wait for it."""
        from sqlalchemy.exc import SQLAlchemyError

        self._check_not_closed()
        try:
            self._writer.do(slices, is_quick=is_quick).result()
        except SQLAlchemyError as error:
            raise HistoryError(self._database().explain(error, "written")) from error


def _target(path: Path | str) -> Path | str:
    """A file as a path, anything else as the address that it is."""
    if isinstance(path, str) and "://" in path and not path.startswith("sqlite:///"):
        return path
    return Path(str(path).removeprefix("sqlite:///"))


def _now() -> str:
    return as_utc(datetime.now(UTC))


def _as_list(tags: Sequence[str]) -> str:
    return msgspec.json.encode([plain(tag) for tag in tags]).decode()


def _nothing(database: Database) -> Iterator[None]:
    yield from ()


def _mark_slices(database: Database) -> Iterator[None]:
    database.mark_in_use()
    yield from ()


def _document_slices(document: Document) -> Slices:
    def slices(database: Database) -> Iterator[None]:
        from rlm_desktop.history import changes

        return changes.keep_document(database, document)

    return slices
