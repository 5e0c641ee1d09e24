"""Answers stand on the same ground as long as nothing new is told."""

from __future__ import annotations

import gc
from dataclasses import replace
from weakref import ref

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.answers.cost import cost
from andon.tools.measurement.answers.flow import flow
from andon.tools.measurement.answers.flow_facts import KEPT, flow_facts
from andon.tools.measurement.answers.value_stream import value_stream
from andon.tools.measurement.answers.waste import waste
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.model.flow.test_items import histories, tellings
from tests.tools.measurement.stream_facts import QUESTION, at, commit, deployed, in_other_service, refusal, run, slow


def history() -> History:
    """A commit that is there and one that is not."""
    return History([commit(0, -100), deployed(0, -90), commit(1, 1), deployed(1, 20), commit(2, 30)])


def test_the_same_question_is_worked_out_once() -> None:
    """Until something new is told."""
    known = history()
    before = flow_facts(known, QUESTION)
    assert flow(known, QUESTION).in_progress == 1
    assert flow_facts(known, QUESTION) is before
    known.add(deployed(2, 60))
    assert flow_facts(known, QUESTION) is not before
    assert flow(known, QUESTION).in_progress == 0


def test_what_is_told_of_another_service_changes_no_ground() -> None:
    """On a busy ledger most facts are about something else."""
    known = History([commit(0, -100), deployed(0, -90), commit(1, 1), deployed(1, 20), slow()])
    before = flow_facts(known, QUESTION)
    for fact in (*in_other_service(), refusal()):
        assert known.add(fact)
    assert flow_facts(known, QUESTION) is before
    known.add(run(1, 1, 1, 2))
    assert flow_facts(known, QUESTION) is not before


@given(tellings())
def test_asked_after_each_fact_it_is_as_if_asked_at_the_end(told: list[Fact]) -> None:
    """Nothing that was kept on the way is older than what bears on it."""
    asked, grown = replace(QUESTION, window=Window(begin=at(0), end=at(2500))), History()
    for fact in told:
        grown.add(fact)
        for answer in (flow, value_stream, waste):
            answer(grown, asked)
    assert [answer(grown, asked) for answer in (flow, value_stream, waste)] == [
        answer(History(told), asked) for answer in (flow, value_stream, waste)
    ]


def test_only_the_last_questions_are_kept() -> None:
    """However many are asked."""
    known = history()
    first = flow_facts(known, QUESTION)
    for minute in range(KEPT):
        flow_facts(known, replace(QUESTION, as_of=at(minute)))
    assert flow_facts(known, QUESTION) is not first


def test_what_was_worked_out_goes_with_the_history() -> None:
    """Nothing holds the facts of an organisation that nobody asks about any more."""
    known = history()
    for answer in (flow, value_stream, waste):
        answer(known, QUESTION)
    gone = ref(known)
    del known
    gc.collect()
    assert gone() is None


def test_replayed_for_a_time_before_a_fact() -> None:
    """What is told later changes no answer about before, except what it says of before."""
    known = history()
    asked = replace(QUESTION, as_of=at(25))
    before = value_stream(known, asked), flow(known, asked)
    known.add(deployed(2, 60))
    known.add(commit(3, 70))
    assert (value_stream(known, asked), flow(known, asked)) == before


@given(histories(), st.integers(0, 900), st.none() | st.integers(0, 2500))
def test_any_history_has_answers(known: History, begin: int, as_of: int | None) -> None:
    """Whatever was told, in whatever order: shares are shares, no time is negative, and all can be printed."""
    window = Window(begin=at(begin), end=at(2500))
    asked = replace(QUESTION, window=window, as_of=None if as_of is None else at(as_of))
    stream, wastes = value_stream(known, asked), waste(known, asked)
    for box in stream.boxes:
        assert box.process is None or 0 <= box.process.median <= box.process.p85
        assert box.accuracy is None or 0 <= box.accuracy.share <= 1
    assert all(arrow.wait is None or arrow.wait.median >= 0 for arrow in stream.arrows)
    assert {arrow.end for arrow in stream.arrows} | {"coding"} == {box.id for box in stream.boxes}
    assert stream.efficiency is None or 0 < stream.efficiency <= 1
    assert all((one.seconds or 0) >= 0 and one.n > 0 for one in wastes.found)
    assert sum(one.share or 0 for one in wastes.found) <= 1 + 1e-9
    msgspec.json.encode((stream, wastes, flow(known, asked), cost(known, asked, ())))
