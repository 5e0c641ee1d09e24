"""How each deployment came to a place: its commit's runs, its artifact, and the environments that it passed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.facts import Deployment, Place, PromotionOffer, Publication, Run
from andon.tools.measurement.model.flow.time_slices import TimeSlices, union
from andon.tools.measurement.model.history import History

#: what a run built
Built = tuple[RepositoryName, CommitId]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactQuery:
    """What is asked about."""

    repositories: tuple[RepositoryName, ...]
    commits: frozenset[CommitId]
    digests: frozenset[str]


@dataclass(slots=True, kw_only=True)
class ArtifactJourneys:
    """What is looked up for each deployment."""

    way: tuple[Place, ...]
    runs: dict[Built, list[Run]] = field(default_factory=dict)
    published: dict[str, datetime] = field(default_factory=dict)
    offers: dict[tuple[Place, str], list[datetime]] = field(default_factory=dict)
    #: by place and digest, oldest first; those that did not succeed too
    deployments: dict[tuple[Place, str], list[Deployment]] = field(default_factory=dict)

    def slices(self, deployment: Deployment) -> TimeSlices:
        """From the first run of its commit to its end in the place."""
        slices, digest = TimeSlices(self._begin(deployment)), deployment.digest
        self._ran(slices, deployment)
        published = self.published.get(digest)
        if published and published <= deployment.finished_at:
            slices.work("publish", published.timestamp())
        for place in self.way[:-1]:
            before = _first(self.deployments.get((place, digest), ()), deployment.finished_at)
            if before is not None:
                self._entered(slices, before)
        self._entered(slices, deployment)
        return slices

    def run_of(self, deployment: Deployment) -> Run | None:
        """The run that made it: the newest one that was green by then, else the newest that had ended."""
        ended = [run for run in self._runs(deployment) if run.finished_at and run.finished_at <= deployment.finished_at]
        green = [run for run in ended if run.outcome == "success"]
        return next(reversed(green or ended), None)

    def green(self, repository: RepositoryName, commit: CommitId, until: float) -> Run | None:
        """The first run of the commit that was green by then."""
        return next(
            (
                run
                for run in self.runs.get((repository, commit), ())
                if run.outcome == "success" and run.finished_at and run.finished_at.timestamp() <= until
            ),
            None,
        )

    def _runs(self, deployment: Deployment) -> Sequence[Run]:
        return self.runs.get((deployment.repository, deployment.commit), ())

    def _begin(self, deployment: Deployment) -> float:
        """The first thing that is known of it."""
        known = [deployment.started_at or deployment.finished_at, deployment.finished_at]
        known += [run.queued_at for run in self._runs(deployment)[:1]]
        known += [at for at in (self.published.get(deployment.digest),) if at]
        for place in self.way[:-1]:
            known += [
                one.started_at or one.finished_at for one in self.deployments.get((place, deployment.digest), ())[:1]
            ]
        return min(known).timestamp()

    def _ran(self, slices: TimeSlices, deployment: Deployment) -> None:
        run = self.run_of(deployment)
        if run is None or run.finished_at is None:
            return
        slices.wait("run", "again", run.queued_at.timestamp())
        slices.wait("run", "queue", (run.started_at or run.queued_at).timestamp())
        if not run.tasks:
            slices.work("run", run.finished_at.timestamp())
            return
        for begin, end in union((task.started_at.timestamp(), task.finished_at.timestamp()) for task in run.tasks):
            slices.wait("run", "between", begin)
            slices.work("run", end)
        slices.wait("run", "between", run.finished_at.timestamp())

    def _entered(self, slices: TimeSlices, deployment: Deployment) -> None:
        """Into an environment: offered, asked for, tried, there."""
        place, digest = deployment.place, deployment.digest
        start = deployment.started_at or deployment.finished_at
        tried = _first_try(self.deployments.get((place, digest), ()), start)
        asked = tried or start
        offered = next((at for at in self.offers.get((place, digest), ()) if slices.at <= at.timestamp()), None)
        if offered is not None and offered <= asked:
            slices.wait(place.environment, "hold", offered.timestamp())
            slices.wait(place.environment, "person", asked.timestamp())
        slices.wait(place.environment, "hold", asked.timestamp())
        slices.wait(place.environment, "again", start.timestamp())
        if deployment.started_at is not None:
            slices.work(place.environment, deployment.finished_at.timestamp())
        slices.wait(place.environment, "hold", deployment.finished_at.timestamp())


def carried(history: History, way: tuple[Place, ...], wanted: ArtifactQuery, at: datetime) -> ArtifactJourneys:
    """Everything that was known then of what is wanted."""
    found = ArtifactJourneys(way=way, runs=_ran(history, wanted, at))
    for published in history.facts(Publication, way[-1].service):
        if published.digest in wanted.digests and published.at <= at:
            found.published.setdefault(published.digest, published.at)
    for offer in history.facts(PromotionOffer, way[-1].service):
        if offer.digest in wanted.digests and offer.at <= at:
            found.offers.setdefault((offer.place, offer.digest), []).append(offer.at)
    for deployment in chain.from_iterable(history.deployments(place, at) for place in way):
        if deployment.digest in wanted.digests:
            found.deployments.setdefault((deployment.place, deployment.digest), []).append(deployment)
    return found


def _ran(history: History, wanted: ArtifactQuery, at: datetime) -> dict[Built, list[Run]]:
    """By commit, in the order in which they were queued; runs of branches only where none was on trunk."""
    found: dict[Built, list[Run]] = {}
    for run in chain.from_iterable(history.facts(Run, repository) for repository in wanted.repositories):
        if run.commit in wanted.commits and run.queued_at <= at:
            found.setdefault((run.repository, run.commit), []).append(run)
    return {commit: _in_turn(runs) if len(runs) > 1 else runs for commit, runs in found.items()}


def _in_turn(runs: list[Run]) -> list[Run]:
    return sorted([run for run in runs if run.trunk] or runs, key=lambda run: run.queued_at)


def _first(deployments: Sequence[Deployment], until: datetime) -> Deployment | None:
    return next((one for one in deployments if one.outcome == "success" and one.finished_at <= until), None)


def _first_try(deployments: Sequence[Deployment], start: datetime) -> datetime | None:
    """When the first of the tries right before this one began, where those did not succeed."""
    first: datetime | None = None
    for one in deployments:
        if one.finished_at > start:
            break
        first = None if one.outcome == "success" else first or one.started_at or one.finished_at
    return first
