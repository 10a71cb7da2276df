"""Which texts of a trace are searched, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history.wording import spaced

PIECE = 32_768
"""Characters of a text that are indexed as one: longer texts are cut, between words where there are any."""


class Found(NamedTuple):
    """A text of a trace.

    Attributes:
        seq: The event that holds it, or the last one that it was put together from.
        text: The text.
        is_whole: Whether the event alone holds the text; else it is put together from several.
    """

    field: str
    seq: int
    call: int
    iteration: int
    cell: int
    text: str
    is_whole: bool


class Extractor:
    """Collects the texts of one trace, event by event."""

    def __init__(self) -> None:
        self._iterations: dict[int, int] = {}
        self._outputs: dict[tuple[int, int, int], list[ev.CellOutput]] = {}

    def take(self, event: AnyEvent) -> Iterator[Found]:
        """The texts that are complete with this event."""
        if isinstance(event, ev.IterationStarted):
            self._iterations[event.call] = event.iteration
        elif isinstance(event, ev.CellOutput):
            self._outputs.setdefault((event.call, event.iteration, event.cell), []).append(event)
            return  # found when the cell has ended, as one text
        elif isinstance(event, ev.CellFinished):
            yield from self._output(event.call, event.iteration, event.cell, event.seq)
        iteration, cell = self._place(event)
        for field, text in texts_in(event).items():
            yield Found(field, event.seq, event.call, iteration, cell, text, is_whole=True)

    def rest(self) -> Iterator[Found]:
        """The output of cells that never ended."""
        for (call, iteration, cell), pieces in list(self._outputs.items()):
            yield from self._output(call, iteration, cell, pieces[-1].seq)

    def _output(self, call: int, iteration: int, cell: int, seq: int) -> Iterator[Found]:
        pieces = self._outputs.pop((call, iteration, cell), [])
        text = "".join(piece.text for piece in pieces)
        if text.strip():
            is_whole = len(pieces) == 1
            yield Found("output", pieces[0].seq if is_whole else seq, call, iteration, cell, text, is_whole)

    def _place(self, event: AnyEvent) -> tuple[int, int]:
        if isinstance(event, ev.CellStarted | ev.CellFinished):
            return event.iteration, event.cell
        return self._iterations.get(event.call, 0), 0


def texts_in(event: AnyEvent) -> dict[str, str]:
    """The texts that an event holds by field, empty ones left out."""
    found: dict[str, str] = {}
    match event:
        case ev.RunStarted():
            names = "\n".join(document.name for document in event.documents)
            found = {"question": event.question, "document": names}
        case ev.CallStarted() if event.parent is not None:
            found = {"prompt": event.prompt}
        case ev.ModelResponded():
            found = {"response": event.text}
        case ev.CellStarted():
            found = {"code": event.code}
        case ev.CellOutput():
            return {"output": event.text}
        case ev.CellFinished():
            found = {"error": event.traceback or event.error}
        case ev.ModelFailed():
            found = {"error": event.error}
        case ev.RunFinished():
            found = {"answer": event.answer or "", "error": event.error}
        case _:
            pass
    return {field: text for field, text in found.items() if text.strip()}


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text in the pieces that are indexed, each with its start. The same text always gives the same pieces."""
    start = 0
    while len(text) - start > PIECE:
        cut = text.rfind(" ", start + PIECE // 2, start + PIECE)
        end = cut + 1 if cut >= 0 else start + PIECE
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def as_indexed(piece: str) -> str:
    """A piece as the index gets it.

    Neither SQLite nor PostgreSQL reads a text beyond a zero character, or knows words that no space divides. The
    text of a row must always come out alike: what was put in is taken out by its words.
    """
    return spaced(piece.replace("\0", " "))
