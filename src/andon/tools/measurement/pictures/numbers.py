"""Numbers and what happened as pictures."""

from __future__ import annotations

from dataclasses import replace

from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.model.metric import Metric, Window
from andon.tools.measurement.model.numbers.trend import Trend
from andon.web.charts.figure import About, Figure
from andon.web.charts.happenings import Deployment, Flip, Happenings, Incident
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series, overlay
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.sparkline import sparkline
from andon.web.charts.trend import trend

#: things of which each is a dot
MOST_DOTS = 20_000


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


def overlay_picture(found: Overlay, line: Series | None, series_url: str = "") -> Figure:
    """What happened, under a number where one is chosen."""
    about = replace(about_overlay(found, line), series_url=series_url if line else "")
    return overlay(about, line, happened_in(found))


def about_overlay(found: Overlay, line: Series | None) -> About:
    """What it is called, and its time."""
    return About(
        title=line.words.capitalize() if line else "What happened",
        begin=found.question.window.begin,
        end=found.question.window.end,
        unit=line.unit if line else "count",
    )


def happened_in(found: Overlay) -> Happenings:
    """For the charts."""
    failed = frozenset(found.failed)
    return Happenings(
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


def each_picture(metric: Metric, window: Window, series_url: str) -> Figure | None:
    """Every single thing that was counted, as a dot; None where things have no values, or are too many for a page."""
    if metric.spread is None or not metric.counted or len(metric.counted) > MOST_DOTS:
        return None
    return scatter(replace(about_each(metric, window), series_url=series_url), dots_of(metric), levels_of(metric))


def about_each(metric: Metric, window: Window) -> About:
    """What it is called, and its time: the window, and what began it."""
    return About(title=f"Each of the {metric.sample}", unit=metric.unit, things=metric.sample, end=window.end)


def dots_of(metric: Metric) -> tuple[Dot, ...]:
    """What was counted, for the charts."""
    return tuple(
        Dot(at=row.at, value=row.value, name=row.name, link=row.link) for row in metric.counted if row.value is not None
    )


def levels_of(metric: Metric) -> tuple[Level, ...]:
    """p50 and p85."""
    spread = metric.spread
    return (Level(words="p50", value=spread.median), Level(words="p85", value=spread.p85)) if spread else ()


def series_of(moved: Trend) -> Series:
    """A number to lay things over."""
    return Series(words=moved.metric.replace("-", " "), unit=moved.unit, points=points_of(moved))
