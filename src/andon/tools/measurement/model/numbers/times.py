"""How long something took, over many: the median and the p85, beside how many there were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from andon.tools.measurement.model.numbers.distribution import quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """In seconds."""

    median: float
    #: 85 of 100 took no longer
    p85: float
    n: int


def times(seconds: Iterable[float]) -> Times | None:
    """Of single values in any order; None when there is none, which is not 0."""
    values = sorted(seconds)
    if not values:
        return None
    return Times(median=quantile(values, 0.5), p85=quantile(values, 0.85), n=len(values))
