"""The server is killed at any moment of a promotion or restart: nothing is lost or doubled, and no request fails."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from datetime import timedelta

import pytest

from andon.testing.load import Load
from andon.testing.waiting import until
from andon.tools.delivery.adapters.runtime_process import record
from andon.tools.delivery.events import PromotionFailed, PromotionRequested, PromotionVerified, SlotLost

from .site import Site, server

pytestmark = pytest.mark.anyio

KILLS = 5
STARTED = (b"started\n",)


async def killed(site: Site, said: tuple[bytes, ...], after_s: float) -> None:
    """One life of a server, which ends some time after it said this."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tools.delivery.victim", str(site.data), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        for line in said:
            assert await asyncio.wait_for(child.stdout.readline(), 20) == line
        await asyncio.sleep(after_s)
    finally:
        child.kill()
        await child.wait()


@pytest.mark.timeout(180)
async def test_a_killed_server_leaves_no_promotion_without_its_verdict(site: Site) -> None:
    """Every promotion has one verdict, what should run does, nothing else does, and every request was answered."""
    for number in (1, 2):
        site.image(number, server())
    moments = random.Random(7)  # the same moments on every machine, as far as a clock can have that
    async with site.engine() as engine:
        await site.promote(engine, min(site.images), "1.1")
        await site.verdict(1)
        port = (await site.state(engine)).route_port
    async with Load(port, connections=3, pause=timedelta(milliseconds=10)) as load:
        for life in range(KILLS):
            # every other one has begun a promotion of its own
            await killed(site, STARTED if life % 2 else (*STARTED, b"asked\n"), moments.uniform(0, 1.2))
        async with site.engine() as engine:

            async def is_quiet() -> bool:
                state = await site.state(engine)
                return state.current is None and state.queued is None

            await until(is_quiet, timedelta(seconds=40), "the last verdict")
            state = await site.state(engine)
            await site.swept()
    verdicts = Counter(e.promotion for e in site.seen(PromotionVerified, PromotionFailed))
    assert verdicts == Counter(e.promotion for e in site.seen(PromotionRequested))
    assert site.seen(PromotionFailed, SlotLost) == []
    live = [here.request.promotion for here in (state.blue, state.green) if here]
    assert [key.promotion for key in record.recorded(site.data / "services")] == live
    assert (load.failed, dict(load.reasons)) == (0, {})
    assert {e.restart for e in site.seen(PromotionRequested)} == {True, False}
    assert len(verdicts) > 3
