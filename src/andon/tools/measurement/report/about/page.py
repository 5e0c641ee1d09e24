"""The report about a subject as one HTML file: its state, its pictures, and its parts as tables."""

from __future__ import annotations

from collections.abc import Iterator

from andon.console.terminal import inert
from andon.tools.measurement.pictures.flow import (
    aging_picture,
    cumulative_picture,
    forecast_picture,
    stream_picture,
    throughput_picture,
)
from andon.tools.measurement.pictures.numbers import overlay_picture, series_of
from andon.tools.measurement.report.about.report import about, parts, source
from andon.tools.measurement.report.about.subjects import FlowReport, OverlayReport, StreamReport, SubjectReport
from andon.tools.measurement.report.origin import origin
from andon.web.charts.figure import Figure
from andon.web.charts.overlay import Series
from andon.web.charts.standalone import figure_html, standalone_from


def page(subject: SubjectReport) -> str:
    """The whole document."""
    subject = inert(subject)
    numbers = source(subject)
    return standalone_from(
        "andon.tools.measurement.report.about",
        "page.html",
        f"{subject.question.place.service}, measured",
        about=about(subject.question),
        sentence=subject.sentence,
        figures=[figure_html(figure) for figure in _figures(subject)],
        parts=[part for part in parts(subject) if not part.is_picture and (part.notes or not part.is_empty)],
        origin=list(origin(numbers)) if numbers else [],
        troubles=numbers.troubles if numbers else (),
    )


def _figures(subject: SubjectReport) -> Iterator[Figure]:
    """The pictures that the page of the same subject has."""
    if isinstance(subject, StreamReport):
        if subject.value_stream.n:
            yield stream_picture(subject.value_stream)
    elif isinstance(subject, FlowReport):
        yield from _flow(subject)
    elif isinstance(subject, OverlayReport):
        yield overlay_picture(subject.overlay, _line(subject))


def _flow(subject: FlowReport) -> Iterator[Figure]:
    if subject.flow.aging:
        yield aging_picture(subject.flow)
    yield cumulative_picture(subject.flow)
    yield throughput_picture(subject.flow)
    forecast = forecast_picture(subject.flow)
    if forecast:
        yield forecast


def _line(subject: OverlayReport) -> Series | None:
    """The trend of the metric that it is laid over, where it has values."""
    trends = (one for one in subject.numbers.trends if one.metric == subject.over)
    return next((series_of(one) for one in trends if any(point.value is not None for point in one.points)), None)
