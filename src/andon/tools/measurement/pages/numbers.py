"""Numbers: every place at a glance, one place whole, and the evidence behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from litestar import Response, get
from litestar.di import NamedDependency

from andon.kernel.errors import NotFound
from andon.kernel.ids import ServiceName
from andon.kernel.words import plural
from andon.tools.measurement.answers.numbers import Numbers, numbers, one_metric
from andon.tools.measurement.answers.overlay import incidents_at
from andon.tools.measurement.model.facts import Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Evidence, Metric, Window
from andon.tools.measurement.model.metric_query import DEFINITION
from andon.tools.measurement.model.numbers.definitions import DEFINITIONS
from andon.tools.measurement.pages.selection import PageSelection, empty_page, number_in, selection_of, word_in
from andon.tools.measurement.pages.wording import (
    Compared,
    compared,
    date_word,
    glossary,
    how_often,
    part_words,
    sentence,
)
from andon.tools.measurement.pictures.numbers import each_picture, known_part, metric_picture, small_picture
from andon.tools.measurement.views import Measured
from andon.web.charts.figure import Figure
from andon.web.pages import Asked, Pages

ROWS = 100  #: of evidence on one page
#: what the table of places shows, and what tells definitions apart
GLANCE = ("change-lead-time", "deployment-frequency", "change-fail-rate", "failed-deployment-recovery-time")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPanel:
    """One number as the page shows it."""

    metric: Metric
    picture: Figure
    compared: Compared
    #: what words of its definition mean: word and meaning
    words: tuple[tuple[str, str], ...]
    #: address of the rows behind it
    evidence: str
    #: rows that were left out
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMetrics:
    """One place in the table of places."""

    service: ServiceName
    #: those of GLANCE
    metrics: tuple[Metric, ...]
    picture: Figure
    address: str
    open: tuple[Incident, ...]


@get("/numbers", sync_to_thread=False, include_in_schema=False)
def numbers_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], measured: NamedDependency[Measured]
) -> Response[str]:
    """All places, or the one that is chosen."""
    choice = selection_of(asked, measured, pages.now)
    if not choice.services:
        return empty_page(pages, asked, choice)
    if choice.place is None:
        return _places(pages, asked, choice, measured.history)
    found = numbers(measured.history, choice.question)
    before = _before(measured.history, choice)
    shown = tuple(_panel(choice, found, before, number) for number in range(len(found.metrics)))
    troubles = _open(measured.history, choice)
    return pages.show(
        "measurement/numbers.html",
        asked,
        chosen=choice,
        numbers=found,
        shown=shown,
        colour=_colour(shown, troubles),
        sentence=sentence(found),
        troubles=troubles,
        definitions=tuple(DEFINITIONS.values()),
        definition=DEFINITIONS[choice.question.definition],
        others=_others(measured.history, choice),
    )


def _places(pages: Pages, asked: Asked, choice: PageSelection, history: History) -> Response[str]:
    rows = tuple(_row(choice, history, service) for service in choice.services)
    troubles = sum(len(row.open) for row in rows)
    return pages.show(
        "measurement/places.html",
        asked,
        chosen=choice,
        rows=rows,
        colour="red" if troubles else "grey",
        sentence=_places_sentence(rows, choice, troubles),
        deployments=sum(row.metrics[1].n for row in rows),
        definitions=tuple(DEFINITIONS.values()),
    )


def _places_sentence(rows: Sequence[ServiceMetrics], choice: PageSelection, troubles: int) -> str:
    most, service, often = max(
        ((len(row.metrics[1].counted), row.service, row.metrics[1]) for row in rows), key=lambda one: one[:2]
    )
    reach = f"{plural(len(rows), 'service')} in {choice.environment}"
    times = how_often(often.value) if often.unit == "per day" and often.value else plural(most, "time")
    busiest = f"; {service} the most often, {times}" if most else "; none was deployed in this time"
    trouble = f" {plural(troubles, 'incident is', 'incidents are')} open." if troubles else ""
    return f"{reach}{busiest}.{trouble}"


def _row(choice: PageSelection, history: History, service: ServiceName) -> ServiceMetrics:
    here = replace(choice, place=Place(service=service, environment=choice.environment))
    found = [one_metric(history, here.question, id_) for id_ in GLANCE]
    return ServiceMetrics(
        service=service,
        metrics=tuple(metric for metric, _ in found),
        picture=small_picture(found[1][1], choice.window),
        address=choice.to(service=service),
        open=_open(history, here),
    )


def _open(history: History, choice: PageSelection) -> tuple[Incident, ...]:
    known = incidents_at(history, choice.question.place, choice.question.as_of)
    return tuple(incident for incident in known if not (incident.resolved_at or incident.mitigated_at))


def _before(history: History, choice: PageSelection) -> Numbers:
    """The same of the time before."""
    question = choice.question
    begin = question.window.begin - (question.window.end - question.window.begin)
    return numbers(history, replace(question, window=Window(begin=begin, end=question.window.begin)))


def _panel(choice: PageSelection, found: Numbers, before: Numbers, number: int) -> MetricPanel:
    metric = found.metrics[number]
    return MetricPanel(
        metric=metric,
        words=glossary((metric.definition, *(one.reason for one in metric.excluded))),
        picture=metric_picture(metric, found.trends[number], known_part(found.trends, choice.window)),
        compared=compared(metric, before.metrics[number], max(round(choice.window.days), 1)),
        evidence=choice.to("/numbers/evidence", metric=metric.id),
        left_out=sum(len(one.rows) for one in metric.excluded),
    )


def _colour(shown: Sequence[MetricPanel], troubles: Sequence[Incident]) -> str:
    """Red: an incident is open. Amber: a number got clearly worse. Otherwise nobody judges, and the lamp is grey."""
    if troubles:
        return "red"
    return "amber" if any(one.compared.drift == "worse" for one in shown) else "grey"


def _others(history: History, choice: PageSelection) -> tuple[tuple[str, str, str, tuple[Metric, ...]], ...]:
    """The same facts by every definition: name, title, address, and the metrics that differ."""
    question = choice.question
    return tuple(
        (
            one.name,
            one.title,
            choice.to(definition="" if one.name == DEFINITION else one.name),
            tuple(one_metric(history, replace(question, definition=one.name), id_)[0] for id_ in GLANCE),
        )
        for one in DEFINITIONS.values()
    )


@get("/numbers/evidence", sync_to_thread=False, include_in_schema=False)
def evidence_page(
    pages: NamedDependency[Pages], asked: NamedDependency[Asked], measured: NamedDependency[Measured]
) -> Response[str]:
    """The rows that were counted for a number, or those left out for one reason. Errors: NotFound, Invalid."""
    choice = selection_of(asked, measured, pages.now)
    if choice.place is None:
        raise NotFound("Evidence is about one service. Choose one on the page of numbers.")
    metric, _ = one_metric(measured.history, choice.question, word_in(asked.query, "metric"))
    part, first = number_in(asked.query, "excluded", 0, least=0), number_in(asked.query, "first", 1)
    rows: Sequence[Evidence] = metric.counted
    if part > len(metric.excluded):
        raise NotFound(f"{metric.title} leaves things out for {plural(len(metric.excluded), 'reason')} only.")
    if part:
        rows = metric.excluded[part - 1].rows
    here = choice.to(metric=metric.id)
    return pages.show(
        "measurement/evidence.html",
        asked,
        chosen=choice,
        metric=metric,
        part=part,
        rows=rows[first - 1 : first - 1 + ROWS],
        total=len(rows),
        first=first,
        last=min(first - 1 + ROWS, len(rows)),
        size=ROWS,
        picture=None
        if part
        else each_picture(metric, choice.window, choice.to("/numbers/evidence/series", metric=metric.id)),
        sorts=(("", len(metric.counted)), *((one.reason, len(one.rows)) for one in metric.excluded)),
        here=here,
        words=glossary((metric.definition, *(one.reason for one in metric.excluded))),
        date_word=date_word(metric),
        part_words=part_words(metric),
    )


HANDLERS = (numbers_page, evidence_page)
