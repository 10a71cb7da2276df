"""What the inspector says about a row, as plain data: its facts, its conversation, the marks beside its code."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QCoreApplication

from rlm_desktop.engine.events import RUN
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node, Tally
from rlm_desktop.ui import figures
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.inspector.text_view import Section
from rlm_desktop.ui.language import marked
from rlm_desktop.ui.sentences import said

ROLES = {
    "system": marked("InspectorText", "System"),
    "user": marked("InspectorText", "User"),
    "assistant": marked("InspectorText", "Assistant"),
}
_ORIGINS = {
    "record": marked("InspectorText", "taken from the record of an earlier run"),
    "cache": marked("InspectorText", "taken from the cache, no model was asked"),
}
"""Where a response came from that no model was asked for."""
Fact = tuple[str, str]
_MOST_LISTED = 50
_MOST_MEASURED_LIVE = 5_000
"""Of a bigger batch the durations are put in order once it has ended, not seven times a second."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("InspectorText", text)


def exchange_of(node: Node) -> Exchange | None:
    """The request that a row shows."""
    return node.exchange if isinstance(node, CallNode | IterationNode) else None


def conversation(node: Node) -> list[Section]:
    """The whole conversation as it was sent; what the row's request added is marked as new."""
    if not isinstance(node, CallNode | IterationNode) or node.exchange is None:
        return []
    exchange = node.exchange
    sections: list[Section] = []
    for number, message in enumerate(node.messages()):
        role = _tr(ROLES[message.role]) if message.role in ROLES else message.role
        new = _tr(" · new") if exchange.kept and number >= exchange.kept else ""
        heading = f"{number + 1}  {role} · {figures.counted(len(message.content), 'character')}{new}"
        sections.append(Section(heading, message.content or " "))
    return sections


def first_new_heading(sections: list[Section]) -> str:
    """Where to begin to read: the heading of the first new message."""
    return next((section.heading for section in sections if section.heading.endswith(_tr(" · new"))), "")


def transcript(call: CallNode) -> list[Section]:
    """What an rlm call did from its beginning to its end, to be read in one go."""
    sections: list[Section] = []
    for iteration in call.iterations:
        name = call_text.title(iteration)
        if iteration.exchange is not None:
            sections.append(Section(_tr("{place} · response").format(place=name), iteration.exchange.text))
        for cell in iteration.cells:
            place = name if len(iteration.cells) < 2 else f"{name}, {_cell_name(cell)}"
            sections.append(Section(_tr("{place} · output").format(place=place), cell.stdout))
            sections.append(Section(_tr("{place} · standard error").format(place=place), cell.stderr))
            error = cell.traceback or cell.error
            sections.append(Section(_tr("{place} · error").format(place=place), error))
    if call.answer is not None:
        heading = _tr("Answer") if call.parent is not None else _tr("Final answer")
        sections.append(Section(heading, call.answer))
    return sections


def _cell_name(cell: CellState) -> str:
    return _tr("cell {number}").format(number=cell.number + 1)


def failure(state: RunState, node: Node) -> str:
    """What went wrong with a row, in the window's language; empty when nothing did."""
    return said(_failure(state, node))


def _failure(state: RunState, node: Node) -> str:
    if isinstance(node, CallNode):
        if node.parent is None:
            limit = state.limit.detail if state.limit else ""
            return node.error or state.error or limit
        return node.error or (node.exchange.error if node.exchange else "")
    if isinstance(node, IterationNode):
        broken = [
            cell.error or f"{_cell_name(cell)}: {figures.status_words(cell.status)}"
            for cell in node.cells
            if _is_broken(cell)
        ]
        request = node.exchange.error if node.exchange else ""
        return request or "\n".join(broken)
    if isinstance(node, BatchNode):
        failed = call_text.failure_count(node)
        text = _tr("{count} of {size} calls failed.") if failed else ""
        return text.format(count=figures.number(failed), size=figures.number(node.size))
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
    return f"×{figures.number(sum(child.size if isinstance(child, BatchNode) else 1 for child in nodes))}"


def cell_caption(cell: CellState) -> str:
    """How long a cell took, and what is odd about it."""
    parts: list[str] = []
    if cell.duration is not None:
        parts.append(call_text.seconds(cell.duration))
        if cell.computed is not None and cell.duration - cell.computed > 0.05:
            text = _tr("{time} without waiting for models")
            parts.append(text.format(time=call_text.seconds(cell.computed)))
    if cell.dropped:
        text = _tr("{characters} of output over the cap were dropped")
        parts.append(text.format(characters=figures.counted(cell.dropped, "character")))
    if cell.threads:
        text = _tr("{threads} still running at its end")
        parts.append(text.format(threads=figures.counted(cell.threads, "thread")))
    return " · ".join(parts)


