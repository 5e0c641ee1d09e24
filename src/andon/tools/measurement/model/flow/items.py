"""The work that goes to a place, one item a commit: begun, landed, built, in each environment on the way, there.

Merge commits are no work of their own. An item is done with the first deployment to the place that holds it: a later
one, a rollback and a rolling forward again do not count twice. What the first deployment brought is left out, for
nobody knows what of it was there before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from itertools import chain
from operator import itemgetter

from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.dates import is_believable
from andon.tools.measurement.model.facts import Change, Deployment, Place, Publication, Run
from andon.tools.measurement.model.flow.landings import NEVER, CommitLandings, Scope, landings
from andon.tools.measurement.model.flow.promotion_path import promotion_path
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window

#: between a clock that stamped a commit and the one that stamped its landing
CLOCKS_DIFFER = timedelta(days=1)
#: of how many runs it is asked what trunk is
NEWEST = 20

#: a time, and the commit that was somewhere then
Arrival = tuple[float, CommitId]


@dataclass(slots=True, kw_only=True)
class Items:
    """Columns: the same index is the same item everywhere."""

    place: Place
    #: the places on the way, the asked one last
    way: tuple[Place, ...]
    #: what happened from then on is left out
    at: datetime
    #: when the first deployment to the place was done; None when none was: of the time before, nobody knows what came
    first: datetime | None = None
    #: "landed", "built" where that is known, then each environment
    stages: tuple[str, ...]
    graphs: list[CommitGraph] = field(default_factory=list)
    repositories: list[RepositoryName] = field(default_factory=list)
    #: of these repositories: those that were open in the window, or brought the items
    changes: tuple[Change, ...] = ()
    #: index in graphs and repositories
    graph: array[int] = field(default_factory=lambda: array("l"))
    #: the commit's number in its graph
    commit: array[int] = field(default_factory=lambda: array("l"))
    #: index in changes; -1 when no change is known
    change: array[int] = field(default_factory=lambda: array("l"))
    #: number of the trunk's own commit by which it landed: the merge, or itself
    by: array[int] = field(default_factory=lambda: array("l"))
    begun: array[float] = field(default_factory=lambda: array("d"))
    #: when it reached each stage; NEVER when it has not. A stage that was passed by is reached with the next one.
    reached: tuple[array[float], ...] = ()
    #: what the first deployment brought, which is not in the columns
    seeds: int = 0
    #: dated after they were deployed, by a clock that is wrong; not in the columns
    skewed: int = 0
    #: of no date that can be believed; not in the columns
    undated: int = 0
    #: deployments to the place whose commit is not in the history
    unknown: int = 0

    def __len__(self) -> int:
        return len(self.commit)

    @property
    def done(self) -> array[float]:
        """When each was first at the place."""
        return self.reached[-1]

    @property
    def unit(self) -> str:
        """What they are together: "changes" where it is known which commits belong together, else "commits"."""
        return (
            "changes"
            if self.changes or any(by != own for by, own in zip(self.by, self.commit, strict=True))
            else "commits"
        )

    def id(self, item: int) -> CommitId:
        """Its commit."""
        return self.graphs[self.graph[item]].ids[self.commit[item]]

    def subject(self, item: int) -> str:
        """First line of its message."""
        return self.graphs[self.graph[item]].subjects[self.commit[item]]

    def author(self, item: int) -> str:
        """Who wrote it."""
        return self.graphs[self.graph[item]].authors[self.commit[item]]

    def authored(self, item: int) -> float:
        """When it was first written; when it was committed where that date cannot be."""
        authored = self.graphs[self.graph[item]].authored[self.commit[item]]
        return authored if is_believable(authored) else self.begun[item]


def items(history: History, place: Place, window: Window, as_of: datetime | None = None) -> Items:
    """What was on its way to the place in the window, up to its end, or without what happened from `as_of` on.

    What was there before the window began is not in it.
    """
    at = min(as_of, window.end) if as_of else window.end
    way = promotion_path(history, place, Window(begin=window.begin, end=at))
    told = history.deployments(place, at)
    repositories = sorted({one.repository for one in told})
    built = _built(history, place, repositories, at)
    stages = ("landed", *(("built",) if built else ()), *(one.environment for one in way))
    first = told[0].finished_at if told else None
    found = Items(place=place, way=way, at=at, first=first, stages=stages, reached=tuple(array("d") for _ in stages))
    for repository in repositories:
        _add(found, history, repository, built.get(repository, []), window.begin)
    return found


def _add(found: Items, history: History, repository: RepositoryName, built: Sequence[Arrival], begin: datetime) -> None:
    """The items of one repository."""
    graph, at, since = history.graph(repository), found.at, begin.timestamp()
    arrivals = _arrivals(history.deployments(found.place, at), repository)
    found.unknown += sum(graph.number(commit) is None for time, commit in arrivals if time >= since)
    before = bisect_left(arrivals, since, key=itemgetter(0))
    done = bytearray(len(graph))
    graph.take_new((number for _, commit in arrivals[:before] if (number := graph.number(commit)) is not None), done)
    if not any(done):  # the first that is known is in the window
        found.seeds += _seed(graph, arrivals[before:], done)
    there = first_times(graph, arrivals[before:], done)
    scope = _scope(graph, done, there, at)
    changes = _changes(history, repository, graph, scope, begin)
    landing = landings(graph, changes, _on_trunk(history, repository, at), scope)
    columns = [landing.landed, *([first_times(graph, built, done)] if "built" in found.stages else ())]
    columns += [first_times(graph, _arrivals(history.deployments(one, at), repository), done) for one in found.way[:-1]]
    columns.append(there)
    found.graphs.append(graph)
    found.repositories.append(repository)
    for number in scope.commits:
        if len(graph.parents[number]) < 2:
            _take(found, number, columns, landing)
    found.changes += changes


def _scope(graph: CommitGraph, done: bytearray, there: array[float], at: datetime) -> Scope:
    """What had happened by then; a commit from the future too, when it was deployed all the same."""
    until, committed = at.timestamp(), graph.committed
    left = (n for n, is_done in enumerate(done) if not is_done)
    commits = [n for n in left if (committed[n] <= until or there[n] != NEVER) and graph.is_told(n)]
    return Scope(commits=commits, done=done, at=at)


def _changes(
    history: History, repository: RepositoryName, graph: CommitGraph, scope: Scope, begin: datetime
) -> tuple[Change, ...]:
    """Those that were open in the window, or brought what is looked at."""
    oldest = min((graph.committed[number] for number in scope.commits), default=NEVER)
    since = min(begin, datetime.fromtimestamp(oldest, UTC)) if oldest != NEVER else begin
    since -= CLOCKS_DIFFER
    return tuple(
        change
        for change in history.facts(Change, repository)
        if (change.merged_at is None or change.merged_at >= since)
        and (change.abandoned_at is None or change.abandoned_at >= since)
    )


def _on_trunk(history: History, repository: RepositoryName, at: datetime) -> list[CommitId]:
    """The newest commits that ran as trunk."""
    runs = (run for run in history.facts(Run, repository) if run.trunk and run.queued_at <= at)
    return [run.commit for run in nlargest(NEWEST, runs, key=lambda run: run.queued_at)]


def _seed(graph: CommitGraph, arrivals: Sequence[Arrival], done: bytearray) -> int:
    """Mark what the first deployment brought as done; how many commits that were, without merges."""
    first = next((number for _, commit in arrivals if (number := graph.number(commit)) is not None), None)
    brought = graph.take_new(() if first is None else (first,), done)
    return sum(not graph.is_merge(number) for number in brought)


def _take(found: Items, number: int, columns: Sequence[array[float]], landing: CommitLandings) -> None:
    graph, change = found.graphs[-1], landing.change[number]
    begun = graph.committed[number]
    limit = NEVER
    times: list[float] = []
    for column in reversed(columns):
        limit = min(limit, column[number])
        times.append(limit)
    if limit == NEVER:
        return  # on no trunk and deployed nowhere: a branch
    if not is_believable(begun):
        found.undated += 1
        return
    if begun > times[0]:
        found.skewed += 1
        return
    found.graph.append(len(found.graphs) - 1)
    found.commit.append(number)
    found.change.append(change if change < 0 else change + len(found.changes))
    found.by.append(landing.by[number])
    found.begun.append(min(begun, limit))
    for column, time in zip(found.reached, reversed(times), strict=True):
        column.append(time)


def first_times(graph: CommitGraph, arrivals: Iterable[Arrival], done: bytearray) -> array[float]:
    """When each commit that is not done was first somewhere, by number. Oldest arrival first."""
    times, seen = array("d", [NEVER]) * len(graph), bytearray(done)
    for time, commit in arrivals:
        number = graph.number(commit)
        if number is not None and not seen[number]:
            for one in graph.take_new((number,), seen):
                times[one] = time
    return times


def _arrivals(deployments: Sequence[Deployment], repository: RepositoryName) -> list[Arrival]:
    return [
        (one.finished_at.timestamp(), one.commit)
        for one in deployments
        if one.outcome == "success" and one.commit and one.repository == repository
    ]


def _built(
    history: History, place: Place, repositories: Sequence[RepositoryName], at: datetime
) -> dict[RepositoryName, list[Arrival]]:
    """When each commit was built: published as an artifact of the service, or else green on trunk."""
    built: dict[RepositoryName, list[Arrival]] = {}
    for published in history.facts(Publication, place.service):
        if published.at <= at:
            built.setdefault(published.repository, []).append((published.at.timestamp(), published.commit))
    if not built:
        for run in chain.from_iterable(history.facts(Run, repository) for repository in repositories):
            if run.trunk and run.outcome == "success" and run.finished_at and run.finished_at <= at:
                built.setdefault(run.repository, []).append((run.finished_at.timestamp(), run.commit))
    for arrivals in built.values():
        arrivals.sort(key=itemgetter(0))
    return built
