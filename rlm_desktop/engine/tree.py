"""The rows of a run's tree. Only `RunState` changes them; everybody else reads.

What few rows have of their own is kept apart, what many have in common is one object: see `contents`.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.contents import CellState, Elsewhere, Exchange, made_up
from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.tally import SealedTally, Tally, opened, sealed

__all__ = ["BatchNode", "CallNode", "Calls", "CellState", "Elsewhere", "Exchange", "IterationNode", "Node", "Tally"]


class Node:
    """A row of the tree.

    Attributes:
        index: Place in `RunState.nodes`.
        level: Number of ancestors in the tree of rows (not the depth of the recursion).
        started / finished: Seconds since the run began; `finished` is None while it runs.
        status: `queued`, `running`, or an `EndState` value.
    """

    __slots__ = ("children", "finished", "index", "level", "parent", "started", "status")

    def __init__(self, parent: Node | None, started: float) -> None:
        self.index = -1
        self.parent = parent
        self.level = 0 if parent is None else parent.level + 1
        self.children: Sequence[Node] = ()
        self.started = started
        self.finished: float | None = None
        self.status = "running"

    def add(self, child: Node) -> None:
        """One more row below it."""
        # Most rows have none: in a run of a million calls their empty lists would be 60 MB.
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [*self.children, child]

    def seal(self) -> None:
        """It has ended: keep in little room what will hardly change any more."""
        self.children = tuple(self.children)

    def ancestors(self) -> Iterator[Node]:
        """Parent, grandparent ... up to the root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.finished is None

    @property
    def has_error(self) -> bool:
        """Whether it ended in another way than completed."""
        return self.status not in ("queued", "running", EndState.COMPLETED)


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


class _Rest:
    """What most plain calls have nothing of."""

    __slots__ = ("answer", "answer_source", "context_characters", "error", "is_recorded", "shared", "subtree")

    def __init__(self) -> None:
        self.answer: str | None = None
        self.answer_source = ""
        self.context_characters = 0
        self.error = ""
        self.is_recorded = False
        self.shared: int | None = None
        self.subtree: Tally | SealedTally | None = None

    def copy(self) -> _Rest:
        """The same, to be changed by itself."""
        if self is _NO_REST:
            return self
        other = _Rest()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.subtree = self.subtree.copy() if self.subtree is not None else None
        return other


_NO_REST = _Rest()


class CallNode(Node):
    """A call.

    Attributes:
        number: The call's number in the events.
        batch_index: Its place in its batch.
        exchange: For an llm call its one request; for an rlm call the latest.
        iterations: Of an rlm call.
    """

    __slots__ = (
        "_own",
        "_prompt",
        "_rest",
        "_result",
        "_site",
        "batch_index",
        "exchange",
        "iterations",
        "number",
    )

    def __init__(self, parent: Node | None, event: ev.CallStarted) -> None:
        super().__init__(parent, event.at)
        self.status = "queued"
        self.number = event.call
        self._site = _site(
            event.kind, event.depth, event.model, event.function, event.iteration, event.cell, event.line
        )
        self.batch_index = event.index
        self._prompt: str | Elsewhere = event.prompt
        self.exchange: Exchange | None = None
        self.iterations: Sequence[IterationNode] = ()
        self._result: str | Elsewhere = ""
        self._rest = _NO_REST
        self._own: Tally | SealedTally | None = None
        if event.context_characters:
            self._rest_to_change().context_characters = event.context_characters
        if event.kind == "rlm":
            self._own = made_up(None, calls=1)
            self._rest_to_change().subtree = Tally()

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
    def own(self) -> Tally:
        """Sums over its own requests."""
        return opened(self._own) if self._own is not None else made_up(self.exchange, calls=1)

    @property
    def subtree(self) -> Tally:
        """Sums over it and all below."""
        return opened(self._rest.subtree) if self._rest.subtree is not None else self.own

    def own_to_change(self) -> Tally:
        """The same as `own`, kept from now on."""
        if not isinstance(self._own, Tally):
            self._own = self.own
        return self._own

    def sums_to_change(self) -> Tally:
        """The same as `subtree`, kept apart from `own` from now on: something below it counts too."""
        rest = self._rest_to_change()
        if rest.subtree is None:
            rest.subtree = self.own.copy()
        elif not isinstance(rest.subtree, Tally):
            rest.subtree = opened(rest.subtree)
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
        iterations = tuple(self.iterations)
        self.iterations = (
            cast("tuple[IterationNode, ...]", self.children) if iterations == self.children else iterations
        )
        if self._own is not None:
            self._own = sealed(self._own)
        if self._rest.subtree is not None:
            subtree = sealed(self._rest.subtree)
            self._rest.subtree = self._own if subtree == self._own else subtree

    @property
    def are_sums_made_up(self) -> bool:
        """Whether its one request is all that there is to sum up."""
        return self._own is None

    @property
    def prompt(self) -> str:
        """What it was asked."""
        return self._prompt if isinstance(self._prompt, str) else self._prompt.read()

    def prompt_beginning(self, characters: int) -> str:
        """The first characters of it: a list shows no more, and it may have many millions."""
        prompt = self._prompt
        return prompt[:characters] if isinstance(prompt, str) else prompt.beginning(characters)

    @property
    def result(self) -> str:
        """What its caller got."""
        return self._result if isinstance(self._result, str) else self._result.read()

    def add_iteration(self, iteration: IterationNode) -> None:
        """It began another one."""
        self.iterations = [*self.iterations, iteration]