def caption(node: Node, now: float) -> str:
    """One line under the title: status, duration, tokens, cost."""
    words = call_text.batch_status(node) if isinstance(node, BatchNode) else call_text.status(node)
    tally = call_text.tally_of(node)
    cost, tokens = call_text.cost(tally), call_text.tokens(tally)
    parts = [
        words,
        call_text.seconds(call_text.duration(node, now)) if node.status != "queued" else "",
        _tr("{tokens} tokens").format(tokens=tokens) if tokens not in ("", call_text.UNKNOWN) else "",
        cost if cost != call_text.UNKNOWN else "",
    ]
    return " · ".join(part for part in parts if part)


# -- facts ------------------------------------------------------------------------------------------------------


def facts(state: RunState, node: Node, now: float) -> list[tuple[str, list[Fact]]]:
    """All there is to know about a row besides its texts, in groups."""
    groups = [("", _identity(node)), (_tr("Notices"), _notices(state, node)), (_tr("Time"), _times(node, now))]
    exchange = exchange_of(node)
    if isinstance(node, CallNode) and node.kind == "rlm":
        exchange = None  # its requests are those of its iterations
    if exchange is not None:
        groups.append((_tr("Request"), _request(exchange)))
    if exchange is not None and exchange.attempts:
        groups.append((_tr("Failed attempts"), list(_attempts(exchange))))
    if isinstance(node, IterationNode):
        calls = sum(len(cell.tool_calls) for cell in node.cells)
        groups.append((_tr("Functions of the application"), _some(_tools(node), calls)))
    if isinstance(node, CallNode) and node.kind == "rlm":
        groups.append((_tr("Tokens and cost of the call itself"), _tally(node.own)))
        groups.append((_tr("With all calls below"), _tally(node.subtree)))
    elif isinstance(node, CallNode):
        groups.append((_tr("Tokens and cost"), _tally(node.own)))
    else:
        groups.append((_tr("Tokens and cost, all calls below included"), _tally(call_text.tally_of(node))))
    if node.parent is None:
        groups += _run(state)
    return [(heading, rows) for heading, rows in groups if rows]


def _some(facts: Iterator[Fact], count: int) -> list[Fact]:
    """The first of very many facts, and how many more there are: a page of 100,000 would hang the window."""
    shown = list(islice(facts, _MOST_LISTED))
    if count > len(shown):
        text = _tr("{count} more, which an export of the run has")
        shown.append(("…", text.format(count=figures.number(count - len(shown)))))
    return shown


def _notices(state: RunState, node: Node) -> list[Fact]:
    """What was noted about a row's call; about the run as a whole at its root."""
    if not isinstance(node, CallNode):
        return []
    calls = (node.number, RUN) if node.parent is None else (node.number,)
    found = [note for call, note in state.notes if call in calls]
    facts = ((_note_name(note.level).format(time=call_text.seconds(note.at)), said(note.text)) for note in found)
    return _some(facts, len(found))


def _note_name(level: str) -> str:
    return _tr("Warning after {time}") if level == "warning" else _tr("Notice after {time}")


def _tools(node: IterationNode) -> Iterator[Fact]:
    for cell in node.cells:
        for call in cell.tool_calls:
            outcome = call.error or call.result
            place = _tr("line {number}").format(number=call.line)
            is_served = call.source == "record"
            how = _tr(_ORIGINS["record"]) if is_served else call_text.seconds(call.duration)
            yield call.name, f"{place}, {how}: {call.arguments} → {outcome}"


def _run(state: RunState) -> list[tuple[str, list[Fact]]]:
    """What is true of the run as a whole."""
    started = state.started
    if started is None:
        return []
    moment = figures.local_time(started.started_at)
    rows: list[Fact] = [
        (_tr("Asked"), moment.strftime("%Y-%m-%d %H:%M:%S") if moment else started.started_at),
        (_tr("Root model"), figures.model_words(started.root_model)),
        (_tr("Sub-call model"), figures.model_words(started.sub_model)),
        (_tr("Context"), f"{started.context_type}, {figures.counted(started.context_characters, 'character')}"),
        (_tr("Isolation"), said(started.isolation) or call_text.UNKNOWN),
        (_tr("Version"), started.app_version or call_text.UNKNOWN),
    ]
    documents = (
        (document.name, f"{document.kind}, {figures.counted(document.characters, 'character')}")
        for document in started.documents
    )
    settings = [(name.replace("_", " "), _setting(value)) for name, value in started.settings.items()]
    text = _tr("{count} replaced")
    replaced = [(kind, text.format(count=figures.number(count))) for kind, count in state.redacted.items()]
    name = _tr("Depth {number}")
    by_depth = [(name.format(number=depth), _sums(state.by_depth[depth])) for depth in sorted(state.by_depth)]
    by_model = [(figures.model_words(model), _sums(tally)) for model, tally in sorted(state.by_model.items())]
    return [
        (_tr("By depth"), by_depth),
        (_tr("By model"), by_model),
        (_tr("Run"), rows),
        (_tr("Documents"), _some(documents, len(started.documents))),
        (_tr("Settings"), settings),
        (_tr("Secrets kept from models"), replaced),
    ]


