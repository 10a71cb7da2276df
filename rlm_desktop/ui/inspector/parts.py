"""What the inspector says about a row, as plain data: its facts, its conversation, the marks beside its code."""

from __future__ import annotations

from collections.abc import Iterator

from rlm_desktop.engine.events import RUN
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node, Tally
from rlm_desktop.ui import figures
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.inspector.text_view import Section

ROLES = {"system": "System", "user": "User", "assistant": "Assistant"}
Fact = tuple[str, str]
_MOST_MEASURED_LIVE = 5_000
"""Of a bigger batch the durations are put in order once it has ended, not seven times a second."""


def exchange_of(node: Node) -> Exchange | None:
    """The request that a row shows."""
    return node.exchange if isinstance(node, CallNode | IterationNode) else None


def conversation(exchange: Exchange | None) -> list[Section]:
    """The whole conversation as it was sent; what this request added is marked as new."""
    if exchange is None:
        return []
    sections: list[Section] = []
    for number, message in enumerate(exchange.messages()):
        role = ROLES.get(message.role, message.role)
        new = " · new" if exchange.kept and number >= exchange.kept else ""
        heading = f"{number + 1}  {role} · {figures.counted(len(message.content), 'character')}{new}"
        sections.append(Section(heading, message.content or " "))
    return sections


def first_new_heading(sections: list[Section]) -> str:
    """Where to begin to read: the heading of the first new message."""
    return next((section.heading for section in sections if section.heading.endswith("· new")), "")


def transcript(call: CallNode) -> list[Section]:
    """What an rlm call did from its beginning to its end, to be read in one go."""
    sections: list[Section] = []
    for iteration in call.iterations:
        name = call_text.title(iteration)
        if iteration.exchange is not None:
            sections.append(Section(f"{name} · response", iteration.exchange.text))
        for cell in iteration.cells:
            cells = f", cell {cell.number + 1}" if len(iteration.cells) > 1 else ""
            sections.append(Section(f"{name} · output{cells}", cell.stdout))
            sections.append(Section(f"{name} · standard error{cells}", cell.stderr))
            sections.append(Section(f"{name} · error{cells}", cell.traceback or cell.error))
    if call.answer is not None:
        sections.append(Section("Answer" if call.parent is not None else "Final answer", call.answer))
    return sections


def failure(state: RunState, node: Node) -> str:
    """What went wrong with a row, empty when nothing did."""
    if isinstance(node, CallNode):
        if node.parent is None:
            limit = state.limit.detail if state.limit else ""
            return node.error or state.error or limit
        return node.error or (node.exchange.error if node.exchange else "")
    if isinstance(node, IterationNode):
        broken = [cell.error or f"Cell {cell.number + 1}: {cell.status}" for cell in node.cells if _is_broken(cell)]
        request = node.exchange.error if node.exchange else ""
        return request or "\n".join(broken)
    if isinstance(node, BatchNode):
        failed = call_text.failure_count(node)
        return f"{failed:,} of {node.size:,} calls failed." if failed else ""
    return ""


def _is_broken(cell: CellState) -> bool:
    return cell.status not in ("ok", "running")


def marks(node: IterationNode, cell: int) -> dict[int, list[Node]]:
    """What each line of a cell called: line from 1 -> batches and single calls."""
    found: dict[int, list[Node]] = {}
    for child in node.children:
        if isinstance(child, BatchNode | CallNode) and child.cell == cell and child.line:
            found.setdefault(child.line, []).append(child)
    return found


def mark_text(nodes: list[Node]) -> str:
    """A mark's few characters: how many calls."""
    return f"×{sum(child.size if isinstance(child, BatchNode) else 1 for child in nodes):,}"


def cell_caption(cell: CellState) -> str:
    """How long a cell took, and what is odd about it."""
    parts: list[str] = []
    if cell.duration is not None:
        parts.append(call_text.seconds(cell.duration))
        if cell.computed is not None and cell.duration - cell.computed > 0.05:
            parts.append(f"{call_text.seconds(cell.computed)} without waiting for models")
    if cell.dropped:
        parts.append(f"{figures.counted(cell.dropped, 'character')} of output over the cap were dropped")
    if cell.threads:
        parts.append(f"{figures.counted(cell.threads, 'thread')} still running at its end")
    return " · ".join(parts)


