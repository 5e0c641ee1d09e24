"""A service's promotions: who waits, who goes on, who is refused, and what the cord stops."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.decider import fold
from andon.kernel.errors import Refused
from andon.tools.delivery.model import reports
from andon.tools.delivery.model.progress import QUEUE_WITHIN, SMOKE_WITHIN, START_WITHIN, STOP_WITHIN, TRAFFIC_WITHIN
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionVerified, SlotDrained
from andon.tools.delivery.model.service import HaltPromotion, OfferPromotion
from andon.tools.delivery.model.slots import State
from andon.tools.delivery.model.traffic import route_of
from andon.tools.delivery.model.wishes import DrainSlot, KeepRoute, KeepSlot, SmokeSlot, StopSlot, want

from .street import PRODUCTION, SHOP, digest_of, request

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Telling:
    """Commands and reports to one service, one after another, with their events."""

    def __init__(self) -> None:
        self.state = State()
        self.now = NOW
        self.happened: list[Any] = []

    def tell(self, *commands: Any) -> Telling:
        for command in commands:
            events = command.decide(self.state, self.now)
            self.happened += events
            self.state = fold(self.state, events)
        return self

    def wish(self, kind: type) -> Any:
        """What is wanted of this kind."""
        found = [effect for effect in want(self.state, self.now) if isinstance(effect, kind)]
        assert found, f"no {kind.__name__} in {[type(e).__name__ for e in want(self.state, self.now)]}"
        return found[-1]

    def until(self, *steps: str) -> Telling:
        """Good answers to these wishes, in their order."""
        for step in steps:
            self.tell(getattr(self, f"_{step}")())
        return self

    def named(self) -> list[str]:
        return [type(event).__name__ for event in self.happened]

    def verdicts(self) -> list[str]:
        kinds = PromotionVerified | PromotionFailed
        return [
            e.phase if isinstance(e, PromotionFailed) else "verified" for e in self.happened if isinstance(e, kinds)
        ]

    def _ready(self) -> reports.ReportReady:
        keep = next(e for e in want(self.state, self.now) if isinstance(e, KeepSlot) and not e.ready)
        return reports.ReportReady(key=keep.key, slot=keep.slot, port=20001)

    def _smoked(self) -> reports.ReportSmoke:
        return reports.ReportSmoke(key=self.wish(SmokeSlot).key, passed=True, checks=2)

    def _routed(self) -> reports.ReportRouted:
        return reports.ReportRouted(key=self.wish(KeepRoute).key, port=8701)

    def _drained(self) -> reports.ReportDrained:
        drain = self.wish(DrainSlot)
        return reports.ReportDrained(key=drain.key, slot=drain.slot)

    def _stopped(self) -> reports.ReportStopped:
        stop = self.wish(StopSlot)
        return reports.ReportStopped(key=stop.key, slot=stop.slot)


def verified(*names: str) -> Telling:
    """A service in which these were verified, one after another."""
    telling = Telling()
    for name in names:
        telling.tell(request(name)).until("ready", "smoked", "routed")
        if telling.state.current:
            telling.until("drained", "stopped")
    return telling


def test_a_first_promotion_goes_its_way() -> None:
    """Started, healthy, smoke-checked, given the traffic: verified."""
    assert verified("a").named() == [
        "PromotionRequested",
        "RolloutStarted",
        "SlotReady",
        "SmokePassed",
        "RouteOpened",
        "TrafficShifted",
        "PromotionVerified",
    ]


def test_a_second_promotion_drains_and_stops_what_was_there() -> None:
    """The verdict comes when the old instance is gone."""
    telling = verified("a", "b")
    assert telling.named()[7:] == [
        "PromotionRequested",
        "RolloutStarted",
        "SlotReady",
        "SmokePassed",
        "TrafficShifted",
        "SlotDrained",
        "SlotStopped",
        "PromotionVerified",
    ]
    assert telling.state.blue is None


def test_the_verdict_counts_the_requests_that_the_switch_cut_off() -> None:
    """With the drain time that was not enough; the next switch counts anew."""
    telling = verified("a").tell(request("b", drain=timedelta(seconds=10))).until("ready", "smoked", "routed")
    drain = telling.wish(DrainSlot)
    telling.tell(reports.ReportDrained(key=drain.key, slot=drain.slot, cut_off=3)).until("stopped")
    assert [(e.cut_off, e.drain) for e in telling.happened if isinstance(e, PromotionVerified)][1:] == [
        (3, timedelta(seconds=10))
    ]
    telling.tell(request("c")).until("ready", "smoked", "routed", "drained", "stopped")
    assert telling.happened[-1].cut_off == 0


def test_a_first_promotion_that_follows_a_removal_cuts_off_nothing_of_its_own() -> None:
    """What the removal cut off stands in its own entry and in no verdict."""
    telling = verified("a").tell(RetireService(environment=PRODUCTION, service=SHOP, reason="removed"))
    drain = telling.wish(DrainSlot)
    telling.tell(reports.ReportDrained(key=drain.key, slot=drain.slot, cut_off=2)).until("stopped")
    assert [e.cut_off for e in telling.happened if isinstance(e, SlotDrained)] == [2]
    telling.tell(request("b")).until("ready", "smoked", "routed")
    assert telling.happened[-1].cut_off == 0


def test_the_old_slot_keeps_its_traffic_until_the_new_one_may_have_it() -> None:
    """Before the smoke checks passed nothing about the route changes."""
    telling = verified("a")
    before = route_of(telling.state)
    telling.tell(request("b")).until("ready")
    assert route_of(telling.state) == before
    telling.until("smoked")
    after = route_of(telling.state)
    assert after is not None
    assert {server.slot: server.mode for server in after.servers} == {"blue": "draining", "green": "live"}


def test_a_rollback_takes_everybody_off_the_bad_version_at_once() -> None:
    """Also those who stick to it."""
    telling = verified("a", "b").tell(request("a", rollback=True)).until("ready", "smoked")
    route = route_of(telling.state)
    assert route is not None
    assert {server.slot: server.mode for server in route.servers} == {"blue": "live", "green": "quiet"}


def test_a_rollback_to_what_was_never_verified_here_is_refused() -> None:
    """There is nothing to go back to."""
    with pytest.raises(Refused, match="was never verified in production"):
        verified("a").tell(request("b", rollback=True))


def test_a_new_port_is_a_promotion_of_the_same_artifact() -> None:
    """Through the other slot, with checks and drain, and the route then listens there; any port is no new one."""
    telling = verified("a").tell(request("a", port=9000)).until("ready", "smoked")
    assert telling.wish(KeepRoute).route.port == 9000
    telling.until("routed", "drained", "stopped")
    assert telling.verdicts() == ["verified", "verified"]
    assert request("a").decide(telling.state, NOW) == ()


def test_a_rollback_during_a_promotion_waits_and_then_goes_back() -> None:
    """Nothing is torn out of the middle of a switch; what was asked for last is live in the end."""
    telling = verified("a", "b").tell(request("c")).until("ready")
    telling.tell(request("a", rollback=True))
    assert telling.state.queued is not None
    telling.until("smoked", "routed", "drained", "stopped", "ready", "smoked", "routed", "drained", "stopped")
    assert [event.version for event in telling.happened if isinstance(event, PromotionVerified)][-2:] == ["1.c", "1.a"]
    assert telling.state.verified is not None
    assert telling.state.verified.request.rollback


def test_a_rollback_to_what_serves_ends_what_waits_for_its_turn() -> None:
    """Also while another is on its way: the one that waits is named as superseded."""
    telling = verified("a", "b").tell(request("c"), request("d"), request("b", rollback=True))
    assert telling.verdicts() == ["verified", "verified", "queue"]
    assert telling.state.queued is not None
    assert telling.state.queued.digest == digest_of("b")


def test_a_rollback_of_a_rollback_brings_back_what_was_left() -> None:
    """When it is named: it was verified here, so it may."""
    telling = verified("a", "b")
    for name in "ab":
        telling.tell(request(name, rollback=True)).until("ready", "smoked", "routed", "drained", "stopped")
    assert telling.verdicts() == ["verified"] * 4
    assert telling.state.verified is not None
    assert telling.state.verified.request.digest == digest_of("b")


def test_the_same_again_leads_to_nothing() -> None:
    """Neither in progress nor verified nor waiting."""
    telling = Telling().tell(request("a"))
    assert request("a").decide(telling.state, NOW) == ()
    telling.tell(request("b"))
    assert request("b").decide(telling.state, NOW) == ()
    assert request("a").decide(verified("a").state, NOW) == ()


def test_the_order_of_settings_does_not_matter() -> None:
    """The same configuration in another order is the same."""
    telling = Telling().tell(request("a", config=(("A", "1"), ("B", "2"))))
    assert request("a", config=(("B", "2"), ("A", "1"))).decide(telling.state, NOW) == ()


def test_asking_again_for_what_is_in_progress_drops_what_waits() -> None:
    """The newest wish holds, and it is being done already."""
    telling = Telling().tell(request("a"), request("b"), request("a"))
    assert telling.verdicts() == ["queue"]
    assert telling.state.queued is None


def test_what_waits_for_what_is_live_is_verified_when_its_turn_comes() -> None:
    """Going back to what never left needs no rollout."""
    telling = verified("a").tell(request("b"), request("a"))
    telling.tell(reports.ReportGone(key=telling.wish(KeepSlot).key, slot="green", reason="died")).until("stopped")
    assert telling.verdicts() == ["verified", "start", "verified"]


def test_a_failed_start_stops_the_new_slot_and_nothing_else() -> None:
    """The verdict says why; what is live is not touched."""
    telling = verified("a").tell(request("b"))
    live = telling.state.blue
    telling.tell(reports.ReportGone(key=telling.wish(KeepSlot).key, slot="green", reason="exit code 1"))
    assert telling.verdicts() == ["verified", "start"]
    assert telling.state.blue == live
    assert telling.wish(StopSlot).slot == "green"


def test_a_new_instance_that_dies_while_the_old_one_drains_gives_the_traffic_back() -> None:
    """The old one is still there, and serves again."""
    telling = verified("a").tell(request("b")).until("ready", "smoked", "routed")
    keep = next(e for e in want(telling.state, NOW) if isinstance(e, KeepSlot) and e.slot == "green")
    telling.tell(reports.ReportGone(key=keep.key, slot="green", reason="it ended by signal 11"))
    assert telling.verdicts() == ["verified", "drain"]
    route = route_of(telling.state)
    assert route is not None
    assert [(server.slot, server.mode) for server in route.servers] == [("blue", "live")]
    assert not [e for e in want(telling.state, NOW) if isinstance(e, StopSlot)], "stopped before the traffic left it"
    telling.until("routed")
    assert telling.wish(StopSlot).slot == "green"


def test_the_cord_gives_up_what_has_no_traffic_and_what_waits() -> None:
    """Each with its verdict, and the cord's reason in it."""
    telling = verified("a").tell(request("b"), request("c"), HaltPromotion(reason="prices are wrong"))
    assert telling.verdicts() == ["verified", "queue", "start"]
    assert telling.happened[-1].reason == "prices are wrong"
    assert {event.outcome for event in telling.happened if isinstance(event, PromotionFailed)} == {"cancel"}


