"""Words of an address become one question, or are refused in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.metric_query import (
    MetricQuery,
    environment_of,
    instant,
    place_of,
    question_of,
    window_of,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def place(service: str, environment: str) -> Place:
    """A place."""
    return Place(service=ServiceName(service), environment=EnvironmentName(environment))


PLACES = (place("billing", "production"), place("shop", "production"), place("shop", "test"))


def test_who_says_nothing_asks_about_the_last_90_days() -> None:
    """Up to the next full hour, so that the same is asked for a whole hour."""
    window = window_of(MetricQuery(), NOW)
    assert window.end == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert window.end - window.begin == timedelta(days=90)
    assert window_of(MetricQuery(), NOW + timedelta(minutes=29)) == window


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-01-31", 0), ("2026-01-31T12:00:00Z", 12), ("2026-01-31T12:00", 12), ("2026-01-31T12:00+02:00", 10)],
)
def test_a_day_or_an_instant(text: str, hour: int) -> None:
    """Whatever has no zone is UTC."""
    assert instant(text, "from") == datetime(2026, 1, 31, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "0001-01-01", "9999-12-31T23:59-14:00", "2026-13-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    """With the place, and with what can be written instead."""
    with pytest.raises(Invalid, match=r"from: .*Write 2026-01-31"):
        instant(text, "from")


def test_a_window_has_a_beginning_before_its_end() -> None:
    """Else it says which two to exchange."""
    with pytest.raises(Invalid, match="Exchange the two"):
        window_of(MetricQuery(begin="2026-03-01", end="2026-02-01"), NOW)


def test_time_that_has_not_been_is_cut_off() -> None:
    """What is still to come has no numbers; where only that is asked about, nothing is left."""
    end = datetime(2026, 11, 23, 10, tzinfo=UTC)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert window_of(MetricQuery(begin="2026-01-01", end="2999-12-31"), NOW) == Window(begin=begin, end=end)
    assert window_of(MetricQuery(begin="2027-01-05", end="2027-01-06"), NOW) == Window(begin=end, end=end)


def test_as_of_ends_the_window() -> None:
    """The last 90 days are those before it; one that is still to come is now."""
    march = datetime(2026, 3, 1, tzinfo=UTC)
    window = window_of(MetricQuery(as_of="2026-03-01"), NOW)
    assert (window.end, window.end - window.begin) == (march, timedelta(days=90))
    assert window_of(MetricQuery(begin="2026-02-01", end="2026-04-01", as_of="2026-03-01"), NOW).end == march
    assert question_of(MetricQuery(as_of="2027-01-01"), PLACES[1], NOW) == question_of(MetricQuery(), PLACES[1], NOW)


def test_the_environment_is_the_last_of_the_line() -> None:
    """Else production, else the only one; what is named must be known."""
    test, production = EnvironmentName("test"), EnvironmentName("production")
    assert environment_of(MetricQuery(), PLACES, (production, test)) == test
    assert environment_of(MetricQuery(), PLACES) == production
    assert environment_of(MetricQuery(), PLACES[2:]) == test
    assert environment_of(MetricQuery(environment="test"), PLACES) == test
    with pytest.raises(NotFound, match="Did you mean"):
        environment_of(MetricQuery(environment="producton"), PLACES)


def test_a_place_is_chosen_or_the_only_one() -> None:
    """Nobody's choice among several is no place; a service that was never seen is refused."""
    test, production = EnvironmentName("test"), EnvironmentName("production")
    assert place_of(MetricQuery(), PLACES, production) is None
    assert place_of(MetricQuery(), PLACES, test) == PLACES[2]
    assert place_of(MetricQuery(service="shop"), PLACES, production) == PLACES[1]
    with pytest.raises(NotFound, match="Known here: billing, shop"):
        place_of(MetricQuery(service="xylophone"), PLACES, production)


def test_a_question_is_whole() -> None:
    """Definition and the day as of which it is asked are in it."""
    asked = question_of(MetricQuery(definition="devlake", as_of="2026-02-01"), PLACES[1], NOW)
    assert (asked.place, asked.definition, asked.as_of) == (PLACES[1], "devlake", datetime(2026, 2, 1, tzinfo=UTC))
    assert question_of(MetricQuery(), PLACES[1], NOW).definition == "dora"
