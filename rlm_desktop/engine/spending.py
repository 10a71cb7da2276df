"""What a run has used, told from its events: one that goes on from it has the same limits over both parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.estimate import estimate_tokens
from rlm_desktop.engine.events import AnyEvent, Message, Spent, Usage


def spent_in(events: Iterable[AnyEvent]) -> Spent:
    """What a run has used, with what it had taken over itself.

    What nobody knows of a request counts with the estimate that the run had set aside for it, so that an unknown
    cost does not become a free one. That holds for a request, too, that was on its way when the trace was cut off.
    """
    account = _Account()
    for event in events:
        account.take(event)
    return account.spent()


@dataclass(slots=True)
class _Asked:
    """The latest request of a call: the conversation that it sent, and whether its end is still to come."""

    model: str
    messages: list[Message]
    is_open: bool = True


class _Account:
    def __init__(self) -> None:
        self._requests = self._tokens = self._unknown = 0
        self._cost_usd = self._seconds_before = self._at = 0.0
        self._unpriced: dict[str, Usage] = {}
        self._asked: dict[int, _Asked] = {}

    def take(self, event: AnyEvent) -> None:
        self._at = event.at
        if ev.is_request(event):
            self._count(event.usage, event.cost_usd, None if _is_tool(event) else self._asked.get(event.call))
        if isinstance(event, ev.ModelRequested):
            before = self._asked.get(event.call)
            kept = before.messages[: event.kept] if before is not None else []
            self._asked[event.call] = _Asked(event.model, [*kept, *event.messages])
        elif isinstance(event, ev.ModelResponded | ev.ModelFailed):
            if (asked := self._asked.get(event.call)) is not None:
                asked.is_open = False
        elif isinstance(event, ev.CallFinished):
            self._asked.pop(event.call, None)
        elif isinstance(event, ev.RunStarted) and event.spent_before is not None:
            self._take_over(event.spent_before)

    def spent(self) -> Spent:
        for asked in self._asked.values():
            if asked.is_open:
                self._count(None, None, asked)
        self._asked.clear()
        return Spent(
            requests=self._requests,
            tokens=self._tokens,
            cost_usd=self._cost_usd,
            unknown=self._unknown,
            unpriced=self._unpriced,
            seconds=self._seconds_before + self._at,
        )

    def _take_over(self, before: Spent) -> None:
        self._requests, self._tokens, self._cost_usd = before.requests, before.tokens, before.cost_usd
        self._unknown, self._unpriced = before.unknown, dict(before.unpriced)
        self._seconds_before = before.seconds

    def _count(self, usage: Usage | None, cost_usd: float | None, asked: _Asked | None) -> None:
        self._requests += 1
        if usage is None or usage.total is None:
            self._unknown += 1
            usage = Usage(input_tokens=estimate_tokens(asked.messages) if asked else 0, output_tokens=0)
        self._tokens += usage.total or 0
        if cost_usd is not None:
            self._cost_usd += cost_usd
        elif asked is not None:
            before = self._unpriced.get(asked.model, Usage(input_tokens=0, output_tokens=0))
            self._unpriced[asked.model] = _sum(before, usage)


def _is_tool(event: AnyEvent) -> bool:
    return isinstance(event, ev.ToolCalled)


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        input_tokens=(one.input_tokens or 0) + (other.input_tokens or 0),
        output_tokens=(one.output_tokens or 0) + (other.output_tokens or 0),
    )
