"""The requests of a run: the one place where models are asked, counted and recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.cache import Cached, CompletionCache
from rlm_desktop.engine.client import Completion, FailedAttempt, ModelClient, used_by
from rlm_desktop.engine.estimate import estimate_tokens
from rlm_desktop.engine.events import Message, Spent, Usage
from rlm_desktop.engine.limits import Ledger, Reservation
from rlm_desktop.engine.options import RunOptions
from rlm_desktop.engine.prices import Price, check_price, cost_of, price_of
from rlm_desktop.engine.trace import Trace
from rlm_desktop.errors import LimitExceeded, ModelError, SettingsError

NOTHING = Usage(input_tokens=0, output_tokens=0)
"""What a refused request used: no provider bills it."""
_CLOSING_TOKENS = 1_000
"""Of the closing request, beside the root's conversation so far: what the last cells printed, what is wanted."""
_CUT_MINIMUM = 3_000
"""Tokens of a request below which a low count of the server says nothing."""
BUDGET_WARNING = 0.8
"""Share of the budget at which the run says so."""
BUDGET_WORDS = "of the budget is spent"
"""By which that is known."""
_CUT_SHARE = 0.4
"""Share of the estimate below which a prompt was surely cut: text of few tokens has up to ten characters each."""


class Requests:
    """Asks models within the limits of one run.

    Attributes:
        client_of: Model -> the client of its provider.
        parameters: Further fields of each request.
        timeout: Seconds that one request may take.
        emit: Puts an event into the trace.
    """

    def __init__(
        self,
        options: RunOptions,
        trace: Trace,
        client_of: Callable[[str], ModelClient],
        cache: CompletionCache | None,
    ) -> None:
        self.client_of = client_of
        self.parameters = dict(options.parameters)
        self.timeout = options.request_timeout
        self.emit = trace.emit
        self._cache = cache
        self._ledger = Ledger(options.limits)
        self._budget = options.limits.budget_usd
        self._has_warned_of_budget = False
        self._prices: dict[str, Price | None] = {}
        self._slots = asyncio.Semaphore(options.max_concurrent)

    def carry_over(self, spent: Spent) -> None:
        """Count what the run used before it was cut off; where a limit rests on an estimate of it, say so."""
        costs = {model: self._cost_then(model, usage) for model, usage in spent.unpriced.items()}
        cost = spent.cost_usd + sum(filter(None, costs.values()))
        self._ledger.carry_over(spent.requests, spent.tokens, cost, spent.seconds)
        if spent.unknown and (self._budget is not None or self._ledger.limits.max_tokens is not None):
            text = f"Requests before the cut whose use is not known: {spent.unknown:,}. They count by an estimate."
            self.emit(ev.Noted(level="warning", text=text))
        if self._budget is not None and None in costs.values():
            models = ", ".join(model for model, cost in costs.items() if cost is None)
            text = f"The budget lacks what was spent before the cut on models without a known price: {models}."
            self.emit(ev.Noted(level="warning", text=text))

    def _cost_then(self, model: str, usage: Usage) -> float | None:
        """What requests of the run cost before it was cut off, by today's price; None when that is not known."""
        try:
            cost = cost_of(self.price(model), usage)
            return 0.0 if cost is None and self.client_of(model).provider.is_local else cost
        except SettingsError:  # no server is known for the model any more
            return None

    async def ask(
        self,
        call: int,
        model: str,
        messages: list[Message],
        *,
        kept: int = 0,
        iteration: int = 0,
        is_last_chance: bool = False,
    ) -> Completion:
        """Ask a model for a call.

        Args:
            call: Number of the asking call.
            model: Whom to ask.
            messages: The whole conversation.
            kept: How many of `messages` the call's previous request had.
            iteration: Of the rlm call, 0 for an llm call.
            is_last_chance: The closing request after a limit.

        Raises:
            ModelError: The model could not be asked.
            LimitExceeded: It would go over a limit.
            SettingsError: No server is known for the model, or no price while there is a budget.
        """
        client = self.client_of(model)
        if self._budget is not None:
            check_price(model, client.provider)
        key = self._cache_key(client, model, messages)
        if key is not None and (cached := await self._from_cache(key)) is not None:
            self._emit_request(call, model, messages, kept, iteration)
            self._emit_response(call, cached, 0.0, 0.0, source="cache")
            self._keep_room(call, model, messages, cached)
            return cached
        waiting_since = time.monotonic()
        async with self._slots:
            queued = time.monotonic() - waiting_since
            request = _Request(self, client, call, model, messages, is_last_chance=is_last_chance)
            self._emit_request(call, model, messages, kept, iteration)
            completion, cost = await request.send()
            self._emit_response(call, completion, cost, queued)
        self._keep_room(call, model, messages, completion)
        if key is not None and self._cache is not None and completion.text:
            await self._cache.put(key, Cached(completion.text, completion.reasoning, completion.finish_reason))
        return completion

    def _keep_room(self, call: int, model: str, messages: list[Message], completion: Completion) -> None:
        """Keep room within the limits for the root's closing request: what was paid for shall bring an answer."""
        if call == ev.ROOT:
            conversation = [*messages, Message("assistant", completion.text)]
            tokens = estimate_tokens(conversation) + _CLOSING_TOKENS
            self._ledger.keep_free(tokens, self._input_cost(model, tokens))

    def serve(
        self,
        call: int,
        model: str,
        messages: list[Message],
        reply: ev.ModelResponded,
        *,
        kept: int = 0,
        iteration: int = 0,
    ) -> Completion:
        """A reply on another run's record in place of asking: no request, no cost."""
        self._emit_request(call, model, messages, kept, iteration)
        completion = Completion(reply.text, reply.reasoning, NOTHING, 0.0, reply.finish_reason, None, 0.0, 0)
        self._emit_response(call, completion, 0.0, 0.0, source="record")
        self._keep_room(call, model, messages, completion)
        return completion

    def _emit_request(self, call: int, model: str, messages: list[Message], kept: int, iteration: int) -> None:
        self.emit(
            ev.ModelRequested(
                call=call,
                model=model,
                iteration=iteration,
                kept=kept,
                messages=tuple(messages[kept:]),
                parameters=self.parameters,
            )
        )

    def _emit_response(
        self,
        call: int,
        completion: Completion,
        cost: float | None,
        queued: float,
        *,
        source: ev.ReplySource = "model",
    ) -> None:
        self.emit(
            ev.ModelResponded(
                call=call,
                text=completion.text,
                reasoning=completion.reasoning,
                usage=completion.usage,
                cost_usd=cost,
                finish_reason=completion.finish_reason,
                queued=queued,
                first_token=completion.first_token,
                duration=completion.duration,
                attempts=completion.attempts,
                source=source,
            )
        )

    def _cache_key(self, client: ModelClient, model: str, messages: list[Message]) -> str | None:
        if self._cache is None:
            return None
        return self._cache.key(client.provider.base_url, model, messages, self.parameters)

    async def _from_cache(self, key: str) -> Completion | None:
        reply = await self._cache.get(key) if self._cache is not None else None
        if reply is None:
            return None
        return Completion(reply.text, reply.reasoning, NOTHING, 0.0, reply.finish_reason, None, 0.0, 0)

    def remaining_time(self) -> float | None:
        """Seconds left to the run, None without a time limit."""
        return self._ledger.remaining_time()

    def out_of_time(self) -> LimitExceeded:
        """What is to be said when none are left."""
        return self._ledger.out_of_time()

    def reserve(self, tokens: int, model: str, *, is_last_chance: bool = False) -> Reservation:
        """Set aside what a request with `tokens` of input is expected to use.

        Raises:
            LimitExceeded: It would go over a limit.
        """
        return self._ledger.reserve(tokens, self._input_cost(model, tokens), is_last_chance=is_last_chance)

    def _input_cost(self, model: str, tokens: int) -> float | None:
        return cost_of(self.price(model), Usage(input_tokens=tokens, output_tokens=0))

    def price(self, model: str) -> Price | None:
        """A model's price, the same for the whole run."""
        if model not in self._prices:
            self._prices[model] = price_of(model, self.client_of(model).provider)
        return self._prices[model]

    def settle(self, reservation: Reservation, usage: Usage | None, cost_usd: float | None) -> None:
        """A request ended with these figures; says once that the budget is nearly spent."""
        reservation.settle(usage, cost_usd)
        spent, budget = self._ledger.cost_usd, self._budget
        if budget is None or self._has_warned_of_budget or spent < budget * BUDGET_WARNING:
            return
        self._has_warned_of_budget = True
        text = f"{spent / budget:.0%} of the budget is spent: ${spent:.4f} of ${budget:.4f}. The run stops at 100%."
        self.emit(ev.Noted(level="warning", text=text))

    def count(self, usage: Usage, cost_usd: float | None) -> None:
        """Count what a tool of the application has used by asking a model, as `embed` does.

        Raises:
            LimitExceeded: The run had reached a limit before.
        """
        self.settle(self._ledger.reserve(0, 0.0), usage, cost_usd)


