"""A repository is deleted only when nothing that it publishes serves any more."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.protection import LINE_REPOSITORY
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.source.events import DeleteRepository

ID = "nothing-serves"
WHY = (
    "A service whose source is gone goes on until it fails, and then nobody can build it again. "
    "Source: NIST SP 800-218 (SSDF), PS.3: keep what is needed to build and mend each release that is in use."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny deleting the source of what serves, and of the line itself."""
    command = order.command
    if not isinstance(command, DeleteRepository):
        return None
    if command.repository == LINE_REPOSITORY:
        return Deny(
            reason=f"{LINE_REPOSITORY} holds line.toml, which says where everything goes.",
            remedy="Archive it to keep line.toml as it is:  andon repository archive line",
        )
    serving = facts.serving(command.repository)
    if not serving:
        return None
    places = ", ".join(f"{service} in {environment}" for service, environment in serving)
    services = dict.fromkeys(service for service, _ in serving)
    steps = (
        f"End it:  andon service remove {one} --yes\nOr hand it over:  andon service transfer {one} --to REPOSITORY"
        for one in services
    )
    return Deny(reason=f"{command.repository} publishes what still serves: {places}.", remedy="\n".join(steps))


RULE = Rule(id=ID, why=WHY, judge=judge)
