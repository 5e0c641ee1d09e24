"""Answers as pictures: what each record becomes in the words of the charts."""

from __future__ import annotations

from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.model.facts import FactId
from andon.tools.measurement.model.metric import Metric, Window
from andon.tools.measurement.model.trend import Trend
from andon.web.charts.figure import About, Figure
from andon.web.charts.happenings import Deployment, Flip, Happenings, Incident
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series, overlay
from andon.web.charts.points import Point
from andon.web.charts.sparkline import sparkline
from andon.web.charts.trend import trend


def metric_picture(metric: Metric, moved: Trend, window: Window) -> Figure:
    """A number over time, with its value across."""
    about = About(
        title=metric.title, unit=metric.unit, things=metric.sample, begin=window.begin, end=window.end, scale="linear"
    )
    lines = (Level(words="all", value=metric.value),) if metric.value is not None else ()
    return trend(about, points_of(moved), lines)


def small_picture(moved: Trend, window: Window) -> Figure:
    """The same the size of a word."""
    about = About(title=moved.metric.replace("-", " "), unit=moved.unit, begin=window.begin, end=window.end)
    return sparkline(about, points_of(moved))


def points_of(moved: Trend) -> tuple[Point, ...]:
    """For the charts."""
    return tuple(Point(at=point.begin, value=point.value, n=point.n) for point in moved.points)


def overlay_picture(found: Overlay, line: Series | None, failed: frozenset[FactId]) -> Figure:
    """What happened, under a number where one is chosen."""
    window = found.question.window
    what = Happenings(
        deployments=tuple(
            Deployment(
                at=one.finished_at,
                name=one.version or one.id,
                failed=one.id in failed or one.outcome != "success",
                link=one.link,
            )
            for one in found.deployments
        ),
        flips=tuple(Flip(at=one.at, name=f"{one.flag} {one.what}", link=one.link) for one in found.flips),
        incidents=tuple(
            Incident(begin=one.detected_at, end=one.mitigated_at or one.resolved_at, name=one.title, link=one.link)
            for one in found.incidents
        ),
    )
    about = About(
        title=line.words.capitalize() if line else "What happened",
        begin=window.begin,
        end=window.end,
        unit=line.unit if line else "count",
    )
    return overlay(about, line, what)


def series_of(moved: Trend) -> Series:
    """A number to lay things over."""
    return Series(words=moved.metric.replace("-", " "), unit=moved.unit, points=points_of(moved))
