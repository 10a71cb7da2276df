"""Full-text search: the texts of each run and the index of their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FTS = """CREATE VIRTUAL TABLE search USING fts5(question, answer, prompt, response, code, output, error, document,
content='', columnsize=0, tokenize='unicode61 remove_diacritics 2')"""


def upgrade() -> None:
    """Make the tables; the runs that are there are indexed in the background."""
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("indexed", sa.Integer, nullable=False, server_default="0"))
        runs.add_column(sa.Column("indexer", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "texts",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("run", _NUMBER, sa.ForeignKey("runs.number"), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("seq", "call", "iteration", "cell", "start")),
        sa.Column("codec", sa.SmallInteger),
        sa.Column("data", sa.LargeBinary),
        sa.Index("texts_by_run", "run"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS)
    else:
        op.execute("CREATE TABLE search (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX search_words ON search USING GIN (words)")
