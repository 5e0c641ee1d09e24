"""Has the router hold a route for as long as it is wanted, and drains what lost its traffic."""

from __future__ import annotations

import asyncio

from andon.engine.dispatch import Tell
from andon.kernel.errors import PortError
from andon.tools.delivery.model.reports import ReportDrained, ReportRouted, ReportRouteLost
from andon.tools.delivery.model.retirement import CloseRoute, ReportClosed
from andon.tools.delivery.model.wishes import DrainSlot, KeepRoute
from andon.tools.delivery.ports import Router

LOOK_EVERY_S = 0.1


async def keep_route(router: Router, effect: KeepRoute, tell: Tell) -> None:
    """Make the route, say so, and make it again when it is lost; ends only when it cannot be made."""
    while True:
        try:
            port = await router.ensure(effect.route)
        except PortError as error:
            await tell(ReportRouteLost(key=effect.key, reason=str(error)))
            raise
        await tell(ReportRouted(key=effect.key, port=port))
        reason = await router.lost(effect.route)
        await tell(ReportRouteLost(key=effect.key, reason=reason))


async def drain_slot(router: Router, effect: DrainSlot, tell: Tell) -> None:
    """Let requests end that began before the switch, at most for the drain time; then give the slot no more."""
    deadline = asyncio.get_running_loop().time() + effect.drain.total_seconds()
    while await router.requests(effect.environment, effect.service, effect.slot):
        if asyncio.get_running_loop().time() >= deadline:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    cut_off = await router.forget(effect.environment, effect.service, effect.slot)
    await tell(ReportDrained(key=effect.key, slot=effect.slot, cut_off=cut_off))


async def close_route(router: Router, effect: CloseRoute, tell: Tell) -> None:
    """Hold the route no more; closing what is closed does nothing."""
    await router.close(effect.environment, effect.service)
    await tell(ReportClosed(key=effect.key))
