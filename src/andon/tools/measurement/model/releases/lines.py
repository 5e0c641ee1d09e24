"""How releases follow one another in the graph of commits: what is new, what stands beside the trunk, which lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from andon.tools.measurement.model.commit_graph import CommitGraph

#: brings commits that no release before it had
NEW: Final = "new"
#: the very commit of the release before it
SAME: Final = "same"
#: a commit that an earlier release had brought already
OLDER: Final = "older"

TRUNK: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A line of releases that is kept up beside others."""

    #: "2.8"; "main" is the trunk
    name: str
    releases: int
    first: str
    last: str
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One release among the others."""

    kind: str
    #: is its commit in the trunk
    on_trunk: bool
    #: which line it continues; TRUNK, or a number of those beside it
    line: int
    #: commits that it was the first to bring and that say that they are younger than it
    younger: int


@dataclass(slots=True)
class _Survey:
    """What is known while the releases are looked at, oldest first."""

    graph: CommitGraph
    trunk: bytearray
    #: by commit: number of the release that brought it, -1 for none
    owner: list[int]
    #: commits of the newest release of each open line beside the trunk
    tips: dict[int, int] = field(default_factory=dict)
    lines: int = TRUNK


def placed(graph: CommitGraph, head: int | None, releases: Sequence[tuple[int, float]]) -> tuple[Placed, ...]:
    """Each release (its commit and time, oldest first) among those before it; every commit is visited once or twice."""
    trunk = bytearray(len(graph))
    if head is not None:
        graph.take_new([head], trunk)
    survey = _Survey(graph=graph, trunk=trunk, owner=[-1] * len(graph))
    found: list[Placed] = []
    present: dict[int, int] = {}  # by line: the commit of its newest release
    for number, (commit, at) in enumerate(releases):
        before = survey.owner[commit]
        if before >= 0:
            line, younger = found[before].line, 0
            kind = SAME if present.get(line) == commit else OLDER
        else:
            edge, younger = _brought(survey, number, commit, at)
            line = TRUNK if trunk[commit] else _line(survey, edge, commit)
            kind = NEW
        present[line] = commit
        found.append(Placed(kind=kind, on_trunk=bool(trunk[commit]), line=line, younger=younger))
    return tuple(found)


def parallel(found: Sequence[Placed]) -> dict[int, int]:
    """The lines that are kept up beside the trunk: those with more than one release that brought something new."""
    counts: dict[int, int] = defaultdict(int)
    for one in found:
        counts[one.line] += one.kind == NEW
    beside = {line: n for line, n in counts.items() if line != TRUNK and n > 1}
    if len(beside) == 1 and not counts[TRUNK]:
        return {}  # all releases are on one branch: nothing is parallel to it
    return beside


def _brought(survey: _Survey, number: int, start: int, at: float) -> tuple[set[int], int]:
    """Mark what the release brings; the older commits that it stands on, and how many say that they are younger."""
    owner, graph = survey.owner, survey.graph
    parents, committed = graph.parents, graph.committed
    ahead, edge, younger = [start], set(), 0
    while ahead:
        commit = ahead.pop()
        if owner[commit] >= 0:
            if owner[commit] != number:
                edge.add(commit)
            continue
        owner[commit] = number
        younger += committed[commit] > at
        ahead.extend(parents[commit])
    return edge, younger


def _line(survey: _Survey, edge: set[int], commit: int) -> int:
    """The line whose newest release it stands on, else a new one."""
    continued = sorted(survey.tips[tip] for tip in edge if tip in survey.tips)
    survey.tips = {tip: line for tip, line in survey.tips.items() if tip not in edge}
    if not continued:
        survey.lines += 1
    line = continued[-1] if continued else survey.lines
    survey.tips[commit] = line
    return line
