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


def page(told: SubjectReport) -> str:
    """The whole document."""
    told = inert(told)
    numbers = source(told)
    return standalone_from(
        "andon.tools.measurement.report.about",
        "page.html",
        f"{told.question.place.service}, measured",
        about=about(told.question),
        sentence=told.sentence,
        figures=[figure_html(figure) for figure in _figures(told)],
        parts=[part for part in parts(told) if not part.is_picture and (part.notes or not part.is_empty)],
        origin=list(origin(numbers)) if numbers else [],
        troubles=numbers.troubles if numbers else (),
    )


def _figures(told: SubjectReport) -> Iterator[Figure]:
    """The pictures that the page of the same subject has."""
    if isinstance(told, StreamReport):
        if told.value_stream.n:
            yield stream_picture(told.value_stream)
    elif isinstance(told, FlowReport):
        yield from _flow(told)
    elif isinstance(told, OverlayReport):
        yield overlay_picture(told.overlay, _line(told))


def _flow(told: FlowReport) -> Iterator[Figure]:
    if told.flow.aging:
        yield aging_picture(told.flow)
    yield cumulative_picture(told.flow)
    yield throughput_picture(told.flow)
    forecast = forecast_picture(told.flow)
    if forecast:
        yield forecast


def _line(told: OverlayReport) -> Series | None:
    """The trend of the metric that it is laid over, where it has values."""
    trends = (one for one in told.numbers.trends if one.metric == told.over)
    return next((series_of(one) for one in trends if any(point.value is not None for point in one.points)), None)
