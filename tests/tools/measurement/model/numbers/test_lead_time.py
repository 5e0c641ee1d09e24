"""Which deployment brought each commit first, and how long that took."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from andon.kernel.ids import RepositoryName
from andon.tools.measurement.model.dates import NO_DATE
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.telling import NOON, case, change, commit, deployed, hour, measured, names, reasons

HOUR = 3600.0


def values(history: History, definition: str = "dora") -> list[float | None]:
    """Hours of every commit that counts, in the order of deployments."""
    rows = measured(history, "change-lead-time", definition).counted
    return [None if row.value is None else row.value / HOUR for row in rows]


def line(*facts: Fact) -> History:
    """Commits 1 to 6 in a row, one an hour from 0 o'clock, and these facts."""
    return History(
        [*(commit(number, *([number - 1] if number > 1 else []), at=number) for number in range(1, 7)), *facts]
    )


def test_a_commit_counts_with_the_first_deployment_that_brought_it() -> None:
    """The median over commits, with its sample."""
    metric = measured(line(deployed(1, 1.5), deployed(3, 5), deployed(4, 10)), "change-lead-time")
    assert metric.value == 3 * HOUR
    assert metric.n == 3
    assert sorted(row.value or 0 for row in metric.counted) == [2 * HOUR, 3 * HOUR, 6 * HOUR]


def test_the_first_deployment_of_a_place_has_no_lead_time() -> None:
    """It is a seed: its commits are left out, by name."""
    metric = measured(line(deployed(4, 8)), "change-lead-time")
    assert metric.value is None
    assert metric.n == 0
    assert reasons(metric) == {"seed": 4}
    assert "No data" in metric.notes[0]


def test_going_back_and_forth_counts_nothing_twice() -> None:
    """Down to 2, up to 3 again, then 4: only 4 is new at the end."""
    history = line(deployed(2, 2.5), deployed(3, 5), deployed(8, 6, of=2), deployed(9, 7, of=3), deployed(4, 8))
    assert values(history) == [2.0, 4.0]


def test_a_rollback_to_what_was_never_here_brings_its_new_commits() -> None:
    """A deployer's word for a deployment takes nothing away from what is in it; the row says it."""
    history = line(deployed(1, 1), deployed(2, 3, rollback=True))
    found = measured(history, "change-lead-time")
    assert values(history) == [1.0]
    assert found.counted[0].why == "deployed by D2, said to be a rollback"


def test_the_second_deployment_is_no_seed_when_the_first_is_said_to_be_a_rollback() -> None:
    """What the first brought is not known, what the second brought is."""
    assert values(line(deployed(1, 1, rollback=True), deployed(2, 3))) == [1.0]


def test_counting_since_the_previous_counts_again_after_a_step_back() -> None:
    """As DevLake and Datadog do; the mean of each deployment's commits."""
    history = line(deployed(2, 2.5), deployed(3, 5), deployed(8, 6, of=2), deployed(9, 7, of=3), deployed(4, 8))
    assert values(history, "datadog") == [2.0, 4.0, 4.0]


def test_a_redeploy_of_the_same_changes_nothing() -> None:
    """It is left out, by name."""
    metric = measured(line(deployed(2, 2.5), deployed(3, 5), deployed(8, 6, of=3)), "change-lead-time")
    assert (metric.n, reasons(metric)) == (1, {"seed": 2, "redeploy": 1})


def test_an_unsuccessful_deployment_brings_nothing() -> None:
    """The next one brings what it was to bring."""
    history = line(deployed(2, 2.5), deployed(3, 5, outcome="failure"), deployed(4, 10))
    assert values(history) == [6.0, 7.0]
    assert reasons(measured(history, "change-lead-time"))["unsuccessful"] == 1


def test_merge_commits_are_left_out_and_what_they_join_counts() -> None:
    """Of a merge of one commit only that one has a lead time."""
    history = History([commit(1), commit(2, 1, at=1), commit(3, 1, 2, at=2), deployed(1, 0.5), deployed(3, 4)])
    metric = measured(history, "change-lead-time")
    assert (values(history), reasons(metric)) == ([3.0], {"seed": 1, "merge commits": 1})
    assert values(history, "four-keys") == [2.0, 3.0]


def test_a_commit_of_the_future_is_named() -> None:
    """A clock that is ahead gives no negative time."""
    history = line(deployed(1, 1.5), deployed(3, 2.5))
    metric = measured(history, "change-lead-time")
    assert (values(history), reasons(metric)) == ([0.5], {"seed": 1, "clock skew": 1})


@pytest.mark.parametrize("definition", ["dora", "datadog", "four-keys"])
def test_a_commit_of_1970_has_no_lead_time_of_decades(definition: str) -> None:
    """Its date cannot be true, so it is left out, by name."""
    never = replace(commit(2, 1), committed_at=NO_DATE, authored_at=NO_DATE)
    history = History([commit(1), never, commit(3, 2, at=2), deployed(1, 1), deployed(3, 4)])
    metric = measured(history, "change-lead-time", definition)
    assert metric.value == 2 * HOUR
    assert reasons(metric)["no believable date"] == 1
    assert measured(history, "cycle-time").value == 2 * HOUR


def test_a_change_of_1970_has_no_lead_time_of_decades() -> None:
    """Whoever wrote its first commit had a clock that was never set."""
    told = change(2, 1, 2, first_commit_at=NO_DATE)
    metric = measured(line(told, deployed(1, 1.5), deployed(2, 4)), "change-lead-time", "devlake")
    assert (metric.value, reasons(metric)["no believable date"]) == (None, 1)


