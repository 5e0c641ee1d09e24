"""Little's law as a check of our own numbers: work in progress = arrivals per time x time in progress.

Source: J. D. C. Little, "Little's Law as viewed on its 50th anniversary", Operations Research 59(3), 2011: over a time
in which everything opens and closes, the law is arithmetic and holds exactly. Where it does not, the gap is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

#: when something was begun and when it was done, in seconds; done is infinite while it is open
Stay = tuple[float, float]
DAY_S = 86400.0
#: what rounding alone may leave between both sides
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LittlesLaw:
    """Both sides of the law over one time."""

    #: average number in progress, counted by going through the time
    in_progress: float
    #: begun or already open, per day
    arrivals_per_day: float
    #: average time in progress of what was there, as its full length
    days_in_progress: float
    #: arrivals x time
    product: float
    #: by how much the product misses what was counted
    gap: float
    #: is the gap no more than rounding?
    holds: bool
    #: how many of them were open when the time began or when it ended
    open_at_edges: int
    n: int


def littles_law(stays: Sequence[Stay], begin: float, end: float) -> LittlesLaw | None:
    """The check over [begin, end): None when nothing was in progress in it.

    The average is counted by sweeping; the product takes every stay with its own full length (what is still open, until
    `end`), as somebody does who only knows lead times. They are the same only when nothing is open at an edge.
    """
    touched = [(a, b) for a, b in stays if a < end and b >= begin and b >= a and not (a < begin == b)]
    span = end - begin
    if not touched or span <= 0:
        return None
    total = sum((min(b, end) if b == float("inf") else b) - a for a, b in touched)
    in_progress, product = swept(touched, begin, end) / span, total / span
    return LittlesLaw(
        in_progress=in_progress,
        arrivals_per_day=len(touched) / span * DAY_S,
        days_in_progress=total / len(touched) / DAY_S,
        product=product,
        gap=product - in_progress,
        holds=abs(product - in_progress) <= ROUNDING * max(1.0, in_progress),
        open_at_edges=sum(a < begin or b > end for a, b in touched),
        n=len(touched),
    )


def swept(stays: Sequence[Stay], begin: float, end: float) -> float:
    """The area under the number in progress: item-seconds, found by going from step to step."""
    steps = sorted(chain.from_iterable(((max(a, begin), 1), (min(b, end), -1)) for a, b in stays))
    area, here, last = 0.0, 0, begin
    for at, step in steps:
        area += here * (at - last)
        here, last = here + step, at
    return area
