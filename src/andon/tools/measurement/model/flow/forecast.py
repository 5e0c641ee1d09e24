"""When so many will be done, and how many in so many weeks: exactly, by convolution of the weeks there were.

Every week to come is drawn from the weeks that were, each as likely as any other and independent of the rest; what
others approximate by throwing dice thousands of times is computed here, so the same past gives the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from andon.kernel.errors import Invalid

#: how sure: an even chance, and two to plan by
LEVELS = (0.5, 0.85, 0.95)
WEEKS_AT_MOST = 520
ITEMS_AT_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What is true with at least this chance."""

    level: float
    #: weeks until it is done, or items done; None when not within WEEKS_AT_MOST
    value: int | None
    #: the exact chance of that value
    chance: float


def when(weekly: Sequence[int], items: int, levels: Sequence[float] = LEVELS) -> tuple[Chance, ...]:
    """In how many weeks so many items are done, for each level. Errors: Invalid for more than ITEMS_AT_MOST."""
    if not 0 < items <= ITEMS_AT_MOST:
        raise Invalid(f"A forecast of {items} items cannot be made. Ask for 1 to {ITEMS_AT_MOST:,}.")
    found: dict[float, Chance] = {}
    if any(weekly):
        for weeks, sums in enumerate(_sums(weekly, items), 1):
            for level in levels:
                if level not in found and sums[items] >= level:
                    found[level] = Chance(level=level, value=weeks, chance=min(1.0, sums[items]))
            if len(found) == len(levels) or weeks == WEEKS_AT_MOST:
                break
    return tuple(found.get(level, Chance(level=level, value=None, chance=0.0)) for level in levels)


def by_week(weekly: Sequence[int], items: int, weeks: int) -> tuple[float, ...]:
    """The chance that so many items are done within 1, 2, … weeks; nothing when nothing was ever done."""
    if not any(weekly):
        return ()
    return tuple(min(1.0, sums[items]) for sums in islice(_sums(weekly, items), weeks))


def how_many(weekly: Sequence[int], weeks: int, levels: Sequence[float] = LEVELS) -> tuple[Chance, ...]:
    """How many items are done at least in so many weeks, for each level; nothing when no week is known.

    Errors: Invalid when that is more than ITEMS_AT_MOST or a number of weeks that nobody plans.
    """
    most = max(weekly, default=0) * weeks
    if not 0 < weeks <= WEEKS_AT_MOST or most > ITEMS_AT_MOST * 10:
        raise Invalid(
            f"A forecast over {weeks} weeks cannot be made. Ask for 1 to {WEEKS_AT_MOST}, or for fewer items."
        )
    if not weekly:
        return ()
    sums = distribution(weekly, weeks)
    return tuple(_at_least(sums, level) for level in levels)


def distribution(weekly: Sequence[int], weeks: int) -> list[float]:
    """The chance of each number of items, 0 and up, after so many weeks."""
    return next(islice(_sums(weekly, max(weekly) * weeks), weeks - 1, None))


def _sums(weekly: Sequence[int], most: int) -> Iterator[list[float]]:
    """After each further week: the chance of each sum, all of `most` and more in the last place."""
    odds = [(value, count / len(weekly)) for value, count in Counter(weekly).items()]
    here = [1.0] + [0.0] * most
    reach, largest = 0, max(weekly)
    while True:
        after = [0.0] * (most + 1)
        for value, odd in odds:
            for sum_, chance in enumerate(here[: reach + 1]):
                after[min(sum_ + value, most)] += chance * odd
        here, reach = after, min(reach + largest, most)
        yield here


def _at_least(sums: Sequence[float], level: float) -> Chance:
    """The largest number that is reached with this chance."""
    tail = 0.0
    for value in range(len(sums) - 1, -1, -1):
        tail += sums[value]
        if tail >= level:
            return Chance(level=level, value=value, chance=min(1.0, tail))
    return Chance(level=level, value=0, chance=1.0)