class _Request:
    """A request on its way: reserves, records failed attempts, settles exactly once for each attempt."""

    def __init__(
        self,
        requests: Requests,
        client: ModelClient,
        call: int,
        model: str,
        messages: list[Message],
        *,
        is_last_chance: bool = False,
    ) -> None:
        self._requests = requests
        self._client = client
        self._call = call
        self._model = model
        self._messages = messages
        self._is_last_chance = is_last_chance
        self._tokens = estimate_tokens(messages)
        self._reservation = self._reserve()
        self._is_sent = False

    async def send(self) -> tuple[Completion, float | None]:
        """The reply and its cost."""
        requests = self._requests
        try:
            completion = await self._client.complete(
                self._model,
                self._messages,
                requests.parameters,
                on_text=self._on_text,
                on_retry=self._on_retry,
                on_sent=self._on_sent,
                timeout=requests.timeout,
            )
        except ModelError as error:
            self._fail(error, *self._used_by_failure(error.may_cost, used_by(error)), status=error.status)
            raise
        except LimitExceeded as limit:
            # Met before another attempt: the one before is accounted for, and nothing was sent since.
            self._fail(limit, NOTHING, 0.0)
            raise
        except asyncio.CancelledError:
            if self._is_sent:
                # The provider may bill it, nobody knows how much.
                self._fail("cancelled in flight", None, None)
            else:
                self._reservation.take_back()
                self._fail("cancelled before it was sent", NOTHING, 0.0)
            raise
        except Exception as error:
            self._fail(error, None, None)
            raise
        cost = completion.provider_cost
        if cost is None:
            cost = cost_of(requests.price(self._model), completion.usage)
        requests.settle(self._reservation, completion.usage, cost)
        self._warn_if_cut(completion)
        return completion, cost

    def _fail(
        self, error: Exception | str, used: Usage | None, cost: float | None, *, status: int | None = None
    ) -> None:
        self._requests.settle(self._reservation, used, cost)
        self._requests.emit(
            ev.ModelFailed(
                call=self._call,
                error=str(error),
                status=status,
                usage=used,
                cost_usd=cost,
                was_sent=self._is_sent,
            )
        )

    def _reserve(self) -> Reservation:
        return self._requests.reserve(self._tokens, self._model, is_last_chance=self._is_last_chance)

    def _on_text(self, text: str, reasoning: str) -> None:
        if reasoning:
            self._requests.emit(ev.ReasoningDelta(call=self._call, text=reasoning))
        if text:
            self._requests.emit(ev.TextDelta(call=self._call, text=text))

    def _on_sent(self) -> None:
        self._is_sent = True

    async def _on_retry(self, failed: FailedAttempt) -> None:
        self._is_sent = False
        used, cost = self._used_by_failure(failed.may_cost, failed.usage)
        self._requests.emit(
            ev.ModelRetried(
                call=self._call,
                attempt=failed.attempt,
                reason=failed.reason,
                delay=failed.delay,
                status=failed.status,
                usage=used,
                cost_usd=cost,
            )
        )
        self._requests.settle(self._reservation, used, cost)
        self._reservation = self._reserve()

    def _used_by_failure(self, may_cost: bool, usage: Usage | None) -> tuple[Usage | None, float | None]:
        """What a failed attempt used: nothing when it was refused, else what the provider said."""
        if not may_cost:
            return NOTHING, 0.0
        return usage, cost_of(self._requests.price(self._model), usage)

    def _warn_if_cut(self, completion: Completion) -> None:
        """Some servers cut a prompt to their window without a word (Ollama; reference/providers.md)."""
        counted = completion.usage.input_tokens if completion.usage else None
        if counted is None or counted == 0 or self._tokens < _CUT_MINIMUM or counted > self._tokens * _CUT_SHARE:
            return
        text = (
            f"The server counted {counted:,} input tokens where about {self._tokens:,} were sent: it probably cut "
            "the prompt to its window without saying so. Raise the server's context size or send smaller pieces."
        )
        self._requests.emit(ev.Noted(call=self._call, level="warning", text=text))
