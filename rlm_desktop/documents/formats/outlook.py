"""Outlook messages (msg)."""

from __future__ import annotations

from oxmsg import Message

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.mail import add_attachment


def extract(source: Source, draft: Draft) -> None:
    """Headers, body and attachments."""
    source.file.seek(0)
    message = Message.load(source.file)
    subject = " ".join((message.subject or "").split())
    draft.mark("message", 1, subject)
    draft.add_heading(2, subject)
    receivers = ", ".join(f"{one.name} <{one.email_address}>" for one in message.recipients)
    lines = [("From", message.sender), ("To", receivers), ("Date", message.sent_date)]
    draft.add("\n".join(f"{name}: {value}" for name, value in lines if value) + "\n\n")
    body = message.body or (to_markdown(message.html_body) if message.html_body else "")
    draft.add_markdown(body.strip("\n") + "\n\n")
    for number, attachment in enumerate(message.attachments, 1):
        name = attachment.file_name or f"attachment {number}"
        add_attachment(name, attachment.file_bytes or b"", number, source, draft)
