"""Two tellings of one fact made one: webhooks come twice, late and in any order, and each says only a part."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TypeVar

from andon.tools.measurement.model.facts import (
    Change,
    Deployment,
    Fact,
    FactId,
    Incident,
    Place,
    Run,
    SecurityFinding,
    TaskTime,
)

Told = TypeVar("Told", Deployment, Incident, Change, Run, SecurityFinding)


def merged(before: Fact, told: Fact) -> Fact:
    """What is known after both; the same whichever of them came first, where their sources say when they spoke.

    A fact without that time replaces what was said before: it is somebody's correction.
    """
    match before, told:
        case Deployment(), Deployment() if told.told_at is not None:
            return _deployment(*_in_order(before, told))
        case Incident(), Incident() if told.told_at is not None:
            return _incident(*_in_order(before, told))
        case Change(), Change() if told.told_at is not None:
            return _change(*_in_order(before, told))
        case Run(), Run() if told.told_at is not None:
            return _run(*_in_order(before, told))
        case SecurityFinding(), SecurityFinding() if told.told_at is not None:
            return _finding(*_in_order(before, told))
        case _:
            return told


def _in_order(before: Told, told: Told) -> tuple[Told, Told]:
    """The older one first; of the same instant the one that says more about the end is the newer."""
    return (told, before) if _rank(before) > _rank(told) else (before, told)


def _rank(fact: Deployment | Incident | Change | Run | SecurityFinding) -> tuple[float, bool]:
    ended = (
        getattr(fact, name, None)
        for name in ("resolved_at", "merged_at", "abandoned_at", "outcome", "fixed_at", "dismissed_at")
    )
    return (fact.told_at.timestamp() if fact.told_at else float("-inf")), any(end is not None for end in ended)


def _deployment(older: Deployment, newer: Deployment) -> Deployment:
    """A second "success" of the same deployment does not move its end; another outcome does."""
    again = older.outcome == newer.outcome
    return replace(
        _filled(older, newer),
        started_at=_earliest(older.started_at, newer.started_at),
        finished_at=min(older.finished_at, newer.finished_at) if again else newer.finished_at,
        reason=newer.reason,
        mends=_both(older.mends, newer.mends),
        rollback=older.rollback or newer.rollback,
    )


def _incident(older: Incident, newer: Incident) -> Incident:
    """Whether it is resolved, the newer one says: an incident may be opened again."""
    return replace(
        _filled(older, newer),
        place=_place(older.place, newer.place),
        detected_at=min(older.detected_at, newer.detected_at),
        resolved_at=newer.resolved_at,
        caused_by=_both(older.caused_by, newer.caused_by),
    )


def _place(older: Place, newer: Place) -> Place:
    """The end of an incident may be reported with less than its beginning."""
    if newer.service and newer.environment:
        return newer
    return Place(service=newer.service or older.service, environment=newer.environment or older.environment)


def _change(older: Change, newer: Change) -> Change:
    """Whether it was given up, the newer one says: a change may be opened again. What has landed stays landed."""
    return replace(
        _filled(older, newer),
        opened_at=min(older.opened_at, newer.opened_at),
        first_commit_at=_earliest(older.first_commit_at, newer.first_commit_at),
        labels=tuple(sorted({*older.labels, *newer.labels})),
        first_review_at=_earliest(older.first_review_at, newer.first_review_at),
        merged_at=_earliest(older.merged_at, newer.merged_at),
        abandoned_at=newer.abandoned_at,
    )


def _run(older: Run, newer: Run) -> Run:
    """Tasks are reported one by one; the newer telling of each counts, and the first of them began the run."""
    tasks: dict[str, TaskTime] = {task.name: task for task in (*older.tasks, *newer.tasks)}
    begun = min((task.started_at for task in tasks.values()), default=None)
    return replace(
        _filled(older, newer),
        queued_at=min(older.queued_at, newer.queued_at),
        # where no task says it, a telling may only know that it was not before it was asked for
        started_at=begun or _latest(older.started_at, newer.started_at),
        tasks=tuple(sorted(tasks.values(), key=_began)),
    )


def _finding(older: SecurityFinding, newer: SecurityFinding) -> SecurityFinding:
    """Whether it is fixed, the newer one says: it may come back."""
    return replace(newer, opened_at=min(older.opened_at, newer.opened_at))


def _began(task: TaskTime) -> tuple[datetime, str]:
    return task.started_at, task.name


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one is not None and other is not None else one or other


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one is not None and other is not None else one or other


def _both(one: tuple[FactId, ...], other: tuple[FactId, ...]) -> tuple[FactId, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _filled(older: Told, newer: Told) -> Told:
    """The newer one; what it leaves open is taken from the older."""
    left = {field.name: getattr(older, field.name) for field in fields(newer) if _is_open(getattr(newer, field.name))}
    return replace(newer, **left) if left else newer


def _is_open(value: object) -> bool:
    return value is None or value == ""
