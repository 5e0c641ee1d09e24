"""How many deployments fail, how many nobody planned, how soon it is over, and how long it works in between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from andon.kernel.ids import ServiceName
from andon.tools.measurement.model.facts import Fact, FactId, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.telling import NOON, SHOP, WEEK, above, deployed, hour, incident, measured, reasons

HOUR = 3600.0
MONTH = Window(begin=NOON, end=NOON + timedelta(days=30))


def told(deployments: int, facts: Iterable[Fact] = ()) -> History:
    """So many deployments, an hour apart, and these facts."""
    return History([*(deployed(number, number) for number in range(deployments)), *facts])


def caused(number: int, *by: int, until: float | None = None) -> Fact:
    """An incident half an hour after the last of the deployments that it names as causes."""
    return incident(number, max(by) + 0.5, until, caused_by=tuple(FactId(f"d/{one}") for one in by))


def test_six_incidents_of_four_among_23_deployments_are_17_percent() -> None:
    """Deployments are counted, not incidents: 4 / 23, not 6 / 23. Source: apache/incubator-devlake#8890."""
    facts = [caused(1, 3), caused(2, 3), caused(3, 9), caused(4, 15), caused(5, 15), caused(6, 20)]
    for definition in ("dora", "devlake"):
        metric = measured(told(23, facts), "change-fail-rate", definition)
        assert metric.value
        assert f"{metric.value:.2%}" == "17.39%"
        assert above(metric) == ["D3", "D9", "D15", "D20"]
        assert (metric.n, len(metric.counted), [row.value for row in metric.counted[3:5]]) == (23, 23, [1.0, 0.0])
    assert measured(told(23, facts), "change-fail-rate", "four-keys").value == 6 / 23


def test_one_incident_over_two_of_twenty_deployments_is_a_tenth() -> None:
    """As Sleuth's page has it."""
    assert measured(told(20, [caused(1, 4, 5)]), "change-fail-rate").value == 2 / 20


def test_seven_incidents_on_four_of_six_deployments() -> None:
    """As Middleware's own test has it: 4 of 6."""
    facts = [incident(number, at) for number, at in enumerate((0.5, 0.6, 1.5, 1.6, 3.5, 5.1, 5.2))]
    assert measured(told(6, facts), "change-fail-rate", "middleware").value == 4 / 6


def test_a_remediation_is_held_against_what_it_mends() -> None:
    """1 of 4, beside 1 of 5; the remediation is left out, by name, and counts as rework."""
    history = told(4, [deployed(9, 10, mends=(FactId("d/3"),))])
    metric = measured(history, "change-fail-rate")
    assert (metric.value, reasons(metric)) == (1 / 4, {"remediations": 1})
    assert any("of all 5 deployments" in note and "20.0%" in note for note in metric.notes)
    rework = measured(history, "deployment-rework-rate")
    assert (rework.value, [(row.name, row.why) for row in rework.counted[:1]]) == (
        1 / 5,
        [("D9", "explicit: mends d/3")],
    )


def test_a_remediation_that_fails_itself_counts() -> None:
    """It cannot hide behind what it mends."""
    facts: list[Fact] = [incident(1, 10.5, caused_by=(FactId("d/9"),)), deployed(9, 10, mends=(FactId("d/3"),))]
    assert measured(told(4, facts), "change-fail-rate").value == 2 / 5


def test_an_unsuccessful_deployment_that_did_harm_counts() -> None:
    """Somebody names it as a cause; one that nobody names does not count."""
    facts = [deployed(8, 8, outcome="failure"), deployed(9, 9, outcome="failure"), caused(1, 9)]
    metric = measured(told(4, facts), "change-fail-rate")
    assert (metric.value, above(metric)) == (1 / 5, ["D9"])


def test_inferred_causes_are_counted_aloud() -> None:
    """A reader must know."""
    metric = measured(told(30, [incident(1, 3.5), caused(2, 9)]), "change-fail-rate")
    assert metric.notes == ("1 of 2 causes are inferred.",)


@pytest.mark.parametrize("metric", ["change-fail-rate", "deployment-rework-rate"])
def test_nothing_told_is_not_nothing_failed(metric: str) -> None:
    """Where no incident and no rollback was ever told, the rate is not known; where one was, it is 0."""
    unknown = measured(told(30), metric)
    assert (unknown.value, unknown.low) == (None, None)
    assert "reported" in unknown.notes[0]
    before = incident(1, -900)
    assert measured(told(30, [before]), metric).value == 0.0
    assert measured(told(30, [before]), metric).high == pytest.approx(0.1135, abs=1e-3)


