"""Every change and how far it has come: a fold of all tools' events, for the pages that show the whole line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    Actor,
    BranchName,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    TaskName,
    Version,
)
from andon.line.outages import Outages
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.delivery.events import (
    CordPulled,
    CordReleased,
    EnvironmentSpec,
    LineDefined,
    PromotionFailed,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
    RolloutStarted,
    SlotReady,
    SmokePassed,
    TrafficShifted,
)
from andon.tools.pipelines.events import (
    Outcome,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
)
from andon.tools.source.events import ChangeLanded, RepositoryCreated

KEPT = 50  #: changes remembered of each repository that run nowhere


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """A change's latest run, as far as it has come."""

    number: RunNumber
    queued_at: datetime
    #: 0 until the pipeline is read
    tasks: int = 0
    done: int = 0
    passed_tests: int = 0
    running: dict[TaskName, datetime] = field(default_factory=dict)
    #: the first task that did not succeed
    stopped_at: TaskName | None = None
    outcome: Outcome | None = None
    reason: str = ""
    took: timedelta = timedelta()


@dataclass(slots=True, kw_only=True)
class Stay:
    """What became of a change in one environment."""

    #: "offered", "requested", "started", "ready", "smoke", "shifting", "verified", "failed"
    phase: str
    environment: EnvironmentName
    service: ServiceName
    version: Version
    at: datetime
    #: part of the traffic that it takes, 0 to 100
    weight_percent: int = 0
    reason: str = ""

    @property
    def is_moving(self) -> bool:
        """Is a promotion under way?"""
        return self.phase not in {"offered", "verified", "failed"}


