"""Measures how the cost of reading grows: ten times as much costs at most 15 times, a hundred times at most 200.

Costs are processor time of this thread, the least of some tries; what is too quick to be measured counts as the
shortest time that can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from andon.kernel.errors import AndonError

TRIES = 5
#: of comparing; a busy machine spoils one of them, a cost that is no proportion spoils all
ROUNDS = 4
SHORTEST_S = 0.001

#: where it begins, and what is done with so much
Torment = tuple[int, Callable[[int], object]]


def many(count: int, line: str) -> str:
    """The line so many times, with its number in it."""
    return "".join(line.replace("#", str(number)) for number in range(count))


def cost(torment: Callable[[int], object], size: int, enough_s: float = 0.0) -> float:
    """Processor time in seconds; what is refused costs, too. No more tries when one was quick enough."""
    least = float("inf")
    for _ in range(TRIES):
        begin = time.thread_time()
        with suppress(AndonError):
            torment(size)
        least = min(least, max(SHORTEST_S, time.thread_time() - begin))
        if least <= enough_s:
            break
    return least


def is_in_proportion(size: int, torment: Callable[[int], object]) -> bool:
    """Is it, in one of some comparisons, from the smallest size on?"""
    return any(_is_once(size, torment) for _ in range(ROUNDS))


def _is_once(size: int, torment: Callable[[int], object]) -> bool:
    one = cost(torment, size)
    return cost(torment, 10 * size, 15 * one) <= 15 * one and cost(torment, 100 * size, 200 * one) <= 200 * one
