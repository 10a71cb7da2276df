"""What is chosen for a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, Literal, get_args

from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.prompts import PROMPTS_VERSION
from rlm_desktop.errors import UsageError
from rlm_desktop.repl.spec import Mode

SubCalls = Literal["recursive", "explicit"]
_REPL_MODES = get_args(Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What is chosen for a run.

    Attributes:
        model: Of the root call.
        sub_model: Of all other calls, unless `models` names one for their depth.
        models: Depth -> model.
        max_depth: Levels of calls below the root: 1 means plain sub-calls only.
        max_iterations: Of the root call; an rlm call at depth d has `max(3, max_iterations // (d + 1))`.
        iterations: Depth -> iterations, where another number is wanted.
        max_concurrent: Requests to models in flight at once, and rlm calls alive at once on each depth.
        sub_calls: `recursive`: llm_query recurses while levels remain; `explicit`: only rlm_query does.
        python_fences: Run ```python blocks when a reply has no ```repl block.
        output_limit: Characters of a cell's output that the model is shown; `output_limits` by depth.
        cell_timeout: Seconds that one cell may compute, time spent waiting for models not counted.
        request_timeout: Seconds that one request may take until its reply is complete; then it is retried.
        system_prompt: The person's own, in place of the role and the advice of the default one.
        parameters: Further fields of each request, as temperature.
        memory_limit_mb: What one REPL may use beside its context.
        repl_mode: What runs the cells: real Python that is confined or refused (`confined`), a restricted
            interpreter (`strict`), or real Python without confinement (`unsafe`), which must be chosen by the
            person for this run.
        repl_libraries: Installed libraries that cells of real Python may import, as numpy and pandas.
        share_identical: Answer identical plain sub-calls of one run once.
        window: Tokens that the models of the rlm calls can hold; near it their conversation is compacted.
    """

    model: str
    sub_model: str
    models: Mapping[int, str] = field(default_factory=dict[int, str])
    max_depth: int = 2
    max_iterations: int = 20
    iterations: Mapping[int, int] = field(default_factory=dict[int, int])
    max_concurrent: int = 16
    limits: Limits = field(default_factory=Limits)
    sub_calls: SubCalls = "recursive"
    python_fences: bool = True
    output_limit: int = 20_000
    output_limits: Mapping[int, int] = field(default_factory=dict[int, int])
    cell_timeout: float | None = 120.0
    request_timeout: float | None = 600.0
    system_prompt: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    memory_limit_mb: int = 2048
    repl_mode: Mode = "confined"
    repl_libraries: Sequence[str] = ()
    share_identical: bool = True
    window: int = 128_000

    def __post_init__(self) -> None:
        for model in (self.model, self.sub_model, *self.models.values()):
            if not isinstance(model, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise UsageError(f'A model is named by a text, as "gpt-5", not by {model!r}.')
        for name in ("max_depth", "max_iterations", "max_concurrent", "output_limit", "memory_limit_mb", "window"):
            number = getattr(self, name)
            if not isinstance(number, Integral) or number < 1:
                raise UsageError(f"{name} must be 1 or more, not {number!r}.")
        for name in ("cell_timeout", "request_timeout"):
            seconds: Any = getattr(self, name)
            is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
            if seconds is not None and not (is_number and 0 < seconds < math.inf):
                raise UsageError(f"{name} must be a positive number of seconds or None, not {seconds!r}.")
        if not isinstance(self.limits, Limits):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UsageError(f"limits must be a Limits, as Limits(max_calls=50), not {self.limits!r}.")
        if self.sub_calls not in ("recursive", "explicit"):
            raise UsageError(f'sub_calls must be "recursive" or "explicit", not {self.sub_calls!r}.')
        if self.repl_mode not in _REPL_MODES:
            raise UsageError(f"repl_mode must be one of {', '.join(_REPL_MODES)}, not {self.repl_mode!r}.")
        if isinstance(self.repl_libraries, str):
            raise UsageError(f"repl_libraries must be a list of names, as [{self.repl_libraries!r}].")

    def model_at(self, depth: int) -> str:
        """The model of the calls at `depth`."""
        return self.models.get(depth, self.model if depth == 0 else self.sub_model)

    def iterations_at(self, depth: int) -> int:
        """How many iterations an rlm call at `depth` has."""
        if depth in self.iterations:
            return max(1, self.iterations[depth])
        return self.max_iterations if depth == 0 else max(3, self.max_iterations // (depth + 1))

    def output_limit_at(self, depth: int) -> int:
        """Characters of a cell's output that the model of an rlm call at `depth` is shown."""
        return self.output_limits.get(depth, self.output_limit)

    def recurses(self, function: str, depth: int) -> bool:
        """Whether a call made by `function` becomes an rlm call at `depth`."""
        wants = self.sub_calls == "recursive" or function.startswith("rlm_query")
        return wants and depth < self.max_depth

    def as_settings(self) -> dict[str, Any]:
        """What goes into the trace; all of it may be shown, there is no key in it."""
        limits = self.limits
        return {
            "models": {str(depth): model for depth, model in self.models.items()},
            "max_depth": self.max_depth,
            "max_iterations": self.max_iterations,
            "iterations": {str(depth): number for depth, number in self.iterations.items()},
            "max_concurrent": self.max_concurrent,
            "sub_calls": self.sub_calls,
            "python_fences": self.python_fences,
            "output_limit": self.output_limit,
            "output_limits": {str(depth): limit for depth, limit in self.output_limits.items()},
            "cell_timeout": self.cell_timeout,
            "request_timeout": self.request_timeout,
            "system_prompt": self.system_prompt,
            "prompts_version": PROMPTS_VERSION,
            "parameters": dict(self.parameters),
            "memory_limit_mb": self.memory_limit_mb,
            "repl_mode": self.repl_mode,
            "repl_libraries": list(self.repl_libraries),
            "share_identical": self.share_identical,
            "window": self.window,
            "budget_usd": limits.budget_usd,
            "max_tokens": limits.max_tokens,
            "max_calls": limits.max_calls,
            "timeout": limits.timeout,
            "max_errors": limits.max_errors,
        }
