"""Deployments, flips and incidents on one axis of time, over any number or none: what happened when it moved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.web.charts.calendar import Calendar, calendar_of, minute, span
from andon.web.charts.figure import About, Cell, Figure, Table, Unit
from andon.web.charts.frame import (
    band_words,
    bands,
    bottom_axis,
    deployment_tick,
    happened_legend,
    happened_rows,
    value_axis,
)
from andon.web.charts.happenings import Happenings
from andon.web.charts.points import Point, known, line, stretches
from andon.web.charts.scale import scale_of
from andon.web.charts.signs import DIAMOND, entry
from andon.web.charts.svg import disc, picture, rule, shape, stretched, way, words
from andon.web.charts.units import brief, whole

LANE, PLOT = 30, 180
#: up to so many points each have a dot with words for the pointer
EACH = 200
#: up to so many rows stand in the table; the newest of each kind
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
    height = 2 * LANE + (PLOT + 16 if series else 0)
    body = bands(what.incidents, calendar, height) + band_words(what.incidents, calendar) + _lanes(what, calendar)
    if series:
        box = f'y="{2 * LANE + 16}" width="100%" height="{PLOT}" overflow="visible"'
        body += f"<svg {box}>{_values(series, calendar)}</svg>"
    body += bottom_axis(calendar.ticks(), height)
    says = about.says or _says(about, series, what, calendar)
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body, kind="plot has-lanes", size=f'width="100%" height="{height}"'),
        table=_table(series, what),
        legend=(*((entry("line", series.words),) if series else ()), *happened_legend(what)),
        series_url=about.series_url,
    )


def _lanes(what: Happenings, calendar: Calendar) -> str:
    parts = [
        words("lane", ("-8", LANE - 8), "Deployments", "end"),
        rule("grid", (0, LANE), (1, LANE)),
        words("lane", ("-8", 2 * LANE - 8), "Flips", "end"),
        rule("grid", (0, 2 * LANE), (1, 2 * LANE)),
    ]
    parts += [deployment_tick(one, calendar, LANE) for one in what.deployments if calendar.holds(one.at)]
    parts += [
        shape("flip", (calendar.share(one.at), 2 * LANE - 12), DIAMOND, f"{one.name}, {minute(one.at)}")
        for one in what.flips
        if calendar.holds(one.at)
    ]
    return "".join(parts)


def _values(series: Series, calendar: Calendar) -> str:
    scale = scale_of(known(series.points), series.unit)
    drawn = value_axis(scale, PLOT) + stretched(PLOT, way("line", line(series.points, calendar, scale, PLOT)))
    alone = {run[0][0] for run in stretches(series.points) if len(run) == 1}
    all_of_them = len(series.points) <= EACH
    for point in series.points:
        if point.value is not None and (all_of_them or point.at in alone):
            place = (calendar.share(point.at), (1 - scale.share(point.value)) * PLOT)
            drawn += disc("dot", place, 2.5, f"{minute(point.at)}: {whole(point.value, series.unit)}")
    return drawn


def _says(about: About, series: Series | None, what: Happenings, calendar: Calendar) -> str:
    failed = sum(one.failed for one in what.deployments)
    counts = (
        f"{len(what.deployments):,} deployments ({failed:,} failed), {len(what.flips):,} flips "
        f"and {len(what.incidents):,} incidents {span(calendar.begin, calendar.end)}"
    )
    if series is None:
        return f"{about.title}: {counts}."
    there = [point.value for point in series.points if point.value is not None]
    between = f"between {brief(min(there), series.unit)} and {brief(max(there), series.unit)}" if there else "no data"
    return f"{series.words} ({between}) with {counts}."


def _table(series: Series | None, what: Happenings) -> Table:
    rows: list[tuple[datetime, tuple[str | Cell, ...]]] = [
        (at, (minute(at), kind, Cell(words=name, link=link), until))
        for at, kind, name, until, link in happened_rows(what)
    ]
    points = series.points if series else ()
    if series:
        rows += [(p.at, (minute(p.at), series.words, whole(p.value, series.unit), "")) for p in points[-ROWS:]]
    rows.sort(key=lambda row: row[0])
    left = len(points) - ROWS
    note = f"The newest {ROWS} values; {left:,} older ones are drawn but not listed here." if left > 0 else ""
    return Table(columns=("When", "What", "Which", "Until"), rows=tuple(row for _, row in rows), note=note)
