"""Kaizen: what is being tried, which number should move, and whether it did; and how people find their work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from andon.kernel.words import plural
from andon.tools.measurement.answers.numbers import one_metric
from andon.tools.measurement.model.facts import Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.kaizen import PlanImprovement
from andon.tools.measurement.model.metric import Metric, Question, Window
from andon.tools.measurement.model.metric_query import MetricQuery, question_of
from andon.tools.measurement.model.numbers.dora import METRICS
from andon.tools.measurement.pages.selection import PageSelection, selection_of
from andon.tools.measurement.people import ImprovementRecord, Improvements, Pulses
from andon.tools.measurement.pictures.numbers import known_part
from andon.tools.measurement.pictures.people import improvement_picture, pulse_picture
from andon.tools.measurement.views import Measured
from andon.web.charts.figure import Figure
from andon.web.pages import Asked, Pages

#: an improvement's picture begins so much earlier than its plan
BEFORE = timedelta(days=60)
MOVES = ("improvement/", "pulse/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementPanel:
    """An improvement with the picture of its number."""

    record: ImprovementRecord
    picture: Figure
    #: the number as it is now, for a plan that is not over
    now: Metric


@get("/kaizen", sync_to_thread=False, include_in_schema=False)
def kaizen_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    improvements: NamedDependency[SkipValidation[Improvements]],
    pulses: NamedDependency[SkipValidation[Pulses]],
) -> Response[str]:
    """Plan, do, check, act."""
    choice = selection_of(asked, measured, pages.now)
    known = improvements.all()
    lasting = [one for one in known if not one.is_over]
    waiting = sum(one.phase == "checked" for one in lasting)
    return pages.show(
        "measurement/kaizen.html",
        asked,
        live=MOVES,
        chosen=choice,
        lasting=tuple(_tried(one, measured.history, pages.now) for one in lasting),
        over=tuple(one for one in known if one.is_over),
        metrics=_metrics(choice, measured.history),
        places=tuple(place for place in measured.history.places() if place.environment == choice.environment),
        pulses=pulses,
        weeks=pulses.weeks()[:12],
        pulse=pulse_picture(pulses.question, pulses.weeks()),
        colour="amber" if waiting else "grey",
        sentence=_sentence(len(lasting), waiting),
        may_improve=asked.who.may_give(PlanImprovement),
    )


def _sentence(lasting: int, waiting: int) -> str:
    if not lasting:
        return "No improvement is under way."
    says = f"{plural(lasting, 'improvement is', 'improvements are')} under way"
    return f"{says}; {waiting:,} {'waits' if waiting == 1 else 'wait'} for a decision." if waiting else f"{says}."


def _tried(record: ImprovementRecord, history: History, now: datetime) -> ImprovementPanel:
    assert record.aim is not None  # noqa: S101  (whatever was planned has one; for the type checker)
    begin = (record.planned_at or now) - BEFORE
    window = Window(begin=begin, end=max(now, begin + timedelta(days=1)))
    question = Question(place=record.aim.place, window=window, definition=record.aim.definition)
    _, moved = one_metric(history, question, record.aim.metric)
    recent = replace(question, window=Window(begin=window.end - record.aim.over, end=window.end))
    metric, _ = one_metric(history, recent, record.aim.metric)
    return ImprovementPanel(
        record=record, picture=improvement_picture(record, moved, known_part((moved,), window)), now=metric
    )


def _metrics(choice: PageSelection, history: History) -> tuple[Metric, ...]:
    """What can be aimed at, as it is in the first place that there is."""
    if not choice.services:
        return ()
    place = choice.place or Place(service=choice.services[0], environment=choice.environment)
    question = question_of(MetricQuery(), place, choice.now)
    return tuple(one_metric(history, question, name)[0] for name in METRICS)


HANDLERS = (kaizen_page,)
