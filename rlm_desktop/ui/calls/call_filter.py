"""What the filter bar asks of a row, and the search for the rows that fit; knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, Exchange, IterationNode, Node
from rlm_desktop.ui.calls import call_text

KINDS = {"run": "Run", "iteration": "Iteration", "batch": "Batch", "rlm": "RLM sub-call", "llm": "LLM sub-call"}
STATUSES = {
    "queued": "Queued",
    "running": "Running",
    "waiting": "Waits for you",
    "completed": "Completed",
    "failed": "Failed",
    "ended": "Cancelled or cut off",
}
SLOWER = (1.0, 5.0, 10.0, 30.0, 60.0)
COSTLIER = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True)
class CallFilter:
    """What is looked for; everything that is set must fit.

    Attributes:
        text: Part of a name, prompt, reply, code, output or error; upper and lower case are the same.
        kinds / statuses: Keys of `KINDS` and `STATUSES`; empty for all.
        models / depths: Empty for all.
        slower: Seconds that it took at least.
        costlier: US dollars that it cost at least, all calls below included.
    """

    text: str = ""
    kinds: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    depths: frozenset[int] = frozenset()
    slower: float | None = None
    costlier: float | None = None

    @property
    def is_active(self) -> bool:
        """Whether it hides anything."""
        return self != CallFilter()

    def fits(self, node: Node, now: float) -> bool:
        """Whether a row is looked for. The texts, which cost most, are looked at last."""
        if self.kinds and kind_of(node) not in self.kinds:
            return False
        if self.statuses and status_of(node) not in self.statuses:
            return False
        if self.models and call_text.model(node) not in self.models:
            return False
        if self.depths and call_text.depth(node) not in self.depths:
            return False
        if self.slower is not None and call_text.duration(node, now) < self.slower:
            return False
        if self.costlier is not None:
            tally = call_text.tally_of(node)
            if tally is None or tally.cost_usd < self.costlier:
                return False
        return not self.text or _holds(node, self.text.lower())


def kind_of(node: Node) -> str:
    """A key of `KINDS`."""
    return "run" if node.parent is None else call_text.kind(node)


def status_of(node: Node) -> str:
    """A key of `STATUSES`."""
    if call_text.waits(node):
        return "waiting"
    if node.status in ("queued", "running", "completed"):
        return node.status
    return "failed" if call_text.is_failure(node) else "ended"


def texts(node: Node) -> Iterator[str]:
    """Everything that can be read in a row, its name first; of a conversation what this request added."""
    yield call_text.title(node)
    if isinstance(node, BatchNode):
        return
    if isinstance(node, CallNode):
        yield node.prompt
        yield node.result
        yield node.error
        if node.kind == "llm":
            yield from _exchange_texts(node.exchange)
    elif isinstance(node, IterationNode):
        yield from _exchange_texts(node.exchange)
        for cell in node.cells:
            yield cell.code
            yield cell.stdout
            yield cell.stderr
            yield cell.error


def _exchange_texts(exchange: Exchange | None) -> Iterator[str]:
    if exchange is not None:
        yield exchange.text
        yield exchange.reasoning
        yield exchange.error
        for message in exchange.new_messages:
            yield message.content


def _holds(node: Node, wanted: str) -> bool:
    return any(wanted in text.lower() for text in texts(node))


def search(state: RunState, wanted: CallFilter, now: float) -> Iterator[tuple[int, bool]]:
    """(index, fits) of every node, in order; stop asking whenever the time is up and go on later."""
    for node in state.nodes:  # grows while a run is live, and the search grows with it
        yield node.index, wanted.fits(node, now)