class Calls(MutableMapping[int, CallNode]):
    """The calls of a run by their numbers, in the order in which they began.

    A trace numbers its calls as they begin: they are a list, which takes a fifth of a dictionary's memory. Others,
    of a damaged trace, are kept beside it.
    """

    __slots__ = ("_listed", "_others")

    def __init__(self) -> None:
        self._listed: list[CallNode] = []
        self._others: dict[int, CallNode] = {}

    def get(self, number: int, default: Any = None) -> Any:
        """The call of that number."""
        if 0 <= number < len(self._listed):
            return self._listed[number]
        return self._others.get(number, default)

    def __getitem__(self, number: int) -> CallNode:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.get(number) is not None

    def __setitem__(self, number: int, call: CallNode) -> None:
        if number == len(self._listed):
            self._listed.append(call)
        else:
            self._others[number] = call

    def __delitem__(self, number: int) -> None:
        raise TypeError("calls are never removed")

    def __iter__(self) -> Iterator[int]:
        if not self._others:
            return iter(range(len(self._listed)))
        return (call.number for call in sorted((*self._listed, *self._others.values()), key=_index))

    def __len__(self) -> int:
        return len(self._listed) + len(self._others)


def _index(node: Node) -> int:
    return node.index


class IterationNode(Node):
    """An iteration of an rlm call: its request, its cells; its children are what the cells called.

    Attributes:
        proposed: In step mode, the cell that waits for the person's decision.
    """

    __slots__ = ("_cells", "_sums", "exchange", "number", "of", "proposed")

    def __init__(self, call: CallNode, event: ev.IterationStarted) -> None:
        super().__init__(call, event.at)
        self.number = event.iteration
        self.of = event.of
        self.exchange: Exchange | None = None
        self.proposed: ev.CellProposed | None = None
        self._cells: tuple[CellState, ...] | CellState = ()
        self._sums: Tally | SealedTally | None = None if call.kind == "rlm" else Tally()

    @property
    def call(self) -> CallNode:
        """Whose iteration it is."""
        return cast(CallNode, self.parent)

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


class BatchNode(Node):
    """The calls of one batched function call, `counts` by status."""

    __slots__ = ("_sums", "cell", "counts", "function", "line", "max_concurrent", "number", "size")

    def __init__(self, parent: Node, event: ev.BatchStarted) -> None:
        super().__init__(parent, event.at)
        self.number = event.batch
        self.function = event.function
        self.size = event.size
        self.cell = event.cell
        self.line = event.line
        self.max_concurrent = event.max_concurrent
        self.counts: dict[str, int] = {}
        self._sums: Tally | SealedTally = Tally()

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
