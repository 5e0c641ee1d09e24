"""Every single thing as a dot in time: what a median hides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.web.charts.calendar import Calendar, calendar_of, day, minute, span
from andon.web.charts.figure import About, Figure, FigureCell, FigureTable, LegendEntry
from andon.web.charts.levels import Level, said
from andon.web.charts.plot import Plot, level_ends, level_entries, level_lines
from andon.web.charts.scale import scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import ACROSS, disc, stretched, way
from andon.web.charts.thinning import packed, path, thinned
from andon.web.charts.units import brief, whole

HEIGHT = 240
#: up to so many, each dot has words for the pointer and a row in the table; more are put together by time
EACH = 300
#: sheets of dots over each other
SHEETS = 6
#: rows that a table of many dots may have
ROWS = 120
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One thing that has a time and a value."""

    at: datetime
    value: float
    #: "release_451", "a81f3c Fix rounding"
    name: str
    link: str = ""


def scatter(about: About, dots: Sequence[Dot], lines: Sequence[Level] = ()) -> Figure:
    """All `dots`, with `lines` such as p50 and p85 right across.

    Up to 300 dots each have a row in the table; more are put together by day, week, 30 days or year, each counted.
    """
    calendar = calendar_of(about, [dot.at for dot in dots])
    begin, end = calendar.begin, calendar.end
    shown = [dot for dot in dots if begin <= dot.at <= end]
    values = [*(dot.value for dot in shown), *(level.value for level in lines)]
    plot = Plot(calendar=calendar, scale=scale_of(values, about.unit, about.scale), height=HEIGHT)
    marks, note = _few(about, shown, plot) if len(shown) <= EACH else _many(about, shown, plot)
    says = f"{about.says or _says(about, shown, lines, calendar)} {note.strip()}".strip()
    return Figure(
        title=about.title,
        says=says,
        svg=plot.drawn(about, says, marks + level_lines(lines, plot), level_ends(lines, plot, about.unit)),
        table=_each(about, shown) if len(shown) <= EACH else _together(about, shown, calendar),
        legend=_legend(about, shown, lines),
        series_url=about.series_url,
    )


def _few(about: About, dots: Sequence[Dot], plot: Plot) -> tuple[str, str]:
    return "".join(_one(about, dot, plot) for dot in dots), ""


def _many(about: About, dots: Sequence[Dot], plot: Plot) -> tuple[str, str]:
    """In a few paths that shine through each other, so that where many dots lie it is darker."""
    begin, length = plot.calendar.begin.timestamp(), (plot.calendar.end - plot.calendar.begin).total_seconds()
    across = [int((dot.at.timestamp() - begin) / length * ACROSS) for dot in dots]
    drawn, note = thinned(packed(across, _downs(dots, plot)), about.things)
    paths = "".join(way("dots", path(drawn[number::SHEETS])) for number in range(SHEETS))
    return stretched(HEIGHT, paths), note


def _downs(dots: Sequence[Dot], plot: Plot) -> list[int]:
    """Tenths of a pixel from the top."""
    shares = plot.scale.shares([dot.value for dot in dots]) if plot.scale else []
    return [int((1 - share) * HEIGHT * 10) for share in shares]


def _one(about: About, dot: Dot, plot: Plot) -> str:
    place = (plot.calendar.share(dot.at), plot.down(dot.value))
    title = f"{dot.name}: {whole(dot.value, about.unit)}, {minute(dot.at)}"
    return disc("many", place, 3, title)


def _says(about: About, dots: Sequence[Dot], lines: Sequence[Level], calendar: Calendar) -> str:
    when = span(calendar)
    if not dots:
        return f"{about.title} {when}: no {about.things}."
    values = [dot.value for dot in dots]
    lowest, highest = (brief(edge, about.unit) for edge in (min(values), max(values)))
    between = f"from {lowest} to {highest}"
    return f"Each of {len(dots):,} {about.things} {when}: {between}. {said(lines)}".strip()


def _legend(about: About, dots: Sequence[Dot], lines: Sequence[Level]) -> tuple[LegendEntry, ...]:
    entries = [entry("many", f"one of the {about.things}")] if dots else []
    return (*entries, *level_entries(lines, about.unit))


def _each(about: About, dots: Sequence[Dot]) -> FigureTable:
    rows = tuple(
        (minute(dot.at), FigureCell(words=dot.name, link=dot.link), whole(dot.value, about.unit))
        for dot in sorted(dots, key=lambda dot: dot.at)
    )
    return FigureTable(columns=("When", "What", about.title), rows=rows, numbers=frozenset({2}))


def _together(about: About, dots: Sequence[Dot], calendar: Calendar) -> FigureTable:
    """By the shortest of day, week, 30 days and year that makes few enough rows."""
    whole_time = (calendar.end - calendar.begin) / DAY
    days = next(days for days in (1, 7, 30, 365, 36500) if whole_time / days <= ROWS)
    begin, groups = calendar.begin.timestamp(), defaultdict[int, list[float]](list)
    for dot in dots:
        groups[int((dot.at.timestamp() - begin) / 86400 / days)].append(dot.value)
    rows = tuple(
        (day(calendar.begin + days * number * DAY), f"{len(values):,}", *_five(sorted(values), about.unit))
        for number, values in sorted(groups.items())
    )
    return FigureTable(
        columns=("From", about.things.capitalize(), "Least", "p50", "p85", "Most"),
        rows=rows,
        numbers=frozenset(range(1, 6)),
        note=f"{len(dots):,} {about.things}, put together by {'day' if days == 1 else f'{days} days'}.",
    )


def _five(values: Sequence[float], unit: str) -> tuple[str, ...]:
    last = len(values) - 1
    return tuple(whole(values[round(last * share)], unit) for share in (0, 0.5, 0.85, 1))
