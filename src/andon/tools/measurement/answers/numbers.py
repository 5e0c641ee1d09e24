"""The numbers of a place: DORA's five and two beside them, each with its trend."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.answers.fact_version import fact_version
from andon.tools.measurement.model.facts import Change, Flip, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Metric, Question, Window
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.dora import METRICS
from andon.tools.measurement.model.numbers.place_history import PlaceHistory
from andon.tools.measurement.model.numbers.trend import Trend

#: answers about so many deployments are kept for a history; the oldest goes first
KEPT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What can be said about a place in a window."""

    question: Question
    metrics: tuple[Metric, ...]
    #: one a metric, in the same order
    trends: tuple[Trend, ...]
    #: about all of them
    notes: tuple[str, ...] = ()


class _Answer:
    """A question's facts, and the numbers that were worked out of them."""

    def __init__(self, case: Case, state: Hashable) -> None:
        self.case = case
        self.state = state
        self.done: dict[str, tuple[Metric, Trend]] = {}

    @property
    def size(self) -> int:
        """How many deployments it is about; an answer about none takes some room too."""
        return len(self.case.span) + 100

    def metric(self, name: str) -> tuple[Metric, Trend]:
        """One of them."""
        if name not in self.done:
            self.done[name] = METRICS[name](self.case)
        return self.done[name]


class _Known:
    """What was worked out of a history, which holds until something is reported that bears on it.

    Places are followed, so that a new deployment costs itself and not the whole history; answers are kept as long as no
    deployment, incident or change of their service was reported since; nor, where changes are known, a commit.
    """

    def __init__(self) -> None:
        self.places: dict[Place, PlaceHistory] = {}
        self.answers: dict[Question, _Answer] = {}
        self._size = 0

    def answer(self, history: History, question: Question) -> _Answer:
        """What is known, or a beginning."""
        followed = self.places.get(question.place)
        if followed is None:
            followed = self.places[question.place] = PlaceHistory(history, question.place)
        followed.bring_up(history)
        service = question.place.service
        *_, changes = history.state(service, Change)
        # by which commit a change landed may be reported after the change
        state = (
            followed.begun,
            changes,
            followed.commits if changes else 0,
            fact_version(history, service, (Incident, Flip)),
        )
        kept = self.answers.get(question)
        if kept is None or kept.state != state:
            self._forget(question)
            kept = self.answers[question] = _Answer(Case(history, question, followed), state)
            self._size += kept.size
            while self._size > KEPT and len(self.answers) > 1:
                self._forget(next(iter(self.answers)))
        return kept

    def _forget(self, question: Question) -> None:
        gone = self.answers.pop(question, None)
        self._size -= gone.size if gone else 0


def numbers(history: History, question: Question) -> Numbers:
    """All metrics of a place. Errors: Invalid for a definition that nobody knows."""
    answer = history.cache(_Known).answer(history, question)
    pairs = [answer.metric(name) for name in METRICS]
    return Numbers(
        question=question,
        metrics=tuple(metric for metric, _ in pairs),
        trends=tuple(trend for _, trend in pairs),
        notes=(answer.case.definition.words,),
    )


def one_metric(history: History, question: Question, metric: str) -> tuple[Metric, Trend]:
    """One of them. Errors: Invalid for a metric or definition that nobody knows."""
    if metric not in METRICS:
        hint = did_you_mean(metric, METRICS) or f"Known here: {', '.join(METRICS)}."
        raise Invalid(f'"{metric[:80]}" is no number that is measured here. {hint}')
    return history.cache(_Known).answer(history, question).metric(metric)


def overview(
    history: History,
    window: Window,
    definition: str = "dora",
    as_of: datetime | None = None,
    environment: EnvironmentName | None = None,
) -> tuple[Numbers, ...]:
    """The numbers of every place, or of every place of one environment."""
    return tuple(
        numbers(history, Question(place=place, window=window, definition=definition, as_of=as_of))
        for place in history.places()
        if environment is None or place.environment == environment
    )


def case_of(history: History, question: Question) -> Case:
    """The facts of a question with what was made of them, for answers that must agree with its numbers.

    Errors: Invalid for a definition that nobody knows.
    """
    return history.cache(_Known).answer(history, question).case