def test_a_deployment_of_an_unknown_commit_makes_the_next_uncertain() -> None:
    """What it brought may be what the next one seems to bring."""
    unknown = deployed(77, 4)
    metric = measured(line(deployed(1, 1.5), unknown, deployed(3, 5), deployed(4, 6)), "change-lead-time")
    assert [row.name for row in metric.counted] == ["0" * 7]
    assert reasons(metric) == {
        "seed": 1,
        "the deployment before is of an unknown commit and may have brought these already": 2,
        "commit not known": 1,
    }


def test_when_the_commit_is_told_later_the_numbers_are_made_anew() -> None:
    """A late fact invalidates what follows from its absence."""
    history = line(deployed(1, 1.5), deployed(7, 8), deployed(8, 9, of=6))
    assert values(history) == []
    history.add(commit(7, 6, at=7))
    assert values(history) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_a_late_deployment_takes_what_it_brought_first() -> None:
    """It invalidates what was said of those after it."""
    history = line(deployed(1, 1.5), deployed(4, 10))
    assert values(history) == [6.0, 7.0, 8.0]
    history.add(deployed(3, 5))
    assert sorted(value or 0 for value in values(history)) == [2.0, 3.0, 6.0]


def test_where_the_history_is_cut_it_is_said() -> None:
    """A shallow clone knows parents only by name; until they are told."""
    history = History([commit(5, 4, at=5), commit(6, 5, at=6), commit(9, 8, at=6), deployed(5, 5.5), deployed(6, 7)])
    assert reasons(measured(history, "change-lead-time")) == {"seed": 1, "history is cut": 1}
    history.add(deployed(9, 8))
    assert reasons(measured(history, "change-lead-time")) == {"seed": 1, "history is cut": 2}
    for late in (commit(4, at=1), commit(8, 4, at=2)):
        history.add(late)
    metric = measured(history, "change-lead-time")
    assert (metric.n, reasons(metric)) == (3, {"seed": 2})


def test_patches_of_an_old_line_bring_their_own_commits() -> None:
    """Lines of releases side by side: each commit counts once over all of them."""
    patch = replace(commit(12, 2, at=5), authored_at=hour(5))
    history = line(patch, deployed(2, 2.5), deployed(4, 6), deployed(12, 7, line="1.0"), deployed(5, 8))
    assert sorted(value or 0 for value in values(history)) == [2.0, 2.0, 3.0, 3.0]
    assert values(history, "datadog") == [2.5, 3.0]


def test_each_repository_of_a_place_has_its_own_seed() -> None:
    """The other's commits are other commits, even with the same ids."""
    other = RepositoryName("other")
    facts: list[Fact] = [
        replace(commit(1, at=1), repository=other),
        replace(commit(2, 1, at=2), repository=other),
        replace(deployed(11, 2, of=1), repository=other, digest="o1"),
        replace(deployed(12, 6, of=2), repository=other, digest="o2"),
    ]
    assert values(line(deployed(1, 1.5), deployed(2, 3), *facts)) == [1.0, 4.0]


def test_a_number_counts_only_what_was_deployed_in_its_window() -> None:
    """What came before is known and not counted."""
    history = line(deployed(1, 1.5), deployed(3, 5), deployed(4, 10))
    window = Window(begin=hour(9), end=hour(24))
    metric = measured(history, "change-lead-time", window=window)
    assert (metric.value, metric.n, names(metric.counted)) == (6 * HOUR, 1, ["0" * 7])


@pytest.mark.parametrize("count", [3, 50])
def test_small_samples_say_so(count: int) -> None:
    """With fewer than six deployments there is no interval."""
    commits = [commit(number, *([number - 1] if number else []), at=number) for number in range(count + 1)]
    releases = [deployed(number, number + 1) for number in range(count + 1)]
    metric = measured(History([*commits, *releases]), "change-lead-time", window=Window(begin=NOON, end=hour(200)))
    assert (metric.low is None, any("Small sample" in note for note in metric.notes)) == (count == 3, count == 3)


def test_the_trend_has_a_point_a_week_and_gaps_where_there_is_no_data() -> None:
    """A gap is no 0."""
    from andon.tools.measurement.answers.numbers import one_metric
    from tests.tools.measurement.telling import asked

    window = Window(begin=NOON, end=NOON + timedelta(days=28))
    history = line(deployed(1, 1.5), deployed(2, 3), deployed(3, 24 * 16))
    _, trend = one_metric(history, asked(window=window), "change-lead-time")
    assert [point.n for point in trend.points] == [1, 0, 1, 0, 0]
    assert [point.value is None for point in trend.points] == [False, True, False, True, True]
    assert [point.begin.weekday() for point in trend.points] == [0] * 5


def test_following_goes_on_where_it_stopped() -> None:
    """Told one by one it comes to the same as told at once."""
    facts = [deployed(1, 1.5), deployed(3, 5), deployed(2, 6), deployed(9, 7, of=3), deployed(6, 10)]
    live, question = line(), case(line(*facts)).question
    for fact in facts:
        live.add(fact)
        measured(live, "change-lead-time")
    assert list(measured(live, "change-lead-time").counted) == list(
        measured(line(*facts), "change-lead-time", window=question.window).counted
    )


def test_a_commit_that_is_told_late_counts_by_every_rule() -> None:
    """Also where only the one since the previous was asked for before."""
    history = line(deployed(1, 1.5), deployed(7, 8))
    assert values(history, "datadog") == []
    history.add(commit(7, 6, at=7))
    assert values(history, "datadog") == [3.5]
