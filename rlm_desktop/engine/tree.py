"""The rows of a run's tree. Only `RunState` changes them; everybody else reads.

What few rows have of their own is kept apart, what many have in common is one object: see `contents`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import lru_cache
from typing import NamedTuple, cast

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.contents import CellState, Elsewhere, Exchange, conversation, made_up
from rlm_desktop.engine.events import EndState, Message
from rlm_desktop.engine.tally import Sums, Tally, opened, sealed

__all__ = [
    "AskingNode",
    "BatchNode",
    "CallNode",
    "CellState",
    "Elsewhere",
    "Exchange",
    "IterationNode",
    "Node",
    "Tally",
]


class Node:
    """A row of the tree.

    Attributes:
        index: Place in `RunState.nodes`.
        started / finished: Seconds since the run began; `finished` is None while it runs.
        status: `queued`, `running`, or an `EndState` value.
    """

    __slots__ = ("_children", "finished", "index", "parent", "started", "status")

    def __init__(self, parent: Node | None, started: float) -> None:
        self.index = -1
        self.parent = parent
        self._children: Sequence[Node] | Node = ()
        self.started = started
        self.finished: float | None = None
        self.status = "running"

    @property
    def children(self) -> Sequence[Node]:
        """The rows below it, in order of creation."""
        children = self._children
        return (children,) if isinstance(children, Node) else children

    @children.setter
    def children(self, children: Sequence[Node]) -> None:
        self._children = children

    def add(self, child: Node) -> None:
        """One more row below it."""
        # Most rows have none: in a run of a million calls their empty lists would be 60 MB.
        if isinstance(self._children, list):
            self._children.append(child)
        else:
            self._children = [*self.children, child]

    def seal(self) -> None:
        """It has ended: keep in little room what will hardly change any more."""
        children = self.children
        self._children = children[0] if len(children) == 1 else tuple(children)

    def sums_to_change(self) -> Tally:
        """Sums over it and all below, kept from now on."""
        raise NotImplementedError  # each kind has its own; an ABC would make every `isinstance` of a row slower

    def ancestors(self) -> Iterator[Node]:
        """Parent, grandparent ... up to the root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def level(self) -> int:
        """Number of ancestors in the tree of rows (not the depth of the recursion)."""
        level, node = 0, self.parent  # asked several times for each row that is painted: no generator
        while node is not None:
            level, node = level + 1, node.parent
        return level

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.finished is None

    @property
    def has_error(self) -> bool:
        """Whether it ended in another way than completed."""
        return self.status not in ("queued", "running", EndState.COMPLETED)


def _last(requests: Exchange | list[Exchange] | None) -> Exchange | None:
    return requests[-1] if isinstance(requests, list) else requests


class AskingNode(Node):
    """A row with requests to a model: mostly it is one, which is kept without a list."""

    __slots__ = ("_requests",)

    def __init__(self, parent: Node | None, started: float) -> None:
        super().__init__(parent, started)
        self._requests: Exchange | list[Exchange] | None = None

    @property
    def requests(self) -> Sequence[Exchange]:
        """All that were made for this row, in order."""
        requests = self._requests
        return requests if isinstance(requests, list) else () if requests is None else (requests,)

    @property
    def exchange(self) -> Exchange | None:
        """The latest of them."""
        return _last(self._requests)

    def add_request(self, exchange: Exchange) -> None:
        """One more was made."""
        if isinstance(self._requests, list):
            self._requests.append(exchange)
        else:
            self._requests = exchange if self._requests is None else [self._requests, exchange]

    def messages(self) -> tuple[Message, ...]:
        """The whole conversation as the latest request sent it."""
        return conversation(request for row in self._asked_so_far() for request in reversed(row.requests))

    def _asked_so_far(self) -> Iterable[AskingNode]:
        """The rows that its call has asked a model for, from this one back."""
        return (self,)

    def own_request(self, copied: Callable[[Exchange], Exchange]) -> None:
        """Put a copy in place of the latest: it is about to change, and others have it too."""
        if isinstance(self._requests, list):
            self._requests = [*self._requests[:-1], copied(self._requests[-1])]
        elif self._requests is not None:
            self._requests = copied(self._requests)


