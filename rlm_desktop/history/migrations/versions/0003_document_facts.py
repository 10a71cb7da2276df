"""Pages, outline and places of the documents whose texts are kept, and the file that they were read from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; documents that are there stay texts without places until they are read again."""
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("codec", sa.SmallInteger))
        documents.add_column(sa.Column("facts", sa.LargeBinary))
        documents.add_column(sa.Column("file_key", sa.Text, nullable=False, server_default=""))
        documents.create_index("documents_by_file", ["file_key"])
