"""The events of a run: what happened, in the past tense, never changed.

The ordered events of a run are its *trace*, the single source of truth for the live view, the history and the
replay. An event is a frozen `msgspec` struct; its JSON form carries the class name in the field `event`
(`decode` is one keyed look-up). Fields may be added with a default; none is ever renamed or removed, so that old
traces stay readable. `Trace` fills in the envelope: `seq`, `at` and `call`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias, TypeGuard

import msgspec

from rlm_desktop.repl.wire import Variable, plain

SCHEMA_VERSION = 1
RUN = -1
"""Value of `Event.call` for an event of the run as a whole."""
ROOT = 0
"""Number of the root call."""


class EndState(StrEnum):
    """How a run or a call ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    BUDGET_EXCEEDED = "budget exceeded"
    TIMEOUT_EXCEEDED = "timeout exceeded"
    TOKEN_LIMIT_EXCEEDED = "token limit exceeded"
    CALL_LIMIT_EXCEEDED = "call limit exceeded"
    ERROR_THRESHOLD_EXCEEDED = "error threshold exceeded"
    OUT_OF_ITERATIONS = "out of iterations"


CallKind: TypeAlias = Literal["rlm", "llm"]
ReplySource: TypeAlias = Literal["model", "cache", "record"]
CellStatus: TypeAlias = Literal["ok", "error", "interrupted", "timeout", "killed", "cancelled"]


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's own figures for one model request, in tokens; None where it said nothing."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """Tokens in and out; None where one of the two is not known."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has used.

    Attributes:
        requests: To models.
        tokens: In and out; of a request of unknown use, what it was estimated to take in.
        cost_usd: US dollars, as far as they are known.
        unknown: Requests whose use nobody knows.
        unpriced: Model -> the tokens of its requests whose cost nobody knows.
        seconds: From its start to its last event.
    """

    requests: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    unknown: int = 0
    unpriced: dict[str, Usage] = {}
    seconds: float = 0.0


class Message(msgspec.Struct, frozen=True):
    """One chat message as it was sent."""

    role: Literal["system", "user", "assistant"]
    content: str


class DocumentRef(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the session; its text is kept once in the history under `sha256` of its UTF-8 form."""

    name: str
    kind: str
    characters: int
    pages: int | None = None
    sha256: str = ""
    path: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Envelope of every event.

    Attributes:
        seq: 1, 2, 3 ... within the run: the total order.
        at: Seconds since the run began, on a monotonic clock.
        call: Number of the call that it belongs to (`ROOT` is 0), or `RUN`.
    """

    seq: int = 0
    at: float = 0.0
    call: int = RUN


class RunStarted(Event, frozen=True, kw_only=True):
    """A question was asked.

    Attributes:
        started_at: UTC, ISO 8601.
        context_characters: Length of the whole context.
        settings: What was chosen for this run: limits, depth, prompts' versions; never a key.
        parent_run: The run whose record is this run's past, if it was resumed or forked.
        parent_iteration: Where it was forked; None when it was resumed.
        chance: What the random numbers of its cells are drawn from; a run that goes on from it has the same.
        spent_before: What the run that it resumes had used; it counts against the limits.
        isolation: What confines the REPL workers, in words.
    """

    run_id: str
    session_id: str
    question: str
    root_model: str
    sub_model: str
    started_at: str
    documents: tuple[DocumentRef, ...] = ()
    context_type: str = "str"
    context_characters: int = 0
    settings: dict[str, Any] = {}
    parent_run: str = ""
    parent_iteration: int | None = None
    spent_before: Spent | None = None
    chance: str = ""
    isolation: str = ""
    app_version: str = ""
    schema: int = SCHEMA_VERSION


class CallStarted(Event, frozen=True, kw_only=True):
    """A call was made (queued: its model has not been asked yet).

    Attributes:
        parent: Number of the calling call, None for the root.
        function: The name that the code used, as `llm_query_batch`; empty for the root.
        iteration: Iteration of the parent that made it, from 1.
        cell: Cell of that iteration that made it, from 0.
        line: Line of that cell's code, from 1; 0 when not known.
        batch: Number of the batch that it belongs to, and `index` its place there.
        prompt: What it was given; for the root the question.
        context_characters: For an rlm call, the length of its context.
    """

    parent: int | None
    kind: CallKind
    depth: int
    model: str
    function: str = ""
    iteration: int = 0
    cell: int = 0
    line: int = 0
    batch: int | None = None
    index: int = 0
    prompt: str = ""
    context_characters: int = 0


class BatchStarted(Event, frozen=True, kw_only=True):
    """One batched function call began; its calls follow. `call` is the caller."""

    batch: int
    function: str
    size: int
    iteration: int
    cell: int
    line: int = 0
    max_concurrent: int | None = None


class BatchFinished(Event, frozen=True, kw_only=True):
    """All calls of a batch have ended."""

    batch: int
    failed: int = 0


class IterationStarted(Event, frozen=True, kw_only=True):
    """An rlm call began iteration `iteration` (from 1) of at most `of`."""

    iteration: int
    of: int


class ModelRequested(Event, frozen=True, kw_only=True):
    """A model was asked.

    Attributes:
        iteration: Iteration of the rlm call, 0 for an llm call.
        kept: How many messages of the call's previous request come first, unchanged.
        messages: The messages after those. (Sending the whole list again would make traces quadratic.)
        parameters: temperature and the like.
    """

    model: str
    iteration: int = 0
    kept: int = 0
    messages: tuple[Message, ...] = ()
    parameters: dict[str, Any] = {}


class TextDelta(Event, frozen=True, kw_only=True):
    """A piece of the reply arrived."""

    text: str


class ReasoningDelta(Event, frozen=True, kw_only=True):
    """A piece of the model's reasoning arrived."""

    text: str