class _Site(NamedTuple):
    """Where a call was made and what kind it is: the same for all calls of a batch."""

    kind: ev.CallKind
    depth: int
    model: str
    function: str
    iteration: int
    cell: int
    line: int


_site = lru_cache(maxsize=1024)(_Site)


class _Rest(msgspec.Struct, eq=False, gc=False):
    """What most plain calls have nothing of. Sums are None where there are none but those of the one request."""

    context_characters: int = 0
    answer: str | None = None
    answer_source: str = ""
    error: str = ""
    is_recorded: bool = False
    shared: int | None = None
    own: Sums | None = None
    subtree: Sums | None = None

    def __copy__(self) -> _Rest:
        """The same, to be changed by itself."""
        if self is _NO_REST:
            return self
        return msgspec.structs.replace(self, own=copy(self.own), subtree=copy(self.subtree))


_NO_REST = _Rest()


class CallNode(AskingNode):
    """A call.

    Attributes:
        number: The call's number in the events.
        batch_index: Its place in its batch.
    """

    __slots__ = ("_prompt", "_rest", "_result", "_site", "batch_index", "number")

    def __init__(self, parent: Node | None, event: ev.CallStarted) -> None:
        super().__init__(parent, event.at)
        self.status = "queued"
        self.number = event.call
        self._site = _site(
            event.kind, event.depth, event.model, event.function, event.iteration, event.cell, event.line
        )
        self.batch_index = event.index
        self._prompt: str | Elsewhere = event.prompt
        self._result: str | Elsewhere = ""
        self._rest = _NO_REST
        if event.context_characters:
            self._rest_to_change().context_characters = event.context_characters
        if event.kind == "rlm":
            self.own_to_change()

    @property
    def kind(self) -> ev.CallKind:
        """`rlm` or `llm`."""
        return self._site.kind

    @property
    def depth(self) -> int:
        """Number of calls above it."""
        return self._site.depth

    @property
    def model(self) -> str:
        """The model that it was made for."""
        return self._site.model

    @property
    def function(self) -> str:
        """The name that the code used."""
        return self._site.function

    @property
    def iteration(self) -> int:
        """The iteration of its caller that made it, from 1."""
        return self._site.iteration

    @property
    def cell(self) -> int:
        """The cell of that iteration, from 0."""
        return self._site.cell

    @property
    def line(self) -> int:
        """The line of that cell's code, from 1; 0 when not known."""
        return self._site.line

    @property
    def context_characters(self) -> int:
        """Length of its context."""
        return self._rest.context_characters

    @property
    def answer(self) -> str | None:
        """What it set as its answer."""
        return self._rest.answer

    @property
    def answer_source(self) -> str:
        """How it did."""
        return self._rest.answer_source

    @property
    def error(self) -> str:
        """Why it failed."""
        return self._rest.error

    @property
    def is_recorded(self) -> bool:
        """Whether its result came from another run's record."""
        return self._rest.is_recorded

    @property
    def shared(self) -> int | None:
        """The call whose identical request answered this one, if one did."""
        return self._rest.shared

    @property
    def iterations(self) -> Sequence[IterationNode]:
        """Of an rlm call: all that is below it, but for what a damaged trace may have before the first."""
        children = self.children
        if not children or isinstance(children[0], IterationNode):
            return cast("Sequence[IterationNode]", children)
        return [child for child in children if isinstance(child, IterationNode)]

    @property
    def exchange(self) -> Exchange | None:
        """The latest request: for an llm call its only one, for an rlm call that of an iteration."""
        for iteration in reversed(self.iterations) if self._children else ():
            if iteration.exchange is not None:
                return iteration.exchange
        return _last(self._requests)

    @property
    def current(self) -> CallNode | IterationNode:
        """The row that shows what it does now: its last iteration, or itself as long as it has none."""
        last = self.children[-1] if self._children else self
        return last if isinstance(last, IterationNode) else self

    @property
    def own(self) -> Tally:
        """Sums over its own requests."""
        return opened(self._rest.own) if self._rest.own is not None else made_up(self.exchange, calls=1)

    @property
    def subtree(self) -> Tally:
        """Sums over it and all below."""
        return opened(self._rest.subtree) if self._rest.subtree is not None else self.own

    def own_to_change(self) -> Tally:
        """The same as `own`, kept from now on."""
        rest = self._rest_to_change()
        if not isinstance(rest.own, Tally):
            rest.own = self.own
        return rest.own

    def sums_to_change(self) -> Tally:
        """The same as `subtree`, kept apart from `own` from now on: something below it counts too."""
        rest = self._rest_to_change()
        if not isinstance(rest.subtree, Tally):
            rest.subtree = copy(self.subtree)
        return rest.subtree

    @property
    def has_sums_apart(self) -> bool:
        """Whether `subtree` may be more than `own`."""
        return self._rest.subtree is not None

    def _rest_to_change(self) -> _Rest:
        if self._rest is _NO_REST:
            self._rest = _Rest()
        return self._rest

    def take_answer(self, event: ev.AnswerSet) -> None:
        """It set its answer."""
        rest = self._rest_to_change()
        rest.answer, rest.answer_source = event.answer, event.source

    def take_finish(self, event: ev.CallFinished, at: float) -> None:
        """It ended."""
        self.finished = at
        self._result = event.result
        if self._rest is not _NO_REST or event.error or event.is_recorded or event.shared is not None:
            rest = self._rest_to_change()
            rest.error, rest.shared, rest.is_recorded = event.error, event.shared, event.is_recorded

    def seal(self) -> None:
        """It has ended: keep in little room what will hardly change any more."""
        super().seal()
        rest = self._rest
        if rest is not _NO_REST:
            rest.own = rest.own and sealed(rest.own)
            rest.subtree = rest.subtree and sealed(rest.subtree)

    def _asked_so_far(self) -> Iterable[AskingNode]:
        return (*reversed(self.iterations), self)

    @property
    def are_sums_made_up(self) -> bool:
        """Whether its one request is all that there is to sum up."""
        return self._rest.own is None

    @property
    def prompt(self) -> str:
        """What it was asked."""
        return self._prompt if isinstance(self._prompt, str) else self._prompt.read()

    def prompt_beginning(self, characters: int) -> str:
        """The first characters of it: a list shows no more, and it may have many millions."""
        return _beginning(self._prompt, characters)

    @property
    def result(self) -> str:
        """What its caller got."""
        return self._result if isinstance(self._result, str) else self._result.read()

    def result_beginning(self, characters: int) -> str:
        """The first characters of it."""
        return _beginning(self._result, characters)


