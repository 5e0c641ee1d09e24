"""An answer is given once while nothing is told that bears on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.tools.measurement.answers.answer_cache import AnswerCache
from andon.tools.measurement.model.facts import Fact, Incident
from andon.tools.measurement.model.history import History
from tests.tools.measurement.stream_facts import (
    QUESTION,
    at,
    commit,
    deployed,
    in_other_service,
    refusal,
    run,
    slow,
    weakness,
)

ASKED = ("value stream", QUESTION)


class Counting:
    """How often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_the_same_question_is_answered_once() -> None:
    """Another question is another matter."""
    remembered, history, make = AnswerCache(), History(), Counting()
    assert [remembered.answer(history, ASKED, make), remembered.answer(history, ASKED, make)] == [1, 1]
    assert remembered.answer(history, ("waste", QUESTION), make) == 2
    assert remembered.answer(history, ("value stream", replace(QUESTION, as_of=at(1))), make) == 3
    assert remembered.answer(history, ("flow", QUESTION, 4), make) == 4
    assert remembered.answer(history, ("flow", QUESTION, 4), make) == 4


def test_a_new_fact_asks_again() -> None:
    """A fact that was known already does not."""
    remembered, history, make = AnswerCache(), History(), Counting()
    remembered.answer(history, ASKED, make)
    told: tuple[Fact, ...] = (deployed(1, 20), commit(1, 1), run(1, 1, 1, 2))
    for asked_again, fact in enumerate(told, start=2):
        history.add(fact)
        assert remembered.answer(history, ASKED, make) == asked_again
        history.add(fact)
        assert remembered.answer(history, ASKED, make) == asked_again


@pytest.mark.parametrize("kind", ["value stream", "flow", "waste", "cost", "wall", "overlay"])
def test_what_is_told_of_another_service_asks_nothing_again(kind: str) -> None:
    """On a busy ledger most facts are about something else."""
    remembered, history, make = AnswerCache(), History([deployed(1, 20), commit(1, 1), slow()]), Counting()
    remembered.answer(history, (kind, QUESTION), make)
    for fact in in_other_service():
        assert history.add(fact)
    assert remembered.answer(history, (kind, QUESTION), make) == 1


def test_a_refusal_is_on_the_wall_only() -> None:
    """Each answer rests on its own kinds of facts."""
    remembered, history = AnswerCache(), History([deployed(1, 20)])
    wall, stream = Counting(), Counting()
    told: tuple[Fact, ...] = (weakness(), refusal())
    for fact in told:
        remembered.answer(history, ASKED, stream)
        remembered.answer(history, ("wall", QUESTION), wall)
        history.add(fact)
    remembered.answer(history, ASKED, stream)
    remembered.answer(history, ("wall", QUESTION), wall)
    assert (stream.times, wall.times) == (1, 3)


def test_a_cause_elsewhere_asks_again() -> None:
    """An incident of another service does not bear on this one; a deployment there that ours names does."""
    remembered, history, make = AnswerCache(), History([deployed(1, 20)]), Counting()
    elsewhere = in_other_service()
    cause, incident = elsewhere[0], next(fact for fact in elsewhere if isinstance(fact, Incident))
    remembered.answer(history, ASKED, make)
    history.add(incident)
    assert remembered.answer(history, ASKED, make) == 1
    history.add(slow(QUESTION.place, cause.id))
    assert remembered.answer(history, ASKED, make) == 2
    history.add(cause)
    assert remembered.answer(history, ASKED, make) == 3


def test_what_was_not_asked_for_long_is_forgotten() -> None:
    """So that memory has an end; what is asked again stays."""
    remembered, history, make = AnswerCache(most=2), History(), Counting()
    for kind in ("a", "b", "a", "c", "a"):
        remembered.answer(history, (kind, QUESTION), make)
    assert make.times == 3
    remembered.answer(history, ("b", QUESTION), make)
    assert make.times == 4