class ModelRetried(Event, frozen=True, kw_only=True):
    """An attempt failed and is made again after `delay` seconds. Text that had arrived is void.

    Attributes:
        attempt: The attempt that failed, from 1.
        usage: What the failed attempt used, where the provider said so.
    """

    attempt: int
    reason: str
    delay: float
    status: int | None = None
    usage: Usage | None = None
    cost_usd: float | None = None


class ModelResponded(Event, frozen=True, kw_only=True):
    """The reply is complete.

    Attributes:
        text: The whole reply; the deltas before it are its beginning.
        usage: None when the provider gave none.
        cost_usd: US dollars, None when not known.
        queued: Seconds spent waiting for a free place before the request was sent.
        first_token: Seconds from sending to the first piece; None when not streamed.
        duration: Seconds from sending to the end.
        attempts: Requests sent, the successful one included.
        source: Who answered: the model; the cache across runs or another run's record, with no request sent.
    """

    text: str
    reasoning: str = ""
    usage: Usage | None = None
    cost_usd: float | None = None
    finish_reason: str = ""
    queued: float = 0.0
    first_token: float | None = None
    duration: float = 0.0
    attempts: int = 1
    source: ReplySource = "model"


class ModelFailed(Event, frozen=True, kw_only=True):
    """The model could not be asked, for good; `was_sent` tells whether the last attempt came to its turn."""

    error: str
    status: int | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    was_sent: bool = True


class CellProposed(Event, frozen=True, kw_only=True):
    """In step mode, a code block waits for the person's decision."""

    iteration: int
    cell: int
    code: str


class CellDecided(Event, frozen=True, kw_only=True):
    """The person decided about a proposed cell: `run` (with `code` when it was changed), `skip` or `answer`."""

    iteration: int
    cell: int
    action: Literal["run", "skip", "answer"]
    code: str | None = None


class RunPaused(Event, frozen=True, kw_only=True):
    """The person paused the run: each call is held at its next iteration."""


class RunContinued(Event, frozen=True, kw_only=True):
    """The person let the run go on."""


class CellStarted(Event, frozen=True, kw_only=True):
    """A code block began to run in the REPL. `cell` counts from 0 within the iteration."""

    iteration: int
    cell: int
    code: str


class CellOutput(Event, frozen=True, kw_only=True):
    """Code printed."""

    iteration: int
    cell: int
    stream: Literal["stdout", "stderr"]
    text: str


class CellFinished(Event, frozen=True, kw_only=True):
    """A code block ended.

    Attributes:
        error: One line, as `ZeroDivisionError: division by zero`.
        traceback: With the failing line of the cell.
        line: The failing line of the cell, from 1; 0 when not known.
        duration: Seconds, waiting for models included; `computed` without that waiting.
        dropped: Characters of output that were over the worker's cap and are lost.
        variables: Variables of the model after the cell, largest change first.
        threads: Threads of the cell that were still running at its end.
        more_variables: How many variables there are beside those.
    """

    iteration: int
    cell: int
    status: CellStatus
    error: str = ""
    traceback: str = ""
    line: int = 0
    duration: float = 0.0
    computed: float = 0.0
    dropped: int = 0
    variables: tuple[Variable, ...] = ()
    threads: int = 0
    more_variables: int = 0


class ReplRestarted(Event, frozen=True, kw_only=True):
    """The worker of a call died or was killed; the call goes on with a fresh REPL without these variables."""

    reason: str
    lost: tuple[str, ...] = ()


