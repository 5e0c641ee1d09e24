"""Which deployment brought each commit to a place first, whatever is rolled back and forth later."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final, Literal

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.dates import BELIEVED_FROM_S
from andon.tools.measurement.model.facts import Deployment
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.numbers.deployment_kinds import AGAIN, EFFECTIVE, ROLLBACK, SEED, DeploymentKinds
from andon.tools.measurement.model.numbers.ranges import between

#: new to the place
NEW: Final = 0
#: nothing stood before the deployment, so nobody knows what was new in it
FIRST: Final = 1
#: of a deployment: its own commit was never reported
UNKNOWN: Final = 2
#: the deployment before is of a commit that was never reported, and may have brought the same
AFTER_UNKNOWN: Final = 3
#: the deployment went back to an earlier revision, or forward to one that was here
STEP: Final = 4
#: of a deployment: it changed nothing
NOTHING: Final = 5
#: of a commit: it joins others, which count by themselves
MERGE: Final = 6


class AncestryWalk:
    """How far the commits of one repository have come in a place."""

    __slots__ = ("generations", "graph", "number", "present", "seen", "unknown_before")

    def __init__(self, graph: CommitGraph, number: int) -> None:
        self.graph = graph
        self.number = number
        #: 1 for each commit that was brought
        self.seen = bytearray()
        #: the newest deployment is of a commit that was never reported
        self.unknown_before = False
        #: by line of releases: the commit that was deployed last
        self.present: dict[str, int] = {}
        #: by commit: how long the longest way to a first commit is; 0 where that is not worked out
        self.generations = array("i")


#: which of a commit's two dates is meant
Start = Literal["committed", "authored"]

#: a rule that says what the commits of a deployment count as, and which they are; some may only be named
Bring = Callable[[AncestryWalk, Deployment, int, int], tuple[int, list[int]]]


def first_wins(walk: AncestryWalk, deployment: Deployment, kind: int, start: int) -> tuple[int, list[int]]:
    """What no deployment brought before: each commit belongs to the first one that has it (decision 13)."""
    graph, seen = walk.graph, walk.seen
    origin = _origin(walk, kind)
    if len(seen) < len(graph):
        seen.extend(bytes(len(graph) - len(seen)))
    parents, ahead = graph.parents, [start]
    found: list[int] = []
    while ahead:
        commit = ahead.pop()
        if not seen[commit]:
            seen[commit] = 1
            found.append(commit)
            ahead += parents[commit]
    return origin, found


def since_previous(walk: AncestryWalk, deployment: Deployment, kind: int, start: int) -> tuple[int, list[int]]:
    """What the deployment before it on its line has not: commits count again after a step back.

    Source: DevLake's commits_diffs and Datadog's `git log previous..this`.
    """
    before = walk.present.get(deployment.line)
    walk.present[deployment.line] = start
    if before is None:
        return first_wins(walk, deployment, SEED, start)
    return NEW, between(walk.graph, walk.generations, before, start)


def _origin(walk: AncestryWalk, kind: int) -> int:
    if kind == SEED or not walk.seen:
        return FIRST
    if kind in {ROLLBACK, AGAIN}:
        return STEP
    return AFTER_UNKNOWN if walk.unknown_before else NEW


class Attribution:
    """Which deployments brought which commits to a place, by a rule; goes on where it stopped."""

    def __init__(self, bring: Bring = first_wins) -> None:
        self._bring = bring
        #: one a deployment: NEW, FIRST, …
        self.origins = bytearray()
        self.graphs: list[CommitGraph] = []
        #: one entry for each commit that was brought, in the order of the deployments:
        self.commits = array("i")
        #: number of the deployment
        self.by = array("i")
        #: seconds from its committer date, and from its author date, to the end of the deployment
        self.since: dict[Start, array[float]] = {"committed": array("d"), "authored": array("d")}
        #: entries that are dated after their deployment, or before anybody had a clock, by that date
        self._odd: dict[Start, array[int]] = {"committed": array("i"), "authored": array("i")}
        #: number of the repository in `graphs`
        self.repositories = bytearray()
        #: the deployment's origin, or MERGE
        self.fates = bytearray()
        #: where nothing older is known: (deployment, graph, number of the commit that was named but not told)
        self.cuts: list[tuple[int, CommitGraph, int]] = []
        self._waited_for: set[tuple[int, CommitId]] = set()
        self._empty: set[int] = set()
        self._walks: dict[RepositoryName, AncestryWalk] = {}

    def is_stale(self) -> bool:
        """Were commits reported since that would have made a difference?"""
        return (
            any(len(self.graphs[graph]) for graph in self._empty)
            or any(graph.is_told(commit) for _, graph, commit in self.cuts)
            or any(self.graphs[graph].number(commit) is not None for graph, commit in self._waited_for)
        )

    def go_on(self, history: History, judged: DeploymentKinds, deployments: Sequence[Deployment]) -> None:
        """Follow the deployments that are judged but not followed yet."""
        origins, kinds = self.origins, judged.kinds
        for number in range(len(origins), len(judged)):
            if not EFFECTIVE[kinds[number]]:
                origins.append(NOTHING)
                continue
            deployment = deployments[number]
            walk = self._walks.get(deployment.repository) or self._walk(history, deployment.repository)
            start = walk.graph.number(deployment.commit)
            if start is None:
                origins.append(self._unknown(walk, deployment))
                continue
            origin, found = self._bring(walk, deployment, kinds[number], start)
            walk.unknown_before = False
            origins.append(origin)
            self._take(walk, (number, judged.finished[number]), origin, found)

    def entries(self, span: range) -> range:
        """Where the commits of these deployments stand."""
        return range(bisect_left(self.by, span.start), bisect_left(self.by, span.stop))

    def _take(self, walk: AncestryWalk, deployment: tuple[int, float], origin: int, found: list[int]) -> None:
        graph, commits, fates, (number, finished) = walk.graph, self.commits, self.fates, deployment
        parents, committed, authored, took = graph.parents, self.since["committed"], self.since["authored"], 0
        for commit in found:
            many = len(parents[commit])
            if not many and not graph.is_told(commit):
                self.cuts.append((number, graph, commit))
                continue
            commits.append(commit)
            committed.append(finished - graph.committed[commit])
            authored.append(finished - graph.authored[commit])
            fates.append(MERGE if many > 1 and origin == NEW else origin)
            took += 1
        self.by.extend([number] * took)
        self.repositories.extend(bytes((walk.number,)) * took)
        for start, since in self.since.items():
            most = finished - BELIEVED_FROM_S
            if took and (min(since[-took:]) < 0 or max(since[-took:]) > most):
                self._odd[start].extend(at for at in range(len(since) - took, len(since)) if not 0 <= since[at] <= most)

    def is_odd(self, window: range, start: Start) -> bool:
        """Has any of these entries a date that cannot be?"""
        entries = self._odd[start]
        return bisect_left(entries, window.start) < bisect_left(entries, window.stop)

    def graph(self, repository: RepositoryName) -> int | None:
        """The number of a repository in `graphs`; None when nothing of it was deployed here."""
        walk = self._walks.get(repository)
        return walk.number if walk else None

    def _walk(self, history: History, repository: RepositoryName) -> AncestryWalk:
        graph = history.graph(repository)
        walk = self._walks[repository] = AncestryWalk(graph, len(self.graphs))
        self.graphs.append(graph)
        return walk

    def _unknown(self, walk: AncestryWalk, deployment: Deployment) -> int:
        if len(walk.graph):
            self._waited_for.add((walk.number, deployment.commit))
        else:
            self._empty.add(walk.number)
        walk.unknown_before = True
        return UNKNOWN
