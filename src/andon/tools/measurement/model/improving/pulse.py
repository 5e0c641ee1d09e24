"""The pulse of the people who work here: one question, one answer from 1 to 5 a person a week, and never a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor, StreamId, stream
from andon.kernel.refusal import CommandRefused
from andon.tools.measurement.model.improving.words import words_in

KIND = "pulse"
PULSE_STREAM: StreamId = stream(KIND, "people")
#: who the ledger says answered: everybody is this one
PEOPLE = Actor("andon/pulse")
QUESTION = "How well can you do your work here?"
LOWEST, HIGHEST = 1, 5
#: fewer answers than these could be told apart
FEWEST_SHOWN = 3
_LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The question, and what was answered in the newest week."""

    question: str = QUESTION
    #: "2026-W48"; "" before the first answer
    week: str = ""
    #: voice and score
    answers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseQuestionChosen:
    """People are asked this from now on."""

    question: str

    def evolve(self, state: Pulse) -> Pulse:
        return replace(state, question=self.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseAnswered:
    """Somebody answered; who it was is nowhere."""

    #: "2026-W48"
    week: str
    #: the same for all answers of a person in a week, another one the next week; nobody can be told from it
    voice: str
    #: 1 is worst, 5 is best
    score: int

    def evolve(self, state: Pulse) -> Pulse:
        here = state.answers if state.week == self.week else ()
        others = tuple(answer for answer in here if answer[0] != self.voice)
        return replace(state, week=self.week, answers=(*others, (self.voice, self.score)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePulseQuestion:
    """Ask another question from now on."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    question: str

    def decide(self, state: Pulse, now: datetime) -> tuple[Event[Pulse], ...]:
        question = words_in(self.question, "question")
        if not question or len(question) > _LONGEST_QUESTION:
            raise Invalid(f"A question has 1 to {_LONGEST_QUESTION} characters.")
        return () if question == state.question else (PulseQuestionChosen(question=question),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPulse:
    """Answer. A person's second answer in a week takes the place of the first."""

    needs: ClassVar[tuple[str, ...]] = ("read",)

    voice: str
    score: int

    def decide(self, state: Pulse, now: datetime) -> tuple[Event[Pulse], ...]:
        if not LOWEST <= self.score <= HIGHEST:
            raise Invalid(f"An answer is a whole number from {LOWEST} (worst) to {HIGHEST} (best), not {self.score}.")
        week = week_of(now)
        if state.week == week and (self.voice, self.score) in state.answers:
            return ()
        return (PulseAnswered(week=week, voice=self.voice, score=self.score),)


def week_of(at: datetime) -> str:
    """The week as ISO 8601 counts them: "2026-W48"."""
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


NOUN: Noun[Pulse] = Noun(
    kind=KIND,
    initial=Pulse(),
    events=(PulseQuestionChosen, PulseAnswered, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
