"""A run's graph as a picture: where each task stands and what is written into its box."""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.words import duration
from andon.tools.pipelines.task_seen import TaskSeen
from andon.tools.pipelines.views import RunSeen
from andon.web.graph import Box, Layout, layout

#: lamp -> colour of the sign
COLOURS = {
    "success": "green",
    "reused": "green",
    "warning": "amber",
    "running": "amber",
    "waiting": "grey",
    "cancel": "grey",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One task in the picture."""

    box: Box
    task: TaskSeen
    colour: str
    #: the second line
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPicture:
    """The whole graph."""

    layout: Layout
    nodes: tuple[Node, ...]


def picture(run: RunSeen) -> RunPicture:
    """The graph of a run whose pipeline was read."""
    drawn = layout({task.name: task.spec.needs for task in run.tasks})
    nodes = tuple(
        Node(box=box, task=task, colour=colour_of(task), words=_words(task))
        for box in drawn.boxes
        for task in (run.task(box.name),)
    )
    return RunPicture(layout=drawn, nodes=nodes)


def colour_of(task: TaskSeen) -> str:
    """Of the task's sign: amber when it is green with warnings."""
    return COLOURS.get(task.shown_lamp, "red")


def _words(task: TaskSeen) -> str:
    match task.lamp:
        case "waiting":
            return "waits"
        case "running":
            return "running"
        case "reused":
            return f"unchanged since run {task.reused_from}"
        case "success":
            tests = f" · {task.tests.passed} passed" if task.tests else ""
            return f"{duration(task.took)}{tests}" if task.took else "success"
    return f"{task.tests.failed} failed" if task.tests and task.tests.failed else task.reason or task.lamp
