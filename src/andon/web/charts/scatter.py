"""Every single thing as a dot in time: what a median hides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.web.charts.calendar import Calendar, calendar_of, day, minute, span
from andon.web.charts.figure import About, Cell, Figure, LegendEntry, Table
from andon.web.charts.frame import bottom_axis, down, happened, happened_legend, levels, value_axis
from andon.web.charts.happenings import NOTHING, Happenings
from andon.web.charts.levels import Level, said
from andon.web.charts.points import across
from andon.web.charts.scale import Scale, scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, dotted, picture, shape, stretched, way
from andon.web.charts.thinning import thinned
from andon.web.charts.units import brief, whole

HEIGHT = 240
#: up to so many, each dot has words for the pointer and a row in the table; more are put together by time
EACH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One thing that has a time and a value."""

    at: datetime
    value: float
    #: "release_451", "a81f3c Fix rounding"
    name: str
    link: str = ""
    #: drawn as a triangle, to be told from the others: see `odd` of `scatter`
    odd: bool = False


def scatter(
    about: About, dots: Sequence[Dot], lines: Sequence[Level] = (), over: Happenings = NOTHING, odd: str = "unusual"
) -> Figure:
    """All `dots`, with `lines` such as p50 and p85 right across; `odd` says in words what a triangle is.

    Up to 300 dots each have a row in the table; more are put together by day, week, 30 days or year, each counted.
    """
    calendar = calendar_of(about, (*(dot.at for dot in dots), *over.instants()))
    scale = scale_of((dot.value for dot in dots), about.unit, about.scale)
    drawn, note = _dots(about, dots, calendar, scale)
    body = (
        value_axis(scale, HEIGHT)
        + bottom_axis(calendar.ticks(), HEIGHT)
        + happened(over, calendar, HEIGHT)
        + drawn
        + levels(lines, scale, about.unit, HEIGHT)
    )
    says = about.says or _says(about, dots, lines, calendar)
    says = f"{says} {note}".strip()
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body, kind="plot has-ends", size=f'width="100%" height="{HEIGHT}"'),
        table=_each(about, dots) if len(dots) <= EACH else _together(about, dots, calendar),
        legend=(*_legend(about, dots, lines, odd), *happened_legend(over)),
        series_url=about.series_url,
    )


def _dots(about: About, dots: Sequence[Dot], calendar: Calendar, scale: Scale) -> tuple[str, str]:
    x, y = across(calendar), scale.places()
    if len(dots) <= EACH:
        marks = ((dot, (x(dot.at), down(y(dot.value), HEIGHT))) for dot in dots)
        return "".join(_one(about, dot, place) for dot, place in marks), ""
    plain = [(x(dot.at), (1 - y(dot.value)) * HEIGHT) for dot in dots if not dot.odd]
    drawn, note = thinned(plain, HEIGHT, about.things)
    odds = [dot for dot in dots if dot.odd][:EACH]
    return stretched(HEIGHT, way("dots", dotted(drawn))) + "".join(
        _one(about, dot, (x(dot.at), down(y(dot.value), HEIGHT))) for dot in odds
    ), note


def _one(about: About, dot: Dot, place: tuple[float, float]) -> str:
    title = f"{dot.name}: {whole(dot.value, about.unit)}, {minute(dot.at)}"
    return shape("odd", place, "M0-5L4.5 3.5H-4.5Z", title) if dot.odd else disc("many", place, 3, title)


def _says(about: About, dots: Sequence[Dot], lines: Sequence[Level], calendar: Calendar) -> str:
    when = span(calendar.begin, calendar.end)
    if not dots:
        return f"{about.title} {when}: no {about.things}."
    lowest, highest = (brief(edge(dot.value for dot in dots), about.unit) for edge in (min, max))
    between = f"from {lowest} to {highest}"
    return f"Each of {len(dots):,} {about.things} {when}: {between}. {said(lines)}".strip()


def _legend(about: About, dots: Sequence[Dot], lines: Sequence[Level], odd: str) -> tuple[LegendEntry, ...]:
    entries = [entry("many", f"one of the {about.things}")] if any(not dot.odd for dot in dots) else []
    entries += [entry("odd", odd)] if any(dot.odd for dot in dots) else []
    return (*entries, *(entry(level.kind(number), level.words) for number, level in enumerate(lines)))


def _each(about: About, dots: Sequence[Dot]) -> Table:
    rows = tuple(
        (minute(dot.at), Cell(words=dot.name, link=dot.link), whole(dot.value, about.unit))
        for dot in sorted(dots, key=lambda dot: dot.at)
    )
    return Table(columns=("When", "What", about.title), rows=rows, numbers=frozenset({2}))


def _together(about: About, dots: Sequence[Dot], calendar: Calendar) -> Table:
    """By the shortest of day, week, 30 days and year that makes few enough rows."""
    length = next(
        step
        for days in (1, 7, 30, 365, 36500)
        if (calendar.end - calendar.begin) / (step := timedelta(days=days)) <= 120
    )
    groups: dict[int, list[float]] = defaultdict(list)
    for dot in dots:
        groups[int((dot.at - calendar.begin) / length)].append(dot.value)
    rows = tuple(
        (day(calendar.begin + length * number), f"{len(values):,}", *_five(sorted(values), about.unit))
        for number, values in sorted(groups.items())
    )
    note = (
        f"{len(dots):,} {about.things}, put together by {length.days} days."
        if length.days > 1
        else f"{len(dots):,} {about.things}, put together by day."
    )
    return Table(
        columns=("From", about.things.capitalize(), "Least", "p50", "p85", "Most"),
        rows=rows,
        numbers=frozenset(range(1, 6)),
        note=note,
    )


def _five(values: Sequence[float], unit: str) -> tuple[str, ...]:
    last = len(values) - 1
    return tuple(whole(values[round(last * share)], unit) for share in (0, 0.5, 0.85, 1))
