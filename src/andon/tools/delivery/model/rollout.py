"""What happens to a service in an environment: the events of its two slots, each with the state it leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.ids import CommitId, Digest, EnvironmentName, RepositoryName, ServiceName, Version
from andon.tools.delivery.model.promotion import Offer, PromotionId, Request, Verified
from andon.tools.delivery.model.slots import Slot, Standing, State, other


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionOffered:
    """An artifact could be promoted here; a person decides."""

    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    version: Version

    def evolve(self, state: State) -> State:
        return replace(state, offered=Offer(digest=self.digest, version=self.version))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRequested(Request):
    """A promotion was asked for and waits for its turn."""

    def evolve(self, state: State) -> State:
        return _taken_up(replace(state, count=state.count + 1, queued=self, retired=None), self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStarted:
    """The promotion has the empty slot."""

    promotion: PromotionId
    slot: Slot
    #: when the slot must be healthy
    by: datetime

    def evolve(self, state: State) -> State:
        if state.queued is None:
            return state
        started = replace(state, queued=None, current=self.promotion, by=self.by, cut_off=0)
        return started.put(self.slot, Standing(request=state.queued))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReady:
    """The new instance is healthy on its own port; nobody outside knows it."""

    promotion: PromotionId
    slot: Slot
    port: int
    #: when the smoke checks must be done
    by: datetime

    def evolve(self, state: State) -> State:
        return replace(state, by=self.by).change(self.slot, role="smoking", port=self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokePassed:
    """Every smoke check was answered as it should be; the traffic may come."""

    promotion: PromotionId
    checks: int
    #: when the traffic must have moved
    by: datetime

    def evolve(self, state: State) -> State:
        slot = state.new_slot
        risen = replace(state, by=self.by, turn=state.turn + 1)
        return risen.change(slot, role="rising") if slot else state


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeFailed:
    """A smoke check was not answered as it should be; the verdict follows."""

    promotion: PromotionId
    reason: str

    def evolve(self, state: State) -> State:
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficShifted:
    """The router gives new requests to the slot (100) or no more to it (0)."""

    promotion: PromotionId
    slot: Slot
    weight_percent: int
    #: when the slot before must be drained
    by: datetime

    def evolve(self, state: State) -> State:
        if self.weight_percent == 0:
            return state.change(self.slot, role="stopping")
        before = other(self.slot)
        shifted = replace(state, by=self.by).change(self.slot, role="live")
        here = state.standing(before)
        return shifted.change(before, role="draining") if here and here.role == "live" else shifted


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDrained:
    """The slot has no requests any more, or its time is over; it can be stopped."""

    promotion: PromotionId
    slot: Slot
    #: when it must be stopped
    by: datetime
    #: requests that had not ended when the drain time was over
    cut_off: int = 0

    def evolve(self, state: State) -> State:
        by = self.by if state.current else None
        return replace(state, by=by, cut_off=self.cut_off, turn=state.turn + 1).change(self.slot, role="stopping")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStopped:
    """Nothing stands in the slot any more."""

    slot: Slot
    digest: Digest

    def evolve(self, state: State) -> State:
        return state.put(self.slot, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionVerified:
    """The artifact has the traffic and what was there before is gone. One of the two verdicts."""

    promotion: PromotionId
    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    #: since it was asked for
    took: timedelta
    rollback: bool
    #: requests that had not ended when the drain of what served before was over
    cut_off: int = 0
    #: how long that drain could take; none is known of old verdicts
    drain: timedelta | None = None
    #: of what served before as well: nothing new was deployed
    restart: bool = False

    def evolve(self, state: State) -> State:
        if state.queued and state.queued.promotion == self.promotion:
            return _taken_up(replace(state, queued=None), self.digest)
        new = state.new
        history = (*state.history, _verified(new.request)) if new else state.history
        return _taken_up(replace(state, current=None, by=None, history=history), self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionFailed:
    """The artifact did not take over; what was there before has the traffic. One of the two verdicts."""

    promotion: PromotionId
    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    #: "queue", "start", "smoke", "traffic", "drain"
    phase: str
    #: in words, with the instance's last lines when it died
    reason: str
    #: failure: the artifact did not do · cancel: nothing is wrong with it: the cord, or a newer request, was first
    outcome: Literal["failure", "cancel"] = "failure"
    #: what was to be started anew serves on as it was
    restart: bool = False

    def evolve(self, state: State) -> State:
        if state.queued and state.queued.promotion == self.promotion:
            return replace(state, queued=None)
        slot, new = state.new_slot, state.new
        ended = replace(state, current=None, by=None)
        if slot is None or new is None:
            return ended
        if new.role in {"starting", "smoking"}:
            return ended.change(slot, role="stopping")
        back = state.slot_in("draining")
        ended = replace(ended, turn=state.turn + 1).change(slot, role="leaving")
        return ended.change(back, role="live") if back else ended


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRestarted:
    """The instance died, or was gone, and was started again."""

    slot: Slot
    reason: str
    #: how often that happened to this instance
    restarts: int

    def evolve(self, state: State) -> State:
        return state.change(self.slot, restarts=self.restarts, lost="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLost:
    """The instance is gone and could not be started again at once; it is being tried."""

    slot: Slot
    reason: str

    def evolve(self, state: State) -> State:
        return state.change(self.slot, lost=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOpened:
    """The router listens and holds the wanted route."""

    port: int

    def evolve(self, state: State) -> State:
        return replace(state, route_port=self.port, route_up=True, route_trouble="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLost:
    """The router does not hold the route; it is being made again."""

    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, route_up=False, route_trouble=self.reason)


def _taken_up(state: State, digest: Digest) -> State:
    """The offer is gone once somebody promotes what was offered."""
    return replace(state, offered=None) if state.offered and state.offered.digest == digest else state


def _verified(request: Request) -> Verified:
    return Verified(
        promotion=request.promotion,
        artifact=request.artifact,
        digest=request.digest,
        version=request.version,
        commit=request.commit,
        repository=request.repository,
        config_digest=request.config_digest,
        rollback=request.rollback,
    )
