"""Every change and how far it has come: a fold of all tools' events, for the pages that show the whole line."""

from __future__ import annotations

from collections.abc import Iterator

from andon.kernel.envelope import Envelope
from andon.kernel.ids import (
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
)
from andon.line.change import Change, EnvironmentProgress, RunProgress, progress, step
from andon.line.facts import Facts
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.delivery.events import (
    EnvironmentSpec,
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
from andon.tools.source.events import ChangeLanded

KEPT = 50  #: changes remembered of each repository that run nowhere


class Changes:
    """A view: the line as it is now. What the facts fold too, it asks them for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.cords, self.closings = facts.cords, facts.closings
        self._changes: dict[RepositoryName, dict[CommitId, Change]] = {}
        self._runs: dict[RunNumber, Change] = {}
        self._digests: dict[Digest, Change] = {}
        self._promotions: dict[str, EnvironmentProgress] = {}
        #: which commit takes the traffic of a service in an environment
        self.live: dict[tuple[EnvironmentName, ServiceName], CommitId] = {}

    @property
    def environments(self) -> tuple[EnvironmentSpec, ...]:
        """The environments of the line, in their order."""
        return self._facts.environments

    def of(self, repository: RepositoryName) -> tuple[Change, ...]:
        """Its trunk's changes, the newest first."""
        return tuple(reversed(self._changes.get(repository, {}).values()))

    def repositories(self) -> tuple[RepositoryName, ...]:
        """Every repository, by name."""
        return tuple(sorted(self._facts.trunks.keys() | self._changes.keys()))

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
        match happened.event:
            case ChangeLanded() as event:
                self._landed(event, happened)
            case ArtifactPublished() | ArtifactSuperseded() as event:
                self._published(event)
            case PromotionOffered() | PromotionRequested() | PromotionVerified() | PromotionFailed() as event:
                self._promotion(event, happened)
            case RolloutStarted() | SlotReady() | SmokePassed() | TrafficShifted() as event:
                step(self._promotions.get(event.promotion), event, happened.at)
            case event:
                self._run(event, happened)

    def _landed(self, event: ChangeLanded, happened: Envelope[object]) -> None:
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
