"""The digest that enters an environment is the one that was verified in the environment before it."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.ids import short
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.delivery.events import RequestPromotion

ID = "same-artifact"
WHY = (
    "What was tested is what is released: rebuilding or swapping an artifact between environments throws the evidence "
    "away. Source: Humble and Farley, Continuous Delivery, chapter 5: only build your binaries once."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny a promotion of what was never published, or never verified where it comes from."""
    command = order.command
    if not isinstance(command, RequestPromotion):
        return None
    here = facts.standing(command.environment, command.service)
    if command.digest in here.verified:
        return None
    if command.digest not in facts.artifacts:
        return Deny(
            reason=f"no run of this line published {short(command.digest)}.",
            remedy="Push the commit that makes it; only what CI built can be promoted.",
        )
    before = facts.before(command.environment)
    if before is None or command.digest in facts.standing(before.name, command.service).verified:
        return None
    return Deny(
        reason=f"{command.service} {command.version} was not verified in {before.name}, "
        f"which comes before {command.environment}.",
        remedy=f"Promote it there first:  andon promote {command.service} --env {before.name}",
    )


RULE = Rule(id=ID, why=WHY, judge=judge)
