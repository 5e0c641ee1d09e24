"""The API of improvements: plan, do, check, act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from andon.kernel.errors import Invalid, Problem
from andon.standards.durations import parse_duration
from andon.tools.measurement.answers.aimed_metric import AimedMetric
from andon.tools.measurement.answers.numbers import one_metric
from andon.tools.measurement.api.metric_query import question_in
from andon.tools.measurement.improving import LONGEST, USUAL, Improving, Plan
from andon.tools.measurement.model.improving.kaizen import (
    BeginImprovement,
    CheckImprovement,
    DropImprovement,
    KeepImprovement,
    PlanImprovement,
)
from andon.tools.measurement.model.improving.target import target_in
from andon.tools.measurement.model.metric_query import MetricQuery, instant
from andon.tools.measurement.people import ImprovementRecord, Improvements
from andon.tools.measurement.views import Measured
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImprovement:
    """What to try, and which number it should move, where, to what, by when."""

    title: str
    #: "change-lead-time"
    metric: str
    #: "8h", "15 %", "3 a week"; a number is in the metric's own unit: seconds, a share of 1, times a day
    target: str | float
    #: a date, or RFC 3339
    by: str
    because: str = ""
    service: str = ""
    environment: str = ""
    definition: str = ""
    #: how much time the number is measured over: "30d"
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned, in a sentence or a few."""

    learned: str


@get("/api/v1/measurement/improvements", sync_to_thread=False)
def list_improvements(improvements: NamedDependency[SkipValidation[Improvements]]) -> list[ImprovementRecord]:
    """Every improvement, the newest first."""
    return list(improvements.all())


@get("/api/v1/measurement/improvements/{number:int}", sync_to_thread=False)
def show_improvement(
    number: FromPath[int], improvements: NamedDependency[SkipValidation[Improvements]]
) -> ImprovementRecord:
    """One improvement, with every check of its number."""
    return improvements.one(number)


@post("/api/v1/measurement/improvements", opt={"gives": PlanImprovement})
async def plan_improvement(
    data: JSONBody[NewImprovement],
    who: NamedDependency[Who],
    measured: NamedDependency[Measured],
    improving: NamedDependency[SkipValidation[Improving]],
    now: NamedDependency[datetime],
) -> ImprovementRecord:
    """Plan: what the number is now is measured and recorded; at the date it is measured again by itself."""
    plan = plan_in(data, measured, now)
    return await improving.plan(plan, by=who)


def plan_in(data: NewImprovement, measured: Measured, now: datetime) -> Plan:
    """What is meant. Errors: Invalid, NotFound."""
    asking = MetricQuery(service=data.service, environment=data.environment, definition=data.definition)
    question = question_in(asking, measured, now)
    target = data.target
    if isinstance(target, str):
        metric, _ = one_metric(measured.history, question, data.metric)
        target = target_in(target, metric.unit)
    return Plan(
        title=data.title,
        because=data.because,
        number=AimedMetric(metric=data.metric, place=question.place, definition=question.definition),
        target=target,
        by=instant(data.by, "by"),
        over=_over(data.over),
    )


def _over(text: str) -> timedelta:
    """Errors: Invalid, with what is meant and how it is written."""
    if not text:
        return USUAL
    try:
        return parse_duration(text, LONGEST)
    except Invalid as error:
        raise Invalid(
            Problem(where="over", message=error.problems[0].message, remedy='Write days as "90d", hours as "12h".')
        ) from None


@post("/api/v1/measurement/improvements/{number:int}/do", opt={"gives": BeginImprovement})
async def begin_improvement(
    number: FromPath[int], who: NamedDependency[Who], improving: NamedDependency[SkipValidation[Improving]]
) -> ImprovementRecord:
    """Do: it begins now."""
    return await improving.ask(number, BeginImprovement(), by=who)


@post("/api/v1/measurement/improvements/{number:int}/check", opt={"gives": CheckImprovement})
async def check_improvement(
    number: FromPath[int], who: NamedDependency[Who], improving: NamedDependency[SkipValidation[Improving]]
) -> ImprovementRecord:
    """Check: measure its number now."""
    return await improving.ask(number, CheckImprovement(), by=who)


@post("/api/v1/measurement/improvements/{number:int}/keep", opt={"gives": KeepImprovement})
async def keep_improvement(
    number: FromPath[int],
    data: JSONBody[Learned],
    who: NamedDependency[Who],
    improving: NamedDependency[SkipValidation[Improving]],
) -> ImprovementRecord:
    """Act: the new way stays."""
    return await improving.ask(number, KeepImprovement(learned=data.learned), by=who)


@post("/api/v1/measurement/improvements/{number:int}/drop", opt={"gives": DropImprovement})
async def drop_improvement(
    number: FromPath[int],
    data: JSONBody[Learned],
    who: NamedDependency[Who],
    improving: NamedDependency[SkipValidation[Improving]],
) -> ImprovementRecord:
    """Act: leave it; what was learned stays."""
    return await improving.ask(number, DropImprovement(learned=data.learned), by=who)


HANDLERS = (
    list_improvements,
    show_improvement,
    plan_improvement,
    begin_improvement,
    check_improvement,
    keep_improvement,
    drop_improvement,
)
