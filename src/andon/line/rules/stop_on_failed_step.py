"""What failed a step goes no further: neither out of a run that is not green, nor again into where it failed."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.ids import FLOW
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.artifacts.events import PublishArtifact
from andon.tools.delivery.events import RequestPromotion

ID = "stop-on-failed-step"
WHY = (
    "A failed step stops the steps behind it; pushing on turns one defect into many. "
    "Source: Humble and Farley, Continuous Delivery, chapter 5: if any part of the pipeline fails, stop the line."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny publishing from a run that is not green, and sending on by itself what failed here."""
    match order.command:
        case PublishArtifact(run=run) if facts.runs.get(run) != "success":
            return Deny(
                reason=f"run {run} is not green.",
                remedy=f"See what failed:  andon log {run}  and push the fix.",
            )
        case RequestPromotion() as command if order.actor == FLOW:
            if facts.standing(command.environment, command.service).failed != command.digest:
                return None
            return Deny(
                reason=f"{command.service} {command.version} failed in {command.environment} before.",
                remedy=f"Push a fix, or try it again:  andon promote {command.service} --env {command.environment}",
            )
        case _:
            return None


RULE = Rule(id=ID, why=WHY, judge=judge)
