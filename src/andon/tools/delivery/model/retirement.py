"""A service leaves an environment: what runs is drained and stopped, and the router closes its port; history stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.ids import EffectKey, EnvironmentName, ServiceName
from andon.tools.delivery.model.progress import DRAIN_MARGIN, Events, failed, settled
from andon.tools.delivery.model.slots import SLOTS, Retired, Role, State

#: what has, or had, the traffic is drained; what has not is stopped at once
_LEAVES: dict[Role, Role] = {
    "starting": "stopping",
    "smoking": "stopping",
    "rising": "draining",
    "live": "draining",
    "leaving": "draining",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRetired:
    """The service is not wanted here any more, until somebody promotes it again."""

    environment: EnvironmentName
    service: ServiceName
    #: in words: "staging left the line"
    reason: str
    #: somebody removed it; False when its environment left the line
    by_hand: bool
    #: when it must be drained; None when nothing runs
    by: datetime | None

    def evolve(self, state: State) -> State:
        gone = Retired(environment=self.environment, service=self.service, reason=self.reason)
        after = replace(state, retired=gone, by=self.by, offered=None, turn=state.turn + 1)
        for slot in SLOTS:
            here = state.standing(slot)
            if here is not None:
                after = after.change(slot, role=_LEAVES.get(here.role, here.role))
        return after


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteClosed:
    """Nobody listens on the service's port any more."""

    port: int

    def evolve(self, state: State) -> State:
        return replace(state, route_port=0, route_up=False, route_trouble="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRoute:
    """Have the router hold the route no more."""

    lane: ClassVar[str] = ""
    environment: EnvironmentName
    service: ServiceName
    port: int
    turn: int

    @property
    def key(self) -> EffectKey:
        return EffectKey(f"close/{self.environment}/{self.service}/{self.turn}")

    def failed(self, reason: str) -> ReportClosed:
        return ReportClosed(key=self.key, reason=reason)


def close_route(state: State) -> CloseRoute | None:
    """The route of a retired service, once nothing of it runs."""
    gone = state.retired
    if gone is None or state.blue or state.green or state.queued or not state.route_port:
        return None
    return CloseRoute(environment=gone.environment, service=gone.service, port=state.route_port, turn=state.turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClosed:
    """The route is closed, or it could not be, and is tried again."""

    key: EffectKey
    reason: str = ""

    def decide(self, state: State, now: datetime) -> Events:
        wanted = close_route(state)
        if wanted is None or self.key != wanted.key or self.reason:
            return ()
        return (RouteClosed(port=wanted.port),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireService:
    """Take the service out of the environment. What is there no more is not retired twice."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    environment: EnvironmentName
    service: ServiceName
    reason: str
    by_hand: bool = False

    def decide(self, state: State, now: datetime) -> Events:
        waiting = (failed(state.queued, "queue", self.reason, "cancel"),) if state.queued else ()
        new, phase = state.new, state.phase
        on_its_way = (failed(new.request, phase or "start", self.reason, "cancel"),) if new else ()
        if not (waiting or on_its_way or state.offered or _stands(state)):
            return ()
        drains = [here.request.drain for slot in SLOTS if (here := state.standing(slot))]
        retired = ServiceRetired(
            environment=self.environment,
            service=self.service,
            reason=self.reason,
            by_hand=self.by_hand,
            by=now + max(drains) + DRAIN_MARGIN if drains else None,
        )
        return settled(state, (*waiting, *on_its_way, retired), now)


def _stands(state: State) -> bool:
    """Is there anything that is not on its way out?"""
    return state.retired is None and bool(state.blue or state.green or state.route_port)
