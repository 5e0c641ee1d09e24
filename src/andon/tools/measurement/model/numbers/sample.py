"""Single values with their times, put together into one number and its trend by a definition's choice of middle."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from statistics import fmean

from andon.tools.measurement.model.metric import Spread, Window
from andon.tools.measurement.model.numbers.distribution import (
    LEAST_FOR_INTERVAL,
    SMALL,
    lower_median,
    median_interval,
    quantile,
    spread,
)
from andon.tools.measurement.model.numbers.trend import TrendPoint, edges, marks
from andon.tools.measurement.model.numbers.wording import counted

#: by a definition's `middle`: one number from sorted values
MIDDLES: dict[str, Callable[[Sequence[float]], float]] = {
    "median": lambda values: quantile(values, 0.5),
    "lower median": lower_median,
    "mean": fmean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Values in the order of their times."""

    values: array[float] = field(default_factory=lambda: array("d"))
    #: seconds since 1970, one a value, never falling; or one a deployment, where `by` says which
    times: array[float] = field(default_factory=lambda: array("d"))
    #: number of the deployment of each value, never falling
    by: array[int] | None = None
    #: how many of them do not hang together; None when each stands alone
    independent: int | None = None

    @property
    def groups(self) -> int:
        """How many observations there are that do not hang together."""
        return len(self.values) if self.independent is None else self.independent

    def before(self, mark: float) -> int:
        """How many values are of an earlier time."""
        at = bisect_left(self.times, mark)
        return at if self.by is None else bisect_left(self.by, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """One number of many."""

    value: float | None = None
    spread: Spread | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[str, ...] = ()


def summed(sample: Sample, window: Window, how: str, things: str) -> tuple[Middle, tuple[TrendPoint, ...]]:
    """The number of a sample whose times are in the window, and the number of each week or month."""
    at, put = [sample.before(mark) for mark in marks(window)], MIDDLES[how]
    parts = [sorted(sample.values[begin:end]) for begin, end in pairwise(at)]
    points = tuple(
        TrendPoint(begin=edge, value=put(part) if part else None, n=len(part))
        for edge, part in zip(edges(window), parts, strict=False)
    )
    # parts that are in order are merged rather than sorted anew
    return middle(sorted(chain.from_iterable(parts)), sample.groups, how, things), points


def middle(values: Sequence[float], independent: int, how: str, things: str) -> Middle:
    """The number of sorted values, with its spread and 95 % interval; no value without data."""
    if not values:
        return Middle(notes=(f"No data: there are no {things} to count in this time.",))
    low, high = median_interval(values, independent) or (None, None)
    return Middle(
        value=MIDDLES[how](values),
        spread=spread(values),
        low=None if how == "mean" else low,
        high=None if how == "mean" else high,
        notes=smallness(independent, len(values), things),
    )


def smallness(independent: int, count: int, things: str) -> tuple[str, ...]:
    """What a reader must know about a small sample."""
    if independent >= SMALL:
        return ()
    size = counted(count, things)
    if count != independent:
        size = f"{size} of {counted(independent, 'deployments')}"
    if independent < LEAST_FOR_INTERVAL:
        return (f"Small sample: {size}; too few for a 95 % interval.",)
    return (f"Small sample: {size}; mind the interval.",)
