"""What one commit has and another has not: `git rev-list OLD..NEW`, without walking all that both have."""

from __future__ import annotations

from array import array
from heapq import heappop, heappush

from andon.tools.measurement.model.commit_graph import CommitGraph

_NEW, _OLD = 1, 2


def between(graph: CommitGraph, generations: array[int], old: int, new: int) -> list[int]:
    """Commits that can be reached from `new` and not from `old`; some may only be named.

    Goes down both histories at once, always at the commit with the longest way to a first commit, so that nothing that
    is still ahead can lead to one that is done. `generations` is filled on the way and belongs to this graph.
    """
    if len(generations) < len(graph):
        generations.extend([0] * (len(graph) - len(generations)))
    reached = {old: _OLD}
    reached[new] = reached.get(new, 0) | _NEW
    ahead = [(-_generation(graph, generations, commit), commit) for commit in reached]
    ahead.sort()
    found: list[int] = []
    only_new = sum(by == _NEW for by in reached.values())
    while only_new:
        _, commit = heappop(ahead)
        by = reached[commit]
        if by == _NEW:
            found.append(commit)
            only_new -= 1
        for parent in graph.parents[commit]:
            before = reached.get(parent, 0)
            if not before:
                heappush(ahead, (-_generation(graph, generations, parent), parent))
            reached[parent] = before | by
            only_new += (before | by == _NEW) - (before == _NEW)
    return found


def _generation(graph: CommitGraph, generations: array[int], commit: int) -> int:
    """One more than the greatest of its parents."""
    ahead = [commit]
    while ahead:
        at = ahead[-1]
        if generations[at]:
            ahead.pop()
            continue
        unknown = [parent for parent in graph.parents[at] if not generations[parent]]
        if unknown:
            ahead += unknown
        else:
            generations[at] = 1 + max((generations[parent] for parent in graph.parents[at]), default=0)
            ahead.pop()
    return generations[commit]
