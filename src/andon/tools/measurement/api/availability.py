"""Availability over HTTP: planned systems, error budgets, and how available a place was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from andon.kernel.errors import Invalid, Problem
from andon.tools.measurement.answers.availability_answer import (
    AvailabilityAnswer,
    AvailabilityQuestion,
    availability_answer,
    of_the_period,
)
from andon.tools.measurement.api.metric_query import question_in
from andon.tools.measurement.model.metric import Question
from andon.tools.measurement.model.metric_query import MetricQuery
from andon.tools.measurement.views import Measured


@get("/api/v1/measurement/availability", sync_to_thread=False)
def show_availability(  # noqa: PLR0913, PLR0917  (the words of an address)
    asking: NamedDependency[MetricQuery],
    measured: NamedDependency[Measured],
    now: NamedDependency[datetime],
    system: FromQuery[str] = "",
    target: FromQuery[str] = "",
    period: FromQuery[str] = "",
) -> AvailabilityAnswer:
    """A planned system, the error budget of a target, and with a service named how available that was."""
    if asking != MetricQuery() and not asking.service:
        raise Invalid(Problem(where="service", message="environment and time belong to one.", remedy="Name a service."))
    if period and not (target or asking.service):
        raise Invalid(Problem(where="target", message="a period belongs to one.", remedy="Such as target=99.9."))
    words = AvailabilityQuestion(system=system, target=target, period=period)
    question = asked_question(asking, words, measured, now) if asking.service else None
    return availability_answer(words, measured.history, question)


def asked_question(asking: MetricQuery, words: AvailabilityQuestion, measured: Measured, now: datetime) -> Question:
    """About the period of the budget, where no days are named; never about time to come. Errors: Invalid, NotFound."""
    question = question_in(asking, measured, now)
    question = replace(question, as_of=min(question.as_of or now, now))
    return question if asking.begin else of_the_period(question, words)


HANDLERS = (show_availability,)
