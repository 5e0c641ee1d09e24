"""A short line of facts for tests: commits one after the other, runs, artifacts, deployments, by the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    FactId,
    Flip,
    Incident,
    Outcome,
    Place,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
    TaskTime,
)
from andon.tools.measurement.model.metric import Question, Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REPOSITORY = RepositoryName("shop")
SHOP = ServiceName("shop")
PRODUCTION = Place(service=SHOP, environment=EnvironmentName("production"))
TEST = Place(service=SHOP, environment=EnvironmentName("test"))
DAY = Window(begin=NOON, end=NOON + timedelta(days=1))
QUESTION = Question(place=PRODUCTION, window=DAY)


def at(minute: float) -> datetime:
    """Minutes after noon of the first day."""
    return NOON + timedelta(minutes=minute)


def name(number: int) -> CommitId:
    """The commit with this number."""
    return CommitId(f"{number:040x}")


def commit(number: int, minute: float, *parents: int, authored: float | None = None, author: str = "Ada") -> Commit:
    """A commit; after the one with the number before it where no parents are given."""
    before = parents or ((number - 1,) if number else ())
    return Commit(
        repository=REPOSITORY,
        id=name(number),
        parents=tuple(name(one) for one in before),
        committed_at=at(minute),
        authored_at=at(minute if authored is None else authored),
        author=author,
        subject=f"Change {number}",
    )


def deployed(
    number: int,
    end: float,
    *,
    begin: float | None = None,
    place: Place = PRODUCTION,
    outcome: Outcome = "success",
    mends: tuple[FactId, ...] = (),
    again: str = "",
    by: str = "",
) -> Deployment:
    """A deployment of the commit with this number."""
    return Deployment(
        id=FactId(f"t/{place.environment}/{number}{again}"),
        place=place,
        repository=REPOSITORY,
        commit=name(number),
        digest=f"d{number}",
        version=f"1.{number}",
        started_at=None if begin is None else at(begin),
        finished_at=at(end),
        outcome=outcome,
        mends=mends,
        rollback=bool(mends),
        by=by,
    )


def task(title: str, begin: float, end: float, *needs: str, ready: float | None = None) -> TaskTime:
    """A task that succeeded."""
    return TaskTime(
        name=title,
        needs=needs,
        ready_at=at(begin if ready is None else ready),
        started_at=at(begin),
        finished_at=at(end),
        outcome="success",
    )


def run(
    number: int,
    queued: float,
    begin: float,
    end: float,
    *tasks: TaskTime,
    outcome: Outcome = "success",
    attempt: int = 1,
    trunk: bool = True,
) -> Run:
    """A run of the commit with this number."""
    return Run(
        id=FactId(f"t/run/{number}/{attempt}"),
        repository=REPOSITORY,
        commit=name(number),
        pipeline="main",
        trunk=trunk,
        queued_at=at(queued),
        started_at=at(begin),
        finished_at=at(end),
        outcome=outcome,
        tasks=tasks,
        attempt=attempt,
    )


def published(number: int, minute: float) -> Publication:
    """The artifact of the commit with this number."""
    return Publication(
        id=FactId(f"t/artifact/{number}"),
        service=SHOP,
        repository=REPOSITORY,
        commit=name(number),
        digest=f"d{number}",
        version=f"1.{number}",
        at=at(minute),
        provenance=True,
    )


def offered(number: int, minute: float, place: Place = PRODUCTION) -> PromotionOffer:
    """The artifact of that commit waited for a person."""
    return PromotionOffer(
        id=FactId(f"t/offer/{number}/{place.environment}"), place=place, digest=f"d{number}", at=at(minute)
    )


def change(
    number: int,
    first: float,
    opened: float,
    reviewed: float | None = None,
    merged: float | None = None,
    author: str = "Ada",
    merged_by: str = "Ada",
) -> Change:
    """A change that landed with the commit of this number, or will."""
    return Change(
        id=FactId(f"t/change/{number}"),
        repository=REPOSITORY,
        title=f"Change {number}",
        author=author,
        first_commit_at=at(first),
        opened_at=at(opened),
        first_review_at=None if reviewed is None else at(reviewed),
        merged_at=None if merged is None else at(merged),
        head=name(number),
        merge_commit=None if merged is None else name(number),
        merged_by=merged_by,
    )


def weakness(repository: RepositoryName = REPOSITORY) -> SecurityFinding:
    """Something a scanner found."""
    return SecurityFinding(
        id=FactId(f"t/finding/{repository}"), repository=repository, title="Old", severity="low", opened_at=at(1)
    )


def refusal() -> RuleRefusal:
    """A rule said no, to somebody."""
    return RuleRefusal(id=FactId("t/refusal"), rule="one-trunk", what="CreateRepository", by="ada", at=at(1))


def slow(place: Place = PRODUCTION, *causes: FactId) -> Incident:
    """A service was slow."""
    return Incident(id=FactId(f"t/slow/{place}"), place=place, title="Slow", detected_at=at(25), caused_by=causes)


def in_other_service() -> tuple[Deployment, *tuple[Fact, ...]]:
    """One fact of each kind that a service has, of a service that shares nothing with the first."""
    other = RepositoryName("billing")
    place = Place(service=ServiceName("billing"), environment=PRODUCTION.environment)
    return (
        replace(deployed(1, 30), id=FactId("t/billing/1"), place=place, repository=other),
        replace(commit(1, 1), repository=other),
        replace(run(1, 1, 1, 2), id=FactId("t/billing/run"), repository=other),
        Change(id=FactId("t/billing/change"), repository=other, title="Pay", author="Eve", opened_at=at(1)),
        Publication(
            id=FactId("t/billing/1.1"),
            service=place.service,
            repository=other,
            commit=name(1),
            digest="d1",
            version="1.1",
            at=at(2),
            provenance=True,
        ),
        PromotionOffer(id=FactId("t/billing/offer"), place=place, digest="d1", at=at(3)),
        Flip(id=FactId("t/billing/flip"), place=place, flag="cards", what="on", at=at(4)),
        slow(place),
        weakness(other),
    )
