"""Mailboxes (mbox)."""

from __future__ import annotations

from rlm_desktop.documents.formats.mail import extract_mailbox as extract

__all__ = ["extract"]
