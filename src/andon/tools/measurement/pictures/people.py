"""Improvements and the pulse as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.numbers.trend import Trend
from andon.tools.measurement.people import ImprovementRecord, PulseWeek
from andon.tools.measurement.pictures.numbers import in_one_unit, points_of
from andon.web.charts.figure import About, Figure
from andon.web.charts.levels import Level
from andon.web.charts.overlay import Series
from andon.web.charts.points import Point
from andon.web.charts.trend import trend


def improvement_picture(improvement: ImprovementRecord, moved: Trend, window: Window) -> Figure:
    """Its number, with where it was when it was planned and where it should be."""
    lines = []
    unit, days = in_one_unit(moved.unit, (improvement.aim.target if improvement.aim else None,))
    if improvement.baseline and improvement.baseline.value is not None:
        lines.append(Level(words="before", value=improvement.baseline.value * days))
    if improvement.aim:
        lines.append(Level(words="aim", value=improvement.aim.target * days))
    title = moved.metric.replace("-", " ").capitalize()
    about = About(title=title, unit=unit, begin=window.begin, end=window.end, scale="linear")
    return trend(about, points_of(moved, days), tuple(lines))


def pulse_picture(question: str, weeks: Sequence[PulseWeek]) -> Figure | None:
    """The medians of the weeks; None before there is one."""
    points = _points(weeks)
    if not any(point.value is not None for point in points):
        return None
    return trend(About(title=question, unit="count", things="answers", scale="linear"), points)


def pulse_series(question: str, weeks: Sequence[PulseWeek]) -> Series:
    """The medians, to lay things over."""
    return Series(words=question, unit="count", points=_points(weeks))


def _points(weeks: Sequence[PulseWeek]) -> tuple[Point, ...]:
    return tuple(Point(at=monday(week.week), value=week.median, n=week.n) for week in reversed(weeks))


def monday(week: str) -> datetime:
    """When a week such as "2026-W48" begins."""
    year, _, number = week.partition("-W")
    return datetime.fromisocalendar(int(year), int(number), 1).replace(tzinfo=UTC)
