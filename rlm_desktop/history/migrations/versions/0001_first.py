"""The first form: sessions, runs, events, blobs, documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("is_pinned", sa.Boolean, nullable=False),
        sa.Column("deleted_at", sa.Text),
        sa.Index("sessions_by_time", "updated_at", "id"),
    )
    op.create_table(
        "runs",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "question", "documents")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("root_model", "sub_model", "started_at")),
        sa.Column("duration", sa.Float, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("calls", "depth", "iterations", "requests")),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("unknown_usage", sa.Integer, nullable=False),
        sa.Column("cost_usd", sa.Float, nullable=False),
        sa.Column("unknown_cost", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("status", "answer", "tags")),
        sa.Column("is_pinned", sa.Boolean, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("writer", sa.Text, nullable=False),
        sa.Column("deleted_at", sa.Text),
        sa.Index("runs_by_session", "session_id", "number"),
        sa.Index("runs_by_time", "started_at", "number"),
    )
    op.create_table(
        "events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("run", _NUMBER, sa.ForeignKey("runs.number"), nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("codec", sa.SmallInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("run", "first", name="events_by_run"),
    )
    op.create_table(
        "blobs",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("codec", sa.SmallInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("sha256", "part", name="blobs_by_hash"),
    )
    op.create_table(
        "uses",
        sa.Column("run", _NUMBER, sa.ForeignKey("runs.number"), primary_key=True),
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        sa.Index("uses_by_hash", "sha256"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("characters", sa.BigInteger, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("kept_at", sa.Text, nullable=False),
    )
