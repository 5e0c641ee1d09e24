"""The loop on a page: what follows from what, across the tools.

a change lands            -> start its pipeline
a branch is pushed        -> build it, and no more
somebody asks for a run   -> start it
the line's own file lands -> read it
a run of trunk is green   -> publish its artifact
an artifact is published  -> on to the first environment, unless a newer commit's went ahead
a promotion is verified   -> on to the next environment, unless a newer commit's went ahead
the line is defined anew  -> services whose configuration changed are deployed with it; those whose environment left
                             it are drained and stopped; what waited for an environment that left goes on
a secret changes          -> what serves with the old value is restarted, where environments are automatic
a cord is pulled          -> what is in its scope halts at a safe point
a cord is released        -> what waited goes on
a repository is archived  -> its open runs are cancelled, and no other begins
a repository is deleted   -> the same, and what it has offered to an environment is taken back
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    BranchName,
    CommitId,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    chain_of,
)
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.leaving import close, retire
from andon.line.orders import order
from andon.line.protection import LINE_REPOSITORY
from andon.tools.artifacts.events import ArtifactPublished, PublishArtifact, SupersedeArtifact
from andon.tools.delivery.events import (
    CordPulled,
    CordReleased,
    EnvironmentSpec,
    HaltPromotion,
    LineDefined,
    OfferPromotion,
    PromotionFailed,
    PromotionVerified,
    ReadLineAt,
    RequestPromotion,
)
from andon.tools.infra.events import SecretRemoved, SecretSet
from andon.tools.pipelines.events import QueueRun, RunFinished, RunRequested
from andon.tools.source.events import (
    BranchPushed,
    ChangeLanded,
    PushedCommit,
    RepositoryArchived,
    RepositoryDeleted,
)


def react(happened: Envelope[Any], facts: Facts) -> tuple[Order, ...]:
    """The orders that follow from an event."""
    return () if facts.closings.forbids(happened) else _react(happened, facts)


def _react(happened: Envelope[Any], facts: Facts) -> tuple[Order, ...]:
    match happened.event:
        case ChangeLanded() as event if event.repository == LINE_REPOSITORY:
            return (order(happened, "line/main", ReadLineAt(commit=event.commit)),)
        case ChangeLanded() as event:
            return (_start_run(happened, facts, _landed(event, facts.trunks[event.repository])),)
        case BranchPushed() as event if _is_side_branch(event, facts):
            return (_start_run(happened, facts, _pushed(event)),)
        case RunRequested() as event:
            return (_start_run(happened, facts, event),)
        case RunFinished() as event:
            return _publish(happened, facts, event)
        case _:
            return tuple(_deliver(happened, facts))


def _deliver(happened: Envelope[Any], facts: Facts) -> Iterable[Order]:
    match happened.event:
        case ArtifactPublished() as event if event.service is not None and facts.environments:
            yield _advance(happened, facts, facts.environments[0], event)
        case PromotionVerified() | PromotionFailed() as event:
            yield from _send_on(happened, facts, event)
            yield from _renew(happened, facts, event.environment, event.service)
        case SecretSet() | SecretRemoved() as event:
            yield from _renew(happened, facts, event.environment, event.service)
        case LineDefined():
            yield from (*retire(happened, facts), *_reconfigure(happened, facts), *_resume(happened, facts))
        case CordPulled() as event:
            yield from _halt(happened, facts, event)
        case CordReleased():
            yield from _resume(happened, facts)
        case RepositoryArchived() | RepositoryDeleted() as event:
            yield from close(happened, facts, event)
        case _:
            return


def _send_on(happened: Envelope[Any], facts: Facts, event: PromotionVerified | PromotionFailed) -> Iterable[Order]:
    """What is verified goes to the next environment; what was gone back to, or started anew, has been there."""
    if isinstance(event, PromotionFailed) or event.rollback or event.restart:
        return
    after = facts.after(event.environment)
    if after:
        yield _advance(happened, facts, after, facts.artifacts[event.digest])


def _is_side_branch(event: BranchPushed, facts: Facts) -> bool:
    """Only trunk deploys; trunk's own runs begin with ChangeLanded."""
    is_trunk = facts.trunks.get(event.repository) == event.branch
    return not is_trunk and event.after is not None and event.repository != LINE_REPOSITORY


def _landed(event: ChangeLanded, trunk: BranchName) -> RunRequested:
    return _request(event.repository, event.commit, trunk, event.commits)


def _pushed(event: BranchPushed) -> RunRequested:
    assert event.after is not None  # noqa: S101  (_is_side_branch has said so)
    return _request(event.repository, event.after, event.branch, event.commits)


def _request(
    repository: RepositoryName, commit: CommitId, branch: BranchName, commits: tuple[PushedCommit, ...]
) -> RunRequested:
    head = commits[0] if commits else None
    return RunRequested(
        repository=repository,
        commit=commit,
        branch=branch,
        subject=head.subject if head else "",
        author=head.author if head else "",
    )


def _start_run(happened: Envelope[Any], facts: Facts, asked: RunRequested) -> Order:
    number = RunNumber(facts.last_run + 1)
    command = QueueRun(
        number=number,
        repository=asked.repository,
        commit=asked.commit,
        branch=asked.branch,
        trunk=facts.trunks.get(asked.repository) == asked.branch,
        subject=asked.subject,
        author=asked.author,
    )
    return order(happened, f"run/{number}", command, chain_of(asked.repository, asked.commit))


