"""`RLM`: the engine's door for programs, the command line and the window alike."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import uuid
import weakref
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeAlias, TypedDict, TypeVar, Unpack

from rlm_desktop.engine import catalog
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.cache import CompletionCache
from rlm_desktop.engine.client import Clients, ModelClient
from rlm_desktop.engine.context import ContextValue, DocumentLike, make_context
from rlm_desktop.engine.control import Approve
from rlm_desktop.engine.embedding import HASHING_MODEL
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.log_format import learn_secrets
from rlm_desktop.engine.options import RunOptions, SubCalls
from rlm_desktop.engine.prices import check_price, cost_of, price_of
from rlm_desktop.engine.providers import (
    OFFLINE,
    Provider,
    Providers,
    default_models,
    find_provider,
    offline_provider,
)
from rlm_desktop.engine.record import Past
from rlm_desktop.engine.rlm_call import RlmCall
from rlm_desktop.engine.run import Outcome, Run, RunResult, failed_outcome
from rlm_desktop.engine.secrets import SecretFilter
from rlm_desktop.engine.session import SessionMemory, session_turn
from rlm_desktop.engine.tools import Billed, Toolbox, ToolLike
from rlm_desktop.engine.trace import Sink
from rlm_desktop.engine.typed_output import OutputLike, OutputType
from rlm_desktop.errors import RLMError, SettingsError, UsageError
from rlm_desktop.repl.host import Isolation, ReplHost
from rlm_desktop.repl.wire import plain, unfit
from rlm_desktop.settings import Settings

_T = TypeVar("_T")
_OPENAI_EMBEDDING = "text-embedding-3-small"
_EMBED_TEXT = "Vectors of a list of texts (or of one text), to compare by their dot product."


class Asking(TypedDict, total=False):
    """What may be said beside a question; see `RLM.start`."""

    documents: Sequence[DocumentLike] | DocumentLike
    context: ContextValue | None
    context_path: str | os.PathLike[str] | None
    session: str | None
    history: Sequence[Mapping[str, Any]] | None
    output: OutputLike | None
    past: Past | None
    approve: Approve | None
    sinks: Sequence[Sink]


class RLM:
    """A Recursive Language Model, ready to be asked. Many questions at once on one object are safe.

    Use it as `async with RLM(...) as rlm`, or call `aclose`; a program that ends with its event loop need not.

    Args:
        model: Of the root call. Without one, the environment's `OPENAI_MODEL`, else the offline model.
        sub_model: Of the sub-calls; without one, the root's.
        models: Depth -> model, where a depth shall have its own.
        max_depth: Levels of calls below the root; 1 means plain sub-calls only.
        max_iterations: Of the root call.
        max_concurrent: Requests to models in flight at once.
        limits: What one run may use.
        base_url: An OpenAI-compatible server; without one, `OPENAI_BASE_URL`, else OpenAI's.
        api_key: Without one, `OPENAI_API_KEY` from the environment or `.env`.
        provider: In place of `base_url` and `api_key`, a provider with all its settings.
        providers: Those that model names `PROVIDER/MODEL` may name; without, those of the environment and the local
            servers. `Providers.load()` gives those of the settings too.
        sub_calls: `recursive`: llm_query recurses while levels remain; `explicit`: only rlm_query does.
        tools: Functions and values that the REPL's code may use: name -> function, `(function, description)`, or
            plain data. Functions run in this process; a run that is resumed or forked is served the results that
            its record holds, and calls them again where it holds none.
        secrets: Further texts that must never leave in an output or an answer, or go to a model.
        secret_patterns: Further kinds of them: name -> regular expression.
        embedding_model: For `embed`; without one, OpenAI's small one at OpenAI, offline the hashing vectoriser.
        cache: A folder in which replies are kept and from which identical requests of any run are answered.
        options: Further fields of `RunOptions` by name.

    Attributes:
        options: What is chosen for its runs.
        secret_filter: Takes the secrets out of what its runs give to models, and out of answers and outputs.

    Raises:
        SettingsError: No server is known for a model, or it cannot be used.
        UsageError: An argument makes no sense.
    """

    def __init__(
        self,
        model: str | None = None,
        sub_model: str | None = None,
        *,
        models: Mapping[int, str] | None = None,
        max_depth: int = 2,
        max_iterations: int = 20,
        max_concurrent: int = 16,
        limits: Limits | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        provider: Provider | None = None,
        providers: Providers | None = None,
        sub_calls: SubCalls = "recursive",
        tools: Mapping[str, ToolLike] | None = None,
        secrets: Sequence[str] = (),
        secret_patterns: Mapping[str, str] | None = None,
        embedding_model: str | None = None,
        cache: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> None:
        self._known = providers or Providers()
        self._env = self._known.env
        if model is None:
            default_root, default_sub = default_models(self._env)
            is_server_given = bool(base_url or api_key or (provider is not None and not provider.is_offline))
            if is_server_given and default_root == OFFLINE:
                raise SettingsError("A server is given but no model: pass model=, or set OPENAI_MODEL.")
            model, sub_model = default_root, sub_model or default_sub
        self._base_url, self._api_key, self._provider = base_url, api_key, provider
        try:
            self.options = RunOptions(
                model=model,
                sub_model=sub_model or model,
                models=dict(models or {}),
                max_depth=max_depth,
                max_iterations=max_iterations,
                max_concurrent=max_concurrent,
                limits=limits or Limits(),
                sub_calls=sub_calls,
                **options,
            )
        except TypeError as error:
            raise UsageError(str(error).replace("RunOptions.__init__()", "RLM()")) from None
        self._providers = {name: self._find_provider(name) for name in self._model_names()}
        self._refuse_unpriced_budget()
        configured = [*self._known.secrets, *self._keys(), *secrets]
        self.secret_filter = SecretFilter(configured, secret_patterns)
        learn_secrets(configured)
        self._embedding_model = embedding_model or self._default_embedding_model()
        built_in = {"embed": (self._embed_for_cells, _EMBED_TEXT)} if self._embedding_model else {}
        self._toolbox = Toolbox({**built_in, **(tools or {})})
        self._cache = None if cache is None else CompletionCache(cache)
        self._sessions = SessionMemory()
        self._runs: weakref.WeakSet[Run] = weakref.WeakSet()

    @classmethod
    def from_settings(cls, settings: Settings, **changes: Any) -> RLM:
        """An RLM as the settings say, with `changes` by the names of the constructor's arguments.

        Without `providers` reads those of the settings file, which may ask the system's key store: it may wait.
        """
        if not (changes.get("base_url") or changes.get("api_key") or changes.get("provider")):
            changes["providers"] = changes.get("providers") or Providers.load()
        arguments: dict[str, Any] = {
            "model": settings.root_model,
            "sub_model": settings.sub_model_or_root,
            "models": settings.models_at_depth,
            "system_prompt": settings.system_prompt or None,
            "parameters": _parameters(settings),
            "max_depth": settings.max_depth,
            "max_iterations": settings.max_iterations,
            "max_concurrent": settings.max_concurrent,
            "limits": Limits(
                budget_usd=settings.budget_usd,
                max_tokens=settings.max_tokens,
                max_calls=settings.max_calls,
                timeout=settings.timeout,
                max_errors=settings.max_errors,
            ),
            "sub_calls": settings.sub_calls,
            "python_fences": settings.python_fences,
            "output_limit": settings.output_limit,
            "memory_limit_mb": settings.memory_limit_mb,
            "cell_timeout": settings.cell_timeout,
            "repl_mode": settings.repl_mode,
            "repl_libraries": settings.repl_library_names,
            "secret_patterns": settings.secret_kinds,
        }
        made = cls(**{**arguments, **changes})
        if "window" not in changes:
            made.options = dataclasses.replace(made.options, window=made._known_window())
        return made

    # -- asking -----------------------------------------------------------------------------------------------

    async def start(
        self,
        question: str,
        *,
        documents: Sequence[DocumentLike] | DocumentLike = (),
        context: ContextValue | None = None,
        context_path: str | os.PathLike[str] | None = None,
        session: str | None = None,
        history: Sequence[Mapping[str, Any]] | None = None,
        output: OutputLike | None = None,
        past: Past | None = None,
        approve: Approve | None = None,
        sinks: Sequence[Sink] = (),
    ) -> Run:
        """Read the documents and start a run.

        Args:
            question: What is asked.
            documents: Files, or documents that are loaded already; a single one need not be in a list.
            context: The context itself, in place of documents.
            context_path: One file, in place of documents.
            session: The session that the question belongs to; its earlier questions are the run's history, and
                without a context of its own the question is about what the one before it was about.
            history: Earlier turns (`question`, `answer`), in place of those that this object remembers (of the
                last 1,000 sessions asked in). Such a session's documents are the caller's to name.
            output: The form of the final answer: a Pydantic model, a JSON schema, or a signature such as
                `"answer: str, confidence: float"`.
            past: What to take over from another run's record; see `record.resume_from` and `record.fork_at`.
            approve: Step mode: decides about each cell before it runs.
            sinks: Receive every event of the run.

        Raises:
            UsageError: The question is empty, more than one kind of context was given, or `output` or `history`
                cannot be read.
            DocumentError: A document cannot be read.
        """
        if not isinstance(question, str) or not question.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UsageError("The question is empty: say what you want to know.")
        made = None
        if session and history is None and not documents and context is None and context_path is None:
            made = self._sessions.context(session)
        made = made or await make_context(documents=documents, context=context, context_path=context_path)
        form = None if output is None else OutputType(output)
        shared = _Shared.of_loop(self)
        await shared.repl_host.find_isolation()
        session_id = session or uuid.uuid4().hex
        turns = self._sessions.turns(session_id) if history is None else _checked_turns(history)
        if history is None:
            self._sessions.keep(session_id, made)
        run = Run(
            question,
            made,
            self.options,
            client_of=self.client,
            repl_host=shared.repl_host,
            secret_filter=self.secret_filter,
            session_id=session_id,
            history=tuple(turns),
            toolbox=self._toolbox,
            output=form,
            cache=self._cache,
            past=past,
            approve=approve,
            sinks=sinks,
        )
        self._runs.add(run)
        run.start(self._root)
        return run

    async def arun(self, question: str, **arguments: Unpack[Asking]) -> RunResult:
        """Ask and wait for the result; the arguments are those of `start`.

        Limits, failing models and code that goes wrong do not raise: `RunResult.end_state` and `error` tell.
        Cancelling stops the run.
        """
        run = await self._starting(question, arguments)
        return await run.wait()

    def run(self, question: str, **arguments: Unpack[Asking]) -> RunResult:
        """`arun` for programs without an event loop.

        Raises:
            UsageError: An event loop is running already (as in Jupyter): use `await rlm.arun(...)` there.
        """
        return self._run_alone(self.arun(question, **arguments))

    def completion(self, context: ContextValue, query: str) -> str:
        """The plain form: a context and a query in, the answer out.

        Raises:
            RLMError: There is no answer; the text says why.
        """
        result = self.run(query, context=context)
        if result.final_answer is None:
            raise RLMError(result.error or f"The run ended without an answer: {result.end_state}.")
        return result.final_answer

    async def stream(self, question: str, **arguments: Unpack[Asking]) -> AsyncGenerator[AnyEvent]:
        """Ask and get every event as it happens; the arguments are those of `start`.

        Leaving the loop early stops the run.
        """
        queue: asyncio.Queue[AnyEvent] = asyncio.Queue()
        sinks = [*arguments.pop("sinks", ()), queue.put_nowait]
        run = await self._starting(question, {**arguments, "sinks": sinks})
        try:
            while True:
                event = await queue.get()
                yield event
                if isinstance(event, ev.RunFinished):
                    break
        finally:
            run.stop()
            await run.wait()

    async def find_isolation(self) -> Isolation:
        """What confines the code that models write in the runs of this object; in tier C it would be refused."""
        return await _Shared.of_loop(self).repl_host.find_isolation(self.options.repl_mode)

    async def prepare(self) -> Isolation:
        """Get ready to answer quickly: find out what confines REPL workers and start their template process.

        Returns:
            As `find_isolation`.

        Raises:
            ReplError: A library of the REPL is not installed, or its workers cannot be started.
        """
        options = self.options
        return await _Shared.of_loop(self).repl_host.start(options.repl_mode, tuple(options.repl_libraries))

    def client(self, model: str | None = None) -> ModelClient:
        """The client of the running loop that asks `model`; without one, the root's model."""
        return _Shared.of_loop(self).clients.of(self._provider_of(model or self.options.model))

    async def embed(self, texts: Sequence[str], model: str | None = None) -> list[list[float]]:
        """Vectors of texts, in their order.

        Raises:
            ModelError: The server refused.
            UsageError: No embedding model is known for the provider.
        """
        _, vectors, _ = await self._embed(texts, model)
        return vectors

    async def aclose(self) -> None:
        """Stop all runs of this object and close what it holds on this loop."""
        runs = [run for run in self._runs if run.state.finished is None]
        for run in runs:
            run.stop("shutdown")
        await asyncio.gather(*(run.wait() for run in runs))
        await _Shared.release(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # -- inside -----------------------------------------------------------------------------------------------

    def _starting(self, question: str, arguments: Asking) -> Coroutine[Any, Any, Run]:
        try:
            return self.start(question, **arguments)
        except TypeError as error:  # a name that `start` does not know: nothing of it has run yet
            what = str(error).removeprefix("RLM.start() ")
            raise UsageError(f"A question {what}.") from None

    async def _root(self, run: Run) -> Outcome:
        """The root call of a run."""
        number, model = run.next_call(), run.options.model_at(0)
        run.emit(
            ev.CallStarted(
                call=number,
                parent=None,
                kind="rlm",
                depth=0,
                model=model,
                prompt=run.question,
                context_characters=run.context.characters,
            )
        )
        for text in self._window_warnings(run.context.characters):
            run.emit(ev.Noted(call=number, level="warning", text=text))
        record = run.past.record if run.past is not None else None
        call = RlmCall(
            run,
            number=number,
            depth=0,
            model=model,
            question=run.question,
            context=run.context,
            chance=run.chance,
            record=record,
        )
        outcome: Outcome | None = None
        try:
            outcome = await call.execute()
        except asyncio.CancelledError:
            run.emit(ev.CallFinished(call=number, end_state=ev.EndState.CANCELLED, iterations=call.iteration))
            raise
        except Exception as error:
            outcome = failed_outcome(error, f"call {number}", iterations=call.iteration, is_root=True)
        run.emit(
            ev.CallFinished(
                call=number,
                end_state=outcome.end_state,
                result=outcome.text,
                error=outcome.error,
                iterations=outcome.iterations,
            )
        )
        if outcome.text:
            self._sessions.add(run.session_id, session_turn(run.state))
        return outcome

    async def _embed(self, texts: Sequence[str], model: str | None) -> tuple[str, list[list[float]], ev.Usage]:
        """The model asked, the vectors and what they used."""
        name = model or self._embedding_model
        if name is None:
            raise UsageError("No embedding model is known for this server: pass embedding_model= or model=.")
        # The hashing vectoriser is ours, whatever server the models have.
        is_ours = name == HASHING_MODEL
        provider = offline_provider() if is_ours else self._provider_of(self.options.model)
        vectors, usage = await _Shared.of_loop(self).clients.of(provider).embed(name, texts)
        return name, vectors, usage

    def _run_alone(self, work: Coroutine[Any, Any, _T]) -> _T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(work)
        work.close()
        raise UsageError(
            "An event loop is running already (as in Jupyter or a web server): use `await rlm.arun(...)` there, "
            "which takes the same arguments and gives the same result."
        )

    def _default_embedding_model(self) -> str | None:
        provider = self._providers[self.options.model]
        if provider.is_offline:
            return HASHING_MODEL
        return self._env.get("OPENAI_EMBEDDING_MODEL") or (_OPENAI_EMBEDDING if provider.name == "openai" else None)

    async def _embed_for_cells(self, texts: Any, model: str | None = None) -> list[Any] | Billed:
        """`embed` as the REPL has it: one text gives one vector."""
        asked = [texts] if isinstance(texts, str) else [str(text) for text in texts]
        asked, _ = await self.secret_filter.clean_async(asked)
        name, vectors, usage = await self._embed(asked, model)
        result: list[Any] = vectors[0] if isinstance(texts, str) else list(vectors)
        if name == HASHING_MODEL:
            return result
        price = price_of(name, self._provider_of(self.options.model))
        return Billed(result, usage, cost_of(price, usage))

    def _model_names(self) -> set[str]:
        return {self.options.model, self.options.sub_model, *self.options.models.values()}

    def _find_provider(self, model: str) -> Provider:
        if self._provider is not None:
            return self._provider
        if self._base_url is None and self._api_key is None:
            return self._known.find(model)
        return find_provider(model, base_url=self._base_url, api_key=self._api_key, env=self._env)

    def _provider_of(self, model: str) -> Provider:
        """The provider of a model that code may have named itself.

        Raises:
            SettingsError: No server is known for it.
        """
        if model not in self._providers:
            self._providers[model] = self._find_provider(model)
        return self._providers[model]

    def _keys(self) -> list[str]:
        providers = (provider for provider in self._providers.values() if not provider.is_offline)
        return [secret for provider in providers for secret in provider.secrets]

    def _known_window(self) -> int:
        """Tokens that all models of rlm calls hold, as their servers said; never more than the usual."""
        depths = range(self.options.max_depth)
        names = {self.options.model_at(depth) for depth in depths}
        found = [catalog.info(self._provider_of(name), name) for name in names]
        known = [info.window for info in found if info is not None and info.window and not info.is_window_assumed]
        return min([self.options.window, *known])

    def _window_warnings(self, characters: int) -> list[str]:
        """What is wrong with the windows of the models, as far as it is known before they are asked."""
        from rlm_desktop.engine.estimate import CHARACTERS_PER_TOKEN, window_needs
        from rlm_desktop.engine.model_lists import too_small

        tokens = characters // CHARACTERS_PER_TOKEN
        needs = window_needs(self.options.model_at(0), self.options.model_at(1), tokens)
        return list(filter(None, (too_small(self._provider_of(name), name, need) for name, need in needs.items())))

    def _refuse_unpriced_budget(self) -> None:
        if self.options.limits.budget_usd is None:
            return
        for model in sorted(self._model_names()):
            check_price(model, self._providers[model])


def _checked_turns(history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    turns = [dict(turn) for turn in history if isinstance(turn, Mapping)]  # pyright: ignore[reportUnnecessaryIsInstance]
    if len(turns) < len(history) or not all("question" in turn and "answer" in turn for turn in turns):
        raise UsageError("Each turn of history= needs a question and an answer.")
    if why := unfit(turns):
        raise UsageError(f"The turns of history= hold texts, numbers, lists and dicts, nothing else: {why}.")
    return plain(turns)


def _parameters(settings: Settings) -> dict[str, Any]:
    """The fields of each request that the settings name."""
    effort = settings.reasoning_effort
    found = {
        "temperature": settings.temperature,
        "reasoning_effort": None if effort == "default" else effort,
        "max_completion_tokens": settings.max_output_tokens,
    }
    return {name: value for name, value in found.items() if value is not None}


_SharedByLoop: TypeAlias = "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared]"


class _Shared:
    """What all RLM objects on one event loop share: connections and REPL workers.

    A keeper task closes it when the loop's end cancels its tasks, as `asyncio.run` does, so that a script may
    simply end.
    """

    _of_loops: ClassVar[_SharedByLoop] = weakref.WeakKeyDictionary()

    def __init__(self) -> None:
        self.clients = Clients()
        self.repl_host = ReplHost()
        self._users: weakref.WeakSet[RLM] = weakref.WeakSet()
        self._keeper = asyncio.create_task(self._keep(), name="rlm-desktop: connections and REPL workers")

    @classmethod
    def of_loop(cls, user: RLM) -> _Shared:
        """The one of the running loop, for `user`."""
        loop = asyncio.get_running_loop()
        shared = cls._of_loops.get(loop)
        if shared is None:
            shared = cls._of_loops[loop] = cls()
        shared._users.add(user)
        return shared

    @classmethod
    async def release(cls, user: RLM) -> None:
        """`user` needs the one of the running loop no more; the last one closes it."""
        shared = cls._of_loops.get(asyncio.get_running_loop())
        if shared is None:
            return
        shared._users.discard(user)
        if not shared._users:
            # At once, lest another user gets hold of it while it is being closed.
            del cls._of_loops[asyncio.get_running_loop()]
            shared._keeper.cancel()
            await asyncio.gather(shared._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if self._of_loops.get(asyncio.get_running_loop()) is self:
                del self._of_loops[asyncio.get_running_loop()]
            try:
                await self.repl_host.aclose()
            finally:
                await self.clients.aclose()
