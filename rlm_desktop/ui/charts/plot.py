"""What a chart shows, as plain data; `plot_painter` draws it, on the screen or into a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias, overload

Kind: TypeAlias = Literal["steps", "columns", "bars"]
_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30)
_TIMES = (*_SECONDS, *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720)))


@dataclass(frozen=True)
class Series:
    """One colour of a chart.

    Attributes:
        role: Its colour, a field of `theme.Colours`.
        values: One for each slot; those of all series are stacked.
    """

    name: str
    role: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Tick:
    """A mark on the axis below: `place` 0 is its left end, 1 its right end."""

    place: float
    text: str


@dataclass(frozen=True)
class Spans(Sequence[str]):
    """Names of equal steps, as `0.5 s – 1 s`; each is put together only when somebody asks for it.

    Attributes:
        length: How many.
        start / width: Of the first one.
        text: How a value is written.
    """

    length: int
    start: float
    width: float
    text: Callable[[float], str]

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(self.length))]
        number = range(self.length)[place]
        ends = (self.start + number * self.width, self.start + (number + 1) * self.width)
        return " – ".join(map(self.text, ends))


@dataclass(frozen=True)
class Plot:
    """A chart.

    Attributes:
        kind: `steps` over time, `columns` of a distribution, or horizontal `bars`, one for each slot.
        unit: What the values count.
        slots: What each slot stands for.
        text: A value in words.
        totals: In words, what each bar adds up to; only for bars.
        ticks: Of the axis below; a bar chart has those of its values.
        marks: Lines through the chart, such as the median.
        limit: A value that cannot be passed, and what it is called.
        summary: The chart in a sentence, for those who cannot see it and for those who read it first.
    """

    title: str
    kind: Kind
    unit: str
    slots: Sequence[str]
    series: tuple[Series, ...]
    text: Callable[[float], str]
    summary: str
    totals: tuple[str, ...] = ()
    ticks: tuple[Tick, ...] = ()
    marks: tuple[Tick, ...] = ()
    limit: tuple[float, str] | None = None

    @property
    def frame(self) -> Plot:
        """It without all that is counted, for as long as nothing is."""
        return replace(self, slots=(), series=(), ticks=(), summary="")

    @cached_property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not any(value for series in self.series for value in series.values)

    @cached_property
    def top(self) -> float:
        """The end of the axis of values: the highest slot, and the limit where that is near."""
        highest = max(map(sum, zip(*(series.values for series in self.series), strict=True)), default=0.0)
        if self.limit is not None and highest * 3 >= self.limit[0]:
            highest = max(highest, self.limit[0])
        return highest * 1.05 or 1.0

    def readout(self, slot: int) -> str:
        """What a slot says, in words."""
        parts = [f"{series.name} {self.text(series.values[slot])}" for series in self.series if series.values[slot]]
        if len(self.series) == 1:
            parts = [f"{self.text(self.series[0].values[slot])} {self.unit}"]
        return f"{self.slots[slot]}: {' · '.join(parts) or self.text(0)}"


def steps(end: float, most: int = 6) -> list[float]:
    """Round values after 0 and up to `end`, at most so many."""
    if end <= 0 or not math.isfinite(end):
        return []
    rough = end / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.999_999)
    return [step * number for number in range(1, int(end / step * 1.000_001) + 1)]


def time_steps(end: float, most: int = 8) -> list[float]:
    """Round times after 0 and before `end` seconds."""
    step = next((step for step in _TIMES if end / step <= most), None)
    if step is None:
        return steps(end, most)
    return [step * number for number in range(1, math.ceil(end / step))]
