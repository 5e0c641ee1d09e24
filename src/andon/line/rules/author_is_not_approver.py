"""Nobody approves what they pushed or wrote."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.ids import short
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.source.events import ApproveChange

ID = "author-is-not-approver"
WHY = (
    "A second person's look is worth something only when it is a second person's. "
    "Source: SLSA v1.2, Source track, level 4: changes to protected branches are agreed to by two trusted people."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny approval by those who had a hand in it, and of what nobody pushed to a branch."""
    command = order.command
    if not isinstance(command, ApproveChange):
        return None
    hands = facts.protection.hands(command.repository, command.commit)
    if hands is None:
        return Deny(
            reason=f"{short(command.commit)} is not the newest commit of a branch of {command.repository}.",
            remedy=f"Push it to a branch first:  git push andon {short(command.commit)}:refs/heads/change",
        )
    if order.actor.casefold() not in hands:
        return None
    return Deny(
        reason=f"{order.actor} pushed or wrote {short(command.commit)}, or a commit below it.",
        remedy=f"Ask another operator:  andon approve {command.repository} {short(command.commit)}",
    )


RULE = Rule(id=ID, why=WHY, judge=judge)