def _beginning(text: str | Elsewhere, characters: int) -> str:
    return text[:characters] if isinstance(text, str) else text.beginning(characters)


class _Turn(NamedTuple):
    """Which iteration it is of how many; in step mode with the cell that waits for the person's decision."""

    number: int
    of: int
    proposed: ev.CellProposed | None = None


_turn = lru_cache(maxsize=1024)(_Turn)


class IterationNode(AskingNode):
    """An iteration of an rlm call: its request, its cells; its children are what the cells called."""

    __slots__ = ("_cells", "_sums", "_turn")

    def __init__(self, call: CallNode, event: ev.IterationStarted) -> None:
        super().__init__(call, event.at)
        self._turn = _turn(event.iteration, event.of)
        self._cells: tuple[CellState, ...] | CellState = ()
        self._sums: Sums | None = None if call.kind == "rlm" else Tally()

    @property
    def number(self) -> int:
        """Which iteration of its call it is, from 1."""
        return self._turn.number

    @property
    def of(self) -> int:
        """How many its call may have."""
        return self._turn.of

    @property
    def proposed(self) -> ev.CellProposed | None:
        """In step mode, the cell that waits for the person's decision."""
        return self._turn.proposed

    @proposed.setter
    def proposed(self, cell: ev.CellProposed | None) -> None:
        self._turn = self._turn._replace(proposed=cell)

    @property
    def call(self) -> CallNode:
        """Whose iteration it is."""
        return cast(CallNode, self.parent)

    def _asked_so_far(self) -> Iterable[AskingNode]:
        before = [iteration for iteration in self.call.iterations if iteration.index < self.index]
        return (self, *reversed(before), self.call)

    @property
    def cells(self) -> tuple[CellState, ...]:
        """Its cells in order; mostly it is one, which is kept without a tuple."""
        return self._cells if isinstance(self._cells, tuple) else (self._cells,)

    @cells.setter
    def cells(self, cells: tuple[CellState, ...]) -> None:
        self._cells = cells[0] if len(cells) == 1 else cells

    @property
    def subtree(self) -> Tally:
        """Sums over its request and all below."""
        return opened(self._sums) if self._sums is not None else made_up(self.exchange, calls=0)

    def sums_to_change(self) -> Tally:
        """The same, kept from now on."""
        if not isinstance(self._sums, Tally):
            self._sums = self.subtree
        return self._sums

    @property
    def are_sums_made_up(self) -> bool:
        """Whether its one request is all that there is to sum up."""
        return self._sums is None

    def seal(self) -> None:
        """It has ended: keep in little room what will hardly change any more."""
        super().seal()
        if self._sums is not None:
            self._sums = sealed(self._sums)