@dataclass(slots=True, kw_only=True)
class Change:
    """One commit on a trunk, and what it became."""

    repository: RepositoryName
    commit: CommitId
    subject: str
    author: str
    landed_at: datetime
    run: RunProgress | None = None
    artifact: ArtifactPublished | None = None
    #: the version of a newer change that went ahead; None when there is none
    superseded_by: Version | None = None
    stays: dict[EnvironmentName, Stay] = field(default_factory=dict)

    @property
    def is_in_flight(self) -> bool:
        """Is anything happening to it now?"""
        runs = self.run is not None and self.run.outcome is None
        return runs or any(stay.is_moving for stay in self.stays.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledCord:
    """A cord that is pulled now."""

    scope: str
    by: Actor
    at: datetime
    reason: str


class Changes:
    """A view: the line as it is now."""

    def __init__(self) -> None:
        self.environments: tuple[EnvironmentSpec, ...] = ()
        self.cords: dict[str, PulledCord] = {}
        self.trunks: dict[RepositoryName, BranchName] = {}
        self._changes: dict[RepositoryName, dict[CommitId, Change]] = {}
        self._runs: dict[RunNumber, Change] = {}
        self._digests: dict[Digest, Change] = {}
        self._promotions: dict[str, Stay] = {}
        #: which commit takes the traffic of a service in an environment
        self.live: dict[tuple[EnvironmentName, ServiceName], CommitId] = {}
        self.outages = Outages()

    def of(self, repository: RepositoryName) -> tuple[Change, ...]:
        """Its trunk's changes, the newest first."""
        return tuple(reversed(self._changes.get(repository, {}).values()))

    def repositories(self) -> tuple[RepositoryName, ...]:
        """Every repository, by name."""
        return tuple(sorted(self.trunks.keys() | self._changes.keys()))

    def find(self, beginning: str) -> Iterator[Change]:
        """Changes whose commit begins so, the newest first."""
        for repository in self.repositories():
            yield from (change for change in self.of(repository) if change.commit.startswith(beginning))

    def lives_in(self, change: Change) -> tuple[EnvironmentName, ...]:
        """The environments whose users it serves now."""
        return tuple(environment for (environment, _), commit in self.live.items() if commit == change.commit)

    def is_behind(self, change: Change, stay: Stay) -> bool:
        """Does a newer change of the same trunk serve there?"""
        live = self.live.get((stay.environment, stay.service))
        order = list(self._changes[change.repository])
        return live in order and order.index(live) > order.index(change.commit)

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        self.outages.apply(happened)
        match happened.event:
            case RepositoryCreated() | ChangeLanded() as event:
                self._source(event, happened)
            case CordPulled() | CordReleased() | LineDefined() as event:
                self._line(event, happened)
            case ArtifactPublished() | ArtifactSuperseded() as event:
                self._published(event)
            case PromotionOffered() | PromotionRequested() | PromotionVerified() | PromotionFailed() as event:
                self._promotion(event, happened.at)
            case RolloutStarted() | SlotReady() | SmokePassed() | TrafficShifted() as event:
                _step(self._promotions.get(event.promotion), event, happened.at)
            case event:
                self._run(event, happened)

    def _source(self, event: RepositoryCreated | ChangeLanded, happened: Envelope[object]) -> None:
        if isinstance(event, RepositoryCreated):
            self.trunks[event.repository] = event.trunk
            return
        changes = self._changes.setdefault(event.repository, {})
        about = next((commit for commit in event.commits if commit.commit == event.commit), None)
        changes.pop(event.commit, None)
        changes[event.commit] = Change(
            repository=event.repository,
            commit=event.commit,
            subject=about.subject if about else "",
            author=about.author if about else str(happened.actor),
            landed_at=happened.at,
        )
        self._forget_old(changes)

    def _forget_old(self, changes: dict[CommitId, Change]) -> None:
        for commit in tuple(changes)[:-KEPT]:
            if not changes[commit].is_in_flight and not self.lives_in(changes[commit]):
                gone = changes.pop(commit)
                if gone.run:
                    self._runs.pop(gone.run.number, None)
                if gone.artifact:
                    self._digests.pop(gone.artifact.digest, None)

    def _line(self, event: CordPulled | CordReleased | LineDefined, happened: Envelope[object]) -> None:
        match event:
            case LineDefined():
                self.environments = event.environments
            case CordPulled():
                self.cords[event.scope] = PulledCord(
                    scope=event.scope, by=happened.actor, at=happened.at, reason=event.reason
                )
            case CordReleased():
                self.cords.pop(event.scope, None)

    def _run(self, event: object, happened: Envelope[object]) -> None:
        if isinstance(event, RunQueued):
            change = self._changes.get(event.repository, {}).get(event.commit)
            if change is not None and event.trunk:
                change.run = RunProgress(number=event.number, queued_at=happened.at)
                self._runs[event.number] = change
            return
        key = happened.stream.removeprefix("run/")
        change = self._runs.get(RunNumber(int(key))) if key.isdecimal() else None
        if change is not None and change.run is not None:
            _progress(change.run, event, happened.at)

    def _published(self, event: ArtifactPublished | ArtifactSuperseded) -> None:
        change = self._changes.get(event.repository, {}).get(event.commit)
        if change is None:
            return
        if isinstance(event, ArtifactSuperseded):
            change.superseded_by = event.by
        else:
            change.artifact = event
            self._digests[event.digest] = change

    def _promotion(
        self, event: PromotionOffered | PromotionRequested | PromotionVerified | PromotionFailed, at: datetime
    ) -> None:
        phase = {
            PromotionOffered: "offered",
            PromotionRequested: "requested",
            PromotionVerified: "verified",
            PromotionFailed: "failed",
        }[type(event)]
        change = self._digests.get(event.digest)
        stay = Stay(phase=phase, environment=event.environment, service=event.service, version=event.version, at=at)
        if isinstance(event, PromotionRequested):
            self._promotions[event.promotion] = stay
        if isinstance(event, PromotionVerified | PromotionFailed):
            self._promotions.pop(event.promotion, None)
        if isinstance(event, PromotionVerified):
            self.live[event.environment, event.service] = event.commit
            stay.weight_percent = 100
        if isinstance(event, PromotionFailed):
            stay.reason = event.reason
        if change is not None:
            change.stays[event.environment] = stay


def _step(stay: Stay | None, event: RolloutStarted | SlotReady | SmokePassed | TrafficShifted, at: datetime) -> None:
    """Move a promotion on that is still under way."""
    if stay is None or not stay.is_moving:
        return
    stay.at = at
    match event:
        case RolloutStarted():
            stay.phase = "started"
        case SlotReady():
            stay.phase = "ready"
        case SmokePassed():
            stay.phase = "smoke"
        case TrafficShifted():
            stay.phase = "shifting"
            stay.weight_percent = event.weight_percent


def _progress(run: RunProgress, event: object, at: datetime) -> None:
    match event:
        case PipelineRead():
            run.tasks = len(event.tasks)
        case TaskStarted():
            run.running[event.task] = at
        case TaskReused():
            run.done += 1
        case TaskFinished():
            run.running.pop(event.task, None)
            run.done += 1
            run.passed_tests += event.tests.passed if event.tests else 0
            if event.outcome != "success" and run.stopped_at is None:
                run.stopped_at = event.task
        case RunFinished():
            run.outcome = event.outcome
            run.reason = event.reason
            run.took = event.took
            run.running.clear()
        case _:
            return
