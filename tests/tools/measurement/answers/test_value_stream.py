"""The value stream of a place, from facts as different sources tell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from andon.tools.measurement.answers.value_stream import ValueStream, value_stream
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.flow.stream import ProcessBox, WaitArrow
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from tests.tools.measurement.publishing_api import PRODUCTION as REAL
from tests.tools.measurement.publishing_api import publishing_api
from tests.tools.measurement.stream_facts import (
    PRODUCTION,
    QUESTION,
    TEST,
    change,
    commit,
    deployed,
    offered,
    published,
    run,
    task,
)
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape

START: tuple[Fact, ...] = (commit(0, -100), deployed(0, -95, place=TEST), deployed(0, -90))


def asked(*facts: Fact) -> ValueStream:
    """Of production on the first day, after a first deployment before."""
    return value_stream(History([*START, *facts]), QUESTION)


def box(stream: ValueStream, id_: str) -> ProcessBox:
    """One of them."""
    return next(one for one in stream.boxes if one.id == id_)


def arrow(stream: ValueStream, begin: str, end: str) -> WaitArrow:
    """One of them."""
    return next(one for one in stream.arrows if (one.begin, one.end) == (begin, end))


WHOLE: tuple[Fact, ...] = (
    commit(1, 20, authored=0),
    change(1, first=0, opened=10, reviewed=16, merged=20),
    run(
        1, 22, 25, 41,
        task("unit", 25, 35), task("lint", 26, 30, ready=25), task("package", 36, 40, "unit", "lint", ready=35),
    ),
    published(1, 42),
    deployed(1, 46, begin=44, place=TEST),
    offered(1, 47),
    deployed(1, 60, begin=57),
)  # fmt: skip


def test_the_graph_is_the_real_one() -> None:
    """Coding, review, the tasks by their needs, the artifact, and each environment that was passed."""
    stream = asked(*WHOLE)
    assert [one.id for one in stream.boxes] == [
        "coding", "review", "task/unit", "task/lint", "task/package", "publish",
        "environment/test", "environment/production",
    ]  # fmt: skip
    assert {(one.begin, one.end) for one in stream.arrows} == {
        ("coding", "review"),
        ("review", "task/unit"),
        ("review", "task/lint"),
        ("task/unit", "task/package"),
        ("task/lint", "task/package"),
        ("task/package", "publish"),
        ("publish", "environment/test"),
        ("environment/test", "environment/production"),
    }


def test_work_in_boxes_and_waiting_on_arrows() -> None:
    """Medians with how many there were; a wait is told apart by its reasons."""
    stream = asked(*WHOLE)
    works = {one.id: one.process.median / 60 for one in stream.boxes if one.process}
    assert works == {
        "coding": 10, "review": 4, "task/unit": 10, "task/lint": 4, "task/package": 4, "publish": 1,
        "environment/test": 2, "environment/production": 3,
    }  # fmt: skip
    production = arrow(stream, "environment/test", "environment/production")
    assert production.wait is not None
    assert (production.wait.median, production.wait.n, production.sample) == (11 * 60, 1, "changes")
    assert [(part.waiting, part.times.median) for part in production.parts] == [("person", 600), ("hold", 60)]
    lint = arrow(stream, "task/lint", "task/package").wait
    assert lint is not None
    assert lint.median == 60


def test_flow_efficiency_is_work_in_the_whole() -> None:
    """34 of 60 minutes."""
    stream = asked(*WHOLE)
    assert stream.total is not None
    assert stream.work is not None
    assert (stream.total.median, stream.work.median) == (3600, 34 * 60)
    assert stream.efficiency == pytest.approx(34 / 60)
    assert (stream.n, stream.sample, stream.batch) == (1, "changes", 1)


def test_the_waste_is_ranked() -> None:
    """The longest waiting first, with its share of the whole and the changes to go and see."""
    stream = asked(*WHOLE)
    assert [(one.where, round((one.seconds or 0) / 60)) for one in stream.waste[:3]] == [
        ("production", 10),
        ("review", 6),
        ("run", 3),
    ]
    assert stream.waste[0].share == pytest.approx(1 / 6)
    assert stream.waste[0].examples[0].name == "Change 1"
    assert stream.waste[0].says.startswith("Offered, for a person to take it: 10 min (median)")


def test_runs_without_tasks_are_one_box() -> None:
    """As other tools tell of them."""
    stream = asked(commit(1, 0), run(1, 2, 5, 9), deployed(1, 20, begin=18))
    assert [one.id for one in stream.boxes] == ["coding", "run", "environment/production"]
    assert box(stream, "run").process is not None
    assert "tasks of its runs are not known" in box(stream, "run").says
    first = arrow(stream, "coding", "run").wait
    assert first is not None
    assert first.median == 5 * 60


def test_tags_alone() -> None:
    """Coding, one wait, and an environment whose own time is not known: which is said."""
    stream = asked(commit(1, 10, authored=0), deployed(1, 60))
    assert [one.id for one in stream.boxes] == ["coding", "environment/production"]
    assert box(stream, "environment/production").process is None
    assert "No deployment start was reported" in box(stream, "environment/production").says
    wait = arrow(stream, "coding", "environment/production").wait
    assert wait is not None
    assert wait.median == 50 * 60
    assert stream.rolled_of == ("Coding",)


def test_nothing_came() -> None:
    """No data is not 0."""
    stream = asked()
    assert (stream.total, stream.work, stream.efficiency, stream.batch) == (None, None, None, None)
    assert (stream.n, stream.waste) == (0, ())
    assert value_stream(History(), QUESTION).boxes[-1].process is None


def test_what_is_rolled_is_named() -> None:
    """One of two deployments had to be undone; the other steps gave on nothing that was sent back."""
    bad = deployed(1, 60, begin=57)
    back = deployed(0, 90, begin=80, mends=(bad.id,), again="/back")
    good = (commit(2, 100), run(2, 100, 101, 102, task("unit", 101, 102)), deployed(2, 120, begin=119))
    stream = asked(*WHOLE[:-1], bad, back, *good)
    assert stream.rolled == pytest.approx(1 / 2)
    assert stream.rolled_of[-1] == "production"
    production = box(stream, "environment/production").accuracy
    assert production is not None
    assert (production.n, production.sent_back) == (2, 1)


def test_a_year_becomes_json() -> None:
    """The whole answer is plain values, for page, API, terminal and file alike."""
    shape = Shape(services=("shop",))
    window = Window(begin=shape.end - timedelta(days=90), end=shape.end)
    stream = value_stream(year(shape), Question(place=PRODUCTION, window=window))
    printed = msgspec.json.decode(msgspec.json.encode(stream))
    assert len(printed["boxes"]) == len(stream.boxes) == 9
    assert printed["efficiency"] == stream.efficiency
    assert 0 < (stream.efficiency or 0) < 1
    assert 0 < (stream.rolled or 0) < 1


def test_work_that_leaves_no_trace_is_not_no_work() -> None:
    """One commit, written and made at the same moment: its efficiency is not known, which is said."""
    stream = asked(commit(1, 10), deployed(1, 60))
    assert (stream.efficiency, stream.work, stream.n) == (None, None, 1)
    assert any(note.startswith("1 change written and committed at one moment") for note in stream.notes)


def test_a_year_of_a_real_service() -> None:
    """publishing-api in 2025, from git alone: 673 merges and pushes, and what the merge waited for is no coding."""
    window = Window(begin=datetime(2025, 1, 1, tzinfo=UTC), end=datetime(2026, 1, 1, tzinfo=UTC))
    stream = value_stream(publishing_api(), Question(place=REAL, window=window))
    assert (stream.n, stream.sample) == (673, "changes")
    assert [one.id for one in stream.boxes] == ["coding", "review", "environment/production"]
    assert stream.efficiency is not None
    assert 0 < stream.efficiency < 1
    assert stream.rolled is None
