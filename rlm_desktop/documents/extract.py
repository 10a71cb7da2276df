"""From an open file to a draft: finds the extractor of a kind. Runs in the extraction process."""

from __future__ import annotations

import zipfile
from importlib import import_module

from rlm_desktop.documents import kinds
from rlm_desktop.documents.draft import Draft, TooLarge
from rlm_desktop.documents.formats.common import Source, Unreadable

_MODULES = {
    "html": "html",
    "pdf": "pdf",
    "docx": "docx",
}
"""The module in `formats` that extracts a kind; texts have one for all."""

_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
"""What a zip file is that holds such a member."""


def extract(source: Source, draft: Draft) -> None:
    """Write the text of a source into a draft.

    Raises:
        Unreadable: With a sentence for the person.
    """
    draft.kind = _exact(source, draft.kind)
    if odd := kinds.disagreement(draft.kind, source.name):
        draft.warn(odd)
    module = "text" if draft.kind in kinds.TEXT_KINDS else _MODULES.get(draft.kind)
    if module is None:
        raise Unreadable(f"it is {kinds.label(draft.kind)}, which cannot be read.")
    try:
        import_module(f"rlm_desktop.documents.formats.{module}").extract(source, draft)
    except (Unreadable, MemoryError):
        raise
    except TooLarge:
        raise Unreadable("its text is larger than 1,000 million characters.") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply.") from None
    except Exception as error:  # a parser may raise anything on a damaged file
        raise Unreadable(f"it is damaged: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    text = str(error).strip().split("\n")[0].rstrip(".")[:200]
    return text or type(error).__name__


def _exact(source: Source, kind: str) -> str:
    """Tell containers apart by what lies in them."""
    if kind != "zip":
        return kind
    try:
        with zipfile.ZipFile(source.file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("it is damaged: the end of the file is missing.") from None
    return next((found for part, found in _PARTS.items() if part in names), kind)
