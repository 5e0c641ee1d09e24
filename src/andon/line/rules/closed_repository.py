"""Nothing is built from a repository that was archived, and nothing is delivered that nobody can build any more."""

from __future__ import annotations

from datetime import datetime

from andon.kernel.ids import RepositoryName
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.tools.artifacts.events import PublishArtifact
from andon.tools.delivery.events import OfferPromotion, RequestPromotion
from andon.tools.pipelines.events import RequestRun

ID = "closed-repository"
WHY = (
    "What nobody may change is not built again, and what nobody can build again is not mended when it fails. "
    "Source: NIST SP 800-218 (SSDF), PS.3: keep what is needed to build and mend each release that is in use."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny runs of closed repositories, and promotions of services whose repository was deleted."""
    match order.command:
        case RequestRun() as command:
            return _closed(facts, command.repository)
        case PublishArtifact() as command if facts.closings.is_deleted(command.repository):
            return _closed(facts, command.repository)
        case RequestPromotion() | OfferPromotion() as command:
            owner = facts.owners.owner(command.service)
            return _closed(facts, owner) if owner and facts.closings.is_deleted(owner) else None
        case _:
            return None


def _closed(facts: Facts, repository: RepositoryName) -> Verdict:
    closing = facts.closings.of(repository)
    return Deny(reason=closing.sentence(repository), remedy=closing.remedy(repository)) if closing else None


RULE = Rule(id=ID, why=WHY, judge=judge)