def test_the_cord_lets_a_promotion_finish_that_has_the_traffic() -> None:
    """Turning back would be another change."""
    telling = verified("a").tell(request("b")).until("ready", "smoked", "routed")
    telling.tell(HaltPromotion(reason="prices are wrong")).until("drained", "stopped")
    assert telling.verdicts() == ["verified", "verified"]


@pytest.mark.parametrize(
    ("steps", "within", "verdict"),
    [
        ((), START_WITHIN, "start"),
        (("ready",), SMOKE_WITHIN, "smoke"),
        (("ready", "smoked"), TRAFFIC_WITHIN, "traffic"),
        (("ready", "smoked", "routed", "drained"), STOP_WITHIN, "verified"),
    ],
)
def test_every_step_has_its_time(steps: Iterable[str], within: timedelta, verdict: str) -> None:
    """Before the traffic moved its end is a failure; after it there is no turning back."""
    telling = verified("a").tell(request("b")).until(*steps)
    assert reports.deadline(telling.state) == NOW + within
    telling.now = NOW + within
    telling.tell(reports.Tick())
    assert telling.verdicts() == ["verified", verdict]


def test_an_overlong_drain_ends_with_its_time() -> None:
    """The traffic has moved: the old one is stopped although the router does not answer."""
    telling = verified("a").tell(request("b")).until("ready", "smoked", "routed")
    telling.now += timedelta(minutes=5)
    telling.tell(reports.Tick()).until("stopped")
    assert telling.verdicts() == ["verified", "verified"]


