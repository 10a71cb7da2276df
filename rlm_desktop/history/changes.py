"""Changes of the history other than events: documents, names, deletion. Each is work in slices for the writer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from rlm_desktop.errors import HistoryError
from rlm_desktop.history import records
from rlm_desktop.history.database import Database
from rlm_desktop.history.schema import blobs, documents, runs, sessions
from rlm_desktop.history.summary import plain
from rlm_desktop.history.writer import Slices

if TYPE_CHECKING:
    from rlm_desktop.documents.document import Document


def now() -> str:
    """This moment: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def session(session_id: str, **values: Any) -> Slices:
    """Change columns of a session."""
    return _row(sessions, "session", session_id, values)


def run(run_id: str, **values: Any) -> Slices:
    """Change columns of a run."""
    return _row(runs, "run", run_id, values)


def _row(table: Table, what: str, key: str, values: dict[str, Any]) -> Slices:
    def slices(database: Database) -> Iterator[None]:
        stored = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
        with database.transaction(writes=True) as connection:
            result = connection.execute(table.update().where(table.c.id == key).values(stored))
            if result.rowcount == 0:
                raise HistoryError(f"There is no {what} {key} in the history.")
        yield from ()

    return slices


def keep_document(database: Database, document: Document) -> Iterator[None]:
    """Write a document's text, part by part, unless it is there."""
    sha256 = bytes.fromhex(document.sha256)
    with database.transaction(writes=False) as connection:
        if connection.execute(select(documents.c.parts).where(documents.c.sha256 == sha256)).first():
            return
    count = 0
    for part, codec, data in records.parts_of(document.text):
        row = {"sha256": sha256, "part": part, "codec": codec, "data": data}
        with database.transaction(writes=True) as connection:
            connection.execute(database.insert_missing(blobs), row)
        count += 1
        yield
    entry = {
        "sha256": sha256,
        "name": plain(document.name),
        "kind": plain(document.kind),
        "characters": len(document.text),
        "parts": count,
        "kept_at": now(),
    }
    with database.transaction(writes=True) as connection:
        connection.execute(database.insert_missing(documents), entry)
