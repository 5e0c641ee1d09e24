"""The rows behind a number, made when they are looked at: a million of them cost nothing until then."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import overload

from andon.kernel.ids import short
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import Deployment, Incident
from andon.tools.measurement.model.history import finished
from andon.tools.measurement.model.metric import Evidence, Exclusion
from andon.tools.measurement.model.numbers.lead_time import Attribution
from andon.tools.measurement.model.numbers.place_history import QuestionFacts


class Rows(Sequence[Evidence]):
    """As many rows as asked for, each made by its number."""

    def __init__(self, count: int, make: Callable[[int], Evidence]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Evidence: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Evidence, ...]: ...

    def __getitem__(self, at: int | slice) -> Evidence | tuple[Evidence, ...]:
        if isinstance(at, slice):
            return tuple(self._make(number) for number in range(*at.indices(self._count)))
        return self._make(range(self._count)[at])


def concatenated(first: Rows, second: Rows) -> Rows:
    """One after the other."""
    return Rows(len(first) + len(second), lambda at: first[at] if at < len(first) else second[at - len(first)])


def deployment_name(deployment: Deployment) -> str:
    """What people call it: its version, else the first digits of its digest."""
    return deployment.version or short(deployment.digest) or deployment.id


def deployment_rows(
    case: QuestionFacts,
    numbers: Sequence[int],
    why: Mapping[int, str] | str = "",
    values: Sequence[float] | float | None = None,
) -> Rows:
    """Deployments of the place, by number; each with its value, or all with the same."""

    def make(at: int) -> Evidence:
        number = numbers[at]
        return deployment_row(
            case.deployments[number],
            why if isinstance(why, str) else why.get(number, ""),
            values if values is None or isinstance(values, float) else values[at],
        )

    return Rows(len(numbers), make)


def deployment_row(deployment: Deployment, why: str = "", value: float | None = None) -> Evidence:
    """One deployment."""
    return Evidence(
        fact=deployment.id,
        name=deployment_name(deployment),
        commit=deployment.commit or None,
        at=deployment.finished_at,
        value=value,
        why=why or deployment.reason,
        link=deployment.link,
    )


def commit_rows(
    case: QuestionFacts,
    brought: Attribution,
    entries: Sequence[int],
    why: str = "",
    values: Sequence[float] | None = None,
) -> Rows:
    """Commits with the deployment that brought them, by entry of an attribution."""

    def make(at: int) -> Evidence:
        entry = entries[at]
        graph, commit = brought.graphs[brought.repositories[entry]], brought.commits[entry]
        deployment = case.deployments[brought.by[entry]]
        return commit_row(graph, commit, deployment, why, None if values is None else values[at])

    return Rows(len(entries), make)


def commit_row(
    graph: CommitGraph, commit: int, deployment: Deployment, why: str = "", value: float | None = None
) -> Evidence:
    """One commit and the deployment that it is counted with."""
    return Evidence(
        fact=deployment.id,
        name=graph.subjects[commit] or short(graph.ids[commit]),
        commit=graph.ids[commit],
        at=datetime.fromtimestamp(graph.committed[commit], UTC),
        value=value,
        why=why
        or f"deployed by {deployment_name(deployment)}{', said to be a rollback' if deployment.rollback else ''}",
        link=deployment.link,
    )


def other_environment_rows(case: QuestionFacts) -> Iterator[Exclusion]:
    """Deployments of the same service to other environments in the window: they are not asked for."""
    for place in case.history.environments(case.place.service):
        told = case.history.deployments(place)
        first = bisect_left(told, case.window.begin, key=finished)
        count = bisect_left(told, case.window.end, key=finished) - first
        if place != case.place and count > 0:
            reason = f"outside: deployed to {place.environment}, not to {case.place.environment}"
            yield Exclusion(reason=reason, rows=_part(told, first, count))


def _part(told: Sequence[Deployment], first: int, count: int) -> Rows:
    return Rows(count, lambda at: deployment_row(told[first + at]))


def incident_rows(some: Sequence[Incident], values: Sequence[float] | float | None = None) -> Rows:
    """Incidents; each with its value, or all with the same."""

    def make(at: int) -> Evidence:
        one, value = some[at], values if values is None or isinstance(values, float) else values[at]
        return Evidence(fact=one.id, name=one.title or one.id, at=one.detected_at, value=value, link=one.link)

    return Rows(len(some), make)
