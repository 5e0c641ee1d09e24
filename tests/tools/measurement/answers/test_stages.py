"""Stages as GitLab counts them, from the facts of a change to the value stream of its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from andon.tools.measurement.answers.value_stream import value_stream
from andon.tools.measurement.model.facts import Fact, Labelled
from andon.tools.measurement.model.history import History
from tests.tools.measurement.measured_house import measured_house
from tests.tools.measurement.stream_facts import NOON, QUESTION, at, change, commit, deployed, run

HOUR = 3600.0


def the_day(begin: datetime = NOON) -> list[Fact]:
    """GitLab's example, moved from nine to noon: asked for, planned, written, proposed, merged and deployed."""
    later = begin - NOON
    told = change(1, 180, 300, merged=600)
    labels = tuple(
        Labelled(at=at(minute) + later, label="doing", on=on)
        for minute, on in ((0, True), (60, False), (180, True), (300, False))
    )
    moved = replace(
        told,
        asked_at=begin,
        planned_at=begin + timedelta(hours=2),
        first_commit_at=begin + timedelta(hours=3),
        opened_at=begin + timedelta(hours=5),
        merged_at=begin + timedelta(hours=10),
        labels=labels,
    )
    first = commit(0, -60)
    second = commit(1, 180)
    tested = run(1, 299, 300, 305, trunk=False)
    return [
        replace(first, committed_at=first.committed_at + later, authored_at=first.authored_at + later),
        replace(second, committed_at=second.committed_at + later, authored_at=second.authored_at + later),
        moved,
        replace(tested, queued_at=at(299) + later, started_at=at(300) + later, finished_at=at(305) + later),
        replace(deployed(0, -30), finished_at=at(-30) + later),
        replace(deployed(1, 630), finished_at=at(630) + later),
    ]


DAY = {
    "Issue": 2 * HOUR,
    "Plan": HOUR,
    "Code": 2 * HOUR,
    "Test": 300.0,
    "Review": 5 * HOUR,
    "Staging": HOUR / 2,
    "doing": 3 * HOUR,
}


def test_the_day_of_a_change() -> None:
    """2 h, 1 h, 2 h, 5 min, 5 h and 30 min; the label that came twice was on for 3 h, not 5 h."""
    found = value_stream(History(the_day()), QUESTION).stages
    assert {stage.title: stage.times.median for stage in found} == DAY
    assert [stage.times.n for stage in found] == [1] * 7
    assert found[2].says == "from first commit to opened"
    assert found[-1].says == 'with the label "doing"'
    assert found[0].examples[0].name == "Change 1"


def test_without_changes_there_are_no_stages() -> None:
    """Commits alone are no merge requests."""
    told = (commit(0, -60), commit(1, 180), deployed(0, -30), deployed(1, 630))
    assert value_stream(History(told), QUESTION).stages == ()


@pytest.mark.anyio
async def test_the_same_through_the_public_doors(tmp_path: Path) -> None:
    """The API says the stages of the day, and the page shows them."""
    async with measured_house(tmp_path) as visit:
        now = visit.house.clock.now().astimezone(UTC)
        visit.tell(the_day(now - timedelta(days=2)))
        answer = await visit.http.get(
            "/api/v1/measurement/value-stream?service=shop", headers={"Accept": "application/json"}
        )
        assert {one["title"]: one["times"]["median"] for one in answer.json()["stages"]} == pytest.approx(DAY)
        assert "As GitLab counts its stages" in await visit.page("/value-stream?service=shop")