def test_nobody_waits_for_ever() -> None:
    """A request whose turn does not come gets its verdict."""
    telling = verified("a").tell(request("b")).tell(request("c"))
    telling.state = telling.state.put("green", None)
    telling.now += QUEUE_WITHIN
    telling.tell(reports.Tick())
    assert "queue" in telling.verdicts()


def test_reports_of_other_wishes_change_nothing() -> None:
    """A key of the wrong promotion, slot or turn is not heard."""
    telling = verified("a").tell(request("b")).until("ready")
    old = verified("a")
    late = (
        reports.ReportReady(key=old.wish(KeepSlot).key, slot="green", port=1),
        reports.ReportSmoke(key=old.wish(KeepSlot).key, passed=True, checks=1),
        reports.ReportRouted(key=old.wish(KeepSlot).key, port=1),
        reports.ReportDrained(key=old.wish(KeepSlot).key, slot="blue"),
        reports.ReportStopped(key=old.wish(KeepSlot).key, slot="blue"),
        reports.ReportRouteLost(key=old.wish(KeepSlot).key, reason="x"),
    )
    assert [report.decide(telling.state, NOW) for report in late] == [()] * len(late)


def test_a_restart_is_told_once() -> None:
    """The same report a second time is no second restart."""
    telling = verified("a")
    report = reports.ReportRestarted(key=telling.wish(KeepSlot).key, slot="blue", restarts=1, reason="died")
    telling.tell(report, report)
    assert telling.named().count("SlotRestarted") == 1


def test_an_offer_is_gone_when_it_is_taken() -> None:
    """And what is live, or on its way, is not offered."""
    offer = OfferPromotion(environment=PRODUCTION, service=SHOP, digest=digest_of("b"), version=request("b").version)
    telling = verified("a").tell(offer, offer)
    assert telling.named().count("PromotionOffered") == 1
    telling.tell(request("b"))
    assert telling.state.offered is None
    assert offer.decide(telling.state, NOW) == ()


def test_a_taken_port_fails_a_first_promotion_and_leaves_nothing() -> None:
    """Without a router there is nobody to take the traffic back from."""
    telling = Telling().tell(request("a")).until("ready", "smoked")
    for _ in ("giving the traffic", "taking it back"):
        telling.tell(telling.wish(KeepRoute).failed("port 8701 is taken"))
    telling.until("stopped")
    assert telling.verdicts() == ["traffic"]
    assert want(telling.state, NOW) == ()
