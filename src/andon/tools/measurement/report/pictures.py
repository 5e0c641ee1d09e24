"""The pictures of a number: how it went, and every single thing behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from andon.tools.measurement.answers.records import MetricSummary, NumbersReport
from andon.tools.measurement.model.metric import Evidence
from andon.web.charts.figure import About, Figure
from andon.web.charts.levels import Level
from andon.web.charts.points import Point
from andon.web.charts.scatter import Dot, scatter
from andon.web.charts.trend import trend

#: units as pictures know them; what else there is stands behind the number as it is
_UNITS = {"seconds": "seconds", "ratio": "ratio", "per day": "per day", "count": "count"}


def pictures(metric: MetricSummary, rows: Sequence[Evidence], it: NumbersReport) -> Iterator[Figure]:
    """None for a number without data."""
    if metric.value is None:
        return
    end = it.question.end
    unit = _UNITS.get(metric.unit, metric.unit)
    went = it.trend(metric.id)
    if went and len(went.points) > 1:
        about = About(
            title=f"{metric.title} over time", unit=unit, things=metric.sample, begin=went.points[0].begin, end=end
        )
        yield trend(about, [Point(at=point.begin, value=point.value, n=point.n) for point in went.points])
    dots = [_dot(row) for row in rows if row.value is not None]
    if dots and metric.spread:
        begin = min(it.question.begin, *(dot.at for dot in dots))
        about = About(title=f"Each of the {metric.sample}", unit=unit, things=metric.sample, begin=begin, end=end)
        levels = (Level(words="p50", value=metric.spread.median), Level(words="p85", value=metric.spread.p85))
        yield scatter(about, dots, levels)


def _dot(row: Evidence) -> Dot:
    return Dot(at=row.at, value=row.value or 0.0, name=row.name, link=row.link)
