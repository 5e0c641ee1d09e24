"""A pushed line.toml tells what it causes, until each deployment has its verdict."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.ids import EventId
from andon.line import consequences

from .histories import TEST, envelope, failed, line, requested, verified

pytestmark = pytest.mark.anyio
CAUSE = replace(envelope(line(), position=1), id=EventId("cause"))


@dataclass
class Played:
    """An engine that has these events after the line's, and then no more."""

    events: Sequence[Envelope[Any]]

    async def reacted(self, position: int) -> int:
        return sum(one.cause == CAUSE.id for one in self.events) + position

    async def follow(self, after: int) -> AsyncIterator[Envelope[Any]]:
        for one in self.events:
            yield one


def played(*events: Any) -> Played:
    """The first one follows from the line's definition."""
    return Played(
        [
            replace(envelope(event, position=at), cause=CAUSE.id if at == 2 else None)
            for at, event in enumerate(events, start=2)
        ]
    )


async def lines(engine: Played) -> list[str]:
    return [said async for said in consequences.told(engine, CAUSE, frozenset(), timedelta(seconds=5))]


async def test_a_line_that_changes_no_service_is_over_at_once() -> None:
    """Nothing is waited for."""
    assert await lines(played()) == []


async def test_a_changed_service_is_told_until_it_serves() -> None:
    """First that it is deployed again, then the verdict."""
    first, second = await lines(played(requested(TEST), verified(TEST)))
    assert first.startswith("  … test: shop ")
    assert second.startswith("  ✓ test: shop ")


async def test_requests_that_a_changed_service_cut_off_are_told() -> None:
    """A changed setting switches slots as any promotion does."""
    said = await lines(played(requested(TEST), replace(verified(TEST), cut_off=1)))
    assert said[-1] == "    ! 1 request was cut off when the drain ended; raise drain in line.toml."


async def test_a_changed_service_that_fails_is_told() -> None:
    """After the ✓ of the line itself."""
    _, second = await lines(played(requested(TEST), failed(TEST)))
    assert second.startswith("  ✗ test: shop ")


async def test_what_takes_long_is_left_to_the_board() -> None:
    """The pusher has the prompt back."""
    assert (await lines(played(requested(TEST))))[-1] == "  … still going on: andon status"
