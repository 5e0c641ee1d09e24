"""All numbers of a place, of every place, and what is kept of them."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.answers.numbers import numbers, one_metric, overview
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from tests.tools.measurement.telling import SHOP, WEEK, asked, change, commit, deployed, hour, incident

STAGING = Place(service=SHOP.service, environment=EnvironmentName("staging"))
IDS = [
    "change-lead-time",
    "deployment-frequency",
    "failed-deployment-recovery-time",
    "change-fail-rate",
    "deployment-rework-rate",
    "mean-time-between-failures",
    "cycle-time",
]


def history() -> History:
    """Two deployments to production and one to staging."""
    return History([commit(1), commit(2, 1, at=1), deployed(1, 2), deployed(2, 3), deployed(3, 1, of=1, place=STAGING)])


def test_five_of_dora_and_two_beside_them_each_with_its_trend() -> None:
    """In one order; and the definition's words above them."""
    found = numbers(history(), asked())
    assert [metric.id for metric in found.metrics] == IDS
    assert [trend.metric for trend in found.trends] == IDS
    assert [trend.unit for trend in found.trends] == [metric.unit for metric in found.metrics]
    assert "DORA" in found.notes[0]


def test_a_place_where_nothing_was_deployed_has_no_data() -> None:
    """None everywhere, and no 0."""
    found = numbers(History(), asked())
    assert {metric.value for metric in found.metrics} == {None}
    assert {point.value for trend in found.trends for point in trend.points} == {None}
    assert all(metric.notes for metric in found.metrics)


def test_an_overview_has_every_place_or_those_of_one_environment() -> None:
    """In the order of their names."""
    assert [one.question.place for one in overview(history(), WEEK)] == [SHOP, STAGING]
    only = overview(history(), WEEK, environment=STAGING.environment)
    assert [one.question.place for one in only] == [STAGING]
    then = overview(history(), WEEK, "devlake", hour(2.5))
    assert {(one.question.definition, one.question.as_of) for one in then} == {("devlake", hour(2.5))}


def test_an_unknown_number_is_answered_with_the_nearest() -> None:
    """As an unknown definition is."""
    with pytest.raises(Invalid, match='Did you mean "cycle-time"'):
        one_metric(history(), asked(), "cycle-tim")
    with pytest.raises(Invalid, match="Did you mean"):
        numbers(history(), asked("dorra"))


def test_answers_are_kept_until_something_is_told_that_bears_on_them() -> None:
    """A deployment, an incident or a change; a commit that nobody waited for does not."""
    told = history()
    before = numbers(told, asked()).metrics[0]
    told.add(commit(9, at=5))
    assert numbers(told, asked()).metrics[0] is before
    for fact in (incident(1, 4), change(2, 0, 1), deployed(9, 5, of=1, place=STAGING), deployed(4, 6)):
        told.add(fact)
        after = numbers(told, asked()).metrics[0]
        assert after is not before
        before = after


def test_a_corrected_deployment_changes_the_numbers() -> None:
    """A later word on it replaces the earlier one."""
    told = history()
    assert one_metric(told, asked(), "deployment-frequency")[0].n == 2
    told.add(replace(deployed(2, 3), outcome="failure"))
    assert one_metric(told, asked(), "deployment-frequency")[0].n == 1


def test_a_history_that_nobody_needs_is_let_go() -> None:
    """With everything that was worked out of it."""
    told = history()
    numbers(told, asked())
    gone = weakref.ref(told)
    del told
    gc.collect()
    assert gone() is None
