"""Every change and how far it has come: a fold of all tools' events, for the pages that show the whole line."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    BranchName,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
)
from andon.line.change import Change, EnvironmentProgress, PulledCord, RunProgress, progress, step
from andon.line.closings import Closings
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
    RunQueued,
)
from andon.tools.source.events import ChangeLanded, RepositoryCreated, TrunkChanged

KEPT = 50  #: changes remembered of each repository that run nowhere


class Changes:
    """A view: the line as it is now."""

    def __init__(self) -> None:
        self.environments: tuple[EnvironmentSpec, ...] = ()
        self.cords: dict[str, PulledCord] = {}
        self.trunks: dict[RepositoryName, BranchName] = {}
        self.closings = Closings()
        self._changes: dict[RepositoryName, dict[CommitId, Change]] = {}
        self._runs: dict[RunNumber, Change] = {}
        self._digests: dict[Digest, Change] = {}
        self._promotions: dict[str, EnvironmentProgress] = {}
        #: which commit takes the traffic of a service in an environment
        self.live: dict[tuple[EnvironmentName, ServiceName], CommitId] = {}

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

    def is_behind(self, change: Change, stay: EnvironmentProgress) -> bool:
        """Does a newer change of the same trunk serve there?"""
        live = self.live.get((stay.environment, stay.service))
        order = list(self._changes[change.repository])
        return live in order and order.index(live) > order.index(change.commit)

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        self.closings.apply(happened)
        match happened.event:
            case RepositoryCreated() | TrunkChanged() | ChangeLanded() as event:
                self._source(event, happened)
            case CordPulled() | CordReleased() | LineDefined() as event:
                self._line(event, happened)
            case ArtifactPublished() | ArtifactSuperseded() as event:
                self._published(event)
            case PromotionOffered() | PromotionRequested() | PromotionVerified() | PromotionFailed() as event:
                self._promotion(event, happened)
            case RolloutStarted() | SlotReady() | SmokePassed() | TrafficShifted() as event:
                step(self._promotions.get(event.promotion), event, happened.at)
            case event:
                self._run(event, happened)

    def _source(self, event: RepositoryCreated | TrunkChanged | ChangeLanded, happened: Envelope[object]) -> None:
        if isinstance(event, RepositoryCreated | TrunkChanged):
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
            progress(change.run, event, happened.at)

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
        self,
        event: PromotionOffered | PromotionRequested | PromotionVerified | PromotionFailed,
        happened: Envelope[object],
    ) -> None:
        if not isinstance(event, PromotionOffered) and event.restart:
            return  # it brings the change nowhere
        stay = EnvironmentProgress(
            phase=PHASES[type(event)],
            environment=event.environment,
            service=event.service,
            version=event.version,
            at=happened.at,
            by=happened.actor,
        )
        if isinstance(event, PromotionRequested):
            self._promotions[event.promotion] = stay
        if isinstance(event, PromotionVerified | PromotionFailed):
            asked = self._promotions.pop(event.promotion, stay)
            stay.by = asked.by
        if isinstance(event, PromotionVerified):
            self._verified(event, stay)
        if isinstance(event, PromotionFailed):
            stay.reason = event.reason
        change = self._digests.get(event.digest)
        if change is not None:
            change.stays[event.environment] = stay

    def _verified(self, event: PromotionVerified, stay: EnvironmentProgress) -> None:
        place = event.environment, event.service
        before = self._changes.get(event.repository, {}).get(self.live.get(place, event.commit))
        if event.rollback and before is not None and before.commit != event.commit and before.artifact:
            before.stays[event.environment] = EnvironmentProgress(
                phase="rolled back",
                environment=event.environment,
                service=event.service,
                version=before.artifact.version,
                at=stay.at,
                by=stay.by,
            )
        self.live[place] = event.commit
        stay.weight_percent = 100


#: what an event makes of a change's stay
PHASES: dict[type, str] = {
    PromotionOffered: "offered",
    PromotionRequested: "requested",
    PromotionVerified: "verified",
    PromotionFailed: "failed",
}
