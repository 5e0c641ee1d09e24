"""An artifact comes from one repository: the one that published it first."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.artifacts.events import PublishArtifact

ID = "one-source"
WHY = (
    "A second repository that publishes under the same name would put its code where the first one's runs, beside the "
    "first one's secrets. Source: SLSA v1.0, Verifying artifacts: expect the source that an artifact was built from."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny publishing an artifact of another repository."""
    command = order.command
    if not isinstance(command, PublishArtifact):
        return None
    source = facts.sources.get(command.name, command.repository)
    if source == command.repository:
        return None
    return Deny(
        reason=f"the artifact {command.name} comes from the repository {source}, and this is {command.repository}.",
        remedy="Give the artifact another name in andon.toml and push again.",
    )


RULE = Rule(id=ID, why=WHY, judge=judge)
