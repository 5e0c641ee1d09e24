"""What the world answers about a service's slots and its route. A report of an old wish changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import EffectKey
from andon.tools.delivery.model.progress import (
    DRAIN_MARGIN,
    QUEUE_WITHIN,
    SMOKE_WITHIN,
    STOP_WITHIN,
    TRAFFIC_WITHIN,
    Events,
    failed,
    given_up,
    settled,
    verified,
)
from andon.tools.delivery.model.rollout import (
    RouteLost,
    RouteOpened,
    SlotDrained,
    SlotLost,
    SlotReady,
    SlotRestarted,
    SlotStopped,
    SmokeFailed,
    SmokePassed,
    TrafficShifted,
)
from andon.tools.delivery.model.slots import (
    UP,
    Slot,
    Standing,
    State,
    drain_key,
    keep_key,
    smoke_key,
    stop_key,
)
from andon.tools.delivery.model.traffic import route_key, route_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReady:
    """The instance is healthy."""

    key: EffectKey
    slot: Slot
    port: int

    def decide(self, state: State, now: datetime) -> Events:
        here = _kept(state, self.slot, self.key)
        if here is None or here.role != "starting":
            return ()
        ready = SlotReady(promotion=here.request.promotion, slot=self.slot, port=self.port, by=now + SMOKE_WITHIN)
        return settled(state, (ready,), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGone:
    """The instance is not there and could not be had: it did not start, or it died."""

    key: EffectKey
    slot: Slot
    reason: str

    def decide(self, state: State, now: datetime) -> Events:
        here = _kept(state, self.slot, self.key)
        if here is None or here.lost:
            return ()
        return settled(state, (*_lost(self.slot, here, self.reason), *_turned_back(state, self.slot, self.reason)), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRestarted:
    """The instance died and was started again."""

    key: EffectKey
    slot: Slot
    #: how often that happened to this instance, so that an answer that comes twice counts once
    restarts: int
    reason: str

    def decide(self, state: State, now: datetime) -> Events:
        here = _kept(state, self.slot, self.key)
        if here is None or (self.restarts <= here.restarts and not here.lost):
            return ()
        restarted = SlotRestarted(slot=self.slot, reason=self.reason, restarts=self.restarts)
        return settled(state, (restarted, *_turned_back(state, self.slot, self.reason)), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSmoke:
    """The smoke checks were asked."""

    key: EffectKey
    passed: bool
    checks: int
    reason: str = ""

    def decide(self, state: State, now: datetime) -> Events:
        slot, new = state.new_slot, state.new
        if slot is None or new is None or new.role != "smoking" or self.key != smoke_key(new.request.promotion, slot):
            return ()
        promotion = new.request.promotion
        if self.passed:
            passed = SmokePassed(promotion=promotion, checks=self.checks, by=now + TRAFFIC_WITHIN)
            return settled(state, (passed,), now)
        smoke_failed = SmokeFailed(promotion=promotion, reason=self.reason)
        return settled(state, (smoke_failed, *given_up(state, self.reason)), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRouted:
    """The router holds the wanted route."""

    key: EffectKey
    port: int

    def decide(self, state: State, now: datetime) -> Events:
        route = route_of(state)
        if route is None or self.key != route_key(route):
            return ()
        moved = (*_risen(state, now), *_left(state, now))
        up = state.route_up and state.route_port == self.port
        opened = () if up else (RouteOpened(port=self.port),)
        return settled(state, (*opened, *moved), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRouteLost:
    """The router does not hold the route."""

    key: EffectKey
    reason: str
    #: trying again will not help
    permanent: bool = False

    def decide(self, state: State, now: datetime) -> Events:
        route = route_of(state)
        if route is None or self.key != route_key(route):
            return ()
        known = not state.route_up and state.route_trouble == self.reason
        lost = () if known else (RouteLost(reason=self.reason),)
        back = given_up(state, self.reason) if self.permanent and state.slot_in("rising") else ()
        return settled(state, (*lost, *back, *_left_alone(state, now)), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDrained:
    """The slot has no requests any more, or its drain time is over, and the router forgot it."""

    key: EffectKey
    slot: Slot
    #: requests that did not end within the drain time
    cut_off: int = 0

    def decide(self, state: State, now: datetime) -> Events:
        here = state.standing(self.slot)
        wanted = here and here.role == "draining" and drain_key(here.request.promotion, self.slot, state.turn)
        return settled(state, _drained(state, self.slot, now, self.cut_off), now) if wanted == self.key else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStopped:
    """Nothing of the instance is left."""

    key: EffectKey
    slot: Slot

    def decide(self, state: State, now: datetime) -> Events:
        here = state.standing(self.slot)
        if here is None or here.role != "stopping" or self.key != stop_key(here.request.promotion, self.slot):
            return ()
        return settled(state, (SlotStopped(slot=self.slot, digest=here.request.digest),), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNothing:
    """An effect failed in a way that its deadline takes care of."""

    key: EffectKey
    reason: str

    def decide(self, state: State, now: datetime) -> Events:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A deadline may be over."""

    def decide(self, state: State, now: datetime) -> Events:
        queued = state.queued
        if queued and now >= queued.requested_at + QUEUE_WITHIN:
            return settled(state, (failed(queued, "queue", "its turn did not come within 30 minutes", "cancel"),), now)
        if state.by is None or now < state.by:
            return ()
        return settled(state, _overdue(state, now), now)


