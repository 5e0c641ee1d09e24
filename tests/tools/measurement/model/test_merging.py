"""Two tellings of one fact come to the same, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
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
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.merging import merged

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLACE = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
SHOP = RepositoryName("shop")


def after(minutes: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=minutes)


def incident(told: float, *, resolved: float | None = None) -> Incident:
    """As somebody told it."""
    return Incident(
        id=FactId("pager/incident/1"),
        place=PLACE,
        title="Slow",
        detected_at=after(min(told, 5)),
        resolved_at=None if resolved is None else after(resolved),
        told_at=after(told),
    )


def change(told: float) -> Change:
    """As somebody told it."""
    return Change(
        id=FactId("hub/pull-request/1"),
        repository=SHOP,
        title="",
        author="",
        opened_at=after(told),
        told_at=after(told),
    )


def deployment(told: float) -> Deployment:
    """As somebody told it."""
    return Deployment(
        id=FactId("hub/deployment/1"),
        place=PLACE,
        repository=SHOP,
        commit=CommitId("a" * 40),
        digest="a" * 40,
        finished_at=after(told),
        told_at=after(told),
    )


def run(told: float) -> Run:
    """As somebody told it."""
    return Run(
        id=FactId("hub/run/1"), repository=SHOP, commit=CommitId("a" * 40), queued_at=after(told), told_at=after(told)
    )


def task(name: str, begun: float, ended: float) -> TaskTime:
    """One that went well."""
    return TaskTime(name=name, ready_at=NOON, started_at=after(begun), finished_at=after(ended), outcome="success")


def known(tellings: tuple[Fact, ...]) -> Fact:
    """What a history knows after all of them."""
    history = History(tellings)
    first = tellings[0]
    if isinstance(first, Deployment):
        found = history.deployment(first.id)
        assert found is not None
        return found
    (fact,) = history.facts(type(first))  # type: ignore[type-var]  # every other kind is told so
    return fact


LIVES: dict[str, tuple[tuple[Fact, ...], Fact]] = {
    "an incident is detected, then resolved": (
        (incident(5), incident(9, resolved=9)),
        replace(incident(5), resolved_at=after(9), told_at=after(9)),
    ),
    "an incident is opened again": (
        (incident(5), incident(9, resolved=9), incident(12)),
        replace(incident(5), told_at=after(12)),
    ),
    "an incident's end is told without where it was": (
        (
            incident(5),
            replace(
                incident(9, resolved=9),
                title="",
                place=Place(service=ServiceName(""), environment=EnvironmentName("")),
            ),
        ),
        replace(incident(5), resolved_at=after(9), told_at=after(9)),
    ),
    "a run is queued, begins, and ends": (
        (
            run(0),
            replace(run(2), started_at=after(2)),
            replace(run(8), finished_at=after(8), outcome="failure"),
        ),
        replace(run(0), started_at=after(2), finished_at=after(8), outcome="failure", told_at=after(8)),
    ),
    "tasks are told one by one, and the first began the run": (
        (
            replace(run(0), started_at=NOON),
            replace(run(4), tasks=(task("lint", 1, 4),)),
            replace(run(6), tasks=(task("unit", 3, 6),)),
            replace(run(7), finished_at=after(7), outcome="success"),
        ),
        replace(
            run(0),
            started_at=after(1),
            finished_at=after(7),
            outcome="success",
            tasks=(task("lint", 1, 4), task("unit", 3, 6)),
            told_at=after(7),
        ),
    ),
    "a change is opened, reviewed, and lands": (
        (
            replace(change(1), title="Round totals", author="ada"),
            replace(change(3), first_review_at=after(3)),
            replace(change(4), first_review_at=after(4)),
            replace(change(6), merged_at=after(6), merged_by="grace"),
        ),
        replace(
            change(1),
            title="Round totals",
            author="ada",
            first_review_at=after(3),
            merged_at=after(6),
            merged_by="grace",
            told_at=after(6),
        ),
    ),
    "a change is given up and taken up again": (
        (change(1), replace(change(3), abandoned_at=after(3)), change(5)),
        replace(change(1), told_at=after(5)),
    ),
    "a deployment that succeeded is said to have succeeded once more": (
        (replace(deployment(4), started_at=after(1)), deployment(9)),
        replace(deployment(4), started_at=after(1), told_at=after(9)),
    ),
    "a deployment that failed was tried again": (
        (replace(deployment(4), outcome="failure", reason="no disk"), deployment(9)),
        deployment(9),
    ),
}


@pytest.mark.parametrize(("tellings", "expected"), LIVES.values(), ids=LIVES.keys())
def test_every_order_comes_to_the_same(tellings: tuple[Fact, ...], expected: Fact) -> None:
    """All tellings, each of them twice, in every order."""
    for order in permutations(tellings):
        assert known(order) == expected
        assert known((*order, *order)) == expected


def test_a_finding_comes_back() -> None:
    """Fixed and found again is open, from its first day on."""
    found = SecurityFinding(
        id=FactId("hub/alert/1"), repository=SHOP, title="", severity="high", opened_at=NOON, told_at=NOON
    )
    fixed, again = replace(found, fixed_at=after(5), told_at=after(5)), replace(found, told_at=after(9))
    assert known((found, fixed)) == fixed
    assert known((found, again, fixed)) == again


def test_a_correction_replaces_what_was_told() -> None:
    """A fact without the time of its telling comes from a person or a file: it counts as it is."""
    corrected = replace(incident(5, resolved=6), told_at=None, title="Slow for some")
    assert merged(incident(5), corrected) == corrected
    assert merged(corrected, incident(9)) != corrected


def test_another_place_moves_the_deployment() -> None:
    """Told for another environment, it is not in the first any more."""
    elsewhere = replace(PLACE, environment=EnvironmentName("test"))
    history = History([deployment(1), replace(deployment(2), place=elsewhere)])
    assert list(history.deployments(PLACE)) == []
    assert [found.id for found in history.deployments(elsewhere)] == [deployment(1).id]


def test_telling_it_again_changes_nothing() -> None:
    """The revision stays, so that no answer is computed anew."""
    history = History([deployment(1), incident(5)])
    revision = history.revision
    assert not history.add(deployment(1))
    assert not history.add(incident(5))
    assert history.revision == revision


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=6, unique_by=lambda pair: pair[0]))
def test_the_newest_telling_says_whether_an_incident_lasts(tellings: list[tuple[int, bool]]) -> None:
    """Whatever came before, and in whatever order."""
    facts: list[Fact] = [incident(told, resolved=told if ended else None) for told, ended in tellings]
    told, ended = max(tellings)
    found = known(tuple(facts))
    assert isinstance(found, Incident)
    assert found.resolved_at == (after(told) if ended else None)
    assert found.detected_at == after(min(5, *(told for told, _ in tellings), 5))
