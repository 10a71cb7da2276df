"""How a row of the call tree is put in words. What nobody knows is an en dash, never a zero."""

from __future__ import annotations

from statistics import median

from PySide6.QtCore import QCoreApplication

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node, Tally
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.figures import UNKNOWN
from rlm_desktop.ui.language import marked
from rlm_desktop.ui.sentences import said

translate = QCoreApplication.translate
_NOT_FAILURES = frozenset(("queued", "running", EndState.COMPLETED, EndState.CANCELLED, EndState.INTERRUPTED))
_SHORT_STATUSES: dict[str, str] = {
    EndState.BUDGET_EXCEEDED: marked("CallText", "Budget limit"),
    EndState.TIMEOUT_EXCEEDED: marked("CallText", "Timeout"),
    EndState.TOKEN_LIMIT_EXCEEDED: marked("CallText", "Token limit"),
    EndState.CALL_LIMIT_EXCEEDED: marked("CallText", "Call limit"),
    EndState.ERROR_THRESHOLD_EXCEEDED: marked("CallText", "Error limit"),
    EndState.OUT_OF_ITERATIONS: marked("CallText", "Iterations"),
}


def is_failure(node: Node) -> bool:
    """Whether it went wrong by itself; what was cancelled or cut off did not."""
    return node.status not in _NOT_FAILURES


def failure_count(batch: BatchNode) -> int:
    """How many of its calls went wrong by themselves."""
    return sum(count for status, count in batch.counts.items() if status not in _NOT_FAILURES)


def title(node: Node) -> str:
    """The row's name, as `Iteration 3`, `llm_query_batch ×250`, `Sub-call 17`."""
    if isinstance(node, IterationNode):
        return translate("CallText", "Iteration {number}").format(number=node.number)
    if isinstance(node, BatchNode):
        return f"{node.function} ×{figures.number(node.size)}"
    if isinstance(node, CallNode) and node.parent is not None:
        if isinstance(node.parent, BatchNode):
            return translate("CallText", "Sub-call {number}").format(number=node.batch_index + 1)
        return node.function or translate("CallText", "Sub-call")
    return translate("CallText", "Run")


def preview(node: Node, shared: int = 0) -> str:
    """A line that tells this row from its neighbours: the question, the code, the prompt, the error.

    Args:
        node: The row.
        shared: Characters at the start of a sub-call's prompt that are those of its neighbours too.
    """
    if isinstance(node, IterationNode):
        return _code_line(node)
    if not isinstance(node, CallNode):
        return ""
    if node.error and is_failure(node):
        return figures.one_line(said(node.error), 120)
    text = figures.one_line(node.prompt_beginning(shared + 600)[shared:], 120)
    return f"… {text}" if shared and text else text


def shared_prefix(batch: BatchNode) -> int:
    """How many characters the prompts of a batch have in common at their start, up to a space."""
    prompts = [child.prompt_beginning(2000) for child in batch.children[:2] if isinstance(child, CallNode)]
    if len(prompts) < 2:
        return 0
    pairs = enumerate(zip(*prompts, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(prompt) for prompt in prompts))
    cut = max(prompts[0].rfind(" ", 0, same), prompts[0].rfind("\n", 0, same)) + 1
    return cut if cut >= 16 else 0


def _code_line(node: IterationNode) -> str:
    codes = [cell.code for cell in node.cells[:1]]
    if waits(node) and node.proposed is not None:
        codes = [node.proposed.code]
    for code in codes:
        for line in code[:2000].splitlines():
            stripped = line.strip()
            if stripped and not stripped.startswith(("#", "import ", "from ")):
                return stripped[:120]
    return ""


def kind(node: Node) -> str:
    """`rlm`, `llm`, `iteration` or `batch`: icon and colour."""
    if isinstance(node, CallNode):
        return node.kind
    return "iteration" if isinstance(node, IterationNode) else "batch"


