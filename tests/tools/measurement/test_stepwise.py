"""A long answer lets others have their turn."""

from __future__ import annotations

import asyncio

import pytest

from andon.tools.measurement.answers.flow import ForecastQuestion
from andon.tools.measurement.answers.value_stream import ValueStream, value_stream
from andon.tools.measurement.model.history import History
from andon.tools.measurement.stepwise import STEPS, flow_answer, stream_answer

from .stream_facts import QUESTION, commit, deployed

pytestmark = pytest.mark.anyio


def history() -> History:
    """A commit that is there and one that is not."""
    return History([commit(0, -100), deployed(0, -90), commit(1, 1), deployed(1, 20), commit(2, 30)])


class Other:
    """Something else that the server does, a little whenever it may."""

    def __init__(self) -> None:
        self.turns = 0

    async def work(self) -> None:
        """Without end."""
        while True:
            self.turns += 1
            await asyncio.sleep(0)


async def asked(known: History) -> ValueStream:
    return await stream_answer(known, QUESTION)


async def test_between_the_steps_others_go_on() -> None:
    """What was answered before needs no steps."""
    known, other = history(), Other()
    beside = asyncio.ensure_future(other.work())
    first = await asked(known)
    assert other.turns >= len(STEPS["value stream"])
    before = other.turns
    assert await asked(known) is first
    assert other.turns == before
    beside.cancel()


async def test_what_is_told_between_two_steps_is_in_the_answer() -> None:
    """No part of it is older than another."""
    known = history()

    async def tell() -> None:
        known.add(deployed(2, 60))

    telling = asyncio.ensure_future(tell())
    found = await asked(known)
    await telling
    later = history()
    later.add(deployed(2, 60))
    assert found == value_stream(later, QUESTION)
    assert found.n == 2
    landed = await flow_answer(known, QUESTION, ForecastQuestion())
    assert landed.in_progress == 0
