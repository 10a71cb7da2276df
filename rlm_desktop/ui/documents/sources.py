"""Joins an answer with the documents: what it names or quotes of them leads to the place in their preview."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from rlm_desktop.ui.documents.citations import Citation, citations, quotations
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.quoting import IsOver, Passage, after, found, passage_of
from rlm_desktop.ui.figures import number
from rlm_desktop.ui.inspector.answer_links import PlaceLink, Shown, ordered
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.engine.events import DocumentRef
    from rlm_desktop.ui.documents.controller import DocumentsController
    from rlm_desktop.ui.inspector.answer import AnswerPage
    from rlm_desktop.ui.workbench import Workbench

MOST_ANSWER = 1_000_000
"""A longer answer is not looked through."""
MOST_DOCUMENTS = 2_000
"""Of more, names are not looked for: an answer cannot speak of so many."""
MOST_SEARCHED = 2 << 30
"""Characters through which all quotations together are searched: a few seconds of one thread."""
MOST_SECONDS = 20.0
"""For it, should texts be made to take long."""
MOST_COUNTED = 16 << 20
"""Lines of a text or a page are counted up to here."""
MOST_FETCHED = 32 << 20
"""Characters that are fetched from the history for it: a session opens without reading its texts."""


_PAGED = ("page", "slide", "sheet")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a link leads: to a place in words, or to characters that were found."""

    item: DocumentItem
    citation: Citation | None = None
    quote: str = ""
    passage: Passage | None = None


class AnswerSources(QObject):
    """Links the answer that shows with the documents of its run.

    Args:
        page: Shows the answer.
        workbench: Knows the run that shows, and shows the texts of its documents.
    """

    def __init__(self, page: AnswerPage, workbench: Workbench, tasks: Tasks) -> None:
        super().__init__(workbench)
        self._page = page
        self._workbench = workbench
        self._documents = workbench.documents
        self._tasks = tasks
        self._answer = ""
        self._asked: Sequence[DocumentRef] = ()
        self._targets: list[_Target] = []
        self._looking: asyncio.Task[None] | None = None
        page.shown.connect(self._on_shown)
        page.view.place_chosen.connect(self._open)

    def _on_shown(self) -> None:
        answer, refs = self._page.answer, self._refs
        if answer == self._answer and (refs is self._asked or refs == self._asked):
            return
        self._answer, self._asked, self._targets = answer, refs, []
        self._page.set_links(())
        if self._looking is not None:
            self._looking.cancel()
        if answer and refs:
            self._looking = self._tasks.spawn(self._look(refs), name="look for sources")

    @property
    def _refs(self) -> Sequence[DocumentRef]:
        """The documents of the run that shows."""
        state = self._workbench.state
        return state.started.documents if state is not None and state.started is not None else ()

    async def _look(self, refs: Sequence[DocumentRef]) -> None:
        if self._page.view.document().characterCount() > MOST_ANSWER:
            return
        shown = Shown(self._page.view.document())
        items = items_of(refs, self._documents)
        names = [ref.name for ref in refs[:MOST_DOCUMENTS]]
        quotes, named = await asyncio.to_thread(_read, shown.text, shown.quoted_blocks(), names)
        links: list[tuple[PlaceLink, _Target]] = []
        for one in named:
            item = items[one.document]
            if not _may_be(one, item):
                continue
            quote = shown.text[slice(*one.quote)] if one.quote else ""
            link = PlaceLink(one.start, one.end, f"{item.name}, {_label(one)}")
            links.append((link, _Target(item, one, quote)))
        self._show(links)
        given_up = threading.Event()
        is_late = after(MOST_SECONDS)
        try:
            items = items[:MOST_DOCUMENTS]
            more = await self._quoted(shown.text, quotes, items, lambda: given_up.is_set() or is_late())
        finally:
            given_up.set()  # a thread goes on when its task is cancelled
        if more:
            self._show(links + more)

    async def _quoted(
        self, answer: str, quotes: list[tuple[int, int]], items: Sequence[DocumentItem], is_over: IsOver
    ) -> list[tuple[PlaceLink, _Target]]:
        """Links for quotations that stand in the documents, as far as their texts are at hand or small."""
        links: list[tuple[PlaceLink, _Target]] = []
        left, to_fetch, to_search = quotes, MOST_FETCHED, MOST_SEARCHED
        for item in items:
            to_search -= item.characters * len(left)
            if not left or to_search < 0 or is_over():
                break
            document = item.document
            if document is None and item.characters <= to_fetch:
                to_fetch -= item.characters
                document = await self._documents.texts.fetched(item)
            if document is None:
                continue
            hits = await asyncio.to_thread(_found, document, answer, left, is_over)
            for span, (where, passage) in hits.items():
                links.append((PlaceLink(*span, f"{item.name}, {where}", True), _Target(item, passage=passage)))
            left = [span for span in left if span not in hits]
        return links

    def _show(self, links: Sequence[tuple[PlaceLink, _Target]]) -> None:
        targets = dict(links)
        shown = ordered(list(targets))
        self._targets = [targets[link] for link in shown]
        self._page.set_links(shown)

    def _open(self, index: int) -> None:
        if index < len(self._targets):
            self._tasks.spawn(self._show_place(self._targets[index]), name="show a source")

    async def _show_place(self, target: _Target) -> None:
        passage = target.passage
        if passage is None and target.citation is not None:
            document = await self._documents.text_of(target.item)
            passage = await asyncio.to_thread(passage_of, document, target.citation, target.quote)
        if passage is None:
            text = self.tr("There is no such place in {name}.").format(name=target.item.name)
            self._documents.news.say(text, "warning")
            return
        self._documents.show_text(target.item, passage.start, passage.end - passage.start)


