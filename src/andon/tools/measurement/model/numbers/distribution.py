"""How single values lie, and how far a number made of few of them can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean

from andon.tools.measurement.model.metric import Spread

#: a standard normal value lies between -Z95 and Z95 in 95 of 100 cases
Z95 = 1.959963984540054

#: fewer independent observations than this give no 95 % interval for a median: 1 - 2 * 0.5**5 is less than 0.95
LEAST_FOR_INTERVAL = 6

#: below this a number is called a small sample
SMALL = 20


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, interpolated between neighbours.

    Source: Hyndman and Fan 1996, type 7, which spreadsheets call PERCENTILE.INC and SQL PERCENTILE_CONT.
    """
    at = share * (len(values) - 1)
    below = int(at)
    if below + 1 >= len(values):
        return values[-1]
    return values[below] + (at - below) * (values[below + 1] - values[below])


def lower_median(values: Sequence[float]) -> float:
    """The greatest of the sorted values with at most half of the others below it: DevLake's median."""
    return values[(len(values) - 1) // 2]


def spread(values: Sequence[float]) -> Spread:
    """Median, p85, p95 and mean of sorted values, of which there is at least one."""
    return Spread(
        median=quantile(values, 0.5), p85=quantile(values, 0.85), p95=quantile(values, 0.95), mean=fmean(values)
    )


def median_interval(values: Sequence[float], independent: int) -> tuple[float, float] | None:
    """Between which of the sorted values the true median lies, 95 of 100 times; None for too few.

    `independent` is how many observations do not hang together: commits that were deployed at once are one.
    Source: the order-statistic interval of the sign test, exact for few and by the normal approximation for many.
    """
    if independent < LEAST_FOR_INTERVAL:
        return None
    share = _outer_rank(independent) / independent
    last = len(values) - 1
    return values[min(int(share * len(values)), last)], values[max(last - int(share * len(values)), 0)]


@lru_cache(maxsize=1024)
def _outer_rank(n: int) -> int:
    """How many observations may be left out at each end with less than 2.5 % of the cases beyond."""
    if n > 1000:
        return max(int((n - Z95 * math.sqrt(n) - 1) / 2), 0)
    beyond, rank = 0.5**n, 0
    term = beyond
    while beyond + (term := term * (n - rank) / (rank + 1)) <= 0.025:
        beyond += term
        rank += 1
    return rank


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Between which ratios the true one lies, 95 of 100 times. Source: Wilson 1927."""
    if not 0 <= part <= whole or not whole:
        return None
    share, square = part / whole, Z95 * Z95
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z95 * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return (max(middle - half, 0.0) if part else 0.0), (min(middle + half, 1.0) if part < whole else 1.0)


def count_interval(count: int, dispersion: float = 1.0) -> tuple[float, float]:
    """Between which counts the expected one lies, 95 of 100 times.

    `dispersion` is the variance of counts over their mean: 1 where things happen independently, more where they come in
    bunches; then the count is worth fewer independent ones.
    Source: the exact Poisson interval in Wilson and Hilferty's approximation, 1931.
    """
    worth = count / dispersion
    low = worth * (1 - 1 / (9 * worth) - Z95 / (3 * math.sqrt(worth))) ** 3 if worth > 0 else 0.0
    above = worth + 1
    high = above * (1 - 1 / (9 * above) + Z95 / (3 * math.sqrt(above))) ** 3
    return max(low, 0.0) * dispersion, high * dispersion


def dispersion(counts: Sequence[int]) -> float:
    """Variance over mean of counts of equal times, at least 1; 1 where there are too few to tell."""
    if len(counts) < 4 or not any(counts):
        return 1.0
    mean = fmean(counts)
    return max(1.0, sum((count - mean) ** 2 for count in counts) / (len(counts) - 1) / mean)
