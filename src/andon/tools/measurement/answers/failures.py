"""Which deployments went wrong, as the change fail rate of the same question has it."""

from __future__ import annotations

from itertools import takewhile
from operator import attrgetter

from andon.tools.measurement.answers.numbers import case_of, one_metric
from andon.tools.measurement.model.facts import FactId
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question


def failed(history: History, question: Question) -> dict[FactId, str]:
    """With how that is known. Errors: Invalid for a definition that nobody knows."""
    metric, _ = one_metric(history, question, "change-fail-rate")
    return {row.fact: row.why for row in takewhile(attrgetter("value"), metric.counted)}


def failures_are_reported(history: History, question: Question) -> bool:
    """Would anybody have told of a failure there? Errors: Invalid for a definition that nobody knows."""
    return case_of(history, question).tells_failures
