"""One number over time: a dot for every week or month, a line between neighbours, a gap where there is no data."""

from __future__ import annotations

from collections.abc import Sequence

from andon.web.charts.calendar import Calendar, calendar_of, day, span
from andon.web.charts.figure import About, Cell, Figure, LegendEntry, Table
from andon.web.charts.frame import bottom_axis, down, happened, happened_legend, levels, value_axis
from andon.web.charts.happenings import NOTHING, Happenings
from andon.web.charts.levels import Level
from andon.web.charts.points import Point, known, line
from andon.web.charts.scale import Scale, scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, percent, picture, shape, stretched, way
from andon.web.charts.units import NO_DATA, brief, whole

HEIGHT = 180
#: a value of fewer things is drawn as a ring
FEW = 5


def trend(about: About, points: Sequence[Point], lines: Sequence[Level] = (), over: Happenings = NOTHING) -> Figure:
    """How one number went: `points` in time, None where there was no data; `lines` such as a target right across.

    `over` is drawn behind and below the line: deployments, flips, incidents.
    """
    calendar = calendar_of(about, (*(point.at for point in points), *over.instants()))
    scale = scale_of([*known(points), *(level.value for level in lines)], about.unit, about.scale)
    body = (
        value_axis(scale, HEIGHT)
        + bottom_axis(calendar.ticks(), HEIGHT)
        + happened(over, calendar, HEIGHT)
        + levels(lines, scale, about.unit, HEIGHT)
        + stretched(HEIGHT, way("line", line(points, calendar, scale, HEIGHT)))
        + "".join(_mark(point, calendar, scale, about) for point in points)
    )
    says = about.says or _says(about, points, calendar)
    kind = "plot has-ends" if lines else "plot"
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body, kind=kind, size=f'width="100%" height="{HEIGHT}"'),
        table=_table(about, points),
        legend=(*_legend(about, points, lines), *happened_legend(over)),
        series_url=about.series_url,
    )


def _mark(point: Point, calendar: Calendar, scale: Scale, about: About) -> str:
    x = calendar.share(point.at)
    if point.value is None:
        return shape("nodata", (x, HEIGHT - 6), "M-4 0H4", f"{day(point.at)}: {NO_DATA}")
    count = f", {point.n:,} {about.things}" if point.n is not None else ""
    title = f"{day(point.at)}: {whole(point.value, about.unit)}{count}"
    is_few = point.n is not None and point.n < FEW
    y = down(scale.share(point.value), HEIGHT)
    return _interval(point, x, scale) + disc("few" if is_few else "dot", (x, y), 3.25, title)


def _interval(point: Point, x: float, scale: Scale) -> str:
    if point.low is None or point.high is None:
        return ""
    top, bottom = (down(scale.share(value), HEIGHT) for value in (point.high, point.low))
    return f'<line class="range" x1="{percent(x)}" x2="{percent(x)}" y1="{top:g}" y2="{bottom:g}"/>'


def _says(about: About, points: Sequence[Point], calendar: Calendar) -> str:
    there = [point.value for point in points if point.value is not None]
    when = span(calendar.begin, calendar.end)
    if not there:
        return f"{about.title} {when}: {NO_DATA}."
    missing = len(points) - len(there)
    gaps = f" {missing} of {len(points)} have no data and are left open." if missing else ""
    lowest, highest, last = (brief(value, about.unit) for value in (min(there), max(there), there[-1]))
    return f"{about.title} {when}: between {lowest} and {highest}, last {last}.{gaps}"


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
    return tuple(entry(kind, words) for there, kind, words in signs if there) + tuple(
        entry(level.kind(number), level.words) for number, level in enumerate(lines)
    )


def _table(about: About, points: Sequence[Point]) -> Table:
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
            Cell(words=day(point.at), link=point.link),
            whole(point.value, about.unit),
            *((f"{point.n:,}" if point.n is not None else "–",) if counted else ()),
            *((_between(point, about.unit),) if spread else ()),
        )
        for point in points
    )
    return Table(columns=columns, rows=rows, numbers=frozenset(range(1, len(columns))))


def _between(point: Point, unit: str) -> str:
    if point.low is None or point.high is None:
        return "–"
    return f"{whole(point.low, unit)} to {whole(point.high, unit)}"
