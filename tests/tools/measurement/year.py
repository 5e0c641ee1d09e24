"""A believable year of a few services, as facts: what the pages are tested, looked at and measured with.

The same shape gives the same year, whenever it is asked. Nobody works at night or on Sundays, releases bunch after
lunch, some go wrong, and most of those are mended by going back.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    FactId,
    Incident,
    Outcome,
    Place,
    PromotionOffer,
    Publication,
    Run,
    TaskTime,
)
from andon.tools.measurement.model.history import History
from tests.tools.measurement.year_beside import beside
from tests.tools.measurement.year_shape import (
    PEOPLE,
    PRODUCTION,
    TASKS,
    TEST,
    THINGS,
    TROUBLES,
    VERBS,
    Shape,
)


def year(shape: Shape | None = None) -> History:
    """The whole year."""
    return History(facts(shape or Shape()))


def facts(shape: Shape) -> Iterator[Fact]:
    """Fact by fact: each service after the other, each in the order in which it happened."""
    for number, name in enumerate(shape.services):
        yield from ServiceYear(shape, name, random.Random(shape.seed * 1000 + number)).facts()


def hexed(text: str, digits: int = 40) -> str:
    """Digits that look like a hash, the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


class ServiceYear:
    """One service: its changes land one after the other, and most go all the way."""

    def __init__(self, shape: Shape, name: str, dice: random.Random) -> None:
        self.shape, self.name, self.dice = shape, name, dice
        self.repository = RepositoryName(name)
        self.trunk: tuple[CommitId, ...] = ()
        #: what stood in production before, the newest last: digest, version and commit
        self.stood: list[tuple[str, str, CommitId]] = []
        self.version = 0
        #: one goes into production after the other
        self.free = shape.end - timedelta(days=shape.days + 1)
        self.count = 0

    def facts(self) -> Iterator[Fact]:
        """Everything."""
        for number, merged in enumerate(self.moments()):
            yield from self.change(number, merged)
        yield from self.open_changes()
        yield from beside(self.shape, self.name, self.dice)

    def moments(self) -> Iterator[datetime]:
        """When changes land: by day, hardly on Saturdays, never on Sundays, a little more as the year goes on."""
        begin = self.shape.end - timedelta(days=self.shape.days)
        found: list[datetime] = []
        while len(found) < self.shape.changes:
            at = begin + timedelta(days=self.shape.days * self.dice.random() ** 0.9)
            hour = min(max(self.dice.gauss(13.5, 2.6), 7), 20)
            at = at.replace(hour=int(hour), minute=int(hour % 1 * 60), second=self.dice.randrange(60), microsecond=0)
            is_free = at.weekday() == 6 or (at.weekday() == 5 and self.dice.random() < 0.9)
            if not is_free and at < self.shape.end - timedelta(hours=2):
                found.append(at)
        return iter(sorted(found))

    def place(self, environment: EnvironmentName) -> Place:
        return Place(service=ServiceName(self.name), environment=environment)

    def id(self, kind: str) -> FactId:
        self.count += 1
        return FactId(f"year/{self.name}/{kind}/{self.count}")

    def change(self, number: int, merged: datetime) -> Iterator[Fact]:
        """A change: its commits, its proposal, its run, and what became of the artifact."""
        first = merged - timedelta(hours=self.dice.lognormvariate(1.6, 1.3))
        author = self.dice.choice(PEOPLE)
        subject = f"{self.dice.choice(VERBS)} {self.dice.choice(THINGS)}"
        commits = tuple(self.commits(number, first, merged, author, subject))
        yield from commits
        head = commits[-1].id
        opened = first + (merged - first) * 0.6
        yield Change(
            id=self.id("change"),
            repository=self.repository,
            title=subject,
            author=author,
            first_commit_at=first,
            opened_at=opened,
            first_review_at=opened + (merged - opened) * 0.7,
            merged_at=merged,
            head=commits[-2].id if len(commits) > 1 else head,
            merge_commit=head,
            merged_by=self.dice.choice(PEOPLE),
        )
        yield from self.way(number, head, merged + timedelta(seconds=20))

    def open_changes(self) -> Iterator[Fact]:
        """What is proposed and has not landed."""
        for _ in range(4):
            begun = self.shape.end - timedelta(hours=self.dice.lognormvariate(2.6, 1.2))
            yield Change(
                id=self.id("change"),
                repository=self.repository,
                title=f"{self.dice.choice(VERBS)} {self.dice.choice(THINGS)}",
                author=self.dice.choice(PEOPLE),
                first_commit_at=begun,
                opened_at=begun + (self.shape.end - begun) * 0.3,
            )

    def commits(self, number: int, first: datetime, merged: datetime, author: str, subject: str) -> Iterator[Commit]:
        """On a branch from what trunk was, then the merge."""
        base = self.trunk[-min(len(self.trunk), 1 + self.dice.randrange(3))] if self.trunk else None
        before = (base,) if base else ()
        many = 1 + self.dice.randrange(self.shape.most_commits)
        for turn in range(many):
            at = first + (merged - first) * 0.6 * (turn / many)
            one = Commit(
                repository=self.repository,
                id=CommitId(hexed(f"{self.name} {number} {turn}")),
                parents=before,
                committed_at=at + timedelta(minutes=self.dice.randrange(40)) if turn else at,
                authored_at=at - timedelta(hours=self.dice.expovariate(0.3)),
                author=author,
                subject=subject if not turn else f"{subject}: after review",
            )
            before = (one.id,)
            yield one
        merge = CommitId(hexed(f"{self.name} {number} merge"))
        yield Commit(
            repository=self.repository,
            id=merge,
            parents=(self.trunk[-1], *before) if self.trunk else before,
            committed_at=merged,
            authored_at=merged,
            author=author,
            subject=f"Merge: {subject}",
        )
        self.trunk = (*self.trunk[-4:], merge)

    def way(self, number: int, commit: CommitId, queued: datetime) -> Iterator[Fact]:
        """Runs until one is green, then the artifact, test and production."""
        ended = queued
        for attempt in (1, 2):
            run = self.run(commit, ended + timedelta(seconds=self.dice.expovariate(1 / 25)), attempt)
            yield run
            ended = run.finished_at or queued
            if run.outcome == "success":
                break
        else:
            return
        self.version += 1
        digest, version = f"sha256:{hexed(f'{self.name} {number}', 64)}", f"2.{self.version}"
        yield Publication(
            id=self.id("artifact"),
            service=ServiceName(self.name),
            repository=self.repository,
            commit=commit,
            digest=digest,
            version=version,
            at=ended,
            provenance=self.dice.random() < 0.985,
        )
        tested = self.deployed(TEST, (digest, version, commit), ended + timedelta(seconds=30))
        is_alone = self.dice.random() < self.shape.alone and ended < self.shape.end - timedelta(hours=30)
        if is_alone or self.dice.random() < 0.2:
            yield tested
        if is_alone:
            offered = tested.finished_at + timedelta(seconds=5)
            yield PromotionOffer(id=self.id("offer"), place=self.place(PRODUCTION), digest=digest, at=offered)
            waited = offered + timedelta(minutes=self.dice.lognormvariate(3.6, 1.1))
            yield from self.release((digest, version, commit), waited)

    def run(self, commit: CommitId, queued: datetime, attempt: int) -> Run:
        started = queued + timedelta(seconds=self.dice.expovariate(1 / 40))
        ends: dict[str, datetime] = {}
        tasks: list[TaskTime] = []
        broken: Outcome = "success"
        for name, needs, seconds in TASKS:
            ready = max((ends[need] for need in needs), default=started)
            begun = ready + timedelta(seconds=self.dice.expovariate(1 / 4))
            ends[name] = begun + timedelta(seconds=seconds * self.dice.lognormvariate(0, 0.25))
            outcome: Outcome = "failure" if self.dice.random() < 0.025 else "success"
            tasks.append(
                TaskTime(
                    name=name, needs=needs, ready_at=ready, started_at=begun, finished_at=ends[name], outcome=outcome
                )
            )
            if outcome == "failure":
                broken = outcome
                break
        return Run(
            id=self.id("run"),
            repository=self.repository,
            commit=commit,
            pipeline="main",
            queued_at=queued,
            started_at=started,
            finished_at=max(ends.values()),
            outcome=broken,
            tasks=tuple(tasks),
            attempt=attempt,
        )

    def deployed(
        self,
        environment: EnvironmentName,
        what: tuple[str, str, CommitId],
        at: datetime,
        outcome: Outcome = "success",
        mends: tuple[FactId, ...] = (),
    ) -> Deployment:
        digest, version, commit = what
        return Deployment(
            id=self.id(f"deployment-{environment}"),
            place=self.place(environment),
            repository=self.repository,
            commit=commit,
            digest=digest,
            version=version,
            started_at=at,
            finished_at=at + timedelta(seconds=self.dice.lognormvariate(3.6, 0.3)),
            outcome=outcome,
            reason="smoke: GET / answered 503" if outcome == "failure" else "",
            mends=mends,
            rollback=bool(mends) and what in self.stood,
            by=self.dice.choice(PEOPLE).lower(),
        )

    def release(self, what: tuple[str, str, CommitId], at: datetime) -> Iterator[Fact]:
        """Into production, with what may go wrong there."""
        at = max(at, self.free + timedelta(minutes=2))
        if at > self.shape.end - timedelta(minutes=5):
            return
        if self.dice.random() < 0.02:
            yield self.deployed(PRODUCTION, what, at, outcome="failure")
            at += timedelta(minutes=self.dice.uniform(4, 40))
        done = self.deployed(PRODUCTION, what, at)
        self.free = done.finished_at
        yield done
        if self.dice.random() < 0.015:
            again = self.deployed(PRODUCTION, what, done.finished_at + timedelta(minutes=9))
            self.free = again.finished_at
            yield again
        is_wrong = bool(self.stood) and self.dice.random() < self.shape.wrong
        if is_wrong:
            yield from self.trouble(done)
        self.stood = [*self.stood[-6:], what]

    def trouble(self, cause: Deployment) -> Iterator[Fact]:
        """An incident after a deployment; mostly somebody says what caused it, and goes back."""
        detected = cause.finished_at + timedelta(minutes=self.dice.lognormvariate(3, 1))
        goes_back = self.dice.random() < 0.7
        mended = detected + timedelta(minutes=self.dice.lognormvariate(2.8, 0.8))
        incident = Incident(
            id=self.id("incident"),
            place=cause.place,
            title=f"{self.dice.choice(TROUBLES)} in {self.name}",
            detected_at=detected,
            mitigated_at=mended,
            resolved_at=mended + timedelta(minutes=self.dice.lognormvariate(3, 0.9))
            if mended < self.shape.end
            else None,
            severity=self.dice.choice(("1", "2", "2", "3")),
            caused_by=(cause.id,) if self.dice.random() < 0.6 else (),
        )
        yield incident
        if goes_back and mended < self.shape.end:
            back = self.deployed(PRODUCTION, self.stood[-1], mended, mends=(cause.id, incident.id))
            self.free = back.finished_at
            yield back
