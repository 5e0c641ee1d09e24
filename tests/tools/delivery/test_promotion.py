"""Promotions with real processes, a real HAProxy and a real ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from andon.testing.load import Load
from andon.tools.delivery.events import PromotionFailed, PromotionVerified

from .site import Site, server

pytestmark = pytest.mark.anyio


async def test_a_new_artifact_replaces_the_old_one_and_no_request_fails(site: Site) -> None:
    """The second version takes over under load: every request is answered."""
    first, second = site.image(1, server()), site.image(2, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        assert isinstance(await site.verdict(1), PromotionVerified)
        async with Load((await site.state(engine)).route_port, connections=8, pause=timedelta(milliseconds=2)) as load:
            await site.promote(engine, second, "1.2")
            assert isinstance(await site.verdict(2), PromotionVerified)
        assert (load.failed, dict(load.reasons)) == (0, {})
        assert set(load.bodies) == {b"shop 1.1", b"shop 1.2"}


async def test_a_failed_smoke_check_leaves_what_serves_untouched(site: Site) -> None:
    """The broken version never gets a request, and the verdict says which check failed."""
    first, broken = site.image(1, server()), site.image(2, server("nothing"))
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        async with Load((await site.state(engine)).route_port, connections=4, pause=timedelta(milliseconds=2)) as load:
            await site.promote(engine, broken, "1.2")
            verdict = await site.verdict(2)
        assert isinstance(verdict, PromotionFailed)
        assert verdict.phase == "smoke"
        assert 'smoke check 1 of 1: GET / answered 200, but its text has no "shop"' in verdict.reason
        assert (load.failed, set(load.bodies)) == (0, {b"shop 1.1"})
