"""Work on its way to a place: begun, landed, built, in each environment, and done once."""

from __future__ import annotations

from array import array
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.model.facts import Fact, Outcome
from andon.tools.measurement.model.flow.cumulative import days, weeks
from andon.tools.measurement.model.flow.items import Items, items
from andon.tools.measurement.model.flow.landings import NEVER
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.stream_facts import (
    DAY,
    NOON,
    PRODUCTION,
    TEST,
    at,
    change,
    commit,
    deployed,
    name,
    offered,
    published,
    run,
    task,
)


def minutes(column: array[float]) -> list[float]:
    """After noon."""
    return [NEVER if one == NEVER else (one - NOON.timestamp()) / 60 for one in column]


def stages(work: Items) -> dict[str, list[float]]:
    """When each stage was reached, in minutes after noon."""
    return {stage: minutes(column) for stage, column in zip(work.stages, work.reached, strict=True)}


def test_a_commit_goes_all_the_way() -> None:
    """Landed, built, tested, there."""
    facts: list[Fact] = [
        commit(0, -10), commit(1, 1), run(1, 2, 3, 5), published(1, 6),
        deployed(0, -5, place=TEST), deployed(0, -4), deployed(1, 8, place=TEST), deployed(1, 20),
    ]  # fmt: skip
    work = items(History(facts), PRODUCTION, DAY)
    assert stages(work) == {"landed": [1], "built": [6], "test": [8], "production": [20]}
    assert minutes(work.begun) == [1]
    assert work.id(0) == name(1)
    assert (work.subject(0), work.author(0)) == ("Change 1", "Ada")


def test_the_first_deployment_is_a_seed() -> None:
    """What it brought may have been there before, so it is no work that was done."""
    work = items(History([commit(0, 0), commit(1, 1), commit(2, 5), deployed(1, 3), deployed(2, 9)]), PRODUCTION, DAY)
    assert work.seeds == 2
    assert minutes(work.done) == [9]


def test_a_commit_is_done_once() -> None:
    """Going back and forth again adds nothing: the first deployment wins."""
    facts = [commit(n, n) for n in range(3)]
    order = [deployed(0, 10), deployed(1, 20), deployed(0, 30, again="b"), deployed(2, 40), deployed(1, 50, again="c")]
    assert minutes(items(History([*facts, *order]), PRODUCTION, DAY).done) == [20, 40]


def test_what_was_there_before_the_window_is_not_looked_at() -> None:
    """The window begins with what was still to be done."""
    facts = [commit(n, n) for n in range(3)]
    order = [deployed(0, 10), deployed(1, 20), deployed(2, 40)]
    late = Window(begin=at(30), end=at(60))
    work = items(History([*facts, *order]), PRODUCTION, late)
    assert [work.id(item) for item in range(len(work))] == [name(2)]
    assert work.seeds == 0


def test_as_it_was_known_then() -> None:
    """Replayed for an earlier time: what happened later has not happened."""
    facts = [commit(n, n) for n in range(3)]
    order = [deployed(0, 10), deployed(1, 20), deployed(2, 40)]
    work = items(History([*facts, *order]), PRODUCTION, DAY, as_of=at(30))
    assert work.at == at(30)
    assert minutes(work.done) == [20, NEVER]


def test_a_merge_lands_what_it_brings() -> None:
    """Commits of a branch land with their merge, which is no work itself."""
    facts: list[Fact] = [
        commit(0, 0),
        commit(1, 1, 0),
        commit(2, 3, 1),
        commit(3, 7, 0, 2),
        deployed(0, 0.5),
        deployed(3, 9),
    ]
    assert stages(items(History(facts), PRODUCTION, DAY)) == {"landed": [7, 7], "production": [9, 9]}


def test_a_change_says_better_when_it_landed() -> None:
    """A push of two commits lands both when it is received."""
    facts: list[Fact] = [
        commit(0, 0), commit(1, 1), commit(2, 2), change(2, first=1, opened=5, merged=5),
        deployed(0, 0.5), deployed(2, 9),
    ]  # fmt: skip
    work = items(History(facts), PRODUCTION, DAY)
    assert stages(work)["landed"] == [5, 5]
    assert list(work.change) == [0, 0]


def test_a_branch_is_no_work_in_progress() -> None:
    """What is neither on trunk nor deployed is not counted as landed; the trunk is where runs of trunk were."""
    facts: list[Fact] = [commit(0, 0), commit(1, 1), commit(2, 60, 0), run(1, 2, 3, 4), deployed(0, 0.5)]
    work = items(History(facts), PRODUCTION, DAY)
    assert [work.id(item) for item in range(len(work))] == [name(1)]
    assert minutes(work.done) == [NEVER]


