"""Files to text, with where every character came from.

`load`, `load_all`, `load_bytes` and `from_text` make `Document`s, a `Loader` many of them; `expand` lists folders.
"""

from __future__ import annotations

from rlm_desktop.documents.document import Document, EncodingNeeded, Heading, PasswordNeeded, from_text
from rlm_desktop.documents.folders import Found, LeftOut, Listing, expand, file_key
from rlm_desktop.documents.load import Loader, load, load_all, load_bytes
from rlm_desktop.documents.ocr import ocr_languages
from rlm_desktop.documents.places import Place, Places
from rlm_desktop.documents.progress import Progress

__all__ = [
    "Document",
    "EncodingNeeded",
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
    "load_bytes",
    "ocr_languages",
]
