"""Says beside an answer how much of the documents the models of its run were shown."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject

from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.quoting import IsOver, after
from rlm_desktop.ui.documents.sources import MOST_SECONDS, items_of
from rlm_desktop.ui.figures import number
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.engine.coverage import Share
    from rlm_desktop.engine.state import RunState
    from rlm_desktop.ui.inspector.answer import AnswerPage
    from rlm_desktop.ui.workbench import Workbench

MOST_DOCUMENTS = 500
MOST_CHARACTERS = 16 << 20
"""Of all documents: more takes a thread longer than a moment, and other threads wait for their turns meanwhile."""
MOST_NAMED = 12
"""Documents, and stretches of pages of one, that a tooltip names."""


class _Told(NamedTuple):
    """What is known of a document."""

    name: str
    characters: int
    page_kind: str
    share: Share


class AnswerCoverage(QObject):
    """Measures it when a run has ended, in a thread, for documents whose texts are at hand or small.

    Args:
        page: Shows the answer.
        workbench: Knows the run that shows, and its documents.
    """

    def __init__(self, page: AnswerPage, workbench: Workbench, tasks: Tasks) -> None:
        super().__init__(workbench)
        self._page = page
        self._workbench = workbench
        self._tasks = tasks
        self._state: RunState | None = None
        self._measuring: asyncio.Task[None] | None = None
        page.shown.connect(self._on_shown)

    def _on_shown(self) -> None:
        state = self._workbench.state
        # Of a large run that is being read the beginning shows first, and of one that is replayed any moment.
        is_whole = state is not None and state.finished is not None and not self._workbench.is_replaying
        measured = state if is_whole and self._page.answer else None
        if measured is self._state:
            return
        self._state = measured
        self._page.set_remark("", "")
        if self._measuring is not None:
            self._measuring.cancel()
        if measured is not None and measured.started is not None and measured.started.documents:
            self._measuring = self._tasks.spawn(self._measure(measured), name="measure coverage")

    async def _measure(self, state: RunState) -> None:
        assert state.started is not None
        items = items_of(state.started.documents, self._workbench.documents)
        if len(items) > MOST_DOCUMENTS or sum(item.characters for item in items) > MOST_CHARACTERS:
            return
        documents: list[tuple[DocumentItem, Document]] = []
        for item in items:
            document = item.document or await self._workbench.documents.texts.fetched(item)
            if document is None:
                return  # of a part of them it would be another figure
            documents.append((item, document))
        given_up, is_late = threading.Event(), after(MOST_SECONDS)
        try:
            shares = await asyncio.to_thread(
                _shares, state, [found for _, found in documents], lambda: given_up.is_set() or is_late()
            )
        finally:
            given_up.set()  # a thread goes on when its task is cancelled
        told = [
            _Told(item.name, found.characters, found.page_kind, share)
            for (item, found), share in zip(documents, shares, strict=True)
            if share is not None
        ]
        if told:
            shown = sum(one.characters * one.share.share for one in told) / sum(one.characters for one in told)
            text = self.tr("Models saw about {share}% of the documents")
            self._page.set_remark(text.format(share=_percent(shown)), "\n".join(_lines(told)))


def _shares(state: RunState, documents: Sequence[Document], is_over: IsOver) -> list[Share | None]:
    """Of each document; None where it cannot be told."""
    from rlm_desktop.engine.coverage import shown_in

    shown = shown_in(state, is_over)
    return [shown.share_of(found.text, found.pages) if shown is not None else None for found in documents]


def _lines(told: Sequence[_Told]) -> Iterator[str]:
    """What a tooltip says of each document."""
    translate = QCoreApplication.translate
    nothing = {
        "page": translate("AnswerCoverage", "{line}, nothing of the pages {pages}"),
        "slide": translate("AnswerCoverage", "{line}, nothing of the slides {pages}"),
        "sheet": translate("AnswerCoverage", "{line}, nothing of the sheets {pages}"),
    }
    for one in told[:MOST_NAMED]:
        line = translate("AnswerCoverage", "{name}: about {share}%")
        line = line.format(name=one.name, share=_percent(one.share.share))
        if one.share.unseen:
            line = nothing[one.page_kind].format(line=line, pages=", ".join(_stretches(one.share.unseen)))
        yield line
    if len(told) > MOST_NAMED:
        yield "…"


def _stretches(pages: Sequence[int]) -> Iterator[str]:
    """`1–3`, `7`: numbers in order as stretches."""
    first = last = 0
    count = 0
    for page in (*pages, 0):
        if page != last + 1 and last:
            count += 1
            yield number(first) if first == last else f"{number(first)}–{number(last)}"
            if count == MOST_NAMED and page:
                yield "…"
                return
            first = page
        first, last = first or page, page


def _percent(share: float) -> str:
    """Whole per cent; little is not nothing, and nearly all is not all."""
    if 0 < share < 0.01:
        return "1"
    return number(99 if 0.99 <= share < 1 else round(share * 100))
