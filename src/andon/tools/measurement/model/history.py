"""Everything that is known, in the order in which it happened. A fact reported twice, or late, changes nothing."""

from __future__ import annotations

from bisect import bisect_left, insort
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
    Flip,
    Incident,
    Place,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.merging import merged
from andon.tools.measurement.model.received_facts import EVERYBODY, ReceivedFacts

#: what many deployments have in common
SHARED = ("place", "repository", "digest", "version", "by", "line")

F = TypeVar("F", Incident, Change, Run, Publication, PromotionOffer, Flip, SecurityFinding, RuleRefusal)
C = TypeVar("C")


def finished(deployment: Deployment) -> datetime:
    """What deployments are sorted by; of the same instant the one told first comes first."""
    return deployment.finished_at


class History:
    """The facts of one organisation; grows by `add`."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        #: goes up with every fact that changed something: what was computed from an older one may be stale
        self.revision = 0
        self._caches: dict[type, object] = {}
        self._graphs: dict[RepositoryName, CommitGraph] = {}
        self._deployments: dict[Place, list[Deployment]] = {}
        self._known: dict[FactId, Deployment] = {}
        self._same: dict[object, object] = {}
        self._services: dict[ServiceName, set[Place]] = {}
        self._sources: dict[ServiceName, set[RepositoryName]] = {}
        self._turns: dict[Place, int] = {}
        self._late: dict[Place, int] = {}
        self._others = ReceivedFacts()
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> bool:
        """Take a fact in; one with a known id adds to what was said, or corrects it. False: nothing changed."""
        if isinstance(fact, Commit):
            changed = self.graph(fact.repository).add(fact)
        elif isinstance(fact, Deployment):
            changed = self._deployed(fact)
        else:
            changed = self._others.add(fact)
        self.revision += changed
        return changed

    def graph(self, repository: RepositoryName) -> CommitGraph:
        """The commits of a repository; an empty graph when none was reported."""
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

    def sources(self, service: ServiceName) -> tuple[RepositoryName, ...]:
        """The repositories that were ever deployed as this service."""
        return tuple(sorted(self._sources.get(service, ())))

    def state(self, service: ServiceName, *kinds: type) -> tuple[int, ...]:
        """Goes up with every deployment of the service and every fact of these kinds about it that changed something.

        What is about its repositories counts, and what is about everybody.
        """
        turns = sum(self._turns[place] for place in self._services.get(service, ()))
        return (turns, *(self._turns_of(service, kind) for kind in kinds))

    def rewritten(self, place: Place) -> int:
        """How often what was reported about a place came late or was corrected, so that it did not just go on."""
        return self._late.get(place, 0)

    def cache(self, kind: type[C]) -> C:
        """What was worked out of these facts, by the kind of it: it goes when they go."""
        found = self._caches.get(kind)
        if not isinstance(found, kind):
            found = self._caches[kind] = kind()
        return found

    def facts(self, kind: type[F], about: str | None = None) -> tuple[F, ...]:
        """Every fact of a kind, in the order in which they were first told; of one service, or repository.

        Changes, runs and findings are about repositories; the others about services.
        """
        # what stands under a kind is of that kind: looking again at each of 30,000 runs costs more than the answer
        return cast("tuple[F, ...]", self._others.all(kind) if about is None else self._others.about(kind, about))

    def _turns_of(self, service: ServiceName, kind: type) -> int:
        sources = self._sources.get(service, ())
        if kind is Commit:
            return sum(len(graph) + graph.filled for graph in map(self.graph, sources))
        return sum(self._others.turns(kind, name) for name in {service, EVERYBODY, *sources})

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
        self._sources.setdefault(place.service, set()).add(deployment.repository)
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
