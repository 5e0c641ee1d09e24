"""Asks a slot its smoke checks, and stops what stands in it."""

from __future__ import annotations

from datetime import timedelta

from andon.engine.dispatch import Tell
from andon.kernel.errors import AndonError
from andon.tools.delivery.model.launch import spec_of
from andon.tools.delivery.model.promotion import Request
from andon.tools.delivery.model.reports import ReportSmoke, ReportStopped
from andon.tools.delivery.model.slots import Slot
from andon.tools.delivery.model.wishes import SmokeSlot, StopSlot
from andon.tools.delivery.ports import DeliveryPorts, SlotKey, UnpackedImage

ANSWER_WITHIN = timedelta(seconds=10)
STOP_TIMEOUT = timedelta(seconds=10)  #: when the image that says otherwise is gone


def slot_key(request: Request, slot: Slot) -> SlotKey:
    """Names the instance of a request in a slot."""
    return SlotKey(environment=request.environment, service=request.service, slot=slot, promotion=request.promotion)


async def fetched(ports: DeliveryPorts, request: Request) -> UnpackedImage:
    """The image of a request, unpacked, unless servers died of that. Errors: PortError, NotFound."""
    work = f"unpacking {request.artifact} {request.version} in {request.environment} ({request.promotion})"
    again = f"andon promote {request.service} --env {request.environment} --version {request.version}"
    async with ports.trying(work, again):
        return await ports.images.fetch(request.artifact, request.digest)


async def smoke_slot(ports: DeliveryPorts, effect: SmokeSlot, tell: Tell) -> None:
    """Ask every check once, in their order; the first wrong answer is the verdict."""
    image = await fetched(ports, effect.request)
    checks = spec_of(image.labels, effect.request).smoke
    for number, check in enumerate(checks, start=1):
        wrong = await ports.prober.ask(check, effect.port, ANSWER_WITHIN)
        if wrong:
            lines = await ports.runtime.last_lines(slot_key(effect.request, effect.slot), 5)
            reason = "\n".join((f"smoke check {number} of {len(checks)}: {wrong}", *lines))
            await tell(ReportSmoke(key=effect.key, passed=False, checks=number, reason=reason))
            return
    await tell(ReportSmoke(key=effect.key, passed=True, checks=len(checks)))


async def stop_slot(ports: DeliveryPorts, effect: StopSlot, tell: Tell) -> None:
    """Stop it in the time that it asked for."""
    try:
        image = await fetched(ports, effect.request)
        timeout = spec_of(image.labels, effect.request).stop_timeout
    except AndonError:
        timeout = STOP_TIMEOUT
    await ports.runtime.stop(slot_key(effect.request, effect.slot), timeout)
    await tell(ReportStopped(key=effect.key, slot=effect.slot))
