"""One number over time: a dot for every week or month, a line between neighbours, a gap where there is no data."""

from __future__ import annotations

from collections.abc import Sequence

from andon.web.charts.calendar import Calendar, calendar_of, day, span
from andon.web.charts.figure import About, Figure, FigureCell, FigureTable, LegendEntry
from andon.web.charts.gaps import gaps
from andon.web.charts.levels import Level
from andon.web.charts.plot import Plot, level_ends, level_entries, level_lines
from andon.web.charts.points import Point, known, line, with_first, within
from andon.web.charts.scale import scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, rule, stretched, way
from andon.web.charts.units import NO_DATA, brief, reach, whole

HEIGHT = 180
#: a value of fewer things is drawn as a ring
FEW = 5


def trend(about: About, points: Sequence[Point], lines: Sequence[Level] = ()) -> Figure:
    """How one number went: `points` in time, None where there was no data; `lines` such as a target right across."""
    calendar = calendar_of(with_first(about, points), [point.at for point in points])
    shown = within(points, calendar)
    scale = scale_of([*known(shown), *(level.value for level in lines)], about.unit, about.scale)
    plot = Plot(calendar=calendar, scale=scale, height=HEIGHT)
    marks = (
        level_lines(lines, plot)
        + "".join(_interval(point, plot) for point in shown)
        + stretched(HEIGHT, way("line", line(shown, calendar, scale, HEIGHT)))
        + "".join(_mark(point, plot, about) for point in shown if point.value is not None)
        + gaps([point.at for point in shown], [point.value is not None for point in shown], plot)
    )
    says = about.says or _says(about, shown, calendar)
    return Figure(
        title=about.title,
        says=says,
        svg=plot.drawn(about, says, marks, level_ends(lines, plot, about.unit)),
        table=_table(about, shown),
        legend=_legend(about, shown, lines),
        series_url=about.series_url,
    )


def _mark(point: Point, plot: Plot, about: About) -> str:
    value = point.value or 0.0
    count = f", {point.n:,} {about.things}" if point.n is not None else ""
    title = f"{day(point.at)}: {whole(value, about.unit)}{count}"
    is_few = point.n is not None and point.n < FEW
    return disc("few" if is_few else "dot", (plot.calendar.share(point.at), plot.down(value)), 3.25, title)


def _interval(point: Point, plot: Plot) -> str:
    if point.value is None or point.low is None or point.high is None:
        return ""
    x = plot.calendar.share(point.at)
    return rule("range", (x, plot.down(point.high)), (x, plot.down(point.low)))


def _says(about: About, points: Sequence[Point], calendar: Calendar) -> str:
    there = [point.value for point in points if point.value is not None]
    when = span(calendar)
    if not there:
        return f"{about.title} {when}: {NO_DATA}."
    missing = len(points) - len(there)
    are = "has no data and is" if missing == 1 else "have no data and are"
    gaps = f" {missing} of {len(points)} {are} left open." if missing else ""
    last = f", last {brief(there[-1], about.unit)}" if len(there) > 1 else ""
    return f"{about.title} {when}: {reach(there, about.unit)}{last}.{gaps}"


def _legend(about: About, points: Sequence[Point], lines: Sequence[Level]) -> tuple[LegendEntry, ...]:
    signs = (
        (any(p.value is not None and (p.n is None or p.n >= FEW) for p in points), "dot", "value"),
        (
            any(p.value is not None and p.n is not None and p.n < FEW for p in points),
            "few",
            f"of fewer than {FEW} {about.things}",
        ),
        (any(p.low is not None for p in points), "range", "95 % interval"),
        (any(p.value is None for p in points), "nodata", NO_DATA),
    )
    found = [*(entry(kind, words) for there, kind, words in signs if there), *level_entries(lines, about.unit)]
    # a single kind of dot needs no key: the title says what it is
    return tuple(found) if len(found) > 1 else ()


def _table(about: About, points: Sequence[Point]) -> FigureTable:
    counted = any(point.n is not None for point in points)
    spread = any(point.low is not None for point in points)
    columns = (
        "From",
        about.title,
        *((about.things.capitalize(),) if counted else ()),
        *(("95 % interval",) if spread else ()),
    )
    rows = tuple(
        (
            FigureCell(words=day(point.at), link=point.link),
            whole(point.value, about.unit),
            *((f"{point.n:,}" if point.n is not None else "–",) if counted else ()),
            *((_between(point, about.unit),) if spread else ()),
        )
        for point in points
    )
    return FigureTable(columns=columns, rows=rows, numbers=frozenset(range(1, len(columns))))


def _between(point: Point, unit: str) -> str:
    if point.low is None or point.high is None:
        return "–"
    return f"{whole(point.low, unit)} to {whole(point.high, unit)}"
