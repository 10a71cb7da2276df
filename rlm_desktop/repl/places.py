"""Where the characters of the documents came from, for cells: `place_of` and `page_text`.

They stand among the builtins of the cells, so that code with variables of these names goes on working.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from rlm_desktop.repl.wire import DocumentMap

_MAX_NAMED = 10


class _Document(NamedTuple):
    name: str
    text: str
    places: DocumentMap


class Places:
    """The helpers over the documents of a REPL; without documents they say so.

    Args:
        context: As it was handed in: the text of the one document, or the texts of several by name.
        documents: What is known of each document, in order.
        maps: Where the characters of each came from, in the same order.
    """

    def __init__(self, context: Any, documents: Sequence[dict[str, Any]], maps: Sequence[DocumentMap]) -> None:
        texts = cast("dict[Any, Any]", context) if isinstance(context, dict) else {}
        self._documents: dict[str, _Document] = {}
        for about, places in zip(documents, maps, strict=False):
            name = str(about.get("name", ""))
            text = context if isinstance(context, str) else texts.get(name)
            if isinstance(text, str):
                self._documents[name] = _Document(name, text, places)

    def functions(self) -> dict[str, Callable[..., str]]:
        """The names that cells know."""
        return {"place_of": self.place_of, "page_text": self.page_text}

    def place_of(self, offset: int, name: str | None = None) -> str:
        """Where a character of a document came from, as `page 12, line 5`.

        Args:
            offset: Of the character in the document's whole text.
            name: Of the document, when there are several.
        """
        document = self._find(name)
        if not 0 <= offset <= len(document.text):
            raise IndexError(f"{document.name!r} has {len(document.text):,} characters, none at {offset}")
        starts = document.places.starts
        index = bisect_right(starts, offset) - 1
        begin = starts[index] if index >= 0 else 0
        line = f"line {document.text.count(chr(10), begin, offset) + 1}"
        return f"{document.places.labels[index]}, {line}" if index >= 0 else line

    def page_text(self, page: int, name: str | None = None) -> str:
        """The text of a page, slide or sheet of a document.

        Args:
            page: Its number, from 1.
            name: Of the document, when there are several.
        """
        document = self._find(name)
        pages = document.places.pages
        if not pages:
            raise ValueError(f"{document.name!r} has no pages: take slices of its text")
        if not 1 <= page <= len(pages):
            raise IndexError(f"{document.name!r} has {len(pages):,} pages, not a page {page}")
        end = pages[page] if page < len(pages) else len(document.text)
        return document.text[pages[page - 1] : end]

    def _find(self, name: str | None) -> _Document:
        if not self._documents:
            raise ValueError("there are no documents here: context is not from files")
        if name is None and len(self._documents) == 1:
            return next(iter(self._documents.values()))
        if name in self._documents:
            return self._documents[name]
        known = ", ".join(repr(known) for known in list(self._documents)[:_MAX_NAMED])
        more = len(self._documents) - _MAX_NAMED
        rest = f" and {more:,} more: see documents" if more > 0 else ""
        said = "name the document" if name is None else f"there is no document {name!r}"
        raise ValueError(f"{said}; there are {known}{rest}")
