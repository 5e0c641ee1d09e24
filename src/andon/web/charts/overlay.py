"""Deployments, flips and incidents on one axis of time, over any number or none: what happened when it moved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.words import plural
from andon.web.charts.calendar import calendar_of, minute, span
from andon.web.charts.figure import About, Figure, FigureCell, FigureTable, LegendEntry, Unit
from andon.web.charts.gaps import gaps
from andon.web.charts.happenings import Happenings
from andon.web.charts.lanes import happened_legend, happened_rows
from andon.web.charts.plot import Plot
from andon.web.charts.points import Point, known, line, stretches, within
from andon.web.charts.scale import scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, stretched, way
from andon.web.charts.units import NO_DATA, reach, whole

HEIGHT = 180
#: up to so many points have a dot with words for the pointer
EACH = 200
#: up to so many happenings, and so many values, are listed in the table
ROWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of values in time."""

    #: "Error rate"
    words: str
    unit: Unit
    points: Sequence[Point]


def overlay(about: About, series: Series | None, what: Happenings) -> Figure:
    """Lanes of deployments and flips, bands of incidents, and `series` under them when there is one."""
    points = series.points if series else ()
    calendar = calendar_of(about, (*(point.at for point in points), *what.instants()))
    shown = within(points, calendar)
    scale = scale_of(known(shown), series.unit, about.scale) if series else None
    plot = Plot(calendar=calendar, scale=scale, height=HEIGHT if series else 0, over=what)
    says = about.says or _says(about, series, shown, plot)
    return Figure(
        title=about.title,
        says=says,
        svg=plot.drawn(about, says, _values(series, shown, plot) if series else ""),
        table=_table(series, shown, what),
        legend=(*_legend(series, shown), *happened_legend(what)),
        series_url=about.series_url,
    )


def _legend(series: Series | None, points: Sequence[Point]) -> tuple[LegendEntry, ...]:
    if series is None:
        return ()
    open_ends = any(point.value is None for point in points)
    return (entry("line", series.words), *((entry("nodata", NO_DATA),) if open_ends else ()))


def _values(series: Series, points: Sequence[Point], plot: Plot) -> str:
    """The line, and dots where there are few or where one stands alone."""
    alone = {run[0][0] for run in stretches(points) if len(run) == 1}
    drawn = stretched(HEIGHT, way("line", line(points, plot.calendar, plot.scale, HEIGHT)))
    drawn += gaps([point.at for point in points], [point.value is not None for point in points], plot)
    return drawn + "".join(
        disc("dot", (plot.calendar.share(point.at), plot.down(point.value)), 2.5, _told(series, point.at, point.value))
        for point in points
        if point.value is not None and (len(points) <= EACH or point.at in alone)
    )


def _told(series: Series, at: datetime, value: float) -> str:
    return f"{minute(at)}: {whole(value, series.unit)}"


def _says(about: About, series: Series | None, points: Sequence[Point], plot: Plot) -> str:
    what, calendar = plot.over, plot.calendar
    failed = sum(one.failed for one in what.deployments)
    counts = (
        f"{plural(len(what.deployments), 'deployment')} ({failed:,} failed), {plural(len(what.flips), 'flip')} "
        f"and {plural(len(what.incidents), 'incident')} {span(calendar)}"
    )
    if series is None:
        return f"{about.title}: {counts}."
    between = reach([point.value for point in points if point.value is not None], series.unit)
    return f"{series.words[:1].upper()}{series.words[1:]} ({between}) with {counts}."


def _table(series: Series | None, points: Sequence[Point], what: Happenings) -> FigureTable:
    """What happened and the values beside it, in time; of more than `ROWS` of either the newest."""
    told = happened_rows(what)
    rows: list[tuple[datetime, tuple[str | FigureCell, ...]]] = [
        (at, (minute(at), kind, FigureCell(words=name, link=link), until))
        for at, kind, name, until, link in told[-ROWS:]
    ]
    if series:
        rows += [(p.at, (minute(p.at), series.words, whole(p.value, series.unit), "")) for p in points[-ROWS:]]
    rows.sort(key=lambda row: row[0])
    older = max(len(told) - ROWS, 0) + max(len(points) - ROWS, 0)
    note = f"The newest are listed; {older:,} older ones are in the picture." if older else ""
    return FigureTable(columns=("When", "What", "Which", "Until"), rows=tuple(row for _, row in rows), note=note)