class _Plan(NamedTuple):
    """What was called: many batches of a run have it in common."""

    function: str
    size: int
    cell: int
    line: int
    max_concurrent: int | None


_plan = lru_cache(maxsize=1024)(_Plan)


class BatchNode(Node):
    """The calls of one batched function call, `counts` by status."""

    __slots__ = ("_plan", "_sums", "counts", "number")

    def __init__(self, parent: Node, event: ev.BatchStarted) -> None:
        super().__init__(parent, event.at)
        self.number = event.batch
        self._plan = _plan(event.function, event.size, event.cell, event.line, event.max_concurrent)
        self.counts: dict[str, int] = {}
        self._sums: Sums = Tally()

    @property
    def function(self) -> str:
        """The name that the code used."""
        return self._plan.function

    @property
    def size(self) -> int:
        """How many calls it makes."""
        return self._plan.size

    @property
    def cell(self) -> int:
        """The cell that made it, from 0."""
        return self._plan.cell

    @property
    def line(self) -> int:
        """The line of that cell's code, from 1; 0 when not known."""
        return self._plan.line

    @property
    def max_concurrent(self) -> int | None:
        """How many at a time, where the code said so."""
        return self._plan.max_concurrent

    @property
    def subtree(self) -> Tally:
        """Sums over its calls and all below."""
        return opened(self._sums)

    def sums_to_change(self) -> Tally:
        """The same, kept from now on."""
        if not isinstance(self._sums, Tally):
            self._sums = opened(self._sums)
        return self._sums

    def recount(self, old: str | None, new: str) -> None:
        """A call of it has another status, or is new."""
        if self.finished is not None:
            self.counts = self.counts.copy()  # other batches have the same
        if old is not None:
            self.counts[old] = self.counts.get(old, 1) - 1
        self.counts[new] = self.counts.get(new, 0) + 1

    def seal(self) -> None:
        """It has ended: keep in little room what will hardly change any more."""
        super().seal()
        self._sums = sealed(self._sums)
        self.counts = _counts(tuple(self.counts.items()))


@lru_cache(maxsize=1024)
def _counts(items: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """The counts that many ended batches have in common."""
    return dict(items)
