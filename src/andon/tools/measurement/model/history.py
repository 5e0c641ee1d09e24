"""Everything that is known, in the order in which it happened. A fact told twice, or late, changes nothing."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar, cast

from andon.kernel.ids import RepositoryName, ServiceName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    FactId,
    Finding,
    Flip,
    Incident,
    Offer,
    Place,
    Publication,
    Refusal,
    Run,
)
from andon.tools.measurement.model.merging import merged

#: what many deployments have in common
SHARED = ("place", "repository", "digest", "version", "by", "line")

F = TypeVar("F", Incident, Change, Run, Publication, Offer, Flip, Finding, Refusal)


def finished(deployment: Deployment) -> datetime:
    """What deployments are sorted by; of the same instant the one told first comes first."""
    return deployment.finished_at


class History:
    """The facts of one organisation; grows by `add`."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        #: goes up with every fact that changed something: what was computed from an older one may be stale
        self.revision = 0
        #: what was worked out of these facts, by the kind of it: it goes when they go
        self.kept: dict[type, object] = {}
        self._graphs: dict[RepositoryName, CommitGraph] = {}
        self._deployments: dict[Place, list[Deployment]] = {}
        self._known: dict[FactId, Deployment] = {}
        self._incidents: tuple[int, dict[ServiceName, list[Incident]]] = (0, {})
        self._changes: tuple[int, dict[RepositoryName, list[Change]]] = (0, {})
        self._same: dict[object, object] = {}
        self._services: dict[ServiceName, set[Place]] = {}
        self._turns: dict[Place, int] = {}
        self._late: dict[Place, int] = {}
        self._kinds: dict[type, int] = defaultdict(int)
        self._others: dict[type, dict[FactId, Fact]] = defaultdict(dict)
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> bool:
        """Take a fact in; one with a known id adds to what was said, or corrects it. False: nothing changed."""
        if isinstance(fact, Commit):
            changed = self.graph(fact.repository).add(fact)
        elif isinstance(fact, Deployment):
            changed = self._deployed(fact)
        else:
            told = self._others[type(fact)]
            before = told.get(fact.id)
            told[fact.id] = known = fact if before is None else merged(before, fact)
            changed = before != known
            self._kinds[type(fact)] += changed
        self.revision += changed
        return changed

    def graph(self, repository: RepositoryName) -> CommitGraph:
        """The commits of a repository; an empty graph when none was told."""
        known = self._graphs.get(repository)
        if known is None:
            known = self._graphs[repository] = CommitGraph()
        return known

    def repositories(self) -> tuple[RepositoryName, ...]:
        """Those whose commits are known."""
        return tuple(sorted(self._graphs))

    def places(self) -> tuple[Place, ...]:
        """Where anything was ever deployed."""
        return tuple(sorted(self._deployments))

    def environments(self, service: ServiceName) -> tuple[Place, ...]:
        """The places of one service."""
        return tuple(sorted(self._services.get(service, ())))

    def deployments(self, place: Place, until: datetime | None = None) -> Sequence[Deployment]:
        """Of a place, oldest first; those that finished before `until`. Do not change what is returned."""
        told = self._deployments.get(place, [])
        if until is None or not told or told[-1].finished_at < until:
            return told
        return told[: bisect_left(told, until, key=finished)]

    def deployment(self, fact: FactId) -> Deployment | None:
        """The deployment with this id."""
        return self._known.get(fact)

    def state(self, service: ServiceName, *kinds: type) -> tuple[int, ...]:
        """Goes up with every deployment of the service and every fact of these kinds that changed something."""
        turns = sum(self._turns[place] for place in self._services.get(service, ()))
        return (turns, *(self._kinds[kind] for kind in kinds))

    def rewritten(self, place: Place) -> int:
        """How often what was told of a place came late or was corrected, so that it did not just go on."""
        return self._late.get(place, 0)

    def incidents(self, service: ServiceName) -> Sequence[Incident]:
        """Of a service, in the order in which they were first told."""
        return self._by_service().get(service, ())

    def changes(self, repository: RepositoryName) -> Sequence[Change]:
        """Of a repository, in the order in which they were first told."""
        if self._changes[0] != self._kinds[Change]:
            found: dict[RepositoryName, list[Change]] = {}
            for one in self.told(Change):
                found.setdefault(one.repository, []).append(one)
            self._changes = self._kinds[Change], found
        return self._changes[1].get(repository, ())

    def told(self, kind: type[F]) -> tuple[F, ...]:
        """Every fact of a kind, in the order in which they were first told."""
        # what stands under a kind is of that kind: looking again at each of 30,000 runs costs more than the answer
        return cast("tuple[F, ...]", tuple(self._others[kind].values()))

    def _by_service(self) -> dict[ServiceName, list[Incident]]:
        if self._incidents[0] != self._kinds[Incident]:
            found: dict[ServiceName, list[Incident]] = {}
            for one in self.told(Incident):
                found.setdefault(one.place.service, []).append(one)
            self._incidents = self._kinds[Incident], found
        return self._incidents[1]

    def _deployed(self, deployment: Deployment) -> bool:
        before = self._known.get(deployment.id)
        if before is not None:
            known = merged(before, deployment)
            if before == known or not isinstance(known, Deployment):
                return False
            self._forget(before)
            deployment = known
        self._share(deployment)
        place = deployment.place
        self._known[deployment.id] = deployment
        self._turns[place] = self._turns.get(place, 0) + 1
        here = self._deployments.get(place)
        if here is None:
            here = self._deployments[place] = []
            self._services.setdefault(place.service, set()).add(place)
        if not here or finished(here[-1]) <= finished(deployment):
            here.append(deployment)
        else:
            insort(here, deployment, key=finished)
            self._late[place] = self._late.get(place, 0) + 1
        return True

    def _share(self, deployment: Deployment) -> None:
        """Let equal names be one object: of a million deployments most say the same few things.

        The record stays equal to what it was, so nobody can tell.
        """
        for name in SHARED:
            value = getattr(deployment, name)
            if value:
                object.__setattr__(deployment, name, self._same.setdefault(value, value))
        graph = self._graphs.get(deployment.repository)
        number = graph.number(deployment.commit) if graph else None
        if graph and number is not None:
            object.__setattr__(deployment, "commit", graph.ids[number])

    def _forget(self, deployment: Deployment) -> None:
        place, here = deployment.place, self._deployments[deployment.place]
        del here[here.index(deployment, bisect_left(here, finished(deployment), key=finished))]
        self._turns[place] = self._turns.get(place, 0) + 1
        self._late[place] = self._late.get(place, 0) + 1
