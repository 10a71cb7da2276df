"""Rich texts."""

from __future__ import annotations

from striprtf.striprtf import rtf_to_text

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source


def extract(source: Source, draft: Draft) -> None:
    """The text of a rich text; table cells are separated by bars."""
    # RTF itself is seven-bit; what lies beyond is escaped, or in the code page that the file names.
    draft.add(rtf_to_text(source.read().decode("cp1252", "replace"), errors="replace"))
