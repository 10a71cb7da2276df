"""The visible rows of a run's tree as one flat list; knows nothing of Qt.

A row is the index of a node in `RunState.nodes`, or `~index` for the line "… 247 more" under a batch that is closed
but has failed calls lifted out of it. Opening inserts a slice, closing deletes one, so that costs do not depend on
what is above or below (a `QTreeView` lays out every expanded row again for each insertion).

What goes over every row (opening all, filtering, sorting) takes too long for one frame in a large run. It is then
done in pieces: the rows stay as they are until the new ones are complete.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui.calls.call_text import failure_count, is_failure
from rlm_desktop.ui.calls.row_look import BIG_BATCH, MOST_LIFTED, PIECE, Growth, Order, RowLook, Work

MOST_REVEALED = 50
"""Failures whose path is opened by itself; after so many it is noise."""
DEEPEST_AUTO = 2
"""Calls of a greater depth stay closed until somebody opens them."""
SMALL_RUN = 400
"""A stored run of at most so many rows opens as it would have opened live."""
_LOOKED_AT = 8
"""Pieces of rows that are looked at for whether they can be opened, between two looks at the clock."""
_AT_ONCE = 6
"""Pieces of work that are not put off, however long they take."""
_AT_ONCE_SECONDS = 0.012

Splice = Callable[[int, int, list[int]], None]
"""`(row, removed, inserted)`: replaces rows of `visible`."""
Replace = Callable[[list[int]], None]
"""Replaces all of `visible`."""


class CallRows:
    """Which rows are to be seen, and in which order.

    Rows are sorted once, when the person says so. While a run is live, those that come later are put where they
    belong by what they are then, and what grows stays where it is: nothing jumps under the reader.

    Attributes:
        visible: The rows. Changed by `splice` and `replace` only, which must apply the change.
    """

    def __init__(self, splice: Splice, replace: Replace, later: Callable[[], None] | None = None) -> None:
        """Without a run.

        Args:
            splice: Applies the change of a part.
            replace: Applies the change of all.
            later: Has `go_on` called soon, and again until it says that all is done; None does everything at once.
        """
        self._splice, self._replace_all, self._later = splice, replace, later
        self.visible: list[int] = []
        self._forget(RunState())

    def _forget(self, state: RunState) -> None:
        self.state = state
        self._growth = Growth(state)
        self._look = RowLook(self._growth)
        self._wanted: RowLook | None = None
        self._work: Work | None = None
        self._then: Callable[[], None] = _nothing
        self._shut_by_hand: set[int] = set()
        self._live: list[Node] = []
        self._revealed = 0
        self._last_found = 0
        self.failures: list[int] = []
        self._ordered_failures: list[Node] = []

    # -- what is there --------------------------------------------------------------------------------------

    @property
    def focus(self) -> Node | None:
        """What is shown with all below it; None for the whole run."""
        return self._look.focus

    @property
    def matches(self) -> set[int] | None:
        """While a filter is on, the nodes that it finds."""
        return self._look.matches

    @property
    def order(self) -> Order:
        """By what rows are, or are being, sorted."""
        return (self._wanted or self._look).order

    @property
    def is_ascending(self) -> bool:
        """Whether the smallest comes first."""
        return (self._wanted or self._look).is_ascending

    @property
    def sorted_at(self) -> int:
        """`seq` of the state when they were sorted."""
        return (self._wanted or self._look).sorted_at

    def node(self, row: int) -> Node:
        """The node of a row; for the line "… more" its batch."""
        index = self.visible[row]
        return self.state.nodes[index if index >= 0 else ~index]

    def is_more(self, row: int) -> bool:
        """Whether the row is the line "… more" of a batch."""
        return self.visible[row] < 0

    def is_open(self, node: Node) -> bool:
        """Whether its children are shown."""
        return self._look.is_open(node)

    def is_dimmed(self, node: Node) -> bool:
        """Whether it is there only because something below it was found."""
        matches = self._look.matches
        return matches is not None and node.index not in matches

    def in_order(self, node: Node) -> Sequence[Node]:
        """The children of a row in the order in which they are shown."""
        return self._look.in_order(node)

    def row_of(self, node: Node) -> int:
        """The row of a node, -1 when it is not visible."""
        last = self._last_found  # mostly one asks for the same again, and to look takes long among a million
        if last < len(self.visible) and self.visible[last] == node.index:
            return last
        try:
            self._last_found = self.visible.index(node.index)
        except ValueError:
            return -1
        return self._last_found

    def level(self, node: Node) -> int:
        """Indentation: levels below what the tree shows at its top."""
        focus = self._look.focus
        return node.level - (focus.level if focus else 0)

    def hidden_count(self, batch: Node) -> int:
        """Calls of a closed batch that are not lifted out."""
        lifted = min(MOST_LIFTED, failure_count(batch)) if isinstance(batch, BatchNode) else 0
        return len(batch.children) - lifted

    # -- lengthy work ---------------------------------------------------------------------------------------

    @property
    def is_working(self) -> bool:
        """Whether the rows are about to be others."""
        return self._work is not None

    def go_on(self, seconds: float) -> bool:
        """Work for about so long; whether all is done."""
        until = time.perf_counter() + seconds
        while (work := self._work) is not None:
            if next(work, True):
                self._work, self._wanted = None, None
                self._then()
            elif time.perf_counter() >= until:
                return False
        return True

    def _do(self, work: Work, then: Callable[[], None]) -> None:
        """Begin something that may take long; what is under way must have been finished or given up."""
        self._work, self._then = work, then
        if not self._is_done_at_once():
            self._put_off()

    def _is_done_at_once(self) -> bool:
        """Do what is done soon; whether that is all."""
        if self._later is None:
            self._finish()
            return True
        return any(self.go_on(0.0) for _ in range(_AT_ONCE)) or self.go_on(_AT_ONCE_SECONDS)

    def _put_off(self) -> None:
        if self._later is not None:
            self._later()

    def _finish(self) -> None:
        """End what is under way, however long it takes: the person does something else already."""
        self.go_on(math.inf)

    # -- as a whole -----------------------------------------------------------------------------------------

    def reset(self, state: RunState) -> list[int]:
        """Take another run; returns its rows, which the caller has to put into `visible`."""
        self._forget(state)
        self._take_stored()
        return self._all_rows()

    def move_to(self, state: RunState) -> list[int]:
        """Take the same run at another moment; returns its rows, which the caller has to put into `visible`.

        What was opened and closed, the filter, the order and the focus stay. Where it takes long to arrange them,
        these are until then (see `go_on`) the rows that were visible and are there at that moment.
        """
        before, look = self.visible, self._wanted or self._look
        opened, shut = self._growth.opened, self._shut_by_hand
        self._forget(state)
        self._growth.opened |= opened
        self._shut_by_hand |= shut
        self._take_stored()
        self._look = look.at(self._growth)
        rows: list[int] = []
        self._work = self._look.rows(rows)
        if self._is_done_at_once():
            return rows
        self._then = partial(self._replace_all, rows)
        self._put_off()
        end = len(state.nodes)
        return [index for index in before if -end <= index < end]

    def _take_stored(self) -> None:
        """Take in all that there is. Few rows fail, few are going on: the others are not looked at one by one."""
        nodes, shut, completed = self.state.nodes, self._shut_by_hand, EndState.COMPLETED
        open_themselves = nodes if len(nodes) <= SMALL_RUN else nodes[:1]
        for node in open_themselves:
            if (node.parent is None or self._opens_itself(node)) and node.index not in shut:
                self._growth.opened.add(node.index)
        others = [node for node in nodes if node.status != completed]
        self._live = [node for node in others if node.finished is None]
        for node in others:
            if is_failure(node) and node.finished is not None and not isinstance(node, BatchNode):
                self.failures.append(node.index)  # of a batch the calls that failed are what there is to see
                self._open_path(node)
        self._growth.seen = self._growth.placed = len(nodes)

    def _all_rows(self) -> list[int]:
        rows: list[int] = []
        for _ in self._look.rows(rows):
            pass
        return rows

    def set_matches(self, matches: set[int] | None) -> None:
        """Show only these nodes and what is above them; None shows all."""
        if matches is None or matches != (self._wanted or self._look).matches:
            look = self._next_look()
            look.filter(matches)
            self._look_at(look)

    def set_focus(self, node: Node | None) -> None:
        """Show only `node` and what is below it; None shows the whole run."""
        look = self._next_look()
        look.focus = node
        if node is not None:
            self._growth.opened.add(node.index)
        self._look_at(look)

    def set_order(self, order: Order, *, is_ascending: bool = False) -> None:
        """Sort the children of each row as they are now."""
        look = self._next_look()
        look.sort(order, is_ascending=is_ascending)
        self._look_at(look)

    def _next_look(self) -> RowLook:
        """To be changed: that which is wanted already, when the rows for it are not there yet."""
        if self._wanted is None:
            self._finish()
        return (self._wanted or self._look).copy()

    def _look_at(self, look: RowLook) -> None:
        self._take_all()
        self._wanted = look
        rows: list[int] = []
        self._do(look.rows(rows), partial(self._show, look, rows))

    def _show(self, look: RowLook, rows: list[int]) -> None:
        self._look = look
        self._replace_all(rows)

    # -- by the person: each first takes in what has happened ------------------------------------------------

    def open(self, node: Node) -> None:
        """Show the children."""
        self._shut_by_hand.discard(node.index)
        self._set_open(node, is_open=True)

    def close(self, node: Node) -> None:
        """Hide the children; nothing opens them again by itself."""
        self._shut_by_hand.add(node.index)
        self._set_open(node, is_open=False)

    def _set_open(self, node: Node, *, is_open: bool) -> None:
        self._take_in()
        if self.matches is not None:
            (self._look.shut.discard if is_open else self._look.shut.add)(node.index)
        else:
            (self._growth.opened.add if is_open else self._growth.opened.discard)(node.index)
        rows: list[int] = []
        self._do(self._look.below(node, rows), partial(self._put_below, node, rows))

    def open_all(self, node: Node) -> None:
        """Open it and everything below it."""
        self._take_in()
        rows: list[int] = []
        self._do(self._opening_all(node, rows), partial(self._put_below, node, rows))

    def _opening_all(self, node: Node, rows: list[int]) -> Work:
        opened = [node] if node.children else []
        left = _LOOKED_AT * PIECE
        for below in opened:  # which become more meanwhile
            for start in range(0, len(below.children), PIECE):
                some = below.children[start : start + PIECE]
                opened += [child for child in some if child.children]
                left -= len(some)
                if left <= 0:
                    left = _LOOKED_AT * PIECE
                    yield
        indices = {below.index for below in opened}
        self._growth.opened |= indices
        self._look.shut -= indices
        self._shut_by_hand -= indices
        yield from self._look.below(node, rows)

    def close_all(self, node: Node) -> None:
        """Close everything below it, but not itself."""
        self._take_in()
        rows: list[int] = []
        self._do(self._closing_all(node, rows), partial(self._put_below, node, rows))

    def _closing_all(self, node: Node, rows: list[int]) -> Work:
        shut = list(node.children)
        for number, below in enumerate(shut, 1):  # which become more meanwhile
            self._growth.opened.discard(below.index)
            shut += below.children
            if not number % PIECE:
                yield
        yield from self._look.below(node, rows)

    def reveal(self, node: Node) -> None:
        """Open what has to be open for `node` to have a row."""
        self._take_in()
        if self.row_of(node) >= 0:
            return
        for ancestor in reversed(list(node.ancestors())):
            if self.matches is not None:
                self._look.shut.discard(ancestor.index)
            elif not self.is_open(ancestor) and node not in self._look.lifted(ancestor):
                self._growth.opened.add(ancestor.index)
        nearest = next((ancestor for ancestor in node.ancestors() if self.row_of(ancestor) >= 0), None)
        if nearest is not None:
            self._replace_below(nearest)

    def _take_in(self) -> None:
        self._finish()
        self.refresh()

    def _replace_below(self, node: Node) -> None:
        rows: list[int] = []
        for _ in self._look.below(node, rows):
            pass
        self._put_below(node, rows)

    def _put_below(self, node: Node, rows: list[int]) -> None:
        row = self.row_of(node)
        if row >= 0:
            self._replace(row + 1, self._block_end(row), rows)

    def _block_end(self, row: int) -> int:
        """The first row after `row` that is not below it."""
        nodes, visible = self.state.nodes, self.visible
        node = nodes[visible[row]]
        if (end := self._end_by_siblings(node, row)) is not None:
            return end
        inside, end = {node.index}, row + 1
        while end < len(visible):
            index = visible[end]
            above = nodes[index].parent if index >= 0 else nodes[~index]
            if above is None or above.index not in inside:
                break
            if index >= 0 and nodes[index].children:
                inside.add(index)
            end += 1
        return end

    def _end_by_siblings(self, node: Node, row: int) -> int | None:
        """The row of what follows a node; in a live run mostly nothing does, and that is quick to see."""
        look = self._look
        if look.matches is not None and look.order != "time":
            return None
        while node is not look.focus and (parent := node.parent) is not None:
            if not look.is_open(parent):
                return None
            siblings = look.shown_children(parent)
            if siblings[-1] is not node:
                is_by_time = look.order == "time"
                place = bisect_right(siblings, node.index, key=_index) if is_by_time else siblings.index(node) + 1
                # After one that has no row yet, none has, in the order of time.
                end = min(place + 1, len(siblings)) if is_by_time else len(siblings)
                while place < end and siblings[place].index >= self._growth.placed:
                    place += 1
                if place < end:
                    return self.visible.index(siblings[place].index, row + 1)
            node = parent
        return len(self.visible)

    def _replace(self, start: int, end: int, rows: list[int]) -> None:
        """Change rows `start` to `end` into `rows`, leaving alone what is the same at both ends."""
        head = _same(self.visible, start, end, rows)
        tail = 0
        most = min(end - start, len(rows)) - head
        while tail < most and self.visible[end - tail - 1] == rows[-tail - 1]:
            tail += 1
        removed = end - start - head - tail
        inserted = rows[head : len(rows) - tail]
        if removed or inserted:
            self._splice(start + head, removed, inserted)

    # -- by the run -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what has happened to the state, unless the rows are about to be others: then later."""
        if self._work is not None:
            return
        growth = self._growth
        first_new = growth.seen
        self._take_new_nodes()
        failed, changed_batches = self._take_ended_nodes()
        if self.matches is not None:
            for node in failed:
                self._open_path(node)  # to be seen when the filter is off
            growth.placed = growth.seen
            return  # the filter is run again by whoever set it
        if first_new == 0:
            growth.placed = growth.seen
            rows = self._all_rows()
            if rows:
                self._splice(0, len(self.visible), rows)
            return
        self._insert_new(first_new)
        growth.placed = growth.seen
        for batch in changed_batches:
            self._replace_below(batch)
        for node in failed:
            self._reveal_by_itself(node)

    def _take_all(self) -> None:
        """Take in what has happened without showing it: all rows are about to be others."""
        self._take_new_nodes()
        failed, _ = self._take_ended_nodes()
        for node in failed:
            self._open_path(node)
        self._growth.placed = self._growth.seen

    def _take_new_nodes(self) -> None:
        for node in self.state.nodes[self._growth.seen :]:
            if self._opens_itself(node):
                self._growth.opened.add(node.index)
            self._live.append(node)
        self._growth.seen = len(self.state.nodes)

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
            if isinstance(node.parent, BatchNode) and node.parent.index not in self._growth.opened:
                batches[node.parent.index] = node.parent
        return failed, list(batches.values())

    def _opens_itself(self, node: Node) -> bool:
        """Whether its children are shown as they come: the root, and what runs, unless wide or deep."""
        if isinstance(node, BatchNode):
            return node.size <= BIG_BATCH
        if isinstance(node, CallNode):
            return node.depth < DEEPEST_AUTO
        return isinstance(node, IterationNode) and node.call.depth < DEEPEST_AUTO

    def _reveal_by_itself(self, node: Node) -> None:
        """Show a failure."""
        if (top := self._open_path(node)) is not None:
            self._replace_below(top)

    def _open_path(self, node: Node) -> Node | None:
        """Have what is above a failure open, except where the person closed it; the topmost that was not."""
        if self._revealed >= MOST_REVEALED:
            return None
        path = list(node.ancestors())
        if any(ancestor.index in self._shut_by_hand for ancestor in path):
            return None
        self._revealed += 1
        shut = [
            ancestor
            for ancestor in path
            if ancestor.index not in self._growth.opened
            and not (isinstance(ancestor, BatchNode) and ancestor.size > BIG_BATCH)
        ]
        self._growth.opened.update(ancestor.index for ancestor in shut)
        return shut[-1] if shut else None

    def _insert_new(self, first_new: int) -> None:
        """Give every new node of an open, visible parent its rows; those that are there stay in their order."""
        nodes = self.state.nodes
        late: dict[int, list[Node]] = {}
        for node in nodes[first_new:]:
            parent = node.parent
            if parent is not None and parent.index < first_new and parent.index in self._growth.opened:
                late.setdefault(parent.index, []).append(node)
        groups = [
            (place, row, group)
            for parent, row in self._rows_of(late).items()
            for place, group in self._side_by_side(nodes[parent], row, late[parent])
        ]
        # From the last row up, so that none moves before its turn; at one place what is deeper comes out on top.
        for place, _, group in sorted(groups, key=lambda one: (-one[0], one[1])):
            inserted: list[int] = []
            for node in group:
                inserted.append(node.index)
                for _ in self._look.below(node, inserted):
                    pass
            self._splice(place, 0, inserted)

    def _side_by_side(self, parent: Node, row: int, late: list[Node]) -> list[tuple[int, list[Node]]]:
        """The new children that come together, each time with the row that they come before."""
        look = self._look
        if look.order == "time":
            return [(self._block_end(row), late)]
        siblings, groups, end = look.in_order(parent), list[list[int]](), -1
        for place in look.places_of(late, parent):
            if place != end:
                groups.append([])
            groups[-1].append(place)
            end = place + 1
        found: list[tuple[int, list[Node]]] = []
        for places in groups:
            if (after := places[-1] + 1) == len(siblings):
                before = self._block_end(row)
            else:  # it has at least a row for each sibling before it that is not new
                least = row + 1 + max(0, after - len(late))
                before = self.visible.index(siblings[after].index, least)
            found.append((before, [siblings[place] for place in places]))
        return found

    def _rows_of(self, wanted: dict[int, list[Node]]) -> dict[int, int]:
        if len(wanted) <= 3:
            found = ((index, self.row_of(self.state.nodes[index])) for index in wanted)
            return {index: row for index, row in found if row >= 0}
        return {index: row for row, index in enumerate(self.visible) if index in wanted}

    def failure_after(self, node: Node | None, step: int) -> Node | None:
        """The next (`step` 1) or previous (-1) failure in the order of the tree, around the end."""
        ordered = self._failures_in_order()
        if not ordered:
            return None
        here = _path(node) if node is not None else ()
        place = bisect_right(ordered, here, key=_path) if step > 0 else bisect_left(ordered, here, key=_path) - 1
        return ordered[place % len(ordered)]

    def _failures_in_order(self) -> list[Node]:
        if len(self._ordered_failures) != len(self.failures):  # they only ever become more
            nodes = self.state.nodes
            self._ordered_failures = sorted((nodes[index] for index in self.failures), key=_path)
        return self._ordered_failures


def _path(node: Node) -> tuple[int, ...]:
    """Where it is in the tree: of two rows the one with the smaller path comes first."""
    return (*reversed([ancestor.index for ancestor in node.ancestors()]), node.index)


def _index(node: Node) -> int:
    return node.index


def _nothing() -> None:
    pass


def _same(visible: list[int], start: int, end: int, rows: list[int]) -> int:
    """How many rows from `start` on are those of `rows`; mostly all but a few, so they are compared by pieces."""
    same, most = 0, min(end - start, len(rows))
    while same < most and visible[start + same : start + same + PIECE] == rows[same : same + PIECE]:
        same += PIECE
    same = min(same, most)
    while same < most and visible[start + same] == rows[same]:
        same += 1
    return same
