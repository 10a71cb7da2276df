"""The visible rows of a run's tree as one flat list; knows nothing of Qt.

A row is the index of a node in `RunState.nodes`, or `~index` for the line "… 247 more" under a batch that is closed
but has failed calls lifted out of it. Opening inserts a slice, closing deletes one, so that costs do not depend on
what is above or below (a `QTreeView` lays out every expanded row again for each insertion).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui.calls.call_text import duration, failure_count, is_failure, own_duration, tally_of

BIG_BATCH = 8
"""A batch of more calls than this is closed at first."""
MOST_LIFTED = 20
"""Failed calls that are shown of a closed batch."""
MOST_REVEALED = 50
"""Failures whose path is opened by itself; after so many it is noise."""
DEEPEST_AUTO = 2
"""Calls of a greater depth stay closed until somebody opens them."""
SMALL_RUN = 400
"""A stored run of at most so many rows opens as it would have opened live."""

Order: TypeAlias = Literal["time", "duration", "tokens", "cost", "own"]
"""By what the children of each row are sorted."""
ORDERS: tuple[Order, ...] = get_args(Order)
Splice = Callable[[int, int, list[int]], None]
"""`(row, removed, inserted)`: replaces rows of `visible`."""


class CallRows:
    """Which rows are to be seen, and in which order.

    Rows are sorted once, when the person says so: while a run is live those that come later are added at the end of
    their parent, and what grows stays where it is. Nothing jumps under the reader.

    Attributes:
        visible: The rows. Changed by `splice` only, which must apply the change.
        matches: While a filter is on, the nodes that it finds.
        order: By what they are sorted; `is_ascending` when the smallest comes first.
        sorted_at: `seq` of the state when they were sorted.
    """

    def __init__(self, splice: Splice) -> None:
        self._splice = splice
        self.visible: list[int] = []
        self.matches: set[int] | None = None
        self._kept: set[int] = set()
        self._kept_below: dict[int, list[Node]] = {}
        self._shut_in_filter: set[int] = set()
        self.order: Order = "time"
        self.is_ascending = False
        self._forget(RunState())

    def _forget(self, state: RunState) -> None:
        self.state = state
        self.focus: Node | None = None
        self._seen = 0
        self._ranked: dict[int, list[Node]] = {}
        self.sorted_at = 0
        self._placed = 0  # nodes before this one have the rows they should have
        self._open: set[int] = set()
        self._shut_by_hand: set[int] = set()
        self._live: list[Node] = []
        self._revealed = 0
        self.failures: list[int] = []

    # -- what is there --------------------------------------------------------------------------------------

    def node(self, row: int) -> Node:
        """The node of a row; for the line "… more" its batch."""
        index = self.visible[row]
        return self.state.nodes[index if index >= 0 else ~index]

    def is_more(self, row: int) -> bool:
        """Whether the row is the line "… more" of a batch."""
        return self.visible[row] < 0

    def is_open(self, node: Node) -> bool:
        """Whether its children are shown."""
        if self.matches is not None:
            return node.index not in self._shut_in_filter
        return node.index in self._open

    def is_dimmed(self, node: Node) -> bool:
        """Whether it is there only because something below it was found."""
        return self.matches is not None and node.index not in self.matches

    def row_of(self, node: Node) -> int:
        """The row of a node, -1 when it is not visible."""
        try:
            return self.visible.index(node.index)
        except ValueError:
            return -1

    def level(self, node: Node) -> int:
        """Indentation: levels below what the tree shows at its top."""
        return node.level - (self.focus.level if self.focus else 0)

    def hidden_count(self, batch: Node) -> int:
        """Calls of a closed batch that are not lifted out."""
        lifted = min(MOST_LIFTED, failure_count(batch)) if isinstance(batch, BatchNode) else 0
        return len(batch.children) - lifted

    # -- as a whole -----------------------------------------------------------------------------------------

    def reset(self, state: RunState) -> list[int]:
        """Take another run; returns its rows, which the caller has to put into `visible`."""
        self._forget(state)
        self.matches = None
        self._kept = set()
        is_small = len(state.nodes) <= SMALL_RUN
        for node in state.nodes:
            if node.parent is None or (is_small and self._opens_itself(node)):
                self._open.add(node.index)
            if node.finished is None:
                self._live.append(node)
            elif is_failure(node):
                self._note_failure(node)
        self._seen = self._placed = len(state.nodes)
        self.sorted_at = state.seq
        return self.all_rows()

    def all_rows(self) -> list[int]:
        """What is to be seen from the top down."""
        top = self.focus or (self.state.nodes[0] if self.state.nodes else None)
        if top is None or (self.matches is not None and top.index not in self._kept):
            return []
        return [top.index, *self._below(top)]

    def set_matches(self, matches: set[int] | None) -> list[int]:
        """Show only these nodes and what is above them; None shows all. Returns the rows."""
        self._take_all()
        self.matches = matches
        self._shut_in_filter.clear()
        nodes = self.state.nodes
        kept = self._kept = set(matches or ())
        for index in matches or ():
            above = nodes[index].parent
            while above is not None and above.index not in kept:
                kept.add(above.index)
                above = above.parent
        self._kept_below = {}
        for index in sorted(kept):
            if (above := nodes[index].parent) is not None:
                self._kept_below.setdefault(above.index, []).append(nodes[index])
        return self.all_rows()

    def set_focus(self, node: Node | None) -> list[int]:
        """Show only `node` and what is below it; None shows the whole run. Returns the rows."""
        self._take_all()
        self.focus = node
        if node is not None:
            self._open.add(node.index)
        return self.all_rows()

    def set_order(self, order: Order, *, is_ascending: bool = False) -> list[int]:
        """Sort the children of each row as they are now. Returns the rows."""
        self._take_all()
        self.order, self.is_ascending = order, is_ascending
        self._ranked.clear()
        self.sorted_at = self.state.seq
        return self.all_rows()

    def in_order(self, node: Node) -> Sequence[Node]:
        """The children of a row in the order in which they are shown."""
        if self.order == "time":
            return node.children
        ranked = self._ranked.get(node.index)
        if ranked is None:
            placed = bisect_right(node.children, self._placed - 1, key=_index)
            key, now = _KEYS[self.order], self.state.now
            old = node.children[:placed]
            ranked = sorted(old, key=lambda child: key(child, now), reverse=not self.is_ascending)
            self._ranked[node.index] = ranked
        if len(ranked) < len(node.children):
            ranked.extend(node.children[len(ranked) :])
        return ranked

    def _lifted(self, node: Node) -> list[Node]:
        """The failed calls that a closed big batch shows."""
        if not isinstance(node, BatchNode) or node.size <= BIG_BATCH or self.matches is not None:
            return []
        if not failure_count(node):
            return []
        lifted: list[Node] = []
        for child in node.children:
            if is_failure(child):
                lifted.append(child)
                if len(lifted) == MOST_LIFTED:
                    break
        return lifted

    def _below(self, node: Node) -> list[int]:
        """Every visible row under a node, in order. No recursion: a run may be deeper than Python's stack.

        Written for speed: it goes over every row when a large run is opened wholly, filtered or sorted.
        """
        kept = self._kept if self.matches is not None else None
        is_by_time = self.order == "time"
        rows: list[int] = []
        stack: list[tuple[Iterator[Node], int | None]] = [self._children_of(node)]
        while stack:
            children, last = stack[-1]
            for child in children:
                index = child.index
                if kept is not None and index not in kept:
                    continue
                rows.append(index)
                if child.children:
                    if kept is None and is_by_time and index in self._open:
                        stack.append((iter(child.children), None))
                    else:
                        stack.append(self._children_of(child))
                    break
            else:
                if last is not None:
                    rows.append(last)
                stack.pop()
        return rows

    def _children_of(self, node: Node) -> tuple[Iterator[Node], int | None]:
        """What is shown of a node's children, and the line that comes after them."""
        if self.is_open(node):
            if self.matches is not None and self.order == "time":
                return iter(self._kept_below.get(node.index, ())), None
            return iter(self.in_order(node)), None
        lifted = self._lifted(node)
        return iter(lifted), ~node.index if lifted else None

    # -- by the person: each first takes in what has happened ------------------------------------------------

    def open(self, node: Node) -> None:
        """Show the children."""
        self._shut_by_hand.discard(node.index)
        self._set_open(node, is_open=True)

    def close(self, node: Node) -> None:
        """Hide the children; nothing opens them again by itself."""
        self._shut_by_hand.add(node.index)
        self._set_open(node, is_open=False)

    def open_all(self, node: Node) -> None:
        """Open it and everything below it."""
        self.refresh()
        opened = [node] if node.children else []
        for below in opened:  # grows
            opened += [child for child in below.children if child.children]
        indices = {below.index for below in opened}
        self._open |= indices
        self._shut_in_filter -= indices
        self._shut_by_hand -= indices
        self._replace_below(node)

    def close_all(self, node: Node) -> None:
        """Close everything below it, but not itself."""
        self.refresh()
        stack = list(node.children)
        while stack:
            below = stack.pop()
            self._open.discard(below.index)
            stack.extend(below.children)
        self._replace_below(node)

    def reveal(self, node: Node) -> None:
        """Open what has to be open for `node` to have a row."""
        self.refresh()
        for ancestor in reversed(list(node.ancestors())):
            if self.matches is not None:
                self._shut_in_filter.discard(ancestor.index)
            elif ancestor.index not in self._open and node not in self._lifted(ancestor):
                self._open.add(ancestor.index)
        self._show_open_path(node)

    def _show_open_path(self, node: Node) -> None:
        for ancestor in reversed(list(node.ancestors())):
            self._replace_below(ancestor)
            if self.row_of(node) >= 0:
                return

    def _set_open(self, node: Node, *, is_open: bool) -> None:
        self.refresh()
        if self.matches is not None:
            (self._shut_in_filter.discard if is_open else self._shut_in_filter.add)(node.index)
        else:
            (self._open.add if is_open else self._open.discard)(node.index)
        self._replace_below(node)

    def _replace_below(self, node: Node) -> None:
        row = self.row_of(node)
        if row >= 0:
            self._replace(row + 1, self._block_end(row), self._below(node))

    def _block_end(self, row: int) -> int:
        """The first row after `row` that is not below it."""
        nodes, visible = self.state.nodes, self.visible
        node = nodes[visible[row]]
        if self.matches is None and (end := self._end_by_siblings(node, row)) is not None:
            return end
        end = row + 1
        while end < len(visible):
            index = visible[end]
            if index >= 0 and nodes[index].level <= node.level:
                break
            if index < 0 and nodes[~index].level < node.level:
                break
            end += 1
        return end

    def _end_by_siblings(self, node: Node, row: int) -> int | None:
        """The row of what follows a node; in a live run mostly nothing does, and that is quick to see."""
        while node is not self.focus and (parent := node.parent) is not None:
            if parent.index not in self._open:
                return None
            siblings = self.in_order(parent)
            if siblings[-1] is not node:
                is_by_time = siblings is parent.children
                place = bisect_right(siblings, node.index, key=_index) if is_by_time else siblings.index(node) + 1
                if place < len(siblings) and siblings[place].index < self._placed:
                    return self.visible.index(siblings[place].index, row + 1)
            node = parent
        return len(self.visible)

    def _replace(self, start: int, end: int, rows: list[int]) -> None:
        """Change rows `start` to `end` into `rows`, leaving alone what is the same at both ends."""
        visible = self.visible
        head = 0
        while start + head < end and head < len(rows) and visible[start + head] == rows[head]:
            head += 1
        tail = 0
        while end - tail > start + head and len(rows) - tail > head and visible[end - tail - 1] == rows[-tail - 1]:
            tail += 1
        removed = end - start - head - tail
        inserted = rows[head : len(rows) - tail]
        if removed or inserted:
            self._splice(start + head, removed, inserted)

    # -- by the run -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what has happened to the state since the last look."""
        first_new = self._seen
        self._take_new_nodes()
        failed, changed_batches = self._take_ended_nodes()
        if self.matches is not None:
            self._placed = self._seen
            return  # the filter is run again by whoever set it
        if first_new == 0:
            self._placed = self._seen
            rows = self.all_rows()
            if rows:
                self._splice(0, len(self.visible), rows)
            return
        self._insert_new(first_new)
        self._placed = self._seen
        for batch in changed_batches:
            self._replace_below(batch)
        for node in failed:
            self._reveal_by_itself(node)

    def _take_all(self) -> None:
        """Take in what has happened without showing it: all rows are about to be others."""
        self._take_new_nodes()
        self._take_ended_nodes()
        self._placed = self._seen

    def _take_new_nodes(self) -> None:
        for node in self.state.nodes[self._seen :]:
            if self._opens_itself(node):
                self._open.add(node.index)
            self._live.append(node)
        self._seen = len(self.state.nodes)

    def _take_ended_nodes(self) -> tuple[list[Node], list[Node]]:
        """Failures to reveal, and closed batches whose lifted calls changed."""
        ended = [node for node in self._live if node.finished is not None]
        if not ended:
            return [], []
        self._live = [node for node in self._live if node.finished is None]
        failed: list[Node] = []
        batches: dict[int, Node] = {}
        for node in ended:
            if not is_failure(node) or isinstance(node, BatchNode):
                continue
            self.failures.append(node.index)
            failed.append(node)
            if isinstance(node.parent, BatchNode) and node.parent.index not in self._open:
                batches[node.parent.index] = node.parent
        return failed, list(batches.values())

    def _opens_itself(self, node: Node) -> bool:
        """Whether its children are shown as they come: the root, and what runs, unless wide or deep."""
        if isinstance(node, BatchNode):
            return node.size <= BIG_BATCH
        if isinstance(node, CallNode):
            return node.depth < DEEPEST_AUTO
        return isinstance(node, IterationNode) and node.call.depth < DEEPEST_AUTO

    def _note_failure(self, node: Node) -> None:
        """Open the path to a failure of a stored run."""
        if isinstance(node, BatchNode):
            return  # the calls that failed are what there is to see
        self.failures.append(node.index)
        if self._revealed >= MOST_REVEALED:
            return
        self._revealed += 1
        for ancestor in node.ancestors():
            if not (isinstance(ancestor, BatchNode) and ancestor.size > BIG_BATCH):
                self._open.add(ancestor.index)

    def _reveal_by_itself(self, node: Node) -> None:
        """Open the path to a failure, except where the person closed it."""
        path = list(node.ancestors())
        if self._revealed >= MOST_REVEALED or any(ancestor.index in self._shut_by_hand for ancestor in path):
            return
        self._revealed += 1
        shut = [
            ancestor
            for ancestor in path
            if ancestor.index not in self._open
            and not (isinstance(ancestor, BatchNode) and ancestor.size > BIG_BATCH)
        ]
        if shut:
            self._open.update(ancestor.index for ancestor in shut)
            for ancestor in reversed(shut):
                self._replace_below(ancestor)

    def _insert_new(self, first_new: int) -> None:
        """Give every new node of an open, visible parent its rows: after those that are there."""
        nodes = self.state.nodes
        groups: dict[int, list[Node]] = {}
        for node in nodes[first_new:]:
            parent = node.parent
            if parent is not None and parent.index < first_new and parent.index in self._open:
                groups.setdefault(parent.index, []).append(node)
        rows = self._rows_of(groups)
        for row, parent in sorted(((row, parent) for parent, row in rows.items()), reverse=True):
            inserted: list[int] = []
            for node in groups[parent]:
                inserted.append(node.index)
                inserted.extend(self._below(node))
            self._splice(self._block_end(row), 0, inserted)

    def _rows_of(self, wanted: dict[int, list[Node]]) -> dict[int, int]:
        if len(wanted) <= 3:
            found = ((index, self.row_of(self.state.nodes[index])) for index in wanted)
            return {index: row for index, row in found if row >= 0}
        return {index: row for row, index in enumerate(self.visible) if index in wanted}

    def failure_after(self, node: Node | None, step: int) -> Node | None:
        """The next (`step` 1) or previous (-1) failure in the order of the tree, around the end."""
        if not self.failures:
            return None
        nodes = self.state.nodes
        ordered = sorted(self._path(nodes[index]) for index in self.failures)
        here = self._path(node) if node is not None else ()
        later = [path for path in ordered if path > here] if step > 0 else [p for p in ordered if p < here]
        path = (later or ordered)[0 if step > 0 else -1]
        return nodes[path[-1]]

    @staticmethod
    def _path(node: Node) -> tuple[int, ...]:
        return (*reversed([ancestor.index for ancestor in node.ancestors()]), node.index)


def _index(node: Node) -> int:
    return node.index


def _tokens(node: Node, _now: float) -> float:
    tally = tally_of(node)
    return tally.input_tokens + tally.output_tokens if tally is not None else 0


def _cost(node: Node, _now: float) -> float:
    tally = tally_of(node)
    return tally.cost_usd if tally is not None else 0.0


_KEYS: dict[Order, Callable[[Node, float], float]] = {
    "duration": duration,
    "tokens": _tokens,
    "cost": _cost,
    "own": own_duration,
}
