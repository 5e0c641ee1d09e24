"""Answers stand on the same ground as long as nothing new is told."""

from __future__ import annotations

import gc
from dataclasses import replace
from weakref import ref

from andon.tools.measurement.answers.flow import flow
from andon.tools.measurement.answers.ground import KEPT, ground
from andon.tools.measurement.answers.value_stream import value_stream
from andon.tools.measurement.answers.waste import waste
from andon.tools.measurement.model.history import History
from tests.tools.measurement.stream_facts import QUESTION, at, commit, deployed


def history() -> History:
    """A commit that is there and one that is not."""
    return History([commit(0, -100), deployed(0, -90), commit(1, 1), deployed(1, 20), commit(2, 30)])


def test_the_same_question_is_worked_out_once() -> None:
    """Until something new is told."""
    known = history()
    before = ground(known, QUESTION)
    assert flow(known, QUESTION).in_progress == 1
    assert ground(known, QUESTION) is before
    known.add(deployed(2, 60))
    assert ground(known, QUESTION) is not before
    assert flow(known, QUESTION).in_progress == 0


def test_only_the_last_questions_are_kept() -> None:
    """However many are asked."""
    known = history()
    first = ground(known, QUESTION)
    for minute in range(KEPT):
        ground(known, replace(QUESTION, as_of=at(minute)))
    assert ground(known, QUESTION) is not first


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