def deadline(state: State) -> datetime | None:
    """When Tick is due."""
    queued = state.queued.requested_at + QUEUE_WITHIN if state.queued else None
    return min((at for at in (state.by, queued) if at), default=None)


def _kept(state: State, slot: Slot, key: EffectKey) -> Standing | None:
    """What stands in the slot, when it should be up and the key is that of keeping it up."""
    here = state.standing(slot)
    return here if here and here.role in UP and key == keep_key(here.request.promotion, slot) else None


def _lost(slot: Slot, here: Standing, reason: str) -> Events:
    return () if here.role == "starting" else (SlotLost(slot=slot, reason=reason),)


def _turned_back(state: State, slot: Slot, reason: str) -> Events:
    """A new instance that dies before the old one is gone fails its promotion, unless the old one is lost too."""
    if slot != state.new_slot:
        return ()
    old = state.slot_in("draining")
    before = state.standing(old) if old else None
    return () if before and before.lost else given_up(state, reason)


def _risen(state: State, now: datetime) -> Events:
    slot = state.slot_in("rising")
    here = state.standing(slot) if slot else None
    if slot is None or here is None:
        return ()
    by = now + here.request.drain + DRAIN_MARGIN
    return (TrafficShifted(promotion=here.request.promotion, slot=slot, weight_percent=100, by=by),)


def _left(state: State, now: datetime) -> Events:
    slot = state.slot_in("leaving")
    here = state.standing(slot) if slot else None
    if slot is None or here is None:
        return ()
    return (TrafficShifted(promotion=here.request.promotion, slot=slot, weight_percent=0, by=now + STOP_WITHIN),)


def _left_alone(state: State, now: datetime) -> Events:
    """Without a router and without another instance nobody is served by what leaves: it need not wait."""
    slot = state.slot_in("leaving")
    return _drained(state, slot, now) if slot and state.slot_in("live", "rising") is None else ()


def _drained(state: State, slot: Slot, now: datetime, cut_off: int = 0) -> Events:
    here = state.standing(slot)
    if here is None:
        return ()
    return (SlotDrained(promotion=here.request.promotion, slot=slot, by=now + STOP_WITHIN, cut_off=cut_off),)


def _overdue(state: State, now: datetime) -> Events:
    """What a deadline means: before the traffic moved a failure, after it no reason to turn back."""
    new, draining = state.new, state.slot_in("draining")
    if new is None:
        return _drained(state, draining, now) if draining else ()
    if state.phase == "drain" and draining:
        return _drained(state, draining, now)
    if state.phase == "stop":
        return (verified(new.request, now, state.cut_off),)
    why = f": {state.route_trouble}" if state.phase == "traffic" and state.route_trouble else ""
    return given_up(state, f"no progress within its time{why}")