def _publish(happened: Envelope[Any], facts: Facts, event: RunFinished) -> tuple[Order, ...]:
    packed = event.artifact
    if packed is None or event.outcome != "success" or not event.trunk:
        return ()
    command = PublishArtifact(
        name=packed.artifact,
        version_prefix=event.version_prefix,
        digest=packed.digest,
        size_bytes=packed.size_bytes,
        repository=event.repository,
        commit=event.commit,
        run=event.number,
        provenance=packed.provenance,
        service=event.service.name if event.service else None,
        landing=facts.order.landing(event.repository, event.commit, event.version_prefix),
    )
    return (order(happened, f"artifact/{packed.artifact}", command),)


def _advance(happened: Envelope[Any], facts: Facts, environment: EnvironmentSpec, artifact: ArtifactPublished) -> Order:
    """On its way, unless a newer commit's went ahead: that is recorded, and people may still promote it."""
    newer = facts.overtaken_by(environment.name, artifact)
    if newer is None:
        return _enter(happened, facts, environment, artifact)
    return order(happened, f"artifact/{artifact.name}", SupersedeArtifact(digest=artifact.digest, by=newer.version))


def _enter(happened: Envelope[Any], facts: Facts, environment: EnvironmentSpec, artifact: ArtifactPublished) -> Order:
    """Into an environment: by itself where it is automatic, else offered to the people."""
    assert artifact.service is not None  # noqa: S101  (only services are delivered)
    at = f"service/{environment.name}/{artifact.service}"
    if environment.promotion == "automatic":
        return order(happened, at, _promotion(facts, environment, artifact, why="automatic"))
    offer = OfferPromotion(
        environment=environment.name, service=artifact.service, digest=artifact.digest, version=artifact.version
    )
    return order(happened, at, offer)


def _promotion(
    facts: Facts, environment: EnvironmentSpec, artifact: ArtifactPublished, *, why: str
) -> RequestPromotion:
    assert artifact.service is not None  # noqa: S101  (only services are delivered)
    return RequestPromotion(
        environment=environment.name,
        service=artifact.service,
        artifact=artifact.name,
        digest=artifact.digest,
        version=artifact.version,
        commit=artifact.commit,
        repository=artifact.repository,
        rollback=False,
        config=facts.config(environment.name, artifact.service),
        drain=environment.drain,
        port=facts.port(environment.name, artifact.service),
        why=why,
    )


def _reconfigure(happened: Envelope[Any], facts: Facts) -> Iterable[Order]:
    """What is live, or on its way, is deployed again where configuration or port changed."""
    for environment in facts.environments:
        for service in facts.services():
            wanted = facts.standing(environment.name, service).wanted
            if wanted is None or facts.is_as_declared(environment.name, service):
                continue
            command = _promotion(facts, environment, facts.artifacts[wanted], why="configuration changed")
            yield order(happened, f"service/{environment.name}/{service}", command)


def _renew(
    happened: Envelope[Any], facts: Facts, environment: EnvironmentName, service: ServiceName
) -> Iterable[Order]:
    """What serves with secrets of before starts anew with those of now, once, when nothing else is on its way."""
    spec = next((one for one in facts.environments if one.name == environment), None)
    standing = facts.standing(environment, service)
    if spec is None or spec.promotion != "automatic" or standing.live is None or standing.in_progress:
        return
    if facts.secrets.is_untried(environment, service) and facts.cords.stopping(environment, service) is None:
        artifact = facts.artifacts[standing.live]
        command = replace(_promotion(facts, spec, artifact, why="secrets changed"), restart=True)
        yield order(happened, f"service/{environment}/{service}", command, standing.chain)


def _halt(happened: Envelope[Any], facts: Facts, cord: CordPulled) -> Iterable[Order]:
    for (environment, service), standing in tuple(facts.standings.items()):
        if not standing.in_progress or facts.cords.stopping(environment, service) is None:
            continue
        command = HaltPromotion(reason=f"cord pulled by {happened.actor}: {cord.reason}")
        yield order(happened, f"service/{environment}/{service}", command, standing.chain)


def _resume(happened: Envelope[Any], facts: Facts) -> Iterable[Order]:
    """What the cord, or an environment that left, held back goes on by itself where environments are automatic."""
    for environment in facts.environments:
        for service in facts.services():
            waiting = _waiting_for(facts, environment, service)
            if waiting is None:
                yield from _renew(happened, facts, environment.name, service)
            elif facts.cords.stopping(environment.name, service) is None:
                yield _enter(happened, facts, environment, waiting)


def _waiting_for(facts: Facts, environment: EnvironmentSpec, service: ServiceName) -> ArtifactPublished | None:
    """The artifact that should be in the environment and is not."""
    before = facts.before(environment.name)
    candidate = facts.standing(before.name, service).live if before else facts.newest[service].digest
    here = facts.standing(environment.name, service)
    if candidate is None or here.removed or candidate in here.verified or candidate == here.failed:
        return None
    artifact = facts.artifacts[candidate]
    return None if facts.overtaken_by(environment.name, artifact) else artifact