def caption(node: Node, now: float) -> str:
    """One line under the title: status, duration, tokens, cost."""
    words = call_text.batch_status(node) if isinstance(node, BatchNode) else call_text.status(node)
    tally = call_text.tally_of(node)
    cost, tokens = call_text.cost(tally), call_text.tokens(tally)
    parts = [
        words,
        call_text.seconds(call_text.duration(node, now)) if node.status != "queued" else "",
        f"{tokens} tokens" if tokens not in ("", call_text.UNKNOWN) else "",
        cost if cost != call_text.UNKNOWN else "",
    ]
    return " · ".join(part for part in parts if part)


# -- facts ------------------------------------------------------------------------------------------------------


def facts(state: RunState, node: Node, now: float) -> list[tuple[str, list[Fact]]]:
    """All there is to know about a row besides its texts, in groups."""
    groups = [("", _identity(node)), ("Notices", _notices(state, node)), ("Time", _times(node, now))]
    exchange = exchange_of(node)
    if isinstance(node, CallNode) and node.kind == "rlm":
        exchange = None  # its requests are those of its iterations
    if exchange is not None:
        groups.append(("Request", _request(exchange)))
    if exchange is not None and exchange.attempts:
        groups.append(("Failed attempts", list(_attempts(exchange))))
    if isinstance(node, IterationNode):
        groups.append(("Functions of the application", list(_tools(node))))
    if isinstance(node, CallNode) and node.kind == "rlm":
        groups.append(("Tokens and cost of the call itself", _tally(node.own)))
        groups.append(("With all calls below", _tally(node.subtree)))
    elif isinstance(node, CallNode):
        groups.append(("Tokens and cost", _tally(node.own)))
    else:
        groups.append(("Tokens and cost, all calls below included", _tally(call_text.tally_of(node))))
    if node.parent is None:
        groups += _run(state)
    return [(heading, rows) for heading, rows in groups if rows]


def _notices(state: RunState, node: Node) -> list[Fact]:
    """What was noted about a row's call; about the run as a whole at its root."""
    if not isinstance(node, CallNode):
        return []
    calls = (node.number, RUN) if node.parent is None else (node.number,)
    found = [note for call, note in state.notes if call in calls]
    return [(f"{note.level.capitalize()} after {call_text.seconds(note.at)}", note.text) for note in found]


def _tools(node: IterationNode) -> Iterator[Fact]:
    for cell in node.cells:
        for call in cell.tool_calls:
            outcome = call.error or call.result
            yield call.name, f"line {call.line}, {call_text.seconds(call.duration)}: {call.arguments} → {outcome}"


def _run(state: RunState) -> list[tuple[str, list[Fact]]]:
    """What is true of the run as a whole."""
    started = state.started
    if started is None:
        return []
    moment = figures.local_time(started.started_at)
    rows: list[Fact] = [
        ("Asked", moment.strftime("%Y-%m-%d %H:%M:%S") if moment else started.started_at),
        ("Root model", started.root_model),
        ("Sub-call model", started.sub_model),
        ("Context", f"{started.context_type}, {figures.counted(started.context_characters, 'character')}"),
        ("Isolation", started.isolation or call_text.UNKNOWN),
        ("Version", started.app_version or call_text.UNKNOWN),
    ]
    documents = [
        (document.name, f"{document.kind}, {figures.counted(document.characters, 'character')}")
        for document in started.documents
    ]
    settings = [(name.replace("_", " "), _setting(value)) for name, value in started.settings.items()]
    replaced = [(kind, f"{count:,} replaced") for kind, count in state.redacted.items()]
    return [
        ("By depth", [(f"Depth {depth}", _sums(state.by_depth[depth])) for depth in sorted(state.by_depth)]),
        ("By model", [(model, _sums(tally)) for model, tally in sorted(state.by_model.items())]),
        ("Run", rows),
        ("Documents", documents),
        ("Settings", settings),
        ("Secrets kept from models", replaced),
    ]


