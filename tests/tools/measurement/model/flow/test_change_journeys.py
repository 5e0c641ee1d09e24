"""The time of a change is cut into work and waiting without a gap, and each reason is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.flow.change_journeys import ChangeJourneys, journeys
from andon.tools.measurement.model.flow.items import items
from andon.tools.measurement.model.flow.time_slices import TimeSlices, union
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.model.flow.test_items import histories
from tests.tools.measurement.stream_facts import (
    DAY,
    PRODUCTION,
    TEST,
    at,
    change,
    commit,
    deployed,
    offered,
    published,
    run,
    task,
)


def came(*facts: Fact) -> ChangeJourneys:
    """What came to production on the first day, after a first deployment before."""
    history = History([commit(0, -100), deployed(0, -90), deployed(0, -95, place=TEST), *facts])
    return journeys(history, items(history, PRODUCTION, DAY), DAY)


def sums(found: ChangeJourneys) -> dict[tuple[str, str], float]:
    """Where the time went, over all changes, in seconds."""
    return {cause: sum(one * count for one, _, count in some) for cause, some in found.stretches.items()}


def minutes(found: ChangeJourneys) -> dict[tuple[str, str], object]:
    """Where the time went, in minutes."""
    return {cause: pytest.approx(seconds / 60) for cause, seconds in sums(found).items()}


def test_the_whole_way() -> None:
    """Coding, review, the queue, tasks side by side, the artifact, test, an offer, production."""
    found = came(
        commit(1, 20, authored=0),
        change(1, first=0, opened=10, reviewed=16, merged=20),
        run(1, 22, 25, 41, task("unit", 25, 35), task("lint", 26, 30), task("package", 36, 40, "unit", "lint")),
        published(1, 42),
        deployed(1, 46, begin=44, place=TEST),
        offered(1, 47),
        deployed(1, 60, begin=57),
    )
    assert minutes(found) == {
        ("coding", ""): 10,
        ("review", "pickup"): 6,
        ("review", ""): 4,
        ("run", "batch"): 2,
        ("run", "queue"): 3,
        ("run", ""): 14,
        ("run", "between"): 2,
        ("publish", ""): 1,
        ("test", "hold"): 2,
        ("test", ""): 2,
        ("production", "hold"): 1,
        ("production", "person"): 10,
        ("production", ""): 3,
    }
    assert found.totals == [60 * 60]
    assert found.works == [34 * 60]


def test_a_change_that_waited_for_a_later_one() -> None:
    """Its own run was green, and it waited until a later artifact took it along: the time is not the run's."""
    found = came(
        commit(1, 0), run(1, 0, 1, 3), commit(2, 10), run(2, 10, 11, 13), deployed(2, 20, begin=18),
    )  # fmt: skip
    assert minutes(found) == {
        ("run", "queue"): 1 + 1 + 1,
        ("run", ""): 2 + 2 + 2,
        ("production", "batch"): 7,
        ("production", "hold"): 5 + 5,
        ("production", ""): 2 + 2,
    }
    assert sorted(found.totals) == [10 * 60, 20 * 60]
    assert len({deployment.id for _, deployment in found.brought}) == 1


def test_trying_again_is_waiting() -> None:
    """A red run and a failed deployment cost the time until the next try."""
    found = came(
        commit(1, 0),
        run(1, 0, 1, 4, outcome="failure"),
        run(1, 10, 11, 14, attempt=2),
        deployed(1, 20, begin=16, outcome="failure", again="/red"),
        deployed(1, 30, begin=28),
    )
    assert sums(found)["run", "again"] == 10 * 60
    assert sums(found)["production", "hold"] == 2 * 60
    assert sums(found)["production", "again"] == 12 * 60
    assert found.totals == [30 * 60]


def test_from_tags_alone() -> None:
    """Where only commits and releases are known: coding, and then one wait."""
    found = came(commit(1, 10, authored=0), deployed(1, 60))
    assert minutes(found) == {("coding", ""): 10, ("production", "batch"): 50}


def test_nobody_told_of_reviews() -> None:
    """The time between proposing and landing is waiting then, named as what it is."""
    found = came(commit(1, 20, authored=0), change(1, first=0, opened=5, merged=20), deployed(1, 30))
    assert minutes(found) == {("coding", ""): 5, ("review", "open"): 15, ("production", "batch"): 10}


def test_commits_of_one_change_are_one_change() -> None:
    """Three commits that landed together travel once."""
    found = came(
        commit(1, 1), commit(2, 2), commit(3, 3), change(3, first=1, opened=3, merged=3), deployed(3, 9),
    )  # fmt: skip
    assert found.totals == [8 * 60]


def test_a_run_before_landing_does_not_count_twice() -> None:
    """A branch was built and is what got deployed; the time before it landed is the review's."""
    found = came(
        commit(1, 0),
        change(1, first=0, opened=0, reviewed=0, merged=10),
        run(1, 2, 3, 12, trunk=False),
        deployed(1, 20, begin=15),
    )
    assert minutes(found) == {
        ("review", ""): 10,
        ("run", ""): 2,
        ("production", "hold"): 3,
        ("production", ""): 5,
    }


def test_work_side_by_side_counts_once() -> None:
    """The union of times; what is empty is nothing."""
    assert list(union([(1, 3), (2, 5), (7, 8), (8, 9), (4, 4)])) == [(1, 5), (7, 9)]


@given(histories(), st.integers(0, 900))
def test_work_and_waiting_make_the_whole(history: History, begin: int) -> None:
    """Whatever the facts: nothing is negative, nothing is lost, and the sums are those of the single changes."""
    window = Window(begin=at(begin), end=at(3000))
    found = journeys(history, items(history, PRODUCTION, window), window)
    waiting = sum(seconds for (_, kind), seconds in sums(found).items() if kind)
    assert all(seconds > 0 for stretches in found.stretches.values() for seconds, _, _ in stretches)
    assert all(0 <= work <= total for work, total in zip(found.works, found.totals, strict=True))
    assert sum(found.works) + waiting == pytest.approx(sum(found.totals))
    assert waiting == pytest.approx(
        sum(one * count for stretches in found.into.values() for one, _, count in stretches)
    )


@given(st.lists(st.tuples(st.booleans(), st.floats(-10, 100)), max_size=20), st.floats(-10, 100))
def test_spans_lie_end_to_end(steps: list[tuple[bool, float]], cut: float) -> None:
    """A slices has no gaps, and cutting off its beginning leaves what lies after."""
    slices = TimeSlices(0.0)
    for works, until in steps:
        if works:
            slices.work("a", until)
        else:
            slices.wait("a", "queue", until)
    assert sum(span.seconds for span in slices.spans) == pytest.approx(slices.at - slices.begin)
    left = max(slices.at - max(cut, 0.0), 0.0)
    assert sum(span.seconds for span in slices.after(cut)) == pytest.approx(left)


def test_a_merge_is_a_change_that_nobody_told_of() -> None:
    """From git alone: its commits are one change, and from the last of them until it landed it waited."""
    found = came(
        commit(1, 10, 0, authored=5), commit(2, 20, 1), commit(3, 50, 0, 2),
        run(3, 52, 53, 58), deployed(3, 60, begin=59),
    )  # fmt: skip
    assert minutes(found) == {
        ("coding", ""): 15,
        ("review", "open"): 30,
        ("run", "batch"): 2,
        ("run", "queue"): 1,
        ("run", ""): 5,
        ("production", "hold"): 1,
        ("production", ""): 1,
    }
