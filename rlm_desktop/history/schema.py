"""The tables of the history.

```
sessions    documents and the runs asked over them
runs        one row a run: what the lists show, kept up to date while it is written
events      the traces, in blocks of consecutive events: JSON lines, compressed
blobs       every text longer than 4 kB, once, by the SHA-256 of its UTF-8 form, in parts
uses        which run needs which blob, so that nothing needed is ever purged
documents   the documents whose texts are kept; the text is the blob of the same SHA-256
texts       where each text that is searched stands; the text itself only where it lies in several events
search      the words of those texts: FTS5 without content of its own (PostgreSQL: a column with a GIN index)
```

A change here needs a migration in `migrations/versions` and its number at the end of `REVISIONS`.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from rlm_desktop.history.wording import FIELDS

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""The migrations in their order; the last is what this program reads and writes."""

_BigNumber = BigInteger().with_variant(Integer(), "sqlite")
"""Only INTEGER names SQLite's row number; elsewhere it has 32 bits, and an import may bring more."""
_TO_INDEX = text("indexed < events")

metadata = MetaData()

versions = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False, default=""),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("tags", Text, nullable=False, default="[]"),
    Column("is_pinned", Boolean, nullable=False, default=False),
    Column("deleted_at", Text),
    Index("sessions_by_time", "updated_at", "id"),
)

runs = Table(
    "runs",
    metadata,
    Column("number", _BigNumber, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("question", Text, nullable=False),
    Column("documents", Text, nullable=False),
    Column("root_model", Text, nullable=False),
    Column("sub_model", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("duration", Float, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("depth", _BigNumber, nullable=False),
    Column("iterations", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("unknown_usage", Integer, nullable=False),
    Column("cost_usd", Float, nullable=False),
    Column("unknown_cost", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("tags", Text, nullable=False, default="[]"),
    Column("is_pinned", Boolean, nullable=False, default=False),
    Column("origin", Text, nullable=False, default=""),
    Column("events", Integer, nullable=False),
    Column("writer", Text, nullable=False),
    Column("deleted_at", Text),
    Column("indexed", Integer, nullable=False, default=0, server_default="0"),
    Column("indexer", Text, nullable=False, default="", server_default=""),
    Column("parent_run", Text, nullable=False, default="", server_default=""),
    Column("parent_iteration", Integer),
    Index("runs_by_session", "session_id", "number"),
    Index("runs_by_time", "started_at", "number"),
    Index("runs_by_parent", "parent_run"),
    # What comes behind long answers is slow to read of every run.
    Index("runs_to_index", "number", sqlite_where=_TO_INDEX, postgresql_where=_TO_INDEX),
)

events = Table(
    "events",
    metadata,
    Column("id", _BigNumber, primary_key=True),
    Column("run", _BigNumber, ForeignKey("runs.number"), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("codec", SmallInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("run", "first", name="events_by_run"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("id", _BigNumber, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("part", Integer, nullable=False),
    Column("codec", SmallInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "part", name="blobs_by_hash"),
)

uses = Table(
    "uses",
    metadata,
    Column("run", _BigNumber, ForeignKey("runs.number"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Index("uses_by_hash", "sha256"),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("characters", BigInteger, nullable=False),
    Column("parts", Integer, nullable=False),  # 0 while its text is being written
    Column("kept_at", Text, nullable=False),
    Column("codec", SmallInteger),
    Column("facts", LargeBinary),  # pages, outline, places: `documents.facts`
    Column("file_key", Text, nullable=False, default="", server_default=""),  # the file as it was when it was read
    Index("documents_by_file", "file_key"),
)

texts = Table(
    "texts",
    metadata,
    Column("id", _BigNumber, primary_key=True),
    Column("run", _BigNumber, ForeignKey("runs.number"), nullable=False),
    Column("field", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("call", _BigNumber, nullable=False),
    Column("iteration", _BigNumber, nullable=False),
    Column("cell", _BigNumber, nullable=False),
    Column("start", Integer, nullable=False),
    Column("codec", SmallInteger),
    Column("data", LargeBinary),
    Index("texts_by_run", "run"),
    sqlite_autoincrement=True,  # a number is never used again: an index entry left behind cannot lead astray
)

SEARCH_INDEX = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE search USING fts5({', '.join(FIELDS)}, content='', columnsize=0, "
        "tokenize='unicode61 remove_diacritics 2')"
    ],
    "postgresql": [
        "CREATE TABLE search (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX search_words ON search USING GIN (words)",
    ],
}
"""What makes the index of words, by kind of database."""

for _dialect, _statements in SEARCH_INDEX.items():
    for _statement in _statements:
        event.listen(texts, "after_create", DDL(_statement).execute_if(dialect=_dialect))