def _setting(value: object) -> str:
    return call_text.UNKNOWN if value is None else str(value)


def _sums(tally: Tally) -> str:
    parts = [figures.counted(tally.calls, "call"), call_text.tokens(tally), call_text.cost(tally)]
    return " · ".join(part for part in parts if part and part != call_text.UNKNOWN)


def _identity(node: Node) -> list[Fact]:
    rows: list[Fact] = [("Kind", call_text.kind_words(node)), ("Status", call_text.status(node))]
    if model := call_text.model(node):
        rows.append(("Model", model))
    rows.append(("Depth", str(call_text.depth(node))))
    if isinstance(node, CallNode):
        if node.function:
            line = f", line {node.line}" if node.line else ""
            rows.append(("Called by", f"{node.function} in iteration {node.iteration}, cell {node.cell + 1}{line}"))
        if node.context_characters:
            rows.append(("Context", figures.counted(node.context_characters, "character")))
        if node.is_recorded:
            rows.append(("Result", "taken from the record of an earlier run"))
        if node.shared is not None:
            rows.append(("Answered by", f"the identical request of call {node.shared}"))
    if isinstance(node, BatchNode):
        rows.append(("Calls", f"{node.size:,}"))
        rows.append(
            ("At once", f"at most {node.max_concurrent:,}" if node.max_concurrent else "as many as allowed")
        )
    if isinstance(node, IterationNode):
        rows.append(("Iteration", f"{node.number} of at most {node.of}"))
    return rows


def _times(node: Node, now: float) -> list[Fact]:
    rows: list[Fact] = [
        ("Started", f"{call_text.seconds(node.started)} after the run began"),
        ("Duration", call_text.seconds(call_text.duration(node, now))),
    ]
    if node.children:
        rows.append(("Without the calls below", call_text.seconds(call_text.own_duration(node, now))))
    if isinstance(node, BatchNode) and (node.finished is not None or node.size <= _MOST_MEASURED_LIVE):
        rows.append(("Calls took", call_text.latencies_text(call_text.latencies(node)) or call_text.UNKNOWN))
    return rows


def _request(exchange: Exchange) -> list[Fact]:
    rows: list[Fact] = [("Model asked", exchange.model)] if exchange.model else []
    if exchange.responded is not None:
        rows.append(("Waited for a place", call_text.seconds(exchange.queued)))
        first = exchange.first_token
        rows.append(("First token after", call_text.seconds(first) if first is not None else call_text.UNKNOWN))
        rows.append(("Reply complete after", call_text.seconds(exchange.duration or 0.0)))
    rows.append(("Attempts", str(len(exchange.attempts) + 1)))
    if exchange.finish_reason:
        rows.append(("Finish reason", exchange.finish_reason))
    rows.extend((str(name), str(value)) for name, value in exchange.parameters.items())
    return rows


def _attempts(exchange: Exchange) -> Iterator[Fact]:
    for number, (reason, delay) in enumerate(exchange.attempts, 1):
        yield f"Attempt {number}", f"{reason} · tried again after {call_text.seconds(delay)}"


def _tally(tally: Tally | None) -> list[Fact]:
    if tally is None or not tally.requests:
        return []
    is_known = tally.unknown_usage < tally.requests
    unknown = call_text.UNKNOWN
    rows: list[Fact] = [
        ("Requests", f"{tally.requests:,}"),
        ("Input tokens", f"{tally.input_tokens:,}" if is_known else unknown),
        ("  of these cached", f"{tally.cached_tokens:,}" if is_known else unknown),
        ("Output tokens", f"{tally.output_tokens:,}" if is_known else unknown),
        ("  of these reasoning", f"{tally.reasoning_tokens:,}" if is_known else unknown),
        ("Cost", call_text.cost(tally)),
    ]
    if tally.unknown_usage:
        rows.append(("Usage not told by", figures.counted(tally.unknown_usage, "request")))
    return rows
