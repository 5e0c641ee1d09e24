"""An answer is given once while nothing new is known."""

from __future__ import annotations

from andon.tools.measurement.answers.remembered import Remembered
from andon.tools.measurement.model.history import History
from tests.tools.measurement.telling import deployed


class Counting:
    """How often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_the_same_question_is_answered_once() -> None:
    """Another question is another matter."""
    remembered, history, make = Remembered(), History(), Counting()
    assert [remembered.answer(history, "a", make), remembered.answer(history, "a", make)] == [1, 1]
    assert remembered.answer(history, "b", make) == 2


def test_a_new_fact_asks_again() -> None:
    """A fact that was known already does not."""
    remembered, history, make = Remembered(), History(), Counting()
    remembered.answer(history, "a", make)
    history.add(deployed(1, 1))
    assert remembered.answer(history, "a", make) == 2
    history.add(deployed(1, 1))
    assert remembered.answer(history, "a", make) == 2


def test_what_was_not_asked_for_long_is_forgotten() -> None:
    """So that memory has an end; what is asked again stays."""
    remembered, history, make = Remembered(most=2), History(), Counting()
    for asked in ("a", "b", "a", "c", "a"):
        remembered.answer(history, asked, make)
    assert make.times == 3
    remembered.answer(history, "b", make)
    assert make.times == 4
