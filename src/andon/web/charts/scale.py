"""The axis of values: a value becomes a share of the height; its ticks are round numbers with words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, floor, log, log10
from typing import Literal

from andon.web.charts.figure import Unit
from andon.web.charts.units import RATES, brief

MIN, H, D = 60.0, 3600.0, 86400.0
#: a spread of durations that a linear axis cannot show
WIDE = 30
#: the lengths that people have words for, for a logarithmic axis
LENGTHS = (1.0, 10.0, MIN, 10 * MIN, H, 6 * H, D, 7 * D, 30 * D, 100 * D, 365 * D, 1000 * D, 3650 * D)
#: steps of a linear axis of durations
STEPS = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(step * MIN for step in (1, 2, 5, 10, 15, 30)),
    *(step * H for step in (1, 2, 3, 6, 12)),
    *(step * D for step in (1, 2, 5, 10, 20, 30, 60, 100, 200, 365, 730, 1825)),
)
_LONG = {D: "1 d", 365 * D: "1 y", 3650 * D: "10 y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleTick:
    """A mark on an axis."""

    #: 0 at the begin of the axis, 1 at its end
    at: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where values stand."""

    low: float
    high: float
    is_log: bool
    ticks: tuple[ScaleTick, ...]

    def share(self, value: float) -> float:
        """0 at the bottom, 1 at the top; what lies outside stands at the edge."""
        return min(max(self.shares((value,))[0], 0.0), 1.0)

    def shares(self, values: Iterable[float]) -> list[float]:
        """`share` of thousands of values at once, without the edges."""
        low, length = self.low, (self.high - self.low) or 1.0
        if not self.is_log:
            return [(value - low) / length for value in values]
        base, length = log(low), (log(self.high) - log(low)) or 1.0
        return [(log(value) - base) / length if value > low else 0.0 for value in values]

    def value(self, share: float) -> float:
        """The value at a share: what `share` undoes."""
        if not self.is_log:
            return self.low + share * (self.high - self.low)
        return exp(log(self.low) + share * (log(self.high) - log(self.low)))


def scale_of(values: Iterable[float], unit: Unit, kind: Literal["auto", "linear", "log"] = "auto") -> Scale:
    """The axis that holds all these values; it begins at 0 unless it is logarithmic."""
    numbers = sorted(values)
    positive = [number for number in numbers if number > 0]
    if kind == "log" or (kind == "auto" and unit == "seconds" and _spreads(positive)):
        return _logarithmic(positive, unit)
    return _linear(numbers, unit)


def _spreads(positive: Sequence[float]) -> bool:
    """Would a linear axis press most of them to the ground, or the shortest out of sight?"""
    if len(positive) < 3:
        return False
    middle = positive[len(positive) // 2]
    return positive[-1] > WIDE * middle or middle > WIDE * positive[len(positive) * 5 // 100]


def _logarithmic(positive: Sequence[float], unit: Unit) -> Scale:
    marks = LENGTHS if unit == "seconds" else tuple(10.0**power for power in range(-3, 13))
    lowest, highest = (positive[0], positive[-1]) if positive else (marks[2], marks[6])
    low = max((mark for mark in marks if mark <= lowest), default=marks[0])
    high = min((mark for mark in marks if mark >= highest and mark > low), default=max(highest, marks[-1]))
    length = log(high) - log(low)
    inside = [mark for mark in marks if low <= mark <= high]
    ticks = tuple(ScaleTick(at=(log(mark) - log(low)) / length, words=_tick_words(mark, unit)) for mark in inside)
    return Scale(low=low, high=high, is_log=True, ticks=_apart(ticks))


def _apart(ticks: tuple[ScaleTick, ...]) -> tuple[ScaleTick, ...]:
    """Ticks whose words have room; the first always."""
    kept: list[ScaleTick] = []
    for tick in ticks:
        if not kept or tick.at - kept[-1].at >= 0.09:
            kept.append(tick)
    return tuple(kept)


def _linear(numbers: Sequence[float], unit: Unit) -> Scale:
    highest = max(numbers[-1] if numbers else 0.0, 0.0)
    lowest = min(numbers[0] if numbers else 0.0, 0.0)
    step = _step((highest - lowest) / 4 or _least(unit), unit)
    low, high = floor(lowest / step) * step, -floor(-highest / step) * step
    high = high if high > low else low + step
    count = round((high - low) / step)
    ticks = tuple(ScaleTick(at=n / count, words=_linear_words(low + n * step, high, unit)) for n in range(count + 1))
    return Scale(low=low, high=high, is_log=False, ticks=ticks)


def _least(unit: Unit) -> float:
    """A step for an axis on which nothing stands."""
    return {"seconds": H, "ratio": 0.25}.get(unit, 1.0)


def _step(least: float, unit: Unit) -> float:
    if unit == "seconds":
        return next((step for step in STEPS if step >= least * 0.9), STEPS[-1])
    power = 10.0 ** floor(log10(least))
    factors = (1, 2, 5, 10) if unit == "count" else (1, 2, 2.5, 5, 10)
    step = next(power * factor for factor in factors if power * factor >= least * 0.999)
    return max(step, 1.0) if unit == "count" else step


def _linear_words(value: float, high: float, unit: Unit) -> str:
    """All in the unit of the highest: 0, 0.5 d, 1 d."""
    if unit != "seconds" or value == 0:
        return _tick_words(value, unit)
    size, word = next((one for one in ((D, "d"), (H, "h"), (MIN, "min")) if high >= 2 * one[0]), (1.0, "s"))
    return f"{brief(value / size, 'count')} {word}"


def _tick_words(value: float, unit: Unit) -> str:
    if unit == "per day" or unit in RATES:
        return brief(value, "count")
    if unit != "seconds":
        return brief(value, unit)
    return "0" if value == 0 else _LONG.get(value) or brief(value, unit)