def test_a_commit_dated_after_its_deployment_is_named() -> None:
    """A clock is wrong: left out, and counted."""
    facts: list[Fact] = [commit(0, 0), commit(1, 50), commit(2, 5000), deployed(0, 1), deployed(2, 20)]
    work = items(History(facts), PRODUCTION, DAY)
    assert (len(work), work.skewed) == (0, 2)


def test_a_deployment_of_an_unknown_commit_is_counted() -> None:
    """It moves nothing."""
    work = items(History([commit(0, 0), deployed(0, 1), deployed(7, 20)]), PRODUCTION, DAY)
    assert work.unknown == 1


def test_nothing_is_known_of_a_place() -> None:
    """No facts, no items."""
    work = items(History(), PRODUCTION, DAY)
    assert (len(work), work.stages) == (0, ("landed", "production"))
    assert days(work, DAY)[-1].in_progress == 0


@st.composite
def tellings(draw: st.DrawFn) -> list[Fact]:
    """A graph of commits, and anything about any of them, at any time and told in any order."""
    many = draw(st.integers(1, 12))
    minute, places = st.integers(0, 2000), st.sampled_from([TEST, PRODUCTION])
    facts: list[Fact] = []
    for number in range(many):
        parents = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        one = commit(number, draw(minute), *parents)
        facts.append(one if parents else commit(number, draw(minute), -1))
    which = st.integers(0, many)
    for turn in range(draw(st.integers(0, 8))):
        place = draw(places)
        facts.append(deployed(draw(which), draw(minute), place=place, again=f"/{turn}"))
    facts += [published(number, draw(minute)) for number in draw(st.sets(which, max_size=4))]
    facts += [
        offered(number, draw(minute), draw(st.sampled_from([TEST, PRODUCTION]))) for number in draw(st.sets(which))
    ]
    for number in draw(st.sets(which, max_size=4)):
        queued, begun, ended = sorted(draw(st.tuples(minute, minute, minute)))
        tasks = [task("unit", begun, ended), task("lint", queued, begun, "unit")] if draw(st.booleans()) else []
        outcome: Outcome = draw(st.sampled_from(["success", "failure"]))
        facts.append(run(number, queued, begun, ended, *tasks, outcome=outcome, trunk=draw(st.booleans())))
    for number in draw(st.sets(which, max_size=4)):
        first, opened, reviewed, merged = draw(st.tuples(minute, minute, st.none() | minute, st.none() | minute))
        facts.append(change(number, first, opened, reviewed, merged))
    return draw(st.permutations(facts))


def histories() -> st.SearchStrategy[History]:
    """All of it told."""
    return tellings().map(History)


@given(histories(), st.integers(0, 900), st.integers(1, 1500))
def test_cumulative_flow_never_falls_and_never_crosses(history: History, begin: int, length: int) -> None:
    """Whatever the facts: each stage grows day by day, and none has more than the one before it."""
    window = Window(begin=at(begin), end=at(begin + length))
    work = items(history, PRODUCTION, window)
    found = days(work, window)
    assert found[-1].at == window.end
    for day in found:
        assert list(day.reached) == sorted(day.reached, reverse=True)
        assert min(day.reached) >= 0
        assert day.in_progress == day.reached[0] - day.reached[-1]
    for stage in zip(*(day.reached for day in found), strict=True):
        assert list(stage) == sorted(stage)


@given(histories())
def test_every_item_goes_forward_in_time(history: History) -> None:
    """Begun, then each stage in its order; nothing is done before it began."""
    work = items(history, PRODUCTION, Window(begin=at(0), end=at(3000)))
    for item in range(len(work)):
        times = [work.begun[item], *(column[item] for column in work.reached)]
        assert times == sorted(times)


def test_weeks_end_now_and_are_whole() -> None:
    """A window of 15 days has two weeks."""
    window = Window(begin=NOON, end=NOON + timedelta(days=15))
    facts: list[Fact] = [commit(0, 0), deployed(0, 1), commit(1, 2), deployed(1, 60 * 24 * 14)]
    found = weeks(items(History(facts), PRODUCTION, window), window)
    assert [(week.begin, week.done) for week in found] == [
        (NOON + timedelta(days=1), 0),
        (NOON + timedelta(days=8), 1),
    ]
