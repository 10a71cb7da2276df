"""The history: every run, kept whole, listed, searched, replayed, exported and imported.

`History` is the door. Importing this package imports neither SQLAlchemy nor Alembic.
"""

from __future__ import annotations

from rlm_desktop.history.rows import RUNNING, Facets, RunFilter, RunRow, SessionRow
from rlm_desktop.history.store import History

__all__ = ["RUNNING", "Facets", "History", "RunFilter", "RunRow", "SessionRow"]
