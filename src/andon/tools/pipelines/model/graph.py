"""The graph of tasks: what waits for what, what runs at the same time, and circles that never could run."""

from __future__ import annotations

from collections.abc import Mapping

from andon.kernel.ids import TaskName
from andon.tools.pipelines.model.pipeline import TaskSpec

Needs = Mapping[TaskName, tuple[TaskName, ...]]  #: by task; names that are no task are ignored


def needs_of(tasks: tuple[TaskSpec, ...]) -> Needs:
    """What each task waits for."""
    return {task.name: task.needs for task in tasks}


def waves(needs: Needs) -> tuple[tuple[TaskName, ...], ...]:
    """Tasks that may run at the same time, wave after wave; tasks in or behind a circle are in none."""
    left = dict(needs)
    found: list[tuple[TaskName, ...]] = []
    while ready := tuple(name for name, of in left.items() if not any(need in left for need in of)):
        found.append(ready)
        left = {name: of for name, of in left.items() if name not in ready}
    return tuple(found)


def circles(needs: Needs) -> tuple[tuple[TaskName, ...], ...]:
    """Each circle once, as a path that ends where it begins: (a, b, a)."""
    left = {name for name in needs if not any(name in wave for wave in waves(needs))}
    found: list[tuple[TaskName, ...]] = []
    for start in (name for name in needs if name in left):
        circle = _circle_from(start, needs, left)
        if circle and not any(set(circle) & set(known) for known in found):
            found.append(circle)
    return tuple(found)


def _circle_from(start: TaskName, needs: Needs, among: set[TaskName]) -> tuple[TaskName, ...]:
    """The shortest circle through this task; empty when there is none."""
    paths: list[tuple[TaskName, ...]] = [(start,)]
    seen = {start}
    while paths:
        path = paths.pop(0)
        for need in needs[path[-1]]:
            if need == start:
                return (*path, need)
            if need in among and need not in seen:
                seen.add(need)
                paths.append((*path, need))
    return ()
