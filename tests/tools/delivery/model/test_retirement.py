"""A service that leaves an environment: drained, stopped, closed; whatever was going on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from andon.tools.delivery.model.progress import DRAIN_MARGIN
from andon.tools.delivery.model.reports import ReportDrained, ReportStopped, Tick
from andon.tools.delivery.model.retirement import CloseRoute, ReportClosed, RetireService
from andon.tools.delivery.model.service import NOUN, OfferPromotion
from andon.tools.delivery.model.wishes import DrainSlot, KeepRoute, StopSlot, want

from .street import PRODUCTION, SHOP, digest_of, request
from .test_service import Telling

RETIRE = RetireService(environment=PRODUCTION, service=SHOP, reason="production left the line")
LIVE = ("ready", "smoked", "routed")


def live() -> Telling:
    """One version has the traffic."""
    return Telling().tell(request("a")).until(*LIVE)


def drained(service: Telling) -> Telling:
    """Whatever drains has drained, and whatever stops has stopped."""
    for _ in range(4):
        for effect in want(service.state, service.now):
            if isinstance(effect, DrainSlot):
                service.tell(ReportDrained(key=effect.key, slot=effect.slot))
            elif isinstance(effect, StopSlot):
                service.tell(ReportStopped(key=effect.key, slot=effect.slot))
    return service


def test_what_is_live_is_drained_stopped_and_its_route_closed() -> None:
    """The route gives it no new requests first; history stays; afterwards nothing is wanted."""
    service = live().tell(RETIRE)
    assert [server.mode for server in service.wish(KeepRoute).route.servers] == ["draining"]
    closing = drained(service).wish(CloseRoute)
    assert NOUN.is_open(service.state)
    service.tell(ReportClosed(key=closing.key, reason="no answer")).tell(ReportClosed(key=closing.key))
    assert service.named()[-4:] == ["ServiceRetired", "SlotDrained", "SlotStopped", "RouteClosed"]
    assert want(service.state, service.now) == ()
    assert not NOUN.is_open(service.state)
    assert len(service.state.history) == 1
    assert RETIRE.decide(service.state, service.now) == ()


@pytest.mark.parametrize("steps", [(), ("ready",), ("ready", "smoked"), LIVE])
def test_what_is_on_its_way_ends_too(steps: tuple[str, ...]) -> None:
    """A promotion is given up at any step, the one that waits as well, and nothing is left."""
    service = live().tell(request("b")).until(*steps).tell(request("c"), RETIRE)
    assert service.verdicts()[1:].count("queue") == 1
    drained(service)
    assert service.state.blue is service.state.green is None
    assert service.wish(CloseRoute)


def test_what_never_had_traffic_is_stopped_at_once() -> None:
    """There is nothing to drain and no route to close."""
    service = drained(Telling().tell(request("a"), RETIRE))
    assert "SlotDrained" not in service.named()
    assert not NOUN.is_open(service.state)


def test_an_offer_is_gone_and_a_second_retirement_does_nothing() -> None:
    """Level-triggered: asking again is harmless."""
    offer = OfferPromotion(environment=PRODUCTION, service=SHOP, digest=digest_of("a"), version=request("a").version)
    service = Telling().tell(offer, RETIRE, RETIRE)
    assert service.named() == ["PromotionOffered", "ServiceRetired"]
    assert service.state.offered is None


def test_a_drain_that_never_ends_is_ended_by_its_deadline() -> None:
    """Everything in progress has one."""
    service = live().tell(RETIRE)
    deadline = NOUN.deadline(service.state)
    assert deadline == service.now + request("a").drain + DRAIN_MARGIN
    service.now += timedelta(hours=1)
    assert "SlotDrained" in service.tell(Tick()).named()


def test_a_new_promotion_brings_it_back() -> None:
    """While the old one still drains, and behind the same door."""
    service = live().tell(RETIRE, request("b"))
    assert service.state.retired is None
    service.until(*LIVE)
    drained(service)
    assert service.verdicts()[-1] == "verified"
    assert service.wish(KeepRoute).route.port == 8701
