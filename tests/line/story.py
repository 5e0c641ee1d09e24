"""A morning on the line, told in events: what the pages are tested and looked at with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from andon.kernel.ids import (
    Actor,
    ArtifactName,
    BranchName,
    ChainId,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    StreamId,
    TaskName,
    Version,
    chain_of,
    stream,
)
from andon.kernel.refusal import CommandRefused
from andon.tools.artifacts.events import ArtifactPublished, VersionTagged
from andon.tools.delivery.events import (
    CordPulled,
    EnvironmentSpec,
    LineDefined,
    PromotionFailed,
    PromotionId,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
    RolloutStarted,
    RouteOpened,
    SlotDrained,
    SlotReady,
    SlotStopped,
    SmokePassed,
    TrafficShifted,
)
from andon.tools.delivery.model.slots import Slot
from andon.tools.pipelines.events import (
    ArtifactPacked,
    ArtifactSpec,
    CheckSpec,
    Outcome,
    PackingStarted,
    PipelineRead,
    RunFinished,
    RunQueued,
    ServiceSpec,
    TaskFinished,
    TaskReused,
    TaskSpec,
    TaskStarted,
    TestCounts,
)
from andon.tools.source.events import ChangeLanded, PushedCommit, RepositoryCreated

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event of the story, as a ledger would take it."""

    at: datetime
    stream: StreamId
    actor: Actor
    chain: ChainId
    event: object


