"""The graph of tasks: what waits for what, what runs at the same time, and circles that never could run.

Each function costs as much as the graph has tasks and needs together: people push these graphs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.pipeline import TaskSpec

Needs = Mapping[TaskName, tuple[TaskName, ...]]  #: by task; names that are no task are ignored


def needs_of(tasks: tuple[TaskSpec, ...]) -> Needs:
    """What each task waits for."""
    return {task.name: task.needs for task in tasks}


def waves(needs: Needs) -> tuple[tuple[TaskName, ...], ...]:
    """Tasks that may run at the same time, wave after wave; tasks in or behind a circle are in none."""
    levels = _levels(needs)
    found: list[list[TaskName]] = [[] for _ in range(max(levels.values(), default=-1) + 1)]
    for name in needs:  # in the order of the file
        if name in levels:
            found[levels[name]].append(name)
    return tuple(map(tuple, found))


def _levels(needs: Needs) -> dict[TaskName, int]:
    """The number of each task's wave."""
    behind: dict[TaskName, list[TaskName]] = {name: [] for name in needs}
    missing = dict.fromkeys(needs, 0)
    for name, of in needs.items():
        for need in set(of) & needs.keys():
            behind[need].append(name)
            missing[name] += 1
    levels = {name: 0 for name, count in missing.items() if not count}
    ready = deque(levels)
    while ready:
        done = ready.popleft()
        for name in behind[done]:
            missing[name] -= 1
            if not missing[name]:
                levels[name] = levels[done] + 1  # the last of its needs is in the latest wave
                ready.append(name)
    return levels


def circles(needs: Needs) -> tuple[tuple[TaskName, ...], ...]:
    """Circles without a task in common, each as a path that ends where it begins: (a, b, a).

    There is one where tasks wait for each other; two that share a task are found one after the other.
    """
    walk = _Walk(needs)
    return tuple(_shortest(circle, needs) for start in needs for circle in walk.begin(start))


class _Walk:
    """A walk along needs in depth, which takes each circle out of the graph when it closes."""

    def __init__(self, needs: Needs) -> None:
        self._needs = needs
        self._seen: set[TaskName] = set()
        self._path: list[TaskName] = []
        #: where a task is on the path
        self._places: dict[TaskName, int] = {}
        self._left: list[Iterator[TaskName]] = []

    def begin(self, start: TaskName) -> Iterator[tuple[TaskName, ...]]:
        """The circles that are met from here."""
        self._step(start)
        while self._path:
            need = next(self._left[-1], None)
            if need is None:
                self._back(len(self._path) - 1)
            elif need in self._places:
                yield self._back(self._places[need])
            else:
                self._step(need)

    def _step(self, name: TaskName) -> None:
        if name in self._seen or name not in self._needs:
            return
        self._seen.add(name)
        self._places[name] = len(self._path)
        self._path.append(name)
        self._left.append(iter(self._needs[name]))

    def _back(self, length: int) -> tuple[TaskName, ...]:
        """Shorten the path; what was cut off."""
        cut = tuple(self._path[length:])
        del self._path[length:], self._left[length:]
        for name in cut:
            del self._places[name]
        return cut


def _shortest(circle: tuple[TaskName, ...], needs: Needs) -> tuple[TaskName, ...]:
    """The shortest way round from the circle's first task, over its tasks only."""
    start, members = circle[0], set(circle)
    came_from: dict[TaskName, TaskName] = {}
    left = deque([start])
    while start not in came_from:
        name = left.popleft()
        for need in needs[name]:
            if need in members and need not in came_from:
                came_from[need] = name
                left.append(need)
    path = [start]
    while len(path) == 1 or path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))
