"""Waste as events show it: each kind, with its size and what to go and see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.answers.waste import waste
from andon.tools.measurement.answers.waste_defects import red_times
from andon.tools.measurement.answers.waste_people import juggled
from andon.tools.measurement.model.facts import Change, Fact, FactId
from andon.tools.measurement.model.flow.waste import Waste
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from tests.tools.measurement.stream_facts import (
    DAY,
    NOON,
    PRODUCTION,
    QUESTION,
    at,
    change,
    commit,
    deployed,
    offered,
    run,
)
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape


def found(*facts: Fact, question: Question = QUESTION) -> dict[str, Waste]:
    """By title, in production on the first day, after a first deployment before."""
    return {one.title: one for one in waste(History([commit(0, -100), deployed(0, -90), *facts]), question).found}


def test_what_is_partially_done() -> None:
    """Landed and not there, and proposed and not landed, each with the oldest."""
    wastes = found(commit(1, 60), commit(2, 120), change(9, first=100, opened=240))
    landed, proposed = wastes["Landed, and not in production"], wastes["Proposed, and not landed"]
    assert (landed.n, landed.seconds, landed.examples[0].name) == (2, (23 + 22) * 3600, "Change 1")
    assert landed.says == "2 commits in trunk are not deployed to production yet; the oldest for 23 h."
    assert (proposed.n, proposed.seconds, proposed.examples[0].fact) == (1, 20 * 3600, "t/change/9")


def test_what_was_offered_and_not_taken() -> None:
    """Overtaken by a later one, or still waiting; what was taken is no waste."""
    wastes = found(
        *(commit(n, n) for n in range(1, 5)),
        offered(1, 10), offered(2, 20), deployed(2, 70), offered(3, 80), offered(4, 90), deployed(4, 95),
        offered(4, 24 * 60 - 60),
    )  # fmt: skip
    left = wastes["Offered to production, and never taken"]
    assert left.n == 3
    assert {(row.fact, row.value, row.why) for row in left.examples} == {
        ("t/offer/1/production", 3600, "overtaken by 1.2"),
        ("t/offer/3/production", 900, "overtaken by 1.4"),
        ("t/offer/4/production", 3600, "still waits"),
    }


def test_red_runs_and_a_red_trunk() -> None:
    """Red until a later commit was green; a run that broke off, or one of an older commit, turns nothing."""
    runs = [
        run(1, 0, 1, 11, outcome="failure"),
        replace(run(5, -5, 1, 12), id=FactId("older")),
        run(2, 20, 21, 23, outcome="failure"),
        run(3, 30, 31, 61),
        run(4, 70, 71, 72, outcome="error"),
        run(4, 100, 101, 102, outcome="failure", attempt=2),
    ]
    times = red_times(runs, DAY)
    assert [(one.begin, one.end, one.over) for one in times] == [
        (at(11), at(61), True),
        (at(102), DAY.end, False),
    ]
    wastes = found(*(commit(n, n) for n in range(1, 6)), *runs)
    assert (wastes["Red runs"].n, wastes["Red runs"].seconds) == (4, (10 + 2 + 1 + 1) * 60)
    assert wastes["Trunk was red"].n == 2
    assert wastes["Trunk was red"].says.startswith("Trunk was red 2 times, ")


def test_what_came_back_from_an_environment() -> None:
    """The same deployments that the change fail rate counts."""
    bad = deployed(1, 60)
    wastes = found(commit(1, 1), commit(2, 2), bad, deployed(0, 90, mends=(bad.id,), again="/b"), deployed(2, 100))
    assert wastes["Sent back from production"].says == "1 of 2 deployments failed or had to be mended."
    assert wastes["Sent back from production"].examples[0].fact == bad.id


def test_hand_offs() -> None:
    """Author, who let it in, who put it there; one person under two names and a machine are no hand-off."""
    wastes = found(
        commit(1, 1), change(1, first=1, opened=1, merged=1, author="Ada Lovelace", merged_by="Grace"),
        deployed(1, 10, by="linus"),
        commit(2, 20), change(2, first=20, opened=20, merged=20, author="Ada Lovelace", merged_by="ada@example.com"),
        deployed(2, 30, by="andon/flow"),
    )  # fmt: skip
    handed = wastes["Changes that passed through several hands"]
    assert handed.n == 1
    assert "1 of 2 changes" in handed.says
    assert "1.0 hand-offs a change" in handed.says
    assert handed.examples[0].why == "2 hand-offs"


def test_a_name_of_git_is_not_held_against_an_account() -> None:
    """Of a commit without a change, nobody knows whether its author is who deployed it."""
    wastes = found(commit(1, 1), deployed(1, 10, by="root"))
    assert "Changes that passed through several hands" not in wastes


def test_task_switching() -> None:
    """Two changes of one author side by side for an hour; another author's do not count."""
    wastes = found(
        change(7, first=0, opened=10, merged=120),
        change(8, first=60, opened=70, merged=180),
        change(9, first=60, opened=70, merged=180, author="Grace"),
    )
    switching = wastes["Several changes in the same hands"]
    assert (switching.n, switching.seconds) == (1, 3600)
    assert switching.says.startswith("In 20 % of the time")
    assert switching.examples[0].why == "Ada had another one in flight for 1 h of it"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_switching_agrees_with_counting_minute_by_minute(times: list[tuple[int, int]]) -> None:
    """Whatever overlaps: busy and several are what a clock would have seen."""
    changes = [flight(number, min(pair), max(pair)) for number, pair in enumerate(times)]
    open_at = [sum(min(pair) <= minute < max(pair) for pair in times) for minute in range(50)]
    seen = juggled(changes, at(0).timestamp(), at(50).timestamp())
    assert seen.busy == 60 * sum(count > 0 for count in open_at)
    assert seen.several == 60 * sum(count > 1 for count in open_at)


