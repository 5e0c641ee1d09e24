"""Histories for the line's tests: events in envelopes, folded into facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    NO_CHAIN,
    Actor,
    ArtifactName,
    BranchName,
    CommitId,
    Digest,
    EnvironmentName,
    EventId,
    RepositoryName,
    RunNumber,
    ServiceName,
    StreamId,
    Version,
)
from andon.line.facts import Facts
from andon.tools.artifacts.events import ArtifactPublished, PublishArtifact
from andon.tools.delivery.events import (
    CordPulled,
    EnvironmentSpec,
    LineDefined,
    PromotionFailed,
    PromotionId,
    PromotionRequested,
    PromotionVerified,
    RequestPromotion,
    ServicePlacement,
    ServiceRetired,
)
from andon.tools.pipelines.events import Outcome, RunFinished, RunQueued
from andon.tools.source.events import (
    ChangeLanded,
    PushedCommit,
    RepositoryArchived,
    RepositoryCreated,
    RepositoryDeleted,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADA = Actor("ada")
SHOP = ServiceName("shop")
REPOSITORY = RepositoryName("shop")
MAIN = BranchName("main")
TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")
COMMIT = CommitId("a" * 40)
ONE, TWO = Digest("sha256:" + "1" * 64), Digest("sha256:" + "2" * 64)
VERSION = Version("1.1")


def envelope(event: Any, actor: Actor = ADA, position: int = 1) -> Envelope[Any]:
    """The event as the ledger would give it."""
    return Envelope(
        position=position,
        sequence=1,
        id=EventId(f"e{position}"),
        stream=StreamId("any/stream"),
        type=type(event).__name__,
        at=NOW,
        actor=actor,
        cause=None,
        chain=NO_CHAIN,
        event=event,
    )


def facts_of(*events: Any) -> Facts:
    """What is known after the events."""
    facts = Facts()
    for position, event in enumerate(events, 1):
        facts.apply(envelope(event, position=position))
    return facts


def repository() -> RepositoryCreated:
    return RepositoryCreated(repository=REPOSITORY, trunk=MAIN)


def archived() -> RepositoryArchived:
    return RepositoryArchived(repository=REPOSITORY, by=ADA, reason="moved", at=NOW)


def deleted() -> RepositoryDeleted:
    return RepositoryDeleted(repository=REPOSITORY, by=ADA, reason="never used", at=NOW)


def retired(environment: EnvironmentName) -> ServiceRetired:
    return ServiceRetired(environment=environment, service=SHOP, reason="removed", by_hand=True, by=None)


def line(
    production: Any = "manual", config: tuple[tuple[str, str], ...] = (), commit: CommitId = COMMIT
) -> LineDefined:
    """test, then production."""
    drain = timedelta(seconds=5)
    return LineDefined(
        commit=commit,
        environments=(
            EnvironmentSpec(name=TEST, promotion="automatic", drain=drain),
            EnvironmentSpec(name=PRODUCTION, promotion=production, drain=drain),
        ),
        placements=(ServicePlacement(service=SHOP, environment=PRODUCTION, port=8800, config=config),),
    )


def queued(number: int = 1, commit: CommitId = COMMIT) -> RunQueued:
    return RunQueued(
        number=RunNumber(number),
        repository=REPOSITORY,
        commit=commit,
        branch=MAIN,
        trunk=True,
        subject="Fix rounding",
        author="Ada",
        at=NOW,
    )


def finished(number: int = 1, outcome: Outcome = "success", **changes: Any) -> RunFinished:
    fields: dict[str, Any] = {
        "number": RunNumber(number),
        "repository": REPOSITORY,
        "commit": COMMIT,
        "branch": MAIN,
        "trunk": True,
        "outcome": outcome,
        "reason": "",
        "took": timedelta(seconds=9),
        "artifact": None,
        "service": None,
        "version_prefix": "1",
    }
    return RunFinished(**(fields | changes))


def landed(*commits: CommitId) -> ChangeLanded:
    """A change of these commits, the newest first."""
    brought = tuple(replace(landed_commit(), commit=commit) for commit in commits)
    return ChangeLanded(repository=REPOSITORY, commit=commits[0], before=None, commits=brought)


def published(
    digest: Digest = ONE,
    version: Version = VERSION,
    service: ServiceName | None = SHOP,
    commit: CommitId = COMMIT,
) -> ArtifactPublished:
    return ArtifactPublished(
        name=ArtifactName("shop"),
        version=version,
        digest=digest,
        size_bytes=1,
        repository=REPOSITORY,
        commit=commit,
        run=RunNumber(1),
        provenance=TWO,
        service=service,
    )


def publish(digest: Digest = ONE, run: int = 1) -> PublishArtifact:
    return PublishArtifact(
        name=ArtifactName("shop"),
        version_prefix="1",
        digest=digest,
        size_bytes=1,
        repository=REPOSITORY,
        commit=COMMIT,
        run=RunNumber(run),
        provenance=TWO,
        service=SHOP,
    )


def request(environment: EnvironmentName = PRODUCTION, digest: Digest = ONE, **changes: Any) -> RequestPromotion:
    fields: dict[str, Any] = {
        "environment": environment,
        "service": SHOP,
        "digest": digest,
        "version": VERSION,
        "commit": COMMIT,
        "repository": REPOSITORY,
    }
    return RequestPromotion(**(fields | changes))


def requested(environment: EnvironmentName = TEST, digest: Digest = ONE, number: int = 1) -> PromotionRequested:
    return PromotionRequested(
        promotion=PromotionId(f"{environment}/shop/{number}"),
        environment=environment,
        service=SHOP,
        artifact=ArtifactName("shop"),
        digest=digest,
        version=VERSION,
        commit=COMMIT,
        repository=REPOSITORY,
        rollback=False,
        config=(),
        config_digest="",
        why="",
        drain=timedelta(seconds=5),
        port=0,
        requested_at=NOW,
    )


def verified(environment: EnvironmentName = TEST, digest: Digest = ONE, *, rollback: bool = False) -> PromotionVerified:
    return PromotionVerified(
        promotion=PromotionId(f"{environment}/shop/1"),
        environment=environment,
        service=SHOP,
        digest=digest,
        version=VERSION,
        commit=COMMIT,
        repository=REPOSITORY,
        took=timedelta(seconds=2),
        rollback=rollback,
    )


def failed(environment: EnvironmentName = TEST, digest: Digest = ONE) -> PromotionFailed:
    return PromotionFailed(
        promotion=PromotionId(f"{environment}/shop/1"),
        environment=environment,
        service=SHOP,
        digest=digest,
        version=VERSION,
        commit=COMMIT,
        repository=REPOSITORY,
        phase="smoke",
        reason="500",
    )


def pulled(scope: str = "line") -> CordPulled:
    return CordPulled(scope=scope, reason="errors everywhere")


def landed_commit(commit: CommitId = COMMIT) -> PushedCommit:
    return PushedCommit(
        commit=commit,
        author="Ada",
        author_email="ada@example.org",
        authored_at=NOW,
        committed_at=NOW,
        subject="Fix rounding",
    )
