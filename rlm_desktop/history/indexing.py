"""Putting texts into the index of words, and taking them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select, text

from rlm_desktop.history import records
from rlm_desktop.history.pieces import read
from rlm_desktop.history.schema import texts
from rlm_desktop.history.texts import Found, as_indexed, pieces


def add(connection: Connection, run: int, found: Iterable[Found]) -> None:
    """Put texts of a run into the index."""
    key = _last_key(connection)
    rows: list[dict[str, Any]] = []
    words: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        for start, piece in pieces(one.text):
            key += 1
            codec, data = (None, None) if one.is_whole else records.deflated(piece.encode())
            row = {"id": key, "run": run, "field": one.field, "seq": one.seq, "call": one.call, "start": start}
            rows.append({**row, "iteration": one.iteration, "cell": one.cell, "codec": codec, "data": data})
            words.setdefault(one.field, []).append({"key": key, "piece": as_indexed(piece)})
    if rows:
        connection.execute(texts.insert(), rows)
    for field, some in words.items():
        if connection.dialect.name == "sqlite":
            statement = f"INSERT INTO search (rowid, {field}) VALUES (:key, :piece)"
        else:
            statement = "INSERT INTO search (id, words) VALUES (:key, to_tsvector('simple', :piece))"
        connection.execute(text(statement), some)


def _last_key(connection: Connection) -> int:
    """The last number that a text has had; none is given twice."""
    if connection.dialect.name == "sqlite":
        return connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'texts'")).scalar() or 0
    connection.execute(text("LOCK TABLE texts IN SHARE ROW EXCLUSIVE MODE"))
    return connection.execute(select(func.max(texts.c.id))).scalar() or 0


def forget(connection: Connection, run: int, limit: int) -> bool:
    """Take up to `limit` texts of a run out of the index; False when there were none."""
    rows = connection.execute(select(texts).where(texts.c.run == run).limit(limit)).all()
    is_sqlite = connection.dialect.name == "sqlite"
    indexed = read(connection, rows) if is_sqlite else {}
    for row in rows:
        if is_sqlite:
            # FTS5 keeps no texts: it must be told the very words to take out.
            statement = f"INSERT INTO search (search, rowid, {row.field}) VALUES ('delete', :key, :piece)"
            piece = indexed[row.id]
            if piece is not None:
                connection.execute(text(statement), {"key": row.id, "piece": as_indexed(piece)})
        else:
            connection.execute(text("DELETE FROM search WHERE id = :key"), {"key": row.id})
        connection.execute(texts.delete().where(texts.c.id == row.id))
    return bool(rows)
