"""Ten years of a service that is really deployed all the time: the figures that two independent walks agree on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from andon.tools.measurement.answers.numbers import one_metric
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Metric, Question, Window
from andon.tools.measurement.model.numbers.deployment_kinds import AGAIN, REDEPLOY, ROLLBACK
from andon.tools.measurement.model.numbers.lead_time import FIRST, Attribution
from andon.tools.measurement.model.numbers.place_history import PlaceHistory
from tests.tools.measurement.publishing_api import PRODUCTION, publishing_api

HOUR = 3600.0


@pytest.fixture(scope="module")
def history() -> History:
    """All of it."""
    return publishing_api()


def of_year(history: History, year: int, metric: str, definition: str = "dora") -> Metric:
    """One number of a calendar year."""
    window = Window(begin=datetime(year, 1, 1, tzinfo=UTC), end=datetime(year + 1, 1, 1, tzinfo=UTC))
    question = Question(place=PRODUCTION, window=window, definition=definition)
    return one_metric(history, question, metric)[0]


@pytest.mark.parametrize(
    ("year", "releases", "committed_h", "authored_h"),
    [(2016, 430, 2.40, 47.39), (2024, 402, 13.12, None), (2025, 630, 12.88, 19.55)],
)
def test_a_year_of_releases(
    history: History, year: int, releases: int, committed_h: float, authored_h: float | None
) -> None:
    """Medians in hours, by committer date and by author date; tolerance: half a hundredth."""
    assert of_year(history, year, "deployment-frequency", "gitlab").n == releases
    lead = of_year(history, year, "change-lead-time")
    assert lead.value
    assert lead.value / HOUR == pytest.approx(committed_h, abs=0.005)
    cycle = of_year(history, year, "cycle-time")
    assert cycle.value
    if authored_h:
        assert cycle.value / HOUR == pytest.approx(authored_h, abs=0.005)


def test_2025_has_1070_commits_on_223_days(history: History) -> None:
    """Merges left out; and the mean is six times the median, which is why it never stands alone."""
    lead = of_year(history, 2025, "change-lead-time")
    assert (lead.n, len(lead.counted)) == (1070, 1070)
    assert "223 of 365 days" in of_year(history, 2025, "deployment-frequency").notes[0]
    cycle = of_year(history, 2025, "cycle-time")
    assert cycle.spread
    assert cycle.spread.mean / HOUR == pytest.approx(76.9, abs=0.05)


def test_with_merge_commits_the_same_year_is_fifteen_times_as_fast(history: History) -> None:
    """0.85 h by a definition that counts them: the number alone says nothing."""
    metric = of_year(history, 2025, "change-lead-time", "four-keys")
    assert metric.value
    assert metric.value / HOUR == pytest.approx(0.85, abs=0.005)


def test_counting_since_the_previous_counts_47_commits_twice(history: History) -> None:
    """On 32 of 3,396 pairs of releases the two differ: 6,742 commits against 6,695."""
    followed = PlaceHistory(history, PRODUCTION).bring_up(history)
    first, previous = (followed.attribution(history, rule) for rule in ("first", "previous"))
    assert len(followed.judged) == 3397
    ours, naive = brought(first), brought(previous)
    assert (ours.total(), naive.total()) == (6695, 6742)
    assert sum(ours[number] != naive[number] for number in range(len(followed.judged))) == 32


def brought(by: Attribution) -> Counter[int]:
    """By deployment: how many commits it brought, merges and the seed's left out."""
    return Counter(
        number
        for number, repository, commit in zip(by.by, by.repositories, by.commits, strict=True)
        if by.origins[number] != FIRST and not by.graphs[repository].is_merge(commit)
    )


def test_every_release_is_accounted_for(history: History) -> None:
    """Counted and left out make all, for commits and for releases."""
    followed = PlaceHistory(history, PRODUCTION).bring_up(history)
    for year in range(2014, 2027):
        metric = of_year(history, year, "deployment-frequency")
        in_year = sum(one.finished_at.year == year for one in history.deployments(PRODUCTION))
        assert len(metric.counted) + sum(len(one.rows) for one in metric.excluded) == in_year
    kinds = Counter(followed.judged.kinds)
    assert kinds[REDEPLOY] == 104
    assert kinds[REDEPLOY] + kinds[ROLLBACK] + kinds[AGAIN] == 115
