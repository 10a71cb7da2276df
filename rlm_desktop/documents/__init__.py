"""Files to text, with where every character came from.

`load`, `load_all` and `from_text` make `Document`s; nothing else of this room is meant for others.
"""

from __future__ import annotations

from rlm_desktop.documents.document import Document, Heading, PasswordNeeded, from_text
from rlm_desktop.documents.folders import Found, LeftOut, Listing, expand, file_key
from rlm_desktop.documents.load import Loader, load, load_all
from rlm_desktop.documents.ocr import ocr_languages
from rlm_desktop.documents.places import Place, Places
from rlm_desktop.documents.progress import Progress

__all__ = [
    "Document",
    "Found",
    "Heading",
    "LeftOut",
    "Listing",
    "Loader",
    "PasswordNeeded",
    "Place",
    "Places",
    "Progress",
    "expand",
    "file_key",
    "from_text",
    "load",
    "load_all",
    "ocr_languages",
]