def test_changes_of_nobody_known_are_in_no_hands() -> None:
    """A file of changes may be without authors; that does not make one busy person of them."""
    changes = [replace(flight(number, 0, 40), author="") for number in range(3)]
    assert juggled(changes, at(0).timestamp(), at(50).timestamp()).several == 0


def flight(number: int, first: int, last: int) -> Change:
    """A change in flight for these minutes."""
    return change(number, first=first, opened=first, merged=last)


def test_overburden_and_unevenness() -> None:
    """More in progress than a week gets done, and all of it in one week of six."""
    facts: list[Fact] = [commit(n, n) for n in range(1, 13)]
    facts += [deployed(n, n + 60) for n in range(1, 4)]
    window = Window(begin=NOON, end=NOON + timedelta(days=42))
    wastes = found(*facts, question=Question(place=PRODUCTION, window=window))
    assert "9 commits in progress; a week brings 2.0 and finishes 0.5: 18.0 weeks of work." in {
        one.says for one in wastes.values()
    }
    assert wastes["Commits are landed in bursts"].n == 6
    assert wastes["Commits are landed in bursts"].examples[0].why == "12 commits landed"


def test_what_cannot_be_seen_is_said() -> None:
    """Relearning and extra features leave no trace in events."""
    assert [one.title for one in waste(History(), QUESTION).unseen] == ["Relearning", "Extra features", "Interruptions"]
    assert waste(History(), QUESTION).found == ()


def test_a_year_has_every_kind() -> None:
    """In plain values, each with its evidence; nothing is negative."""
    shape = Shape(services=("shop",))
    window = Window(begin=shape.end - timedelta(days=300), end=shape.end)
    answer = waste(year(shape), Question(place=PRODUCTION, window=window))
    assert {one.kind for one in answer.found} >= {"waiting", "partially done", "defects", "hand-offs", "task switching"}
    assert all((one.seconds or 0) >= 0 and one.n > 0 for one in answer.found)
    assert all(one.examples and all(row.name for row in one.examples) for one in answer.found)
    assert sum(one.share or 0 for one in answer.found) < 1
    assert msgspec.json.decode(msgspec.json.encode(answer))["found"][0]["kind"] == "waiting"
    assert answer.found[0].share == pytest.approx(max(one.share or 0 for one in answer.found))
