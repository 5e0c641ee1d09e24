"""The two slots of one service in one environment: what stands in them, and where a promotion is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from andon.kernel.ids import EffectKey, EnvironmentName, ServiceName
from andon.tools.delivery.model.promotion import Offer, PromotionId, Request, Verified

Slot = Literal["blue", "green"]
SLOTS: tuple[Slot, ...] = ("blue", "green")

#: starting: not healthy yet · smoking: healthy, asked where no outside request reaches it · rising: gets the traffic
#: live: has the traffic · draining: had it, and finishes · leaving: failed, traffic goes back · stopping: to be stopped
Role = Literal["starting", "smoking", "rising", "live", "draining", "leaving", "stopping"]

#: roles in which an instance is kept running
UP: frozenset[Role] = frozenset({"starting", "smoking", "rising", "live", "draining", "leaving"})

#: where a promotion is: the word that people read
Phase = Literal["start", "smoke", "traffic", "drain", "stop"]
_PHASES: dict[Role, Phase] = {"starting": "start", "smoking": "smoke", "rising": "traffic"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in one slot."""

    request: Request
    role: Role = "starting"
    #: its own port on loopback, which only the router knows; 0 until it is healthy
    port: int = 0
    #: how often it was started again after it died
    restarts: int = 0
    #: why it is not there although it should be; "" while it is
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """Which service is not wanted where any more, and why."""

    environment: EnvironmentName
    service: ServiceName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One service in one environment."""

    blue: Standing | None = None
    green: Standing | None = None
    #: the promotion in progress, and when its present step must be done
    current: PromotionId | None = None
    by: datetime | None = None
    #: the newest request that waits for the one in progress
    queued: Request | None = None
    offered: Offer | None = None
    #: promotions requested so far
    count: int = 0
    #: everything that was verified here, newest last
    history: tuple[Verified, ...] = ()
    #: requests that the promotion in progress cut off when the drain of the slot before ended
    cut_off: int = 0
    #: how often the wanted route changed
    turn: int = 0
    #: the port that the router listens on; 0 until it was opened
    route_port: int = 0
    #: does the router hold the route, as far as is known
    route_up: bool = False
    route_trouble: str = ""
    #: None while it is wanted here
    retired: Retired | None = None

    def standing(self, slot: Slot) -> Standing | None:
        return self.blue if slot == "blue" else self.green

    def put(self, slot: Slot, standing: Standing | None) -> State:
        return replace(self, blue=standing) if slot == "blue" else replace(self, green=standing)

    def change(self, slot: Slot, **what: object) -> State:
        """The state with something changed in what stands in a slot; the same when it is empty."""
        here = self.standing(slot)
        return self if here is None else self.put(slot, replace(here, **what))  # type: ignore[arg-type]  # checked by replace

    def slot_in(self, *roles: Role) -> Slot | None:
        """The slot that is in one of these roles."""
        return next((s for s in SLOTS if (here := self.standing(s)) and here.role in roles), None)

    @property
    def empty_slot(self) -> Slot | None:
        return next((slot for slot in SLOTS if self.standing(slot) is None), None)

    @property
    def new_slot(self) -> Slot | None:
        """The slot of the promotion in progress."""
        return next((s for s in SLOTS if (here := self.standing(s)) and here.request.promotion == self.current), None)

    @property
    def new(self) -> Standing | None:
        slot = self.new_slot
        return self.standing(slot) if slot else None

    @property
    def verified(self) -> Standing | None:
        """What has the traffic and a verdict; None while that is being decided for the first time."""
        slot = self.slot_in("live")
        here = self.standing(slot) if slot else None
        return here if here and here.request.promotion != self.current else None

    @property
    def phase(self) -> Phase | None:
        """Where the promotion in progress is."""
        new = self.new
        if new is None:
            return None
        if new.role == "live":
            return "drain" if self.slot_in("draining") else "stop"
        return _PHASES.get(new.role)


def other(slot: Slot) -> Slot:
    return "green" if slot == "blue" else "blue"


def keep_key(promotion: PromotionId, slot: Slot) -> EffectKey:
    return EffectKey(f"keep/{promotion}/{slot}")


def smoke_key(promotion: PromotionId, slot: Slot) -> EffectKey:
    return EffectKey(f"smoke/{promotion}/{slot}")


def drain_key(promotion: PromotionId, slot: Slot, turn: int) -> EffectKey:
    """Of draining the slot's old promotion; the turn tells two drains of it apart."""
    return EffectKey(f"drain/{promotion}/{slot}/{turn}")


def stop_key(promotion: PromotionId, slot: Slot) -> EffectKey:
    return EffectKey(f"stop/{promotion}/{slot}")
