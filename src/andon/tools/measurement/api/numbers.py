"""The API of measurement: numbers with their evidence, and the answers to every other question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from andon.kernel.errors import NotFound
from andon.tools.measurement.answers.numbers import numbers, one_metric, overview
from andon.tools.measurement.answers.overlay import Overlay, overlay
from andon.tools.measurement.answers.records import (
    ROWS,
    MetricEvidence,
    NumbersReport,
    evidence_page,
    metric_summary,
    numbers_report,
)
from andon.tools.measurement.answers.wall import Wall, wall
from andon.tools.measurement.api.metric_query import question_in
from andon.tools.measurement.model.metric import Evidence, Question
from andon.tools.measurement.model.metric_query import MetricQuery, environment_of, question_of
from andon.tools.measurement.views import Measured

MOST_ROWS = 10_000


@get("/api/v1/measurement/overview", sync_to_thread=False)
def show_overview(
    asking: NamedDependency[MetricQuery],
    measured: NamedDependency[Measured],
    now: NamedDependency[datetime],
) -> list[NumbersReport]:
    """The numbers of every service in an environment; of one service, where one is named."""
    places = measured.history.places()
    environment = environment_of(asking, places, measured.environments)
    if asking.service:
        return [numbers_report(numbers(measured.history, question_in(asking, measured, now)))]
    if not places:
        return []
    asked = question_of(asking, places[0], now)
    found = overview(measured.history, asked.window, asked.definition, asked.as_of, environment)
    return [numbers_report(one) for one in found]


@get("/api/v1/measurement/numbers", sync_to_thread=False)
def show_numbers(measured: NamedDependency[Measured], question: NamedDependency[Question]) -> NumbersReport:
    """All numbers of one service in one environment, each with its definition, sample and trend."""
    return numbers_report(numbers(measured.history, question))


@get("/api/v1/measurement/evidence/{metric:str}", sync_to_thread=False)
def show_evidence(  # noqa: PLR0913, PLR0917  (which number, and which of its rows)
    metric: FromPath[str],
    measured: NamedDependency[Measured],
    question: NamedDependency[Question],
    excluded: Annotated[int, QueryParameter(ge=0, description="0: what counted; n: what the n-th reason left out")] = 0,
    first: Annotated[int, QueryParameter(ge=1)] = 1,
    most: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)] = ROWS,
) -> MetricEvidence:
    """One number with the very deployments and commits that were counted, or those that were not, and why."""
    found, trend = one_metric(measured.history, question, metric)
    if excluded > len(found.excluded):
        raise NotFound(f"{found.title} leaves things out for {len(found.excluded)} reasons only.")
    rows: Sequence[Evidence] = found.excluded[excluded - 1].rows if excluded else found.counted
    return MetricEvidence(
        metric=metric_summary(found),
        trend=trend,
        reason=found.excluded[excluded - 1].reason if excluded else "",
        evidence=evidence_page(rows, first, most),
    )


@get("/api/v1/measurement/overlay", sync_to_thread=False)
def show_overlay(measured: NamedDependency[Measured], question: NamedDependency[Question]) -> Overlay:
    """Deployments, flag flips and incidents of one service on one axis of time, and what came before each incident."""
    return overlay(measured.history, question)


@get("/api/v1/measurement/wall", sync_to_thread=False)
def show_wall(
    measured: NamedDependency[Measured],
    question: NamedDependency[Question],
    now: NamedDependency[datetime],
) -> Wall:
    """What was delivered, and how it was made: throughput, stability and security of the same deployments."""
    return wall(measured.history, question, now)


HANDLERS = (
    show_overview,
    show_numbers,
    show_evidence,
    show_overlay,
    show_wall,
)
