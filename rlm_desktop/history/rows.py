"""What the history's lists and its search show: one value a session, one a run, one a text that was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from rlm_desktop.engine.events import DocumentRef

RUNNING = "running"
"""End state of a run that has not ended and is being written."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; what is empty lets every run pass.

    Attributes:
        text: Words that must all stand in the question, the names, the documents' names or the tags.
        end_states: `running` or `EndState` values, any of which will do.
        model: Root or sub-call model.
        tag: A tag of the run or of its session.
        since: UTC, ISO 8601: started then or later.
    """

    text: str = ""
    end_states: tuple[str, ...] = ()
    model: str = ""
    tag: str = ""
    since: str = ""
    session_id: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it lets every run pass."""
        return self == RunFilter()


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to choose from in a filter.

    Attributes:
        models: Root and sub-call models of all runs.
        tags: Tags of runs and of sessions.
    """

    models: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the history lists it.

    Attributes:
        question: Its first 1,000 characters; the events hold all of it.
        started_at: UTC, ISO 8601.
        duration: Seconds, up to its last event when it has not ended.
        depth: The deepest call that was made; 0 when only the root was.
        unknown_usage: Requests whose tokens nobody knows; the sums leave them out.
        cost_usd: Sum of the known costs; None when none is known.
        unknown_cost: Requests whose cost nobody knows.
        end_state: `running` or an `EndState` value.
        answer: Its first 500 characters.
        origin: What the run was imported from, as `rlms`; empty for a run of this program.
        events: Number of events.
        parent_run: The run that it was resumed or forked from; empty for none.
        parent_iteration: Where it was forked; None when it was resumed.
    """

    id: str
    session_id: str
    title: str
    question: str
    documents: tuple[DocumentRef, ...]
    root_model: str
    sub_model: str
    started_at: str
    duration: float
    calls: int
    depth: int
    iterations: int
    requests: int
    errors: int
    input_tokens: int
    output_tokens: int
    unknown_usage: int
    cost_usd: float | None
    unknown_cost: int
    end_state: str
    answer: str
    tags: tuple[str, ...]
    is_pinned: bool
    origin: str
    events: int
    parent_run: str = ""
    parent_iteration: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is being written, here or in another process."""
        return self.end_state == RUNNING

    @property
    def tokens(self) -> int:
        """Known tokens, in and out."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the history lists it, with its runs, the newest first.

    Attributes:
        title: The name that the person gave it; empty when none was given.
        created_at: UTC, ISO 8601: when its first run started.
        updated_at: UTC, ISO 8601: when its last run started.
    """

    id: str
    title: str
    created_at: str
    updated_at: str
    tags: tuple[str, ...]
    is_pinned: bool
    runs: tuple[RunRow, ...]

    @property
    def name(self) -> str:
        """Its title, else its first question."""
        return self.title or (self.runs[-1].question if self.runs else "")

    @property
    def documents(self) -> tuple[DocumentRef, ...]:
        """The documents of its runs, each once."""
        seen = {
            (document.sha256, document.name): document for run in reversed(self.runs) for document in run.documents
        }
        return tuple(seen.values())

    @property
    def cost_usd(self) -> float | None:
        """Sum of the known costs; None when none is known."""
        known = [run.cost_usd for run in self.runs if run.cost_usd is not None]
        return sum(known) if known else None

    @property
    def end_state(self) -> str:
        """How its newest run ended."""
        return self.runs[0].end_state if self.runs else ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A text that fits.

    Attributes:
        question: The run's question, its first 1,000 characters.
        field: Kind of text, one of `query.FIELDS`.
        seq: The event that holds it: where a replay goes to show it.
        call / iteration / cell: The row that shows it; iteration 0 for an llm call or the run as a whole.
        snippet: An excerpt.
        marks: Start and end of each place to mark in the excerpt.
        key: Its place in the order of hits, for the next page.
        has_more: Whether its run has further hits, which are left out.
    """

    run_id: str
    session_id: str
    question: str
    started_at: str
    field: str
    seq: int
    call: int
    iteration: int
    cell: int
    snippet: str
    marks: tuple[tuple[int, int], ...]
    key: int
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class SearchStep:
    """What a search has found since the step before.

    Attributes:
        hits: The next hits, the latest first.
        share: How much of the history has been looked through, from 0 to 1.
        is_over: Whether this is the last step.
        has_all: Whether nothing is left to look through: there are no further hits.
    """

    hits: tuple[SearchHit, ...]
    share: float
    is_over: bool
    has_all: bool


class SearchOptions(TypedDict, total=False):
    """How to search.

    Attributes:
        limit: How many hits at most; 50 without.
        before: The last hit of the previous page.
        chosen: What the runs must be.
        fields: Kinds of texts to look in, of `query.FIELDS`, unless the text names some.
        per_run: How many of one run at most, so that a run with thousands does not hide all others.
        is_typing: The last word may go on.
        is_stale: Tells that nobody waits for the result any more; it ends soon then.
        wait: Seconds to wait for runs that have just ended, 1 without; with 0, only what is indexed is found.
    """

    limit: int
    before: SearchHit | None
    chosen: RunFilter | None
    fields: Sequence[str]
    per_run: int | None
    is_typing: bool
    is_stale: Callable[[], bool] | None
    wait: float
