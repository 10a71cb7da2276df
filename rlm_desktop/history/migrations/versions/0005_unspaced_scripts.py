"""Words of scripts without spaces can be found within a sentence, and words beside odd signs and forms at all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FIRST_OF_THEM = "\u0080"
_VOCABULARY = "CREATE VIRTUAL TABLE temp.words_before_0005 USING fts5vocab(main, search, instance)"
_SOME_LITE = sa.text("SELECT 1 FROM temp.words_before_0005 WHERE term >= :first LIMIT 1")
_SOME_SERVER = sa.text(r"SELECT 1 FROM search WHERE words::text ~ '[^\u0001-\u007f]' LIMIT 1")


def upgrade() -> None:
    """Have all runs indexed anew, in the background, where there may be such words; else change nothing."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(_VOCABULARY)
        has_some = connection.execute(_SOME_LITE, {"first": _FIRST_OF_THEM}).scalar()
        op.execute("DROP TABLE temp.words_before_0005")
        empty = "INSERT INTO search (search) VALUES ('delete-all')"
    else:
        has_some = connection.execute(_SOME_SERVER).scalar()
        empty = "DELETE FROM search"
    if has_some:
        op.execute("DELETE FROM texts")
        op.execute(empty)
        op.execute("UPDATE runs SET indexed = 0, indexer = ''")
