"""The pulse as a noun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid
from andon.tools.measurement.model.improving.pulse import NOUN, AnswerPulse, ChoosePulseQuestion, week_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_second_answer_takes_the_place_of_the_first() -> None:
    """One answer a person a week; who thinks better of it may say so."""
    state = NOUN.initial
    for score in (2, 4, 4):
        state = fold(state, AnswerPulse(voice="v", score=score).decide(state, NOW))
    assert state.answers == (("v", 4),)


def test_the_next_week_begins_anew() -> None:
    """Weeks as ISO 8601 counts them."""
    state = fold(NOUN.initial, AnswerPulse(voice="v", score=2).decide(NOUN.initial, NOW))
    state = fold(state, AnswerPulse(voice="w", score=3).decide(state, NOW + timedelta(days=7)))
    assert (state.week, state.answers) == ("2026-W49", (("w", 3),))
    assert week_of(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_of_five(score: int) -> None:
    """Said in words."""
    with pytest.raises(Invalid, match="from 1 \\(worst\\) to 5 \\(best\\)"):
        AnswerPulse(voice="v", score=score).decide(NOUN.initial, NOW)


def test_the_question_is_chosen_once() -> None:
    """The same question again is no event; an empty one is none at all."""
    state = fold(NOUN.initial, ChoosePulseQuestion(question="  How was\nit? ").decide(NOUN.initial, NOW))
    assert state.question == "How was it?"
    assert ChoosePulseQuestion(question="How was it?").decide(state, NOW) == ()
    with pytest.raises(Invalid):
        ChoosePulseQuestion(question=" ").decide(state, NOW)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 5), st.integers(0, 3))))
def test_each_voice_counts_once_a_week(answers: list[tuple[str, int, int]]) -> None:
    """Against a dictionary for the newest week."""
    state, plain, newest = NOUN.initial, dict[str, int](), ""
    for voice, score, days in answers:
        now = NOW + timedelta(days=2 * days)
        if week_of(now) != newest:
            plain, newest = {}, week_of(now)
        plain[voice] = score
        state = fold(state, AnswerPulse(voice=voice, score=score).decide(state, now))
        assert dict(state.answers) == plain
