"""The numbers of a repository by its tags: which time is meant, and what cannot be known of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from andon.tools.measurement.answers.repository import MeasuredRepository, measured
from andon.tools.measurement.model.metric_query import MetricQuery
from tests.tools.measurement.planted import reading, steady


def test_without_a_time_it_is_one_in_which_something_happened(tmp_path: Path) -> None:
    """The last 90 days; a year where they have little; the last year of releases where there is nothing since."""
    found = reading(steady(), tmp_path)

    def asked_on(year: int, month: int) -> MeasuredRepository:
        return measured(found, MetricQuery(), datetime(year, month, 1, tzinfo=UTC))

    assert (asked_on(2026, 2).why, len(found.releases_in(asked_on(2026, 2).window))) == ("", 20)
    year = asked_on(2026, 9)
    assert year.why.startswith("The last 90 days had no release")
    assert len(found.releases_in(year.window)) == 20
    later = asked_on(2030, 1)
    assert later.why.startswith("Nothing was released since")
    assert later.window.end == datetime(2026, 1, 21, tzinfo=UTC)


def test_time_to_come_is_no_time_without_releases(tmp_path: Path) -> None:
    """A window that reaches into the future ends now; one that is all to come has no data, and says why."""
    found, now = reading(steady(), tmp_path), datetime(2026, 1, 21, tzinfo=UTC)
    asked = MetricQuery(begin="2026-01-01", end="2027-12-31")
    frequency = measured(found, asked, now).numbers.metrics[1]
    assert frequency.value == measured(found, replace(asked, end=""), now).numbers.metrics[1].value
    ahead = measured(found, MetricQuery(begin="2027-01-01", end="2027-12-31"), now).numbers.metrics[1]
    assert (ahead.value, ahead.notes[0].startswith("No data: none of this time")) == (None, True)
