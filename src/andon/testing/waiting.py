"""Waiting for a fact with a deadline: the one place of the house that polls."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar, overload

T = TypeVar("T")

WITHIN = timedelta(seconds=30)  # long, because a busy machine is no failure
PAUSE_SECONDS = 0.005  # at first; each one is longer than the one before
LONGEST_PAUSE_SECONDS = 0.1


@overload
async def until(fact: Callable[[], Awaitable[T]], within: timedelta = WITHIN, what: str = "the fact") -> T: ...
@overload
async def until(fact: Callable[[], T], within: timedelta = WITHIN, what: str = "the fact") -> T: ...
async def until(fact: Callable[[], T | Awaitable[T]], within: timedelta = WITHIN, what: str = "the fact") -> T:
    """The first truthy answer of `fact`, which may be a plain or an async question.

    Errors: TimeoutError that says what was awaited and the last answer seen.
    """
    deadline = time.monotonic() + within.total_seconds()
    pause = PAUSE_SECONDS
    while True:
        answer = fact()
        settled = await answer if inspect.isawaitable(answer) else answer
        if settled:
            return settled
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {within.total_seconds():g} s for {what}; last seen: {settled!r}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE_SECONDS)


def awaited(fact: Callable[[], T], within: timedelta = WITHIN, what: str = "the fact") -> T:
    """The same for those who have no loop."""
    return asyncio.run(until(fact, within, what))
