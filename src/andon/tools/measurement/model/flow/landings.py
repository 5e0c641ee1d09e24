"""When each commit landed in trunk, and by which change: one walk along the trunk's first parents."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import Change

#: not yet
NEVER = float("inf")
#: of how many heads it is asked whether they are the trunk's
HEADS_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitLandings:
    """By commit number."""

    #: seconds since 1970; NEVER for what is not in trunk
    landed: array[float]
    #: index of the change that brought it; -1 when none is known
    change: array[int]
    #: number of the trunk's own commit by which it landed; itself where it is one, and where it is not in trunk
    by: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at."""

    #: told, and neither done before nor known only later; the oldest number first
    commits: Sequence[int]
    #: one byte a commit: what is not looked at, for it was done before
    done: bytearray
    #: what happened from then on is left out
    at: datetime


def landings(
    graph: CommitGraph, changes: Sequence[Change], seen_on_trunk: Iterable[CommitId], scope: Scope
) -> CommitLandings:
    """When the commits in scope landed.

    What a merge brings landed with the merge. `seen_on_trunk`: commits known to be on trunk, which tell its head from
    that of a release line; a change's own time of merging goes before the commit's.
    """
    landed, change, by = array("d", [NEVER]) * len(graph), array("l", [-1]) * len(graph), array("l", range(len(graph)))
    trunk = _trunk(graph, seen_on_trunk, scope)
    carriers = _carriers(graph, trunk, changes, _merged(graph, changes, scope.at))
    seen = bytearray(scope.done)
    for number in trunk:
        carrier = carriers.get(number, -1)
        merged_at = changes[carrier].merged_at if carrier >= 0 else None
        time = merged_at.timestamp() if merged_at else graph.committed[number]
        for brought in graph.take_new((number,), seen):
            landed[brought], change[brought], by[brought] = time, carrier, number
    return CommitLandings(landed=landed, change=change, by=by)


def _merged(graph: CommitGraph, changes: Sequence[Change], at: datetime) -> dict[int, int]:
    """Which change landed with which commit."""
    found: dict[int, int] = {}
    for index, change in enumerate(changes):
        if change.merged_at is None or change.merged_at > at:
            continue
        for commit in (change.merge_commit, change.head):
            number = graph.number(commit) if commit else None
            if number is not None:
                found.setdefault(number, index)
    return found


def _trunk(graph: CommitGraph, seen_on_trunk: Iterable[CommitId], scope: Scope) -> list[int]:
    """The trunk's own commits in scope, oldest first."""
    committed, parents, done = graph.committed, graph.parents, scope.done
    has_child = {parent for number in scope.commits for parent in parents[number]}
    heads = sorted((n for n in scope.commits if n not in has_child), key=lambda n: (committed[n], n), reverse=True)
    until = scope.at.timestamp()
    known = [n for one in seen_on_trunk if (n := graph.number(one)) is not None and committed[n] <= until]
    newest = max(known, key=lambda n: committed[n], default=None)
    likely = (head for head in heads[:HEADS_AT_MOST] if newest is None or _follows(graph, head, newest))
    head = next(likely, heads[0] if heads else None)
    line: list[int] = []
    while head is not None and not done[head] and graph.is_told(head):
        line.append(head)
        head = parents[head][0] if parents[head] else None
    line.reverse()
    return line


def _follows(graph: CommitGraph, head: int, known: int) -> bool:
    """Is the known commit among the head's first parents?"""
    while head != known and graph.parents[head] and graph.committed[head] >= graph.committed[known]:
        head = graph.parents[head][0]
    return head == known


def _carriers(
    graph: CommitGraph, trunk: Sequence[int], changes: Sequence[Change], merged: dict[int, int]
) -> dict[int, int]:
    """The change of each of the trunk's commits: its own, or the one that was pushed with it and lies ahead."""
    found: dict[int, int] = {}
    carrier = -1
    for number in reversed(trunk):
        own = merged.get(number)
        if own is not None:
            carrier = own
        elif carrier < 0 or graph.is_merge(number) or not _belongs(graph, number, changes[carrier]):
            carrier = -1
        if carrier >= 0:
            found[number] = carrier
    return found


def _belongs(graph: CommitGraph, number: int, change: Change) -> bool:
    first = change.first_commit_at
    return first is not None and first.timestamp() <= graph.authored[number] and change.author == graph.authors[number]
