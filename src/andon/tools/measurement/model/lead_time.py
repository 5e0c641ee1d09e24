"""Which deployment brought each commit to a place first, whatever is rolled back and forth later."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.deployments import AGAIN, EFFECTIVE, ROLLBACK, SEED, Judged
from andon.tools.measurement.model.facts import Deployment
from andon.tools.measurement.model.history import History

#: its commits were new to the place
NEW: Final = 0
#: nothing stood before it, so nobody knows what was new
FIRST: Final = 1
#: its own commit was never told
UNKNOWN: Final = 2
#: the one before it was of a commit that was never told, and may have brought the same
AFTER_UNKNOWN: Final = 3
#: it went back to an earlier revision, or forward to one that was here: its commits are older than the place's records
STEP: Final = 4
#: it changed nothing
NOTHING: Final = 5


class _Walk:
    """How far the commits of one repository have come in a place."""

    __slots__ = ("graph", "number", "seen", "unknown_before")

    def __init__(self, graph: CommitGraph, number: int) -> None:
        self.graph = graph
        self.number = number
        self.seen = bytearray()
        #: the newest deployment is of a commit that was never told
        self.unknown_before = False


class FirstDeployments:
    """For each commit the first deployment that brought it to a place; goes on where it stopped."""

    def __init__(self) -> None:
        #: one a deployment: NEW, FIRST, …
        self.origins = bytearray()
        self.graphs: list[CommitGraph] = []
        #: one entry for each commit that was brought, in the order of the deployments:
        self.commits = array("l")
        #: number of the deployment
        self.by = array("l")
        #: number of the repository in `graphs`
        self.repositories = bytearray()
        #: where nothing older is known: (deployment, graph, number of the commit that was named but not told)
        self.cuts: list[tuple[int, CommitGraph, int]] = []
        self._waited_for: set[tuple[int, CommitId]] = set()
        self._walks: dict[RepositoryName, _Walk] = {}

    def is_stale(self) -> bool:
        """Were commits told since that would have made a difference?"""
        return any(graph.is_told(number) for _, graph, number in self.cuts) or any(
            self.graphs[graph].number(commit) is not None for graph, commit in self._waited_for
        )

    def go_on(self, history: History, judged: Judged, deployments: Sequence[Deployment]) -> None:
        """Follow the deployments that are judged but not followed yet."""
        for number in range(len(self.origins), len(judged)):
            if not EFFECTIVE[judged.kinds[number]]:
                self.origins.append(NOTHING)
                continue
            deployment = deployments[number]
            walk = self._walks.get(deployment.repository) or self._walk(history, deployment.repository)
            self.origins.append(self._origin(walk, deployment, judged.kinds[number]))
            start = walk.graph.number(deployment.commit)
            if start is not None:
                self._follow(walk, start, number)

    def entries(self, span: range) -> range:
        """Where the commits of these deployments stand."""
        return range(bisect_left(self.by, span.start), bisect_left(self.by, span.stop))

    def _walk(self, history: History, repository: RepositoryName) -> _Walk:
        graph = history.graph(repository)
        walk = self._walks[repository] = _Walk(graph, len(self.graphs))
        self.graphs.append(graph)
        return walk

    def _origin(self, walk: _Walk, deployment: Deployment, kind: int) -> int:
        if walk.graph.number(deployment.commit) is None:
            self._waited_for.add((walk.number, deployment.commit))
            walk.unknown_before = True
            return UNKNOWN
        after_unknown, walk.unknown_before = walk.unknown_before, False
        if kind == SEED or not walk.seen:
            return FIRST
        if kind in {ROLLBACK, AGAIN}:
            return STEP
        return AFTER_UNKNOWN if after_unknown else NEW

    def _follow(self, walk: _Walk, start: int, deployment: int) -> None:
        graph, seen = walk.graph, walk.seen
        if len(seen) < len(graph):
            seen.extend(bytes(len(graph) - len(seen)))
        parents, ahead, before = graph.parents, [start], len(self.commits)
        while ahead:
            commit = ahead.pop()
            if seen[commit]:
                continue
            seen[commit] = 1
            if not graph.is_told(commit):
                self.cuts.append((deployment, graph, commit))
                continue
            self.commits.append(commit)
            ahead.extend(parents[commit])
        brought = len(self.commits) - before
        self.by.extend([deployment] * brought)
        self.repositories.extend(bytes([walk.number]) * brought)