def hexed(text: str, digits: int) -> str:
    """Digits that look like a hash, the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


@dataclass(slots=True)
class Story:
    """Collects events; every method is something that happens, `at` counts back from NOW."""

    told: list[Told] = field(default_factory=list)

    def tell(self, at: datetime, on: StreamId, event: object, *, actor: str = "andon", chain: str = "") -> None:
        self.told.append(Told(at=at, stream=on, actor=Actor(actor), chain=ChainId(chain), event=event))

    def inits(self, repositories: tuple[str, ...]) -> None:
        at = NOW - timedelta(days=2)
        line = LineDefined(
            commit=CommitId(hexed("line", 40)),
            environments=(
                EnvironmentSpec(name=TEST, promotion="automatic", drain=timedelta(seconds=5)),
                EnvironmentSpec(name=PRODUCTION, promotion="manual", drain=timedelta(seconds=5)),
            ),
            placements=(),
        )
        self.tell(at, stream("line", "main"), line)
        for name in repositories:
            created = RepositoryCreated(repository=RepositoryName(name), trunk=BranchName("trunk"))
            self.tell(at, stream("repository", name), created, actor="ada")


@dataclass(slots=True)
class Piece:
    """One change on its way; each method moves it on."""

    story: Story
    repository: str
    subject: str
    author: str
    run: int
    version: str
    at: datetime
    promotion: int = 1
    #: to what was verified before
    rollback: bool = False

    @property
    def commit(self) -> CommitId:
        return CommitId(hexed(self.repository + self.subject, 40))

    @property
    def digest(self) -> Digest:
        return Digest("sha256:" + hexed(self.subject, 64))

    @property
    def service(self) -> ServiceSpec:
        return ServiceSpec(
            name=ServiceName(self.repository),
            command=("python3", "app.py"),
            health=CheckSpec(path="/health"),
            smoke=(CheckSpec(path="/"), CheckSpec(path="/items", contains="items"), CheckSpec(path="/about")),
        )

    def tell(self, on: StreamId, event: object, after: float, actor: str = "andon") -> None:
        self.at += timedelta(seconds=after)
        chain = chain_of(RepositoryName(self.repository), self.commit)
        self.story.tell(self.at, on, event, actor=actor, chain=chain)

    def lands(self) -> Piece:
        commit = PushedCommit(
            commit=self.commit,
            author=self.author,
            author_email=f"{self.author.lower()}@example.org",
            authored_at=self.at - timedelta(minutes=9),
            committed_at=self.at - timedelta(minutes=8),
            subject=self.subject,
        )
        name = RepositoryName(self.repository)
        landed = ChangeLanded(repository=name, commit=self.commit, before=None, commits=(commit,))
        self.tell(stream("repository", name), landed, 0, self.author.lower())
        queued = RunQueued(
            number=RunNumber(self.run),
            repository=name,
            commit=self.commit,
            branch=BranchName("trunk"),
            trunk=True,
            subject=self.subject,
            author=self.author,
            at=self.at,
        )
        self.tell(self.on_run, queued, 0.05)
        return self

    @property
    def on_run(self) -> StreamId:
        return stream("run", self.run)

    def reads(self) -> Piece:
        tasks = (
            TaskSpec(name=TaskName("lint"), run="ruff check .", inputs=("**/*.py",), input_digest="d1"),
            TaskSpec(name=TaskName("unit"), run="pytest tests/unit", reports=("out/*.xml",)),
            TaskSpec(name=TaskName("integration"), run="pytest tests/integration", needs=(TaskName("unit"),)),
            TaskSpec(name=TaskName("bundle"), run="make bundle", needs=(TaskName("lint"), TaskName("integration"))),
        )
        artifact = ArtifactSpec(
            name=ArtifactName(self.repository), task=TaskName("bundle"), path="dist", version=self.version.split(".")[0]
        )
        read = PipelineRead(
            tasks=tasks, artifact=artifact, service=self.service, budget=timedelta(minutes=5), at=self.at
        )
        self.tell(self.on_run, read, 0.1)
        return self

    def starts(self, task: str) -> Piece:
        self.tell(self.on_run, TaskStarted(task=TaskName(task), at=self.at), 0.1)
        return self

    def reuses(self, task: str, run: int) -> Piece:
        self.tell(self.on_run, TaskReused(task=TaskName(task), run=RunNumber(run), at=self.at), 0.1)
        return self

    def ends(
        self, task: str, took: float, *, failed: tuple[str, ...] = (), passed: int = 0, warned: tuple[str, ...] = ()
    ) -> Piece:
        tests = None
        if passed or failed or warned:
            tests = TestCounts(passed=passed, failed=len(failed), skipped=2, failures=failed, warnings=warned)
        finished = TaskFinished(
            task=TaskName(task),
            outcome="failure" if failed else "success",
            reason=f"{len(failed)} tests failed" if failed else "",
            took=timedelta(seconds=took),
            tests=tests,
            log_bytes=48_213,
            log_lines=1204,
            log_digest=hexed(task, 64),
            at=self.at,
        )
        self.tell(self.on_run, finished, took)
        return self

    def green(self) -> Piece:
        self.lands().reads().reuses("lint", 812).starts("unit").ends("unit", 3.1, passed=212)
        self.starts("integration").ends("integration", 6.8, passed=31).starts("bundle").ends("bundle", 0.9)
        self.tell(self.on_run, PackingStarted(at=self.at), 0.1)
        packed = ArtifactPacked(
            artifact=ArtifactName(self.repository),
            digest=self.digest,
            size_bytes=41_300_000,
            provenance=Digest("sha256:" + hexed("provenance" + self.subject, 64)),
        )
        self.tell(self.on_run, packed, 0.6)
        self.finishes(packed)
        published = ArtifactPublished(
            name=ArtifactName(self.repository),
            version=Version(self.version),
            digest=self.digest,
            size_bytes=packed.size_bytes,
            repository=RepositoryName(self.repository),
            commit=self.commit,
            run=RunNumber(self.run),
            provenance=packed.provenance,
            service=ServiceName(self.repository),
        )
        on = stream("artifact", self.repository)
        self.tell(on, published, 0.1, f"run/{self.run}")
        tagged = VersionTagged(name=published.name, version=published.version, digest=self.digest)
        self.tell(on, tagged, 0.1)
        return self

    def finishes(self, packed: ArtifactPacked | None, reason: str = "", outcome: Outcome = "failure") -> Piece:
        finished = RunFinished(
            number=RunNumber(self.run),
            repository=RepositoryName(self.repository),
            commit=self.commit,
            branch=BranchName("trunk"),
            trunk=True,
            outcome=outcome if reason else "success",
            reason=reason,
            took=timedelta(seconds=13.4),
            artifact=packed,
            service=self.service if packed else None,
            version_prefix=self.version.split(".")[0],
        )
        self.tell(self.on_run, finished, 0.1)
        return self

    def place(self, environment: EnvironmentName) -> StreamId:
        return stream("service", f"{environment}/{self.repository}")

    def id(self, environment: EnvironmentName) -> PromotionId:
        return PromotionId(f"{environment}/{self.repository}/{self.promotion}")

    def offered(self, environment: EnvironmentName) -> Piece:
        offer = PromotionOffered(
            environment=environment,
            service=ServiceName(self.repository),
            digest=self.digest,
            version=Version(self.version),
        )
        self.tell(self.place(environment), offer, 0.1)
        return self

    def requested(self, environment: EnvironmentName, actor: str = "andon", why: str = "published") -> Piece:
        asked = PromotionRequested(
            promotion=self.id(environment),
            environment=environment,
            service=ServiceName(self.repository),
            artifact=ArtifactName(self.repository),
            digest=self.digest,
            version=Version(self.version),
            commit=self.commit,
            repository=RepositoryName(self.repository),
            rollback=self.rollback,
            config=(("CURRENCY", "EUR"), ("LOG_LEVEL", "info")),
            config_digest=hexed("config", 64),
            why=why,
            drain=timedelta(seconds=5),
            port=0,
            requested_at=self.at,
        )
        self.tell(self.place(environment), asked, 0.1, actor)
        return self

    def rolls(self, environment: EnvironmentName, slot: Slot, *, until: str = "verified") -> Piece:
        by = self.at + timedelta(minutes=1)
        on, promotion = self.place(environment), self.id(environment)
        self.tell(on, RolloutStarted(promotion=promotion, slot=slot, by=by), 0.1)
        self.tell(on, SlotReady(promotion=promotion, slot=slot, port=41207 if slot == "blue" else 41212, by=by), 1.1)
        if until == "ready":
            return self
        self.tell(on, SmokePassed(promotion=promotion, checks=3, by=by), 0.3)
        self.tell(on, TrafficShifted(promotion=promotion, slot=slot, weight_percent=100, by=by), 0.2)
        self.tell(on, RouteOpened(port=8700), 0.1)
        if until == "shifted":
            return self
        other: Slot = "green" if slot == "blue" else "blue"
        if self.promotion > 1:
            self.tell(on, SlotDrained(promotion=promotion, slot=other, by=by), 0.6)
            self.tell(on, SlotStopped(slot=other, digest=self.digest), 0.2)
        verified = PromotionVerified(
            promotion=promotion,
            environment=environment,
            service=ServiceName(self.repository),
            digest=self.digest,
            version=Version(self.version),
            commit=self.commit,
            repository=RepositoryName(self.repository),
            took=timedelta(seconds=2.4),
            rollback=self.rollback,
        )
        self.tell(on, verified, 0.1)
        return self

    def fails(
        self, environment: EnvironmentName, reason: str, outcome: Literal["failure", "cancel"] = "failure"
    ) -> Piece:
        failed = PromotionFailed(
            promotion=self.id(environment),
            environment=environment,
            service=ServiceName(self.repository),
            digest=self.digest,
            version=Version(self.version),
            commit=self.commit,
            repository=RepositoryName(self.repository),
            phase="smoke",
            reason=reason,
            outcome=outcome,
        )
        self.tell(self.place(environment), failed, 0.4)
        return self


def ago(**back: float) -> datetime:
    return NOW - timedelta(**back)


def morning(*, stopped: bool = False) -> tuple[Told, ...]:
    """Two services: one moving in every station, one that a test stopped. With `stopped`, a pulled cord."""
    story = Story()
    story.inits(("billing", "shop"))
    old = Piece(story, "shop", "Show the shipping costs in the basket", "Ada", 806, "2.13", ago(hours=2.4))
    old.green().requested(TEST).rolls(TEST, "blue").requested(PRODUCTION, "ada", "asked for by ada")
    old.rolls(PRODUCTION, "blue")
    bill = Piece(story, "billing", "Send invoices as PDF/A", "Grace", 807, "4.2", ago(hours=1.9))
    bill.green().requested(TEST).rolls(TEST, "blue")
    bill.requested(PRODUCTION, "grace", "asked for by grace").rolls(PRODUCTION, "blue")
    new = Piece(story, "shop", "Fix rounding of totals", "Ada", 812, "2.14", ago(minutes=16), promotion=2)
    new.green().requested(TEST).rolls(TEST, "green").offered(PRODUCTION)
    refused = CommandRefused(
        command="request promotion",
        rule="same-artifact",
        reason="2.13 was asked for with another digest than the one verified in test.",
        remedy="Promote the verified one:  andon promote shop --version 2.14",
    )
    new.tell(new.place(PRODUCTION), refused, 30, "linus")
    red = Piece(story, "billing", "Bump the tax tables to 2027", "Grace", 813, "4.3", ago(minutes=12))
    red.lands().reads().reuses("lint", 807).starts("unit").ends("unit", 3.0, passed=96).starts("integration")
    red.ends("integration", 5.2, passed=29, failed=("test_vat_of_books", "test_vat_of_ebooks"))
    red.finishes(None, "integration: 2 tests failed")
    smoke = Piece(story, "shop", "Add gift cards", "Linus", 814, "2.15", ago(minutes=3), promotion=3)
    smoke.green().requested(TEST).rolls(TEST, "blue", until="ready")
    last = Piece(story, "shop", "Remember the last delivery address", "Ada", 815, "2.16", ago(seconds=42))
    last.lands().reads().reuses("lint", 814).starts("unit")
    if stopped:
        pulled = CordPulled(scope="environment/production", reason="Payments fail for one card in ten; looking.")
        story.tell(ago(minutes=2), stream("cord", "line"), pulled, actor="grace")
    return tuple(sorted(story.told, key=lambda told: told.at))
