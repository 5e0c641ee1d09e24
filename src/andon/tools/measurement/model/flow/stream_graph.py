"""Boxes and arrows of a value stream from what passed through it: the graph as it was, not as somebody drew it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest

from andon.tools.measurement.model.facts import Place, Publication, Run, TaskTime
from andon.tools.measurement.model.flow.accuracy import (
    EXAMPLES,
    Accuracy,
    of_commits,
    of_place,
    of_publications,
    of_runs,
    of_tasks,
    reruns,
)
from andon.tools.measurement.model.flow.change_journeys import ChangeJourneys, row, stretch_times
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.stream import ProcessBox, WaitArrow, WaitReason
from andon.tools.measurement.model.flow.time_slices import WAITING, Waiting
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.times import times

#: what is known of each place on the way
Cases = Mapping[Place, Case]


@dataclass(slots=True, kw_only=True)
class StreamInputs:
    """What the graph is made of."""

    history: History
    work: Items
    came: ChangeJourneys
    cases: Cases
    #: up to what is known
    window: Window
    #: that ended in the window, on trunk
    runs: Sequence[Run]
    #: published in the window
    published: Sequence[Publication] = ()
    boxes: list[ProcessBox] = field(default_factory=list)
    arrows: list[WaitArrow] = field(default_factory=list)
    #: the boxes that nothing leads on from yet
    ends: list[str] = field(default_factory=list)

    @property
    def sample(self) -> str:
        """What came, and is counted."""
        return self.work.unit


def draw(stream: StreamInputs) -> tuple[tuple[ProcessBox, ...], tuple[WaitArrow, ...]]:
    """Boxes from left to right, and the arrows between them."""
    service, seen = stream.work.place.service, stream.window
    stream.published = [one for one in stream.history.facts(Publication, service) if seen.holds(one.at)]
    _coding(stream)
    _review(stream)
    _pipeline(stream)
    _publish(stream)
    _environments(stream)
    return tuple(stream.boxes), tuple(stream.arrows)


def _coding(stream: StreamInputs) -> None:
    counted = [of_commits(graph, stream.window) for graph in stream.work.graphs]
    stream.boxes.append(
        ProcessBox(
            id="coding",
            title="Coding",
            kind="coding",
            process=stretch_times(stream.came.stretches.get(("coding", ""), ())),
            sample=stream.sample,
            accuracy=_together([one for one in counted if one]),
        )
    )
    stream.ends = ["coding"]


def _review(stream: StreamInputs) -> None:
    found = stream.came.stretches
    reviewed, pickup, unseen = (found.get(("review", kind), []) for kind in ("", "pickup", "open"))
    if not reviewed and not pickup and not unseen:
        return
    says = "" if reviewed else "No review start was reported, so review and waiting for it cannot be separated."
    process = stretch_times(reviewed)
    box = ProcessBox(
        id="review", title="Review", kind="review", process=process, sample=stream.sample, accuracy=None, says=says
    )
    _lead(stream, [box.id], "review")
    stream.boxes.append(box)
    stream.ends = [box.id]


def _pipeline(stream: StreamInputs) -> None:
    """The tasks of the newest run by their needs; one box where tasks are not known."""
    again = reruns(stream.runs)
    newest = max(
        (run for run in stream.runs if run.tasks),
        key=lambda run: (run.outcome == "success", run.queued_at),
        default=None,
    )
    if newest is not None:
        _tasks(stream, newest, of_tasks(stream.runs, again))
    elif stream.runs:
        took = [(run.finished_at - run.started_at) for run in stream.runs if run.finished_at and run.started_at]
        box = ProcessBox(
            id="run",
            title="Run",
            kind="run",
            process=times(one.total_seconds() for one in took),
            sample="runs",
            accuracy=of_runs(stream.runs, again),
            says="The tasks of its runs are not known, so it is one box.",
        )
        _lead(stream, [box.id], "run")
        stream.boxes.append(box)
        stream.ends = [box.id]


def _tasks(stream: StreamInputs, newest: Run, accuracies: Mapping[str, Accuracy | None]) -> None:
    took, waited = _task_times(stream.runs)
    names = {task.name for task in newest.tasks}
    roots = [f"task/{task.name}" for task in newest.tasks if not names.intersection(task.needs)]
    _lead(stream, roots, "run")
    needed: set[str] = set()
    for task in _in_order(newest.tasks):
        reused = sum(not seconds for seconds in took[task.name])
        stream.boxes.append(
            ProcessBox(
                id=f"task/{task.name}",
                title=task.name,
                kind="task",
                process=times(seconds for seconds in took[task.name] if seconds),
                sample="task runs",
                accuracy=accuracies[task.name],
                says=f"{reused:,} more were not run again, for nothing had changed." if reused else "",
            )
        )
        for need in (one for one in task.needs if one in names):
            needed.add(need)
            wait = times(waited[task.name])
            stream.arrows.append(
                WaitArrow(begin=f"task/{need}", end=f"task/{task.name}", wait=wait, sample="task runs")
            )
    stream.ends = [f"task/{task.name}" for task in newest.tasks if task.name not in needed]


def _publish(stream: StreamInputs) -> None:
    if not stream.published:
        return
    process = stretch_times(stream.came.stretches.get(("publish", ""), ()))
    box = ProcessBox(
        id="publish",
        title="Publish",
        kind="publish",
        process=process,
        sample="artifacts",
        accuracy=of_publications(stream.published),
        says="" if process else "It happens inside the run, which its time belongs to.",
    )
    _lead(stream, [box.id], "publish")
    stream.boxes.append(box)
    stream.ends = [box.id]


def _environments(stream: StreamInputs) -> None:
    for place in stream.work.way:
        here = [
            one
            for one in stream.history.deployments(place, stream.window.end)
            if one.finished_at >= stream.window.begin
        ]
        took = [one.finished_at - one.started_at for one in here if one.started_at and one.outcome == "success"]
        box = ProcessBox(
            id=f"environment/{place.environment}",
            title=place.environment,
            kind="environment",
            process=times(one.total_seconds() for one in took),
            sample="deployments",
            accuracy=of_place(stream.cases[place]),
            says="" if took else "No deployment start was reported, so work and waiting cannot be separated.",
        )
        _lead(stream, [box.id], place.environment)
        stream.boxes.append(box)
        stream.ends = [box.id]


def _lead(stream: StreamInputs, to: Sequence[str], where: str) -> None:
    """Arrows from every open end to each of the boxes; all say the same wait."""
    stretches = stream.came.into.get(where, [])
    wait = stretch_times(stretches)
    longest = nlargest(EXAMPLES, (one for one in stretches if one[0] > 0))
    arrow = WaitArrow(
        begin="",
        end="",
        wait=wait,
        sample=stream.sample,
        parts=tuple(sorted(_parts(stream, where), key=lambda part: -part.times.median)),
        examples=tuple(row(stream.work, item, seconds, "waited so long") for seconds, item, _ in longest),
    )
    stream.arrows += [replace(arrow, begin=begin, end=end) for begin in stream.ends for end in to]


def _parts(stream: StreamInputs, where: str) -> Iterator[WaitReason]:
    kinds: tuple[Waiting, ...] = ("pickup", "open", "batch", "queue", "again", "hold", "person")
    for kind in kinds:
        took = stretch_times(stream.came.stretches.get((where, kind), ()))
        if took is not None:
            yield WaitReason(waiting=kind, says=WAITING[kind], times=took)


def _task_times(runs: Sequence[Run]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """How long each task took where it succeeded, and how long it waited although it could have begun."""
    took: dict[str, list[float]] = defaultdict(list)
    waited: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        for task in run.tasks:
            if task.outcome == "success":
                took[task.name].append((task.finished_at - task.started_at).total_seconds())
            waited[task.name].append(max((task.started_at - task.ready_at).total_seconds(), 0.0))
    return took, waited


def _in_order(tasks: Sequence[TaskTime]) -> Iterator[TaskTime]:
    """Each after what it needs, as far as that can be."""
    left, names = list(tasks), {task.name for task in tasks}
    done: set[str] = set()
    while left:
        ready = [task for task in left if names.intersection(task.needs) <= done] or left
        yield from ready
        done.update(task.name for task in ready)
        left = [task for task in left if task not in ready]


def _together(parts: Sequence[Accuracy]) -> Accuracy | None:
    if not parts:
        return None
    n, back = sum(one.n for one in parts), sum(one.sent_back for one in parts)
    examples = sorted((row_ for one in parts for row_ in one.examples), key=lambda row_: row_.at, reverse=True)
    return Accuracy(share=1 - back / n, n=n, sent_back=back, examples=tuple(examples[:EXAMPLES]))
