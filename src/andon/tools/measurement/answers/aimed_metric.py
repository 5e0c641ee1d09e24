"""The number that an improvement should move, measured once."""

from __future__ import annotations

from dataclasses import dataclass

from andon.tools.measurement.answers.numbers import one_metric
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.improvement import Reading
from andon.tools.measurement.model.metric import Question, Unit, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedMetric:
    """Which number, where, by whose definition."""

    metric: str
    place: Place
    definition: str


def reading(history: History, number: AimedMetric, window: Window) -> tuple[Unit, Reading]:
    """What it was in the window, without what happened after it. Errors: Invalid for a metric that nobody knows."""
    question = Question(place=number.place, window=window, definition=number.definition, as_of=window.end)
    metric, _ = one_metric(history, question, number.metric)
    read = Reading(value=metric.value, n=metric.n, window=window, low=metric.low, high=metric.high, notes=metric.notes)
    return metric.unit, read
