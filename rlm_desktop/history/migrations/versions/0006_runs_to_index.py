"""Which runs wait to be indexed is known without a look at all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_THEM = sa.text("indexed < events")


def upgrade() -> None:
    """Add an index of them alone."""
    op.create_index("runs_to_index", "runs", ["number"], sqlite_where=_THEM, postgresql_where=_THEM)