def kind_words(node: Node) -> str:
    """The kind for a person."""
    if isinstance(node, CallNode):
        if node.parent is None:
            return translate("CallText", "Run")
        is_rlm = node.kind == "rlm"
        return translate("CallText", "RLM sub-call") if is_rlm else translate("CallText", "LLM sub-call")
    is_iteration = isinstance(node, IterationNode)
    return translate("CallText", "Iteration") if is_iteration else translate("CallText", "Batch")


def waits(node: Node) -> bool:
    """Whether a cell of it waits for the person's decision."""
    return isinstance(node, IterationNode) and node.proposed is not None and node.is_running


def look(node: Node) -> tuple[str, str]:
    """Icon and colour of its status."""
    if waits(node):
        return "ask", "warning"
    return theme.status_icon(node.status), theme.status_role(node.status)


def status(node: Node) -> str:
    """The status in words."""
    if waits(node):
        return translate("CallText", "Waits for you")
    has_cells = isinstance(node, IterationNode) and bool(node.cells)
    if has_cells and node.status == EndState.FAILED:
        return translate("CallText", "Cell error")
    return figures.status_words(node.status)


def short_status(node: Node) -> str:
    """The status in few enough letters for a column."""
    short = _SHORT_STATUSES.get(node.status)
    return translate("CallText", short) if short else status(node)


def seconds(value: float) -> str:
    """A duration: `20 ms`, `6.1 s`, `1:51`."""
    if value < 0.0995:
        return f"{max(0.0, value) * 1000:.0f} ms"
    return f"{figures.number(value, 1)} s" if value < 59.95 else figures.clock(value)


def moment(value: float) -> str:
    """A round time of the run, on a scale: `0.5 s`, `2 s`, `1:30`."""
    if value >= 60:
        return figures.clock(round(value))
    decimals = next((places for places in (0, 1, 2) if abs(value - round(value, places)) < 1e-6), 3)
    return f"{figures.number(value, decimals)} s"


def duration(node: Node, now: float) -> float:
    """Seconds from its start to its end, or to now."""
    end = node.finished if node.finished is not None else now
    return max(0.0, end - node.started)


def tally_of(node: Node) -> Tally | None:
    """The sums over it and all below."""
    return node.subtree if isinstance(node, (CallNode, IterationNode, BatchNode)) else None


def own_tally(node: Node) -> Tally | None:
    """The sums over its own requests; None for a batch, which has none."""
    if isinstance(node, CallNode):
        return node.own
    if not isinstance(node, IterationNode) or node.exchange is None or node.exchange.duration is None:
        return None
    tally = Tally()
    tally.add_request(node.exchange.usage, node.exchange.cost_usd)
    return tally


def cost_usd(node: Node) -> float | None:
    """US dollars of its requests and of all below, as far as they are known; None where none of them is."""
    if isinstance(node, (CallNode, IterationNode)) and node.are_sums_made_up and not node.children:
        exchange = node.exchange  # quicker than sums that would have to be put together
        return exchange.cost_usd if exchange is not None and exchange.is_counted else None
    tally = tally_of(node)
    return tally.cost_usd if tally is not None and tally.unknown_cost < tally.requests else None


def token_count(node: Node) -> int | None:
    """Tokens of its requests and of all below, as far as they are known; None where none of them is."""
    tally = tally_of(node)
    if tally is None or tally.unknown_usage >= tally.requests:
        return None
    return tally.input_tokens + tally.output_tokens


def tokens(tally: Tally | None) -> str:
    """Input and output tokens, as `182 k → 9.5 k`; with `≥` when some requests told nothing."""
    if tally is None or not tally.requests:
        return ""
    if tally.unknown_usage >= tally.requests:
        return UNKNOWN
    mark = "≥ " if tally.unknown_usage else ""
    return f"{mark}{figures.short_count(tally.input_tokens)} → {figures.short_count(tally.output_tokens)}"


