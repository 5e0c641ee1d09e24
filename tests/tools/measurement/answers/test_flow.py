"""Flow: what is in progress, how old it is, what each week brought, and what will be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from andon.kernel.errors import Invalid
from andon.tools.measurement.answers.flow import Flow, ForecastQuestion, flow
from andon.tools.measurement.model.dates import NO_DATE
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from tests.tools.measurement.publishing_api import PRODUCTION as REAL
from tests.tools.measurement.publishing_api import publishing_api
from tests.tools.measurement.stream_facts import NOON, PRODUCTION, QUESTION, TEST, at, change, commit, deployed, name

WEEK = 60 * 24 * 7.0


def asked(*facts: Fact, asked: ForecastQuestion | None = None) -> Flow:
    """Of production on the first day, after a first deployment before."""
    return flow(History([commit(0, -100), deployed(0, -90), *facts]), QUESTION, asked)


def test_in_progress_is_landed_and_not_there() -> None:
    """One is there, one waits in test, one is not built, one is only proposed."""
    found = asked(
        commit(1, 1), deployed(1, 5),
        commit(2, 10), deployed(2, 20, place=TEST), deployed(1, 4, place=TEST),
        commit(3, 30),
        change(9, first=35, opened=40),
    )  # fmt: skip
    assert (found.in_progress, found.open_changes) == (2, 1)
    assert [(one.where, one.commit, one.begun) for one in found.aging] == [
        ("test", name(2), at(10)),
        ("landed", name(3), at(30)),
        ("open", name(9), at(35)),
    ]
    assert (found.days[-1].in_progress, found.days[-1].open_changes) == (2, 1)
    assert found.stages == ("landed", "test", "production")


def test_what_is_older_than_the_finished_stands_out() -> None:
    """Against the median and the p85 of what was done in the window."""
    done = [fact for n in range(1, 4) for fact in (commit(n, n * 100), deployed(n, n * 100 + n * 200))]
    found = asked(*done, commit(4, 600), commit(5, 1000), commit(6, 1300))
    assert found.finished is not None
    assert (found.finished.median, found.finished.n) == (400 * 60, 3)
    assert [one.stands_out for one in found.aging] == ["older than 85 of 100", "older than half", ""]


def test_a_forecast_of_what_is_asked() -> None:
    """Weeks until so many are done, and how many in so many weeks."""
    facts: list[Fact] = []
    for number in range(1, 13):
        facts += [commit(number, number * WEEK / 2), deployed(number, number * WEEK / 2 + 10)]
    window = Window(begin=NOON, end=NOON + timedelta(days=42))
    question = Question(place=PRODUCTION, window=window)
    history = History([commit(0, -100), deployed(0, -90), *facts])
    found = flow(history, question, ForecastQuestion(items=8, weeks=3)).forecast
    assert found.weekly == (1, 2, 2, 2, 2, 2)
    assert [one.value for one in found.when] == [5, 5, 5]
    assert [one.value for one in found.how_many] == [6, 5, 4]
    assert found.says.startswith("8 items, if weeks to come are like the last 6")
    assert len(found.by_week) == 5
    with pytest.raises(Invalid):
        flow(history, question, ForecastQuestion(weeks=0))


def test_little_is_checked_with_our_own_numbers() -> None:
    """Exact when everything opens and closes inside; with something open, the gap is there."""
    closed = asked(commit(1, 1), deployed(1, 61), commit(2, 100), deployed(2, 220)).little
    assert closed is not None
    assert closed.holds
    assert closed.in_progress == pytest.approx(180 / (24 * 60))
    still_open = flow(History([commit(0, -100), deployed(0, -90), commit(1, -60), deployed(1, 60)]), QUESTION).little
    assert still_open is not None
    assert not still_open.holds
    assert still_open.gap == pytest.approx(60 / (24 * 60))
    assert still_open.open_at_edges == 1


def test_what_must_be_known_is_said() -> None:
    """What an item is, what came with the first deployment, and what a forecast rests on."""
    notes = " ".join(flow(History([commit(0, 1), deployed(0, 2), commit(1, 900), deployed(1, 3)]), QUESTION).notes)
    assert "Items are commits" in notes
    assert "1 commit came with the first deployment" in notes
    assert "1 commit: dated after the deployment, so left out" in notes
    assert "The forecast rests on 0 weeks" in notes


def test_weeks_before_the_first_deployment_are_not_weeks_without_work() -> None:
    """A forecast drawn from them would be too slow, and an average in progress too low."""
    facts: list[Fact] = [commit(0, 0), deployed(0, 10 * WEEK), commit(1, 10 * WEEK + 10), deployed(1, 10 * WEEK + 70)]
    window = Window(begin=NOON, end=NOON + timedelta(weeks=12))
    found = flow(History(facts), Question(place=PRODUCTION, window=window))
    assert len(found.weeks) == len(found.forecast.weekly) == 2
    assert len(found.days) <= 15
    assert found.little is not None
    assert found.little.in_progress == pytest.approx(60 / (2 * WEEK))
    assert any("The first deployment known here" in note for note in found.notes)


def test_a_picture_of_decades_has_some_hundred_points() -> None:
    """And the weeks that a forecast is drawn from are those of five years."""
    facts: list[Fact] = [commit(0, -WEEK * 3000), deployed(0, -WEEK * 2999), commit(1, 5), deployed(1, 10)]
    window = Window(begin=NOON - timedelta(weeks=5000), end=NOON + timedelta(days=1))
    found = flow(History(facts), Question(place=PRODUCTION, window=window))
    assert (len(found.days) <= 401, found.days[-1].at, found.days[-1].reached[-1]) == (True, window.end, 1)
    assert len(found.weeks) == 260


def test_a_commit_of_1970_is_no_work_of_decades() -> None:
    """It is left out, and that is said."""
    told = replace(commit(1, 1), committed_at=NO_DATE, authored_at=NO_DATE)
    found = asked(told, commit(2, 2), deployed(1, 30), deployed(2, 60))
    assert found.finished is not None
    assert found.finished.n == 1
    assert any("1 commit: of no believable date" in note for note in found.notes)


def test_a_time_that_had_not_been_is_empty() -> None:
    """And says so."""
    found = flow(
        History([commit(0, -100), deployed(0, -90)]), Question(place=PRODUCTION, window=Window(begin=NOON, end=NOON))
    )
    assert (found.weeks, found.little) == ((), None)
    assert any("none of this time had been" in note for note in found.notes)


def test_nothing_is_in_progress() -> None:
    """Nothing to wait for; an unknown place is no error."""
    assert asked().forecast.says == "Nothing is in progress, so there is nothing to wait for."
    assert flow(History(), QUESTION).little is None


def test_as_it_was_known() -> None:
    """Replayed for the middle of the window."""
    history = History(
        [commit(0, -100), deployed(0, -90), commit(1, 1), deployed(1, 600), commit(2, 2), deployed(2, 900)]
    )
    found = flow(history, Question(place=PRODUCTION, window=QUESTION.window, as_of=at(700)))
    assert (found.at, found.in_progress) == (at(700), 1)
    assert [one.commit for one in found.aging] == [name(2)]


def test_a_year_of_a_real_service() -> None:
    """publishing-api in 2025: as many as are released, and an answer in plain values."""
    window = Window(begin=NOON.replace(year=2025, month=1, day=1, hour=0), end=NOON.replace(month=1, day=1, hour=0))
    found = flow(publishing_api(), Question(place=REAL, window=window))
    assert found.finished is not None
    assert found.finished.n == 1070
    assert found.finished.median / 3600 == pytest.approx(12.876, abs=1e-3)
    assert found.days[-1].reached[-1] == 1070
    assert msgspec.json.decode(msgspec.json.encode(found))["finished"]["n"] == 1070
