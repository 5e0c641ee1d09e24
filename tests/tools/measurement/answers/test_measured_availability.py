"""How available a place was, as its incidents tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.answers.availability_answer import (
    AvailabilityQuestion,
    availability_answer,
    of_the_period,
)
from andon.tools.measurement.answers.measured_availability import (
    NO_ENVIRONMENT,
    NOBODY_TOLD,
    MeasuredAnswer,
    measured_availability,
)
from andon.tools.measurement.model.availability.error_budget import Target
from andon.tools.measurement.model.facts import FactId, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
SHOP = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
QUESTION = Question(place=SHOP, window=Window(begin=BEGIN, end=BEGIN + MONTH))
THREE_NINES = Target(share=0.999, period=MONTH)


def incident(
    begin: float, minutes: float | None, *, mitigated: float | None = None, environment: str = "production", n: int = 1
) -> Incident:
    """One that begins so many minutes after the window's begin and lasts so long; None: it is open."""
    at = BEGIN + timedelta(minutes=begin)
    return Incident(
        id=FactId(f"pager/{begin}/{n}"),
        place=Place(service=ServiceName("shop"), environment=EnvironmentName(environment)),
        title="Slow",
        detected_at=at,
        mitigated_at=None if mitigated is None else at + timedelta(minutes=mitigated),
        resolved_at=None if minutes is None else at + timedelta(minutes=minutes),
    )


def measured(*incidents: Incident, question: Question = QUESTION, target: Target | None = None) -> MeasuredAnswer:
    """The answer about these."""
    return measured_availability(History(incidents), question, target)


def down(*incidents: Incident) -> float:
    """Minutes."""
    return measured(*incidents).down_seconds / 60


def test_a_month_with_one_incident() -> None:
    """21.6 minutes of 30 days are half the budget of three nines."""
    answer = measured(incident(100, 21.6), target=THREE_NINES)
    assert answer.metric.value == pytest.approx(0.9995)
    assert (answer.metric.n, answer.metric.sample) == (1, "incidents")
    assert answer.budget is not None
    assert answer.budget.left_seconds == pytest.approx(21.6 * 60)
    assert answer.budget.burn_rate == pytest.approx(0.5)


def test_what_overlaps_is_down_once() -> None:
    """And the number says so."""
    answer = measured(incident(0, 60), incident(30, 60), incident(40, 5))
    assert answer.down_seconds == 90 * 60
    assert any("counted once" in note for note in answer.metric.notes)


@pytest.mark.parametrize(
    ("begin", "minutes", "mitigated", "expected"),
    [
        (10, 60, 20, 20),
        (-30, 60, None, 30),
        (-90, 60, None, 0),
        (43_200 - 10, 60, None, 10),
        (43_200 - 10, None, None, 10),
        (43_200, 60, None, 0),
    ],
)
def test_harm_counts_inside_the_window(
    begin: float, minutes: float | None, mitigated: float | None, expected: float
) -> None:
    """Until it was mitigated, else resolved, else until the window's end."""
    assert down(incident(begin, minutes, mitigated=mitigated)) == pytest.approx(expected)


def test_what_is_known_later_is_not_known_yet() -> None:
    """As of a day, the window ends there, and what was resolved later is open."""
    then = BEGIN + timedelta(days=10)
    asked = Question(place=SHOP, window=QUESTION.window, as_of=then)
    answer = measured(incident(10 * 1440 - 5, 60), incident(20 * 1440, 60), question=asked)
    assert answer.down_seconds == 5 * 60
    assert answer.question.window.end == then
    assert "still open" in answer.metric.counted[0].why


def test_other_places_do_not_count() -> None:
    """Nor does another environment; one that is not said does, and the row says that."""
    answer = measured(incident(0, 60, environment="test"), incident(0, 10, environment=""))
    assert answer.down_seconds == 10 * 60
    assert NO_ENVIRONMENT in answer.metric.counted[0].why


def test_nobody_told_anything() -> None:
    """No data is not 100 %."""
    answer = measured(target=THREE_NINES)
    assert answer.metric.value is None
    assert answer.budget is None
    assert answer.metric.notes == (NOBODY_TOLD,)


def test_a_quiet_window_of_a_service_whose_incidents_are_told() -> None:
    """Then 100 % is a measurement."""
    assert measured(incident(-2000, 60)).metric.value == 1


def test_an_end_before_its_begin_is_left_out() -> None:
    """By name, with the reason."""
    answer = measured(incident(10, -5), incident(100, 5))
    assert answer.down_seconds == 5 * 60
    assert [len(one.rows) for one in answer.metric.excluded] == [1]


def test_an_overdrawn_budget() -> None:
    """Two hours are more than 43.2 minutes."""
    answer = measured(incident(0, 120), target=THREE_NINES)
    assert answer.budget is not None
    assert answer.budget.left_seconds < 0
    assert answer.budget.empty_in_seconds is None


def test_the_period_ends_with_the_window() -> None:
    """And is as long as the budget's, whatever the usual window is."""
    asked = of_the_period(QUESTION, AvailabilityQuestion(target="99.9", period="7d"))
    assert asked.window == Window(begin=BEGIN + timedelta(days=23), end=BEGIN + MONTH)


def test_the_whole_answer_is_json_of_plain_values() -> None:
    """What was not asked for is null."""
    answer = printed(availability_answer(AvailabilityQuestion(target="99.9")))
    assert answer["system"] is answer["measured"] is None
    assert answer["budget"]["budget_seconds"] == pytest.approx(43.2 * 60)
    whole = printed(availability_answer(AvailabilityQuestion(system="99%"), History([incident(0, 60)]), QUESTION))
    assert whole["measured"]["evidence"]["total"] == 1
    assert whole["system"]["availability"] == pytest.approx(0.99)


def printed(record: object) -> Any:
    """As the API prints it."""
    return msgspec.json.decode(msgspec.json.encode(record))
