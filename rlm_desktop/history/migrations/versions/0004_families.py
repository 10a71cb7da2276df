"""Which run a run was resumed or forked from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; runs that are there name no parent."""
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("parent_run", sa.Text, nullable=False, server_default=""))
        runs.add_column(sa.Column("parent_iteration", sa.Integer))
        runs.create_index("runs_by_parent", ["parent_run"])