def _setting(value: object) -> str:
    return call_text.UNKNOWN if value is None else str(value)


def _sums(tally: Tally) -> str:
    parts = [figures.counted(tally.calls, "call"), call_text.tokens(tally), call_text.cost(tally)]
    return " · ".join(part for part in parts if part and part != call_text.UNKNOWN)


def _identity(node: Node) -> list[Fact]:
    rows: list[Fact] = [(_tr("Kind"), call_text.kind_words(node)), (_tr("Status"), call_text.status(node))]
    if model := call_text.model(node):
        rows.append((_tr("Model"), figures.model_words(model)))
    rows.append((_tr("Depth"), str(call_text.depth(node))))
    if isinstance(node, CallNode):
        if node.function:
            place = _tr("{function} in iteration {iteration}, cell {cell}").format(
                function=node.function, iteration=node.iteration, cell=node.cell + 1
            )
            line = _tr("line {number}").format(number=node.line)
            rows.append((_tr("Called by"), f"{place}, {line}" if node.line else place))
        if node.context_characters:
            rows.append((_tr("Context"), figures.counted(node.context_characters, "character")))
        if node.is_recorded:
            rows.append((_tr("Result"), _tr(_ORIGINS["record"])))
        if node.shared is not None:
            text = _tr("the identical request of call {number}")
            rows.append((_tr("Answered by"), text.format(number=node.shared)))
    if isinstance(node, BatchNode):
        rows.append((_tr("Calls"), figures.number(node.size)))
        most = _tr("at most {count}") if node.max_concurrent else _tr("as many as allowed")
        rows.append((_tr("At once"), most.format(count=figures.number(node.max_concurrent or 0))))
    if isinstance(node, IterationNode):
        text = _tr("{number} of at most {most}")
        rows.append((_tr("Iteration"), text.format(number=node.number, most=node.of)))
    return rows


def _times(node: Node, now: float) -> list[Fact]:
    rows: list[Fact] = [
        (_tr("Started"), _tr("{time} after the run began").format(time=call_text.seconds(node.started))),
        (_tr("Duration"), call_text.seconds(call_text.duration(node, now))),
    ]
    if node.children:
        rows.append((_tr("Without the calls below"), call_text.seconds(call_text.own_duration(node, now))))
    if isinstance(node, BatchNode) and (node.finished is not None or node.size <= _MOST_MEASURED_LIVE):
        rows.append((_tr("Calls took"), call_text.latencies_text(call_text.latencies(node)) or call_text.UNKNOWN))
    return rows


def _request(exchange: Exchange) -> list[Fact]:
    rows: list[Fact] = [(_tr("Model asked"), figures.model_words(exchange.model))] if exchange.model else []
    if exchange.source == "model":
        rows += _asking(exchange)
    else:
        rows.append((_tr("Response"), _tr(_ORIGINS[exchange.source])))
    if exchange.finish_reason:
        rows.append((_tr("Finish reason"), exchange.finish_reason))
    rows.extend((str(name), str(value)) for name, value in exchange.parameters.items())
    return rows


def _asking(exchange: Exchange) -> Iterator[Fact]:
    if exchange.responded is not None:
        yield _tr("Waited for a place"), call_text.seconds(exchange.queued)
        first = exchange.first_token
        yield _tr("First token after"), call_text.seconds(first) if first is not None else call_text.UNKNOWN
        yield _tr("Response complete after"), call_text.seconds(exchange.duration or 0.0)
    yield _tr("Attempts"), str(len(exchange.attempts) + 1)


def _attempts(exchange: Exchange) -> Iterator[Fact]:
    for number, (reason, delay) in enumerate(exchange.attempts, 1):
        text = _tr("{reason} · tried again after {time}").format(reason=said(reason), time=call_text.seconds(delay))
        yield _tr("Attempt {number}").format(number=number), text


def _tally(tally: Tally | None) -> list[Fact]:
    if tally is None or not tally.requests:
        return []
    is_known = tally.unknown_usage < tally.requests

    def known(count: int) -> str:
        return figures.number(count) if is_known else call_text.UNKNOWN

    rows: list[Fact] = [
        (_tr("Requests"), figures.number(tally.requests)),
        (_tr("Input tokens"), known(tally.input_tokens)),
        (_tr("  of these cached"), known(tally.cached_tokens)),
        (_tr("Output tokens"), known(tally.output_tokens)),
        (_tr("  of these reasoning"), known(tally.reasoning_tokens)),
        (_tr("Cost"), call_text.cost(tally)),
    ]
    if tally.unknown_usage:
        rows.append((_tr("Usage not told by"), figures.counted(tally.unknown_usage, "request")))
    return rows
