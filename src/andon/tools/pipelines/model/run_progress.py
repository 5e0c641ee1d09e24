"""What follows by itself in a run: tasks that are ready, reused or no longer needed, deadlines, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from andon.kernel.decider import Event, fold
from andon.kernel.ids import EffectKey, RunNumber, TaskName
from andon.tools.pipelines.model.run_state import (
    Outcome,
    PackingStarted,
    RunFinished,
    State,
    TaskFinished,
    TaskReused,
    TaskRun,
    TaskStopping,
)

READ_DEADLINE = timedelta(minutes=2)
#: a ready task waits this long for a free place
START_DEADLINE = timedelta(hours=24)
#: the runner kills at the task's timeout; this much later the run no longer waits for it to say so
REPORT_MARGIN = timedelta(seconds=60)
KILL_DEADLINE = timedelta(seconds=60)
PACK_DEADLINE = timedelta(minutes=15)

Events = tuple[Event[State], ...]


def is_ready(state: State, task: TaskRun) -> bool:
    """Whether the task should start: it has not, all that it needs is green, and the run is not lost."""
    if task.started_at or task.outcome or task.spec.reused_from or verdict_known(state):
        return False
    return _needs_are_green(state, task)


def read_key(number: RunNumber) -> EffectKey:
    """Of reading the run's pipeline."""
    return EffectKey(f"read/{number}")


def task_key(number: RunNumber, task: TaskName) -> EffectKey:
    """Of running one of its tasks."""
    return EffectKey(f"task/{number}/{task}")


def kill_key(number: RunNumber, task: TaskName) -> EffectKey:
    """Of killing one of its tasks."""
    return EffectKey(f"kill/{number}/{task}")


def pack_key(number: RunNumber) -> EffectKey:
    """Of packing its artifact."""
    return EffectKey(f"pack/{number}")


def remove_key(number: RunNumber) -> EffectKey:
    """Of removing its checkout."""
    return EffectKey(f"remove/{number}")


def wanted_keys(state: State) -> frozenset[EffectKey]:
    """Keys of all that is wanted now."""
    number = state.number
    match state.phase:
        case "reading":
            return frozenset({read_key(number)})
        case "running":
            return frozenset(
                kill_key(number, task.spec.name) if task.stopping else task_key(number, task.spec.name)
                for task in in_progress(state)
            )
        case "packing":
            return frozenset({pack_key(number)})
        case "finished":
            return frozenset({remove_key(number)})
        case _:
            return frozenset()


def is_wanted(state: State, key: EffectKey) -> bool:
    """Whether a report with this key answers something that is still wanted."""
    return key in wanted_keys(state)


def _needs_are_green(state: State, task: TaskRun) -> bool:
    needed = [state.task(name) for name in task.spec.needs]
    return all(one is not None and one.outcome == "success" for one in needed)


def verdict_known(state: State) -> str:
    """Why nothing else needs to run: cancelled, or one task is red; "" while the run may still be green."""
    if state.cancelled:
        return f"cancelled: {state.cancelled}"
    red = _first_red(state)
    return f"not needed any more: {red.spec.name} is red" if red else ""


def _first_red(state: State) -> TaskRun | None:
    """The task whose end decided against the run; those stopped because of it ended as cancelled."""
    ended = [task for task in state.tasks if task.outcome in {"failure", "error"}]
    unasked = [task for task in ended if not task.stopping]
    return next(iter(unasked or ended), None)


def settled(state: State, events: Events, now: datetime) -> Events:
    """The events, and all that follows from them by itself."""
    state = fold(state, events)
    while follows := _next(state, now):
        events = (*events, *follows)
        state = fold(state, follows)
    return events


def _next(state: State, now: datetime) -> Events:
    match state.phase:
        case "reading":
            return (finish(state, "cancel", f"cancelled: {state.cancelled}", now),) if state.cancelled else ()
        case "running":
            return tuple(_task_follows(state, now)) or _after_tasks(state, now)
        case "packing":
            return _after_packing(state, now)
        case _:
            return ()


