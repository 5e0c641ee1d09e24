"""What a service wants from the world: instances kept up, checks asked, the route held, the old drained and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from andon.kernel.decider import Command, Effect
from andon.kernel.ids import EffectKey, EnvironmentName, ServiceName
from andon.tools.delivery.model.promotion import PromotionId, Request
from andon.tools.delivery.model.reports import ReportGone, ReportNothing, ReportRouteLost, ReportSmoke
from andon.tools.delivery.model.retirement import close_route
from andon.tools.delivery.model.slots import (
    SLOTS,
    UP,
    Slot,
    Standing,
    State,
    drain_key,
    keep_key,
    smoke_key,
    stop_key,
)
from andon.tools.delivery.model.traffic import Route, route_key, route_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSlot:
    """Have the instance up: start it or find it, wait for its health, start it again whenever it dies."""

    lane: ClassVar[str] = ""
    slot: Slot
    request: Request
    #: it was healthy before, so that its death is a thing to mend and not a verdict
    ready: bool
    #: its port when it was healthy before, where it is expected for as long as it stands
    port: int
    #: how often it was started again
    restarts: int

    @property
    def key(self) -> EffectKey:
        return keep_key(self.request.promotion, self.slot)

    def failed(self, reason: str) -> Command[State]:
        return ReportGone(key=self.key, slot=self.slot, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeSlot:
    """Ask the smoke checks at the slot's own port."""

    lane: ClassVar[str] = ""
    slot: Slot
    request: Request
    port: int

    @property
    def key(self) -> EffectKey:
        return smoke_key(self.request.promotion, self.slot)

    def failed(self, reason: str) -> Command[State]:
        return ReportSmoke(key=self.key, passed=False, checks=0, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRoute:
    """Have the router hold the route, and make it again whenever the router vanished."""

    lane: ClassVar[str] = ""
    route: Route

    @property
    def key(self) -> EffectKey:
        return route_key(self.route)

    def failed(self, reason: str) -> Command[State]:
        return ReportRouteLost(key=self.key, reason=reason, permanent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainSlot:
    """Wait until the slot has no requests any more, at most the drain time; then have the router forget it."""

    lane: ClassVar[str] = ""
    environment: EnvironmentName
    service: ServiceName
    slot: Slot
    promotion: PromotionId
    drain: timedelta
    turn: int

    @property
    def key(self) -> EffectKey:
        return drain_key(self.promotion, self.slot, self.turn)

    def failed(self, reason: str) -> Command[State]:
        return ReportNothing(key=self.key, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSlot:
    """Stop whatever runs in the slot for this promotion."""

    lane: ClassVar[str] = ""
    slot: Slot
    request: Request

    @property
    def key(self) -> EffectKey:
        return stop_key(self.request.promotion, self.slot)

    def failed(self, reason: str) -> Command[State]:
        return ReportNothing(key=self.key, reason=reason)


def want(state: State, now: datetime) -> tuple[Effect[State], ...]:
    """What should be going on now."""
    route = route_of(state)
    routed: tuple[Effect[State], ...] = (KeepRoute(route=route),) if route else ()
    closing = close_route(state)
    if closing:
        return (closing,)
    return (*routed, *(effect for slot in SLOTS if (here := state.standing(slot)) for effect in _of(state, slot, here)))


def _of(state: State, slot: Slot, here: Standing) -> tuple[Effect[State], ...]:
    request = here.request
    if here.role == "stopping":
        return (StopSlot(slot=slot, request=request),)
    ready = here.role != "starting"
    keep = KeepSlot(slot=slot, request=request, ready=ready, port=here.port, restarts=here.restarts)
    match here.role:
        case "smoking":
            return (keep, SmokeSlot(slot=slot, request=request, port=here.port))
        case "draining":
            return (keep, _drain(state, slot, here))
        case _:
            return (keep,) if here.role in UP else ()


def _drain(state: State, slot: Slot, here: Standing) -> DrainSlot:
    taking_over = state.new.request if state.new else here.request
    return DrainSlot(
        environment=here.request.environment,
        service=here.request.service,
        slot=slot,
        promotion=here.request.promotion,
        drain=taking_over.drain,
        turn=state.turn,
    )
