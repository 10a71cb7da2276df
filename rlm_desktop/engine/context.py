"""What a question is asked of: documents or a value, as the REPL's variable `context`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, cast

from rlm_desktop.documents import Document, expand, load_all
from rlm_desktop.engine.events import DocumentRef
from rlm_desktop.engine.prompts import ContextSummary, DocumentSummary, summarize_context
from rlm_desktop.errors import DocumentError, UsageError
from rlm_desktop.repl.wire import DocumentMap, unfit

ContextValue: TypeAlias = str | list[Any] | dict[str, Any]
DocumentLike: TypeAlias = Document | str | os.PathLike[str]


@dataclass(frozen=True)
class Context:
    """A context ready for the REPL.

    Attributes:
        value: The variable `context`.
        documents: What its documents are, for the trace.
        summaries: The REPL's variable `documents`.
        maps: Where the characters of each document came from, for the REPL's `place_of` and `page_text`.
        warnings: What was left out, as sentences.
    """

    value: ContextValue
    documents: tuple[DocumentRef, ...] = ()
    summaries: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    maps: tuple[DocumentMap, ...] = ()

    @property
    def type(self) -> str:
        """`str`, `list` or `dict`."""
        return type(self.value).__name__

    @property
    def characters(self) -> int:
        """Characters of all texts."""
        return self.summary.characters

    @cached_property
    def summary(self) -> ContextSummary:
        """What the model is told of it."""
        known = [DocumentSummary(d.name, d.kind, d.characters, d.pages) for d in self.documents]
        return summarize_context(self.value, known)


async def make_context(
    *,
    documents: Sequence[DocumentLike] | DocumentLike = (),
    context: ContextValue | None = None,
    context_path: str | os.PathLike[str] | None = None,
) -> Context:
    """The context of a question. One document becomes a `str`, several a `dict` name -> text.

    Raises:
        UsageError: More than one kind of context was given, or one that no REPL variable can hold, or no path.
        DocumentError: A document cannot be read.
    """
    given = [documents or None, context, context_path]
    if sum(part is not None for part in given) > 1:
        raise UsageError("Give documents=, context= or context_path=: one of them.")
    if context_path is not None:
        documents = context_path
    if isinstance(documents, str | os.PathLike | Document):
        # A text is a sequence too: letter by letter it would name the root folder.
        documents = [documents]
    if not isinstance(documents, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _no_document(documents)
    if not documents:
        made = Context(_checked("" if context is None else context))
        if not isinstance(made.value, str):
            await asyncio.to_thread(_look_into, made)
        return made
    loaded, warnings = await _load(documents)
    # A mailbox or an archive may have a hundred thousand places.
    return await asyncio.to_thread(_context_of, loaded, tuple(warnings))


def _context_of(loaded: Sequence[Document], warnings: tuple[str, ...]) -> Context:
    names = unique_names([document.name for document in loaded])
    refs = tuple(_reference(document) for document in loaded)
    summaries = tuple({**one.summary(), "name": name} for one, name in zip(loaded, names, strict=True))
    maps = tuple(_map_of(document) for document in loaded)
    texts = dict(zip(names, (document.text for document in loaded), strict=True))
    value = loaded[0].text if len(loaded) == 1 else texts
    return Context(value, refs, summaries, warnings, maps)


def _map_of(document: Document) -> DocumentMap:
    labels = document.place_labels()
    return DocumentMap([start for start, _ in labels], [label for _, label in labels], list(document.pages))


def prompt_context(prompt: str) -> Context:
    """The context of a sub-RLM: the prompt that it was given."""
    return Context(prompt)


def unique_names(names: Sequence[str]) -> list[str]:
    """The names with ` (2)`, ` (3)` ... put to those that came before."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


async def _load(documents: Sequence[DocumentLike]) -> tuple[list[Document], list[str]]:
    """The documents in order, and what could not be read in folders: one bad file there spoils nothing else.

    Raises:
        DocumentError: A file that was named itself cannot be read, or a folder holds nothing that can.
    """
    loaded: list[Document] = []
    warnings: list[str] = []
    for document in documents:
        if isinstance(document, Document):
            loaded.append(document)
            continue
        if not isinstance(document, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _no_document(document)
        listing = await asyncio.to_thread(expand, [document])
        results = await load_all(listing.files)
        errors = [result for result in results if isinstance(result, DocumentError)]
        is_folder = await asyncio.to_thread(os.path.isdir, document)
        if errors and not is_folder:
            raise errors[0]
        if len(errors) == len(results):
            raise DocumentError(os.fspath(document), "the folder holds no file that can be read.")
        warnings += [f"Left out: {error}" for error in errors]
        loaded += [result for result in results if isinstance(result, Document)]
    return loaded, warnings


def _no_document(given: object) -> UsageError:
    return UsageError(f"A document is a path or a loaded Document, not a {type(given).__name__}.")


def _reference(document: Document) -> DocumentRef:
    return DocumentRef(
        name=document.name,
        kind=document.kind,
        characters=document.characters,
        pages=len(document.pages) or None,
        sha256=document.sha256,
        path=document.path,
    )


def _checked(value: Any) -> ContextValue:
    if not isinstance(value, str | list | dict):
        raise UsageError(f"A context is a str, a list or a dict, not a {type(value).__name__}.")
    return cast(ContextValue, value)


def _look_into(made: Context) -> None:
    """Check a list or dict, and measure it: items that are no texts are written out for that, which may take long.

    Raises:
        UsageError: It holds what a REPL cannot be given.
    """
    if why := unfit(made.value):
        raise UsageError(f"A context holds texts, numbers, lists and dicts, nothing else: {why}.")
    _ = made.summary
