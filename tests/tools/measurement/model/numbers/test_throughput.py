"""How often what runs is changed, and how long changes take, by every definition."""

from __future__ import annotations

from datetime import timedelta

import pytest

from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.answers.numbers import numbers, one_metric
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.numbers.definitions import DEFINITIONS
from tests.tools.measurement.telling import (
    NOON,
    SHOP,
    above,
    asked,
    change,
    commit,
    commit_id,
    deployed,
    hour,
    incident,
    measured,
    names,
    reasons,
)

HOUR, DAY = 3600.0, 24
#: four whole weeks from a Monday
MONTH = Window(begin=NOON - timedelta(hours=12), end=NOON - timedelta(hours=12) + timedelta(days=28))


def test_frequency_counts_what_changed_what_runs() -> None:
    """Redeploys, failures and other environments are left out, by name."""
    staging = Place(service=SHOP.service, environment=EnvironmentName("staging"))
    facts = [
        deployed(1, 1),
        deployed(2, 2),
        deployed(3, 3, of=2),
        deployed(4, 4, outcome="failure"),
        deployed(5, 5, place=staging),
        deployed(6, 6, of=1),
    ]
    metric = measured(History(facts), "deployment-frequency")
    assert (metric.value, metric.n, names(metric.counted)) == (3 / 7, 3, ["D1", "D2", "D6"])
    assert reasons(metric) == {"redeploy": 1, "unsuccessful": 1, "outside": 1}
    assert measured(History(facts), "deployment-frequency", "gitlab").n == 4


def test_nothing_ever_deployed_is_no_data_and_a_quiet_week_is_0() -> None:
    """Which are two different things."""
    assert measured(History([commit(1)]), "deployment-frequency").value is None
    assert measured(History([deployed(1, -100)]), "deployment-frequency").value == 0.0


def test_days_before_anything_is_known_do_not_count() -> None:
    """Two in the last day and a half are not two in four weeks; and a day is the least that is counted."""
    facts = [deployed(1, 27 * DAY - 12), deployed(2, 28 * DAY - 14)]
    assert measured(History(facts), "deployment-frequency", "dora", MONTH).value == 2 / 1
    assert measured(History(facts[1:]), "deployment-frequency", "dora", MONTH).value is None  # one makes no frequency


@pytest.mark.parametrize("definition", list(DEFINITIONS))
def test_a_time_before_or_after_all_that_is_known_has_no_data(definition: str) -> None:
    """No 0 a day, and no months without a failure: nobody knows; and each number says why."""
    history = History([commit(1), deployed(1, 50), incident(1, 60, 61)])
    before = Window(begin=hour(-500), end=hour(-1))
    for window, why in ((before, "No data"), (Window(begin=hour(99), end=hour(99)), "No data: none of this time")):
        metric, trend = one_metric(history, asked(definition, window), "deployment-frequency")
        assert (metric.value, metric.low, metric.high, {point.value for point in trend.points} - {None}) == (
            None,
            None,
            None,
            set(),
        )
        assert any(note.startswith(why) for note in metric.notes)
        between = measured(history, "mean-time-between-failures", definition, window)
        assert between.value is None
        assert between.notes[0].startswith("No data")


def test_the_first_week_counts_from_the_first_deployment() -> None:
    """Three on its Saturday and Sunday are not three in seven days."""
    facts = [deployed(1, 5 * DAY), deployed(2, 5 * DAY + 2), deployed(3, 6 * DAY)]
    _, trend = one_metric(History(facts), asked("dora", MONTH), "deployment-frequency")
    assert [point.value for point in trend.points] == [3 / 2, 0, 0, 0]


def test_a_number_that_is_cut_has_no_interval() -> None:
    """It lies outside of the interval of what it was cut from."""
    history = History([deployed(number, DAY * number) for number in range(5)])
    cut = measured(history, "deployment-frequency", "middleware")
    assert (cut.value, cut.low, cut.high) == (0.0, None, None)


@pytest.mark.parametrize("definition", list(DEFINITIONS))
def test_a_trend_of_centuries_has_some_hundred_points(definition: str) -> None:
    """By year, and by month where it is less; of deployment days a week too."""
    history = History([commit(1), deployed(1, -24 * 365 * 30), deployed(2, 1)])
    for days, most in ((365 * 300, 301), (365 * 15, 182)):
        window = Window(begin=NOON - timedelta(days=days), end=NOON)
        found = numbers(history, asked(definition, window))
        assert max(len(trend.points) for trend in found.trends) <= most


def test_days_and_gaps_stand_beside_the_rate() -> None:
    """Three on one day and one on another are not four days."""
    history = History([deployed(number, at) for number, at in enumerate((1, 2, 3, 30))])
    notes = " ".join(measured(history, "deployment-frequency").notes)
    assert "2 of 7 days" in notes
    assert "median gap is 1 h" in notes
    assert "The first deployment known here is of 2026-03-02" in notes
    assert "Small sample" in notes


