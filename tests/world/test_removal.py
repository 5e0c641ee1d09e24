"""The server is killed at each step of a removal: what runs afterwards is what the ledger knows, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from andon.kernel.ids import CommitId, EnvironmentName
from andon.testing.world import Faults
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionRequested,
    PromotionVerified,
    RetireService,
    RouteClosed,
    ServiceRetired,
    SlotDrained,
    SlotStopped,
)
from andon.tools.delivery.model import line
from andon.tools.delivery.model.line_report import ReportLine

from .ground import SHOP
from .test_order import AUTOMATIC, COMMITS, LINE, REPO, Trunk

TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")
NO_FAULTS = Faults(lost_effect=0, doubled_effect=0, lost_report=0, late_report=0, old_report=0, crash=0)
WITHOUT_TEST = AUTOMATIC.replace('[[environment]]\nname = "test"\npromotion = "automatic"\n', "")
#: steps in which nothing happened; a drain may need some
STILL = 12
When = Literal["before", "after"]


class Killed(Exception):
    """The server ends here."""


@dataclass(slots=True)
class Life:
    """Counts effects, and ends the server at one of them: before it is done, or after it and before its report."""

    kill_at: int = 0
    when: When = "before"
    done: int = 0

    def around(self, port: Callable[..., Any]) -> Callable[..., Any]:
        def perform(*asked: Any) -> Any:
            self.done += 1
            if (self.done, self.when) == (self.kill_at, "before"):
                raise Killed
            reports = port(*asked)
            if (self.done, self.when) == (self.kill_at, "after"):
                raise Killed
            return reports

        return perform


class Removal:
    """Shop serves test and production; then it is removed."""

    def __init__(self) -> None:
        self.trunk = Trunk(3, NO_FAULTS)
        self.text = AUTOMATIC
        self.life = Life()
        self.trunk.play([("lands", 0), ("ends", 0)])
        world = self.trunk.world
        ports = {**world.house.ports, line.ReadLine: self.read}
        world.house.ports = {effect: self.life.around(port) for effect, port in ports.items()}
        self.before = len(world.ledger)

    def read(self, world: Any, at: Any, wish: Any) -> tuple[ReportLine, ...]:
        return (ReportLine(key=wish.key, text=self.text),)

    def begin(self, kind: str) -> None:
        """Somebody removes it."""
        if kind == "environment leaves":
            self.text = WITHOUT_TEST
            self.trunk.land(LINE, CommitId("e" * 40), CommitId("f" * 40))
            return
        if kind == "by hand, on its way":
            self.trunk.land(REPO, COMMITS[1], COMMITS[0])
            self.trunk.ground.let.add(COMMITS[1])
            while not any(isinstance(e, PromotionRequested) for e in self.events()):
                self.trunk.world.step()
        for environment in (TEST, PRODUCTION):
            command = RetireService(environment=environment, service=SHOP, reason="removed by ada", by_hand=True)
            self.trunk.order(f"service/{environment}/{SHOP}", command)

    def end(self) -> None:
        """Until nothing is left to do, through the death of the server."""
        still, world = 0, self.trunk.world
        while still < STILL:
            before = len(world.ledger)
            try:
                world.step()
            except Killed:
                world._crash()
                continue
            still = still + 1 if len(world.ledger) == before else 0

    def events(self) -> list[Any]:
        return [happened.event for happened in self.trunk.world.ledger[self.before :]]

    def streams_of(self, kind: type) -> Counter[str]:
        happened = self.trunk.world.ledger[self.before :]
        return Counter(str(one.stream) for one in happened if isinstance(one.event, kind))


def removed(kind: str, life: Life) -> Removal:
    """A removal with a server that ends as it was told."""
    removal = Removal()
    removal.life.kill_at, removal.life.when = life.kill_at, life.when
    try:
        removal.begin(kind)
    except Killed:
        removal.trunk.world._crash()
        removal.begin(kind)
    removal.end()
    return removal


def moments(kind: str) -> Iterator[Life]:
    """Each effect of an undisturbed removal, before and after."""
    for number in range(1, removed(kind, Life()).life.done + 1):
        yield Life(kill_at=number, when="before")
        yield Life(kill_at=number, when="after")


def check(removal: Removal, gone: set[EnvironmentName]) -> None:
    """What is removed is out of the world and once in the ledger; what is not removed serves."""
    ground = removal.trunk.ground
    places = [(environment, service) for environment, service, _ in ground.instances]
    assert [place for place in (*places, *ground.routes) if place[0] in gone] == []
    assert {environment for environment, _ in ground.routes} == {TEST, PRODUCTION} - gone
    once = {f"service/{environment}/{SHOP}": 1 for environment in gone}
    assert removal.streams_of(ServiceRetired) == once
    assert removal.streams_of(RouteClosed) == once
    for state in removal.trunk.world.streams("service").values():
        assert state.retired is None or (state.blue, state.green, state.route_port) == (None, None, 0)
    asked = [e.promotion for e in removal.events() if isinstance(e, PromotionRequested)]
    assert sorted(e.promotion for e in removal.events() if isinstance(e, PromotionVerified | PromotionFailed)) == asked


@pytest.mark.parametrize("kind", ["by hand", "by hand, on its way", "environment leaves"])
def test_a_removal_ends_whenever_the_server_is_killed(kind: str) -> None:
    """At every effect, before and after it: drained, stopped, closed, and told once."""
    gone = {TEST} if kind == "environment leaves" else {TEST, PRODUCTION}
    tried = 0
    for life in moments(kind):
        removal = removed(kind, life)
        check(removal, gone)
        tried += 1
    assert tried >= 6


def test_what_served_is_drained_before_it_is_stopped() -> None:
    """No request that was being answered is cut off."""
    events = removed("by hand", Life()).events()
    stopped = [at for at, event in enumerate(events) if isinstance(event, SlotStopped)]
    drained = [at for at, event in enumerate(events) if isinstance(event, SlotDrained)]
    assert len(drained) == len(stopped) == 2
    assert all(first < then for first, then in zip(drained, stopped, strict=True))
