"""A simulated street: slots with processes, a router with weights, and all that can go wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    Actor,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    ServiceName,
    StreamId,
    Version,
)
from andon.kernel.order import Order
from andon.testing.world import Port, SeededWorld, SimulatedHouse
from andon.tools.delivery.model.promotion import PromotionId, Request
from andon.tools.delivery.model.reports import (
    ReportDrained,
    ReportGone,
    ReportReady,
    ReportRestarted,
    ReportRouted,
    ReportRouteLost,
    ReportSmoke,
    ReportStopped,
)
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionRequested, PromotionVerified
from andon.tools.delivery.model.service import NOUN, HaltPromotion, RequestPromotion, service_stream
from andon.tools.delivery.model.slots import Slot, State
from andon.tools.delivery.model.wishes import DrainSlot, KeepRoute, KeepSlot, SmokeSlot, StopSlot

PRODUCTION = EnvironmentName("production")
SHOP = ServiceName("shop")
STREAM = service_stream(PRODUCTION, SHOP)
ADA = Actor("ada")

#: what becomes of each artifact: fine, dies at its start, never gets healthy, answers its smoke check badly
FATES = {"a": "fine", "b": "fine", "c": "fine", "d": "dies", "e": "hangs", "f": "smokes"}


def digest_of(name: str) -> Digest:
    return Digest(f"sha256:{ord(name):064x}")


def fate_of(request: Request) -> str:
    return FATES[chr(int(request.digest[-2:], 16))]


def port_of(promotion: PromotionId) -> int:
    """Every instance has its own."""
    return 20000 + int(promotion.rpartition("/")[2])


def request(name: str, **more: Any) -> RequestPromotion:
    return RequestPromotion(
        environment=PRODUCTION,
        service=SHOP,
        digest=digest_of(name),
        version=Version(f"1.{name}"),
        commit=CommitId(name * 40),
        repository=RepositoryName("shop"),
        **more,
    )


@dataclass(slots=True)
class Street:
    """What really is there, apart from what the ledger says."""

    running: dict[Slot, PromotionId] = field(default_factory=dict)
    died: dict[PromotionId, int] = field(default_factory=dict)
    smoked: set[PromotionId] = field(default_factory=set)
    weights: dict[Slot, int] = field(default_factory=dict)
    #: where the router sends what it gives to a slot
    ports: dict[Slot, int] = field(default_factory=dict)
    is_routed: bool = False
    was_verified: bool = False
    verdicts: dict[PromotionId, list[str]] = field(default_factory=dict)
    trouble: bool = True

    def house(self) -> SimulatedHouse:
        ports: dict[type, Port] = {
            KeepSlot: self.keep,
            SmokeSlot: self.smoke,
            KeepRoute: self.route,
            DrainSlot: self.drain,
            StopSlot: self.stop,
        }
        return SimulatedHouse(nouns=(NOUN,), ports=ports, observe=self.observe)

    def observe(self, happened: Envelope[Any]) -> None:
        match happened.event:
            case PromotionRequested(promotion=promotion):
                self.verdicts[promotion] = []
            case PromotionVerified(promotion=promotion):
                self.verdicts[promotion].append("verified")
                self.was_verified = True
            case PromotionFailed(promotion=promotion, phase=phase):
                self.verdicts[promotion].append(phase)
            case _:
                return
        assert all(len(given) <= 1 for given in self.verdicts.values()), self.verdicts

    def keep(self, world: SeededWorld, stream: StreamId, effect: KeepSlot) -> Sequence[Any]:
        promotion, key = effect.request.promotion, effect.key
        fate = fate_of(effect.request)
        if fate == "hangs":
            return ()
        if fate == "dies":
            return (ReportGone(key=key, slot=effect.slot, reason="it ended with exit code 1"),)
        here = self.running.get(effect.slot)
        assert here in {None, promotion}, f"{promotion} starts over {here}"
        if here is None and effect.ready:
            self.died[promotion] = self.died.get(promotion, 0) + 1
        self.running[effect.slot] = promotion
        if effect.ready:
            restarts = self.died.get(promotion, 0)
            return (ReportRestarted(key=key, slot=effect.slot, restarts=restarts, reason="died"),) if restarts else ()
        return (ReportReady(key=key, slot=effect.slot, port=port_of(promotion)),)

    def smoke(self, world: SeededWorld, stream: StreamId, effect: SmokeSlot) -> Sequence[Any]:
        is_reached = self.weights.get(effect.slot, 0) and self.ports[effect.slot] == effect.port
        assert not is_reached, "a slot gets requests while it is smoke-checked"
        if fate_of(effect.request) == "smokes":
            return (ReportSmoke(key=effect.key, passed=False, checks=1, reason="GET / answered 500"),)
        if self.running.get(effect.slot) != effect.request.promotion:
            return (ReportSmoke(key=effect.key, passed=False, checks=1, reason="no answer"),)
        self.smoked.add(effect.request.promotion)
        return (ReportSmoke(key=effect.key, passed=True, checks=1),)

    def route(self, world: SeededWorld, stream: StreamId, effect: KeepRoute) -> Sequence[Any]:
        if self.trouble and world.rng.random() < 0.1:
            return (ReportRouteLost(key=effect.key, reason="the router vanished"),)
        wanted = {server.slot: 100 if server.mode == "live" else 0 for server in effect.route.servers}
        self.is_routed = True
        self.ports |= {server.slot: server.port for server in effect.route.servers}
        for rises in sorted(wanted, key=lambda slot: -wanted[slot]):  # as the router does it: what rises goes first
            self.weights[rises] = wanted[rises]
            if self.trouble and world.rng.random() < 0.03:
                return ()  # the server died in the middle of it
        for gone in self.weights.keys() - wanted.keys():
            self.weights[gone] = 0
        return (ReportRouted(key=effect.key, port=8701),)

    def drain(self, world: SeededWorld, stream: StreamId, effect: DrainSlot) -> Sequence[Any]:
        assert self.weights.get(effect.slot, 0) == 0, "what has the traffic is drained"
        return (ReportDrained(key=effect.key, slot=effect.slot),)

    def stop(self, world: SeededWorld, stream: StreamId, effect: StopSlot) -> Sequence[Any]:
        assert self.weights.get(effect.slot, 0) == 0 or not self.was_verified, "what has the traffic is stopped"
        if self.running.get(effect.slot) == effect.request.promotion:
            del self.running[effect.slot]
        return (ReportStopped(key=effect.key, slot=effect.slot),)

    def check(self, state: State) -> None:
        """What must hold at every moment."""
        for slot, weight in self.weights.items():
            here = state.standing(slot)
            if weight:
                assert here is not None or not self.was_verified, "traffic to an empty slot"
                theirs = here and self.ports[slot] == port_of(here.request.promotion)
                assert here is None or not theirs or here.request.promotion in self.smoked, "traffic before its checks"
        if self.was_verified and self.is_routed:
            assert any(self.weights.values()), "nobody serves"

    def misfortune(self, world: SeededWorld) -> None:
        """An instance dies."""
        if self.running and world.rng.random() < 0.03:
            self.running.pop(world.rng.choice(sorted(self.running)))


def live(seed: int, steps: int = 150) -> tuple[SeededWorld, Street]:
    """A life of the street: people ask for all sorts of things, much goes wrong, and at last it becomes quiet."""
    street = Street()
    world = SeededWorld(seed, street.house())
    for _ in range(steps):
        for command in _wishes(world):
            world.submit(Order(stream=STREAM, command=command, actor=ADA))
        street.misfortune(world)
        world.step()
        street.check(world.state(STREAM))
    street.trouble = False
    for _ in range(400):
        world.now += timedelta(seconds=10)
        world.step()
        street.check(world.state(STREAM))
        if _is_settled(world.state(STREAM)) and not world._mail:
            break
    return world, street


def _wishes(world: SeededWorld) -> Sequence[Any]:
    roll = world.rng.random()
    name = world.rng.choice("abcdef")
    if roll < 0.06:
        return (request(name),)
    if roll < 0.07:
        return (request(name, config=(("A", str(world.rng.randrange(2))),)),)
    if roll < 0.09:
        return (request(name, rollback=True),)
    if roll < 0.11:
        return (HaltPromotion(reason="stop"),)
    return ()


def _is_settled(state: State) -> bool:
    roles = {here.role for here in (state.blue, state.green) if here}
    return state.current is None and state.queued is None and roles <= {"live"}