def test_days_a_week_count_weeks_without_any() -> None:
    """Weeks with 3, 0, 1 and 1 days: the median is 1, and the lower one too."""
    at = (1, 2, 25, 49, DAY * 15, DAY * 22)
    history = History([deployed(number, when) for number, when in enumerate(at)])
    metric, trend = one_metric(history, asked("devlake", MONTH), "deployment-frequency")
    assert (metric.value, metric.unit, metric.n) == (1.0, "count", 4)
    assert [point.value for point in trend.points] == [3.0, 0.0, 1.0, 1.0]
    assert measured(history, "deployment-frequency", "four-keys", MONTH).value == 1.0


def test_thirteen_deployments_in_89_days_are_none_a_day_for_middleware() -> None:
    """Its own test cuts to whole numbers; the others say 0.146."""
    window = Window(begin=NOON, end=NOON + timedelta(days=89))
    history = History([deployed(number, DAY * number) for number in range(13)])
    assert measured(history, "deployment-frequency", "middleware", window).value == 0.0
    assert measured(history, "deployment-frequency", "dora", window).value == pytest.approx(13 / 89)


def test_datadogs_worked_example() -> None:
    """C1 is there; C2 of 15:00 and C3 of 16:00 come by merge C4 at 19:00: 4 h and 3 h, on the average 3.5."""
    history = History(
        [
            commit(1, at=0),
            commit(2, 1, at=3),
            commit(3, 2, at=4),
            commit(4, 1, 3, at=5),
            deployed(1, 1),
            deployed(4, 7),
        ]
    )
    by_commit = measured(history, "change-lead-time")
    assert sorted((row.value or 0) / HOUR for row in by_commit.counted) == [3, 4]
    metric = measured(history, "change-lead-time", "datadog")
    assert (metric.value, metric.n, reasons(metric)) == (3.5 * HOUR, 1, {"seed": 1, "merge commits": 1})


def test_datadogs_rollback_example() -> None:
    """V1, V2, V3, V1 blames V2; V1, V1 blames nobody."""
    history = History([deployed(number, number, of=of) for number, of in enumerate((1, 2, 3, 1))])
    assert above(measured(history, "change-fail-rate", "datadog")) == ["D1"]
    again = History([deployed(number, number, of=1) for number in range(2)])
    assert above(measured(again, "change-fail-rate", "datadog")) == []


def changed() -> History:
    """Two changes: begun at 1 and 2, opened at 3 and 4, merged at 5 and 6, deployed at 8 and 10; one still waits."""
    return History(
        [
            *(commit(number, *([number - 1] if number > 1 else []), at=number) for number in range(1, 9)),
            change(5, opened=3, merged=5, first_commit_at=hour(1)),
            change(6, opened=4, merged=6, first_commit_at=hour(2)),
            change(8, opened=7, merged=8),
            change(7, opened=7, merged=None),
            deployed(2, 2.5),
            deployed(5, 8),
            deployed(6, 10),
        ]
    )


@pytest.mark.parametrize(("definition", "hours"), [("devlake", 7), ("gitlab", 3.5), ("middleware", 7.5)])
def test_lead_times_of_changes(definition: str, hours: float) -> None:
    """From the first commit 7 h and 8 h, from the merge 3 h and 4 h; DevLake takes the lower of two."""
    metric = measured(changed(), "change-lead-time", definition)
    assert (metric.value, metric.n, metric.sample) == (hours * HOUR, 2, "changes")
    assert reasons(metric)["merged and not deployed here yet"] == 1


def test_cycle_time_is_of_changes_where_they_are_known() -> None:
    """And of commits as authored where they are not."""
    metric = measured(changed(), "cycle-time")
    assert (metric.value, metric.sample) == (7.5 * HOUR, "changes")
    history = History([commit(1), commit(2, 1, at=5, authored=2), deployed(1, 1), deployed(2, 8)])
    metric = measured(history, "cycle-time")
    assert (metric.value, metric.sample) == (6 * HOUR, "commits")
    assert "no changes" in metric.definition


def test_a_definition_of_changes_without_changes_says_so() -> None:
    """No data, and what to do about it."""
    metric = measured(History([commit(1), commit(2, 1), deployed(1, 1), deployed(2, 2)]), "change-lead-time", "gitlab")
    assert metric.value is None
    assert any("No changes" in note for note in metric.notes)


def test_a_change_that_landed_by_an_unknown_commit_is_named() -> None:
    """Nobody can say where it was deployed."""
    history = changed()
    history.add(change(99, opened=1, merged=2, merge_commit=commit_id(99)))
    assert reasons(measured(history, "cycle-time"))["merged by a commit that was not reported"] == 1
