"""Asks instances for their health: until they have it, and whether they keep it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from andon.kernel.errors import AndonError
from andon.tools.delivery.effects.slots import fetched
from andon.tools.delivery.model.launch import spec_of
from andon.tools.delivery.model.promotion import Request
from andon.tools.delivery.ports import DeliveryPorts, Prober
from andon.tools.pipelines.events import ServiceSpec

A = TypeVar("A")
B = TypeVar("B")

ANSWER_WITHIN = timedelta(seconds=5)
FIRST_LOOK_S, LONGEST_LOOK_S = 0.02, 0.5  #: between two questions to one that starts
LOOK_EVERY_S = 10.0  #: between two questions to one that was healthy
SICK_AFTER = 3  #: bad answers in a row
IMAGE_PAUSE_S = 30.0  #: before an image that cannot be had is asked for again


async def until_healthy(prober: Prober, spec: ServiceSpec, port: int) -> str:
    """Ask until the answer is good, or the time to start is over; "" or what was wrong with the last one."""
    deadline = asyncio.get_running_loop().time() + spec.start_timeout.total_seconds()
    pause_s = FIRST_LOOK_S
    while True:
        wrong = await prober.ask(spec.health, port, ANSWER_WITHIN)
        if not wrong:
            return ""
        if asyncio.get_running_loop().time() + pause_s > deadline:
            return f"not healthy within {spec.start_timeout.total_seconds():g} s: {wrong}"
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, LONGEST_LOOK_S)


async def until_sick(prober: Prober, spec: ServiceSpec, port: int, every_s: float) -> str:
    """Ask now and then until several answers in a row were bad; what was wrong with them."""
    failures = 0
    while True:
        await asyncio.sleep(every_s)
        wrong = await prober.ask(spec.health, port, ANSWER_WITHIN)
        failures = failures + 1 if wrong else 0
        if failures >= SICK_AFTER:
            return f"it did not answer its health check {failures} times: {wrong}"


async def known_spec(ports: DeliveryPorts, request: Request) -> ServiceSpec:
    """The specification of what runs already; an image that cannot be had now is asked for again later."""
    while True:
        try:
            return spec_of((await fetched(ports, request)).labels, request)
        except AndonError:
            await asyncio.sleep(IMAGE_PAUSE_S)


async def either(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A | None, B | None]:
    """The answer of whichever comes first, of the first one when both have; the other is left."""
    one, two = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        await asyncio.wait((one, two), return_when=asyncio.FIRST_COMPLETED)
        if one.done():
            return one.result(), None
        return None, two.result()
    finally:
        one.cancel()
        two.cancel()
        await asyncio.gather(one, two, return_exceptions=True)
