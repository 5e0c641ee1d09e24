"""The numbers of a place: DORA's five and two beside them, each with its trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.model.definitions import definition
from andon.tools.measurement.model.dora import METRICS
from andon.tools.measurement.model.facts import Change, Incident, Place
from andon.tools.measurement.model.followed import Followed, Scene
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Metric, Question, Window
from andon.tools.measurement.model.trend import Trend

#: so many answers are kept for a history; the oldest goes first
KEPT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What can be said about a place in a window."""

    question: Question
    metrics: tuple[Metric, ...]
    #: one a metric, in the same order
    trends: tuple[Trend, ...]
    #: about all of them
    notes: tuple[str, ...] = ()


class _Known:
    """What was worked out of a history and holds until something is told that bears on it."""

    def __init__(self) -> None:
        self.places: dict[Place, Followed] = {}
        self.answers: dict[tuple[str, Question], tuple[tuple[int, ...], Metric, Trend]] = {}


_KNOWN: WeakKeyDictionary[History, _Known] = WeakKeyDictionary()


def numbers(history: History, question: Question) -> Numbers:
    """All metrics of a place. Errors: Invalid for a definition that nobody knows."""
    pairs = [_answer(history, question, name) for name in METRICS]
    return Numbers(
        question=question,
        metrics=tuple(metric for metric, _ in pairs),
        trends=tuple(trend for _, trend in pairs),
        notes=(definition(question.definition).words,),
    )


def one_metric(history: History, question: Question, metric: str) -> tuple[Metric, Trend]:
    """One of them. Errors: Invalid for a metric or definition that nobody knows."""
    if metric not in METRICS:
        hint = did_you_mean(metric, METRICS) or f"Known here: {', '.join(METRICS)}."
        raise Invalid(f'"{metric[:80]}" is no number that is measured here. {hint}')
    return _answer(history, question, metric)


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


def _answer(history: History, question: Question, name: str) -> tuple[Metric, Trend]:
    known = _KNOWN.setdefault(history, _Known())
    followed = known.places.get(question.place)
    if followed is None:
        followed = known.places[question.place] = Followed(history, question.place)
    followed.bring_up()
    state = (followed.begun, *history.state(question.place, Incident, Change))
    kept = known.answers.get((name, question))
    if kept is None or kept[0] != state:
        while len(known.answers) >= KEPT * len(METRICS):
            del known.answers[next(iter(known.answers))]
        kept = known.answers[name, question] = (state, *METRICS[name](Scene(history, question, followed)))
    return kept[1], kept[2]
