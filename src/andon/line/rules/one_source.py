"""A service, and an artifact, comes from one repository: the first, or the one that it was given to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from andon.kernel.ids import RepositoryName
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.owners import Owners, names_of
from andon.line.rules.verdict import Deny, Rule, Verdict
from andon.standards.shapes import did_you_mean
from andon.tools.artifacts.events import PublishArtifact
from andon.tools.delivery.events import HandOver, OfferPromotion, RequestPromotion

ID = "one-source"
WHY = (
    "A second repository that publishes under the same name would put its code where the first one's runs, beside the "
    "first one's secrets. Source: SLSA v1.0, Verifying artifacts: expect the source that an artifact was built from."
)


def judge(facts: Facts, order: Order, now: datetime) -> Verdict:
    """Deny what would put one repository's work under another one's name."""
    match order.command:
        case PublishArtifact() as command:
            return claim(facts.owners, command.repository, names_of(command.name, command.service))
        case RequestPromotion() | OfferPromotion() as command:
            return _enter(facts, command)
        case HandOver() as command:
            return _hand_over(facts, command)
        case _:
            return None


def claim(owners: Owners, repository: RepositoryName, names: Iterable[str]) -> Verdict:
    """Deny a repository the names that are another one's."""
    for name in names:
        owner = owners.owner(name)
        if owner not in {None, repository}:
            return _taken(owners, name, owner, repository)
    return None


def _taken(owners: Owners, name: str, owner: RepositoryName | None, repository: RepositoryName) -> Deny:
    known = owners.known_as(name)
    alike = "" if known == name else f", and {name} can be taken for it"
    hand_over = f"andon service transfer {known} --to {repository}"
    if owners.declared(name):
        hand_over = f'[service.{known}] repository = "{repository}" in line.toml'
    return Deny(
        reason=f"{known} belongs to the repository {owner}{alike}; this is {repository}.",
        remedy=f"Choose another name in andon.toml and push again, or ask an operator to hand it over:\n{hand_over}",
    )


def _enter(facts: Facts, command: RequestPromotion | OfferPromotion) -> Verdict:
    """What was verified here may always come back; all else is its owner's."""
    artifact = facts.artifacts.get(command.digest)
    if artifact is None or command.digest in facts.standing(command.environment, command.service).verified:
        return None
    return claim(facts.owners, artifact.repository, (command.service,))


def _hand_over(facts: Facts, command: HandOver) -> Verdict:
    names = [name for name, _ in facts.owners.all()]
    if command.name not in names:
        known = did_you_mean(command.name, names) or "It belongs to the first repository that publishes it."
        return Deny(reason=f"nobody owns the name {command.name}.", remedy=known)
    repositories = [one for one in facts.trunks if not facts.closings.is_deleted(one)]
    if command.repository not in repositories:
        known = did_you_mean(command.repository, repositories) or "A first push creates it."
        return Deny(reason=f"there is no repository {command.repository}.", remedy=known)
    declared = facts.owners.declared(command.name)
    if declared:
        return Deny(
            reason=f"line.toml says that {command.name} comes from {declared}.",
            remedy=f"Change [service.{command.name}] repository in line.toml and push it.",
        )
    return None


RULE = Rule(id=ID, why=WHY, judge=judge)