def test_what_is_told_of_another_service_says_nothing_about_this_one() -> None:
    """A tool that watches the till need not watch the desk."""
    elsewhere = incident(1, -900, place=Place(service=ServiceName("till"), environment=SHOP.environment))
    for metric in ("change-fail-rate", "deployment-rework-rate", "mean-time-between-failures"):
        found = measured(told(30, [elsewhere]), metric)
        assert found.value is None
        assert "reported" in found.notes[0]


def test_where_only_steps_back_can_be_seen_the_rate_is_at_least() -> None:
    """One of four was undone; whether others failed, nobody told."""
    metric = measured(told(4, [deployed(9, 10, of=2)]), "change-fail-rate")
    assert (metric.value, "Lower bound" in metric.notes[0]) == (1 / 4, True)


def test_recovery_ends_with_the_first_good_sign() -> None:
    """The mending deployment at 13:00, or the mitigation at 12:30; the resolution comes later."""
    mending = deployed(9, 6, mends=(FactId("d/3"),))
    harm = incident(1, 4, 9, caused_by=(FactId("d/3"),))
    assert measured(told(5, [harm, mending]), "failed-deployment-recovery-time").value == 3 * HOUR
    eased = incident(1, 4, 9, caused_by=(FactId("d/3"),), mitigated_at=hour(5))
    metric = measured(told(5, [eased, mending]), "failed-deployment-recovery-time")
    assert metric.value == 2 * HOUR
    assert any("Until it was noticed: 1 h" in note for note in metric.notes)


def test_what_is_not_over_has_no_recovery_time_yet() -> None:
    """It is left out, by name, and no 0."""
    metric = measured(told(5, [caused(1, 3)]), "failed-deployment-recovery-time")
    assert (metric.value, metric.n, reasons(metric)) == (None, 0, {"not over yet, or its end was not reported": 1})


@pytest.mark.parametrize(
    ("definition", "hours"),
    [("dora", 2.5), ("devlake", 6), ("datadog", 2.5), ("gitlab", 5.5), ("four-keys", 6), ("middleware", 5.5)],
)
def test_recovery_by_every_definition(definition: str, hours: float) -> None:
    """Deployed at 3, detected at 3:30, rolled back at 5:30, resolved at 9."""
    facts = [caused(1, 3, until=9), deployed(9, 5.5, of=2, rollback=True)]
    assert measured(told(4, facts), "failed-deployment-recovery-time", definition).value == hours * HOUR


def test_time_between_failures_is_time_that_worked() -> None:
    """A week with two incidents that overlap for an hour: three hours were lost, not four."""
    history = told(1, [incident(1, 10, 12), incident(2, 11, 13)])
    metric = measured(history, "mean-time-between-failures")
    assert metric.value == (7 * 24 - 3) / 2 * HOUR
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low < metric.value < metric.high


def test_an_incident_that_began_before_the_window_takes_its_time_and_is_not_counted() -> None:
    """Its time did not work."""
    metric = measured(told(1, [incident(1, -5, 8), incident(2, 20, 21)]), "mean-time-between-failures")
    assert (metric.value, metric.n) == ((7 * 24 - 9) * HOUR, 1)


def test_no_incident_is_no_infinite_time() -> None:
    """Only how much it is at least; and nothing at all where nobody ever told of one."""
    quiet = measured(told(1, [incident(1, -900, -899)]), "mean-time-between-failures", window=WEEK)
    assert (quiet.value, "more than 2 d 8 h" in quiet.notes[0]) == (None, True)
    assert "reported" in measured(told(1), "mean-time-between-failures").notes[0]


def test_time_before_anything_is_known_did_not_work() -> None:
    """Nor did it fail: it is not known."""
    history = History([deployed(1, 7 * 24 - 20), incident(1, 7 * 24 - 10, 7 * 24 - 9)])
    assert measured(history, "mean-time-between-failures").value == 19 * HOUR


def test_ratios_know_weeks_without_deployments() -> None:
    """No data is no 0."""
    from andon.tools.measurement.answers.numbers import one_metric
    from tests.tools.measurement.telling import asked

    history = told(4, [incident(1, 2.5), deployed(7, 24 * 15)])
    _, trend = one_metric(history, asked(window=MONTH), "change-fail-rate")
    assert [point.value for point in trend.points] == [1 / 4, None, 0.0, None, None]
