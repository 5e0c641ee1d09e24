"""A pulled cord stops every promotion in its scope until somebody releases it."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.delivery.events import RequestPromotion

ID = "cord-pulled"
WHY = (
    "Anyone who sees a defect stops the line, and nothing moves until it is understood; stopping early costs less than "
    "repairing late. Source: Toyota's andon cord, as in Taiichi Ohno, Toyota Production System."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny a promotion into a scope whose cord is pulled."""
    if not isinstance(order.command, RequestPromotion):
        return None
    cord = facts.cords.stopping(order.command.environment, order.command.service)
    if cord is None:
        return None
    return Deny(
        reason=f'{_scope(cord.scope)} is stopped: "{cord.reason}", pulled by {cord.by}.',
        remedy=f"When it is safe again:  andon cord release {cord.scope} --reason …",
    )


def _scope(scope: str) -> str:
    return "the line" if scope == "line" else scope.replace("/", " ", 1)


RULE = Rule(id=ID, why=WHY, judge=judge)