def _task_follows(state: State, now: datetime) -> Iterable[Event[State]]:
    why = verdict_known(state)
    for task in state.tasks:
        if task.outcome or task.stopping:
            continue
        name, earlier = task.spec.name, task.spec.reused_from
        if why and _may_be_alive(state, task):
            yield TaskStopping(task=name, outcome="cancel", reason=why, at=now)
        elif why:
            yield finish_task(name, "cancel", why, now)
        elif earlier and _needs_are_green(state, task):
            yield TaskReused(task=name, run=earlier, at=now)


def _may_be_alive(state: State, task: TaskRun) -> bool:
    """Whether a process of it may exist: it is known to, or it was ready, and the report of its start is on its way."""
    return task.is_running or (not task.spec.reused_from and _needs_are_green(state, task))


def _after_tasks(state: State, now: datetime) -> Events:
    if any(task.outcome is None for task in state.tasks):
        return ()
    red = _first_red(state)
    if state.cancelled:
        return (finish(state, "cancel", f"cancelled: {state.cancelled}", now),)
    if red and red.outcome:
        return (finish(state, red.outcome, f"{red.spec.name}: {red.reason}", now),)
    if state.artifact:
        return (PackingStarted(at=now),)
    return (finish(state, "success", "", now),)


def _after_packing(state: State, now: datetime) -> Events:
    if state.cancelled:
        return (finish(state, "cancel", f"cancelled: {state.cancelled}", now),)
    return (finish(state, "success", "", now),) if state.packed else ()


def finish(state: State, outcome: Outcome, reason: str, now: datetime) -> RunFinished:
    """The verdict."""
    green = outcome == "success"
    return RunFinished(
        number=state.number,
        repository=state.repository,
        commit=state.commit,
        branch=state.branch,
        trunk=state.trunk,
        outcome=outcome,
        reason=reason,
        took=now - (state.queued_at or now),
        artifact=state.packed if green else None,
        service=state.service if green else None,
        version_prefix=state.artifact.version if state.artifact else "",
    )


def finish_task(name: TaskName, outcome: Outcome, reason: str, now: datetime) -> TaskFinished:
    """The end of a task of which no process is left to speak."""
    return TaskFinished(
        task=name,
        outcome=outcome,
        reason=reason,
        took=timedelta(0),
        tests=None,
        log_bytes=0,
        log_lines=0,
        log_digest="",
        at=now,
    )


def earliest_deadline(state: State) -> datetime | None:
    """When something in progress has taken too long."""
    if state.since is None:
        return None
    match state.phase:
        case "reading":
            return state.since + READ_DEADLINE
        case "running":
            return min((_task_deadline(state, task) for task in in_progress(state)), default=None)
        case "packing":
            return state.since + PACK_DEADLINE
        case _:
            return None


def in_progress(state: State) -> list[TaskRun]:
    """Tasks that run, or should, or should no more."""
    return [task for task in state.tasks if task.is_stopping or task.is_running or is_ready(state, task)]


def _task_deadline(state: State, task: TaskRun) -> datetime:
    if task.stopping_at:
        return task.stopping_at + KILL_DEADLINE
    if task.started_at:
        return task.started_at + task.spec.timeout + REPORT_MARGIN
    assert state.since is not None  # noqa: S101  (every phase with tasks has begun; for the type checker)
    return state.since + START_DEADLINE


def overdue(state: State, now: datetime) -> Events:
    """What is over because its time is; empty when nothing is late."""
    deadline = earliest_deadline(state)
    if deadline is None or now < deadline:
        return ()
    match state.phase:
        case "reading":
            return (finish(state, "error", "andon.toml could not be read within 2 min", now),)
        case "running":
            late = [task for task in in_progress(state) if _task_deadline(state, task) <= now]
            return tuple(_task_overdue(task, now) for task in late)
        case _:
            return (finish(state, "error", "the artifact could not be packed within 15 min", now),)


def _task_overdue(task: TaskRun, now: datetime) -> Event[State]:
    name = task.spec.name
    if task.stopping:
        return finish_task(name, "error", f"{task.stopping}; its processes could not be killed within 1 min", now)
    if task.started_at:
        return TaskStopping(task=name, outcome="error", reason="no result long after its timeout", at=now)
    return finish_task(name, "error", "no place to run it became free within 24 h", now)
