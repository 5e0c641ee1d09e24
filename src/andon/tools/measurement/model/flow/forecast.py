"""When so many will be done, and how many in so many weeks: exactly, by convolution of the weeks there were.

Every week to come is drawn from the weeks that were, each as likely as any other and independent of the rest; what
others approximate by throwing dice thousands of times is computed here, so the same past gives the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import sqrt
from statistics import pstdev

from andon.kernel.errors import Invalid

#: how sure: an even chance, and two to plan by
LEVELS = (0.5, 0.85, 0.95)
WEEKS_AT_MOST = 520
ITEMS_AT_MOST = 10_000
#: additions for one answer: about a second, in which nobody else is answered
STEPS_AT_MOST = 20_000_000
#: a smaller chance of one sum is left out; of all of them together less than a billionth is
_TINY = 1e-20
#: standard deviations that hold every chance above that
_REACH = 18


@dataclass(frozen=True, slots=True)
class _Sums:
    """What may be done after some weeks."""

    #: the sum that the first chance is about
    low: int
    #: of each sum from there, below the most that is asked about
    chances: list[float]
    #: that this most is reached, or more
    done: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastChance:
    """What is true with at least this chance."""

    level: float
    #: weeks until it is done, or items done; None when not within WEEKS_AT_MOST
    value: int | None
    #: the exact chance of that value
    chance: float


def when(weekly: Sequence[int], items: int, levels: Sequence[float] = LEVELS) -> tuple[ForecastChance, ...]:
    """In how many weeks so many items are done, for each level. Errors: Invalid for more than ITEMS_AT_MOST."""
    if not 0 < items <= ITEMS_AT_MOST:
        raise Invalid(f"A forecast of {items} items cannot be made. Ask for 1 to {ITEMS_AT_MOST:,}.")
    found: dict[float, ForecastChance] = {}
    if any(weekly):
        for weeks, sums in enumerate(_sums(weekly, items), 1):
            for level in levels:
                if level not in found and sums.done >= level:
                    found[level] = ForecastChance(level=level, value=weeks, chance=min(1.0, sums.done))
            if len(found) == len(levels) or weeks == WEEKS_AT_MOST:
                break
    return tuple(found.get(level, ForecastChance(level=level, value=None, chance=0.0)) for level in levels)


def by_week(weekly: Sequence[int], items: int, weeks: int) -> tuple[float, ...]:
    """The chance that so many items are done within 1, 2, … weeks; nothing when nothing was ever done."""
    if not any(weekly):
        return ()
    return tuple(min(1.0, sums.done) for sums in islice(_sums(weekly, items), weeks))


def how_many(weekly: Sequence[int], weeks: int, levels: Sequence[float] = LEVELS) -> tuple[ForecastChance, ...]:
    """How many items are done at least in so many weeks, for each level; nothing when no week is known.

    Errors: Invalid for a number of weeks that nobody plans, and for what would take long to work out.
    """
    if not 0 < weeks <= WEEKS_AT_MOST:
        raise Invalid(f"A forecast over {weeks} weeks cannot be made. Ask for 1 to {WEEKS_AT_MOST}.")
    if _steps(weekly, weeks) > STEPS_AT_MOST:
        raise Invalid(
            f"A forecast over {weeks} weeks like these, of up to {max(weekly):,} items, takes too long to work out. "
            "Ask for fewer weeks."
        )
    if not weekly:
        return ()
    sums = distribution(weekly, weeks)
    return tuple(_at_least(sums, level) for level in levels)


def distribution(weekly: Sequence[int], weeks: int) -> list[float]:
    """The chance of each number of items, 0 and up, after so many weeks."""
    most = max(weekly) * weeks
    sums = next(islice(_sums(weekly, most), weeks - 1, None))
    above = most - sums.low - len(sums.chances)
    return [*([0.0] * sums.low), *sums.chances, *([0.0] * above), sums.done]


def _steps(weekly: Sequence[int], weeks: int) -> float:
    """About how many additions that takes: the chances spread with the square root of the weeks."""
    if not weekly:
        return 0
    wide = min((max(weekly) - min(weekly)) * weeks, _REACH * pstdev(weekly) * sqrt(weeks))
    return len(set(weekly)) * weeks * wide + max(weekly) * weeks


def _sums(weekly: Sequence[int], most: int) -> Iterator[_Sums]:
    """After each further week: the chance of each sum."""
    odds = [(value, count / len(weekly)) for value, count in Counter(weekly).items()]
    least, wider = min(weekly), max(weekly) - min(weekly)
    low, here, done = 0, [1.0], 0.0
    while True:
        after = [0.0] * (len(here) + wider)
        for value, odd in odds:
            begin, end = value - least, value - least + len(here)
            after[begin:end] = [sum_ + chance * odd for sum_, chance in zip(after[begin:end], here, strict=True)]
        low += least
        below = max(most - low, 0)
        done += sum(after[below:])
        low, here = _without_tiny(low, after[:below])
        yield _Sums(low, here, done)


def _without_tiny(low: int, chances: list[float]) -> tuple[int, list[float]]:
    begin, end = 0, len(chances)
    while end and chances[end - 1] < _TINY:
        end -= 1
    while begin < end and chances[begin] < _TINY:
        begin += 1
    return low + begin, chances[begin:end]


def _at_least(sums: Sequence[float], level: float) -> ForecastChance:
    """The largest number that is reached with this chance."""
    tail = 0.0
    for value in range(len(sums) - 1, -1, -1):
        tail += sums[value]
        if tail >= level:
            return ForecastChance(level=level, value=value, chance=min(1.0, tail))
    return ForecastChance(level=level, value=0, chance=1.0)
