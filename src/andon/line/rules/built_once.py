"""A commit becomes one artifact, once."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.ids import short
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.artifacts.events import PublishArtifact

ID = "built-once"
WHY = (
    "Two artifacts of one commit are two truths; the second was never the one that was tested. "
    "Source: Humble and Farley, Continuous Delivery, chapter 5: only build your binaries once."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny publishing a second, different digest for a commit that has one."""
    command = order.command
    if not isinstance(command, PublishArtifact):
        return None
    first = facts.built.get((command.repository, command.commit, command.name))
    if first is None or first == command.digest:
        return None
    published = facts.artifacts[first]
    return Deny(
        reason=f"commit {short(command.commit)} of {command.repository} was built already: run {published.run} made "
        f"{command.name} {published.version} ({short(first)}), and run {command.run} made something else of it "
        f"({short(command.digest)}).",
        remedy=f"Deploy {command.name} {published.version}, or push a new commit. If the build should make the same "
        "bytes each time, look for dates or random names in what it writes.",
    )


RULE = Rule(id=ID, why=WHY, judge=judge)
