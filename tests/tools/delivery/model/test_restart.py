"""What serves is started anew in the other slot: through every step of a promotion, and as no deployment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import EnvironmentName
from andon.tools.delivery.model.choice import Situation, restart
from andon.tools.delivery.model.line import EnvironmentSpec
from andon.tools.delivery.model.retirement import RetireService
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionVerified

from .street import PRODUCTION, SHOP, request
from .test_retirement import live
from .test_service import Telling

STEPS = ("ready", "smoked", "routed", "drained", "stopped")
TEST = EnvironmentName("test")


def test_a_restart_is_smoke_checked_takes_over_and_has_its_own_verdict() -> None:
    """The same digest in the other slot; the verdict tells it from a deployment."""
    service = live()
    before = service.state.slot_in("live")
    service.tell(request("a", restart=True)).until(*STEPS)
    verdict = service.happened[-1]
    assert isinstance(verdict, PromotionVerified)
    assert verdict.restart
    assert service.state.slot_in("live") not in {before, None}


def test_a_restart_that_fails_leaves_what_serves() -> None:
    """Its smoke check failed; the old instance keeps the traffic."""
    service = live().tell(request("a", restart=True)).until("ready")
    smoke = service.named()
    service.tell(replace(service._smoked(), passed=False, reason="500"))
    (verdict,) = [e for e in service.happened[len(smoke) :] if isinstance(e, PromotionFailed)]
    assert verdict.restart
    assert service.state.verified is not None


@pytest.mark.parametrize(
    ("service", "rule"),
    [
        (Telling(), "nothing-to-restart"),
        (live().tell(RetireService(environment=PRODUCTION, service=SHOP, reason="gone")), "nothing-to-restart"),
        (live().tell(request("b")), "one-at-a-time"),
        (live().tell(request("a", restart=True)), "one-at-a-time"),
    ],
)
def test_a_restart_is_refused_when_nothing_serves_or_something_is_on_its_way(service: Telling, rule: str) -> None:
    """With what is on its way, and the command that does it afterwards."""
    with pytest.raises(Refused) as refused:
        request("a", restart=True).decide(service.state, service.now)
    assert refused.value.rule == rule
    assert "andon restart" in str(refused.value.remedy) or rule == "nothing-to-restart"


def situation(*serving: EnvironmentName) -> Situation:
    specs = tuple(
        EnvironmentSpec(name=name, promotion="manual", drain=request("a").drain) for name in (TEST, PRODUCTION)
    )
    states = dict.fromkeys(serving, live().state)
    return Situation(service=SHOP, environments=specs, placements=(), states=states, published=())


def test_the_only_place_where_it_serves_is_meant() -> None:
    """With several, one has to be named; with none, there is nothing to restart."""
    assert restart(situation(TEST), "", "").environment == TEST
    assert restart(situation(TEST, PRODUCTION), "production", "").restart
    with pytest.raises(Invalid, match=r"serves in test, production\. Say which"):
        restart(situation(TEST, PRODUCTION), "", "")
    with pytest.raises(NotFound, match="serves in production: there is nothing to restart"):
        restart(situation(TEST), "production", "")
    with pytest.raises(NotFound, match="Did you mean"):
        restart(situation(TEST), "prodction", "")
