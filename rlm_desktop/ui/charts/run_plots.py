"""The charts of a run: from its state and what was counted of it to `Plot`s."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, Tally
from rlm_desktop.ui import figures
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.charts.latency import Latencies
from rlm_desktop.ui.charts.load import RequestLoad
from rlm_desktop.ui.charts.plot import Plot, Series, Spans, Tick, steps, time_steps

COLUMNS = 40
_DEPTH_ROLES = ("rlm", "llm", "code", "batch", "ok", "muted")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Charts", text)


def concurrency(state: RunState, load: RequestLoad, now: float) -> Plot:
    """Requests under way over time, by depth."""
    averages = load.averages(now)
    count = len(next(iter(averages.values()), []))
    width = load.width
    name = _tr("Depth {depth}")
    series = tuple(
        Series(name.format(depth=depth), _DEPTH_ROLES[min(depth, len(_DEPTH_ROLES) - 1)], tuple(values))
        for depth, values in averages.items()
    )
    limit = state.started.settings.get("max_concurrent") if state.started else None
    highest = max((sum(values) for values in zip(*averages.values(), strict=True)), default=0.0)
    summary = _tr("At most {most} at once, {mean} on average (each step is {width}).").format(
        most=_amount(highest),
        mean=_amount(_mean(averages, width, now)),
        width=call_text.seconds(width),
    )
    end = count * width
    return Plot(
        title=_tr("Requests under way"),
        kind="steps",
        unit=_tr("requests"),
        slots=Spans(count, 0.0, width, call_text.moment),
        series=series,
        text=_amount,
        summary=summary if series else _tr("No model has been asked yet."),
        ticks=tuple(Tick(time / end, call_text.moment(time)) for time in time_steps(end)) if end else (),
        limit=(float(limit), _tr("limit")) if isinstance(limit, int) and not isinstance(limit, bool) else None,
    )


def _mean(averages: Mapping[int, list[float]], width: float, now: float) -> float:
    if now <= 0:
        return 0.0
    seconds = 0.0
    for values in averages.values():
        last = max(now - (len(values) - 1) * width, 0.0)
        seconds += sum(values[:-1]) * width + values[-1] * last
    return seconds / now


def _amount(value: float) -> str:
    return figures.number(round(value)) if value >= 99.5 or value == round(value) else figures.number(value, 1)


def tokens(title: str, tallies: Mapping[str, Tally]) -> Plot:
    """Input and output tokens of each group, cached and reasoning ones apart."""
    used = {name: tally for name, tally in tallies.items() if tally.requests}
    parts: dict[tuple[str, str], Callable[[Tally], float]] = {
        (_tr("Input"), "rlm"): lambda tally: tally.input_tokens - tally.cached_tokens,
        (_tr("Input, cached"), "muted"): lambda tally: tally.cached_tokens,
        (_tr("Output"), "llm"): lambda tally: tally.output_tokens - tally.reasoning_tokens,
        (_tr("Output, reasoning"), "code"): lambda tally: tally.reasoning_tokens,
    }
    series = tuple(
        Series(name, role, tuple(max(0.0, part(tally)) for tally in used.values()))
        for (name, role), part in parts.items()
    )
    words = tuple(call_text.tokens(tally) for tally in used.values())
    return _bars(title, _tr("tokens"), tuple(used), series, words, lambda value: figures.short_count(round(value)))


def cost(title: str, tallies: Mapping[str, Tally]) -> Plot:
    """US dollars of each group."""
    used = {name: tally for name, tally in tallies.items() if tally.requests}
    values = tuple(tally.cost_usd for tally in used.values())
    words = tuple(call_text.cost(tally) for tally in used.values())
    series = (Series(_tr("Cost"), "batch", values),)
    return _bars(title, _tr("US dollars"), tuple(used), series, words, figures.money)


def _bars(
    title: str,
    unit: str,
    slots: tuple[str, ...],
    series: tuple[Series, ...],
    words: tuple[str, ...],
    text: Callable[[float], str],
) -> Plot:
    shown = tuple(one for one in series if any(one.values)) or series[:1]
    end = max((sum(one.values[slot] for one in shown) for slot in range(len(slots))), default=0.0) * 1.05
    known = ", ".join(f"{slot} {word}" for slot, word in zip(slots, words, strict=True))
    return Plot(
        title=title,
        kind="bars",
        unit=unit,
        slots=slots,
        series=shown,
        text=text,
        summary=known or _tr("No model has been asked yet."),
        totals=words,
        ticks=tuple(Tick(value / end, text(value)) for value in steps(end, 4)) if end else (),
    )


def by_depth(state: RunState) -> dict[str, Tally]:
    """The run's sums by depth."""
    return {_tr("Depth {depth}").format(depth=depth): state.by_depth[depth] for depth in sorted(state.by_depth)}


def by_model(state: RunState) -> dict[str, Tally]:
    """The run's sums by model."""
    names = {model: figures.model_words(model) or call_text.UNKNOWN for model in sorted(state.by_model)}
    return {name: state.by_model[model] for model, name in names.items()}


def latency(latencies: Latencies | None) -> Plot:
    """How long the calls of a batch took."""
    good, failed = latencies.columns(COLUMNS) if latencies is not None else ([0] * COLUMNS, [0] * COLUMNS)
    low = (latencies.shortest if latencies else None) or 0.0
    high = (latencies.longest if latencies else None) or 0.0
    width = (high - low) / COLUMNS
    series = [Series(_tr("Completed"), "llm", tuple(map(float, good)))]
    if any(failed):
        series.append(Series(_tr("Failed"), "error", tuple(map(float, failed))))
    return Plot(
        title=_tr("Durations of the calls"),
        kind="columns",
        unit=_tr("calls"),
        slots=Spans(COLUMNS, low, width, call_text.seconds),
        series=tuple(series),
        text=lambda value: figures.number(round(value)),
        summary=_latency_summary(latencies),
        ticks=_latency_ticks(low, high),
        marks=_latency_marks(latencies),
    )


def _latency_summary(latencies: Latencies | None) -> str:
    if latencies is None or not latencies.count or latencies.shortest is None or latencies.longest is None:
        return _tr("No call has ended yet.")
    text = _tr("{count} of {size} calls ended: {low} to {high}, median {middle}, 95% within {most}.")
    return text.format(
        count=figures.number(latencies.count),
        size=figures.number(latencies.batch.size),
        low=call_text.seconds(latencies.shortest),
        high=call_text.seconds(latencies.longest),
        middle=call_text.seconds(latencies.share(0.5)),
        most=call_text.seconds(latencies.share(0.95)),
    )


def _latency_ticks(low: float, high: float) -> tuple[Tick, ...]:
    if high <= low:
        return (Tick(0.0, call_text.seconds(low)),)
    inner = [value for value in time_steps(high) if value > low]
    return tuple(Tick((value - low) / (high - low), call_text.moment(value)) for value in inner)


def _latency_marks(latencies: Latencies | None) -> tuple[Tick, ...]:
    if latencies is None or not latencies.count or latencies.shortest is None or latencies.longest is None:
        return ()
    low, span = latencies.shortest, latencies.longest - latencies.shortest
    if span <= 0:
        return ()
    named = ((0.5, _tr("median")), (0.95, _tr("95%")))
    return tuple(Tick((latencies.share(part) - low) / span, name) for part, name in named)


def batch_name(batch: BatchNode) -> str:
    """A batch and where it is, as `Iteration 2 › llm_query_batch ×40`."""
    above = batch.parent
    return f"{call_text.title(above)} › {call_text.title(batch)}" if above is not None else call_text.title(batch)
