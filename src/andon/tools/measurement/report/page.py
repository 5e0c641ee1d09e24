"""The report as one HTML file: works offline, prints well, both themes; every number with its pictures and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from andon.console.terminal import inert
from andon.tools.measurement.answers.records import MetricSummary, NumbersReport
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.report import words
from andon.tools.measurement.report.numbers_source import NumbersSource
from andon.tools.measurement.report.origin import origin
from andon.tools.measurement.report.pictures import pictures
from andon.web.charts.standalone import figure_html, standalone_from

#: rows of a part that are written out; the rest is counted, and is in the CSV file
ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSection:
    """What counted, or was left out for one reason."""

    #: "" for what counted
    reason: str
    total: int
    #: the first of them
    rows: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSection:
    """One number with what is behind it."""

    metric: MetricSummary
    figures: tuple[Markup, ...]
    parts: tuple[EvidenceSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSection:
    """One report."""

    it: NumbersReport
    metrics: tuple[MetricSection, ...]


def page(source: NumbersSource) -> str:
    """The whole document."""
    services = tuple(_services(source))
    names = ", ".join(service.it.question.service for service in services[:3])
    context = {"services": services, "words": words, "origin": origin, "limit": ROWS}
    return standalone_from("andon.tools.measurement.report", "report.html", f"{names} in numbers", **context)


def _services(source: NumbersSource) -> Iterator[ServiceSection]:
    for it in map(inert, source.reports()):
        metrics = tuple(_metric(source, it, metric) for metric in it.metrics)
        yield ServiceSection(it=it, metrics=metrics)


def _metric(source: NumbersSource, it: NumbersReport, metric: MetricSummary) -> MetricSection:
    if metric.value is None:
        return MetricSection(metric=metric, figures=(), parts=())
    found = source.evidence(metric.id, it.question.service, it.question.environment)
    figures: tuple[Markup, ...] = ()
    parts = []
    for part in found.parts:
        # all that counted is in the picture; of what did not, a part is written out
        rows = list(map(inert, islice(part.rows, ROWS) if part.reason else part.rows))
        if not part.reason:
            figures = tuple(map(figure_html, pictures(metric, rows, it)))
        parts.append(EvidenceSection(reason=part.reason, total=part.total, rows=tuple(rows[:ROWS])))
    return MetricSection(metric=metric, figures=figures, parts=tuple(parts))