class ToolCalled(Event, frozen=True, kw_only=True):
    """A cell called a function of the application. Arguments and result are shown, cut at 2,000 characters.

    `usage` and `cost_usd` are set when the function asked a model, as `embed` does. `asked` stands for the name and
    the arguments, `kept` is the result as JSON, whole: a run that goes on from this one is served it. It is empty
    where the result is too long (`tool_calls.KEPT`), holds a secret, or is more than JSON can say. `source` tells
    whether the function was called or its result served.
    """

    iteration: int
    cell: int
    line: int
    name: str
    arguments: str
    result: str = ""
    error: str = ""
    duration: float = 0.0
    usage: Usage | None = None
    cost_usd: float | None = None
    asked: str = ""
    kept: str = ""
    source: Literal["function", "record"] = "function"


class AnswerSet(Event, frozen=True, kw_only=True):
    """The model gave its final answer. `source` is the convention used: FINAL, FINAL_VAR, answer, SUBMIT, text."""

    answer: str
    source: str
    value: Any = None


class AnswerRejected(Event, frozen=True, kw_only=True):
    """A final answer did not fit and the model was told why."""

    reason: str


class SecretsRedacted(Event, frozen=True, kw_only=True):
    """The egress filter replaced secrets: kind of secret -> how many, and where."""

    where: str
    replaced: dict[str, int]


class Noted(Event, frozen=True, kw_only=True):
    """Something the person should see that is neither an error nor an end: a warning or a notice."""

    text: str
    level: Literal["info", "warning"] = "info"


class LimitReached(Event, frozen=True, kw_only=True):
    """A limit of the run was reached: nothing new is started."""

    end_state: EndState
    detail: str


class CancelRequested(Event, frozen=True, kw_only=True):
    """Somebody asked to stop the run (`call` is `RUN`) or one call with all below it."""

    by: Literal["user", "limit", "shutdown"]


class CallFinished(Event, frozen=True, kw_only=True):
    """A call ended.

    Attributes:
        result: What its caller gets, an error included.
        shared: The call whose identical request answered this one, which asked no model itself.
        is_recorded: Whether the result came from another run's record.
    """

    end_state: EndState
    result: str = ""
    error: str = ""
    iterations: int = 0
    shared: int | None = None
    is_recorded: bool = False


class RunFinished(Event, frozen=True, kw_only=True):
    """The run ended: the last event of a trace that was not cut off."""

    end_state: EndState
    answer: str | None = None
    value: Any = None
    error: str = ""


AnyEvent: TypeAlias = (
    RunStarted
    | CallStarted
    | BatchStarted
    | BatchFinished
    | IterationStarted
    | ModelRequested
    | TextDelta
    | ReasoningDelta
    | ModelRetried
    | ModelResponded
    | ModelFailed
    | CellProposed
    | CellDecided
    | RunPaused
    | RunContinued
    | CellStarted
    | CellOutput
    | CellFinished
    | ReplRestarted
    | ToolCalled
    | AnswerSet
    | AnswerRejected
    | SecretsRedacted
    | Noted
    | LimitReached
    | CancelRequested
    | CallFinished
    | RunFinished
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_known = frozenset(cls.__struct_config__.tag for cls in Event.__subclasses__())


def as_utc(moment: datetime) -> str:
    """A moment as `RunStarted.started_at` has it: such texts, compared, are in the order of their moments."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def is_error(event: CallFinished | CellFinished) -> bool:
    """Whether a call or a cell went wrong by itself, which counts as an error; what was cancelled did not."""
    if isinstance(event, CallFinished):
        return event.end_state not in (EndState.COMPLETED, EndState.CANCELLED, EndState.INTERRUPTED)
    return event.status not in ("ok", "cancelled")


def is_request(event: AnyEvent) -> TypeGuard[ModelRetried | ModelFailed | ModelResponded | ToolCalled]:
    """Whether the event tells of a request to a model that was sent: each counts, with its usage and its cost."""
    match event:
        case ModelRetried():
            return True
        case ModelFailed(was_sent=was_sent):
            return was_sent
        case ModelResponded(source=source):
            return source == "model"
        case ToolCalled(usage=usage):
            return usage is not None
        case _:
            return False


def encode(event: Event) -> bytes:
    """An event as one line of JSON, without the line end; lone surrogates are written as escapes."""
    try:
        return _encoder.encode(event)
    except UnicodeEncodeError:
        return _encoder.encode(plain(msgspec.to_builtins(event)))


class _Tag(msgspec.Struct):
    event: str = ""


_tag_decoder = msgspec.json.Decoder(_Tag)


def decode(line: bytes | str) -> AnyEvent | None:
    """The event that `encode` wrote; None for a kind that this version does not know (a newer trace).

    Raises:
        msgspec.DecodeError: `line` is not an event at all.
    """
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        if _tag_decoder.decode(line).event in _known:
            raise
        return None
