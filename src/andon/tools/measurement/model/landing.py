"""When each commit landed in trunk, and by which change: one walk along the trunk's first parents."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import Change

#: not yet
NEVER = float("inf")
#: of how many heads it is asked whether they are the trunk's
HEADS_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """By commit number."""

    #: seconds since 1970; NEVER for what is not in trunk
    landed: array[float]
    #: index of the change that brought it; -1 when none is known
    change: array[int]


def landings(graph: CommitGraph, changes: Sequence[Change], seen_on_trunk: Iterable[CommitId], at: datetime) -> Landing:
    """As it was known then.

    What a merge brings landed with the merge. `seen_on_trunk`: commits known to be on trunk, which tell its head from
    that of a release line; a change's own time of merging goes before the commit's.
    """
    until = at.timestamp()
    landed, change = array("d", [NEVER]) * len(graph), array("l", [-1]) * len(graph)
    merged = _merged(graph, changes, until)
    trunk = _trunk(graph, {number for one in seen_on_trunk if (number := graph.number(one)) is not None}, until)
    carriers = _carriers(graph, trunk, changes, merged)
    seen = bytearray()
    for number in trunk:
        carrier = carriers.get(number, -1)
        merged_at = changes[carrier].merged_at if carrier >= 0 else None
        time = merged_at.timestamp() if merged_at else graph.committed[number]
        for brought in graph.take_new((number,), seen):
            landed[brought], change[brought] = time, carrier
    return Landing(landed=landed, change=change)


def _merged(graph: CommitGraph, changes: Sequence[Change], until: float) -> dict[int, int]:
    """Which change landed with which commit."""
    found: dict[int, int] = {}
    for index, change in enumerate(changes):
        if change.merged_at is None or change.merged_at.timestamp() > until:
            continue
        for commit in (change.merge_commit, change.head):
            number = graph.number(commit) if commit else None
            if number is not None:
                found.setdefault(number, index)
    return found


def _trunk(graph: CommitGraph, known: set[int], until: float) -> list[int]:
    """The trunk's own commits, oldest first."""
    there = [n for n in range(len(graph)) if graph.is_told(n) and graph.committed[n] <= until]
    has_child = bytearray(len(graph))
    for number in there:
        for parent in graph.parents[number]:
            has_child[parent] = 1
    heads = sorted((n for n in there if not has_child[n]), key=lambda n: (graph.committed[n], n), reverse=True)
    newest = max((n for n in known if graph.committed[n] <= until), key=lambda n: graph.committed[n], default=None)
    lines: list[list[int]] = []
    for head in islice(heads, HEADS_AT_MOST):
        line = _first_parents(graph, head)
        if newest is None or newest in line:
            return line
        lines.append(line)
    return lines[0] if lines else []


def _first_parents(graph: CommitGraph, head: int) -> list[int]:
    line = [head]
    while graph.parents[line[-1]] and graph.is_told(graph.parents[line[-1]][0]):
        line.append(graph.parents[line[-1]][0])
    line.reverse()
    return line


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