def items_of(refs: Sequence[DocumentRef], documents: DocumentsController) -> list[DocumentItem]:
    """The documents of a run: those in the list where they are the same, for their texts are at hand."""
    here = {item.sha256: item for item in documents.panel.items if item.sha256}
    return [here.get(ref.sha256) or DocumentItem.of_ref(ref) for ref in refs]


def _read(
    text: str, blocks: Sequence[tuple[int, int]], names: Sequence[str]
) -> tuple[list[tuple[int, int]], list[Citation]]:
    quotes = quotations(text, blocks)
    return quotes, citations(text, names, quotes)


def _found(
    document: Document, answer: str, spans: Sequence[tuple[int, int]], is_over: IsOver
) -> dict[tuple[int, int], tuple[str, Passage]]:
    """Which of the quotations stand in a document, and where."""
    hits: dict[tuple[int, int], tuple[str, Passage]] = {}
    for span in spans:
        if place := found(document.text, answer[slice(*span)], is_over=is_over):
            hits[span] = _where(document, place[0]), Passage(*place)
    return hits


def _label(citation: Citation) -> str:
    """What the person reads of a place that is named, in the same words as of one that was found."""
    if citation.kind in _PAGED and citation.number:
        return _paged(citation.kind, citation.number, citation.line)
    translate = QCoreApplication.translate
    outer = {
        "sheet": translate("AnswerSources", "sheet “{name}”").format(name=citation.name),
        "message": translate("AnswerSources", "message {number}").format(number=number(citation.number)),
        "cell": translate("AnswerSources", "cell {number}").format(number=number(citation.number)),
    }
    labels = [outer[citation.kind]] if citation.kind in outer else []
    if citation.line:
        labels.append(translate("AnswerSources", "line {line}").format(line=number(citation.line)))
    elif not labels and citation.character is not None:
        labels.append(translate("AnswerSources", "character {number}").format(number=number(citation.character)))
    return ", ".join(labels)


def _paged(kind: str, page: int, line: int) -> str:
    translate = QCoreApplication.translate
    text = {
        "page": translate("AnswerSources", "page {number}"),
        "slide": translate("AnswerSources", "slide {number}"),
        "sheet": translate("AnswerSources", "sheet {number}"),
    }[kind].format(number=number(page))
    return f"{text}, {translate('AnswerSources', 'line {line}').format(line=number(line))}" if line else text


def _where(document: Document, offset: int) -> str:
    """What the person reads of a place: its page and line, or what it lies in."""
    translate = QCoreApplication.translate
    outer = document.places.at(offset, document.characters)
    if offset - (outer.start if outer else 0) > MOST_COUNTED:
        return translate("AnswerSources", "character {number}").format(number=number(offset + 1))
    place = document.place_of(offset)
    if place.parent is None:
        return translate("AnswerSources", "line {line}").format(line=number(place.number))
    around = place.parent
    if around.parent is None and around.kind in _PAGED:
        return _paged(around.kind, around.number, place.number)
    return str(place)


def _may_be(citation: Citation, item: DocumentItem) -> bool:
    """Whether a document may have such a place, as far as that is known without its text."""
    is_named = citation.number or citation.name
    if not is_named and (citation.kind or (not citation.line and citation.character is None)):
        return False  # `page 0`
    if citation.character is not None and citation.character > item.characters:
        return False
    if citation.kind in _PAGED and citation.number:
        return citation.number <= (item.pages or 0)
    return not citation.line or citation.line <= item.characters
