"""Does what services and the line want: each wish becomes calls of ports, and a report of what came of it."""

from __future__ import annotations

from typing import Any

from andon.engine.dispatch import Performer, Tell
from andon.tools.delivery.effects.keeping import Keeper
from andon.tools.delivery.effects.routing import close_route, drain_slot, keep_route
from andon.tools.delivery.effects.slots import smoke_slot, stop_slot
from andon.tools.delivery.model.line import ReadLine
from andon.tools.delivery.model.line_report import ReportLine
from andon.tools.delivery.model.retirement import CloseRoute
from andon.tools.delivery.model.wishes import DrainSlot, KeepRoute, KeepSlot, SmokeSlot, StopSlot
from andon.tools.delivery.ports import DeliveryPorts


def performers(ports: DeliveryPorts) -> dict[type, Performer]:
    """What does each effect of this tool."""

    async def keep(effect: Any, tell: Tell) -> None:
        await Keeper(ports, effect, tell).keep()

    async def smoke(effect: Any, tell: Tell) -> None:
        await smoke_slot(ports, effect, tell)

    async def stop(effect: Any, tell: Tell) -> None:
        await stop_slot(ports, effect, tell)

    async def route(effect: Any, tell: Tell) -> None:
        await keep_route(ports.router, effect, tell)

    async def close(effect: Any, tell: Tell) -> None:
        await close_route(ports.router, effect, tell)

    async def drain(effect: Any, tell: Tell) -> None:
        await drain_slot(ports.router, effect, tell)

    async def read(effect: Any, tell: Tell) -> None:
        await _read_line(ports, effect, tell)

    slots: dict[type, Performer] = {KeepSlot: keep, SmokeSlot: smoke, DrainSlot: drain, StopSlot: stop}
    return {**slots, KeepRoute: route, CloseRoute: close, ReadLine: read}


async def _read_line(ports: DeliveryPorts, effect: ReadLine, tell: Tell) -> None:
    async with ports.trying(f"reading line.toml of {effect.commit}", "push another commit"):
        await tell(ReportLine(key=effect.key, text=await ports.line.read(effect.commit)))