def cost(tally: Tally | None) -> str:
    """US dollars; with `≥` when some are not known."""
    if tally is None or not tally.requests:
        return ""
    if tally.unknown_cost >= tally.requests:
        return UNKNOWN
    return ("≥ " if tally.unknown_cost else "") + figures.money(tally.cost_usd)


def batch_counts(node: BatchNode) -> tuple[int, int, int, int]:
    """Of a batch's calls: completed, failed or otherwise ended, running, not begun."""
    done = node.counts.get(EndState.COMPLETED, 0)
    running = node.counts.get("running", 0)
    queued = node.counts.get("queued", 0)
    ended = sum(node.counts.values()) - done - running - queued
    return done, ended, running, max(0, node.size - done - ended - running)


def batch_status(node: BatchNode) -> str:
    """The counts of a batch in words."""
    done, ended, running, waiting = batch_counts(node)
    parts = [
        (done, translate("CallText", "{count} completed")),
        (ended, translate("CallText", "{count} failed")),
        (running, translate("CallText", "{count} running")),
        (waiting, translate("CallText", "{count} waiting")),
    ]
    return ", ".join(
        text.format(count=figures.number(count)) for place, (count, text) in enumerate(parts) if count or not place
    )


def latencies(node: BatchNode) -> tuple[float, float, float] | None:
    """Shortest, middle and longest duration of a batch's ended calls."""
    values = [child.finished - child.started for child in node.children if child.finished is not None]
    return (min(values), median(values), max(values)) if values else None


def latencies_text(values: tuple[float, float, float] | None) -> str:
    """`min 1.1 s · median 2.4 s · max 7.9 s`."""
    if values is None:
        return ""
    low, middle, high = values
    text = translate("CallText", "min {low} · median {middle} · max {high}")
    return text.format(low=seconds(low), middle=seconds(middle), high=seconds(high))


def depth(node: Node) -> int:
    """Depth of the call that a row belongs to."""
    for row in (node, *node.ancestors()):
        if isinstance(row, CallNode):
            return row.depth
    return 0


def model(node: Node) -> str:
    """The model that a row's request went to."""
    if isinstance(node, CallNode):
        return node.model
    return node.call.model if isinstance(node, IterationNode) else ""


def own_duration(node: Node, now: float) -> float:
    """Seconds in which no call below it was under way; what its iterations did themselves is its own."""
    own = _uncovered(node, now)
    if isinstance(node, CallNode):
        own += sum(_uncovered(iteration, now) for iteration in node.iterations)
    return own


def _uncovered(node: Node, now: float) -> float:
    """Seconds in which none of its children were under way."""
    end = node.finished if node.finished is not None else now
    covered, reach = 0.0, node.started
    for child in node.children:  # in order of their start
        until = child.finished if child.finished is not None else now
        if until > reach:
            covered += until - max(reach, child.started)
            reach = until
    return max(0.0, end - node.started - covered)


def accessible(node: Node, now: float, *, is_open: bool) -> str:
    """The whole row as a sentence for a screen reader."""
    words = batch_status(node) if isinstance(node, BatchNode) else status(node)
    parts = [title(node), words, seconds(duration(node, now))]
    tally = tally_of(node)
    if text := tokens(tally):
        read, _, written = text.partition(" → ")
        words = translate("CallText", "tokens {input} in, {output} out").format(input=read, output=written)
        parts.append(words if text != UNKNOWN else translate("CallText", "tokens unknown"))
    if text := cost(tally):
        words = translate("CallText", "cost {cost}").format(cost=text)
        parts.append(words if text != UNKNOWN else translate("CallText", "cost unknown"))
    parts.append(translate("CallText", "level {number}").format(number=node.level + 1))
    if node.children:
        parts.append(translate("CallText", "expanded") if is_open else translate("CallText", "collapsed"))
    return ", ".join(parts)
