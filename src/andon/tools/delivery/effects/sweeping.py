"""Ends what runs although no slot wants it: left over when a server died at the wrong moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from andon.tools.delivery.effects.slots import slot_key
from andon.tools.delivery.model.slots import SLOTS, Slot, Standing, State
from andon.tools.delivery.ports import Router, Runtime

STOP_TIMEOUT = timedelta(seconds=5)


async def sweep(runtime: Runtime, router: Router, services: Callable[[], Iterable[State]]) -> tuple[str, ...]:
    """What was ended, in words. Asked once, when a server has started, with every service of the ledger.

    What runs is listed before it is asked what is wanted: a slot is filled in the ledger before anything starts in it.
    """
    instances, routes = await runtime.known(), await router.known()
    standing = tuple(_standing(services()))
    slots = {slot_key(here.request, slot) for slot, here in standing}
    placed = {(here.request.environment, here.request.service) for _, here in standing}
    ended = []
    for key in instances:
        if key not in slots:
            await runtime.stop(key, STOP_TIMEOUT)
            ended.append(f"the instance of {key.service} in {key.environment} ({key.slot}, {key.promotion})")
    for environment, service in routes:
        if (environment, service) not in placed:
            await router.close(environment, service)
            ended.append(f"the router of {service} in {environment}")
    return tuple(ended)


def _standing(services: Iterable[State]) -> Iterable[tuple[Slot, Standing]]:
    return ((slot, here) for state in services for slot in SLOTS if (here := state.standing(slot)))
