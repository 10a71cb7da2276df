"""The first form: sessions, runs, events, blobs, documents."""

from __future__ import annotations

revision = "0001"
down_revision = None
