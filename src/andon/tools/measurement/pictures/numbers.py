"""Numbers and what happened as pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from andon.tools.measurement.answers.overlay import Overlay
from andon.tools.measurement.model.metric import Metric, Window
from andon.tools.measurement.model.numbers.trend import Trend
from andon.web.charts.figure import About, Figure
from andon.web.charts.happenings import DeploymentMark, FlipMark, Happenings, IncidentMark
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series, overlay
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.sparkline import sparkline
from andon.web.charts.trend import trend
from andon.web.charts.units import rate

#: things of which each is a dot
MOST_DOTS = 20_000


def metric_picture(metric: Metric, moved: Trend, window: Window) -> Figure:
    """A number over time, with its value across."""
    unit, days = in_one_unit(metric.unit, (metric.value,))
    about = About(
        title=metric.title, unit=unit, things=metric.sample, begin=window.begin, end=window.end, scale="linear"
    )
    lines = (Level(words="all", value=metric.value * days),) if metric.value is not None else ()
    return trend(about, points_of(moved, days), lines)


def known_part(trends: Iterable[Trend], window: Window) -> Window:
    """The part of the window from the first that any of them knows: an axis of empty months tells nothing."""
    known = [point.begin for moved in trends for point in moved.points if point.value is not None]
    return replace(window, begin=max(window.begin, min(known, default=window.begin)))


def small_picture(moved: Trend, window: Window) -> Figure:
    """The same the size of a word."""
    unit, days = in_one_unit(moved.unit, (point.value for point in moved.points))
    about = About(title=moved.metric.replace("-", " "), unit=unit, begin=window.begin, end=window.end)
    return sparkline(about, points_of(moved, days))


def in_one_unit(unit: str, values: Iterable[float | None]) -> tuple[str, float]:
    """The unit of a picture, and how often it holds that of its values: frequencies are said as people say the most."""
    if unit != "per day":
        return unit, 1.0
    days, words = rate(max((value for value in values if value is not None), default=0.0))
    return words, days


def points_of(moved: Trend, times: float = 1.0) -> tuple[Point, ...]:
    """For the charts, each value so many times."""
    return tuple(
        Point(at=point.begin, value=None if point.value is None else point.value * times, n=point.n)
        for point in moved.points
    )


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
            DeploymentMark(
                at=one.finished_at,
                name=one.version or one.id,
                failed=one.id in failed or one.outcome != "success",
                link=one.link,
            )
            for one in found.deployments
        ),
        flips=tuple(FlipMark(at=one.at, name=f"{one.flag} {one.what}", link=one.link) for one in found.flips),
        incidents=tuple(
            IncidentMark(begin=one.detected_at, end=one.mitigated_at or one.resolved_at, name=one.title, link=one.link)
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
    unit, days = in_one_unit(moved.unit, (point.value for point in moved.points))
    return Series(words=moved.metric.replace("-", " "), unit=unit, points=points_of(moved, days))
